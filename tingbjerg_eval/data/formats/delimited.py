"""Delimited text to rows: every row has the header's number of fields, or its line is named."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tingbjerg_eval.data.formats.encodings import decode
from tingbjerg_eval.data.formats.files import content_of
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import begins_with, parted, plain_heading
from tingbjerg_eval.data.formats.raw import RawTable, text_table
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.study.sources import Source

SEPARATORS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "vertical bar"}
FOOTERS = ("kilde", "source", "note", "anm", "opdateret", "©")
HEADER_SEARCH = 20

Row = tuple[int, list[str]]


def read_delimited(path: Path, source: Source, found: Findings, *, keys: list[str]) -> RawTable:
    """The rows of a delimited file as text; ``keys`` are the headings that must be there."""
    text = _line_ends(decode(content_of(path, source, found), source, found), found)
    separator = separator_of(source)
    above, text = max(source.header_line - 1, 0), _table(text, source, found)
    rows = [(line + above, row) for line, row in _rows(text, separator, found)]
    if not rows:
        found.refuse("file-empty", found="no rows")
    header, below = parted([row for _, row in rows], source.header_line, source.header_rows)
    if source.header_line:
        _check_header(header, rows, separator, keys, found)
    body = _without_blank_ends(rows[len(rows) - len(below) :])
    if not body:
        found.refuse("header-only", found="a header and no rows")
    _check_lengths(header, body, separator, found)
    return text_table(found.file, header, [row for _, row in body], [line for line, _ in body])


def separator_of(source: Source) -> str:
    """The separator itself, a tab written out."""
    return "\t" if source.separator == "\\t" else source.separator


def _line_ends(text: str, found: Findings) -> str:
    lone = text.replace("\r\n", "\n")
    if "\r" in lone:
        found.add("cr-line-ends", found="carriage returns as line ends")
    return lone.replace("\r", "\n")


def _table(text: str, source: Source, found: Findings) -> str:
    """The lines from the header on, without what stands below the table."""
    if source.header_line == 1 and source.footer_from is None:
        return text
    lines = text.split("\n")[max(source.header_line - 1, 0) :]
    for number, line in enumerate(lines):
        if source.footer_from and begins_with(line, source.footer_from):
            found.add("footer-left-out", place=f"line {number + source.header_line}",
                      found=many(len(lines) - number, "line"))  # fmt: skip
            return "\n".join(lines[:number])
    return "\n".join(lines)


def _rows(text: str, separator: str, found: Findings) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for row in reader:
            if reader.line_num - before > 1:
                found.refuse(
                    "quote-unclosed", place=f"line {before + 1}", found="a quote left open"
                )
            before = reader.line_num
            yield before, row
    except csv.Error as error:
        code = "quote-unclosed" if "end of data" in str(error) else "quote-misplaced"
        if "field larger" in str(error):
            code = "quote-unclosed"
        found.refuse(code, place=f"line {before + 1}", found="a quote that does not fit")


def _check_header(
    header: list[str], rows: list[Row], separator: str, keys: list[str], found: Findings
) -> None:
    wanted = {plain_heading(key) for key in keys if not key.isdigit() or key in header}
    if not wanted or wanted & {plain_heading(one) for one in header}:
        return
    for other, name in SEPARATORS.items():
        parts = {plain_heading(one) for one in separator.join(header).split(other)}
        if other != separator and wanted and len(wanted & parts) * 2 > len(wanted):
            found.refuse("separator-other", place="line 1", found=name, sign=repr(other))
    for line, row in rows[1:HEADER_SEARCH]:
        if wanted and len(wanted & {plain_heading(one) for one in row}) * 2 > len(wanted):
            found.refuse(
                "lines-before-header",
                place=f"line {line}",
                found=f"{line - 1} lines above",
                line=str(line),
            )


def _without_blank_ends(body: list[Row]) -> list[Row]:
    while body and not "".join(body[-1][1]).strip():
        body = body[:-1]
    return body


def _check_lengths(header: list[str], body: list[Row], separator: str, found: Findings) -> None:
    width = len(header)
    wrong = [(line, row) for line, row in body if len(row) != width]
    if len(wrong) == len(body) and len({len(row) for _, row in body}) == 1:
        found.refuse(
            "fields-every-row",
            found=f"{len(body[0][1])} fields in every row, {width} headings",
            width=str(width),
        )
    grouped: Counter[str] = Counter()
    for line, row in wrong:
        code = _why_wrong(line, row, body[-1][0], width, separator)
        grouped[code] += 1
        if grouped[code] <= 20:
            found.add(code, place=f"line {line}", found=many(len(row), "field"), width=str(width))
    found.stop_if_refused()


def _why_wrong(line: int, row: list[str], last: int, width: int, separator: str) -> str:
    text = separator.join(row).strip()
    if not text:
        return "blank-line"
    if text.lower().startswith(FOOTERS) and last - line < HEADER_SEARCH:
        return "footer"
    others = [sign for sign in SEPARATORS if sign != separator]
    if len(row) < width and any(len(text.split(sign)) >= width for sign in others):
        return "separator-mixed"
    return "row-long" if len(row) > width else "row-short"
