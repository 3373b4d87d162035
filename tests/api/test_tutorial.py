"""The tutorial runs as it stands, on real figures, and its answer is the right one."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import nbformat
import pandas as pd

FOLDER = Path(__file__).parents[2] / "notebooks" / "learn"


def test_the_tutorial_runs_and_finds_nothing_where_nothing_was_done(monkeypatch):
    monkeypatch.chdir(FOLDER)
    names: dict = {}
    with mpl.rc_context(), mpl.rc_context({"backend": "agg"}):
        for cell in nbformat.read("tutorial.ipynb", as_version=4).cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
        drawn = {text.get_fontfamily()[0] for text in names["figure"].ax.get_xticklabels()}
    assert drawn == {"Source Sans Pro"}
    effect = names["effect"]
    assert effect.lower < 1 < effect.upper
    assert effect.upper - effect.lower < 1
    assert names["placebo"].n_areas == 32


def test_the_carried_figures_say_where_they_are_from():
    said = (FOLDER / "README.md").read_text("utf-8")
    assert "Open Government Licence" in said
    frame = pd.read_csv(FOLDER / "london_burglary.csv")
    assert len(frame) == frame["area"].nunique() * 24
