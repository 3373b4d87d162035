"""In which form a file can be read whose form nobody has declared."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from tingbjerg_eval.data.formats.delimited import FOOTERS, SEPARATORS
from tingbjerg_eval.data.formats.files import content_kind
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.loading import rows_as_delivered
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.proposals import FEWEST_TIMES, FORMATS, HEADER_LINES, TIMES
from tingbjerg_eval.data.text_rules import time_columns
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.study.columns import IncidentColumns
from tingbjerg_eval.study.sources import IncidentSource

SEARCHED = 200
"""Lines in which the separator and the headings are looked for."""
FOOTED = ("Kilde", "Note", "Source")
"""How the first line below a workbook's table begins."""


def read_as_it_is(path: Path) -> tuple[RawTable, dict[str, Any]]:
    """The rows, and the keys of ``study.yaml`` with which they are read."""
    kind = content_kind(path)
    form: dict[str, Any] = {"format": FORMATS.get(kind, "csv")}
    forms = _text_forms(path) if form["format"] == "csv" and kind == "text" else [{}]
    if form["format"] == "excel":
        lines: list[dict[str, Any]] = [{}, *({"header_line": line} for line in HEADER_LINES)]
        forms = lines + [one | {"footer_from": below} for one in lines[:6] for below in FOOTED]
    refused: InputRefused | None = None
    for more in _with_sheets(path, form, forms):
        try:
            raw = _rows(path, form | more)
            if (better := _better_headings(raw, form | more)) is not None:
                more = more | better
                raw = _rows(path, form | more)
            return raw, form | more
        except InputRefused as error:
            refused = refused or error
    assert refused is not None
    raise refused


def _with_sheets(
    path: Path, form: dict[str, Any], forms: list[dict[str, Any]]
) -> list[dict[str, Any]]:  # fmt: skip
    """``forms``, with the first sheet of a workbook of several."""
    try:
        _rows(path, form)
    except InputRefused as error:
        unnamed = [one for one in error.problems if one.code == "sheet-unnamed"]
        names = re.findall(r"'([^']*)'", unnamed[0].found or "") if unnamed else []
        return [one | {"sheet": names[0]} for one in forms] if names else forms
    return forms


def _rows(path: Path, form: dict[str, Any]) -> RawTable:
    source = IncidentSource(file=path.name, columns=IncidentColumns()).model_copy(update=form)
    raw = rows_as_delivered(source, path.parent, found := Findings(file=path.name))
    headings = [plain_text(str(one)) for one in raw.frame.columns]
    if len(headings) < 2 or sum(map(bool, headings)) < len(headings) / 2:
        found.refuse("header-only", found="no headings above several columns")
    return raw


def _better_headings(raw: RawTable, form: dict[str, Any]) -> dict[str, Any] | None:
    """Where the headings are no headings, or repeat because they stand on two lines."""
    headings = [one for one in map(plain_text, map(str, raw.frame.columns)) if one]
    if _headless(raw):
        return {"header_line": 0}
    line = form.get("header_line", 1)
    if len(set(headings)) < len(headings) and line > 1 and "header_rows" not in form:
        return {"header_line": line - 1, "header_rows": 2}
    return None


def _headless(raw: RawTable) -> bool:
    """Whether the headings are values, which may be a person's."""
    for number, one in enumerate(raw.frame.columns):
        heading = plain_text(str(one))
        digits = re.fullmatch(r"[\d.,/ -]+", heading) and not time_columns([heading], "{year}")
        if digits or (heading and heading in set(raw.frame.iloc[:, number].map(plain_text))):
            return not times_in_headings([str(one) for one in raw.frame.columns])
    return False


def _text_forms(path: Path) -> list[dict[str, Any]]:
    """How a text file may be read: its encoding, separator, headings and lines below."""
    content = path.read_bytes()
    encoding = next(one for one in ("utf-8-sig", "cp1252", "iso-8859-1") if _decodes(content, one))
    lines = content.decode(encoding).splitlines()
    form: dict[str, Any] = {"encoding": encoding.removesuffix("-sig")}
    counts = {sign: Counter(line.count(sign) for line in lines[:SEARCHED]) for sign in SEPARATORS}
    usual = {
        sign: max(((n, fields) for fields, n in own.items() if fields), default=(0, 0))
        for sign, own in counts.items()
    }
    separator = max(usual, key=lambda sign: usual[sign])
    if separator != ";":
        form["separator"] = separator.replace("\t", "\\t")
    whole = [line.count(separator) == usual[separator][1] for line in lines]
    if True in whole and (first := whole.index(True)):
        form["header_line"] = first + 1
    below = next((one for one in lines[SEARCHED // 20 :] if _is_footer(one)), None)
    return [form | ({"footer_from": below.split()[0].strip(';,"')} if below else {}), form]


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_footer(line: str) -> bool:
    return line.strip('"; ,\t').lower().startswith(FOOTERS)


def times_in_headings(headings: list[str]) -> str | None:
    """The pattern of the headings that are times, where a table has a column for each."""
    patterns = ("{year}K{quarter}", "{year}Q{quarter}", "{year} K{quarter}", *TIMES, "{year}")
    fits = {one: len(time_columns(headings, one)) for one in patterns}
    best = max(fits, key=lambda one: fits[one])
    return best if fits[best] >= FEWEST_TIMES else None
