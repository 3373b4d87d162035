"""Quarters as Statistics Denmark writes them, ``2010K1``."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TypeGuard

Quarter = str
"""A quarter as people write it: what is given is read by :func:`as_quarter`."""
PATTERN = re.compile(r"([0-9]{4})K([1-4])")


def is_quarter(text: object) -> TypeGuard[str]:
    """Whether ``text`` is a quarter such as ``2010K1``."""
    return isinstance(text, str) and PATTERN.fullmatch(text) is not None


@cache
def quarter_number(quarter: str) -> int:
    """Number of ``quarter`` on a line without gaps: neighbours differ by one."""
    found = PATTERN.fullmatch(quarter)
    if found is None:
        raise ValueError(f"{quarter!r} is not a quarter; write it as 2010K1")
    year, part = found.groups()
    return int(year) * 4 + int(part) - 1


def quarter_text(number: int) -> str:
    """Inverse of :func:`quarter_number`."""
    year, part = divmod(number, 4)
    return f"{year:04d}K{part + 1}"


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


def quarter_of(date: dt.date) -> str:
    """The quarter in which ``date`` (anything with year and month) lies."""
    return f"{date.year:04d}K{(date.month - 1) // 3 + 1}"


def last_day(quarter: str) -> dt.date:
    """The last day of ``quarter``.

    >>> last_day("2010K4")
    datetime.date(2010, 12, 31)
    """
    year, part = divmod(quarter_number(quarter) + 1, 4)
    return dt.date(year, 3 * part + 1, 1) - dt.timedelta(days=1)
