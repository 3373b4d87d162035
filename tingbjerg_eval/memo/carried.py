"""What the memo carries with it unseen: its own sentences as they were written.

They travel as a custom XML part, which Word keeps when the document is edited and saved, so
that the edited memo can be held against them without the report.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tingbjerg_eval.memo.content import Memo

NAMESPACE = "urn:tingbjerg-eval:memo"
PART = "/customXml/tingbjerg.xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
SENTENCES = ("points", "prose", "note", "bullets")


@dataclass(frozen=True, kw_only=True)
class Carried:
    """The memo's sentences and rows, its own names, and the edition it was made from.

    ``pictures`` are the alternative texts, ``template`` what the municipality's template says.
    """

    language: str
    reference: str
    lines: tuple[tuple[str, str], ...]
    tables: tuple[tuple[tuple[str, ...], ...], ...]
    simulated: bool
    pictures: tuple[str, ...] = ()
    template: tuple[str, ...] = ()


def statements(memo: Memo, template: tuple[str, ...] = ()) -> Carried:
    """What ``memo`` says, as it is carried, and what its template says already."""
    said = [(piece.place, line) for piece in memo.pieces if piece.kind in SENTENCES
            for line in piece.lines]  # fmt: skip
    captions = [(piece.place, piece.lines[0]) for piece in memo.pieces if piece.kind == "table"]
    head = [("head", f"{name}: {value}") for name, value in memo.head]
    head += [("title", memo.title), ("sender", memo.sender), *_headings(memo)]
    simulated = (
        [("simulated", f"{memo.simulated[0]}. {memo.simulated[1]}")] if memo.simulated else []
    )
    return Carried(
        language=memo.language,
        reference=memo.reference,
        lines=tuple(simulated + head + said + captions),
        tables=tuple(piece.rows for piece in memo.pieces if piece.kind == "table"),
        simulated=bool(memo.simulated),
        pictures=tuple(piece.picture.alt for piece in memo.pieces if piece.picture),
        template=template,
    )


def _headings(memo: Memo) -> list[tuple[str, str]]:
    return [("heading", piece.lines[0]) for piece in memo.pieces if piece.kind == "heading"]


def put(document: Any, carried: Carried) -> None:
    """Add ``carried`` to a python-docx document."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    text = json.dumps(asdict(carried), ensure_ascii=False, sort_keys=True)
    root = ElementTree.Element(f"{{{NAMESPACE}}}memo", {"sha256": _digest(text)})
    root.text = text
    blob = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    part = Part(PackURI(PART), "application/xml", blob, document.part.package)
    document.part.relate_to(part, RELATION)


def read(path: Path) -> Carried | None:
    """What a document carries; ``None`` where it carries nothing, or something else."""
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            if name.startswith("customXml/") and name.endswith(".xml"):
                found = _parsed(packed.read(name))
                if found is not None:
                    return found
    return None


def _parsed(blob: bytes) -> Carried | None:
    try:
        root = ElementTree.fromstring(blob)
        text = root.text or ""
        if root.tag != f"{{{NAMESPACE}}}memo" or root.get("sha256") != _digest(text):
            return None
        plain = json.loads(text)
    except (ElementTree.ParseError, ValueError):
        return None
    lines = tuple((place, line) for place, line in plain.pop("lines"))
    tables = tuple(tuple(tuple(row) for row in table) for table in plain.pop("tables"))
    pictures, template = (tuple(plain.pop(key, ())) for key in ("pictures", "template"))
    return Carried(lines=lines, tables=tables, pictures=pictures, template=template, **plain)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
