"""What a notebook shows and a report is made of.

Every block gives itself as one HTML bundle, as plain text, and with a mark by which rendering
knows it; a table also keeps its published values, so that the workbook is written from the
executed notebook alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from tingbjerg_eval.inputs import speaking
from tingbjerg_eval.inputs.calls import guided
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.presentation.blocks import templates
from tingbjerg_eval.presentation.blocks.workbook import Published, csv_files, workbook
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.sentences import Words

BLOCK = "application/vnd.tingbjerg.block+json"
TABLE = "application/vnd.tingbjerg.table+json"

Bundle = dict[str, object]
"""What is shown, by media type."""
SHORT = 8
"""Signs of a digest that a reader is shown in a head; the whole stands in the appendix."""


@guided(instead="Its figures as a file: table.to_excel(path), table.to_csv(path).")
class Block:
    """A piece of a report."""

    kind = "block"
    """Also the name of the piece of ``template/blocks.html.j2`` that shows it."""

    def html(self) -> Markup:
        """The piece as HTML, every value escaped."""
        return templates.html(self.kind, self)

    def text(self) -> str:
        """The piece as plain text."""
        raise NotImplementedError

    def tables(self) -> list[Published]:
        """Published values of the tables in it."""
        return []

    def sayings(self) -> list[str]:
        """What stands out in it and belongs beside its tables wherever they go."""
        return []

    def to_csv(self, path: str | Path) -> Path:
        """Write its table to ``path`` as it is shown: a hidden figure is a word there too.

        Parameters
        ----------
        path
            The file; the decimal mark and the separator are those of the language.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        WrongArgument
            Where it holds no table, or several.
        """
        tables = self._kept()
        if len(tables) > 1:
            raise WrongArgument(f"It holds {len(tables)} tables; write to_excel, a sheet for each.")
        files = csv_files(tables, wording.current(), simulated=speaking.simulated())
        return _written(path, *files.values())

    def to_excel(self, path: str | Path) -> Path:
        """Write its tables to a workbook as they are shown, one sheet each.

        Parameters
        ----------
        path
            The file.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        WrongArgument
            Where it holds no table.
        """
        book = workbook(self._kept(), wording.current(), simulated=speaking.simulated())
        return _written(path, book)

    def _kept(self) -> list[Published]:
        """Its tables, with what belongs beside them among their notes."""
        tables = self.tables()
        if not tables:
            raise WrongArgument("There is no table in it to write; te.show(frame) makes one.")
        return [{**one, "notes": [*self.sayings(), *one["notes"]]} for one in tables]

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        bundle: Bundle = {
            "text/html": str(self.html()),
            "text/plain": self.text(),
            BLOCK: {"kind": self.kind},
        }
        tables = self.tables()
        return {**bundle, TABLE: {"tables": tables}} if tables else bundle

    def __repr__(self) -> str:
        return self.text()


@dataclass(frozen=True, repr=False)
class Prose(Block):
    """One paragraph.

    Parameters
    ----------
    said
        The text.
    look
        How it stands out: empty, ``lead``, ``note`` or ``callout``.
    """

    said: str
    look: str = ""
    kind = "prose"

    def text(self) -> str:
        return self.said

    def sayings(self) -> list[str]:
        return [self.said] if self.look == "callout" else []


class Parts(Block):
    """Blocks below each other."""

    parts: tuple[Block, ...]

    def html(self) -> Markup:
        return Markup("\n").join(part.html() for part in self.parts)

    def text(self) -> str:
        return "\n\n".join(part.text() for part in self.parts)

    def tables(self) -> list[Published]:
        return [table for part in self.parts for table in part.tables()]

    def sayings(self) -> list[str]:
        return [said for part in self.parts for said in part.sayings()]


@dataclass(frozen=True, repr=False)
class Section(Parts):
    """A heading and what belongs under it.

    Parameters
    ----------
    title
        The heading.
    parts
        The blocks under it.
    level
        Of the heading, as in HTML.
    anchor
        What :class:`Links` call it by.
    """

    title: str
    parts: tuple[Block, ...] = ()
    level: int = 2
    anchor: str = ""
    kind = "section"

    def html(self) -> Markup:
        return Markup("\n").join([templates.html("section", self), super().html()])

    def text(self) -> str:
        return f"{self.title}\n\n{super().text()}" if self.parts else self.title


@dataclass(frozen=True, repr=False)
class Group(Parts):
    """Several blocks below each other.

    Parameters
    ----------
    parts
        The blocks.
    """

    parts: tuple[Block, ...]
    kind = "group"


@dataclass(frozen=True, repr=False)
class Bullets(Block):
    """A list of sentences."""

    items: tuple[str, ...]
    kind = "bullets"

    def text(self) -> str:
        return "\n".join(f"- {item}" for item in self.items)


@dataclass(frozen=True, repr=False)
class Links(Block):
    """Names of sections, each with its anchor, that lead there."""

    lead: str
    places: tuple[tuple[str, str], ...]
    kind = "links"

    def text(self) -> str:
        return f"{self.lead} {' · '.join(name for name, _ in self.places)}"


class MemoHead(Block):
    """Sender, recipient, date of the decision and case numbers.

    ``date`` is the day of the decision, never today's: ``None`` where it is not fixed yet, empty
    where nothing is to be decided. ``as_of`` is the last day that a follow-up tells of.
    """

    kind = "head"

    def __init__(
        self,
        *,
        sender: str = "",
        recipient: str = "",
        date: dt.date | str | None = "",
        case_number: str = "",
        document_number: str = "",
        case_officer: str = "",
        plan_digest: str = "",
        as_of: str = "",
        words: Words | None = None,
    ):
        words = words or wording.current()
        self.sender = sender
        named = {
            "to": recipient,
            "as_of": as_of and words.date(as_of),
            "date": words("head.not_decided") if date is None else date and words.date(date),
            "case_number": case_number,
            "document_number": document_number,
            "case_officer": case_officer,
            "plan": plan_digest[:SHORT],
        }
        self.fields = [(words(f"head.{key}"), value) for key, value in named.items() if value]

    def text(self) -> str:
        lines = [f"{name}: {value}" for name, value in self.fields]
        return "\n".join([self.sender, *lines] if self.sender else lines)


def _written(path: str | Path, content: bytes) -> Path:
    path = Path(path)
    path.write_bytes(content)
    return path
