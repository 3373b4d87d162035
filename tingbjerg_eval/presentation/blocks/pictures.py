"""Drawings in a report: one image each, with what is told to a reader who cannot see it."""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tingbjerg_eval.inputs import speaking
from tingbjerg_eval.presentation.blocks.display import Block
from tingbjerg_eval.presentation.blocks.workbook import Published
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.sentences import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SAID = "_report_said"
"""A figure's attribute with its alternative text, caption and notes."""

_RELEASED: ContextVar[bool] = ContextVar("released", default=False)


def source_of(svg: str) -> str:
    """A drawing as a data address."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


class Picture(Block):
    """Something drawn, shown as one image with its alternative text and caption.

    ``inches`` are its width and height.
    """

    kind = "figure"
    alt: str
    caption: str
    notes: Sequence[str]
    inches: tuple[float, float]

    @cached_property
    def svg(self) -> str:
        """The drawing as SVG."""
        raise NotImplementedError

    @cached_property
    def source(self) -> str:
        """The drawing as a data address."""
        return source_of(self.svg)

    @property
    def width(self) -> int:
        """Width in CSS pixels."""
        return round(self.inches[0] * 96)

    @property
    def height(self) -> int:
        """Height in CSS pixels."""
        return round(self.inches[1] * 96)

    def text(self) -> str:
        return "\n".join(part for part in (self.caption, self.alt, *self.notes) if part)


class Figure(Picture):
    """A figure with its alternative text and caption.

    Parameters
    ----------
    figure
        A matplotlib figure or axes.
    alt, caption
        A figure made by ``te.figures`` brings its own; any other needs them.
    notes
        Sentences under the figure.

    Raises
    ------
    ValueError
        Without an alternative text.
    """

    def __init__(self, figure: Any, alt: str = "", caption: str = "", *, notes: Sequence[str] = ()):
        self.figure = figure if hasattr(figure, "savefig") else figure.figure
        own_alt, own_caption, own_notes = getattr(self.figure, SAID, ("", "", ()))
        self.alt, self.caption = alt or own_alt, caption or own_caption
        self.notes = [*own_notes, *notes]
        width, height = self.figure.get_size_inches()
        self.inches = width, height
        if not self.alt:
            raise ValueError(
                "a figure needs an alternative text: te.Figure(ax, alt=..., caption=...)"
            )

    @cached_property
    def svg(self) -> str:
        """The figure as SVG: the same bytes for the same figure, without date or program name.

        Texts stay texts. A sign that the figure's font lacks is shown in the reader's own, so that
        its absence here, where texts are only measured, is nothing to warn of.
        """
        from tingbjerg_eval.presentation.figures import style

        buffer = io.StringIO()
        nameless = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        with style.applied(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            self.figure.savefig(buffer, format="svg", metadata=nameless)
        return _lean(buffer.getvalue(), style.FONT, style.FALLBACK_FONTS)

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent to another process it is what was drawn: SVG, with what is said of it."""
        return Drawn, (self.svg, self.inches, self.alt, self.caption, list(self.notes))

    def save(self, path: str | Path) -> Path:
        """Write the figure to ``path``: the notes under it too, so that none is lost.

        Parameters
        ----------
        path
            The file; its ending says the kind, such as ``.svg``, ``.png`` or ``.pdf``.

        Returns
        -------
        Path
            The file.
        """
        from tingbjerg_eval.presentation.figures import style

        notes = [*([wording.current()("simulated.sentence")] if speaking.simulated() else []),
                 *self.notes]  # fmt: skip
        said = self.figure.text(0, 0, "\n".join(notes), va="top", size=8) if notes else None
        with style.applied():
            self.figure.savefig(path, bbox_inches="tight")
        if said is not None:
            said.remove()
        return Path(path)


class Drawn(Picture):
    """What is SVG from the start; ``tables`` are its figures."""

    def __init__(
        self, svg: str, inches: tuple[float, float], alt: str, caption: str = "",
        notes: Sequence[str] = (), tables: Sequence[Published] = (),
    ):  # fmt: skip
        self.svg, self.inches, self._tables = svg, inches, tables
        self.alt, self.caption, self.notes = alt, caption, notes

    def tables(self) -> list[Published]:
        return list(self._tables)


@contextmanager
def from_released() -> Iterator[None]:
    """What is drawn meanwhile rests on released tables alone, so it is no working view."""
    token = _RELEASED.set(True)
    try:
        yield
    finally:
        _RELEASED.reset(token)


def describe(ax: Axes, words: Words, *, alt: str, caption: str, notes: Sequence[str] = ()) -> None:
    """Keep with a figure what a reader who cannot see it is told; one drawn from tables that
    nobody has released says so."""
    working = () if _RELEASED.get() else (words("figure.working"),)
    setattr(ax.figure, SAID, (alt, caption, (*notes, *working)))


def _lean(text: str, font: str, fallbacks: str) -> str:
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"<!DOCTYPE[^>]*>\s*|<!--.*?-->\s*", "", text, flags=re.S)
    text = _own_ids(text)
    text = re.sub(rf"'{font}'(, [^;\"]+)?", fallbacks, text)
    text = re.sub(
        r'\b(d|x|y|transform)="[^"]*"',
        lambda attribute: re.sub(r"(?<=\d\.\d\d)\d+", "", attribute[0]),
        text,
    )
    return re.sub(r"\n\s*", "\n", text)


def _own_ids(text: str) -> str:
    """Ids in letters of our own, in the order they stand: a hash can look like a person's number.

    Ids that nothing in the drawing refers to are left out.
    """
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', text))
    names = {old: f"a{_letters(at)}" for at, old in enumerate(
        dict.fromkeys(one for one in re.findall(r'\bid="([^"]*)"', text) if one in used)
    )}  # fmt: skip
    text = re.sub(
        r' id="([^"]*)"',
        lambda found: f' id="{names[found[1]]}"' if found[1] in names else "",
        text,
    )
    return re.sub(
        r'(href="|url\()#([^")]+)',
        lambda found: f"{found[1]}#{names.get(found[2], found[2])}",
        text,
    )


def _letters(number: int) -> str:
    """A number in small letters: 0 is a, 25 is z, 26 is ba."""
    digits = chr(97 + number % 26)
    return (_letters(number // 26) if number >= 26 else "") + digits
