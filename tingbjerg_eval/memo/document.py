"""The text of an edited Word document: paragraphs and table rows, as a reader sees them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tingbjerg_eval.inputs.problems import InputRefused, Problem

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
GONE = {f"{W}del", f"{W}moveFrom", f"{W}delText", f"{W}instrText", FALLBACK}
"""What a reader does not see: text deleted with changes tracked, fields, a second drawing."""
PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
EDGE = re.compile(r"word/(header|footer|footnotes|endnotes)\d*\.xml")
LARGEST = 50_000_000


@dataclass(frozen=True)
class Text:
    """Paragraphs outside tables, and the rows of all tables, each cell with its lines.

    ``edges`` are the paragraphs of the pages' headers, footers and notes, ``pictures`` the
    alternative texts of the pictures.
    """

    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    edges: tuple[str, ...]
    pictures: tuple[str, ...]


def read(path: Path) -> Text:
    """The text of the document at ``path``.

    Raises
    ------
    InputRefused
        Where it is no Word document that can be read.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            part = packed.getinfo("word/document.xml")
            if part.file_size > LARGEST:
                raise ValueError("too large")
            root = ElementTree.fromstring(packed.read(part))
            edges = [of for name in packed.namelist() if EDGE.fullmatch(name)
                     for of in ElementTree.fromstring(packed.read(name)).iter(f"{W}p")]  # fmt: skip
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise not_readable(path, "no Word document that can be read") from error
    body = root.find(f"{W}body")
    blocks = list(_blocks(body)) if body is not None else []
    return Text(
        tuple(said for of in blocks if of.tag == f"{W}p" and (said := _text(of).strip())),
        tuple(_row(row) for of in blocks if of.tag == f"{W}tbl" for row in of.iter(f"{W}tr")),
        tuple(dict.fromkeys(said for of in edges if (said := _text(of).strip()))),
        tuple(of.get("descr", "") for block in blocks for of in block.iter(f"{PICTURE}docPr")),
    )


def not_readable(path: Path, found: str) -> InputRefused:
    """The refusal of a document."""
    return InputRefused([
        Problem(
            code="memo-not-readable", file=path.name, found=found,
            wanted="a memo that this program has made, saved as .docx",
            mend="Save the memo as .docx, or name the report's folder with --report.",
        )
    ])  # fmt: skip


def _blocks(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Paragraphs and tables in order, also those inside content controls."""
    for child in element:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag not in GONE:
            yield from _blocks(child)


def _row(row: ElementTree.Element) -> tuple[str, ...]:
    cells = (of for of in row.iter(f"{W}tc"))
    return tuple("\n".join(_text(line).strip() for line in cell.iter(f"{W}p")) for cell in cells)


def _text(element: ElementTree.Element) -> str:
    if element.tag in GONE or element.find(f"{W}rPr/{W}vanish") is not None:
        return ""
    if element.tag == f"{W}t":
        return element.text or ""
    if element.tag in (f"{W}br", f"{W}tab", f"{W}cr"):
        return " "
    if element.tag == f"{W}noBreakHyphen":
        return "-"
    return "".join(map(_text, element))
