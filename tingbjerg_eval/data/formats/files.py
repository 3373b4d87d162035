"""Finding a delivered file, and refusing what it cannot be by its first bytes."""

from __future__ import annotations

import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.study.sources import Source

PIECE = 1 << 18
"""Bytes that are read at a time: few enough to stay in the processor's cache."""
SWELLING = 100
"""Times its size that a workbook may unpack to; sheets of plain figures unpack to 5 to 20."""
LEAST_SWOLLEN = 100_000_000
TEXT_FORMATS = ("csv", "wide_csv", "statbank")
JSON = re.compile(rb"(\xef\xbb\xbf)?\s*[{\[]\s*[\"{\[\d]")
GZIP = b"\x1f\x8b"
ARCHIVES = (b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"PK\x05\x06")
NAMES = {
    "zip": "a zip archive",
    "xlsx": "an Excel workbook",
    "xls": "an old Excel workbook (.xls)",
    "parquet": "a Parquet file",
    "spss": "an SPSS file",
    "stata": "a Stata file",
    "duckdb": "a DuckDB file",
    "pickle": "a Python pickle",
    "archive": "a compressed archive",
    "gzip": "a compressed archive",
    "utf-16": "UTF-16 text",
    "damaged": "a damaged zip archive or workbook",
    "json": "JSON",
    "text": "text",
}
WANTED = {
    "excel": "xlsx",
    "spss": "spss",
    "stata": "stata",
    "parquet": "parquet",
    "duckdb": "duckdb",
    "jsonstat": "json",
} | dict.fromkeys(TEXT_FORMATS, "text")


def locate(name: str, folder: Path, found: Findings) -> Path:
    """The file ``name`` inside ``folder``; anything outside, missing or not a file is refused."""
    try:
        path = (folder / name).resolve()
    except (OSError, RuntimeError):
        found.refuse("file-missing", found="a link that leads to itself", near="Replace the link.")
    if not path.is_relative_to(folder.resolve()):
        found.refuse("outside-folder", found="a path that leaves the data folder")
    if not path.is_file():
        near = _nearest_file(name, folder)
        found.refuse(
            "file-missing", found="a folder" if path.is_dir() else "no such file", near=near
        )
    return path


def _nearest_file(name: str, folder: Path) -> str:
    from difflib import get_close_matches

    there = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    near = get_close_matches(name, there, n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else "Put the file in the data folder."


def check_file(
    path: Path, source: Source, found: Findings, *, see: Callable[[bytes], None] | None = None
) -> str:
    """Refuse ``path`` when its size, content or digest is not what ``source`` says.

    Returns the SHA-256 of its bytes, which ``see`` is shown in order, piece by piece.
    """
    size = path.stat().st_size
    if size == 0:
        found.refuse("file-empty", found="0 bytes")
    if size > source.limit_mb * 1_000_000:
        found.refuse("file-too-large", found=f"{size / 1e6:.0f} MB", limit=str(source.limit_mb))
    kind = content_kind(path)
    _refuse_swelling(path, kind, size, found)
    if kind == "gzip" and WANTED[source.format] in ("text", "json"):
        kind = WANTED[source.format]
    if kind != WANTED[source.format]:
        found.refuse(
            _content_code(kind),
            found=NAMES[kind],
            wanted=NAMES[WANTED[source.format]],
            format=source.format,
        )
    digest = sha256_of(path, see=see)
    if source.sha256 and digest != source.sha256.lower():
        found.refuse("file-changed", found=f"SHA-256 {digest[:12]}...", stated=source.sha256[:12])
    return digest


def content_of(path: Path, source: Source, found: Findings) -> bytes:
    """The bytes of a text file, unpacked where it is one file in gzip."""
    data = path.read_bytes()
    if not data.startswith(GZIP):
        return data
    limit = source.limit_mb * 1_000_000
    try:
        with gzip.open(path) as file:
            data = file.read(limit + 1)
    except (OSError, EOFError, zlib.error):
        found.refuse("file-damaged", found="a gzip file that cannot be unpacked", format="gzip")
    if len(data) > limit:
        found.refuse("file-too-large", found="an unpacked file", limit=str(source.limit_mb))
    return data


def _refuse_swelling(path: Path, kind: str, size: int, found: Findings) -> None:
    """A workbook that unpacks to far more than it is would fill the memory."""
    if kind != "xlsx":
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(one.file_size for one in archive.infolist())
    if unpacked > max(SWELLING * size, LEAST_SWOLLEN):
        found.refuse("file-swells", found=f"{unpacked / 1e6:.0f} MB from {size / 1e6:.1f} MB")


def _content_code(kind: str) -> str:
    if kind in ("pickle", "utf-16"):
        return {"pickle": "pickle", "utf-16": "encoding-utf16"}[kind]
    if kind == "damaged":
        return "file-damaged"
    return "archive" if kind in ("archive", "gzip", "zip") else "other-content"


def sha256_of(path: Path, *, see: Callable[[bytes], None] | None = None) -> str:
    """Hexadecimal SHA-256 of a file's bytes, which ``see`` is shown piece by piece."""
    with path.open("rb") as file:
        if see is None:
            return hashlib.file_digest(file, "sha256").hexdigest()
        digest = hashlib.sha256()
        while piece := file.read(PIECE):
            digest.update(piece)
            see(piece)
        return digest.hexdigest()


def content_kind(path: Path) -> str:
    """What the first bytes say that a file is."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(path)
    for start, kind in (
        (b"PAR1", "parquet"),
        (b"$FL2", "spss"),
        (b"$FL3", "spss"),
        (b"<stata_dta>", "stata"),
        (b"\xd0\xcf\x11\xe0", "xls"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if head.startswith(start):
            return kind
    if head.startswith(GZIP):
        return "gzip"
    if head[8:12] == b"DUCK":
        return "duckdb"
    if head.startswith(ARCHIVES) or head[257:262] == b"ustar":
        return "archive"
    kind = _by_bytes(head)
    return "json" if kind == "text" and JSON.match(head) else kind


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return "damaged"
    return "xlsx" if any(name.startswith("xl/") for name in names) else "zip"


def _by_bytes(head: bytes) -> str:
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "pickle"
    zeros = head.count(b"\0")
    if zeros > len(head) // 4 and (head[1::2].count(0) == zeros or head[::2].count(0) == zeros):
        return "utf-16"
    if head[:1] in (b"r", b"s") and head[1:4] == b"\x01\x01\x00":
        return "stata"
    return "text"
