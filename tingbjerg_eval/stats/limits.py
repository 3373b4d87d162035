"""One-sided limits of what lies under one area's figures: of a level, a change, any contrast.

A figure moves by counting error and because an area moves by itself from window to window. The
comparison areas tell the second: their own changes between the same windows vary by tau2 beyond
counting, and tau2 has the confidence distribution of the predictive step. Only the totals of the
windows are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaincinv, gammaincinv, ndtri

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import refuse_few, refuse_windows
from tingbjerg_eval.stats.movement import Movement, movement, movement_of
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Remark
from tingbjerg_eval.study.design import Design, Window


@dataclass(frozen=True, kw_only=True)
class OneSided:
    """A figure with its one-sided limits.

    Attributes
    ----------
    value
        The figure as counted.
    lower, upper
        Each a limit at ``level`` by itself: what lies under the figure is below ``upper`` (above
        ``lower``) with that confidence. Together they are an interval at ``2 * level - 1``.
    n_comparison
        Comparison areas that told how much an area moves by itself; 0 where too few did.
    remarks
        What a reader must know beside the figure.
    """

    value: float
    lower: float
    upper: float
    level: float
    n_comparison: int
    remarks: tuple[Remark, ...] = ()


@estimator
def level_limits(
    panel: pd.DataFrame,
    design: Design,
    *,
    window: Window | None = None,
    level: float = 0.95,
    area: str | None = None,
) -> OneSided:
    """The reports of one area in a window, with one-sided limits of the number that was to expect.

    Garwood's exact limits carry the counting error; how much an area moves by itself is what the
    comparison areas' changes from the baseline to ``window`` vary beyond it. A baseline without
    reports is no obstacle; none in the window gives 0 with an exact upper limit (3.0 reports at
    95 % where areas do not move by themselves). In the unit of the panel's counts: divide by the
    exposure for a rate.

    Parameters
    ----------
    window
        First and last quarter; the design's period when not given.
    level
        Of each limit by itself.
    area
        The treated area when not given.

    Returns
    -------
    OneSided
        The reports with their lower and their upper limit.

    Raises
    ------
    MethodRefused
        ``counts-only``, ``part-years``, ``break``, or rows missing, twice or unusable.

    Examples
    --------
    >>> limits = te.level_limits(study.panel("burglary"), study.design)
    >>> limits.lower < limits.value < limits.upper
    True
    """
    area, design = _asked(design, level, area, window)
    cells = read_cells(panel, design, areas=(area,))
    count = float(cells["count"][0, cells.within(design.period)].sum())
    moved = movement(panel, design, area=area)
    lower, upper = count_limits(count, moved, level)
    return OneSided(
        value=count, lower=lower, upper=upper, level=level,
        n_comparison=moved.n_comparison, remarks=moved.remarks,
    )  # fmt: skip


@estimator
def change_limits(
    panel: pd.DataFrame, design: Design, *, level: float = 0.95, area: str | None = None
) -> OneSided:
    """The rate ratio of one area, period over baseline, with one-sided limits.

    As :func:`level_limits`; the counting error is that of the exact conditional limits of two
    counts (Przyborowski & Wilenski 1940). None in the period: the ratio is 0 and has an upper
    limit; none in the baseline: it is infinite and has a lower one; none in either: ``nan``.

    Parameters
    ----------
    level
        Of each limit by itself.
    area
        The area described; the treated one when not given.

    Returns
    -------
    OneSided
        The ratio with its lower and its upper limit.

    Raises
    ------
    MethodRefused
        As :func:`level_limits`.

    Examples
    --------
    >>> limits = te.change_limits(study.panel("burglary"), study.design)
    >>> limits.lower < limits.value < limits.upper
    True
    """
    area, design = _asked(design, level, area, None)
    cells = read_cells(panel, design, areas=(area,))
    moved = movement(panel, design, area=area)
    value, lower, upper = ratio_limits(window_totals(cells, design), moved, level)
    return OneSided(
        value=value, lower=lower, upper=upper, level=level,
        n_comparison=moved.n_comparison, remarks=moved.remarks,
    )  # fmt: skip


@estimator
def contrast_limits(
    change: float,
    variance: float,
    others: Sequence[float],
    other_variances: Sequence[float],
    *,
    level: float = 0.95,
) -> tuple[float, float]:
    """One-sided limits of any contrast of one area (a slope, a gap), lower and upper.

    Parameters
    ----------
    change, variance
        The area's contrast, on a scale where errors add (logs of counts, points of shares), and
        its sampling variance.
    others, other_variances
        The same contrast of the comparison areas, at least five, with its sampling variances:
        what they vary beyond sampling is how far such a contrast moves by itself.
    level
        Of each limit by itself.

    Returns
    -------
    tuple of float
        The lower and the upper limit, on the scale of ``change``.

    Raises
    ------
    MethodRefused
        ``few-comparison-areas``, ``no-variation``, ``level``.

    Examples
    --------
    >>> lower, upper = te.contrast_limits(-0.4, 0.01, [-0.1, 0.0, 0.1, 0.05, -0.05], [0.01] * 5)
    >>> lower < -0.4 < upper
    True
    """
    refuse_level(level)
    refuse_few(len(others))
    reach = movement_of(np.asarray(others, float), np.asarray(other_variances, float)).reach(
        level, float(np.sqrt(variance))
    )
    return change - reach, change + reach


@dataclass(frozen=True)
class Totals:
    """Reports and exposure of one area in both windows."""

    before: float
    after: float
    exposure_before: float
    exposure_after: float

    @property
    def ratio(self) -> float:
        """The rate ratio as counted: infinite from nothing, ``nan`` from nothing to nothing."""
        if self.before:
            return self.after / self.before * self.exposure_before / self.exposure_after
        return np.inf if self.after else np.nan


def window_totals(cells: Cells, design: Design) -> Totals:
    """The totals of the first area of the cells."""
    parts = [cells.within(window) for window in (design.baseline, design.period)]
    (b, p), (eb, ep) = (
        [float(cells[name][0, part].sum()) for part in parts] for name in ("count", "population")
    )
    return Totals(b, p, eb, ep)


def count_limits(count: float, moved: Movement, level: float) -> tuple[float, float]:
    """One-sided limits of the number to expect where ``count`` came."""
    return _spread(count, _garwood(count, level), moved, level)


def ratio_limits(totals: Totals, moved: Movement, level: float) -> tuple[float, float, float]:
    """Rate ratio with its one-sided limits."""
    if totals.before == 0 and totals.after == 0:
        return np.nan, 0.0, np.inf
    exposed = totals.exposure_before / totals.exposure_after
    exact = [exposed * one for one in _clopper_pearson(totals.before, totals.after, level)]
    if totals.before == 0:
        return np.inf, _spread(np.inf, exact, moved, level, totals)[0], np.inf
    return totals.ratio, *_spread(totals.ratio, exact, moved, level, totals)


def ratio_p_value(totals: Totals, moved: Movement) -> float:
    """Two-sided, of no change: twice the tail at which the nearer limit touches it."""
    from scipy.optimize import brentq

    away = float(np.log(totals.ratio))

    def short(log_tail: float) -> float:
        tail = float(np.exp(log_tail))
        lower, upper = _clopper_pearson(totals.before, totals.after, 1 - tail)
        limit = (lower if away > 0 else upper) * totals.exposure_before / totals.exposure_after
        error = max(0.0, abs(np.log(limit) - away) / -float(ndtri(tail)))
        return moved.tail(abs(away), error) - tail

    least, most = np.log(1e-12), np.log(0.5 - 1e-9)
    if away == 0 or short(most) >= 0:
        return 1.0
    return 2e-12 if short(least) <= 0 else 2 * float(np.exp(brentq(short, least, most, xtol=1e-10)))


def _asked(
    design: Design, level: float, area: str | None, window: Window | None
) -> tuple[str, Design]:
    """The area, and the design with the window as its period, after all refusals."""
    refuse_level(level)
    if not design.in_quarters:
        raise MethodRefused(
            "counts-only", "Shares have no counts to limit.", "Use compare_periods for shares."
        )
    area = design.treated if area is None else area
    if window is not None and tuple(window) != design.period:
        design = design.with_(period=tuple(window))
    refuse_windows(design, (area,))
    return area, design


def _spread(
    value: float,
    exact: Sequence[float],
    moved: Movement,
    level: float,
    totals: Totals | None = None,
) -> tuple[float, float]:
    """The exact limits drawn apart by the area's own movement.

    Each exact limit's distance from the figure, over the normal quantile, is the counting error
    to that side; movement and error are then added as variances. Without movement the limits
    are the exact ones. A figure of 0 (or infinity) stands at half a report for this.
    """
    quantile = float(ndtri(level))
    centre = np.log(_moved_off_zero(value, totals))
    lower, upper = exact

    def end(limit: float, side: int) -> float:
        if limit in (0.0, np.inf):
            return limit
        error = max(0.0, side * (np.log(limit) - centre)) / quantile
        return float(np.exp(centre + side * moved.reach(level, error)))

    return end(lower, -1), end(upper, 1)


def _moved_off_zero(value: float, totals: Totals | None) -> float:
    if 0 < value < np.inf:
        return value
    if totals is None:
        return 0.5
    exposed = totals.exposure_before / totals.exposure_after
    return (totals.after + 0.5) / (totals.before + 0.5) * exposed


def _garwood(count: float, level: float) -> tuple[float, float]:
    """Exact one-sided limits of a Poisson mean."""
    lower = float(gammaincinv(count, 1 - level)) if count else 0.0
    return lower, float(gammaincinv(count + 1, level))


def _clopper_pearson(before: float, after: float, level: float) -> tuple[float, float]:
    """Exact one-sided limits of the ratio of two Poisson means, after over before."""
    lower = float(betaincinv(after, before + 1, 1 - level)) if after else 0.0
    upper = float(betaincinv(after + 1, before, level)) if before else 1.0
    return _odds(lower), _odds(upper)


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else np.inf
