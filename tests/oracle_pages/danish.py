"""Numbers as a Danish reader writes them, and how a reader's eye takes them out of a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

COUNTED = ("ingen", "ét", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti",
           "elleve", "tolv")  # fmt: skip
NUMBER = r"[−+]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?"
TOKEN = re.compile(
    rf"(?:(?:faldt|steg) )?{NUMBER}"
    r"(?: ?(?:%|procentpoint|procent|point|mio\. kr\.|kr\.|gange))?"
    r"(?: (?:færre|flere|lavere|højere|mindre|større))?"
    rf"|\b(?:{'|'.join(COUNTED[2:])})\b|\bskjult\b|\budeladt$|\buændret\b"
    r"|mere end rammen|brugt mindst",
    re.IGNORECASE,
)


def tokens(text: str) -> list[str]:
    """Every number of ``text`` with its unit and direction, and words that stand for one."""
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    return [found.group().lower() for found in TOKEN.finditer(text)]


def rounded(value: float, decimals: int) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


def number(value: float, decimals: int = 0, *, plus: bool = False) -> str:
    if not math.isfinite(value):
        return "–"
    exact = rounded(value, decimals)
    text = f"{abs(exact):,}".translate(str.maketrans(",.", ".,"))
    sign = "−" if exact < 0 else "+" if plus and exact > 0 else ""
    return sign + text


def percent(share: float, decimals: int = 1, *, plus: bool = False) -> str:
    text = number(float(Decimal(repr(float(share))) * 100), decimals, plus=plus)
    return text if text == "–" else f"{text} %"


def kroner(amount: float) -> str:
    return f"{number(amount)} kr." if math.isfinite(amount) else "–"


def briefly(amount: float) -> str:
    """Kroner, millions as one word."""
    if abs(amount) < 1e6:
        return kroner(amount)
    return f"{number(amount / 1e6, 1).removesuffix(',0')} mio. kr."


def fewer(ratio: float) -> str:
    """A rate ratio as whole per cent fewer or more."""
    change = rounded(100 * (ratio - 1), 0)
    if not change:
        return "uændret"
    return f"{number(abs(float(change)))} % {'færre' if change < 0 else 'flere'}"


def points(value: float, unit: str = "procentpoint") -> str:
    change = rounded(value, 1)
    if not change:
        return "uændret"
    return f"{number(abs(float(change)), 1)} {unit} {'lavere' if change < 0 else 'højere'}"


def changed(value: float, *, counts: bool) -> str:
    return fewer(value) if counts else points(value)


def between(lower: float, upper: float, *, counts: bool) -> str:
    """An interval: the smaller change first where both ends point the same way."""
    ends = [100 * (end - 1) if counts else end for end in (lower, upper)]
    decimals = 0 if counts else 1
    told = [rounded(end, decimals) for end in ends]
    if min(told) * max(told) <= 0:
        return " til ".join(changed(end, counts=counts) for end in (lower, upper))
    least, most = (number(float(end), decimals) for end in sorted(map(abs, told)))
    if counts:
        return f"mellem {least} % og {most} % {'flere' if told[0] > 0 else 'færre'}"
    return f"mellem {least} og {most} procentpoint {'højere' if told[0] > 0 else 'lavere'}"


def p_value(p: float) -> str:
    if p < 0.001:
        return "< 0,001"
    return number(p, 3 if p < 0.0995 else 2)


def quarter(name: str) -> str:
    return f"{name[-1]}. kvartal {name[:4]}"


def time(name: str | int) -> str:
    return quarter(name) if "K" in str(name) else str(name)


def window(first: str | int, last: str | int) -> str:
    """Whole years by their years, other windows by their quarters."""
    first, last = str(first), str(last)
    if "K" in first and not (first.endswith("K1") and last.endswith("K4")):
        return f"{quarter(first)} til {quarter(last)}" if first != last else quarter(first)
    years = sorted({first[:4], last[:4]})
    return "–".join(years)


def listed(parts: Iterable[str]) -> str:
    *head, last = list(parts) or [""]
    return f"{', '.join(head)} og {last}" if head else last


def counted(n: int) -> str:
    return COUNTED[n] if n < len(COUNTED) else number(n)
