"""Synthetic difference-in-differences placebos of 30 comparison areas, against diff-diff.

Run by hand: ``python tests/benchmarks/bench_synthetic.py`` (diff-diff is no dependency of the
project; ``pip install diff-diff`` first). Both run in turn in one process, so the ratio does not
depend on the machine. diff-diff draws placebos at random and re-runs its estimator for each draw;
here every comparison area is treated once.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.synthetic import all_effects

AREAS, QUARTERS, BEFORE, ROUNDS = 30, 24, 12, 5


def outcomes() -> np.ndarray:
    """Log rates of one treated and 30 comparison areas, made here."""
    rng = np.random.default_rng(20100101)
    shape = (AREAS + 1, QUARTERS)
    drift = 0.03 * rng.normal(size=shape).cumsum(axis=1)
    return rng.normal(size=(AREAS + 1, 1)) + drift + 0.2 * rng.normal(size=shape)


def enumerated(matrix: np.ndarray) -> tuple[float, float]:
    """The estimate and the spread of all placebos, by this project."""
    before = np.arange(QUARTERS) < BEFORE
    effect, *placebos = all_effects(matrix, before)
    return effect, np.std(placebos)


def drawn(matrix: np.ndarray, *, seed: int, draws: int) -> tuple[float, float]:
    """The estimate and the spread of drawn placebos, by diff-diff."""
    from diff_diff import SyntheticDiD

    units, times = np.indices(matrix.shape)
    long = pd.DataFrame(
        {"unit": units.ravel(), "time": times.ravel(), "y": matrix.ravel(),
         "treated": (units.ravel() == 0).astype(int)}
    )  # fmt: skip
    fit = SyntheticDiD(variance_method="placebo", n_bootstrap=draws, seed=seed).fit(
        long, outcome="y", treatment="treated", unit="unit", time="time",
        post_periods=list(range(BEFORE, QUARTERS)),
    )  # fmt: skip
    return fit.att, fit.se


def seconds(function, *arguments, **options) -> float:
    """Least processor time of several runs."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        function(*arguments, **options)
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    """Print the estimates, the spreads and the ratio of the times."""
    matrix = outcomes()
    effect, spread = enumerated(matrix)
    peers = [drawn(matrix, seed=seed, draws=200) for seed in range(5)]
    print(f"estimate: here {effect:.10f}, diff-diff {peers[0][0]:.10f}")
    low, high = min(spread for _, spread in peers), max(spread for _, spread in peers)
    print(f"placebo spread: here {spread:.4f} always, diff-diff {low:.4f}-{high:.4f} by seed")
    own = seconds(enumerated, matrix)
    for draws in (200, 1000):
        peer = seconds(drawn, matrix, seed=1, draws=draws)
        print(
            f"processor time: here {own:.3f} s (all {AREAS}), diff-diff {peer:.3f} s "
            f"({draws} draws), ratio {peer / own:.1f}"
        )


if __name__ == "__main__":
    main()
