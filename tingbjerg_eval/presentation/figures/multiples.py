"""A small trend per area, all on common scales, the treated area first.

The panels share one pair of axes: each is a rectangle of it, into which its lines are reckoned.
Axes of their own for 13 areas cost half a second to make, which an evaluator waits for each time
something else is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from tingbjerg_eval.inputs.quarters import is_quarter
from tingbjerg_eval.presentation.blocks.pictures import describe
from tingbjerg_eval.presentation.figures import alt_text, marks, style
from tingbjerg_eval.presentation.figures.series import Series, left_edge, right_edge, series
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.study.design import Design

if TYPE_CHECKING:
    from tingbjerg_eval.disclosure.tables import ProtectedTable

Place = TypeVar("Place", float, pd.Series)

COLUMNS = 4
HIGH = 1.45
"""Inches of a row of panels."""
GAP = (0.06, 0.32)
"""Between panels, as a part of their width and height."""
SMALL = 8.5


def small_multiples(
    data: pd.DataFrame | ProtectedTable,
    design: Design,
    *,
    areas: Sequence[str] | None = None,
    measure: str = "rate",
    columns: int = COLUMNS,
    threshold: int = 5,
    words: Words | None = None,
) -> marks.ReportAxes:
    """One small trend per area on common scales, the treated area first; returns the axes."""
    words = words or wording.current()
    of = series(data, design, measure=measure, threshold=threshold)
    areas = tuple(areas or design.areas)
    rows = -(-len(areas) // columns)
    high = HIGH * rows + 0.5
    with style.applied():
        ax = marks.new_axes(
            width=style.WIDTH, height=high, margins=(0.07, 0.985, 0.3 / high, 1 - 0.3 / high)
        )
        ax.set_axis_off()
        ax.set_xlim(0, columns + GAP[0] * (columns - 1))
        ax.set_ylim(-rows - GAP[1] * (rows - 1), GAP[1])
        shown = of.of(*areas)
        times = list(shown["time"])
        top = np.nanmax([shown["value"].max(), shown["upper"].max(), 1e-9])
        panel_at = partial(
            _Panel, ax=ax, first=min(map(left_edge, times)), last=max(map(right_edge, times)),
            top=1.06 * float(top), middle=0.5 if is_quarter(times[0]) else 0.0,
        )  # fmt: skip
        for number, area in enumerate(areas):
            row, column = divmod(number, columns)
            last = number + columns >= len(areas)
            panel = panel_at(left=column * (1 + GAP[0]), bottom=-row * (1 + GAP[1]) - 1)
            _draw(panel, of, design, area)
            _name(panel, of, design, area, words, years=last, values=not column)
        ax.figure.text(0.012, 0.985, words(f"unit.{of.unit}"), color=style.MUTED, va="top")
    describe(
        ax,
        words,
        alt=alt_text.small_multiples(of, list(areas), words),
        caption=words("caption.small_multiples"),
        notes=alt_text.hidden_note(of, areas, words),
    )
    return ax


@dataclass(frozen=True, kw_only=True)
class _Panel:
    """A rectangle of the axes, and what every panel shows: from when to when, and up to which
    value; ``middle`` is that of a year, from where its number lies."""

    ax: Axes
    left: float
    bottom: float
    first: float
    last: float
    top: float
    middle: float

    def x(self, time: Place) -> Place:
        """Where a time lies on the axes."""
        return self.left + (time - self.first) / (self.last - self.first)

    def y(self, value: Place) -> Place:
        """Where a value lies on the axes."""
        return self.bottom + value / self.top


def _draw(panel: _Panel, of: Series, design: Design, area: str) -> None:
    ax, own = panel.ax, of.of(area)
    colour = style.ACCENT if area == design.treated else style.COMPARISON_MEAN
    ax.plot([panel.left, panel.left, panel.left + 1], [panel.bottom + 1, *[panel.bottom] * 2],
            color=style.COMPARISON, lw=0.8)  # fmt: skip
    start = panel.x(left_edge(design.period[0]))
    ax.plot([start, start], [panel.bottom, panel.bottom + 1], color=style.MUTED, lw=0.8,
            dashes=(2, 2))  # fmt: skip
    x = panel.x(own["x"])
    ax.fill_between(x, panel.y(own["lower"]), panel.y(own["upper"]), color=colour, alpha=0.16, lw=0)
    ax.plot(x, panel.y(own["value"]), color=colour, lw=1.6)
    hidden = x[own["hidden"]]
    if len(hidden):
        width = 0.2 / (panel.last - panel.first)
        ax.bar(hidden, style.HIDDEN_HEIGHT, width=width, bottom=panel.bottom, zorder=5, lw=0.8,
               facecolor=style.WHITE, edgecolor=style.MUTED, hatch="/////")  # fmt: skip


def _name(
    panel: _Panel, of: Series, design: Design, area: str, words: Words, *, years: bool, values: bool
) -> None:
    """The area above; years below the last panel of a column, values left of the first."""
    ax, weight = panel.ax, "semibold" if area == design.treated else "normal"
    ax.text(panel.left + 0.5, panel.bottom + 1.04, area, fontsize=9.5, fontweight=weight,
            ha="center", va="bottom")  # fmt: skip
    small: dict[str, Any] = {"fontsize": SMALL, "color": style.MUTED}
    # Every second year that begins inside the panel, and round values, three or so.
    begun = range(int(np.ceil(panel.first - 1e-9)), int(np.ceil(panel.last - 1e-9)), 2)
    for year in begun if years else ():
        middle = panel.x(min(year + panel.middle, panel.last))
        ax.text(middle, panel.bottom - 0.05, str(year), ha="center", va="top", **small)
    ticks = [float(one) for one in MaxNLocator(3).tick_values(0, panel.top)]
    for value in [one for one in ticks if 0 <= one <= panel.top] if values else ():
        ax.text(panel.left - 0.03, panel.y(value), marks.tick(value, of.unit, words), ha="right",
                va="center", **small)  # fmt: skip
