"""Period against baseline in one area: a description of what happened, not of an effect."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import refuse_windows
from tingbjerg_eval.stats.estimate import Estimate, Scale
from tingbjerg_eval.stats.exact import exact_rate_ratio
from tingbjerg_eval.stats.limits import ratio_limits, ratio_p_value, window_totals
from tingbjerg_eval.stats.movement import movement
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Remark
from tingbjerg_eval.stats.survey import wilson_interval
from tingbjerg_eval.study.design import Design, Window, times

ESTIMAND = "change from baseline to period, a description and not an effect"
FEW_REPORTS = 20


@estimator
def compare_periods(
    data: pd.DataFrame, design: Design, *, level: float = 0.95, area: str | None = None
) -> Estimate:
    """What changed in one area from baseline to period, whatever the cause.

    Counts: the ratio of the two windows' rates. Its interval knows the counting error (the exact
    conditional limits of two counts) and how much an area moves by itself between two such
    windows: what the comparison areas' changes vary beyond counting, with the uncertainty of
    that. Only the windows' totals are used. With fewer than five usable comparison areas the area's
    own quarters must tell, taken to hang together as strongly as the limits are promised for
    (:mod:`tingbjerg_eval.stats.movement`), and a remark says so.
    Shares: the mean of the period's waves minus the mean of the baseline's in percentage points,
    Newcombe's interval (1998, method 10) at the effective sample sizes; the p-value is one minus
    the largest level at which that interval leaves out 0.

    Parameters
    ----------
    data
        A panel for a design in quarters (with the rows of the comparison areas), a shares table
        for a design in waves (its ``effective_n`` is used where there is one).
    area
        The area described; the treated one when not given.

    Returns
    -------
    Estimate
        The area's own change; a description and not an effect.

    Raises
    ------
    MethodRefused
        ``part-years``, ``break``, ``all-zero-baseline``, ``all-zero-period``, or rows missing,
        twice or unusable.

    Source: Przyborowski & Wilenski (1940) for the counting error; Higgins, Thompson &
    Spiegelhalter (2009) and Nagashima, Noma & Furukawa (2019) for the areas' own movement;
    Newcombe (1998), Statistics in Medicine 17:873-890; Franco et al. (2019) for effective sizes.

    Examples
    --------
    >>> te.compare_periods(study.panel("burglary"), study.design)
    <Estimate compare_periods: rate ratio 0.653 [0.551; 0.773] at 95 %>
    """
    refuse_level(level)
    area = design.treated if area is None else area
    refuse_windows(design, (area,))
    if design.in_quarters:
        return _counts(data, design, area, level)
    return _shares(read_cells(data, design, areas=(area,)), data, design, level)


@estimator
def compare_bare_counts(
    panel: pd.DataFrame, design: Design, *, level: float = 0.95, area: str | None = None
) -> Estimate:
    """:func:`exact_rate_ratio` of one area's reports, period against baseline.

    Parameters and errors as :func:`compare_periods`, counts only.
    """
    area = design.treated if area is None else area
    if not design.in_quarters:
        raise MethodRefused(
            "counts-only", "Shares have no bare counts.", "Use compare_periods for shares."
        )
    refuse_windows(design, (area,))
    cells = read_cells(panel, design, areas=(area,))
    (later, earlier), (exposed_later, exposed_earlier) = (
        [cells[name][0, cells.within(window)].sum() for window in (design.period, design.baseline)]
        for name in ("count", "population")
    )
    return exact_rate_ratio(
        int(later), int(earlier),
        period_exposure=exposed_later, baseline_exposure=exposed_earlier, level=level,
    )  # fmt: skip


def newcombe_difference(
    share: Sequence[float], effective_n: Sequence[float], *, level: float = 0.95
) -> tuple[float, float, float]:
    """Second share minus first with Newcombe's interval (1998, method 10), all 0 to 1."""
    lower, upper = wilson_interval(np.asarray(share), np.asarray(effective_n), level=level)
    (first, second), value = share, share[1] - share[0]
    down = np.hypot(second - lower[1], upper[0] - first)
    up = np.hypot(upper[1] - second, first - lower[0])
    return float(value), float(value - down), float(value + up)


def _counts(data: pd.DataFrame, design: Design, area: str, level: float) -> Estimate:
    cells = read_cells(data, design, areas=(area,))
    count, inside = cells["count"][0], cells.within(design.period)
    _refuse_zero(count, inside, area)
    totals, moved = window_totals(cells, design), movement(data, design, area=area)
    value, lower, upper = ratio_limits(totals, moved, (1 + level) / 2)
    few = (Remark("rough"),) if count.sum() < FEW_REPORTS else ()
    return _estimate(
        "rate ratio", value, lower, upper, level, ratio_p_value(totals, moved),
        n_comparison=moved.n_comparison, remarks=(*few, *moved.remarks),
    )  # fmt: skip


def _refuse_zero(count: np.ndarray, inside: np.ndarray, area: str) -> None:
    for part, name in ((~inside, "baseline"), (inside, "period")):
        if not count[part].any():
            raise MethodRefused(
                f"all-zero-{name}",
                f"The {name} of {area} holds no report at all, so a rate ratio has no interval "
                "to two sides.",
                "Use longer windows or a wider basket of offences, or show change_limits.",
            )


def _shares(cells: Cells, data: pd.DataFrame, design: Design, level: float) -> Estimate:
    windows = (design.baseline, design.period)
    found = [_mean_of_waves(cells, data, window) for window in windows]
    shares, sizes = zip(*found, strict=True)
    value, lower, upper = newcombe_difference(shares, sizes, level=level)
    return _estimate(
        "percentage points", 100 * value, 100 * lower, 100 * upper, level,
        _newcombe_p_value(shares, sizes),
    )  # fmt: skip


def _mean_of_waves(cells: Cells, data: pd.DataFrame, window: Window) -> tuple[float, float]:
    part = cells.within(window)
    if not part.any():
        raise MethodRefused(
            "no-wave",
            f"{cells.areas[0]} has no wave in {window[0]}-{window[1]}.",
            "Choose windows in which the survey was held.",
        )
    share, variance = cells["share"][0, part], cells["variance"][0, part]
    sizes = _effective_sizes(cells, data, window, share, variance)
    return float(share.mean()), float(len(sizes) ** 2 / (1 / sizes).sum())


def _effective_sizes(
    cells: Cells, data: pd.DataFrame, window: Window, share: np.ndarray, variance: np.ndarray
) -> np.ndarray:
    if "effective_n" in data:
        rows = data[(data["area"] == cells.areas[0]) & data["wave"].isin(times(window))]
        return np.asarray(rows.sort_values("wave")["effective_n"], dtype=float)
    sizes: np.ndarray = np.divide(
        share * (1 - share), variance, out=np.zeros_like(share), where=variance > 0
    )
    if (sizes <= 0).any():
        raise MethodRefused(
            "no-effective-size",
            "A share of 0 or 1, or one without a variance, does not tell its effective sample "
            "size.",
            "Give the column effective_n, as survey_shares does.",
        )
    return sizes


def _newcombe_p_value(shares: Sequence[float], sizes: Sequence[float]) -> float:
    """The two-sided tail at which the interval's nearer limit touches 0."""
    from scipy.optimize import brentq

    def nearest_limit(level: float) -> float:
        value, lower, upper = newcombe_difference(shares, sizes, level=level)
        return lower if value > 0 else -upper

    least, most = 1e-9, 1 - 1e-12
    if shares[0] == shares[1] or nearest_limit(least) <= 0:
        return 1.0
    if nearest_limit(most) > 0:
        return 1 - most
    return 1 - float(brentq(nearest_limit, least, most, xtol=1e-14))


def _estimate(
    scale: Scale,
    value: float,
    lower: float,
    upper: float,
    level: float,
    p_value: float,
    *,
    n_comparison: int = 0,
    remarks: tuple[Remark, ...] = (),
) -> Estimate:
    return Estimate(
        estimand=ESTIMAND, scale=scale, value=float(value), lower=float(lower),
        upper=float(upper), level=level, p_value=p_value, method="compare_periods",
        n_treated=1, n_comparison=n_comparison, remarks=remarks,
    )  # fmt: skip
