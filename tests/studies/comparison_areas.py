"""Does choosing comparison areas from the baseline help? Placebo runs on London and Rio.

    python -m tests.studies.comparison_areas FOLDER [--london-only]

Every area in turn stands as if an effort had begun, where none did: the interval should hold
"no change" 95 times in 100. Each case is estimated with twelve areas as ``compare_areas`` chooses
them, with twelve drawn at random, and with the twelve of the best fit. FOLDER holds ``london`` and
``rio``. Rio's pacified precincts are among the areas: there something may have happened.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from tingbjerg_eval.stats import candidates
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design

NUMBER = 12
LONDON = ("Burglary", "Robbery", "Vehicle Offences")
RIO = ("roubo_transeunte", "furto_veiculos", "lesao_corp_dolosa")
WINDOWS = {"london": (2011, 2012, 2013, 2014), "rio": (2007, 2009)}
BEFORE, AFTER = 3, 3


def london(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Panels of the boroughs."""
    wide = pd.read_csv(folder / "mps_borough_apr2010_feb2022.csv")
    people = pd.read_csv(folder / "borough_pop_2011_2022.csv", encoding="utf-8-sig")
    people = people.melt("Area name", [one for one in people if "_Population" in one])
    people["year"] = people["variable"].str[:4].astype(int)
    held = people.set_index(["Area name", "year"])["value"].to_dict()
    months = [one for one in wide if one.isdigit()]

    def in_london(area: str, year: int) -> float | None:
        return held.get((area, max(year, 2011)))

    for kind in LONDON:
        rows = wide[wide["MajorText"] == kind].groupby("LookUp_BoroughName")[months].sum()
        rows = rows[[area in set(people["Area name"]) for area in rows.index]]
        long = rows.reset_index().melt("LookUp_BoroughName", var_name="month", value_name="count")
        year, month = long["month"].str[:4].astype(int), long["month"].str[4:].astype(int)
        area = long["LookUp_BoroughName"]
        yield f"london {kind}", _quarters(area, year, month, long["count"], in_london)


def rio(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Panels of the precincts that never had a pacification unit, as far as the file says."""
    rows = pd.read_csv(folder / "cisp.csv", sep=";", encoding="latin-1")
    people = pd.read_csv(folder / "pop.csv", sep=";")
    held = people.groupby(["circ", "vano"])["pop_circ"].mean().to_dict()
    whole = rows.groupby("CISP").size()
    rows = rows[rows["CISP"].isin(whole[whole == whole.max()].index)]
    for kind in RIO:
        yield f"rio {kind}", _quarters(rows["CISP"], rows["vano"], rows["mes"], rows[kind],
                                       lambda area, year: held.get((area, year)))  # fmt: skip


def _quarters(area, year, month, count, people) -> pd.DataFrame:
    quarter = year.astype(str) + "K" + ((month - 1) // 3 + 1).astype(str)
    frame = pd.DataFrame({"area": area, "quarter": quarter, "year": year, "count": count})
    panel = frame.groupby(["area", "quarter", "year"], as_index=False)["count"].sum()
    panel["population"] = [people(*one) for one in zip(panel["area"], panel["year"], strict=True)]
    bad = panel.loc[panel["population"].isna() & (panel["year"] >= 2007), "area"]
    panel = panel[~panel["area"].isin(bad) & panel["population"].notna()].drop(columns="year")
    return panel.assign(area=panel["area"].astype(str), count=panel["count"].astype(float))


def cases(panel: pd.DataFrame, first: int, draw: np.random.Generator) -> Iterator[dict]:
    """Each area as if treated, estimated with every way of choosing."""
    baseline = (f"{first}K1", f"{first + BEFORE - 1}K4")
    period = (f"{first + BEFORE}K1", f"{first + BEFORE + AFTER - 1}K4")
    found = candidates.aspects(panel, baseline)
    for treated in found.areas:
        ranked = candidates.distances(found, treated)
        close = candidates.close_enough(ranked, NUMBER)
        chosen = {
            "chosen": candidates.equal_sets(close, NUMBER, seed=2009)[0],
            "random": tuple(draw.choice(ranked["area"], NUMBER, replace=False)),
            "best fit": tuple(ranked["area"][:NUMBER]),
        }
        for way, areas in chosen.items():
            design = Design(treated=treated, comparison=areas, baseline=baseline, period=period)
            try:
                one = difference_in_differences(panel, design)
            except MethodRefused:
                continue
            yield {"way": way, "treated": treated, "covers": one.lower < 1 < one.upper,
                   "width": np.log(one.upper / one.lower), "off": abs(np.log(one.value)),
                   "pool": len(close)}  # fmt: skip


def main() -> None:
    """Print coverage, its Monte Carlo error and the median width, by panel and over all."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--london-only", action="store_true")
    given = asked.parse_args()
    sources = {"london": london, "rio": rio}
    if given.london_only:
        del sources["rio"]
    draw = np.random.default_rng(20091127)
    rows = [
        case | {"place": place, "panel": name}
        for place, read in sources.items()
        for name, panel in read(given.folder / place)
        for first in WINDOWS[place]
        for case in cases(panel, first, draw)
    ]
    frame = pd.DataFrame(rows)
    for keys in (["place", "way"], ["panel", "way"]):
        told = frame.groupby(keys).agg(
            cases=("covers", "size"), coverage=("covers", "mean"),
            width=("width", "median"), off=("off", "median"), pool=("pool", "median"),
        )  # fmt: skip
        told["error"] = np.sqrt(told["coverage"] * (1 - told["coverage"]) / told["cases"])
        print(told.round(3).to_string(), "\n")


if __name__ == "__main__":
    main()
