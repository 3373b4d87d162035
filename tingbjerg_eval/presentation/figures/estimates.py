"""Estimates and their uncertainty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from tingbjerg_eval.presentation.blocks.pictures import describe
from tingbjerg_eval.presentation.figures import alt_text, marks, style
from tingbjerg_eval.presentation.figures.series import NORMAL_QUANTILE
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.estimates import RATIO, fields, value_text
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.study.design import Design

if TYPE_CHECKING:
    from tingbjerg_eval.stats.changes import AreaChanges
    from tingbjerg_eval.stats.estimate import Estimate
    from tingbjerg_eval.stats.placebos import PlaceboAreas

ROW_HEIGHT = 0.34
TICK_ROW = 0.3
LEAST_RATIO = 0.005
"""Where a fall of 100 % is drawn on a log scale."""
RATIO_TICKS = (0.5, 2, 1.5, 0.7, 0.2, 0.1, 5, 10, 0.3, 3, 0.8, 0.6, 1.2, 0.9, 1.1)
"""Ratios worth a tick, the most wanted first."""


def intervals(
    estimates: Iterable[Estimate] | pd.DataFrame,
    labels: Sequence[str] | None = None,
    *,
    ax: Axes | None = None,
    words: Words | None = None,
    caption: str = "",
) -> Axes:
    """Each estimate as a dot with its interval and a line at no change, one row each.

    ``estimates`` are Estimates or a tidy frame, all on one scale; ``labels`` name the rows (by
    default the estimands). Ratios are drawn on a log scale and named as change in per cent.

    Raises
    ------
    ValueError
        When ratios and percentage points are mixed, or the labels do not match.
    """
    words = words or wording.current()
    rows = estimate_rows(estimates, labels)
    scale = one_scale(rows)
    with style.applied():
        ax = ax or _row_axes(rows, scale, words)
        _dots(ax, rows, scale, words)
    caption = caption or words("caption.intervals")
    describe(ax, words, alt=alt_text.intervals(rows, words), caption=caption)
    return ax


def placebo(
    found: PlaceboAreas | pd.DataFrame,
    design: Design,
    *,
    scale: str = RATIO,
    ax: Axes | None = None,
    words: Words | None = None,
) -> Axes:
    """Every area in turn as if it were treated, most extreme first, each with its interval.

    ``found`` is the result of ``placebo_areas`` or its table (``area, value, lower, upper,
    rank``).
    """
    words = words or wording.current()
    table: pd.DataFrame = getattr(found, "table", found)
    rows = table.sort_values(["rank", "area"], kind="stable")
    ax = _areas(rows, design, scale, ax, words)
    alt = alt_text.dots("alt.placebo", rows, design.treated, scale, words)
    describe(ax, words, alt=alt, caption=words("caption.placebo"))
    return ax


def changes(
    found: AreaChanges | pd.DataFrame,
    design: Design,
    *,
    scale: str | None = None,
    ax: Axes | None = None,
    words: Words | None = None,
) -> Axes:
    """Where the estimate comes from: each area's own change with its sampling interval.

    ``found`` is the result of ``area_changes`` or its frame (``area, change, variance``, the
    change being a log ratio or percentage points).
    """
    words = words or wording.current()
    own: str = getattr(found, "scale", RATIO)
    told = scale or own
    rows = change_rows(found.frame() if hasattr(found, "variance") else found, told)
    ax = _areas(rows, design, told, ax, words, of="change")
    alt = alt_text.dots("alt.changes", rows, design.treated, told, words)
    describe(ax, words, alt=alt, caption=words("caption.changes"))
    return ax


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
    height, left = TICK_ROW * len(labels) + 0.75, marks.names_width(labels)
    margins = (left, 0.985, 0.58 / height, 1 - 0.05 / height)
    with style.applied():
        ax = ax or marks.new_axes(height=height, margins=margins)
        for y, one in zip(range(len(rows))[::-1], rows, strict=True):
            _ticks(ax, y, one, treated)
        _name_rows(ax, labels, edge=0.6)
        values = np.concatenate([one["value"].to_numpy(dtype=float) for one in rows])
        _value_axis(ax, scale, words, values)
    said = [
        f"{label}: {alt_text.dots('alt.placebo', one, treated, scale, words)}"
        for label, one in zip(labels, tables, strict=True)
    ]
    caption = words("caption.placebo_ratio" if scale == RATIO else "caption.placebo_points")
    describe(ax, words, alt=" ".join(said), caption=caption)
    return ax


def _ticks(ax: Axes, y: int, rows: pd.DataFrame, treated: str) -> None:
    own = rows["area"] == treated
    ax.vlines(rows.loc[~own, "value"], y - 0.24, y + 0.24, color=style.COMPARISON, lw=1.2,
              alpha=0.85, zorder=3)  # fmt: skip
    ax.plot(rows.loc[own, "value"], [y] * int(own.sum()), "D", color=style.ACCENT, ms=7,
            mec=style.WHITE, mew=0.9, zorder=4)  # fmt: skip


def estimate_rows(
    estimates: Iterable[Estimate] | pd.DataFrame, labels: Sequence[str] | None
) -> pd.DataFrame:
    """Estimates as rows with a ``label``."""
    if isinstance(estimates, pd.DataFrame):
        rows = estimates.reset_index(drop=True)
    else:
        rows = pd.DataFrame([dict(fields(one)) for one in estimates])
    names = rows["estimand"] if labels is None else list(labels)
    if len(names) != len(rows):
        raise ValueError(f"{len(names)} labels for {len(rows)} estimates; give one label each")
    return rows.assign(label=list(names))


def one_scale(rows: pd.DataFrame) -> str:
    """The scale all rows are told on."""
    scales: list[str] = sorted(set(rows["scale"]))
    if len(scales) != 1:
        raise ValueError(
            f"one figure shows one scale, not {' and '.join(scales) or 'none'}; draw one each"
        )
    return scales[0]


def change_rows(frame: pd.DataFrame, scale: str) -> pd.DataFrame:
    """Area changes with their sampling intervals on ``scale``, sorted by value."""
    spread = NORMAL_QUANTILE * np.sqrt(frame["variance"])
    tell = np.exp if scale == RATIO else np.asarray
    ends = {"value": frame["change"], "lower": frame["change"] - spread,
            "upper": frame["change"] + spread}  # fmt: skip
    rows = frame[["area"]].assign(**{name: tell(end) for name, end in ends.items()})
    return rows.sort_values(["value", "area"], kind="stable", ignore_index=True)


def _areas(
    rows: pd.DataFrame,
    design: Design,
    scale: str,
    ax: Axes | None,
    words: Words,
    of: str = "difference",
) -> Axes:
    with style.applied():
        rows = rows.assign(label=rows["area"])
        ax = ax or _row_axes(rows, scale, words)
        _dots(ax, rows, scale, words, strong=design.treated, of=of)
    return ax


def _row_axes(rows: pd.DataFrame, scale: str, words: Words) -> marks.ReportAxes:
    """Axes with room for the rows' names to the left and their figures to the right."""
    labels = rows["label"]
    height = marks.row_height(labels, ROW_HEIGHT) * len(labels) + 1.05
    left = marks.names_width(labels)
    longest = max((len(value_text(value, scale, words)) for value in rows["value"]), default=0)
    right = min(0.76, 0.97 - longest * marks.LETTER / style.WIDTH)
    return marks.new_axes(height=height, margins=(left, right, 0.72 / height, 1 - 0.1 / height))


def as_printed(rows: pd.DataFrame, scale: str) -> pd.DataFrame:
    """``rows`` with every figure as it is printed: whole per cent, or tenths of a point.

    A drawing then holds no more than the words beside it.
    """
    columns = ["lower", "value", "upper"]
    exact = rows[columns].astype(float)
    if scale != RATIO:
        return rows.assign(**exact.round(1))
    return rows.assign(**exact.round(2).clip(lower=LEAST_RATIO))


def _dots(
    ax: Axes,
    rows: pd.DataFrame,
    scale: str,
    words: Words,
    *,
    strong: str | None = None,
    of: str = "difference",
) -> None:
    rows = as_printed(rows, scale)
    values = rows[["lower", "value", "upper"]].to_numpy(dtype=float)
    low, value, high = values.T
    y = np.arange(len(rows))[::-1]
    look = [_look(label, strong) for label in rows["label"]]
    for at, (colour, weight, marker) in zip(range(len(rows)), look, strict=True):
        ax.plot([low[at], high[at]], [y[at], y[at]], color=colour, lw=weight, zorder=3)
        ax.plot(value[at], y[at], marker, color=colour, ms=7, mec=style.WHITE, mew=0.8, zorder=4)
    _value_axis(ax, scale, words, values, of=of)
    _row_names(ax, y, rows, scale, words, strong)


def _look(label: str, strong: str | None) -> tuple[str, float, str]:
    if strong is None or label == strong:
        return style.ACCENT, 2.4, "D" if strong else "o"
    return style.COMPARISON, 1.5, "o"


def _row_names(
    ax: Axes, y: np.ndarray, rows: pd.DataFrame, scale: str, words: Words, strong: str | None
) -> None:
    _name_rows(ax, rows["label"], edge=0.7)
    for at, label, value in zip(y, rows["label"], rows["value"], strict=True):
        weight = "semibold" if label == strong or strong is None else "normal"
        ax.text(
            1.02, at, value_text(value, scale, words), transform=ax.get_yaxis_transform(),
            va="center", ha="left", fontweight=weight, fontsize=9.5,
        )  # fmt: skip
    if strong is not None:
        for tick in ax.get_yticklabels():
            tick.set_fontweight("semibold" if tick.get_text() == strong else "normal")


def _name_rows(ax: Axes, names: Sequence[str], *, edge: float) -> None:
    """Names at the left of rows, the first at the top, and lines across from figure to figure."""
    ax.set_yticks(
        range(len(names))[::-1], [marks.wrapped(name) for name in names], linespacing=1.0,
        fontsize=marks.NAME_SIZE,
    )  # fmt: skip
    ax.set_ylim(-edge, len(names) - 1 + edge)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["left"].set_visible(False)


def _value_axis(
    ax: Axes, scale: str, words: Words, values: np.ndarray, *, of: str = "difference"
) -> None:
    """The axis of estimates, with what it measures and which way is more.

    ``of`` is ``difference`` (from what was expected) or ``change`` (since before).
    """
    if scale == RATIO:
        _ratio_axis(ax, words, values)
    else:
        marks.number_axis(ax.xaxis, lambda value: words.signed(value, decimals=0), whole=True)
    ax.axvline(1 if scale == RATIO else 0, color=style.INK, lw=1.1, zorder=2)
    ax.set_xlabel(words(f"unit.{of}_{'percent' if scale == RATIO else 'points'}"))


def _ratio_axis(ax: Axes, words: Words, values: np.ndarray) -> None:
    ax.set_xscale("log")
    found = values[np.isfinite(values) & (values > 0)]
    low, high = min(found.min(initial=1), 0.9) * 0.94, max(found.max(initial=1), 1.1) * 1.06
    ticks = ratio_ticks(low, high)
    ax.xaxis.set_ticks(ticks)
    ax.xaxis.set_ticks([], minor=True)
    ax.xaxis.set_ticklabels([words.signed_percent(tick - 1) for tick in ticks])
    ax.set_xlim(low, high)


def ratio_ticks(low: float, high: float) -> list[float]:
    """Round ratios between ``low`` and ``high``, 1 among them, none too near another.

    >>> ratio_ticks(0.45, 1.3)
    [0.5, 0.7, 1.0, 1.2]
    """
    least = np.log(high / low) / 6
    kept = [1.0]
    for tick in RATIO_TICKS:
        far = all(abs(np.log(tick / other)) >= least for other in kept)
        if low <= tick <= high and far:
            kept.append(tick)
    return sorted(kept)
