"""Year by year against the baseline, what the baseline can tell of trends, and how large a
departure from parallel ones the headline survives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import AreaChanges, changes_between, refuse_few, refuse_windows
from tingbjerg_eval.stats.did import effects_of, headline, shown
from tingbjerg_eval.stats.dispersion import Resolution, widening_of
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.predictive import predictive, refuse_level
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.units import Unit, baseline_pieces, cut, held, mask, years, years_between
from tingbjerg_eval.study.design import Design

POWER = 0.8


@dataclass(frozen=True, kw_only=True, eq=False)
class EventStudy:
    """The headline point by point, with what the baseline tells of trends.

    Attributes
    ----------
    table
        One row per point: ``time`` (its first quarter or wave), ``window`` (``"baseline"`` or
        ``"period"``), ``value, lower, upper, p_value, note``. A point of the baseline is set
        against the rest of the baseline.
    pretrend_p
        Joint test that no baseline point departs: the smallest p-value times their number.
    slope
        Difference of linear trends in the baseline, per year (rate ratio per year or percentage
        points per year).
    detectable_slope
        The slope per year, on the same scale and upwards, that the test of the slope would have
        found with 80 % power. A flat picture does not rule out smaller ones (Roth 2022).
    missed_change
        What the detectable slope, gone on unseen, would add to the headline.
    """

    table: pd.DataFrame
    pretrend_p: float
    slope: Estimate
    detectable_slope: float
    missed_change: float


@estimator
def event_study(
    data: pd.DataFrame,
    design: Design,
    *,
    level: float = 0.95,
    by: Literal["year", "quarter"] = "year",
    resolution: Resolution = "quarter",
) -> EventStudy:
    """The headline for each year (or quarter) of the baseline and of the period.

    Parameters
    ----------
    by
        ``"year"`` (four quarters, or a wave) or ``"quarter"``. The trend is by year always.

    Returns
    -------
    EventStudy
        A ``table`` with a row per year or quarter, and the test of trends in the baseline.

    Raises
    ------
    MethodRefused
        As :func:`tingbjerg_eval.stats.changes.area_changes`, and where the baseline holds only one
        year or wave.

    Examples
    --------
    >>> len(te.event_study(study.panel("burglary"), study.design).table)
    5
    """
    refuse_few(len(design.comparison))
    refuse_windows(design, design.areas)
    cells = read_cells(data, design)
    slopes = baseline_slopes(cells, design)
    missed = _detectable(slopes, level)
    ahead = years_between(held(cells, design.baseline), held(cells, design.period))
    table = pd.DataFrame(_points(cells, design, _step(by), level, resolution))
    return EventStudy(
        table=table,
        pretrend_p=_joint(table.loc[table["window"] == "baseline", "p_value"].dropna()),
        slope=_as_slope(headline(slopes, level=level)),
        detectable_slope=float(slopes.on_scale(missed)),
        missed_change=float(slopes.on_scale(missed * ahead)),
    )


def baseline_slopes(cells: Cells, design: Design) -> AreaChanges:
    """Linear trend of each area over the baseline's years (or waves), per year."""
    pieces = baseline_pieces(cells, design)
    middle = np.array([years(piece).mean() for piece in pieces])
    middle -= middle.mean()
    weight = middle / (middle**2).sum()
    heights, variances = zip(*(_height(cells, piece) for piece in pieces), strict=True)
    return AreaChanges(
        areas=cells.areas,
        change=weight @ np.stack(heights),
        variance=weight**2 @ np.stack(variances),
        scale="rate ratio" if "count" in cells.measures else "percentage points",
    )


def _height(cells: Cells, piece: Unit) -> tuple[np.ndarray, np.ndarray]:
    """Log rate, or share in per cent, of one year or wave, with its sampling variance."""
    within = mask(cells, piece)
    if "count" in cells.measures:
        count = cells["count"][:, within].sum(axis=1) + 0.5
        return np.log(count / cells["population"][:, within].sum(axis=1)), 1 / count
    share, variance = (cells[name][:, within].mean(axis=1) for name in ("share", "variance"))
    return 100 * share, 100**2 * variance


def _points(
    cells: Cells, design: Design, step: int | None, level: float, resolution: Resolution
) -> Iterator[dict[str, Any]]:
    ratio = widening_of(cells, design, resolution)
    baseline = cut(cells, design.baseline, step)
    for window in ("baseline", "period"):
        for point in cut(cells, getattr(design, window), step):
            before = [time for piece in baseline if piece != point for time in piece]
            row = shown(cells, before, point, level=level, ratio=ratio)
            yield {"time": point[0], "window": window, **row}


def _step(by: str) -> int | None:
    if by not in ("year", "quarter"):
        raise MethodRefused("by", f"by is {by!r}.", "Use 'year' or 'quarter'.")
    return 1 if by == "quarter" else None


def _joint(p: pd.Series) -> float:
    """Bonferroni; the two points of a short baseline are one contrast seen from both sides."""
    if p.empty:
        return float("nan")
    return float(min(1.0, p.min() * (len(p) if len(p) > 2 else 1)))


def _detectable(slopes: AreaChanges, level: float) -> float:
    found = predictive(slopes.change[1:], slopes.variance[1:], slopes.variance[0])
    middle, limit, power = (found.quantile(p)[0] for p in (0.5, (1 + level) / 2, POWER))
    return float(limit + power - 2 * middle)


def _as_slope(found: Estimate) -> Estimate:
    return replace(found, estimand="difference of baseline trends, per year", method="event_study")


MULTIPLES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class TrendSensitivity:
    """The headline's interval under growing departures from parallel trends.

    Attributes
    ----------
    table
        ``multiple, lower, upper``: the interval when the treated area may have drifted in every
        year of the period by up to ``multiple`` times the largest yearly departure of the
        baseline. Already at 0 the baseline's own departures are allowed for.
    largest_departure, departure_limit
        The largest change from one baseline year (or wave) to the next beyond the comparison
        areas', per year, as estimated, and what it may be at most at ``level``; told upwards (rate
        ratio or percentage points).
    breakdown
        The multiple M at which the interval first touches no change; 0 where it holds no change
        at M = 0 already.
    """

    table: pd.DataFrame
    largest_departure: float
    departure_limit: float
    breakdown: float


@estimator
def trend_sensitivity(
    data: pd.DataFrame,
    design: Design,
    *,
    level: float = 0.95,
    multiples: Sequence[float] = MULTIPLES,
    resolution: Resolution = "quarter",
) -> TrendSensitivity:
    """Widen the headline by the drift that the baseline's largest departure would make.

    Relative magnitudes with the last baseline year (or wave) as the reference point: after it the
    treated area drifts by at most M times d a year, d the largest yearly departure in the
    baseline. The mean of the period then lies off that year by at most M d times the years between
    their middles, and that year off the baseline's mean by at most d times theirs, so the headline
    is wrong by at most the sum. d is not known: its limit is used, and the error is shared out, so
    that interval and limit hold together at ``level``.

    Parameters
    ----------
    multiples
        The multiples M of the largest departure that are tried.

    Returns
    -------
    TrendSensitivity
        A ``table`` with a row per multiple, and the multiple at which the answer is gone.

    Raises
    ------
    MethodRefused
        As :func:`tingbjerg_eval.stats.changes.area_changes`; where the baseline holds only one
        year or wave, or two (``one-departure``: a single departure tells no largest one); and for
        a negative multiple.

    Source: Rambachan & Roth (2023), Review of Economic Studies 90:2555-2591.

    Examples
    --------
    >>> longer = study.design.replace(baseline=("2008K1", "2010K4"), period=("2011K1", "2012K4"))
    >>> te.trend_sensitivity(study.panel("burglary"), longer).table.columns[0]
    'multiple'
    """
    refuse_level(level)
    refuse_few(len(design.comparison))
    refuse_windows(design, design.areas)
    cells = read_cells(data, design)
    pieces, after = baseline_pieces(cells, design), held(cells, design.period)
    _refuse_one_departure(pieces)
    changes = changes_between(cells, mask(cells, held(cells, design.baseline)), mask(cells, after))
    ratio = widening_of(cells, design, resolution)
    found = effects_of(changes, level=(1 + level) / 2, ratio=ratio)
    departure, limit = _largest_departure(cells, pieces, level)
    before_last = limit * years_between(held(cells, design.baseline), pieces[-1])
    drift, m = limit * years_between(pieces[-1], after), _multiples(multiples)
    table = {
        "lower": found.lower[0] - before_last - m * drift,
        "upper": found.upper[0] + before_last + m * drift,
    }
    clear = max(found.lower[0], -found.upper[0]) - before_last
    return TrendSensitivity(
        table=pd.DataFrame({"multiple": m, **{k: changes.on_scale(v) for k, v in table.items()}}),
        largest_departure=float(changes.on_scale(departure)),
        departure_limit=float(changes.on_scale(limit)),
        breakdown=float(max(clear, 0.0) / drift),
    )


def _largest_departure(cells: Cells, pieces: Sequence[Unit], level: float) -> tuple[float, float]:
    """The largest yearly departure as estimated, and the largest of their limits.

    The departure that is truly the largest stays under its own limit with probability
    ``(1 + level) / 2``, so it stays under the largest limit at least as often.
    """
    largest, limit = 0.0, 0.0
    for earlier, later in pairwise(pieces):
        between = changes_between(cells, mask(cells, earlier), mask(cells, later))
        found, apart = effects_of(between, level=level), years_between(earlier, later)
        largest = max(largest, abs(float(found.value[0])) / apart)
        limit = max(limit, float(found.upper[0]) / apart, -float(found.lower[0]) / apart)
    return largest, limit


def _refuse_one_departure(pieces: Sequence[Unit]) -> None:
    if len(pieces) < 3:
        raise MethodRefused(
            "one-departure",
            "The baseline holds two years or waves, so there is a single departure from parallel "
            "trends and none to tell how large the largest may be.",
            "Use three baseline years or more.",
        )


def _multiples(asked: Sequence[float]) -> np.ndarray:
    found = np.asarray(asked, dtype=float)
    if not (found >= 0).all():
        raise MethodRefused(
            "multiples", "A multiple is negative.", "Give multiples of 0 and above."
        )
    return found
