"""The conservative collapsed t: one number per area, a t on J - 1, and how far it bends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.changes import AreaChanges, area_changes
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Remark
from tingbjerg_eval.study.design import Design

LEAST_RATIO = 0.5
"""Noise ratio from which Lau & Li's closed form is exact."""
ALWAYS_EXACT = 0.92
"""Level from which Student's t is conservative for any variances; at .90 it is for few areas."""
MOST_AREAS = 13


@dataclass(frozen=True, kw_only=True)
class CollapsedT:
    """The collapsed t beside the headline.

    Attributes
    ----------
    estimate
        Treated change minus the plain mean of the comparison changes, with the conservative
        interval.
    standard_error
        ``s_C * sqrt(max(1, r) + 1/J)`` in the unit of the changes (log or percentage points).
    noise_ratio
        Square root of r: the treated area's sampling error over the comparison areas' (root mean
        square).
    breakdown_ratio
        rho*: how many times noisier than the comparison areas the treated area would have to be
        for the interval to touch no change; 0 where no ratio gives a finding. A finding holds
        while the true ratio is below it.
    """

    estimate: Estimate
    standard_error: float
    noise_ratio: float
    breakdown_ratio: float


@estimator
def collapsed_t(data: pd.DataFrame, design: Design, *, level: float = 0.95) -> CollapsedT:
    """Equal-weight difference of changes with ``s_C * sqrt(max(1, r) + 1/J)`` and t on J - 1.

    s_C is the standard deviation of the comparison areas' changes and r the treated area's sampling
    variance over their mean sampling variance, so a treated area smaller than the others gets a
    wider interval and a larger one never a narrower (Donald & Lang 2007; Lau & Li 2025).

    Returns
    -------
    CollapsedT
        Its ``estimate``, the standard error, and how much noisier the treated area might be.

    Raises
    ------
    MethodRefused
        As :func:`tingbjerg_eval.stats.changes.area_changes`.

    Examples
    --------
    >>> te.collapsed_t(study.panel("burglary"), study.design).estimate
    <Estimate collapsed_t: rate ratio 0.657 [0.568; 0.76] at 95 %>
    """
    return collapsed(area_changes(data, design), level=level)


def collapsed(changes: AreaChanges, *, level: float = 0.95) -> CollapsedT:
    """The collapsed t from changes already made; the first area is the treated one."""
    refuse_level(level)
    others, n = changes.change[1:], changes.n_comparison
    effect, spread = changes.change[0] - others.mean(), others.std(ddof=1)
    if spread <= 1e-14 * np.abs(changes.change).max():
        raise _no_spread()
    ratio = _variance_ratio(changes.variance)
    error = spread * np.sqrt(max(1.0, ratio) + 1 / n)
    half = stdtrit(n - 1, (1 + level) / 2) * error
    breakdown = breakdown_ratio(effect / spread, n, level=level)
    on_scale = changes.on_scale
    return CollapsedT(
        estimate=Estimate(
            estimand="change beyond the plain mean of the comparison areas",
            scale=changes.scale,
            value=float(on_scale(effect)),
            lower=float(on_scale(effect - half)),
            upper=float(on_scale(effect + half)),
            level=level,
            p_value=float(2 * stdtr(n - 1, -abs(effect) / error)),
            method="collapsed_t",
            n_treated=1,
            n_comparison=n,
            remarks=_inexact(n, level, breakdown),
        ),
        standard_error=float(error),
        noise_ratio=float(np.sqrt(ratio)),
        breakdown_ratio=breakdown,
    )


def breakdown_ratio(distance: float, n_comparison: int, *, level: float = 0.95) -> float:
    """rho* for an effect ``distance`` comparison standard deviations away (Lau & Li 2025).

    Exact from :data:`LEAST_RATIO` on; a smaller value only says that rho* lies below it.

    >>> round(breakdown_ratio(3.0, 8), 3)
    1.218
    """
    reached = (distance / stdtrit(n_comparison - 1, (1 + level) / 2)) ** 2
    return float(np.sqrt(max(0.0, reached - 1 / n_comparison)))


def critical_value(n_comparison: int, *, noise_ratio: float = 1.0, level: float = 0.95) -> float:
    """How many comparison standard deviations an effect must measure (Lau & Li 2025, table 1).

    Raises
    ------
    MethodRefused
        ``inexact`` where the closed form is not exact: a noise ratio below :data:`LEAST_RATIO`, a
        level below .90, or one below :data:`ALWAYS_EXACT` with more than :data:`MOST_AREAS` areas.

    >>> round(critical_value(10), 3)
    2.373
    """
    _refuse_inexact(n_comparison, noise_ratio, level)
    t = stdtrit(n_comparison - 1, (1 + level) / 2)
    return float(t * np.sqrt(noise_ratio**2 + 1 / n_comparison))


def _exact_level(n_comparison: int, level: float) -> bool:
    return level >= ALWAYS_EXACT or (level >= 0.9 and n_comparison <= MOST_AREAS)


def _inexact(n_comparison: int, level: float, breakdown: float) -> tuple[Remark, ...]:
    found = [] if _exact_level(n_comparison, level) else [Remark("inexact-level")]
    if 0 < breakdown < LEAST_RATIO:
        found.append(Remark("inexact-breakdown", least=LEAST_RATIO))
    return tuple(found)


def _refuse_inexact(n_comparison: int, noise_ratio: float, level: float) -> None:
    if noise_ratio < LEAST_RATIO or not _exact_level(n_comparison, level):
        raise MethodRefused(
            "inexact",
            f"The closed form is not exact at noise ratio {noise_ratio}, level {level} and "
            f"{n_comparison} comparison areas.",
            f"Ask for a noise ratio of {LEAST_RATIO} or more and a level of {ALWAYS_EXACT} or more "
            f"(0.90 with at most {MOST_AREAS} areas).",
        )


def _variance_ratio(variance: np.ndarray) -> float:
    """The treated area's sampling variance over the others' mean; 1 where none is given."""
    others = variance[1:].mean()
    if others == 0:
        return 1.0 if variance[0] == 0 else np.inf
    return float(variance[0] / others)


def _no_spread() -> MethodRefused:
    return MethodRefused(
        "no-variation",
        "The comparison areas changed by exactly the same, so their spread says nothing of how "
        "much an area may change by itself.",
        "Use difference_in_differences, which knows the sampling error of each change.",
    )
