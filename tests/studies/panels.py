"""Real areas in which no effort began, as panels: London, Rio de Janeiro and Chicago.

A panel is a table ``area, quarter, count, population`` of one kind of offence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tests.studies.london import STARTS, read_panels
from tingbjerg_eval.study.design import Design

RIO_KINDS = ("roubo_transeunte", "roubo_veiculo", "lesao_corp_dolosa", "total_furtos", "hom_doloso")
RIO_CITY = "Rio de Janeiro"
RIO_STARTS = (2009, 2011, 2013, 2014)
CHICAGO_STARTS = (2012, 2013)
BLOCKS = (24, 12, 6)
"""Block groups to an area: burglaries of some 65, 32 and 16 a quarter."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Setting:
    """One panel and one fake start; each of its areas is taken as treated in turn."""

    place: str
    kind: str
    panel: pd.DataFrame
    design: Design

    def matrices(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Counts and populations, areas x quarters, and which quarters lie before the start."""
        times = [*self.design.baseline_times, *self.design.period_times]
        wide = self.panel.pivot(index="area", columns="quarter", values=["count", "population"])
        wide = wide.loc[list(self.design.areas)]
        counts, people = (wide[name][times].to_numpy(float) for name in ("count", "population"))
        return counts, people, np.arange(len(times)) < len(self.design.baseline_times)


def settings(data: Path, *, short: bool = False) -> Iterator[Setting]:
    """Every panel at every fake start; ``short`` gives one kind and start of each place."""
    for made in (_london, _rio, _chicago):
        found = made(data)
        yield from [next(found)] if short else found


def _london(data: Path) -> Iterator[Setting]:
    for kind, panel in read_panels(data / "london").items():
        for start, baseline in STARTS.items():
            last = f"{int(start[:4]) + 2 + (start[5] != '1')}K{(int(start[5]) + 2) % 4 + 1}"
            yield from _setting("London", kind, panel, baseline, (start, last))


def _rio(data: Path) -> Iterator[Setting]:
    for kind, panel in read_rio(data / "rio", around=True).items():
        for year in RIO_STARTS:
            yield from _from_year("Rio de Janeiro, around the city", kind, panel, year)


def _chicago(data: Path) -> Iterator[Setting]:
    for block in BLOCKS:
        panel = read_chicago(data / "chicago", block)
        for year in CHICAGO_STARTS:
            yield from _from_year("Chicago", f"burglary, {block} block groups", panel, year)


def _from_year(place: str, kind: str, panel: pd.DataFrame, year: int) -> Iterator[Setting]:
    """Two years before the first quarter of ``year`` against the three from it."""
    baseline, period = (f"{year - 2}K1", f"{year - 1}K4"), (f"{year}K1", f"{year + 2}K4")
    yield from _setting(place, kind, panel, baseline, period)


def _setting(place, kind, panel, baseline, period) -> Iterator[Setting]:
    """The setting with the areas that had a report before; none where nothing was recorded."""
    areas = panel.groupby("area")["count"].sum().index
    design = Design(treated=areas[0], comparison=tuple(areas[1:]), baseline=baseline, period=period)
    inside = panel[panel["quarter"].isin([*design.baseline_times, *design.period_times])]
    if (inside.groupby("quarter")["count"].sum() == 0).any():
        return
    early = inside[inside["quarter"].isin(design.baseline_times)].groupby("area")["count"].sum()
    kept = tuple(early[early > 0].index)
    yield Setting(
        place=place, kind=kind, panel=inside[inside["area"].isin(kept)],
        design=design.with_(treated=kept[0], comparison=kept[1:]),
    )  # fmt: skip


def read_rio(
    folder: Path, *, around: bool = False, kinds: tuple[str, ...] = RIO_KINDS
) -> dict[str, pd.DataFrame]:
    """Precincts by quarter 2007-2016, one panel per kind; complete precincts only.

    ``around`` leaves out the city itself, where areas were pacified from 2008 on.
    """
    wide = pd.read_csv(folder / "cisp.csv", sep=";", encoding="latin-1")
    if around:
        wide = wide[wide["munic"] != RIO_CITY]
    people = pd.read_csv(folder / "pop.csv", sep=";").rename(columns={"circ": "CISP"})
    wide = wide.merge(people, on=["CISP", "mes", "vano"])
    wide["quarter"] = wide["vano"].astype(str) + "K" + ((wide["mes"] - 1) // 3 + 1).astype(str)
    wide = wide[wide["quarter"].between("2007K1", "2016K4") & (wide["pop_circ"] > 0)]
    whole = wide.groupby("CISP")["mes"].transform("size") == 120
    sums = {kind: (kind, "sum") for kind in kinds}
    rows = wide[whole].groupby(["CISP", "quarter"], as_index=False)
    rows = rows.agg(population=("pop_circ", "mean"), **sums)
    rows["area"] = rows["CISP"].astype(str)
    return {
        kind: rows[["area", "quarter", "population"]].assign(count=rows[kind]) for kind in kinds
    }


def read_chicago(folder: Path, block: int = 24) -> pd.DataFrame:
    """Burglaries of the South Side, ``block`` neighbouring block groups to an area."""
    counts = pd.read_csv(folder / "crime.csv", index_col=0)
    people = pd.read_csv(folder / "pop.csv", index_col=0)["x"].to_numpy()
    areas = np.array([str(at // block) for at in range(len(counts))])
    months = [name.split(".")[1] for name in counts.columns]
    counts.columns = [f"{m[:4]}K{(int(m[4:]) - 1) // 3 + 1}" for m in months]
    rows = counts.T.groupby(level=0).sum().T.groupby(areas).sum()
    long = rows.stack().rename("count").rename_axis(["area", "quarter"]).reset_index()
    return long.assign(population=long["area"].map(pd.Series(people).groupby(areas).sum()))
