"""What a delimited file's bytes say of it before DuckDB reads it."""

from __future__ import annotations

import numpy as np

from tingbjerg_eval.data.formats.encodings import MULTIBYTE

HIGH_CONTROL = bytes(range(0x80, 0xA0))
NEWLINE = ord("\n")
LEADING = (b"\xc3", b"\xc5")
TWICE_ENCODED = ("Ã".encode(), "â€".encode())
OVERLAP = max(map(len, TWICE_ENCODED)) - 1
TAIL = 4096
"""Bytes at the end in which the last row is looked for."""


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
