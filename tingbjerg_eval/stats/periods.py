"""Period against baseline in one area: a description of what happened, not of an effect."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.changes import Cells, read_cells, refuse_windows
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.exact import exact_rate_ratio
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.stats.quasi_poisson import CountFit, fit_counts, season_dummies
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.survey import wilson_interval
from tingbjerg_eval.stats.units import quarter_numbers
from tingbjerg_eval.study.design import Design, Window, times

ESTIMAND = "change from baseline to period, a description and not an effect"
LAGS = 3
"""Quarters remembered by the errors: the rest of a year."""
FEW_REPORTS = 20


def compare_periods(
    data: pd.DataFrame, design: Design, *, level: float = 0.95, area: str | None = None
) -> Estimate:
    """What changed in one area from baseline to period, whatever the cause.

    Counts: the rate ratio of a quasi-Poisson model with one term per season and exposure
    population x quarters. The interval is the wider of two: the overdispersed one (never below
    Poisson's) on Student's t with n - k degrees of freedom, and Newey-West's with 3 lags, its
    variance times (n / (n - k))^2, on Student's t with 1.5 n / 4 degrees of freedom. Without
    the last two corrections Newey-West's covers far too seldom in 8 to 30 quarters.
    Shares: the mean of the period's waves minus the mean of the baseline's in percentage points,
    Newcombe's interval (1998, method 10) at the effective sample sizes; the p-value is one minus
    the largest level at which that interval leaves out 0.

    Parameters
    ----------
    data
        A panel for a design in quarters, a shares table for a design in waves (its
        ``effective_n`` is used where there is one).
    area
        The area described; the treated one when not given.

    Raises
    ------
    MethodRefused
        ``part-years``, ``break``, ``all-zero-baseline``, ``all-zero-period``, ``few-quarters``,
        or rows missing, twice or unusable.

    Source: Bernal, Cummins & Gasparrini (2017) for the model; Newey & West (1987) and Lazarus,
    Lewis, Stock & Watson (2018) for its degrees of freedom; Newcombe (1998), Statistics in
    Medicine 17:873-890; Franco et al. (2019) for effective sizes.
    """
    refuse_level(level)
    area = design.treated if area is None else area
    refuse_windows(design, (area,))
    cells = read_cells(data, design, areas=(area,))
    if design.in_quarters:
        return _counts(cells, design, level)
    return _shares(cells, data, design, level)


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


def _counts(cells: Cells, design: Design, level: float) -> Estimate:
    from scipy.stats import t

    inside = cells.within(design.period).astype(float)
    count, exposure = cells["count"][0], cells["population"][0]
    _refuse_zero(count, inside == 1, cells.areas[0])
    seasons, note = _seasons(cells, count)
    change, errors = _change(*(tuple(one.tolist()) for one in (count, exposure, inside, seasons)))
    half = max(float(t.ppf((1 + level) / 2, degrees)) * error for error, degrees in errors)
    p_value = max(2 * float(t.sf(abs(change) / error, degrees)) for error, degrees in errors)
    value, lower, upper = np.exp([change, change - half, change + half])
    return _estimate("rate ratio", value, lower, upper, level, p_value, note=note)


@lru_cache(maxsize=512)
def _change(
    count: tuple, exposure: tuple, inside: tuple, seasons: tuple
) -> tuple[float, tuple[tuple[float, float], ...]]:
    """The log rate ratio with its errors, fitted once for all levels of the interval."""
    terms = {"period": np.array(inside), **season_dummies(seasons)}
    fit = fit_counts(count, terms, exposure=exposure, lags=LAGS)
    return float(fit.of("period").estimate), _errors(fit, len(count))


def _errors(fit: CountFit, quarters: int) -> tuple[tuple[float, float], ...]:
    """Standard errors of the change with their degrees of freedom; the widest one counts."""
    row, degrees = fit.of("period"), fit.degrees_of_freedom
    overdispersed = max(row.standard_error, row.poisson_error)
    serial = row.hac_error * np.sqrt(quarters / degrees)
    found = [(overdispersed, degrees), (serial, min(degrees, 1.5 * quarters / (LAGS + 1)))]
    return tuple(one for one in found if one[0] > 0)


def _seasons(cells: Cells, count: np.ndarray) -> tuple[np.ndarray, str]:
    """The season of each quarter, none where they cannot be told apart, and what is said of it."""
    season = quarter_numbers(cells.times) % 4
    few = "few reports: the interval is rough" if count.sum() < FEW_REPORTS else ""
    if (np.bincount(season, weights=count, minlength=4) > 0).all():
        return season, few
    dropped = "a season without any report: no season terms (both windows are whole years)"
    return season[:0], "; ".join(filter(None, (few, dropped)))


def _refuse_zero(count: np.ndarray, inside: np.ndarray, area: str) -> None:
    for part, name in ((~inside, "baseline"), (inside, "period")):
        if not count[part].any():
            raise MethodRefused(
                f"all-zero-{name}",
                f"The {name} of {area} holds no report at all, so a rate ratio has no error.",
                "Use longer windows or a wider basket of offences, or show compare_bare_counts.",
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


def _effective_sizes(cells, data, window, share, variance) -> np.ndarray:
    if "effective_n" in data:
        rows = data[(data["area"] == cells.areas[0]) & data["wave"].isin(times(window))]
        return rows.sort_values("wave")["effective_n"].to_numpy(dtype=float)
    sizes = np.divide(share * (1 - share), variance, out=np.zeros_like(share), where=variance > 0)
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


def _estimate(scale, value, lower, upper, level, p_value, *, note: str = "") -> Estimate:
    return Estimate(
        estimand=ESTIMAND, scale=scale, value=float(value), lower=float(lower),
        upper=float(upper), level=level, p_value=p_value, method="compare_periods",
        n_treated=1, n_comparison=0, note=note,
    )  # fmt: skip
