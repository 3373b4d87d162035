"""Strict readings of single texts: each either gives a value or says why it does not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tingbjerg_eval.data.formats.findings import SHOWN_PLACES, Findings, listed, quoted
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.inputs.quarters import is_quarter

SPACES = " \u00a0\u202f\u2009"
TRUE_FALSE = {"true", "false", "sand", "falsk", "sandt", "yes", "no"}
NOT_NUMBERS = {"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "na", "n/a", "null", "none"}
SUPPRESSED = re.compile(r"\.{1,3}|<\s*\d+|\*+|[-–]|x|:", re.IGNORECASE)
MARKED = re.compile(r"[0-9][0-9 .,]*?\s*(?P<mark>[*†‡#]+|[a-z]\)|\(?[pre]\)?)")
"""A number with a sign after it, as offices of statistics mark the provisional."""
LARGEST_DIGITS = 15
FIRST_YEAR, LAST_YEAR = 1900, 2100
YEAR = re.compile(r"[0-9]{4}(\.0)?")
QUARTER_FORMS = (
    re.compile(r"(?P<year>[0-9]{4})\s*[-/: ]?\s*[KQ]0?(?P<part>[1-4])", re.IGNORECASE),
    re.compile(r"[KQ](?P<part>[1-4])\s*[-/ ]\s*(?P<year>[0-9]{4})", re.IGNORECASE),
    re.compile(
        r"(?P<part>[1-4])\.\s*(kvartal|kvt?\.?|quarter)\s+(?P<year>[0-9]{4})", re.IGNORECASE
    ),
)
DATE_PARTS = {"%d": 2, "%m": 2, "%Y": 4, "%H": 2, "%M": 2, "%S": 2}


class Rejected(ValueError):
    """A text that cannot be read, with the catalogue's code for why."""

    def __init__(self, code: str, **fields: str):
        super().__init__(code)
        self.code = code
        self.fields = fields


@dataclass(frozen=True, kw_only=True)
class NumberForm:
    """How numbers are written in one delivery."""

    decimal: str | None = None
    thousands: str | None = None
    percent: bool = False
    suppressed: frozenset[str] = frozenset()
    zero: frozenset[str] = frozenset()
    marks: tuple[str, ...] = ()


def parse_column(
    raw: RawTable,
    column: str,
    read: Callable[[str], Any],
    found: Findings,
    *,
    personal: bool = False,
) -> pd.Series:
    """``column`` of ``raw`` read by ``read``; every distinct text that is rejected is recorded."""
    texts = raw.frame[column]

    def where(text: str) -> str:
        return raw.where((texts == text).to_numpy())

    values = parse_texts(
        texts.unique(), read, found, column=raw.heading(column), where=where, personal=personal
    )
    return texts.map(values)


def parse_columns(
    raw: RawTable, readers: Mapping[str, Callable[[str], Any]], found: Findings
) -> pd.DataFrame:
    """The columns of ``readers``, each read by its own."""
    return pd.DataFrame(
        {name: parse_column(raw, name, read, found) for name, read in readers.items()}
    )


def words(text: str) -> str:
    """A text that is not blank."""
    if not text.strip():
        raise Rejected("blank-text")
    return plain_text(text)


def parse_texts(
    texts: Iterable[str],
    read: Callable[[str], Any],
    found: Findings,
    *,
    column: str,
    where: Callable[[str], str],
    personal: bool = False,
) -> dict[str, Any]:
    """Each of the distinct ``texts`` read by ``read``; ``None`` for those that are rejected."""
    values: dict[str, Any] = {}
    rejected: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for text in texts:
        try:
            values[text] = read(text)
        except Rejected as why:
            values[text] = None
            rejected.setdefault((why.code, tuple(why.fields.items())), []).append(text)
    for (code, fields), wrong in rejected.items():
        add_texts(code, wrong, found, column=column, where=where, personal=personal,
                  **dict(fields))  # fmt: skip
    return values


def add_texts(
    code: str,
    texts: list[str],
    found: Findings,
    *,
    column: str,
    where: Callable[[str], str],
    personal: bool = False,
    **fields: str,
) -> None:
    """One problem for all ``texts`` of a column that are wrong in one way, with some of them."""
    if not texts:
        return
    places = [place for text in texts[:SHOWN_PLACES] if (place := where(text))]
    shown = listed(["a blank" if text == "" else quoted(text) for text in texts])
    found.add(code, place="; ".join(places), column=column, found=None if personal else shown,
              **fields)  # fmt: skip


def whole_number(form: NumberForm) -> Callable[[str], int]:
    """A reader of counts: whole, not negative, written out."""

    def read(text: str) -> int:
        plain = _plain_number(text, form)
        value = float(plain)
        if value < 0:
            raise Rejected("negative-number")
        if value != int(value):
            raise Rejected("not-whole")
        return int(plain.split(".")[0])

    return read


def decimal_number(form: NumberForm, *, negative: bool = False) -> Callable[[str], float]:
    """A reader of amounts and weights."""

    def read(text: str) -> float:
        value = float(_plain_number(text, form))
        if value < 0 and not negative:
            raise Rejected("negative-number")
        return value

    return read


def _plain_number(text: str, form: NumberForm) -> str:
    """``text`` as digits with at most one point."""
    text = text.strip(SPACES)
    if text in form.zero:
        return "0"
    text = _without_marks(text, form)
    _refuse_non_numbers(text, form)
    text = _without_percent(text, form)
    text = _without_thousands(text, form)
    if form.decimal == ",":
        text = _comma_as_point(text)
    elif "," in text:
        raise Rejected("decimal-comma")
    elif form.decimal is None and "." in text:
        raise Rejected("point-undeclared")
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise Rejected("not-a-number")
    if len(text.lstrip("-").split(".")[0].lstrip("0")) > LARGEST_DIGITS:
        raise Rejected("too-many-digits")
    return text


def _without_marks(text: str, form: NumberForm) -> str:
    for mark in form.marks:
        if text.endswith(mark) and text[: -len(mark)].strip(SPACES)[-1:].isdigit():
            return text.removesuffix(mark).rstrip(SPACES)
    return text


def _refuse_non_numbers(text: str, form: NumberForm) -> None:
    lowered = text.lower()
    if text == "":
        raise Rejected("blank-number")
    if text in form.suppressed or SUPPRESSED.fullmatch(text):
        raise Rejected("suppressed-undeclared" if text not in form.suppressed else "suppressed")
    if lowered in TRUE_FALSE:
        raise Rejected("true-or-false")
    if lowered in NOT_NUMBERS:
        raise Rejected("not-finite")
    if re.fullmatch(r"[-+]?\d+(\.\d+)?e[-+]?\d+", lowered):
        raise Rejected("exponent")
    if marked := MARKED.fullmatch(text):
        raise Rejected("mark-undeclared", mark=marked["mark"])
    if re.fullmatch(r"\(\s*\d[\d.,]*\s*\)", text):
        raise Rejected("bracketed-negative")
    if "\u2212" in text or re.match("[–—]\\s*\\d", text):
        raise Rejected("unicode-minus")
    if any(sign.isdigit() and not sign.isascii() for sign in text):
        raise Rejected("other-digits")


def _without_percent(text: str, form: NumberForm) -> str:
    if "%" not in text:
        return text
    if not form.percent:
        raise Rejected("percent-sign")
    return text.removesuffix("%").rstrip(SPACES)


def _without_thousands(text: str, form: NumberForm) -> str:
    spaced = any(space in text for space in SPACES)
    if spaced and form.thousands != " ":
        raise Rejected("space-in-number")
    if form.thousands is None:
        return text
    mark = f"[{SPACES}]" if form.thousands == " " else re.escape(form.thousands)
    grouped = re.compile(rf"-?\d{{1,3}}({mark}\d{{3}})+(?=\D|$)")
    found = grouped.match(text)
    if found:
        return re.sub(mark, "", found.group()) + text[found.end() :]
    if re.search(mark, text.partition(form.decimal)[0] if form.decimal else text):
        raise Rejected("thousands-misplaced")
    return text


def _comma_as_point(text: str) -> str:
    if "." in text:
        raise Rejected("point-undeclared")
    return text.replace(",", ".", 1)


def quarter(text: str) -> str:
    """``2010K1``, also from ``2010Q1``, ``K1 2010`` and ``1. kvartal 2010``."""
    forms = (form.fullmatch(text) for form in QUARTER_FORMS)
    found = next((f"{one['year']}K{one['part']}" for one in forms if one), text)
    if is_quarter(found) and FIRST_YEAR <= int(found[:4]) <= LAST_YEAR:
        return found
    raise Rejected(_why_no_quarter(text))


def period(*, years: bool, quarters: bool) -> Callable[[str], str]:
    """A reader of years, of quarters, or of a delivery that may have either."""

    def read(text: str) -> str:
        return year(text) if years and (not quarters or YEAR.fullmatch(text)) else quarter(text)

    return read


def _why_no_quarter(text: str) -> str:
    if text == "":
        return "blank-time"
    if re.fullmatch(r"[0-9]{4}\s*[KQ](?![1-4]$)[0-9]+", text, re.IGNORECASE):
        return "no-such-quarter"
    if re.fullmatch(r"\d{2}\s*[KQ][1-4]", text, re.IGNORECASE):
        return "two-digit-year"
    if re.match(r"\d{4}-\d{2}-\d{2}|\d{2}[-./]\d{2}[-./]\d{4}", text):
        return "date-for-quarter"
    if re.fullmatch(r"\d{4}", text):
        return "yearly-only"
    if re.fullmatch(r"\d{4}M\d\d", text):
        return "other-time-unit"
    return "not-a-quarter"


def year(text: str) -> str:
    """``2010``, a year from 1900 to 2100."""
    if text == "":
        raise Rejected("blank-time")
    if YEAR.fullmatch(text) and FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        return text[:4]
    raise Rejected("two-digit-year" if re.fullmatch(r"\d{2}", text) else "not-a-year")


def day(date_format: str) -> Callable[[str], dt.date]:
    """A reader of dates in exactly ``date_format``."""

    def read(text: str) -> dt.date:
        if text == "":
            raise Rejected("blank-time")
        try:
            moment = dt.datetime.strptime(text, date_format)
        except ValueError:
            raise Rejected(
                _why_no_date(text, date_format), form=shown_format(date_format)
            ) from None
        if moment.strftime(date_format) != text:
            raise Rejected("date-form", form=shown_format(date_format))
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise Rejected("date-impossible", form=shown_format(date_format))
        return moment.date()

    return read


def _why_no_date(text: str, date_format: str) -> str:
    if re.fullmatch(r"\d{4,5}(\.\d+)?", text):
        return "spreadsheet-serial"
    same_shape = re.sub(r"\d", "9", text) == re.sub(r"\d", "9", shown_format(date_format))
    return "date-impossible" if same_shape else "date-form"


def shown_format(date_format: str) -> str:
    """An example of ``date_format`` for a message."""
    return dt.datetime(2010, 1, 31, 12, 30, 59).strftime(date_format)


def date_positions(date_format: str) -> dict[str, int]:
    """Where (from 1) each part of a fixed-width ``date_format`` starts."""
    positions: dict[str, int] = {}
    at = 1
    for piece in re.findall(r"%.|[^%]", date_format):
        positions.setdefault(piece, at)
        at += DATE_PARTS.get(piece, 1)
    return positions


def is_fixed_width(date_format: str) -> bool:
    """Whether ``date_format`` holds month and year once each, and else only known parts."""
    parts = re.findall(r"%.", date_format)
    return (
        set(parts) <= set(DATE_PARTS)
        and all(parts.count(p) == 1 for p in ("%m", "%Y"))
        and (parts.count("%d") <= 1)
    )
