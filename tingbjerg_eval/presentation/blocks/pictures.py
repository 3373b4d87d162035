"""Drawings in a report: one image each, with what it says in words."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tingbjerg_eval.presentation.blocks import templates as blocks
from tingbjerg_eval.presentation.blocks.display import Block
from tingbjerg_eval.presentation.blocks.tables import Published
from tingbjerg_eval.presentation.words import sentences as wording


class Picture(Block):
    """Something drawn, shown as one image with its alternative text and caption.

    ``inches`` are its width and height.
    """

    kind = "figure"
    alt: str
    caption: str
    notes: Sequence[str]

    @property
    def svg(self) -> str:
        """The drawing as SVG."""
        raise NotImplementedError

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height."""
        raise NotImplementedError

    @cached_property
    def source(self) -> str:
        """The drawing as an SVG data address."""
        coded = base64.b64encode(self.svg.encode()).decode()
        return f"data:image/svg+xml;base64,{coded}"

    @property
    def width(self) -> int:
        """Width in CSS pixels."""
        return round(self.inches[0] * 96)

    @property
    def height(self) -> int:
        """Height in CSS pixels."""
        return round(self.inches[1] * 96)

    def html(self) -> Markup:
        return blocks.html("figure", self)

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
        from tingbjerg_eval.presentation.figures.drawn import ALT, CAPTION, NOTES

        self.figure = figure if hasattr(figure, "savefig") else figure.figure
        self.alt = alt or getattr(self.figure, ALT, "")
        self.caption = caption or getattr(self.figure, CAPTION, "")
        self.notes = [*getattr(self.figure, NOTES, ()), *notes]
        if not self.alt:
            raise ValueError(
                "a figure needs an alternative text: te.Figure(ax, alt=..., caption=...)"
            )

    @cached_property
    def svg(self) -> str:
        """The figure as SVG."""
        from tingbjerg_eval.presentation.figures.drawn import svg

        return svg(self.figure)

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

        notes = [*([wording.current()("simulated.sentence")] if wording.simulated() else []),
                 *self.notes]  # fmt: skip
        said = self.figure.text(0, 0, "\n".join(notes), va="top", size=8) if notes else None
        with style.applied():
            self.figure.savefig(path, bbox_inches="tight")
        if said is not None:
            said.remove()
        return Path(path)

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height."""
        width, height = self.figure.get_size_inches()
        return width, height


class Drawn(Picture):
    """What is SVG from the start; ``inches`` are its width and height, ``tables`` its figures."""

    def __init__(
        self, svg: str, inches: tuple[float, float], alt: str, caption: str = "",
        notes: Sequence[str] = (), tables: Sequence[Published] = (),
    ):  # fmt: skip
        self._svg, self._inches, self._tables = svg, inches, tables
        self.alt, self.caption, self.notes = alt, caption, notes

    @property
    def svg(self) -> str:
        return self._svg

    @property
    def inches(self) -> tuple[float, float]:
        return self._inches

    def tables(self) -> list[Published]:
        return list(self._tables)
