"""Published tables, and their files: a workbook and CSV, the same bytes for the same tables."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from tingbjerg_eval.presentation.words.numbers import decimal_mark
from tingbjerg_eval.presentation.words.sentences import Words

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | float | None
"""What a published cell holds."""
STAMP = (1980, 1, 1, 0, 0, 0)
FORMATS = {"money": '#,##0 "kr."', "number": "#,##0", "p": "0.000"}
SHEET_NAME = 31
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_IN_XML = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|[\ud800-\udfff]"
)
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Head(TypedDict):
    """The head of a laid out column."""

    key: str
    heading: str
    kind: str
    decimals: int | None
    align: str
    language: str


class Published(TypedDict):
    """A table as it is kept in a notebook's output for the workbook."""

    name: str
    caption: str
    columns: list[Head]
    rows: list[list[Value]]
    notes: list[str]


def workbook(tables: Sequence[Published], words: Words, *, simulated: bool = False) -> bytes:
    """One sheet per table, after a sheet that lists them; text is text, never a formula."""
    from openpyxl import Workbook

    book = Workbook()
    names = sheet_names([table["name"] for table in tables])
    _overview(book.active, tables, names, words, simulated)
    for table, name in zip(tables, names, strict=True):
        _sheet(book.create_sheet(name), table, words, simulated)
    buffer = io.BytesIO()
    book.save(buffer)
    return without_times(buffer.getvalue())


def csv_files(
    tables: Sequence[Published], words: Words, *, simulated: bool = False
) -> dict[str, bytes]:
    """One CSV a table: semicolons, the language's decimal mark, UTF-8 with a byte order mark."""
    return {f"{table['name']}.csv": _csv(table, words, simulated) for table in tables}


def sheet_names(names: Sequence[str]) -> list[str]:
    """Names short enough for sheets, each different.

    >>> sheet_names(["a", "b" * 40, "b" * 41])
    ['a', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbb-2']
    """
    used: dict[str, int] = {}
    made = []
    for name in names:
        short = name[:SHEET_NAME]
        again = used[short] = used.get(short, 0) + 1
        mark = "" if again == 1 else f"-{again}"
        made.append(short[: SHEET_NAME - len(mark)] + mark)
    return made


def _overview(
    sheet: Worksheet,
    tables: Sequence[Published],
    names: Sequence[str],
    words: Words,
    simulated: bool,
) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet.title = words("page.contents")
    if simulated:
        _put(sheet.cell(1, 1), words("simulated.sentence"), bold=True)
    for row, (table, name) in enumerate(zip(tables, names, strict=True), start=3):
        _put(sheet.cell(row, 1), table["caption"])
        place = sheet.cell(row, 1)
        place.hyperlink = Hyperlink(ref=place.coordinate, location=f"'{name}'!A1")
    sheet.column_dimensions["A"].width = 80


def _sheet(sheet: Worksheet, table: Published, words: Words, simulated: bool) -> None:
    _put(sheet.cell(1, 1), table["caption"], bold=True)
    top = 3
    if simulated:
        _put(sheet.cell(2, 1), words("simulated.sentence"))
    for place, column in enumerate(table["columns"], start=1):
        _put(sheet.cell(top, place), column["heading"], bold=True)
    for row, values in enumerate(table["rows"], start=top + 1):
        for place, (value, column) in enumerate(
            zip(values, table["columns"], strict=True), start=1
        ):
            _put(sheet.cell(row, place), value, number_format=_format(column))
    for row, note in enumerate(table["notes"], start=top + len(table["rows"]) + 2):
        _put(sheet.cell(row, 1), note)
    sheet.freeze_panes = sheet.cell(top + 1, 2)
    _widths(sheet, table)


def _put(cell: Cell, value: Value, *, bold: bool = False, number_format: str = "General") -> None:
    if value is None:
        return
    cell.value = neutralise_formula(value)
    if isinstance(value, str):
        cell.data_type = "s"
    else:
        cell.number_format = number_format
    if bold:
        from openpyxl.styles import Font

        cell.font = Font(bold=True)


def _format(column: Head) -> str:
    if column["kind"] in FORMATS and not column["decimals"]:
        return FORMATS[column["kind"]]
    digits = "." + "0" * column["decimals"] if column["decimals"] else ""
    return f"0{digits}%" if column["kind"] == "percent" else f"#,##0{digits}"


def _widths(sheet: Worksheet, table: Published) -> None:
    from openpyxl.utils import get_column_letter

    for place, column in enumerate(table["columns"]):
        texts = [column["heading"], *(str(row[place] or "") for row in table["rows"])]
        width = min(max(map(len, texts)) + 2, 60)
        sheet.column_dimensions[get_column_letter(place + 1)].width = width


def without_times(data: bytes) -> bytes:
    """The same workbook or document without the time it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"<dcterms:(\w+)[^>]*>[^<]*</dcterms:\1>", b"", content)
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return out.getvalue()


def _csv(table: Published, words: Words, simulated: bool) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if decimal_mark(words.language) == "," else ",")
    heads = [column["heading"] for column in table["columns"]]
    mark = [words("simulated.column")] if simulated else []
    writer.writerow([neutralise_formula(head) for head in heads + mark])
    for row in table["rows"]:
        cells = [_csv_cell(v, c, words) for v, c in zip(row, table["columns"], strict=True)]
        writer.writerow(cells + ([words("simulated.yes")] if simulated else []))
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(value: Value, column: Head, words: Words) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return str(neutralise_formula(value))
    decimals = (column["decimals"] or 0) + (2 if column["kind"] == "percent" else 0)
    return f"{value:.{decimals}f}".replace(".", decimal_mark(words.language))


def clean_text(text: str) -> str:
    """``text`` without control signs and signs that turn the reading direction."""
    return _DIRECTION.sub("", _NOT_IN_XML.sub("", text))


def neutralise_formula(value: object) -> object:
    """Text that a spreadsheet would compute, made text; everything else unchanged.

    A leading apostrophe is what spreadsheets themselves use to mark text (OWASP, CSV
    injection). Numbers stay numbers.

    >>> neutralise_formula("=1+1"), neutralise_formula(-3), neutralise_formula("Tingbjerg")
    ("'=1+1", -3, 'Tingbjerg')
    """
    if not isinstance(value, str):
        return value
    stripped = value.lstrip(" \u00a0")
    return f"'{value}" if stripped.startswith(_STARTS_FORMULA) else value
