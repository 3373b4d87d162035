"""Rules that several tables share: how numbers and quarters are written in one delivery."""

from __future__ import annotations

import re

from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.parsing import NumberForm
from tingbjerg_eval.inputs.quarters import is_quarter
from tingbjerg_eval.study.sources import Source

MONTHS = {f"{month:02d}" for month in range(1, 13)}


def number_form(source: Source, raw: RawTable) -> NumberForm:
    """How ``source`` says that numbers are written; typed tables always use a point."""
    return NumberForm(
        decimal="." if raw.typed else source.decimal,
        thousands=None if raw.typed else source.thousands,
        percent=source.percent,
        suppressed=frozenset(source.suppressed),
    )


def note_quarter_forms(raw: RawTable, column: str, found: Findings) -> None:
    """Say that quarters came in another form than ``2010K1``."""
    other = [text for text in raw.frame[column].unique() if not is_quarter(text)]
    if other and not found.problems:
        found.add(
            "quarter-form", column=raw.heading(column), found=listed([quoted(o) for o in other])
        )


def time_columns(headings: list[str], pattern: str) -> dict[str, str]:
    """Which ``headings`` fit ``pattern``, with its time: ``2010K1``, ``2010M04``, ``2010``."""
    fields = {
        "year": r"(?P<year>\d{4})",
        "month": r"(?P<month>\d{2})",
        "quarter": r"(?P<quarter>[1-4])",
    }
    expression = re.escape(pattern)
    for name, field in fields.items():
        expression = expression.replace(re.escape("{" + name + "}"), field)
    found = {one: re.fullmatch(expression, one.strip()) for one in headings}
    return {
        one: time for one, match in found.items() if match and (time := _time(match.groupdict()))
    }


def _time(parts: dict[str, str]) -> str | None:
    if "quarter" in parts:
        return f"{parts['year']}K{parts['quarter']}"
    if "month" in parts:
        return f"{parts['year']}M{parts['month']}" if parts["month"] in MONTHS else None
    return parts["year"]
