"""Rules that several tables share: how numbers and quarters are written in one delivery."""

from __future__ import annotations

import re

from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.parsing import NumberForm
from tingbjerg_eval.inputs.quarters import is_period
from tingbjerg_eval.study.sources import Source

MONTH_NAMES = (
    ("januar", "january", "januari"), ("februar", "february", "februari"),
    ("marts", "march", "mars", "märz"), ("april",), ("maj", "may", "mai"), ("juni", "june"),
    ("juli", "july"), ("august", "augusti"), ("september", "sept"),
    ("oktober", "october"), ("november",), ("december", "desember", "dezember"),
)  # fmt: skip


TIME_FIELDS = {
    "year": r"(?P<year>\d{4})",
    "yy": r"(?P<yy>\d{2})",
    "month": r"(?P<month>\d{1,2}|[^\W\d_]{3,}\.?)",
    "first_month": r"(?P<first_month>01|04|07|10)",
    "quarter": r"(?P<quarter>[1-4])",
    "offence": r"(?P<offence>.*\S)",
}


def number_form(source: Source, raw: RawTable) -> NumberForm:
    """How ``source`` says that numbers are written; typed tables always use a point."""
    return NumberForm(
        decimal="." if raw.typed else source.decimal,
        thousands=None if raw.typed else source.thousands,
        percent=source.percent,
        suppressed=frozenset(source.suppressed),
        zero=frozenset(source.zero),
        marks=tuple(source.marks),
    )


def note_quarter_forms(raw: RawTable, column: str, found: Findings) -> None:
    """Say that quarters came in another form than ``2010K1``."""
    other = [text for text in raw.frame[column].unique() if not is_period(text)]
    if other and not found.problems:
        found.add(
            "quarter-form", column=raw.heading(column), found=listed([quoted(o) for o in other])
        )


def time_columns(headings: list[str], pattern: str) -> dict[str, str]:
    """Which ``headings`` fit ``pattern``, with its time: ``2010K1``, ``2010M04``, ``2010``.

    A month is a number or a name in Danish, English, Norwegian, Swedish or German, whole or
    short; ``{first_month}`` is the first month of a quarter, which then stands for the quarter,
    and ``{yy}`` the last two digits of a year of this century.
    """
    expression = _expression(pattern)
    found = {one: expression.fullmatch(one.strip()) for one in headings}
    return {
        one: time for one, match in found.items() if match and (time := _time(match.groupdict()))
    }


def offence_in(heading: str, pattern: str) -> str | None:
    """The offence that a heading says, where it fits ``pattern``."""
    found = _expression(pattern).fullmatch(heading.strip())
    return found["offence"].strip() if found else None


def _expression(pattern: str) -> re.Pattern[str]:
    expression = re.escape(pattern)
    for name, field in TIME_FIELDS.items():
        expression = expression.replace(re.escape("{" + name + "}"), field)
    return re.compile(expression)


def _time(parts: dict[str, str]) -> str | None:
    if "yy" in parts:
        parts = parts | {"year": "20" + parts["yy"]}
    if "quarter" in parts:
        return f"{parts['year']}K{parts['quarter']}"
    if "first_month" in parts:
        return f"{parts['year']}K{(int(parts['first_month']) + 2) // 3}"
    if "month" in parts:
        month = month_number(parts["month"])
        return f"{parts['year']}M{month:02d}" if month else None
    return parts["year"]


def month_number(text: str) -> int | None:
    """The month that a number or the beginning of a name says."""
    if text.isdigit():
        return int(text) if 1 <= int(text) <= len(MONTH_NAMES) else None
    name = text.rstrip(".").casefold()
    for number, names in enumerate(MONTH_NAMES, start=1):
        if any(one.startswith(name) for one in names):
            return number
    return None
