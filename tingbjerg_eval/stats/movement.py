"""How far an area moves by itself from window to window, as the comparison areas tell.

Where there are too few, from its own quarters alone: the last resort. Twenty quarters that hang
together cannot tell how strongly they do. So that is not estimated: it is taken to be as strong as
the limits are promised for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, stdtr, stdtrit

from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import FEWEST_COMPARISON
from tingbjerg_eval.stats.predictive import predictive
from tingbjerg_eval.stats.remarks import Remark
from tingbjerg_eval.stats.units import quarter_numbers
from tingbjerg_eval.study.design import Design, times

WORST_AUTOCORRELATION = 0.8
"""Between neighbouring quarters; limits are promised up to it."""


@dataclass(frozen=True)
class Quarterly:
    """Variance of the log change that is the area's own, on Student's t with ``degrees``."""

    variance: float
    degrees: float


def own_movement(cells: Cells, design: Design) -> Quarterly:
    """What the first area's quarters scatter beyond counting, carried to its change.

    Expected counts are window x season (the fit of the log-linear model with both terms). Pearson's
    chi-squared beyond its degrees of freedom is the area's own variance, read as that of a first
    order autoregression at :data:`WORST_AUTOCORRELATION`: what such a series hides from residuals
    around its own window, and what it adds to the difference of two windows, is then exact.
    Degrees of freedom are Satterthwaite's for the same series.
    """
    count = cells["count"][0]
    after = cells.within(design.period)
    season = quarter_numbers(cells.times) % a_year(cells.times[0])
    expected = _expected(count, cells["population"][0], after, season)
    together = _correlations(quarter_numbers(cells.times), 4 // a_year(cells.times[0]))
    residual = _residual_maker(after, season)
    hidden = residual @ together
    kept = expected > 0
    squares = ((count[kept] - expected[kept]) ** 2 / expected[kept]).sum()
    excess = max(0.0, squares - np.trace(residual)) / (np.trace(hidden) * expected.mean())
    weight = after / after.sum() - ~after / (~after).sum()
    return Quarterly(
        variance=float(excess * (weight @ together @ weight)),
        degrees=float(np.trace(hidden) ** 2 / np.trace(hidden @ hidden)),
    )


def _correlations(numbers: np.ndarray, quarters: int) -> np.ndarray:
    """Correlations of periods that are means of ``quarters`` quarters each."""
    at = (quarters * numbers[:, None] + np.arange(quarters)).ravel()
    each = WORST_AUTOCORRELATION ** np.abs(np.subtract.outer(at, at))
    n = len(numbers)
    means = each.reshape(n, quarters, n, quarters).mean(axis=(1, 3))
    return np.asarray(means / means[0, 0])


def _expected(
    count: np.ndarray, exposure: np.ndarray, after: np.ndarray, season: np.ndarray
) -> np.ndarray:
    """Window total x share of the season among both windows, at equal exposure of quarters."""
    total = count.sum()
    rows = np.array([count[after == one].sum() / (after == one).sum() for one in after])
    columns = np.array([count[season == one].mean() for one in season])
    level = exposure / np.array([exposure[after == one].mean() for one in after])
    return rows * columns / (total / len(count)) * level if total else np.zeros(len(count))


def _residual_maker(after: np.ndarray, season: np.ndarray) -> np.ndarray:
    terms = np.column_stack(
        [np.ones(len(after)), after, *(season == one for one in np.unique(season)[1:])]
    )
    maker: np.ndarray = np.eye(len(after)) - terms @ np.linalg.pinv(terms.astype(float))
    return maker


@dataclass(frozen=True, eq=False)
class Movement:
    """How far an area moves by itself: variances with their probabilities, or one with a t.

    ``variance`` and ``mass`` are a mixture of normals; ``degrees`` is infinite but where the
    area's own quarters had to tell.
    """

    variance: np.ndarray
    mass: np.ndarray
    n_comparison: int
    degrees: float = float("inf")

    def tail(self, distance: float, error: float) -> float:
        """Probability of straying further than ``distance`` to one side, counting included."""
        if distance == 0:
            return 0.5
        with np.errstate(divide="ignore"):
            z = distance / np.sqrt(self.variance + error**2)
        beyond = ndtr(-z) if np.isinf(self.degrees) else stdtr(self.degrees, -z)
        return float(self.mass @ beyond)

    def reach(self, level: float, error: float) -> float:
        """The distance not strayed beyond, to one side, with probability ``level``."""
        from scipy.optimize import brentq

        if level <= 0.5 or not np.isfinite(error):
            return 0.0 if level <= 0.5 else np.inf
        widest = float(np.sqrt(self.variance.max() + error**2))
        far = widest * float(-stdtrit(self.degrees, (1 - level) / 2)) if widest else 0.0
        if far == 0:
            return 0.0
        most = far
        while self.tail(most, error) > 1 - level:
            most *= 2
        return float(brentq(lambda x: self.tail(x, error) - (1 - level), 0, most, xtol=1e-12))

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What must be said where the comparison areas could not tell."""
        return () if self.n_comparison else (Remark("own-quarters", wanted=FEWEST_COMPARISON),)


def movement(data: pd.DataFrame, design: Design, *, area: str) -> Movement:
    """How far ``area`` moves by itself from the design's baseline to its period.

    From every comparison area that the table holds whole and without an effort of its own. Fewer
    than five: from the area's own quarters.
    """
    others = telling_areas(data, design, area)
    if len(others) < FEWEST_COMPARISON:
        return self_moved(own_movement(read_cells(data, design, areas=(area,)), design))
    cells = read_cells(data, design, areas=others)
    before, after = (
        cells["count"][:, cells.within(window)].sum(axis=1) + 0.5
        for window in (design.baseline, design.period)
    )
    exposure = [
        cells["population"][:, cells.within(window)].sum(axis=1)
        for window in (design.baseline, design.period)
    ]
    change = np.log(after / before * exposure[0] / exposure[1])
    return movement_of(change, 1 / before + 1 / after)


def movement_of(change: np.ndarray, variance: np.ndarray) -> Movement:
    """From the comparison areas' changes and their sampling variances."""
    found = predictive(change, variance, 0.0)
    return Movement(found.tau2[0], found.mass[0], len(change))


def self_moved(own: Quarterly) -> Movement:
    """From one area's own quarters."""
    return Movement(np.array([own.variance]), np.array([1.0]), 0, own.degrees)


def telling_areas(data: pd.DataFrame, design: Design, area: str) -> tuple[str, ...]:
    """Comparison areas that can tell, in the design's order."""
    span = set(times((design.baseline[0], design.period[1])))
    touched = {
        effort.area
        for effort in design.contamination
        if span & set(times((effort.first, effort.last)))
    }
    rows = data[data["quarter"].isin([*design.baseline_times, *design.period_times])]
    whole = len(design.baseline_times) + len(design.period_times)
    held = rows.groupby("area", observed=True)["quarter"].nunique()
    return tuple(
        other
        for other in design.comparison
        if other != area and other not in touched and held.get(other, 0) == whole
    )
