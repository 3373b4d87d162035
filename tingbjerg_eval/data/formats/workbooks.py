"""Excel workbooks: one sheet, values as they would be read on the screen of a careful person."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.headings import begins_with, parted
from tingbjerg_eval.data.formats.raw import RawTable, text_table
from tingbjerg_eval.data.formats.shaping import joined
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.study.sources import Source


def read_workbook(path: Path, source: Source, found: Findings, *, keys: list[str]) -> RawTable:  # noqa: ARG001
    """The rows of the one sheet (or the one that ``source`` names, or of all) as text."""
    book = _open(path, found, values=True)
    _refuse_hidden_sheets(book, found)
    if source.sheets is None:
        return _read_sheet(_sheet(book, source, found), path, source, found)
    parts = []
    for sheet in _named_sheets(book, source, found):
        raw = _read_sheet(sheet, path, source, found)
        parts.append(replace(raw.with_frame(raw.frame.assign(sheet=sheet.title)), file=sheet.title))
    return joined(parts, found)


def _read_sheet(sheet: Worksheet, path: Path, source: Source, found: Findings) -> RawTable:
    merged = sorted(str(one) for one in sheet.merged_cells.ranges if _misread(one, source))
    if merged:
        found.refuse("cells-merged", column=f"sheet {sheet.title}", found=listed(merged))
    _refuse_hidden(sheet, found)
    rows = _table(sheet, source, found)
    _refuse_errors(rows, found)
    _refuse_empty_formulas(path, sheet.title, rows, found)
    texts = _trimmed([[cell_text(cell.value) for cell in row] for row in rows])
    if not texts:
        found.refuse("file-empty", found="an empty sheet")
    header, body = parted(texts, source.header_line, source.header_rows)
    if not body:
        found.refuse("header-only", found="a header and no rows")
    first = source.header_line + (source.header_rows if source.header_line else 1)
    below = next((at for at, row in enumerate(reversed(body)) if sum(map(bool, row)) > 1), 0)
    for number, row in enumerate(body, start=first):
        if not any(row):
            found.add("blank-line", place=f"row {number}", found="an empty row")
        elif number >= first + len(body) - below:
            found.add("footer", place=f"row {number}", found=quoted(next(filter(None, row))))
    found.stop_if_refused()
    places = range(first, len(body) + first)
    return text_table(found.file, header, body, list(places), place_word="row", typed=True)


def _misread(merged: CellRange, source: Source) -> bool:
    """Whether only one of the merged cells is read with the value that stands in them all."""
    first_row = source.header_line + source.header_rows - 1
    down = merged.min_col == merged.max_col and bool(source.fill_down)
    return merged.max_row >= first_row and not down


def _table(sheet: Worksheet, source: Source, found: Findings) -> list[list[Cell]]:
    """The cells from the header on, without what stands below the table."""
    rows = [list(row) for row in sheet.iter_rows(min_row=max(source.header_line, 1))]
    if source.footer_from is None:
        return rows
    for number, row in enumerate(rows):
        texts = (cell_text(cell.value) for cell in row)
        if begins_with(next((one for one in texts if one.strip()), ""), source.footer_from):
            found.add("footer-left-out", place=f"row {number + source.header_line}",
                      found=many(len(rows) - number, "row"))  # fmt: skip
            return rows[:number]
    return rows


def _open(path: Path, found: Findings, *, values: bool) -> Workbook:
    try:
        return load_workbook(io.BytesIO(path.read_bytes()), data_only=values, keep_links=False)
    except Exception:  # a damaged workbook can raise whatever its parts' parsers raise
        found.refuse("file-damaged", found="a workbook that cannot be opened", format="Excel")


def _refuse_hidden_sheets(book: Workbook, found: Findings) -> None:
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        found.refuse("sheet-hidden", found=listed([quoted(name) for name in hidden]))


def _named_sheets(book: Workbook, source: Source, found: Findings) -> list[Worksheet]:
    """All sheets, or those that ``source`` lists."""
    if source.sheets == "as_area":
        return list(book.worksheets)
    names = given(source.sheets)
    for one in names:
        if one not in book.sheetnames:
            there = listed([quoted(name) for name in book.sheetnames])
            found.add("sheet-missing", found="sheets " + there, sheet=one)
    found.stop_if_refused()
    return [book[one] for one in names]


def _sheet(book: Workbook, source: Source, found: Findings) -> Worksheet:
    names = listed([quoted(name) for name in book.sheetnames])
    if source.sheet is None and len(book.sheetnames) > 1:
        found.refuse("sheet-unnamed", found="sheets " + names)
    if source.sheet is not None and source.sheet not in book.sheetnames:
        found.refuse("sheet-missing", found="sheets " + names, sheet=source.sheet)
    return book[source.sheet] if source.sheet else book.worksheets[0]


def _refuse_hidden(sheet: Worksheet, found: Findings) -> None:
    """Hidden rows and columns may be left out on purpose, or by a filter nobody remembers."""
    rows = [number for number, one in sheet.row_dimensions.items() if one.hidden]
    columns = [name for name, one in sheet.column_dimensions.items() if one.hidden]
    said = [f"row {one}" for one in sorted(rows)] + [f"column {one}" for one in sorted(columns)]
    if said:
        found.refuse("rows-hidden", column=f"sheet {sheet.title}", found=listed(said))


def _refuse_errors(rows: list[list[Cell]], found: Findings) -> None:
    for row in rows:
        for cell in row:
            if cell.data_type == "e":
                found.add("cell-error", place=f"cell {cell.coordinate}", found=str(cell.value))
    found.stop_if_refused()


def _refuse_empty_formulas(path: Path, title: str, rows: list[list[Cell]], found: Findings) -> None:
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
    if isinstance(value, float) and "e" in repr(value):
        return format(Decimal(repr(value)), "f")
    return value if isinstance(value, str) else str(value)


def _trimmed(texts: list[list[str]]) -> list[list[str]]:
    """Without the empty rows below and the empty columns to the right that formatting leaves."""
    while texts and not any(texts[-1]):
        texts = texts[:-1]
    width = max((i + 1 for row in texts for i, text in enumerate(row) if text), default=0)
    return [row[:width] for row in texts]
