"""Figures drawn once for equal content, whichever report shows them.

A survey is drawn alike in all reports until the next wave; a report that is made again because a
quarter was revised draws only what the quarter has changed.
"""

from __future__ import annotations

from dataclasses import dataclass

from tingbjerg_eval.report import figures
from tingbjerg_eval.report.blocks.display import Figure, Picture
from tingbjerg_eval.report.figures.drawn import from_released
from tingbjerg_eval.report.words.sentences import Words


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A figure as it is shown; ``inches`` are its width and height."""

    svg: str
    alt: str
    caption: str
    notes: tuple[str, ...]
    inches: tuple[float, float]


class Drawn(Picture):
    """A drawing as a block of a report."""

    def __init__(self, drawing: Drawing):
        self.svg, self.inches = drawing.svg, drawing.inches
        self.alt, self.caption, self.notes = drawing.alt, drawing.caption, drawing.notes


def drawing(kind: str, language: str, *data, **options) -> Drawing:
    """What ``figures.<kind>(*data, **options)`` shows in ``language``."""
    with from_released():
        shown = Figure(getattr(figures, kind)(*data, words=Words(language), **options))
    return Drawing(
        svg=shown.svg,
        alt=shown.alt,
        caption=shown.caption,
        notes=tuple(shown.notes),
        inches=tuple(map(float, shown.inches)),
    )
