"""PDF files and files that are archives of files, such as workbooks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    StreamObject,
    TextStringObject,
)
from pypdfium2 import PdfDocument, PdfiumError

from tingbjerg_eval.release.channel import Channel, Danger, Reader
from tingbjerg_eval.release.markup import markup_channels, read_markup

_LARGEST = 200_000_000
_MARKUP = (".xml", ".rels", ".vml")


def archive(data: bytes, within: str, depth: int, read: Reader) -> Iterator[Channel | Danger]:
    """Every part of an archive, its names and comments; macros, links and formulas as dangers."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
        yield Channel(f"{within}archive comment", packed.comment.decode("utf-8", "replace"))
        for part in packed.infolist():
            yield from _part(packed, part, within, depth, read)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        yield Danger(within, "an archive that cannot be read")


def _part(
    packed: zipfile.ZipFile, part: zipfile.ZipInfo, within: str, depth: int, read: Reader
) -> Iterator[Channel | Danger]:
    where = f"{within}part {part.filename}, "
    yield Channel(f"{within}part name", part.filename)
    yield Channel(f"{within}part comment", part.comment.decode("utf-8", "replace"))
    if part.file_size > _LARGEST:
        yield Danger(where, "a part too large to be read")
        return
    data = packed.read(part)
    if part.filename.endswith(_MARKUP):
        yield from markup_channels(read_markup(data, html=False), where)
        yield from _workbook_dangers(part.filename, data, where)
    else:
        yield from read(data, within=where, depth=depth + 1)


def _workbook_dangers(name: str, data: bytes, where: str) -> Iterator[Danger]:
    if b"<f>" in data or b"<f " in data:
        yield Danger(where, "formula")
    if b'TargetMode="External"' in data or "externalLink" in name:
        yield Danger(where, "network address")
    if name == "xl/workbook.xml" and (b'"hidden"' in data or b'"veryHidden"' in data):
        yield Danger(where, "hidden sheet")
    if b"vbaProject" in data:
        yield Danger(where, "macro")


def pdf(data: bytes, within: str, depth: int, read: Reader) -> Iterator[Channel | Danger]:
    """Text of the pages, metadata, and every text of every object: alternative texts, titles."""
    try:
        yield from _pages(data, within)
        reader = PdfReader(io.BytesIO(data))
        yield from _metadata(reader, within)
        yield from _objects(reader, within, depth, read)
    except (PyPdfError, PdfiumError, ValueError, KeyError, RecursionError):
        yield Danger(within, "a PDF that cannot be read")


def _pages(data: bytes, within: str) -> Iterator[Channel]:
    """The lines of every page, by PDFium: what takes pypdf a second takes it milliseconds."""
    with PdfDocument(data) as document:
        for number, page in enumerate(document, start=1):
            for line in page.get_textpage().get_text_range().splitlines():
                for label in _labels(line):
                    yield Channel(f"{within}PDF page {number}", label)


_ROW_OF_NUMBERS = re.compile(
    r"[−+-]?\d{1,4}(?:[.,]\d+)?(?:\s*%)?(?:\s+[−+-]?\d{1,4}(?:[.,]\d+)?(?:\s*%)?){3,}"
)


def _labels(line: str) -> list[str]:
    """A line as text, or as single labels where it is the ticks of a drawing's axes.

    Four or more short numbers beside each other are ticks; no person's number is written so.
    """
    return line.split() if _ROW_OF_NUMBERS.fullmatch(line.strip()) else [line]


def _metadata(reader: PdfReader, within: str) -> Iterator[Channel]:
    for name, value in (reader.metadata or {}).items():
        yield Channel(f"{within}PDF metadata {name}", str(value))


def _objects(
    reader: PdfReader, within: str, depth: int, read: Reader
) -> Iterator[Channel | Danger]:
    for number in _object_numbers(reader):
        found = reader.get_object(IndirectObject(*number, reader))
        yield from _object_texts(found, within)
        if isinstance(found, StreamObject):
            yield from _stream(found, within, depth, read)


def _object_numbers(reader: PdfReader) -> list[tuple[int, int]]:
    plain = {
        (number, generation)
        for generation, numbers in reader.xref.items()
        for number in numbers
        if number
    }
    return sorted(plain | {(number, 0) for number in reader.xref_objStm})


def _object_texts(found: Any, within: str, name: str = "") -> Iterator[Channel | Danger]:
    if isinstance(found, TextStringObject):
        yield Channel(f"{within}PDF {name or 'object'}", str(found))
    elif isinstance(found, ArrayObject):
        for of in found:
            yield from _object_texts(of, within, name)
    elif isinstance(found, DictionaryObject):
        for key in list(found):
            if key in ("/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA"):
                yield from _pdf_danger(key, found, within)
            yield from _object_texts(found.raw_get(key), within, key)


def _pdf_danger(key: str, found: Any, within: str) -> Iterator[Danger]:
    action = found[key]
    if key == "/OpenAction" and not isinstance(action, DictionaryObject):
        return
    if isinstance(action, DictionaryObject) and action.get("/S") == "/GoTo":
        return
    yield Danger(f"{within}PDF {key}", "script element")


def _stream(found: Any, within: str, depth: int, read: Reader) -> Iterator[Channel | Danger]:
    if found.get("/Type") == "/Metadata":
        text = found.get_data().decode("utf-8", errors="replace")
        yield from markup_channels(read_markup(text.encode(), html=False), f"{within}XMP ")
    elif found.get("/Type") == "/EmbeddedFile":
        yield from read(found.get_data(), within=f"{within}attachment, ", depth=depth + 1)
