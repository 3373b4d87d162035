"""How fast the headline is beside what else gives an answer, in one run on one machine.

    PYTHONPATH=. OMP_NUM_THREADS=1 python tests/benchmarks/bench_headline.py

needs pyfixest[numba] and statsmodels beside the package. Panels are drawn; times are the best of
several runs of processor time, so ratios hold on other machines too.
"""

from __future__ import annotations

import resource
import time
import warnings
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pyfixest
import statsmodels.formula.api as smf

from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.placebos import placebo_areas
from tingbjerg_eval.study.design import Design

INDICATORS = 8
DRAWS = 9_999


def best(work: Callable[[], object], runs: int) -> float:
    """Least processor time of ``runs`` in seconds, after one run to warm up."""
    work()
    found = []
    for _ in range(runs):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def drawn_panel(n_areas: int, n_quarters: int, seed: int) -> tuple[pd.DataFrame, Design]:
    """A drawn panel and its design: baseline to the middle, period from it."""
    rng = np.random.default_rng(seed)
    areas = [f"area {number:04d}" for number in range(n_areas)]
    quarters = [f"{2000 + at // 4}K{at % 4 + 1}" for at in range(n_quarters)]
    half = n_quarters // 8 * 4
    panel = pd.DataFrame(
        {
            "area": np.repeat(areas, n_quarters),
            "quarter": np.tile(quarters, n_areas),
            "count": rng.poisson(40 * np.exp(rng.normal(0, 0.15, n_areas * n_quarters))),
            "population": 5000,
        }
    )
    design = Design(
        treated=areas[0],
        comparison=tuple(areas[1:]),
        baseline=(quarters[0], quarters[half - 1]),
        period=(quarters[half], quarters[-1]),
    )
    return panel, design


def regression_panel(panel: pd.DataFrame, design: Design) -> pd.DataFrame:
    """The same panel as a regression wants it."""
    hit = (panel["area"] == design.treated) & (panel["quarter"] >= design.period[0])
    rate = np.log((panel["count"] + 0.5) / panel["population"])
    return panel.assign(y=rate, d=hit.astype(float), unit=pd.factorize(panel["area"])[0])


def against_regressions() -> None:
    """30 areas x 24 quarters x 8 indicators; the draws on one indicator only, they are slow."""
    drawn = [drawn_panel(30, 24, seed) for seed in range(INDICATORS)]
    tables = [regression_panel(*one) for one in drawn]
    works = {
        "headline": (lambda: [difference_in_differences(*one) for one in drawn], 10),
        "pyfixest, cluster errors": (lambda: [clustered(t) for t in tables], 3),
        "statsmodels, cluster errors": (lambda: [by_dummies(t) for t in tables], 3),
    }
    times = {name: best(work, runs) / INDICATORS for name, (work, runs) in works.items()}
    times[f"pyfixest, {DRAWS:,} draws"] = best(lambda: ritest(tables[0], DRAWS), 2)
    print(f"30 areas x 24 quarters, processor time of one of {INDICATORS} indicators")
    for name, seconds in times.items():
        print(f"  {name:32s} {seconds * 1e3:10.1f} ms {seconds / times['headline']:8.1f} x")


def clustered(table: pd.DataFrame) -> object:
    """Two-way fixed effects with cluster-robust errors."""
    return pyfixest.feols("y ~ d | area + quarter", table, vcov={"CRV1": "unit"})


def by_dummies(table: pd.DataFrame) -> object:
    """The same by dummies."""
    model = smf.ols("y ~ d + C(area) + C(quarter)", table)
    return model.fit(cov_type="cluster", cov_kwds={"groups": table["unit"]})


def ritest(table: pd.DataFrame, draws: int) -> object:
    """Randomisation inference; treatment is drawn cell by cell, as a clustered draw has no fit."""
    fit = pyfixest.feols("y ~ d | area+quarter", table, vcov="iid")
    rng = np.random.default_rng(1)
    return fit.ritest(resampvar="d", reps=draws, choose_algorithm="fast", rng=rng)


def placebos_of_many_areas() -> None:
    """2,000 areas x 60 quarters, every area in turn, and the memory it takes."""
    panel, design = drawn_panel(2_000, 60, 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = best(lambda: placebo_areas(panel, design), 3)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    one = best(lambda: difference_in_differences(panel, design), 3)
    print(f"2,000 areas x 60 quarters: all placebo areas {seconds:.2f} s, headline {one:.2f} s")
    added = (peak - before) / 1024
    print(f"  peak memory of the process {peak / 1024:.0f} MB, of which added {added:.0f} MB")


def growth() -> None:
    """Cost of the headline and of all placebo areas as areas grow."""
    print("areas   headline   all placebo areas")
    for n_areas in (125, 250, 500, 1_000, 2_000):
        one = drawn_panel(n_areas, 24, 1)
        times = [
            best(partial(method, *one), 3) for method in (difference_in_differences, placebo_areas)
        ]
        print(f"{n_areas:5d} {times[0] * 1e3:8.1f} ms {times[1] * 1e3:12.1f} ms")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    placebos_of_many_areas()
    growth()
    against_regressions()
