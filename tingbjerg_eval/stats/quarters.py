"""How far one area moves by itself, from its own quarters alone: the last resort.

Twenty quarters that hang together cannot tell how strongly they do. So that is not estimated: it
is taken to be as strong as the limits are promised for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.stats.cells import Cells
from tingbjerg_eval.stats.units import quarter_numbers
from tingbjerg_eval.study.design import Design

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
