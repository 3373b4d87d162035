"""A delimited file of single reports as DuckDB reads it, wherever its bytes allow that."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

import numpy as np

from tingbjerg_eval.data.formats.delimited import separator_of
from tingbjerg_eval.data.formats.encodings import MULTIBYTE, encoding_of
from tingbjerg_eval.data.formats.files import check_file
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import plain_heading
from tingbjerg_eval.data.incidents.engines import Connect, DuckEngine, quoted_text, relation_engine
from tingbjerg_eval.study.sources import Source

HIGH_CONTROL = bytes(range(0x80, 0xA0))
NEWLINE = ord("\n")
LEADING = (b"\xc3", b"\xc5")
TWICE_ENCODED = ("Ã".encode(), "â€".encode())
OVERLAP = max(map(len, TWICE_ENCODED)) - 1
TAIL = 4096
"""Bytes at the end in which the last row is looked for."""


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


class ByteSigns:
    """What the bytes of a file hold that DuckDB would misread.

    Most questions are whether one byte is there at all, which costs next to nothing; only where
    it is are the bytes around it looked at.
    """

    def __init__(self, codec: str, separator: str):
        self.codec = codec
        self._separator = separator
        self._before = b""
        self._tail = b""
        self._returns = self._line_ends = 0
        self._irregular = False
        self._newlines = self._last_newlines = 0
        self._separators = 0
        self._quotes = False

    @property
    def irregular(self) -> bool:
        """Whether only the thorough reader can tell what the bytes mean.

        Zero bytes, carriage returns that end a line alone, letters encoded twice, what a one-byte
        encoding does not have or only UTF-8 has, and rows of nothing but separators at the end.
        That bytes declared UTF-8 are, is found out as they are read.
        """
        return self._irregular or self._returns != self._line_ends or self._blank_end

    @property
    def rows(self) -> int:
        """The lines below the first, without blank ones at the end."""
        return self._newlines - self._last_newlines

    def fits(self, fields: int) -> bool:
        """Whether there are as many separators as rows of so many fields have.

        DuckDB takes one at the end of a row for no field. Inside quotation marks they may be text.
        """
        if self._quotes or len(self._separator.encode(self.codec)) > 1:
            return True
        return self._separators == (self.rows + 1) * (fields - 1)

    @property
    def _blank_end(self) -> bool:
        lines = self._tail.decode(self.codec, errors="replace").rstrip("\r\n").splitlines()
        return bool(lines) and not lines[-1].replace(self._separator, "").strip(' "\t\xa0')

    def see(self, piece: bytes) -> None:
        """Look at the next bytes of the file."""
        self._count_lines(piece)
        joined = self._before + piece[:OVERLAP]
        self._irregular |= b"\0" in piece or self._wrong(piece) or self._wrong(joined)
        if b"\r" in piece or self._before[-1:] == b"\r":
            self._returns += piece.count(b"\r")
            self._line_ends += piece.count(b"\r\n")
            self._line_ends += self._before[-1:] == b"\r" and piece[:1] == b"\n"
        self._before = (self._before + piece[-OVERLAP:])[-OVERLAP:]
        self._tail = (self._tail + piece[-TAIL:])[-TAIL:]

    def _count_lines(self, piece: bytes) -> None:
        data = np.frombuffer(piece, dtype=np.uint8)
        self._newlines += int(np.count_nonzero(data == NEWLINE))
        self._separators += int(np.count_nonzero(data == self._separator.encode(self.codec)[0]))
        self._quotes |= b'"' in piece
        lines = piece.rstrip(b"\r\n")
        last = piece[len(lines) :].count(b"\n")
        self._last_newlines = last if lines else self._last_newlines + last

    def _wrong(self, data: bytes) -> bool:
        if self.codec == "utf-8":
            return any(one[-1] in data and one in data for one in TWICE_ENCODED)
        if data.isascii():
            return False
        return len(data.translate(None, HIGH_CONTROL)) < len(data) or (
            any(one in data for one in LEADING) and bool(MULTIBYTE.search(data))
        )


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
