"""London boroughs, each in turn as if treated: how often does a method find what is not there?

    python -m tests.studies.london FOLDER

reads the Metropolitan Police's monthly counts by borough and the boroughs' population from FOLDER
and prints, for every major offence group and several fake starts, how many of the 32 boroughs an
interval at 95 % would call changed.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from tingbjerg_eval.stats.changes import AreaChanges, area_changes
from tingbjerg_eval.stats.collapsed import collapsed
from tingbjerg_eval.stats.placebos import ranked
from tingbjerg_eval.study.design import Design

COUNTS = "mps_borough_apr2010_feb2022.csv"
POPULATION = "borough_pop_2011_2022.csv"
AIRPORTS = "London Heathrow and London City Airports"
STARTS = {
    "2012K1": ("2011K1", "2011K4"),
    "2012K2": ("2010K2", "2012K1"),
    "2013K1": ("2011K1", "2012K4"),
    "2014K1": ("2012K1", "2013K4"),
    "2015K1": ("2013K1", "2014K4"),
    "2016K1": ("2014K1", "2015K4"),
    "2017K1": ("2015K1", "2016K4"),
}
"""Fake starts with their baselines; each period is the three years from the start."""


def read_panels(folder: Path) -> dict[str, pd.DataFrame]:
    """One panel per major offence group, quarters 2010K2 to 2021K4."""
    wide = pd.read_csv(folder / COUNTS)
    wide = wide[wide["LookUp_BoroughName"] != AIRPORTS]
    months = [name for name in wide.columns if name.isdigit() and name < "202201"]
    long = wide.melt(["MajorText", "LookUp_BoroughName"], months, "month", "count")
    month = long["month"].str[4:].astype(int)
    long["quarter"] = long["month"].str[:4] + "K" + ((month - 1) // 3 + 1).astype(str)
    keys = ["MajorText", "LookUp_BoroughName", "quarter"]
    counted = long.groupby(keys, as_index=False)["count"].sum()
    counted = counted.rename(columns={"LookUp_BoroughName": "area"})
    year = counted["quarter"].str[:4].astype(int).clip(lower=2011)
    people = read_population(folder)
    counted["population"] = people.loc[list(zip(counted["area"], year, strict=True))].to_numpy()
    return {name: part.drop(columns="MajorText") for name, part in counted.groupby("MajorText")}


def read_population(folder: Path) -> pd.Series:
    """Population by borough and year; 2010 is not published there and takes 2011's."""
    wide = pd.read_csv(folder / POPULATION, encoding="utf-8-sig")
    wide = wide.drop(columns=["Code", "Inner/ Outer London"]).set_index("Area name")
    wide.columns = [int(name[:4]) for name in wide.columns]
    return wide.stack()


def fake_design(boroughs, start: str) -> Design:
    """The first borough as treated from ``start``, for three years."""
    first, *others = sorted(boroughs)
    period = (start, f"{int(start[:4]) + 2 + (start[5] != '1')}K{(int(start[5]) + 2) % 4 + 1}")
    return Design(treated=first, comparison=others, baseline=STARTS[start], period=period)


def changed(panel: pd.DataFrame, start: str, *, level: float = 0.95) -> int | None:
    """Number of boroughs whose headline interval excludes no change; None if not recorded."""
    changes = borough_changes(panel, start)
    if changes is None:
        return None
    return int((ranked(changes, level=level).table["p_value"] < 1 - level).sum())


def changed_by_collapsed(panel: pd.DataFrame, start: str) -> int | None:
    """The same count for the conservative collapsed t."""
    changes = borough_changes(panel, start)
    if changes is None:
        return None
    return sum(
        collapsed(turned(changes, at)).estimate.p_value < 0.05 for at in range(len(changes.areas))
    )


def turned(changes: AreaChanges, at: int) -> AreaChanges:
    """The same changes with another area as the treated one."""
    order = [at, *(i for i in range(len(changes.areas)) if i != at)]
    areas = tuple(changes.areas[i] for i in order)
    moved = {name: getattr(changes, name)[order] for name in ("change", "variance")}
    return replace(changes, areas=areas, **moved)


def changed_by_table(panel: pd.DataFrame, start: str) -> int | None:
    """The same count for the 2x2 table with its Poisson interval."""
    changes = borough_changes(panel, start)
    if changes is None:
        return None
    design = fake_design(panel["area"].unique(), start)
    counts = panel.assign(
        window=np.select(
            [panel["quarter"].isin(t) for t in (design.baseline_times, design.period_times)],
            ["before", "after"],
            "neither",
        )
    ).pivot_table(index="area", columns="window", values="count", aggfunc="sum")
    own = counts[["before", "after"]].to_numpy(float)
    rest = own.sum(axis=0) - own
    effect = np.log(own[:, 1] / own[:, 0] / (rest[:, 1] / rest[:, 0]))
    error = np.sqrt((1 / own).sum(axis=1) + (1 / rest).sum(axis=1))
    return int((np.abs(effect) > 1.96 * error).sum())


def borough_changes(panel: pd.DataFrame, start: str) -> AreaChanges | None:
    """The boroughs' changes, or None where the group was not recorded through both windows."""
    design = fake_design(panel["area"].unique(), start)
    used = panel[panel["quarter"].isin(design.baseline_times + design.period_times)]
    if (used.groupby("quarter")["count"].sum() == 0).any():
        return None
    return area_changes(panel, design)


def false_findings(panels: dict[str, pd.DataFrame], count=changed) -> pd.DataFrame:
    """Boroughs called changed: one row per offence group, one column per fake start."""
    return (
        pd.DataFrame(
            {
                start: {name: count(panel, start) for name, panel in panels.items()}
                for start in STARTS
            }
        )
        .astype("Int64")
        .dropna(how="all")
    )


def report(folder: Path) -> str:
    """The section of the coverage document, in markdown."""
    panels = read_panels(folder)
    n = next(iter(panels.values()))["area"].nunique()
    parts = [INTRODUCTION.format(n=n)]
    for title, count in METHODS.items():
        table = false_findings(panels, count)
        parts += [f"### {title}\n", as_markdown(table, n), said(table, n)]
    return "\n".join(parts)


METHODS = {
    "The headline": changed,
    "The collapsed t": changed_by_collapsed,
    "The 2x2 Poisson table (not offered)": changed_by_table,
}

INTRODUCTION = """## Real areas where nothing happened

{n} London boroughs (Metropolitan Police, recorded offences by borough, April 2010 to December 2021;
Office for National Statistics mid-year population), each in turn as if an effort had begun, all
others as comparison. Groups not recorded throughout are left out. Baseline: the eight quarters
before the fake start (four before 2012K1, as the series begins in April 2010); period: the three
years from it. A cell says how many boroughs the interval at 95 % calls changed; about
{n} x 5 % = 1.6 are expected.
"""


def as_markdown(table: pd.DataFrame, n: int) -> str:
    """The table as markdown, with the share of all intervals of a group."""
    head = f"| offence group | {' | '.join(table.columns)} | share |\n"
    line = "|---|" + "---:|" * (len(table.columns) + 1) + "\n"
    rows = []
    for name, row in table.iterrows():
        cells = " | ".join("" if pd.isna(k) else str(k) for k in row)
        rows.append(f"| {name} | {cells} | {row.sum() / (n * row.count()):.3f} |\n")
    return head + line + "".join(rows)


def said(table: pd.DataFrame, n: int) -> str:
    """The share over all groups and starts with its binomial range."""
    found, tried = int(table.sum().sum()), int(n * table.count().sum())
    low, high = binomtest(found, tried).proportion_ci()
    return (
        f"\nIn all {found} of {tried} intervals exclude no change: {100 * found / tried:.1f} % "
        f"(binomial range {100 * low:.1f} to {100 * high:.1f} %; the boroughs are not independent "
        "of each other and the windows overlap, so the true range is wider).\n"
    )


if __name__ == "__main__":
    print(report(Path(sys.argv[1])))
