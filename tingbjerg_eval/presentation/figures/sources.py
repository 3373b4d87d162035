"""Problems from several sources in one figure: a row a theme, a column a source.

Written as SVG by hand, like the strips. The sources have no scale in common, so each column has
its own from nought, and what a source does not say is written as a dash.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import escape

from tingbjerg_eval.presentation.figures.strips import GOOD, GREY, INK

WIDTH, LEFT, HEAD, ROW = 736, 176.0, 40.0, 22.0
FIELD, TEXT = 96.0, 92.0
"""Room of a column's drawing, and of the figures written after it."""
FONT = 'font-family="Source Sans Pro, sans-serif"'


@dataclass(frozen=True)
class Source:
    """A column: its two lines of heading, and each row's value, others' value, and text."""

    name: str
    unit: str
    values: Sequence[float]
    others: Sequence[float]
    texts: Sequence[str]


def sources(themes: Sequence[str], columns: Sequence[Source]) -> tuple[str, tuple[float, float]]:
    """The figure as SVG, and its width and height in inches.

    A source with others beside it has a dot of its own and an open one for theirs; one without
    has a bar.
    """
    height = HEAD + ROW * len(themes) + 4
    parts = [part for at, theme in enumerate(themes) for part in _theme(theme, _middle(at))]
    for at, column in enumerate(columns):
        left = LEFT + at * (FIELD + TEXT)
        parts += [_text(left, 13, column.name, INK, weight=600), _text(left, 29, column.unit, GREY)]
        parts += _column(column, left)
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" '
           f'viewBox="0 0 {WIDTH} {height:.0f}">{"".join(parts)}</svg>')  # fmt: skip
    return svg, (WIDTH / 96, height / 96)


def _middle(row: int) -> float:
    return HEAD + ROW * (row + 0.5)


def _theme(theme: str, y: float) -> Iterator[str]:
    yield (f'<line x1="0" x2="{WIDTH}" y1="{y - ROW / 2:.1f}" y2="{y - ROW / 2:.1f}" '
           f'stroke="#d5dbe1" stroke-width="0.8"/>')  # fmt: skip
    yield _text(0, y + 4.5, theme, INK)


def _column(column: Source, left: float) -> Iterator[str]:
    most = max((v for v in (*column.values, *column.others) if math.isfinite(v)), default=1) or 1
    rows = zip(column.values, column.others, column.texts, strict=True)
    for row, (value, other, text) in enumerate(rows):
        y, end, far = _middle(row), left, left
        if math.isfinite(value):
            end = left + FIELD * value / most
            far = left + FIELD * max(value, other if math.isfinite(other) else 0) / most + 7
            yield from _dots(left, end, left + FIELD * other / most, y)
        yield _text(far, y + 4.5, text, INK if math.isfinite(value) else GREY)


def _dots(left: float, own: float, others: float, y: float) -> Iterator[str]:
    if not math.isfinite(others):
        yield (f'<rect x="{left:.1f}" y="{y - 5.5:.1f}" width="{own - left:.1f}" height="11" '
               f'fill="{GOOD}"/>')  # fmt: skip
        return
    yield (f'<line x1="{left:.1f}" x2="{max(own, others):.1f}" y1="{y:.1f}" y2="{y:.1f}" '
           f'stroke="#b9c1c8" stroke-width="1"/>')  # fmt: skip
    yield f'<circle cx="{own:.1f}" cy="{y:.1f}" r="4.6" fill="{GOOD}"/>'
    yield (f'<circle cx="{others:.1f}" cy="{y:.1f}" r="4.2" fill="#fff" fill-opacity="0.6" '
           f'stroke="{INK}" stroke-width="1.5"/>')  # fmt: skip


def _text(x: float, y: float, said: str, colour: str, *, weight: int = 400) -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" font-weight="{weight}" {FONT} '
            f'fill="{colour}">{escape(said)}</text>')  # fmt: skip
