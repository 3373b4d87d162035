"""Checks of a delimited file too large to hold in memory, before DuckDB reads it."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

import numpy as np

from tingbjerg_eval.data.formats.delimited import read_delimited
from tingbjerg_eval.data.formats.encodings import MULTIBYTE, encoding_of
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.study.sources import Source

HIGH_CONTROL = bytes(range(0x80, 0xA0))
NEWLINE = ord("\n")
LEADING = (b"\xc3", b"\xc5")
TWICE_ENCODED = ("Ã".encode(), "â€".encode())
OVERLAP = max(map(len, TWICE_ENCODED)) - 1


class ByteSigns:
    """What the bytes of a file hold that DuckDB or a plain splitter would misread.

    Most questions are whether one byte is there at all, which costs next to nothing; only where
    it is are the bytes around it looked at.
    """

    def __init__(self, codec: str):
        self.codec = codec
        self._before = b""
        self._returns = self._line_ends = 0
        self._irregular = False
        self._newlines = self._last_newlines = 0
        self.quotes = False
        """Whether there is a quotation mark anywhere."""

    @property
    def irregular(self) -> bool:
        """Whether only the reader of small files can tell what the bytes mean.

        Zero bytes, carriage returns that end a line alone, letters encoded twice, and what a
        one-byte encoding does not have or only UTF-8 has. That bytes declared UTF-8 are, is found
        out as they are read.
        """
        return self._irregular or self._returns != self._line_ends

    @property
    def plain(self) -> bool:
        """Whether every line is a row: no quotation marks, and one kind of line end."""
        return not self.quotes and self._line_ends in (0, self._newlines)

    @property
    def rows(self) -> int:
        """The lines below the first, without blank ones at the end."""
        return self._newlines - self._last_newlines

    def see(self, piece: bytes) -> None:
        """Look at the next bytes of the file."""
        self._count_lines(piece)
        joined = self._before + piece[:OVERLAP]
        self._irregular |= b"\0" in piece or self._wrong(piece) or self._wrong(joined)
        self.quotes |= b'"' in piece
        if b"\r" in piece or self._before[-1:] == b"\r":
            self._returns += piece.count(b"\r")
            self._line_ends += piece.count(b"\r\n")
            self._line_ends += self._before[-1:] == b"\r" and piece[:1] == b"\n"
        self._before = (self._before + piece[-OVERLAP:])[-OVERLAP:]

    def _count_lines(self, piece: bytes) -> None:
        self._newlines += np.count_nonzero(np.frombuffer(piece, dtype=np.uint8) == NEWLINE)
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


def codec_of(source: Source, found: Findings) -> str:
    """The name that DuckDB and Python have for the declared encoding."""
    return "latin-1" if encoding_of(source, found) in ("cp1252", "latin-1") else "utf-8"


def refuse_irregular(path: Path, source: Source, found: Findings) -> None:
    """Leave a file to the reader of small ones, which names line and remedy."""
    read_whole(path, source, found)
    found.refuse("file-too-irregular", found="bytes that a large file may not hold")


def read_whole(path: Path, source: Source, found: Findings) -> None:
    """Read ``path`` the slow way for the sake of its messages."""
    read_delimited(path, source, found, keys=list(source.headings().values()))


def header_of(
    path: Path, source: Source, found: Findings, *, separator: str, codec: str
) -> list[str]:
    """The headings on the first line, each once."""
    with path.open("rb") as file:
        line = file.readline().removeprefix(codecs.BOM_UTF8)
    try:
        text = line.decode(codec).rstrip("\r\n")
        headings = next(csv.reader([text], delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error, StopIteration):
        explain_refusal(path, source, found)
    for heading in headings:
        if headings.count(heading) > 1:
            found.refuse("heading-twice", column=heading, found=f"{heading!r} twice")
    return headings


def explain_refusal(path: Path, source: Source, found: Findings) -> None:
    """Raise what the reader of small files says of a file that DuckDB refused."""
    read_whole(path, source, found)
    found.refuse("csv-structure", found="a row that the header does not fit")
