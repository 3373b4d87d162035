"""One target in little room: a small picture at the left, the answers and figures at the right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from tingbjerg_eval.presentation.blocks import templates
from tingbjerg_eval.presentation.blocks.display import Block
from tingbjerg_eval.presentation.blocks.pictures import Picture
from tingbjerg_eval.presentation.blocks.rows import Sign


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
    level
        Of the heading, as in HTML.
    """

    title: str
    about: str = ""
    picture: Picture | None = None
    answers: tuple[tuple[str, Sign], ...] = ()
    said: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    stacked: bool = False
    level: int = 4
    kind = "card"

    def html(self) -> Markup:
        return templates.html("card", self)

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

    def html(self) -> Markup:
        return templates.html("courses", self)

    def text(self) -> str:
        return "\n\n".join([*self.notes, *(card.text() for card in self.cards)])
