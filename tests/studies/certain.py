"""How often "certain" is wrong: the one-sided limits where the truth lies exactly at the goal.

    python -m tests.studies.certain [--replications 1000]

Simulated counts with area shocks of 15 % a quarter that hang together; writes the table of
``docs/methods``. An error is a limit that excludes the truth on its side; 5 % are promised.
"""

from __future__ import annotations

import argparse
from itertools import product

import numpy as np
import pandas as pd

from tests.studies.coverage import SHOCK, Cell, as_markdown, shocks
from tingbjerg_eval.stats.cells import Cells
from tingbjerg_eval.stats.limits import Totals, contrast_limits, count_limits, ratio_limits
from tingbjerg_eval.stats.movement import Movement, movement_of, own_movement, self_moved
from tingbjerg_eval.study.design import Design

BASELINE, PERIOD = 8, 12
TRUE_RATIO = 0.8
LEVEL = 0.95
DESIGN = Design(
    treated="T", comparison=("C",), baseline=("2008K1", "2009K4"), period=("2010K1", "2012K4")
)


def counted(cell: Cell, replications: int, rng: np.random.Generator) -> np.ndarray:
    """Counts, replications x areas x quarters; the first area has changed by the true ratio."""
    times = BASELINE + PERIOD
    moved = shocks(rng, cell, (replications, cell.n_comparison + 1), times, SHOCK)
    season = np.array([1.1, 0.9, 0.95, 1.05])[np.arange(times) % 4]
    rate = cell.amount * season * np.exp(moved - SHOCK**2 / 2)
    rate[:, 0, BASELINE:] *= TRUE_RATIO
    return rng.poisson(rate)


def moves(counts: np.ndarray, last: int) -> Movement:
    """The comparison areas' movement from the baseline to the last quarters."""
    before = counts[1:, :BASELINE].sum(axis=1) + 0.5
    after = counts[1:, -last:].sum(axis=1) + 0.5
    return movement_of(np.log(after / before * BASELINE / last), 1 / before + 1 / after)


def by_itself(counts: np.ndarray) -> Movement:
    """The treated area's movement where no comparison area tells."""
    measures = {"count": counts[:1], "population": np.ones((1, counts.shape[1]))}
    times = (*DESIGN.baseline_times, *DESIGN.period_times)
    return self_moved(own_movement(Cells(areas=("T",), times=times, measures=measures), DESIGN))


def slope_limits(counts: np.ndarray) -> tuple[float, float]:
    """Of a straight line through the log totals of the period's years and the last before."""
    yearly = counts[:, BASELINE - 4 :].reshape(len(counts), -1, 4).sum(axis=2) + 0.5
    at = np.arange(yearly.shape[1]) - (yearly.shape[1] - 1) / 2
    weight = at / (at**2).sum()
    slope, variance = np.log(yearly) @ weight, (1 / yearly) @ weight**2
    return contrast_limits(slope[0], variance[0], slope[1:], variance[1:], level=LEVEL)


def errors(cell: Cell, replications: int, seed: int) -> dict[str, float]:
    """Shares of false "certainly more" and "certainly less" for each figure."""
    drawn = counted(cell, replications, np.random.default_rng(seed))
    at = np.arange(4) - 1.5
    expected = cell.amount * TRUE_RATIO
    slope = float(np.r_[0, np.full(3, np.log(TRUE_RATIO))] @ at / (at**2).sum())
    truth = {
        "change": TRUE_RATIO,
        "level, last year": 4 * expected,
        "level, period": PERIOD * expected,
        "slope": slope,
        "change, no comparison": TRUE_RATIO,
    }
    wrong = {f"{name}: {side}": 0 for name in truth for side in ("too low", "too high")}
    for counts in drawn:
        for name, (lower, upper) in limits(counts).items():
            wrong[f"{name}: too low"] += upper < truth[name]
            wrong[f"{name}: too high"] += lower > truth[name]
    return {name: found / replications for name, found in wrong.items()}


def limits(counts: np.ndarray) -> dict[str, tuple[float, float]]:
    """Every figure's two one-sided limits in one replication."""
    own = counts[0]
    totals = Totals(own[:BASELINE].sum(), own[BASELINE:].sum(), BASELINE, PERIOD)
    year, period = moves(counts, 4), moves(counts, PERIOD)
    return {
        "change": ratio_limits(totals, period, LEVEL)[1:],
        "level, last year": count_limits(float(own[-4:].sum()), year, LEVEL),
        "level, period": count_limits(float(own[BASELINE:].sum()), period, LEVEL),
        "slope": slope_limits(counts),
        "change, no comparison": ratio_limits(totals, by_itself(counts), LEVEL)[1:],
    }


def grid() -> list[Cell]:
    """Autocorrelation 0 to .8, 5 to 160 reports a quarter, 5 to 20 comparison areas; hard first."""
    return [
        Cell(n_comparison=j, amount=amount, autocorrelation=phi)
        for phi, amount, j in product((0.8, 0.5, 0), (160, 40, 5), (8, 20, 5))
    ]


def main() -> None:
    """Print the table row by row, as each is ready."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=1000)
    asked = parser.parse_args()
    for number, cell in enumerate(grid()):
        setting = {
            "areas": cell.n_comparison,
            "reports": cell.amount,
            "autocorrelation": f"{cell.autocorrelation:g}",
        }
        found = errors(cell, asked.replications, 20100331 + number)
        lines = as_markdown(pd.DataFrame([setting | found])).splitlines()
        print("\n".join(lines if number == 0 else lines[2:]), flush=True)


if __name__ == "__main__":
    main()
