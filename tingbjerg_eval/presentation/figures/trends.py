"""The treated area's course among the comparison areas."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from tingbjerg_eval.presentation.blocks.pictures import describe
from tingbjerg_eval.presentation.figures import alt_text, marks, style
from tingbjerg_eval.presentation.figures.series import Series, comparison_mean, series
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.study.design import Design, Window

if TYPE_CHECKING:
    from tingbjerg_eval.disclosure.tables import ProtectedTable

QUARTER_WIDTH = 0.2
Size = Literal["whole", "half", "third"]
SIZES: dict[Size, tuple[float, ...]] = {
    "whole": (style.WIDTH, style.HEIGHT),
    "half": (3.5, 1.95, 0.125, 0.755, 0.11, 0.83),
    "third": (2.45, 1.55, 0.16, 0.68, 0.13, 0.80),
}
"""Width and height in inches, then the margins where they are not the usual ones."""


def trend(
    data: pd.DataFrame | ProtectedTable,
    design: Design,
    *,
    measure: str = "rate",
    goal: float | None = None,
    title: str = "",
    preliminary: Collection[str] = (),
    threshold: int = 5,
    effort: Window | None = None,
    size: Size = "whole",
    ax: Axes | None = None,
    words: Words | None = None,
) -> Axes:
    """The treated area against the comparison areas, baseline and period shaded, goal drawn.

    Parameters
    ----------
    data
        A panel (``area, quarter, count, population``, protected here), a protected table or its
        frame (``area, quarter, value, status`` with ``population`` or ``rate``), or a shares
        table (``area, wave, share, variance``).
    measure
        ``"rate"`` per 1,000 residents and quarter, ``"index"`` (baseline mean is 100) or
        ``"count"``; shares are always shares.
    goal
        Drawn across the period, in the unit of the vertical axis.
    title
        Name of the indicator, for the caption.
    preliminary
        Quarters that late registration still adds to: hollow marks, with a note.
    effort
        The years of the effort, shaded in a figure of survey waves.
    size
        ``half`` the width beside text, or a ``third`` among others.

    Returns
    -------
    The axes. The band is the treated area's own 95 % interval (Garwood 1936 for counts).
    """
    words = words or wording.current()
    of = series(data, design, measure=measure, threshold=threshold)
    return _drawn(
        of, design, words, goal=goal, title=title, size=size, ax=ax, preliminary=preliminary,
        effort=effort if of.is_share else None,
    )  # fmt: skip


def shares_by_wave(
    data: pd.DataFrame | ProtectedTable,
    design: Design,
    *,
    goal: float | None = None,
    title: str = "",
    effort: Window | None = None,
    size: Size = "whole",
    ax: Axes | None = None,
    words: Words | None = None,
) -> Axes:
    """Survey shares by wave, with intervals, treated area against the comparison areas.

    ``data`` is a shares table (``area, wave, share, variance``; ``lower, upper`` and ``status``
    are used where they are given).
    """
    words, of = words or wording.current(), series(data, design)
    return _drawn(of, design, words, goal=goal, title=title, size=size, ax=ax, effort=effort)


def _drawn(
    of: Series, design: Design, words: Words, *, goal: float | None, title: str, size: Size,
    ax: Axes | None, effort: Window | None, preliminary: Collection[str] = (),
) -> Axes:  # fmt: skip
    width, height, *margins = SIZES[size]
    with style.applied(small=size != "whole"):
        ax = ax or marks.new_axes(width=width, height=height, margins=margins)
        labels = _draw_comparison(ax, of, design, words, size)
        labels += (_draw_points if of.is_share else _draw_treated)(ax, of, design)
        young = not of.is_share and _draw_young(ax, of, design, preliminary)
        _finish(ax, of, design, goal, labels, words, effort)
    caption = words("caption.trend" if title else "caption.trend_untitled", area=design.treated,
                    title=title)  # fmt: skip
    notes = [*alt_text.hidden_note(of, (design.treated,), words),
             *[words("figure.preliminary")] * young]  # fmt: skip
    alt = alt_text.trend(of, design, words, goal=goal)
    describe(ax, words, alt=alt, caption=caption, notes=notes)
    return ax


def _draw_comparison(
    ax: Axes, of: Series, design: Design, words: Words, size: Size = "whole"
) -> list[marks.Label]:
    for area in design.comparison[: None if size == "whole" else 0]:
        own = of.of(area)
        ax.plot(own["x"], own["value"], color=style.PALE, lw=0.9, zorder=1)
    mean = comparison_mean(of, design)
    ax.plot(mean["x"], mean["value"], color=style.COMPARISON_MEAN, lw=1.8, dashes=(1, 1), zorder=3)
    text = words("figure.comparison_mean" if size == "whole" else "figure.without")
    return [(_last(mean), text, {"color": style.COMPARISON_MEAN, "linespacing": 1.0})]


def _draw_treated(ax: Axes, of: Series, design: Design) -> list[marks.Label]:
    own = of.of(design.treated)
    ax.fill_between(
        own["x"], own["lower"], own["upper"], color=style.ACCENT, alpha=0.16, lw=0, zorder=2
    )
    ax.plot(own["x"], own["value"], color=style.ACCENT, lw=2.2, marker="o", ms=3.6, zorder=6)
    _draw_alone(ax, own)
    marks.hidden_marks(ax, own.loc[own["hidden"], "x"], width=QUARTER_WIDTH)
    return [_name(own, design)]


def _draw_young(ax: Axes, of: Series, design: Design, quarters: Collection[str]) -> bool:
    """Hollow marks on the treated area's preliminary quarters; whether there are any."""
    own = of.of(design.treated)
    young = own[own["time"].isin(quarters) & own["value"].notna()]
    ax.plot(young["x"], young["value"], ls="", marker="o", ms=4.4, mfc=style.WHITE,
            mec=style.ACCENT, mew=1.3, zorder=7)  # fmt: skip
    return len(young) > 0


def _draw_alone(ax: Axes, own: pd.DataFrame) -> None:
    """Intervals of points without a neighbour, which no band can show."""
    shown = own["value"].notna()
    alone = own[shown & ~shown.shift(1, fill_value=False) & ~shown.shift(-1, fill_value=False)]
    ax.vlines(alone["x"], alone["lower"], alone["upper"], color=style.ACCENT, alpha=0.35, lw=4)


def _draw_points(ax: Axes, of: Series, design: Design) -> list[marks.Label]:
    own = of.of(design.treated)
    errors = np.abs(own[["lower", "upper"]].to_numpy().T - own["value"].to_numpy())
    ax.errorbar(
        own["x"], own["value"], yerr=errors, color=style.ACCENT, lw=2.2, marker="o", ms=5,
        elinewidth=1.4, capsize=3, zorder=6,
    )  # fmt: skip
    marks.hidden_marks(ax, own.loc[own["hidden"], "x"], width=0.5)
    return [_name(own, design)]


def _name(own: pd.DataFrame, design: Design) -> marks.Label:
    return _last(own), design.treated, {"color": style.ACCENT, "fontweight": "semibold"}


def _last(points: pd.DataFrame) -> float:
    said = points["value"].dropna()
    return float(said.iloc[-1]) if len(said) else float("nan")


def _finish(
    ax: Axes,
    of: Series,
    design: Design,
    goal: float | None,
    labels: list[marks.Label],
    words: Words,
    effort: Window | None = None,
) -> None:
    """Axes last but before what asks for their limits: until they are set, each asking works
    them out from all that is drawn."""
    marks.time_axis(ax, list(dict.fromkeys(of.points.sort_values("x")["time"])))
    own = of.of(design.treated)["upper"].max()
    top = np.nanmax([of.of(*design.areas)["value"].max(), own, goal or 0, 1e-9])
    ax.set_ylim(0, top * 1.06)
    marks.windows(ax, design, words, effort)
    marks.unit_axis(ax, of.unit, words)
    if goal is not None:
        text = words("figure.goal", goal=alt_text.unit_text(goal, of.unit, words))
        marks.goal_line(ax, design, goal)
        labels = [*labels, (goal, text, {"color": style.GOAL})]
    marks.end_labels(ax, labels)
