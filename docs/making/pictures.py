"""The documentation's drawn pictures: ``python -m docs.making.pictures``.

The rooms of the house; and the method in plain words, with real figures: burglaries in London
boroughs, one taken as if an effort had begun there.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

import tingbjerg_eval as te
from docs.making.rooms import picture as rooms
from tingbjerg_eval.inputs.quarters import quarter_range

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "notebooks" / "learn" / "london_burglary.csv"
IMAGES = ROOT / "docs" / "images"
TREATED = "Camden"
COMPARISON = (
    "Islington", "Hackney", "Haringey", "Brent", "Westminster", "Lambeth", "Southwark", "Lewisham",
    "Greenwich", "Newham", "Ealing", "Hounslow",
)  # fmt: skip
GREY, BLUE, RED = "#595959", "#00529b", "#b00020"
CLUSTER_NOTE = "cluster-robust error: how well\nthe others' mean is known"


def design() -> te.Design:
    """Camden against twelve boroughs, 2011-2012 before and 2013-2015 after."""
    return te.Design(
        treated=TREATED, comparison=COMPARISON, baseline=("2011K1", "2012K4"),
        period=("2013K1", "2015K4"),
    )  # fmt: skip


def changes(panel: pd.DataFrame) -> pd.Series:
    """Per cent by which each borough's rate changed."""
    plan = design()
    windows = {name: quarter_range(*getattr(plan, name)) for name in ("baseline", "period")}
    rates = {
        name: panel[panel["quarter"].isin(quarters)].groupby("area")[["count", "population"]].sum()
        for name, quarters in windows.items()
    }
    rate = {name: table["count"] / table["population"] for name, table in rates.items()}
    return (100 * (rate["period"] / rate["baseline"] - 1)).loc[[TREATED, *COMPARISON]]


def draw(folder: Path = IMAGES) -> None:
    """Write the pictures."""
    (folder / "rooms.svg").write_text(rooms(), encoding="utf-8")
    panel = pd.read_csv(FIGURES)
    moved = changes(panel)
    effect = te.difference_in_differences(panel, design())
    style = {"svg.hashsalt": "tingbjerg", "svg.fonttype": "path", "font.size": 11}
    with mpl.rc_context(style):
        _write(folder / "method-areas.svg", lambda axes: _areas(axes, moved))
        _write(folder / "method-interval.svg", lambda axes: _interval(axes, moved, effect))
        _write(folder / "method-cluster.svg", lambda axes: _cluster(axes, moved, effect))


def _write(path: Path, drawn: object) -> None:
    figure, axes = plt.subplots(figsize=(7.2, 2.6), layout="constrained")
    drawn(axes)
    axes.set_yticks([])
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.set_xlabel("change from 2011-2012 to 2013-2015, per cent")
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _points(axes: Axes, moved: pd.Series) -> None:
    others = moved[list(COMPARISON)].sort_values()
    height = np.tile([0.0, 0.12, -0.12], len(others))[: len(others)]
    axes.scatter(others, height, s=55, color=GREY, zorder=3)
    axes.scatter(moved[TREATED], 0, s=110, marker="D", color=BLUE, zorder=4)
    axes.annotate(TREATED, (moved[TREATED], 0.0), (0, 16), textcoords="offset points",
                  ha="center", color=BLUE, weight="bold")  # fmt: skip
    axes.set_ylim(-0.8, 0.8)
    axes.set_xlim(-45, 25)


def _areas(axes: Axes, moved: pd.Series) -> None:
    _points(axes, moved)
    others = moved[list(COMPARISON)]
    for name in (others.idxmin(), others.idxmax()):
        axes.annotate(name, (moved[name], 0), (0, -32), textcoords="offset points",
                      ha="center", color=GREY)  # fmt: skip


def expected_range(moved: pd.Series, effect: te.Estimate) -> tuple[float, float, float]:
    """What was to be expected of the treated area: lower end, middle and upper end, per cent."""
    ratio = 1 + moved[TREATED] / 100
    low, middle, high = (ratio / one for one in (effect.upper, effect.value, effect.lower))
    return tuple(100 * (one - 1) for one in (low, middle, high))


def _interval(axes: Axes, moved: pd.Series, effect: te.Estimate) -> None:
    _points(axes, moved)
    low, middle, high = expected_range(moved, effect)
    axes.plot([low, high], [-0.45, -0.45], color=GREY, lw=7, alpha=0.45, solid_capstyle="butt")
    axes.plot([middle, middle], [-0.53, -0.37], color="black", lw=2)
    axes.annotate("where such a borough lands without an effort, 95 times in 100",
                  ((low + high) / 2, -0.74), ha="center", color="#333333")  # fmt: skip


def _cluster(axes: Axes, moved: pd.Series, effect: te.Estimate) -> None:
    _interval(axes, moved, effect)
    low, high = cluster_range(moved)
    axes.plot([low, high], [0.45, 0.45], color=RED, lw=7, solid_capstyle="butt")
    axes.annotate(CLUSTER_NOTE, (high + 1, 0.45), va="center", color=RED)


def cluster_range(moved: pd.Series) -> tuple[float, float]:
    """What a cluster-robust error takes to be expected, per cent.

    The only treated area's residual is nought by construction, so the error is that of the others'
    mean (on logarithms): no part of it is how much one area moves by itself.
    """
    logs = np.log1p(moved[list(COMPARISON)] / 100)
    half = 1.96 * logs.std() / np.sqrt(len(logs))
    return tuple(100 * np.expm1([logs.mean() - half, logs.mean() + half]))


if __name__ == "__main__":
    draw()
