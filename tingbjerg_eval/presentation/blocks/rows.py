"""One target in little room: a row with a small drawing and its answers, or a card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tingbjerg_eval.presentation.blocks.display import Block
from tingbjerg_eval.presentation.blocks.pictures import Picture, source_of
from tingbjerg_eval.presentation.blocks.tables import Column, head
from tingbjerg_eval.presentation.blocks.workbook import Published, Value
from tingbjerg_eval.presentation.figures import strips
from tingbjerg_eval.presentation.words.sentences import Words


@dataclass(frozen=True, kw_only=True)
class Sign:
    """An answer: a word with a shape, and what belongs to it in small print."""

    text: str
    look: str
    icon: str
    small: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One target.

    Attributes
    ----------
    name, about
        Its short name; its goal and who is responsible.
    figures, change
        Before and after; the change in words.
    svg, alt
        The drawing and what it shows, in words.
    signs
        Met, certain, effect.
    published
        The values for the workbook, in the order of :attr:`Rows.columns`.
    """

    name: str
    about: str
    figures: str
    change: str
    svg: str
    alt: str
    signs: tuple[Sign, ...]
    published: tuple[Value, ...] = ()

    @property
    def source(self) -> str:
        """The drawing as a data address."""
        return source_of(self.svg)


class Rows(Block):
    """Targets of one kind of figure, in rows that share an axis.

    Parameters
    ----------
    rows
        In the strategy's order.
    caption
        What the table shows.
    headings
        The sentences that head the columns, by their keys, in order.
    kind_of, limit
        ``count`` or ``share``, and how far the scale above the drawings reaches.
    columns
        Each published value, the key of its heading, and the decimals of one that is a figure.
    name
        Sheet and file name.
    look
        ``verdict``, ``course`` or ``prospect``: how wide the columns are.
    """

    kind = "rows"

    def __init__(
        self,
        rows: Iterable[Row],
        words: Words,
        *,
        caption: str,
        headings: Iterable[str],
        kind_of: str,
        limit: int,
        columns: Iterable[tuple[str, str, int | None]],
        name: str,
        look: str = "verdict",
    ) -> None:
        self.rows, self.caption, self.name, self.look = tuple(rows), caption, name, look
        self.headings = [words(key) for key in headings]
        labels = {tick: words(f"rows.tick_{kind_of}", value=words.signed(tick, decimals=0))
                  for tick in (-limit / 2, limit / 2)}  # fmt: skip
        axis = strips.axis(limit, labels | {0.0: words("rows.tick_before")})
        self.axis_source = source_of(axis)
        self.axis_alt = words(f"rows.axis_{kind_of}", limit=words.number(limit))
        self.columns = [
            head(key, Column(words(heading), "text" if decimals is None else "number", decimals),
                 words)
            for key, heading, decimals in columns
        ]  # fmt: skip

    def text(self) -> str:
        lines = [
            f"{row.name} ({row.about}): {row.figures}, {row.change}. "
            + " ".join(f"{asked} {sign.text}." for asked, sign in self.asked(row))
            for row in self.rows
        ]
        return "\n".join([self.caption, *lines])

    def asked(self, row: Row) -> list[tuple[str, Sign]]:
        """Each question of the head with the row's answer."""
        return list(zip(self.headings[3:], row.signs, strict=False))

    def tables(self) -> list[Published]:
        rows = [list(row.published) for row in self.rows]
        return [{"name": self.name, "caption": self.caption, "columns": self.columns,
                 "rows": rows, "notes": []}]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Points(Block):
    """The main points, numbered, the answer first."""

    items: tuple[str, ...]
    kind = "points"

    def text(self) -> str:
        return "\n".join(f"{number}. {item}" for number, item in enumerate(self.items, start=1))


@dataclass(frozen=True, repr=False)
class Numbered(Points):
    """A numbered list that is no list of main points: what a committee is asked to decide."""

    kind = "numbered"


@dataclass(frozen=True, repr=False)
class Bar(Block):
    """Amounts side by side in one bar, said in words as well."""

    svg: str
    alt: str
    said: str
    kind = "bar"

    @property
    def source(self) -> str:
        """The drawing as a data address."""
        return source_of(self.svg)

    def text(self) -> str:
        return f"{self.alt} {self.said}"


@dataclass(frozen=True, repr=False)
class Card(Block):
    """A target, a course or a delivery.

    Parameters
    ----------
    title, about
        Its heading, and in small print whose it is.
    picture
        A small figure; none where there is nothing to draw.
    answers
        Questions with their signs.
    said
        Sentences that hold for this one alone.
    facts
        Names and figures, a line each.
    stacked
        Whether the picture stands above the rest, as among others side by side.
    """

    title: str
    about: str = ""
    picture: Picture | None = None
    answers: tuple[tuple[str, Sign], ...] = ()
    said: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    stacked: bool = False
    kind = "card"

    def text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield self.title
        if self.about:
            yield self.about
        if self.picture:
            yield self.picture.alt
            yield from self.picture.notes
        yield from (f"{asked} {sign.text}" for asked, sign in self.answers)
        if self.said:
            yield self.said
        yield from (f"{name}: {figure}" for name, figure in self.facts)


@dataclass(frozen=True, repr=False)
class Courses(Block):
    """Small figures side by side, with what holds for all of them said once."""

    cards: tuple[Card, ...]
    notes: tuple[str, ...] = ()
    kind = "courses"

    @property
    def look(self) -> str:
        """Three side by side where they are figures alone."""
        return "courses" if any(card.facts for card in self.cards) else "courses three"

    def text(self) -> str:
        return "\n\n".join([*self.notes, *(card.text() for card in self.cards)])
