"""Numbers, money, quarters and dates as the report's language writes them.

The locale is always given, never taken from the machine. Halves are rounded away from zero, as a
reader would; a minus is a true minus sign; numbers and their units are kept on one line.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TypeGuard

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_compact_currency, format_currency, format_decimal

from tingbjerg_eval.inputs.quarters import is_quarter, quarter_number

LOCALES = {"da": "da_DK", "en": "en_GB"}
MISSING = "–"
NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
SMALLEST_P = Decimal("0.001")


def number(value: float | Decimal | None, *, decimals: int = 0, language: str = "da") -> str:
    """``value`` with ``decimals`` decimals.

    >>> number(-1234.5, decimals=1)
    '−1.234,5'
    """
    if not _is_number(value):
        return MISSING
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return _clean(format_decimal(rounded(value, decimals), pattern, locale=_locale(language)))


def percent(share: float | None, *, decimals: int = 1, language: str = "da") -> str:
    """A share (0-1) in percent.

    >>> percent(0.125) == "12,5\\xa0%"
    True
    """
    if not _is_number(share):
        return MISSING
    points = number(Decimal(repr(float(share))) * 100, decimals=decimals, language=language)
    return f"{points}%" if language == "en" else f"{points}{NO_BREAK}%"


def signed(value: float | None, *, decimals: int = 1, language: str = "da") -> str:
    """``value`` with its sign, plus included.

    >>> signed(3.25), signed(-3.25), signed(0.0)
    ('+3,3', '−3,3', '0,0')
    """
    text = number(value, decimals=decimals, language=language)
    return f"+{text}" if _is_number(value) and rounded(value, decimals) > 0 else text


def money(kroner: float | None, *, short: bool = False, language: str = "da") -> str:
    """An amount in kroner; ``short`` writes millions as one word.

    >>> money(1234567) == "1.234.567\\xa0kr."
    True
    >>> money(2_000_000, short=True) == "2\\xa0mio.\\xa0kr."
    True
    """
    if not _is_number(kroner):
        return MISSING
    locale = _locale(language)
    if short and abs(float(kroner)) >= 1_000_000:
        text = format_compact_currency(
            rounded(float(kroner) / 1e6, 1) * 1_000_000, "DKK", locale=locale, fraction_digits=1
        ).replace("DKK", f"DKK{NO_BREAK}")
    else:
        pattern = f"¤{NO_BREAK}#,##0" if language == "en" else f"#,##0{NO_BREAK}¤"
        text = format_currency(
            rounded(kroner, 0), "DKK", pattern, locale=locale, currency_digits=False
        )
    return _clean(text)


def p_value(p: float | None, *, language: str = "da") -> str:
    """A p-value with three decimals under 0.1 and two above; never 0,000.

    >>> p_value(0.00001) == "<\\xa00,001", p_value(0.0423), p_value(0.5)
    (True, '0,042', '0,50')
    """
    if not _is_number(p):
        return MISSING
    if p < SMALLEST_P:
        return f"<{NO_BREAK}{number(SMALLEST_P, decimals=3, language=language)}"
    return number(p, decimals=3 if p < 0.0995 else 2, language=language)


def quarter(text: str, *, language: str = "da") -> str:
    """A quarter in words; a year as it is.

    >>> quarter("2011K2"), quarter("2011")
    ('2. kvartal 2011', '2011')
    """
    if not is_quarter(text):
        return text
    year, part = divmod(quarter_number(text), 4)
    return format_skeleton("yQQQQ", dt.date(year, part * 3 + 1, 1), locale=_locale(language))


def date(day: dt.date | str, *, language: str = "da") -> str:
    """A day in words.

    >>> date(dt.date(2009, 10, 21))
    '21. oktober 2009'
    """
    day = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return format_date(day, "long", locale=_locale(language))


def rounded(value: float | Decimal, decimals: int) -> Decimal:
    """``value`` with ``decimals`` decimals, halves away from zero, without a negative zero."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0


def is_missing(value: float | Decimal | None) -> bool:
    """Whether ``value`` is no number to be written."""
    return not _is_number(value)


def _is_number(value: float | Decimal | None) -> TypeGuard[float | Decimal]:
    if value is None:
        return False
    try:
        return math.isfinite(value)
    except TypeError:
        return False


def decimal_mark(language: str) -> str:
    """The decimal mark of ``language``."""
    mark: str = _locale(language).number_symbols["latn"]["decimal"]
    return mark


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES[language])


def _clean(text: str) -> str:
    return text.replace("-", MINUS).replace(" ", NO_BREAK)
