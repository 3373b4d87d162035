"""The memo as a Word document: the municipality's styles, guarded numbers, the same bytes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from tingbjerg_eval.memo import carried
from tingbjerg_eval.memo.content import Memo, Piece
from tingbjerg_eval.memo.document import read
from tingbjerg_eval.memo.picture import WIDTH, png
from tingbjerg_eval.memo.sources import Sources
from tingbjerg_eval.presentation.blocks.workbook import clean_text, without_times
from tingbjerg_eval.presentation.words.sentences import Words

LANGUAGE = {"da": "da-DK", "en": "en-GB"}
TABLE_STYLES = ("Table Grid", "Normal Table")
NAME_WIDTH = 2.1
"""Inches of a table's first column."""


def write_memo(
    memo: Memo, sources: Sources, words: Words, *, template: Path | None = None
) -> bytes:
    """The memo as ``.docx``.

    Every number is a content control whose tag names its source. ``template`` is a document
    whose styles, page and header are used; what it says is kept above the memo.
    """
    writing = _Writing(memo, sources, words, template)
    writing.write()
    return writing.saved()


class _Writing:
    """A document on its way; ids are counted, so that they are the same each time."""

    def __init__(self, memo: Memo, sources: Sources, words: Words, template: Path | None) -> None:
        from docx import Document

        self.memo, self.sources, self.words = memo, sources, words
        self.document: Any = Document(str(template) if template else None)
        self.letterhead: tuple[str, ...] = ()
        if template:
            text = read(template)
            self.letterhead = (*text.paragraphs, *text.edges)
        self.styles = {style.name for style in self.document.styles}
        self.controls = 0

    def write(self) -> None:
        memo = self.memo
        self._language()
        if memo.simulated:
            mark, said = memo.simulated
            paragraph = self.paragraph("Normal")
            paragraph.add_run(f"{mark}. ").bold = True
            paragraph.add_run(said)
        if memo.sender:
            self.paragraph("Normal").add_run(memo.sender).bold = True
        for name, value in memo.head:
            self.paragraph("Normal", tight=True).add_run(f"{name}: {value}")
        self.paragraph("Heading 1").add_run(memo.title)
        for piece in memo.pieces:
            getattr(self, piece.kind)(piece)
        self.paragraph("Normal").add_run(self.words("memo.origin", reference=memo.reference))

    def saved(self) -> bytes:
        memo, core = self.memo, self.document.core_properties
        core.title, core.author, core.language = memo.title, memo.sender, memo.language
        core.comments = core.last_modified_by = ""
        carried.put(self.document, carried.statements(memo, self.letterhead))
        buffer = io.BytesIO()
        self.document.save(buffer)
        return without_times(buffer.getvalue())

    def paragraph(self, style: str, *, tight: bool = False) -> Any:
        from docx.shared import Pt

        made = self.document.add_paragraph(style=style if style in self.styles else None)
        made.paragraph_format.space_after = Pt(0 if tight else 5)
        return made

    def heading(self, piece: Piece) -> None:
        self.paragraph("Heading 2").add_run(piece.lines[0])

    def prose(self, piece: Piece) -> None:
        for line in piece.lines:
            self.guarded(self.paragraph("Normal"), line, line, piece.place)

    def note(self, piece: Piece) -> None:
        made = self.paragraph("Normal")
        self.guarded(made, piece.lines[0], piece.lines[0], piece.place)
        for run in made._p.iter("{*}r"):
            _sized(run, 9)

    def points(self, piece: Piece) -> None:
        self._listed(piece, "List Number")

    def bullets(self, piece: Piece) -> None:
        self._listed(piece, "List Bullet")

    def _listed(self, piece: Piece, style: str) -> None:
        number = self._restarted(style)
        for place, line in enumerate(piece.lines, start=1):
            made = self.paragraph(style, tight=True)
            if number is not None:
                properties = made._p.get_or_add_pPr().get_or_add_numPr()
                properties.get_or_add_ilvl().val = 0
                properties.get_or_add_numId().val = number
            elif style == "List Number":
                made.add_run(f"{place}. ")
            self.guarded(made, line, line, f"{piece.place}/{place}")

    def _restarted(self, style: str) -> int | None:
        """The number of a list that begins at 1; ``None`` where the template has no lists."""
        try:
            of_style = self.document.styles[style].element.pPr.numPr.numId.val
            numbering = self.document.part.numbering_part.element
            known = next(num for num in numbering.num_lst if num.numId == of_style)
        except (KeyError, AttributeError, NotImplementedError, StopIteration):
            return None
        made = numbering.add_num(known.abstractNumId.val)
        made.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(made.numId)

    def table(self, piece: Piece) -> None:
        from docx.shared import Inches

        self.guarded(self.paragraph("Caption"), piece.lines[0], piece.lines[0], piece.place)
        made = self.document.add_table(len(piece.rows), len(piece.rows[0]))
        style = next((name for name in TABLE_STYLES if name in self.styles), None)
        if style:
            made.style = style
        _described(made, piece.lines[0])
        for at, (row, texts) in enumerate(zip(made.rows, piece.rows, strict=True)):
            row.cells[0].width = Inches(NAME_WIDTH)
            for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                self._cell(cell, text, texts[0], f"{piece.place}/{at}/{column}", head=at == 0)
        _repeated(made.rows[0])
        self.paragraph("Normal", tight=True)

    def _cell(self, cell: Any, text: str, about: str, place: str, *, head: bool) -> None:
        from docx.shared import Pt

        paragraph = cell.paragraphs[0]
        for at, line in enumerate(text.split("\n")):
            if at:
                paragraph = cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            self.guarded(paragraph, line, about, f"{place}/{at}")
            for run in paragraph._p.iter("{*}r"):
                _sized(run, 9, bold=head)

    def picture(self, piece: Piece) -> None:
        from docx.shared import Inches

        assert piece.picture is not None
        made = self.paragraph("Normal")
        drawing = made.add_run().add_picture(io.BytesIO(png(piece.picture)), Inches(WIDTH))
        drawing._inline.docPr.set("descr", clean_text(piece.picture.alt))
        drawing._inline.docPr.set("title", clean_text(piece.lines[0]))

    def guarded(self, paragraph: Any, text: str, about: str, place: str) -> None:
        """``text`` with every number in a content control of its own."""
        for part, tag in self.sources.tags(clean_text(text), about=about, place=place):
            run = paragraph.add_run(part)
            if tag:
                self.controls += 1
                _control(run._r, tag, self.controls)

    def _language(self) -> None:
        from docx.oxml.ns import qn

        styles = self.document.styles.element
        for language in styles.iter(qn("w:lang")):
            language.set(qn("w:val"), LANGUAGE[self.memo.language])


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _control(run: Any, tag: str, number: int) -> None:
    """Put ``run`` in a content control."""
    control, properties, content = map(_element, ("sdt", "sdtPr", "sdtContent"))
    properties.extend([
        _element("alias", val=tag), _element("tag", val=tag), _element("id", val=str(number)),
        _element("text"),
    ])  # fmt: skip
    run.addprevious(control)
    control.extend([properties, content])
    content.append(run)


def _sized(run: Any, points: float, *, bold: bool = False) -> None:
    properties = run.get_or_add_rPr()
    if bold:
        properties.append(_element("b"))
    properties.append(_element("sz", val=str(round(2 * points))))


def _described(table: Any, said: str) -> None:
    properties = table._tbl.tblPr
    properties.append(_element("tblCaption", val=clean_text(said)))


def _repeated(row: Any) -> None:
    """The head is said again on the next page, and read as a head."""
    row._tr.get_or_add_trPr().append(_element("tblHeader"))
