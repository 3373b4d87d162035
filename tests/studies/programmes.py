"""Size, coverage and width of the programme's interval: many areas, staggered starts.

    python -m tests.studies.programmes [--replications 2000] [--london FOLDER] [--rio FOLDER]

draws panels with known truth (and draws programmes at random among real areas where nothing
happened), measures ``pooled_difference_in_differences`` and, as a warning, the areas' own
estimates pooled as if they were independent, and writes its part of ``docs/methods``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from tests.studies.coverage import as_markdown
from tingbjerg_eval.inputs.quarters import quarter_range, shift
from tingbjerg_eval.stats.cells import Cells
from tingbjerg_eval.stats.dispersion import baseline_scatter, together
from tingbjerg_eval.stats.displacement import pooled_displacement
from tingbjerg_eval.stats.pooled_change import PooledChange, pooled_change_of
from tingbjerg_eval.stats.predictive import effects, predictive
from tingbjerg_eval.stats.shared_errors import SharedErrors, shared_errors
from tingbjerg_eval.stats.stacked import Stacked, stacked_cells
from tingbjerg_eval.study.programme import Effort, Programme

SEED = 20150101
TREATED = (1, 2, 5, 12, 20, 38)
COMPARED = (5, 8, 12, 20)
BEFORE = AFTER = 8
STEPS = 12
"""Quarters over which the starts are spread."""
SHOCK = 0.15
AMOUNT = 40
WARNED = 100
"""Replications in which the areas are also pooled as if they were independent."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One setting; ``spread`` is the standard deviation of the areas' true effects (log)."""

    treated: int
    compared: int
    autocorrelation: float = 0.5
    amount: float = AMOUNT
    effect: float = 0.0
    spread: float = 0.0


@cache
def programme(
    treated: tuple[str, ...], compared: tuple[str, ...], first: str, steps: int
) -> Programme:
    """Starts spread evenly over ``steps`` quarters after the baseline that begins at ``first``."""
    begun = [shift(first, BEFORE + at * steps // len(treated)) for at in range(len(treated))]
    efforts = [
        Effort(area=area, baseline=(shift(start, -BEFORE), shift(start, -1)),
               period=(start, shift(start, AFTER - 1)))
        for area, start in zip(treated, begun, strict=True)
    ]  # fmt: skip
    return Programme(treated=efforts, comparison=compared)


def simulated(cell: Cell, rng: np.random.Generator) -> tuple[Cells, Programme, float]:
    """One panel, its programme and the true effect (log)."""
    names = [f"T{at}" for at in range(cell.treated)], [f"C{at}" for at in range(cell.compared)]
    ours = programme(tuple(names[0]), tuple(names[1]), "2008K1", STEPS)
    times = quarter_range("2008K1", shift("2008K1", BEFORE + STEPS + AFTER - 1))
    areas = [*names[0], *names[1]]
    size = np.exp(rng.normal(0, 0.5, len(areas)))[:, None]
    season = np.array([1.1, 0.9, 0.95, 1.05])[np.arange(len(times)) % 4]
    rate = (
        cell.amount
        * size
        * season
        * np.exp(_shocks(cell.autocorrelation, len(areas), len(times), rng))
    )
    true = np.log1p(cell.effect) + cell.spread * rng.normal(0, 1, cell.treated)
    for at, effort in enumerate(ours.treated):
        rate[at, times.index(str(effort.began)) :] *= np.exp(true[at])
    measures = {"count": rng.poisson(rate).astype(float), "population": 1000 * size + 0 * rate}
    cells = Cells(areas=tuple(areas), times=times, measures=measures)
    return cells, ours, true


def _shocks(phi: float, areas: int, times: int, rng: np.random.Generator) -> np.ndarray:
    found = np.empty((areas, times))
    found[:, 0] = rng.normal(0, 1, areas)
    for at in range(1, times):
        found[:, at] = phi * found[:, at - 1] + np.sqrt(1 - phi**2) * rng.normal(0, 1, areas)
    return SHOCK * found


def real(panel: pd.DataFrame, treated: int, compared: int, rng: np.random.Generator):
    """A programme drawn at random among real areas where nothing happened."""
    wide = {
        n: panel.pivot(index="area", columns="quarter", values=n) for n in ("count", "population")
    }
    areas = rng.permutation(wide["count"].index)[: treated + compared]
    quarters = list(wide["count"].columns)
    last = len(quarters) - BEFORE - STEPS - AFTER
    first = quarters[rng.integers(0, last + 1)]
    ours = programme.__wrapped__(tuple(areas[:treated]), tuple(areas[treated:]), first, STEPS)
    measures = {n: w.loc[areas].to_numpy(float) for n, w in wide.items()}
    return (
        Cells(areas=tuple(areas), times=tuple(quarters), measures=measures),
        ours,
        np.zeros(treated),
    )


def measured(draw: Callable[[np.random.Generator], tuple], replications: int, seed: int) -> dict:
    """Share of intervals that miss the truth, their half width, and the naive pool's misses."""
    rng = np.random.default_rng(seed)
    misses, naive, widths, bias, below, above = [], [], [], [], [], []
    for _ in range(replications):
        cells, ours, true = draw(rng)
        stacked = stacked_cells(cells, ours)
        shared = shared_errors(stacked, _widened(cells, ours))
        found = effects(shared.observed, shared.expected)
        truth = shared.weight @ true
        misses.append(not found.lower[0] <= truth <= found.upper[0])
        widths.append((found.upper[0] - found.lower[0]) / 2)
        bias.append(found.value[0] - truth)
        change = _changed(cells, ours, shared)
        below.append(np.log(change.upper) < truth)
        above.append(np.log(change.lower) > truth)
        if len(naive) < WARNED:
            naive.append(_naive(stacked, truth))
    return {
        "size": float(np.mean(misses)), "half width": float(np.median(widths)),
        "bias": float(np.mean(bias)), "change: truth above": float(np.mean(below)),
        "change: truth below": float(np.mean(above)),
        "as if independent: size": float(np.mean(naive)),
    }  # fmt: skip


def _widened(cells: Cells, ours: Programme) -> float:
    """The widening of the method, from cells already laid out."""
    scatters = []
    for design in ours.designs:
        rows = [cells.areas.index(area) for area in design.areas]
        own = {name: values[rows] for name, values in cells.measures.items()}
        held = Cells(areas=design.areas, times=cells.times, measures=own)
        scatters.append(baseline_scatter(held, design))
    return together(scatters)


def _changed(cells: Cells, ours: Programme, shared: SharedErrors) -> PooledChange:
    """The areas' change together, one-sided at 95 %."""
    rows = []
    for design in ours.designs:
        place = cells.areas.index(design.treated)
        windows = [cells.within(one) for one in (design.baseline, design.period)]
        rows.append([cells[name][place, one].sum() for name in ("count", "population")
                     for one in windows])  # fmt: skip
    before, after, exposed, later = np.array(rows).T
    return pooled_change_of(
        shared, before, after, before * later / exposed, float(later.sum()), level=0.95
    )


def _naive(stacked: Stacked, truth: float) -> bool:
    """Inverse-variance pooling of the areas' own headlines, as if they shared nothing."""
    rows = []
    for at, window in enumerate(stacked.window):
        held = stacked.compared[window]
        predicted = predictive(
            stacked.change[window, held], stacked.variance[window, held], stacked.own_variance[at]
        )
        alone = effects(stacked.own_change[at : at + 1], predicted)
        rows.append((alone.value[0], (alone.upper[0] - alone.lower[0]) / 2 / 1.96))
    value, error = np.array(rows).T
    weight = 1 / error**2
    return bool(abs((weight * value).sum() / weight.sum() - truth) > 1.96 / np.sqrt(weight.sum()))


def simulated_table(replications: int) -> pd.DataFrame:
    """All numbers of areas, without an effect."""
    rows = []
    for treated, compared in product(TREATED, COMPARED):
        cell = Cell(treated=treated, compared=compared)
        found = measured(
            lambda rng, cell=cell: simulated(cell, rng),
            replications,
            SEED + treated + 100 * compared,
        )
        rows.append({"treated areas": treated, "comparison areas": compared, **found})
    return pd.DataFrame(rows)


def changed_table(replications: int) -> pd.DataFrame:
    """Settings that ask more: effects that differ, drift, short-lived unrest, few reports."""
    cells = {
        "a fall of 25 %": Cell(treated=12, compared=12, effect=-0.25),
        "effects that differ (sd .2)": Cell(treated=12, compared=12, effect=-0.25, spread=0.2),
        "unrest of single quarters": Cell(treated=20, compared=8, autocorrelation=0),
        "unrest that lasts (.95)": Cell(treated=20, compared=8, autocorrelation=0.95),
        "5 reports a quarter": Cell(treated=12, compared=12, amount=5),
    }
    rows = [
        {"setting": name, "treated areas": cell.treated, "comparison areas": cell.compared,
         **measured(lambda rng, cell=cell: simulated(cell, rng), replications, SEED + 100)}
        for name, cell in cells.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def displaced_table(replications: int) -> pd.DataFrame:
    """Two adjacent areas to each treated one, nothing having moved there."""
    rows = []
    for treated, compared in ((1, 8), (2, 8), (5, 12), (12, 12)):
        cell = Cell(treated=treated, compared=compared + 2 * treated)
        rng = np.random.default_rng(SEED + treated)
        found = np.array([_next_door(*simulated(cell, rng)[:2]) for _ in range(replications)])
        misses, widths = (found[:, 0] > 0) | (found[:, 1] < 0), (found[:, 1] - found[:, 0]) / 2
        rows.append({"treated areas": treated, "comparison areas": compared,
                     "size": misses.mean(), "half width": np.median(widths)})  # fmt: skip
    return pd.DataFrame(rows)


def _next_door(cells: Cells, ours: Programme) -> tuple[float, float]:
    """The interval of ``pooled_displacement``, the first comparison areas lying next door."""
    near = [
        replace(effort, adjacent=ours.comparison[2 * at : 2 * at + 2])
        for at, effort in enumerate(ours.treated)
    ]
    panel = pd.DataFrame(
        {name: values.ravel() for name, values in cells.measures.items()}
        | {"area": np.repeat(cells.areas, len(cells.times)),
           "quarter": np.tile(cells.times, len(cells.areas))}
    )  # fmt: skip
    found = pooled_displacement(panel.astype({"count": int}), replace(ours, treated=tuple(near)))
    return float(np.log(found.lower)), float(np.log(found.upper))


def real_table(panels: dict[str, pd.DataFrame], sizes: list[tuple], draws: int) -> pd.DataFrame:
    """Programmes drawn among real areas, for each kind of offence and number of areas."""
    rows = []
    for name, panel in panels.items():
        for treated, compared in sizes:
            found = measured(
                lambda rng, p=panel, k=treated, j=compared: real(p, k, j, rng), draws, SEED
            )
            # The areas' own change is not 0 there, so what it should have been is not known.
            told = {key: value for key, value in found.items() if not key.startswith("change")}
            rows.append(
                {"panel": name, "treated areas": treated, "comparison areas": compared, **told}
            )
    return pd.DataFrame(rows)


LONDON = ("Burglary", "Robbery", "Violence Against the Person", "Vehicle Offences")
RIO = {
    "robbery": "total_roubos",
    "theft": "total_furtos",
    "assault": "lesao_corp_dolosa",
}


def rio_panels(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Precincts outside the city of Rio (no pacification), quarters 2006K3 to 2014K4."""
    months = pd.read_csv(folder / "cisp.csv", sep=";", encoding="latin1")
    months = months[months["Regiao"] != "Capital"]
    people = pd.read_csv(folder / "pop.csv", sep=";").rename(columns={"circ": "CISP"})
    joined = months.merge(people, on=["CISP", "mes", "vano"])
    quarter = ((joined["mes"] - 1) // 3 + 1).astype(str)
    joined["quarter"] = joined["vano"].astype(str) + "K" + quarter
    joined = joined[joined["quarter"].between("2006K3", "2014K4")]
    for name, column in RIO.items():
        counted = joined.groupby(["CISP", "quarter"], as_index=False).agg(
            count=(column, "sum"), population=("pop_circ", "mean")
        )
        counted["area"] = counted["CISP"].astype(str)
        whole = counted.groupby("area")["quarter"].transform("size") == counted["quarter"].nunique()
        busy = counted.groupby("area")["count"].transform("mean") >= 1
        yield f"Rio: {name}", counted[whole & busy].drop(columns="CISP")


INTRODUCTION = """Made by `python -m tests.studies.programmes`. A programme starts in its areas one
after another over {steps} quarters, each with {before} quarters before and {after} after its start;
areas not yet treated are comparison areas until their start. Size is the share of intervals at 95 %
that do not hold the truth; the half width is that of the log rate ratio, its median; bias the mean
error. "Change" is the areas' own change together (`pooled_change`): the share of its one-sided
limits at 95 %, upper and lower, that the truth lies beyond. Areas differ in size (log normal, .5),
{amount} reports a quarter on the average,
area-quarter shocks of 15 % with autocorrelation .5. "As if independent" pools the areas' own
estimates by their own errors, as is often done; measured on the first {warned} replications, and
not offered.
{replications} replications a setting: Monte Carlo error of a size of .05: {error:.4f}.
"""

DISPLACED = """
### Next door

Two areas next to each treated one, in which nothing moved (`pooled_displacement`).
"""

REAL = """
### Real areas where nothing happened

Areas, starts and roles are drawn anew {draws} times among the boroughs of London (2010-2021) and
the precincts around the city of Rio de Janeiro (2006-2014, at least one report a quarter on the
average). The draws share one panel and are not independent of each other: Monte Carlo error of a
size of .05 at least {error:.3f}.
"""


def report(tables: dict[str, pd.DataFrame], replications: int, draws: int) -> str:
    """The section of the document."""
    error = [np.sqrt(0.05 * 0.95 / n) for n in (replications, draws)]
    head = INTRODUCTION.format(
        steps=STEPS, before=BEFORE, after=AFTER, amount=AMOUNT, warned=WARNED,
        replications=replications, error=error[0],
    )  # fmt: skip
    parts = [head, as_markdown(tables["simulated"]), "\n### Harder settings\n",
             as_markdown(tables["changed"]), DISPLACED,
             as_markdown(tables["displaced"])]  # fmt: skip
    if "real" in tables:
        parts += [REAL.format(draws=draws, error=error[1]), as_markdown(tables["real"])]
    return "\n".join(parts)


def main() -> None:
    from tests.studies.london import read_panels
    from tests.studies.publish import publish

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--london", type=Path, help="folder with the London boroughs' tables")
    parser.add_argument("--rio", type=Path, help="folder with the precincts' tables")
    asked = parser.parse_args()
    real_ones = []
    if asked.london:
        panels = {f"London: {n}": p for n, p in read_panels(asked.london).items() if n in LONDON}
        real_ones.append(real_table(panels, [(1, 8), (5, 12), (12, 20)], asked.draws))
    if asked.rio:
        panels = dict(rio_panels(asked.rio))
        real_ones.append(real_table(panels, [(5, 8), (12, 12), (20, 12), (38, 20)], asked.draws))
    tables = {"real": pd.concat(real_ones)} if real_ones else {}
    tables["simulated"] = simulated_table(asked.replications)
    tables["changed"] = changed_table(asked.replications)
    tables["displaced"] = displaced_table(asked.replications)
    publish("programmes", report(tables, asked.replications, asked.draws))


if __name__ == "__main__":
    main()
