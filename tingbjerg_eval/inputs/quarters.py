"""Quarters as Statistics Denmark writes them, ``2010K1``, and the years of a study in years.

A study counts in periods of one length. A period is a text, ``2010K1`` or ``2010``, and has a
number whose neighbours are the periods beside it; most of the package asks for no more.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from typing import TypeGuard

Quarter = str
"""A quarter as people write it: what is given is read by :func:`as_quarter`."""
PATTERN = re.compile(r"([0-9]{4})(?:K([1-4]))?")
FIRST_NUMBER = 4000
"""Numbers from here on are quarters (of the year 1000 and later), those below are years."""


def is_quarter(text: object) -> TypeGuard[str]:
    """Whether ``text`` is a quarter such as ``2010K1``."""
    return is_period(text) and "K" in text


def is_period(text: object) -> TypeGuard[str]:
    """Whether ``text`` is a quarter or a year of counts; a survey's wave is a number."""
    return isinstance(text, str) and PATTERN.fullmatch(text) is not None


def a_year(period: object) -> int:
    """How many such periods make a year: four quarters, or one year.

    >>> a_year("2010K1"), a_year("2010")
    (4, 1)
    """
    return 4 if is_quarter(period) else 1


def called(period: str) -> str:
    """What such a period is called in English: ``quarter`` or ``year``."""
    return "quarter" if is_quarter(period) else "year"


@cache
def quarter_number(quarter: str | int) -> int:
    """Number of a quarter, year or wave on a line without gaps: neighbours differ by one."""
    if not isinstance(quarter, str):
        return int(quarter)
    found = PATTERN.fullmatch(quarter)
    if found is None:
        raise ValueError(f"{quarter!r} is not a quarter; write it as 2010K1")
    year, part = found.groups()
    return int(year) * 4 + int(part) - 1 if part else int(year)


def quarter_text(number: int) -> str:
    """Inverse of :func:`quarter_number`.

    >>> quarter_text(8041), quarter_text(2010)
    ('2010K2', '2010')
    """
    year, part = divmod(number, 4)
    return f"{year:04d}K{part + 1}" if number >= FIRST_NUMBER else f"{number:04d}"


WRITTEN = re.compile(
    r"(?P<year>[0-9]{4})[ -]?[KQ](?P<part>[1-4])"
    r"|(?:[KQ]([1-4])|([1-4])\. ?(?:kvartal|kv\.?))[ -]?([0-9]{4})",
    re.IGNORECASE,
)
"""How people write a quarter."""
DAY = re.compile(r"([0-9]{4})-([01][0-9])(?:-[0-3][0-9])?(?: 00:00:00)?")


def as_quarter(given: object) -> str:
    """What is given as a quarter, where it is written as people write one; otherwise as it is.

    >>> as_quarter("2015Q2"), as_quarter("2015-k2"), as_quarter("2. kvartal 2015")
    ('2015K2', '2015K2', '2015K2')
    >>> as_quarter("spring")
    'spring'
    """
    found = WRITTEN.fullmatch(str(given).strip())
    if found is None:
        return str(given)
    return f"{found['year'] or found[5]}K{found['part'] or found[3] or found[4]}"


def not_a_quarter(given: object) -> str:
    """What is said of something else than a quarter: a day has no quarter's end in it.

    >>> not_a_quarter("2011-05-01")
    "'2011-05-01'; that day lies in '2011K2'"
    """
    day = DAY.fullmatch(str(given))
    within = f"; that day lies in '{day[1]}K{(int(day[2]) - 1) // 3 + 1}'" if day else ""
    return f"{str(given)!r}{within}" if day else f"{given!r}"


def quarter_range(first: str, last: str) -> tuple[str, ...]:
    """Every quarter from ``first`` to ``last``, both included.

    >>> quarter_range("2009K4", "2010K2")
    ('2009K4', '2010K1', '2010K2')
    """
    return tuple(map(quarter_text, range(quarter_number(first), quarter_number(last) + 1)))


def shift(quarter: str, by: int) -> str:
    """The quarter ``by`` places later (earlier when negative)."""
    return quarter_text(quarter_number(quarter) + by)


def quarter_of(date: dt.date, like: str = "") -> str:
    """The quarter in which ``date`` (anything with year and month) lies; the year where ``like``
    is a year."""
    if like and not is_quarter(like):
        return f"{date.year:04d}"
    return f"{date.year:04d}K{(date.month - 1) // 3 + 1}"


def as_window(first: str, last: str, like: object) -> tuple[str, str] | tuple[int, int]:
    """A window in the unit of ``like``: quarters, years of counts, or waves.

    >>> as_window("2010", "2011", "2009K1"), as_window("2010K1", "2011K4", "2009")
    (('2010K1', '2011K4'), ('2010', '2011'))
    """
    if not is_period(like):
        return int(first[:4]), int(last[:4])
    if not is_quarter(like):
        return first[:4], last[:4]
    return f"{first[:4]}K{first[5:] or 1}", f"{last[:4]}K{last[5:] or 4}"


def first_day(quarter: str) -> dt.date:
    """The first day of a quarter or year.

    >>> first_day("2010K4"), first_day("2010")
    (datetime.date(2010, 10, 1), datetime.date(2010, 1, 1))
    """
    return dt.date(int(quarter[:4]), 3 * int(quarter[5:] or 1) - 2, 1)


def last_day(quarter: str) -> dt.date:
    """The last day of a quarter or year.

    >>> last_day("2010K4")
    datetime.date(2010, 12, 31)
    """
    return first_day(shift(quarter, 1)) - dt.timedelta(days=1)


def wave_known(wave: int, until: str, fielded: Mapping[int, dt.date] | None = None) -> bool:
    """Whether the answers of ``wave`` had come in by the end of the quarter ``until``.

    A wave is known in the quarter in which its last answer came in (``fielded``), and where that
    is not told when its year is over: nobody in the spring knows a survey of the autumn.

    >>> wave_known(2011, "2011K1"), wave_known(2011, "2011K4")
    (False, True)
    >>> wave_known(2011, "2011K1", {2011: dt.date(2011, 2, 20)})
    True
    """
    day = (fielded or {}).get(wave)
    return quarter_of(day or dt.date(wave, 12, 31), like=until) <= until
