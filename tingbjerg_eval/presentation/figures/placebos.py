"""Many areas in little room: where the treated area lies among areas without the effort."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from tingbjerg_eval.presentation.figures import alt_text, canvas, drawn, marks, style
from tingbjerg_eval.presentation.figures.estimates import as_printed, value_axis
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.estimates import RATIO
from tingbjerg_eval.presentation.words.sentences import Words

ROW = 0.3


def placebo_rows(
    tables: Sequence[pd.DataFrame],
    labels: Sequence[str],
    treated: str,
    *,
    scale: str = RATIO,
    ax: Axes | None = None,
    words: Words | None = None,
) -> Axes:
    """A row a question: a tick for each area without the effort, a diamond for the treated one.

    ``tables`` are those of ``placebo_areas`` (``area, value, rank``). Ticks stay readable with
    some hundred areas.
    """
    words = words or wording.current()
    rows = [as_printed(one.assign(lower=one["value"], upper=one["value"]), scale) for one in tables]
    with style.applied():
        ax = ax if ax is not None else _axes(labels)
        _draw(ax, rows, labels, treated)
        values = np.concatenate([one["value"].to_numpy(dtype=float) for one in rows])
        value_axis(ax, scale, words, values)
    said = [
        f"{label}: {alt_text.dots('alt.placebo', one, treated, scale, words)}"
        for label, one in zip(labels, tables, strict=True)
    ]
    key = "caption.placebo_ratio" if scale == RATIO else "caption.placebo_points"
    drawn.describe(ax.figure, alt=" ".join(said), caption=words(key),
                   notes=drawn.working_note(words))  # fmt: skip
    return ax


def _axes(labels: Sequence[str]) -> canvas.ReportAxes:
    height = ROW * len(labels) + 0.75
    left = marks.names_width(labels)
    return canvas.new_axes(height=height, margins=(left, 0.985, 0.58 / height, 1 - 0.05 / height))


def _draw(ax: Axes, rows: Sequence[pd.DataFrame], labels: Sequence[str], treated: str) -> None:
    for y, one in zip(range(len(rows))[::-1], rows, strict=True):
        own = one["area"] == treated
        ax.vlines(one.loc[~own, "value"], y - 0.24, y + 0.24, color=style.COMPARISON, lw=1.2,
                  alpha=0.85, zorder=3)  # fmt: skip
        ax.plot(one.loc[own, "value"], [y] * int(own.sum()), "D", color=style.ACCENT, ms=7,
                mec=style.WHITE, mew=0.9, zorder=4)  # fmt: skip
    ax.set_yticks(range(len(rows))[::-1], [marks.wrapped(label) for label in labels],
                  linespacing=1.0, fontsize=marks.NAME_SIZE)  # fmt: skip
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["left"].set_visible(False)
