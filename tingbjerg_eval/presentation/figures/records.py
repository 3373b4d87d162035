"""What was delivered and what was spent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from tingbjerg_eval.presentation.figures import alt_text, canvas, drawn, marks, style
from tingbjerg_eval.presentation.figures.series import left_edge, right_edge
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.sentences import Words

MILLION = 1_000_000


def delivery(
    activities: pd.DataFrame, *, ax: Axes | None = None, words: Words | None = None
) -> Axes:
    """Delivered as part of planned, one bar per measure, the plan as a mark at 100 %.

    ``activities`` has ``measure, planned, delivered``, one row per measure or per measure and
    quarter (summed here).
    """
    words = words or wording.current()
    rows = _per_measure(activities)
    height = marks.row_height(rows["measure"], 0.4) * len(rows) + 0.9
    with style.applied():
        ax = ax if ax is not None else canvas.new_axes(
            height=height,
            margins=(marks.names_width(rows["measure"]), 0.8, 0.5 / height, 1 - 0.35 / height),
        )  # fmt: skip
        _delivery_bars(ax, rows, words)
    drawn.describe(ax.figure, alt=alt_text.delivery(rows, words), caption=words("caption.delivery"))
    return ax


def spending(
    activities: pd.DataFrame,
    *,
    frame: float | None = None,
    ax: Axes | None = None,
    words: Words | None = None,
) -> Axes:
    """Money spent, summed over time, against the frame.

    ``activities`` has ``quarter, spent_dkk``; ``frame`` is the whole period's amount in kroner.
    """
    words = words or wording.current()
    spent = activities.groupby("quarter", sort=True)["spent_dkk"].sum()
    rows = pd.DataFrame({"quarter": spent.index, "spent": spent.to_numpy(dtype=float)})
    with style.applied():
        ax = ax if ax is not None else canvas.new_axes(height=3.0)
        _spending_steps(ax, rows, frame, words)
    drawn.describe(
        ax.figure,
        alt=alt_text.spending(rows, words, frame=frame),
        caption=words("caption.spending"),
    )
    return ax


def _per_measure(activities: pd.DataFrame) -> pd.DataFrame:
    return activities.groupby("measure", sort=False)[["planned", "delivered"]].sum().reset_index()


def _delivery_bars(ax: Axes, rows: pd.DataFrame, words: Words) -> None:
    planned = rows["planned"].to_numpy(dtype=float)
    delivered = rows["delivered"].to_numpy(dtype=float)
    part = np.divide(delivered, planned, out=np.zeros(len(rows)), where=planned > 0)
    y = np.arange(len(rows))[::-1]
    ax.barh(y, np.minimum(part, 1.5), height=0.55, color=style.ACCENT, zorder=2)
    ax.vlines(np.ones(len(rows)), y - 0.38, y + 0.38, color=style.INK, lw=2.2, zorder=4)
    ax.text(1, y[0] + 0.55, words("figure.planned"), ha="center", va="bottom")
    for at, done, wanted in zip(y, delivered, planned, strict=True):
        text = f"{words.number(done)} / {words.number(wanted)}"
        ax.text(1.02, at, text, transform=ax.get_yaxis_transform(), va="center")
    _part_axis(ax, y, rows, words)


def _part_axis(ax: Axes, y: np.ndarray, rows: pd.DataFrame, words: Words) -> None:
    ax.set_yticks(
        y,
        [marks.wrapped(name) for name in rows["measure"]],
        linespacing=1.0,
        fontsize=marks.NAME_SIZE,
    )
    ax.set_ylim(-0.6, len(rows) - 0.2)
    ax.set_xlim(0, 1.5)
    ax.set_xticks([0, 0.5, 1, 1.5])
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_formatter(lambda value, _: words.percent(value, decimals=0))


def _spending_steps(ax: Axes, rows: pd.DataFrame, frame: float | None, words: Words) -> None:
    total = rows["spent"].cumsum().to_numpy() / MILLION
    edges = [left_edge(rows["quarter"].iloc[0]), *map(right_edge, rows["quarter"])]
    ax.plot(edges, [0, *total], color=style.ACCENT, lw=2.2, marker="o", ms=3.6)
    marks.time_axis(ax, list(rows["quarter"]))
    marks.number_axis(ax.yaxis, lambda value: words.number(value, decimals=1))
    marks.name_axis(ax, words("unit.kroner"))
    ax.set_ylim(0, max(total[-1], (frame or 0) / MILLION, 1e-9) * 1.08)
    amount = words.money(rows["spent"].sum(), short=True)
    look: marks.TextLook = {"color": style.ACCENT, "fontweight": "semibold"}
    labels: list[marks.Label] = [(total[-1], amount, look)]
    if frame is not None:
        ax.axhline(frame / MILLION, color=style.GOAL, lw=1.5, dashes=(4, 2.5))
        text = words("figure.frame", amount=words.money(frame, short=True))
        labels.append((frame / MILLION, text, {"color": style.GOAL}))
    marks.end_labels(ax, labels)
