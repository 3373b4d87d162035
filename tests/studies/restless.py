"""What a treated area more restless than the others does to the headline, and what its rule mends.

    python -m tests.studies.restless [--replications 1000]

Simulated counts without an effect: coverage at 95 % and median width of the plain interval, and of
the interval widened by the baseline's dispersion ratio (by quarters, and by years).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tests.studies.coverage import CHUNK, LEVEL, PERIOD_QUARTERS, SHOCK, Cell, as_markdown, shocks
from tingbjerg_eval.stats.dispersion import MOST, Scatter
from tingbjerg_eval.stats.predictive import Predictive, predictive


@dataclass(frozen=True, kw_only=True)
class Restless(Cell):
    """A setting in which the treated area differs: shock variance and overdispersion."""

    shock: float = 1.0
    overdispersion: tuple[float, float] = (1.0, 1.0)


def counted(cell: Restless, replications: int, rng: np.random.Generator) -> np.ndarray:
    """Counts, replications x areas x quarters, the treated area first; nothing happened."""
    times = cell.baseline + PERIOD_QUARTERS
    moved = shocks(rng, cell, (replications, cell.n_comparison + 1), times, SHOCK)
    moved[:, 0] *= np.sqrt(cell.shock)
    season = np.array([1.1, 0.9, 0.95, 1.05])[np.arange(times) % 4]
    rate = cell.amount * season * np.exp(moved)
    for at, extra in zip((slice(0, 1), slice(1, None)), cell.overdispersion, strict=True):
        if extra > 1:
            rate[:, at] = rng.gamma(rate[:, at] / (extra - 1)) * (extra - 1)
    return rng.poisson(rate)


def ratios(counts: np.ndarray, step: int) -> np.ndarray:
    """The widening of each replication, from the baseline's counts."""
    pieces = counts.reshape(*counts.shape[:2], -1, step).sum(axis=3)
    rates = np.log(pieces + 0.5)
    rates = rates - rates[:, 1:].mean(axis=1, keepdims=True)
    variance, counting = rates.var(axis=2, ddof=1), 1 / (pieces.mean(axis=2) + 0.5)
    degrees = pieces.shape[2] - 1
    found = [
        Scatter(variance=v, counting=c, degrees=degrees).ratio()
        for v, c in zip(variance, counting, strict=True)
    ]
    return np.clip(found, 1.0, MOST)


def measure(cell: Restless, replications: int, seed: int) -> dict[str, float]:
    """Coverage of each interval, and its width over the plain one's."""
    counts = counted(cell, replications, np.random.default_rng(seed))
    early, late = counts[..., : cell.baseline], counts[..., cell.baseline :]
    before, after = early.sum(axis=2) + 0.5, late.sum(axis=2) + 0.5
    change, variance = np.log(after / before), 1 / before + 1 / after
    rules = {"plain": np.ones(replications)}
    rules |= {name: ratios(early, step) for name, step in (("quarters", 1), ("years", 4))}
    inside, widths = {name: [] for name in rules}, {name: [] for name in rules}
    for at in range(0, replications, CHUNK):
        part = slice(at, at + CHUNK)
        plain = predictive(change[part, 1:], variance[part, 1:], variance[part, 0])
        for name, ratio in rules.items():
            lower, upper = limits(plain, ratio[part])
            inside[name].append((lower <= change[part, 0]) & (change[part, 0] <= upper))
            widths[name].append(upper - lower)
    width = {name: float(np.median(np.concatenate(widths[name]))) for name in rules}
    row = {name: float(np.concatenate(inside[name]).mean()) for name in rules}
    return row | {f"width, {name}": width[name] / width["plain"] for name in ("quarters", "years")}


def limits(plain: Predictive, ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Predictive quantiles with the treated area's tau2 counted ``ratio`` times."""
    spread = np.sqrt(plain.spread**2 + (ratio[:, None] - 1) * plain.tau2)
    wider, tail = replace(plain, spread=spread), (1 - LEVEL) / 2
    return wider.quantile(tail), wider.quantile(1 - tail)


def grid() -> dict[str, Restless]:
    """Alike and restless areas, by name."""
    kinds = {
        "alike, 40 a quarter": Restless(),
        "alike, 40, autocorrelation .5": Restless(autocorrelation=0.5),
        "alike, 160, autocorrelation .5": Restless(amount=160, autocorrelation=0.5),
        "shock variance x2, 40": Restless(shock=2),
        "x2, 40, autocorrelation .5": Restless(shock=2, autocorrelation=0.5),
        "x2, 160": Restless(shock=2, amount=160),
        "x2, 160, autocorrelation .5": Restless(shock=2, amount=160, autocorrelation=0.5),
        "x4, 40": Restless(shock=4),
        "overdispersion 4 against 2, 40": Restless(overdispersion=(4.0, 2.0)),
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
