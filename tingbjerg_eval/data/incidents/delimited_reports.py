"""A delimited file of single reports as DuckDB reads it, wherever its bytes allow that."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

from tingbjerg_eval.data.formats.delimited import separator_of
from tingbjerg_eval.data.formats.encodings import encoding_of
from tingbjerg_eval.data.formats.files import check_file
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import plain_heading
from tingbjerg_eval.data.incidents.byte_signs import ByteSigns
from tingbjerg_eval.data.incidents.engines import Connect, DuckEngine, quoted_text, relation_engine
from tingbjerg_eval.study.sources import Source


class Irregular(Exception):
    """A file whose rows only the thorough reader can part, or say why they cannot be.

    ``code`` and ``said`` are the problem of a file too large for that reader.
    """

    def __init__(self, code: str, said: str):
        super().__init__(code)
        self.code, self.said = code, said


MOST_HELD = 200_000
"""Rows up to which a file's texts are held in memory."""
BYTES = ("file-too-irregular", "bytes that a large file may not hold")
STRUCTURE = ("csv-structure", "a row that the header does not fit")


def delimited_engine(
    connect: Connect, path: Path, source: Source, found: Findings
) -> tuple[DuckEngine, str]:
    """An engine over the file, and the SHA-256 of its bytes.

    Raises
    ------
    Irregular
        Here or in any of the engine's answers, when DuckDB cannot or may not read the file.
    """
    signs = ByteSigns(codec_of(source, found), separator_of(source))
    digest = check_file(path, source, found, see=signs.see)
    if signs.irregular or not signs.rows:
        raise Irregular(*BYTES)
    headings = _header(path, source, signs)
    if not signs.fits(len(headings)):
        raise Irregular(*STRUCTURE)
    engine = relation_engine(
        connect,
        csv_relation(path, separator_of(source), headings, signs.codec),
        headings,
        first=2,
        place_word="line",
        typed=False,
        explain=_irregular,
        held=signs.rows <= MOST_HELD,
    )
    engine.expected_rows = signs.rows
    return engine, digest


def csv_relation(path: Path, separator: str, headings: list[str], encoding: str) -> str:
    """DuckDB's reader for a delimited file: all text, strict, nothing skipped or padded."""
    columns = ", ".join(f"{quoted_text(one)}: 'VARCHAR'" for one in headings)
    return (
        f"read_csv({quoted_text(str(path))}, auto_detect=false, header=true, "
        f"delim={quoted_text(separator)}, quote='\"', escape='\"', strict_mode=true, "
        f"null_padding=false, ignore_errors=false, encoding={quoted_text(encoding)}, "
        f"columns={{{columns}}})"
    )


def codec_of(source: Source, found: Findings) -> str:
    """The name that DuckDB and Python have for the declared encoding."""
    return "latin-1" if encoding_of(source, found) in ("cp1252", "latin-1") else "utf-8"


def _header(path: Path, source: Source, signs: ByteSigns) -> list[str]:
    """The headings on the first line: each once, none blank, one of those that are mapped."""
    with path.open("rb") as file:
        line = file.readline().removeprefix(codecs.BOM_UTF8)
    try:
        text = line.decode(signs.codec).rstrip("\r\n")
        headings = next(csv.reader([text], delimiter=separator_of(source), strict=True))
    except (UnicodeDecodeError, csv.Error, StopIteration):
        raise Irregular(*STRUCTURE) from None
    plain = {plain_heading(one) for one in headings}
    mapped = {plain_heading(one) for one in source.headings().values()}
    if len(plain) < len(headings) or "" in plain or not plain & mapped:
        raise Irregular(*STRUCTURE)
    return headings


def _irregular() -> None:
    raise Irregular(*STRUCTURE)
