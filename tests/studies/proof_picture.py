"""One picture: what methods call a change where nothing happened."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

OURS_COLOUR, USUAL_COLOUR, LINE_COLOUR = "#00539b", "#9a9a9a", "#222222"
OURS = ("the headline", "the collapsed t")


def draw(called: pd.Series, comparisons: int, path: Path) -> None:
    """Bars of the share called a change, with the 5 % that 95 % promises."""
    ordered = called.sort_values(ascending=False)
    with mpl.rc_context({"svg.hashsalt": "proof", "svg.fonttype": "none", "font.size": 11}):
        figure = Figure(figsize=(9, 3.9), layout="constrained")
        axes = figure.subplots()
        colours = [OURS_COLOUR if name in OURS else USUAL_COLOUR for name in ordered.index]
        bars = axes.barh(ordered.index, 100 * ordered, color=colours, height=0.7)
        axes.bar_label(bars, [f"{100 * one:.0f}" for one in ordered], padding=4)
        axes.axvline(5, color=LINE_COLOUR, linewidth=1, linestyle="--")
        axes.annotate("5: what 95 % promises", (5, len(ordered) - 0.3), (4, 0),
                      textcoords="offset points", va="center", fontsize=10)  # fmt: skip
        axes.set(xlim=(0, 100), xlabel="called a change, of 100 comparisons without an effort")
        axes.set_title(f"{comparisons:,} real comparisons where nothing happened", loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        axes.margins(y=0.06)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None, "Title": axes.get_title("left")})
