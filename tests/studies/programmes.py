"""Size, coverage and width of the programme's interval: many areas, staggered starts.

    python -m tests.studies.programmes [--replications 2000] [--london FOLDER] [--rio FOLDER]

draws panels with known truth (and draws programmes at random among real areas where nothing
happened), measures ``pooled_difference_in_differences`` and, as a warning, the areas' own
estimates pooled as if they were independent, and writes its part of ``docs/methods.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from tests.studies.coverage import as_markdown
from tingbjerg_eval.inputs.quarters import quarter_range, shift
from tingbjerg_eval.stats.changes import Cells
from tingbjerg_eval.stats.predictive import effects, predictive
from tingbjerg_eval.stats.shared_errors import shared_errors
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
WARNED = 300
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
def programme(treated: tuple[str, ...], compared: tuple[str, ...], first: str, steps: int) -> Programme:
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
    rate = cell.amount * size * season * np.exp(_shocks(cell.autocorrelation, len(areas), len(times), rng))
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
    wide = {n: panel.pivot(index="area", columns="quarter", values=n) for n in ("count", "population")}
    areas = rng.permutation(wide["count"].index)[: treated + compared]
    quarters = list(wide["count"].columns)
    last = len(quarters) - BEFORE - STEPS - AFTER
    first = quarters[rng.integers(0, last + 1)]
    ours = programme.__wrapped__(tuple(areas[:treated]), tuple(areas[treated:]), first, STEPS)
    measures = {n: w.loc[areas].to_numpy(float) for n, w in wide.items()}
    return Cells(areas=tuple(areas), times=tuple(quarters), measures=measures), ours, np.zeros(treated)


def measured(draw: Callable[[np.random.Generator], tuple], replications: int, seed: int) -> dict:
    """Share of intervals that miss the truth, their half width, and the naive pool's misses."""
    rng = np.random.default_rng(seed)
    misses, naive, widths, bias = [], [], [], []
    for _ in range(replications):
        cells, ours, true = draw(rng)
        stacked = stacked_cells(cells, ours)
        shared = shared_errors(stacked, np.ones(len(ours.treated)))
        found = effects(shared.observed, shared.expected)
        truth = shared.weight @ true
        misses.append(not found.lower[0] <= truth <= found.upper[0])
        widths.append((found.upper[0] - found.lower[0]) / 2)
        bias.append(found.value[0] - truth)
        if len(naive) < WARNED:
            naive.append(_naive(stacked, truth))
    return {
        "size": float(np.mean(misses)), "half width": float(np.median(widths)),
        "bias": float(np.mean(bias)), "as if independent: size": float(np.mean(naive)),
    }  # fmt: skip


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
