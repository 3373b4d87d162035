"""The text a picture carries beside its pixels."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from tingbjerg_eval.release.channel import Channel, Danger

_PIXELS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"bKGD"}
    | {b"hIST", b"pHYs", b"tIME", b"iCCP", b"acTL", b"fcTL", b"fdAT"}
)
_LARGEST = 10_000_000


def png(data: bytes, within: str) -> Iterator[Channel | Danger]:
    """Text chunks of a PNG file (plain, compressed, international, EXIF), and what follows it."""
    at = 8
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        at += 12 + size
        if kind not in _PIXELS:
            name = kind.decode("ascii", errors="replace")
            yield Channel(f"{within}PNG {name}", _chunk_text(kind, body))
        if kind == b"IEND":
            break
    if data[at:].strip(b"\x00"):
        yield Danger(f"{within}PNG", "bytes after the end of the picture")
        yield Channel(f"{within}PNG rest", data[at:].decode("utf-8", errors="replace"))


def _chunk_text(kind: bytes, body: bytes) -> str:
    if kind == b"zTXt":
        word, _, rest = body.partition(b"\x00")
        return _said(word) + " " + _said(_unpacked(rest[1:]))
    if kind == b"iTXt":
        word, _, rest = body.partition(b"\x00")
        packed, rest = rest[:1] == b"\x01", rest[2:]
        names, text = rest.split(b"\x00", 2)[:2], rest.split(b"\x00", 2)[-1]
        return " ".join(map(_said, [word, *names, _unpacked(text) if packed else text]))
    return _said(body.replace(b"\x00", b" "))


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _LARGEST)
    except zlib.error:
        return data


def _said(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
