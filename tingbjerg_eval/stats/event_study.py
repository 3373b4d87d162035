"""Year by year against the baseline, and what the baseline can tell of trends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import AreaChanges, refuse_few, refuse_windows
from tingbjerg_eval.stats.did import headline, shown
from tingbjerg_eval.stats.dispersion import Resolution, widening_of
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.predictive import predictive
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
