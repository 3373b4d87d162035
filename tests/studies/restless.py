"""What a treated area more restless than the others does to the headline, and what its rule mends.

    python -m tests.studies.restless [--replications 1000]

Simulated counts without an effect: coverage at 95 % and median width of the plain interval, and of
the interval widened by the baseline's dispersion ratio (by quarters, and by years).
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import pandas as pd

from tests.studies.coverage import Cell, as_markdown, draw_counts, headline, widening


def measure(cell: Cell, replications: int, seed: int) -> dict[str, float]:
    """Coverage of each interval, and its width over the plain one's."""
    draws = draw_counts(cell, replications, np.random.default_rng(seed))
    rules = {"plain": np.ones(replications)}
    rules |= {name: widening(draws, step) for name, step in (("quarters", 1), ("years", 4))}
    row, widths = {}, {}
    for name, ratio in rules.items():
        lower, upper, _ = headline(draws, ratio)
        row[name] = float(((lower <= 0) & (upper >= 0)).mean())
        widths[name] = float(np.median(upper - lower))
    return row | {
        f"width, {name}": widths[name] / widths["plain"] for name in ("quarters", "years")
    }


def grid() -> dict[str, Cell]:
    """Alike and restless areas, by name."""
    kinds = {
        "alike, 40 a quarter": Cell(),
        "alike, 40, autocorrelation .5": Cell(autocorrelation=0.5),
        "alike, 160, autocorrelation .5": Cell(amount=160, autocorrelation=0.5),
        "shock variance x2, 40": Cell(unrest=2),
        "x2, 40, autocorrelation .5": Cell(unrest=2, autocorrelation=0.5),
        "x2, 160": Cell(unrest=2, amount=160),
        "x2, 160, autocorrelation .5": Cell(unrest=2, amount=160, autocorrelation=0.5),
        "x4, 40": Cell(unrest=4),
        "overdispersion 4 against 2, 40": Cell(overdispersion=(4.0, 2.0)),
    }
    return {
        f"J {j}, {baseline} + 12: {name}": replace(cell, n_comparison=j, baseline=baseline)
        for j, baseline in ((8, 8), (20, 16))
        for name, cell in kinds.items()
    }


def main() -> None:
    """Print the table row by row, as each is ready."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=1000)
    asked = parser.parse_args()
    for number, (name, cell) in enumerate(grid().items()):
        row = {"setting": name} | measure(cell, asked.replications, 20100331 + number)
        lines = as_markdown(pd.DataFrame([row])).splitlines()
        print("\n".join(lines if number == 0 else lines[2:]), flush=True)


if __name__ == "__main__":
    main()
