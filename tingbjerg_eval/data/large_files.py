"""Checks of a delimited file too large to hold in memory, before DuckDB reads it."""

from __future__ import annotations

import codecs
import csv
import re
from pathlib import Path

from tingbjerg_eval.data.delimited import read_delimited, separator_of
from tingbjerg_eval.data.encodings import encoding_of
from tingbjerg_eval.data.findings import Findings
from tingbjerg_eval.study.sources import Source

CHUNK = 1 << 24
HIGH_CONTROL = re.compile(rb"[\x80-\x9f]")
TWICE_ENCODED_BYTES = ("Ã".encode(), "â€".encode())


def check_large_text(path: Path, source: Source, found: Findings) -> tuple[str, str]:
    """Look for what DuckDB would miss; returns the separator and its name of the codec.

    Anything amiss is left to the reader of small files, which names line and remedy.
    """
    declared = encoding_of(source, found)
    codec = "latin-1" if declared in ("cp1252", "latin-1") else "utf-8"
    if not _is_plain(path, codec):
        read_whole(path, source, found)
        found.refuse("file-too-irregular", found="bytes that a large file may not hold")
    return separator_of(source), codec


def read_whole(path: Path, source: Source, found: Findings) -> None:
    """Read ``path`` the slow way for the sake of its messages."""
    read_delimited(path, source, found, keys=list(source.headings().values()))


def _is_plain(path: Path, codec: str) -> bool:
    """Whether all bytes are ``codec``'s, none is a zero and no letter is encoded twice."""
    rest = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            data = rest + chunk
            cut = data.rfind(b"\n") + 1
            data, rest = data[:cut], data[cut:]
            if not _chunk_is_plain(data, codec):
                return False
    return _chunk_is_plain(rest, codec)


def _chunk_is_plain(data: bytes, codec: str) -> bool:
    """Cheap tests only: that bytes declared UTF-8 are, DuckDB finds out as it reads them."""
    if b"\0" in data or (b"\r" in data and b"\r" in data.replace(b"\r\n", b"\n")):
        return False
    if codec == "utf-8":
        return not any(one in data for one in TWICE_ENCODED_BYTES)
    return data.isascii() or not (HIGH_CONTROL.search(data) or _is_utf8(data))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


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
