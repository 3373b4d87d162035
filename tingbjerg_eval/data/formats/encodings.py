"""From bytes to text by a declared, or safely proven, encoding."""

from __future__ import annotations

import codecs
import re
from typing import NoReturn

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.study.sources import Source

ALIASES = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "cp1252": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin-1",
    "latin-1": "latin-1",
    "latin1": "latin-1",
}
MULTIBYTE = re.compile(rb"[\xc3\xc5][\x80-\xbf]")
TWICE_ENCODED = re.compile("Ã[\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œŸ ]|â€[œ™“”]")


def encoding_of(source: Source, found: Findings) -> str | None:
    """The codec that ``source`` declares, ``None`` where it declares none."""
    if source.encoding is None:
        return None
    codec = ALIASES.get(source.encoding.lower())
    if codec is None:
        found.refuse("encoding-unknown", column="encoding", found=source.encoding)
    return codec


def decode(data: bytes, source: Source, found: Findings) -> str:
    """``data`` as text, without byte order mark.

    An encoding that is not declared is UTF-8 when the bytes prove it; a StatBank export may also
    be ISO-8859-1, the other form in which Statistics Denmark delivers.
    """
    declared = encoding_of(source, found)
    data = data.removeprefix(codecs.BOM_UTF8)
    _refuse_nul(data, found)
    if declared in (None, "utf-8"):
        text = _utf8(data, declared, source, found)
    else:
        text = _single_byte(data, declared, found)
    if twice := TWICE_ENCODED.search(text):
        line = text.count("\n", 0, twice.start()) + 1
        found.refuse("encoding-twice", place=f"line {line}", found=repr(twice.group()))
    return text


def _refuse_nul(data: bytes, found: Findings) -> None:
    at = data.find(b"\0")
    if at >= 0:
        found.refuse("nul-byte", place=f"line {line_of(data, at)}", found="a zero byte")


def _utf8(data: bytes, declared: str | None, source: Source, found: Findings) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if declared is None and source.format == "statbank" and not MULTIBYTE.search(data):
            return data.decode("latin-1")
        _refuse_bytes(data, error.start, declared, found)


def _refuse_bytes(data: bytes, at: int, declared: str | None, found: Findings) -> NoReturn:
    byte = data[at : at + 1]
    looks = byte.decode("cp1252", errors="replace")
    code = "encoding-not-utf8" if declared else "encoding-undeclared"
    if MULTIBYTE.search(data):
        code = "encoding-mixed"
    found.refuse(
        code,
        place=f"line {line_of(data, at)}",
        found=f"byte 0x{byte.hex().upper()}, {looks!r} in Windows-1252",
    )


def _single_byte(data: bytes, codec: str, found: Findings) -> str:
    multibyte = MULTIBYTE.search(data)
    if multibyte and _is_utf8(data):
        shown = multibyte.group().decode(codec, errors="replace")
        found.refuse(
            "encoding-is-utf8", place=f"line {line_of(data, multibyte.start())}", found=repr(shown)
        )
    if multibyte:
        found.refuse(
            "encoding-mixed",
            place=f"line {line_of(data, multibyte.start())}",
            found="UTF-8 letters among single-byte letters",
        )
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        found.refuse(
            "encoding-no-such-byte",
            place=f"line {line_of(data, error.start)}",
            found=f"byte 0x{data[error.start]:02X}",
        )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def line_of(data: bytes, at: int) -> int:
    """Line (from 1) of byte ``at``."""
    return data.count(b"\n", 0, at) + 1
