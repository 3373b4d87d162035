"""Excel workbooks: one sheet, values as they would be read on the screen of a careful person."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from openpyxl import load_workbook

from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.raw import RawTable, text_table
from tingbjerg_eval.study.sources import Source


def read_workbook(path: Path, source: Source, found: Findings, *, keys: list[str]) -> RawTable:  # noqa: ARG001
    """The rows of the one sheet (or the one that ``source`` names) as text."""
    sheet = _sheet(_open(path, found, values=True), source, found)
    if sheet.merged_cells.ranges:
        merged = sorted(map(str, sheet.merged_cells.ranges))
        found.refuse("cells-merged", column=f"sheet {sheet.title}", found=listed(merged))
    _refuse_hidden(sheet, found)
    rows = [list(row) for row in sheet.iter_rows()]
    _refuse_errors(rows, found)
    _refuse_empty_formulas(path, sheet.title, rows, found)
    texts = _trimmed([[cell_text(cell.value) for cell in row] for row in rows])
    if not texts:
        found.refuse("file-empty", found="an empty sheet")
    header, body = texts[0], texts[1:]
    if not body:
        found.refuse("header-only", found="a header and no rows")
    for number, row in enumerate(body, start=2):
        if not any(row):
            found.add("blank-line", place=f"row {number}", found="an empty row")
    found.stop_if_refused()
    places = range(2, len(body) + 2)
    return text_table(found.file, header, body, list(places), place_word="row", typed=True)


def _open(path: Path, found: Findings, *, values: bool):
    try:
        return load_workbook(path, data_only=values, keep_links=False)
    except Exception:  # a damaged workbook can raise whatever its parts' parsers raise
        found.refuse("file-damaged", found="a workbook that cannot be opened", format="Excel")


def _sheet(book, source: Source, found: Findings):
    names = listed([quoted(name) for name in book.sheetnames])
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        found.refuse("sheet-hidden", found=listed([quoted(name) for name in hidden]))
    if source.sheet is None and len(book.sheetnames) > 1:
        found.refuse("sheet-unnamed", found="sheets " + names)
    if source.sheet is not None and source.sheet not in book.sheetnames:
        found.refuse("sheet-missing", found="sheets " + names, sheet=source.sheet)
    return book[source.sheet] if source.sheet else book.worksheets[0]


def _refuse_hidden(sheet, found: Findings) -> None:
    """Hidden rows and columns may be left out on purpose, or by a filter nobody remembers."""
    rows = [number for number, one in sheet.row_dimensions.items() if one.hidden]
    columns = [name for name, one in sheet.column_dimensions.items() if one.hidden]
    said = [f"row {one}" for one in sorted(rows)] + [f"column {one}" for one in sorted(columns)]
    if said:
        found.refuse("rows-hidden", column=f"sheet {sheet.title}", found=listed(said))


def _refuse_errors(rows, found: Findings) -> None:
    for row in rows:
        for cell in row:
            if cell.data_type == "e":
                found.add("cell-error", place=f"cell {cell.coordinate}", found=str(cell.value))
    found.stop_if_refused()


def _refuse_empty_formulas(path: Path, title: str, rows, found: Findings) -> None:
    """A blank cell may be a formula whose result was never saved."""
    blanks = [cell.coordinate for row in rows for cell in row if cell.value is None]
    if not blanks:
        return
    formulas = _open(path, found, values=False)[title]
    empty = [one for one in blanks if formulas[one].data_type == "f"]
    if empty:
        found.refuse("formula-empty", place="cells " + listed(empty), found="no saved result")


def cell_text(value: object) -> str:
    """``value`` as text; days in ISO form, whole numbers without decimals."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def _trimmed(texts: list[list[str]]) -> list[list[str]]:
    """Without the empty rows below and the empty columns to the right that formatting leaves."""
    while texts and not any(texts[-1]):
        texts = texts[:-1]
    width = max((i + 1 for row in texts for i, text in enumerate(row) if text), default=0)
    return [row[:width] for row in texts]
