"""Coverage of the headline's interval on counts by year, by simulation.

    python -m tests.studies.years [REPLICATIONS]

Areas' log rates move by quarter as a first-order autoregression; Poisson reports are summed to
years, and the treated area has no effect. Printed: the share of 95 % intervals of
``difference_in_differences`` and ``compare_periods`` that hold no change, with the Monte Carlo
standard error.
"""

from __future__ import annotations

import sys
from itertools import product

import numpy as np
import pandas as pd

import tingbjerg_eval as te

SEED, SHOCK, PERIOD = 20100331, 0.15, 3


def drawn(
    rng: np.random.Generator, areas: int, years: int, amount: float, together: float
) -> pd.DataFrame:
    """``area, year, count, population``; ``amount`` is reports a year."""
    moved = np.empty((areas, 4 * years))
    moved[:, 0] = rng.normal(0, SHOCK, areas)
    for at in range(1, 4 * years):
        fresh = rng.normal(0, SHOCK * np.sqrt(1 - together**2), areas)
        moved[:, at] = together * moved[:, at - 1] + fresh
    counts = rng.poisson(amount / 4 * np.exp(moved)).reshape(areas, years, 4).sum(axis=2)
    rows = [(str(area), 2000 + year, counts[area, year], 1000)
            for area, year in product(range(areas), range(years))]  # fmt: skip
    return pd.DataFrame(rows, columns=["area", "year", "count", "population"])


def main(replications: int) -> None:
    rng = np.random.default_rng(SEED)
    print("others  baseline  reports/year  autocorrelation  headline  before-after  (s.e.)")
    for others, baseline, amount, together in product((6, 12), (2, 4), (40, 200), (0.0, 0.8)):
        design = te.Design(
            treated="0", comparison=[str(one) for one in range(1, others + 1)],
            baseline=(2000, 1999 + baseline), period=(2000 + baseline, 1999 + baseline + PERIOD),
        )  # fmt: skip
        held = np.zeros(2)
        for _ in range(replications):
            data = drawn(rng, others + 1, baseline + PERIOD, amount, together)
            for at, method in enumerate((te.difference_in_differences, te.compare_periods)):
                found = method(data, design)
                held[at] += found.lower <= 1 <= found.upper
        share = held / replications
        error = np.sqrt(share * (1 - share) / replications)
        print(f"{others:6d}  {baseline:8d}  {amount:12d}  {together:15.1f}  {share[0]:8.3f}"
              f"  {share[1]:12.3f}  ({error[0]:.3f}, {error[1]:.3f})", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
