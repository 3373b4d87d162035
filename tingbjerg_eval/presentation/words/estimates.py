"""Estimates in words: a ratio as per cent fewer or more, points, and what a method remarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from typing import Any

from tingbjerg_eval.presentation.words.numbers import MISSING, is_missing, rounded
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.stats.dispersion import DispersionRatio
from tingbjerg_eval.stats.remarks import Remark

RATIO = "rate ratio"
BETWEEN = {
    (True, False): "change.between_fewer",
    (True, True): "change.between_more",
    (False, False): "change.between_lower",
    (False, True): "change.between_higher",
}


def value_text(value: float, scale: str, words: Words) -> str:
    """One value of an estimate in words.

    >>> value_text(0.75, "rate ratio", Words("da")) == "25\\xa0% færre"
    True
    >>> value_text(-4.0, "percentage points", Words("da"))
    '4,0 procentpoint lavere'
    """
    if is_missing(value):
        return MISSING
    change = _change(value, scale)
    if change == 0:
        return words("change.same")
    if scale == RATIO:
        key = "change.fewer" if change < 0 else "change.more"
        return words(key, percent=_percent(abs(change), words))
    key = "change.points_lower" if change < 0 else "change.points_higher"
    return words(key, points=_one_decimal(abs(change), words))


def estimate_text(estimate: Any, words: Words) -> str:
    """The estimate itself in words; ``estimate`` is an Estimate or a row of its fields."""
    row = fields(estimate)
    return value_text(row["value"], row["scale"], words)


def interval_text(estimate: Any, words: Words) -> str:
    """The interval in words, the smaller change first; empty where there is none.

    >>> interval_text({"lower": 0.48, "upper": 0.81, "scale": "rate ratio"}, Words("da"))
    'mellem 19\\xa0% og 52\\xa0% færre'
    """
    row = fields(estimate)
    ends = [row["lower"], row["upper"]]
    if all(map(is_missing, ends)):
        return ""
    changes = [_change(end, row["scale"]) for end in ends]
    if any(map(is_missing, ends)) or min(changes) * max(changes) <= 0:
        lower, upper = (value_text(end, row["scale"], words) for end in ends)
        return words("change.between", lower=lower, upper=upper)
    least, most = sorted(map(abs, changes))
    key = BETWEEN[row["scale"] == RATIO, changes[0] > 0]
    write = _percent if row["scale"] == RATIO else _one_decimal
    return words(key, least=write(least, words), most=write(most, words))


def dispersion_text(found: DispersionRatio, words: Words) -> dict[str, str]:
    """How restless the area was before the effort, as a row beside its other tests."""
    ratio, lower, upper = (
        words.number(one, decimals=1) for one in (found.value, found.lower, found.upper)
    )
    between = words("change.between", lower=lower, upper=upper)
    place = {"rank": words.number(found.rank), "areas": words.number(found.n_areas)}
    return {
        "what": words("robust.restless"),
        "estimate": words("robust.times", ratio=ratio),
        "interval": words("robust.restless_interval", between=between, **place),
    }


def fields(estimate: Any) -> Mapping[str, Any]:
    """The fields of an Estimate, or the row as it is."""
    return vars(estimate) if is_dataclass(estimate) else estimate


def _change(value: float, scale: str) -> Decimal:
    """The change as it is written: whole per cent, or percentage points with one decimal."""
    if is_missing(value):
        return Decimal(0)
    return rounded(100 * (value - 1), 0) if scale == RATIO else rounded(value, 1)


def _percent(change: Decimal, words: Words) -> str:
    return words.percent(change / 100, decimals=0)


def _one_decimal(change: Decimal, words: Words) -> str:
    return words.number(change, decimals=1)


def remarks(found: Iterable[Remark], words: Words) -> str:
    """One sentence per remark, each once; a code without its own sentence gets the general one.

    >>> remarks([Remark("few-comparison-areas", found=8, wanted=12)], Words("en"))
    'There are 8 comparison areas; 12 would have been better.'
    """
    said = [
        words.first(f"remark.{one.code}", "remark.generic", **_told(one.numbers, words))
        for one in found
    ]
    return " ".join(dict.fromkeys(said))


def _told(numbers: Mapping[str, float], words: Words) -> dict[str, str]:
    return {
        name: words.number(value, decimals=0 if float(value).is_integer() else 1)
        for name, value in numbers.items()
    }
