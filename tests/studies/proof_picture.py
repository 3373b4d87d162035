"""One picture: what methods call a change where nothing happened."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

OURS_COLOUR, USUAL_COLOUR, LINE_COLOUR = "#00539b", "#9a9a9a", "#222222"
PROMISED = 5
OURS = ("the headline", "the collapsed t")


def draw(called: pd.Series, comparisons: int, path: Path) -> None:
    """Bars of the share called a change, with the 5 % that 95 % promises."""
    ordered = called.sort_values(ascending=False)
    with mpl.rc_context({"svg.hashsalt": "proof", "svg.fonttype": "none", "font.size": 11}):
        figure = Figure(figsize=(9, 3.9), layout="constrained")
        axes = figure.subplots()
        colours = [OURS_COLOUR if name in OURS else USUAL_COLOUR for name in ordered.index]
        axes.barh(ordered.index, 100 * ordered, color=colours, height=0.7)
        for at, one in enumerate(100 * ordered):
            axes.text(max(one, PROMISED) + 1, at, f"{one:.0f}", va="center")
        axes.axvline(PROMISED, color=LINE_COLOUR, linewidth=1, linestyle="--")
        axes.annotate(f"{PROMISED}: what 95 % promises", (PROMISED, len(ordered) - 0.3), (4, 0),
                      textcoords="offset points", va="center", fontsize=10)  # fmt: skip
        axes.set(xlim=(0, 100), xlabel="called a change, of 100 comparisons without an effort")
        axes.set_title(f"{comparisons:,} real comparisons where nothing happened", loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        axes.margins(y=0.06)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None, "Title": axes.get_title("left")})
