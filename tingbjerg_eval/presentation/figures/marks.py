"""What figures have in common: axes that show themselves, labels, shaded windows, hidden marks.

Axes are made without ``pyplot``: nothing is drawn twice, nothing stays in memory, and no setting
of the machine is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib import figure as matplotlib_figure
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import blended_transform_factory

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.quarters import is_quarter
from tingbjerg_eval.presentation.blocks.display import Bundle
from tingbjerg_eval.presentation.blocks.pictures import Figure
from tingbjerg_eval.presentation.figures import style
from tingbjerg_eval.presentation.figures.alt_text import unit_text
from tingbjerg_eval.presentation.figures.series import left_edge, right_edge
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.study.design import Design, Time, Window

NAME_LINE = 30
NAME_SIZE = 9.5
LEAST_SEEN = 0.1
"""Years of a window that are worth showing."""
LETTER = 0.078
"""Width of a letter in inches, generous enough for other fonts."""
LINE_SPACING = 0.062
"""Least distance of two labels, as part of the axes' height."""
Cluster = tuple[float, list[float]]
"""The middle of labels that stand together, and their sizes."""
Label = tuple[float, str, dict[str, Any]]
"""Where a line ends, its name, and how that looks."""


def number_axis(axis: Axis, write: Callable[[float], str], *, whole: bool = False) -> None:
    """Write the axis' numbers as the report's language does."""
    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=whole))
    axis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))


def unit_axis(ax: Axes, unit: str, words: Words) -> None:
    """The vertical axis in the unit of a series, its name above it."""
    number_axis(ax.yaxis, lambda value: tick(value, unit, words))
    name_axis(ax, words(f"unit.{unit}"))


def tick(value: float, unit: str, words: Words) -> str:
    if unit == "share":
        return words.percent(value, decimals=0)
    whole = abs(value - round(value)) < 1e-9
    return words.number(value) if whole else unit_text(value, "rate", words)


def name_axis(ax: Axes, name: str) -> None:
    """The vertical axis' name, written level above the axis."""
    above = 3.5 + 1.35 * rcParams["font.size"]
    ax.annotate(name, (0, 1), xycoords="axes fraction", xytext=(0, above), va="bottom",
                textcoords="offset points", color=style.MUTED, ha="left")  # fmt: skip


def time_axis(ax: Axes, points: Sequence[Time]) -> None:
    """Years along the bottom, each under the middle of what is shown of it."""
    first, last = min(map(left_edge, points)), max(map(right_edge, points))
    ax.set_xlim(first - 0.02, last + 0.02)
    ax.tick_params(axis="x", length=0)
    if not is_quarter(points[0]):
        waves = sorted(map(int, points))
        ax.set_xticks(waves, [str(wave) for wave in waves])
        return
    years = [float(one) for one in np.arange(np.floor(first + 1e-9), np.ceil(last - 1e-9))]
    middles = [(max(year, first) + min(year + 1, last)) / 2 for year in years]
    ax.set_xticks(middles, [str(int(year)) for year in years])


def windows(ax: Axes, design: Design, words: Words, effort: Window | None = None) -> None:
    """Shade what is seen of the baseline and the period, and name them at the top.

    ``effort`` stands in the period's place where what is measured comes after it.
    """
    place = blended_transform_factory(ax.transData, ax.transAxes)
    shades = {"baseline": style.BAND, "period": style.ACCENT_PALE}
    for name, colour in shades.items():
        window = effort if effort and name == "period" else getattr(design, name)
        left, right = seen(ax, window)
        if right - left < LEAST_SEEN:
            continue
        ax.axvspan(left, right, color=colour, alpha=0.55, lw=0, zorder=0)
        ax.text(
            (left + right) / 2, 1.015, words(f"figure.{name}"), transform=place, ha="center",
            va="bottom", color=style.INK,
        )  # fmt: skip


def seen(ax: Axes, window: Window) -> tuple[float, float]:
    """What is seen of ``window``; empty where it lies beside the axes."""
    first, last = ax.get_xlim()
    return max(left_edge(window[0]), first), min(right_edge(window[1]), last)


def goal_line(ax: Axes, design: Design, goal: float) -> None:
    """The goal across the period, or across everything while the period is to come."""
    left, right = seen(ax, design.period)
    if right - left < LEAST_SEEN:
        left, right = ax.get_xlim()
    ax.plot([left, right], [goal, goal], color=style.GOAL, lw=1.5, dashes=(4, 2.5), zorder=4)


def hidden_marks(ax: Axes, x: Sequence[float], *, width: float) -> None:
    """Hatched marks of one height for figures that are hidden."""
    if len(x):
        place = blended_transform_factory(ax.transData, ax.transAxes)
        ax.bar(
            x, style.HIDDEN_HEIGHT, width=width, transform=place, facecolor=style.WHITE,
            edgecolor=style.MUTED, hatch="/////", lw=0.8, zorder=5,
        )  # fmt: skip


def end_labels(ax: Axes, labels: Sequence[Label]) -> None:
    """Name lines at their right end, moved apart where they would meet."""
    low, high = ax.get_ylim()
    kept = sorted((label for label in labels if np.isfinite(label[0])), key=lambda one: one[0])
    places = [(y - low) / (high - low) for y, _, _ in kept]
    tall = figure_of(ax).get_size_inches()[1] * ax.get_position().height
    line = max(LINE_SPACING, 1.2 * rcParams["font.size"] / 72 / tall)
    heights = spread(places, [line * (1 + text.count("\n")) for _, text, _ in kept])
    for height, (_, text, look) in zip(heights, kept, strict=True):
        ax.text(1.015, height, text, transform=ax.transAxes, va="center", ha="left", **look)


def spread(places: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Ascending ``places`` moved as little as keeps labels of these ``sizes`` apart.

    >>> spread([0.5, 0.5], [0.1, 0.1])
    [0.45, 0.55]
    """
    groups: list[Cluster] = []
    for place, size in zip(places, sizes, strict=True):
        groups.append((place, [size]))
        while len(groups) > 1 and _meet(*groups[-2:]):
            (one, own), (other, theirs) = groups[-2:]
            n, m = len(own), len(theirs)
            groups[-2:] = [((one * n + other * m) / (n + m), [*own, *theirs])]
    return [round(float(at), 6) for centre, members in groups for at in _stacked(centre, members)]


def _meet(one: Cluster, other: Cluster) -> bool:
    return other[0] - one[0] < (sum(one[1]) + sum(other[1])) / 2


def _stacked(centre: float, sizes: Sequence[float]) -> list[float]:
    edges = centre - sum(sizes) / 2 + np.concatenate([[0], np.cumsum(sizes)])
    return list((edges[:-1] + edges[1:]) / 2)


def wrapped(name: str) -> str:
    """A row's name on as many short lines as it needs."""
    return "\n".join(wrap(name, NAME_LINE, break_long_words=False)) or name


def row_height(names: Sequence[str], least: float) -> float:
    """Height of a row in inches, enough for the name with most lines."""
    lines = max((wrapped(name).count("\n") + 1 for name in names), default=1)
    return max(least, 0.09 + 0.13 * lines)


def names_width(names: Sequence[str]) -> float:
    """Room for the longest line of the rows' names, as part of the figure's width."""
    longest = max((len(line) for name in names for line in wrapped(name).split("\n")), default=0)
    return max(0.12, 0.02 + longest * LETTER / style.WIDTH)


class ReportAxes(Axes):
    """Axes whose last expression in a cell shows the accessible figure."""

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return Figure(figure_of(self))._repr_mimebundle_()


def new_axes(
    *, width: float = style.WIDTH, height: float = style.HEIGHT, margins: Sequence[float] = ()
) -> ReportAxes:
    """One pair of axes on a figure of its own; ``margins`` are left, right, bottom, top."""
    figure = matplotlib_figure.Figure(figsize=(width, height))
    FigureCanvasSVG(figure)
    left, right, bottom, top = margins or (0.075, 0.77, 0.13, 0.87)
    axes = ReportAxes(figure, (left, bottom, right - left, top - bottom))
    figure.add_axes(axes)
    return axes


def figure_of(ax: Axes) -> matplotlib_figure.Figure:
    """The whole figure that ``ax`` is drawn on.

    Raises
    ------
    WrongArgument
        Where the axes have been taken off their figure.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        raise WrongArgument("The axes are on no figure.")
    return figure
