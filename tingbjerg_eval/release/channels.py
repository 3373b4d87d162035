"""Every place of a file where text can stand, whatever the file is called.

Files are told apart by their first bytes. What is packed into another (a data address, a
base64 part, a picture in a workbook, an attachment) is unpacked and read in turn.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from tingbjerg_eval.release import documents, pictures
from tingbjerg_eval.release.channel import Channel, Danger
from tingbjerg_eval.release.markup import markup_channels, read_markup

DEEPEST = 6
"""Files packed into files packed into files: deeper ones are refused unread."""
_DATA_ADDRESS = re.compile(
    r"data:([\w.+-]*/?[\w.+-]*)((?:;[\w.+=-]+)*),([^\s\"'<>)]*)", re.IGNORECASE
)
_BASE64 = re.compile(r"(?<![\w+/=-])(?:[A-Za-z0-9+/_-]{4}){6,}(?:[A-Za-z0-9+/_-]{2,3}={0,2})?")
SHORTEST = 24
"""Signs that a base64 part has at least."""
_FONTS = (b"wOFF", b"wOF2", b"OTTO", b"\x00\x01\x00\x00", b"true", b"ttcf")
_PICTURES = (b"\xff\xd8\xff", b"GIF8", b"RIFF")
_READABLE = re.compile(rb"[\x20-\x7e]{6,}")


def channels(data: bytes, *, within: str = "", depth: int = 0) -> Iterator[Channel | Danger]:
    """Everything that can be read in a file's bytes."""
    if depth > DEEPEST:
        yield Danger(within, "a file packed too deeply to be read")
        return
    for found in _read(data, within, depth):
        yield found
        if isinstance(found, Channel) and not found.row:
            yield from _packed(found, depth)


def _read(data: bytes, within: str, depth: int) -> Iterator[Channel | Danger]:
    if data.startswith(b"%PDF-"):
        yield from documents.pdf(data, within, depth, channels)
    elif data.startswith(b"PK\x03\x04"):
        yield from documents.archive(data, within, depth, channels)
    elif data.startswith(b"\x89PNG"):
        yield from pictures.png(data, within)
    elif data.startswith(_PICTURES):
        yield from _readable_parts(data, within)
    elif not data.startswith(_FONTS):
        yield from _text_file(data, within)


def _text_file(data: bytes, within: str) -> Iterator[Channel | Danger]:
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\x00" in text:
        yield Danger(within, "a kind of file that cannot be read")
        yield from _readable_parts(data, within)
    elif text.lstrip()[:1] == "<":
        yield from markup_channels(read_markup(text.encode()), within)
    elif text.lstrip()[:1] in ("{", "[") and (parsed := _as_json(text)) is not None:
        yield from _json_channels(parsed[0], within)
    else:
        yield from _table_or_text(text, within)


def _as_json(text: str) -> tuple[Any] | None:
    try:
        return (json.loads(text),)
    except ValueError:
        return None


def _json_channels(value: Any, within: str) -> Iterator[Channel]:
    if isinstance(value, dict):
        line = " | ".join(str(of) for of in value.values() if not isinstance(of, dict | list))
        yield Channel(f"{within}record", line, row=True)
        for name, of in value.items():
            yield Channel(f"{within}name", name)
            yield from _json_channels(of, within)
    elif isinstance(value, list):
        for of in value:
            yield from _json_channels(of, within)
    elif value is not None and not isinstance(value, bool):
        yield Channel(f"{within}value", str(value))


def _table_or_text(text: str, within: str) -> Iterator[Channel | Danger]:
    """Text, and where it is a table with separators each of its cells and rows as well."""
    for line in text.splitlines():
        yield Channel(f"{within}text", line)
    separator = max(";,\t", key=text.count)
    if separator not in text:
        return
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        if len(row) > 1:
            yield Channel(f"{within}row", " | ".join(row), row=True)
        if any(is_live_formula(cell) for cell in row):
            yield Danger(f"{within}cell", "formula")


def is_live_formula(cell: str) -> bool:
    """Whether a spreadsheet would compute this cell of a CSV file."""
    return cell[:1] in tuple("=+-@\t\r") and cell != "" and not _is_number(cell)


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[-+]?[\d.]*\d(?:[.,]\d+)?(?:[eE][-+]?\d+)?", cell) is not None


def _readable_parts(data: bytes, within: str) -> Iterator[Channel]:
    for part in _READABLE.findall(data):
        yield Channel(f"{within}readable part", part.decode("ascii"))


def _packed(found: Channel, depth: int) -> Iterator[Channel | Danger]:
    """Data addresses and base64 parts of a text, read as the files they are."""
    if len(found.text) < SHORTEST and "data:" not in found.text.lower():
        return
    for address in _DATA_ADDRESS.finditer(found.text):
        data = _address_bytes(address)
        yield from channels(data, within=f"{found.where}, data address, ", depth=depth + 1)
    rest = _DATA_ADDRESS.sub(" ", found.text)
    for part in _BASE64.findall(rest):
        inside = _decoded(part)
        if inside is not None and _is_file_or_text(inside):
            yield from channels(inside, within=f"{found.where}, base64 part, ", depth=depth + 1)


def _address_bytes(address: re.Match[str]) -> bytes:
    _, options, body = address.groups()
    content = unquote_to_bytes(body)
    if "base64" not in options.lower():
        return content
    return _decoded(content.decode("ascii", errors="replace")) or b""


def _decoded(part: str) -> bytes | None:
    part = part.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _is_file_or_text(data: bytes) -> bool:
    """Whether decoded bytes are a file that is known, or text: digests and words are neither."""
    if data.startswith((b"%PDF-", b"PK\x03\x04", b"\x89PNG", *_PICTURES)):
        return True
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(sign.isprintable() or sign in "\r\n\t" for sign in text)


def without_packed(text: str) -> str:
    """``text`` without data addresses, whose letters and digits are no text."""
    return _DATA_ADDRESS.sub(" ", text)
