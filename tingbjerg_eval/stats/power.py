"""Before the period: the smallest change that would be found."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import AreaChanges, changes_between, refuse_few, refuse_windows
from tingbjerg_eval.stats.dispersion import Resolution, widening_of
from tingbjerg_eval.stats.estimate import Scale
from tingbjerg_eval.stats.predictive import (
    Predictive,
    between_area_variance,
    predictive,
    refuse_level,
)
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Noted, Remark
from tingbjerg_eval.stats.units import Unit, baseline_pieces, held, mask, years_between
from tingbjerg_eval.study.design import Design

DRIFT = 0.7
"""The variance between areas grows with the years between the windows to this power. Less than a
random walk's 1, for part of what areas do is gone after some quarters; chosen on real areas, where
75 to 85 % of the promised changes are found with it (``tests/studies/promise.py``)."""


@dataclass(frozen=True, kw_only=True)
class MinimumDetectableChange(Noted):
    """The smallest fall and the smallest rise that would be found.

    Attributes
    ----------
    fall, rise
        Rate ratios (0.62: a fall of 38 %) or percentage points; smaller ones would be missed more
        often than ``1 - power``. ``fall`` is ``nan`` where even a fall to nothing would be.
    between_areas
        Standard deviation of the comparison areas' own changes (median of its distribution), in
        the unit of the changes: log or percentage points.
    """

    scale: Scale
    fall: float
    rise: float
    power: float
    level: float
    n_comparison: int
    between_areas: float
    remarks: tuple[Remark, ...] = ()


@estimator
def minimum_detectable_change(
    data: pd.DataFrame,
    design: Design,
    *,
    power: float = 0.8,
    level: float = 0.95,
    primary: int = 1,
    drift: bool = True,
    resolution: Resolution = "quarter",
) -> MinimumDetectableChange:
    """The smallest change that the headline would find with ``power``, from the baseline alone.

    A placebo split: the comparison areas' changes from the first to the second half of the baseline
    tell how much areas change by themselves; the planned windows and the areas' sizes tell the
    sampling error to come. The change is the sum of the predictive quantiles at
    ``(1 + level) / 2`` and ``power`` (Bloom 1995), with the sampling error that goes with the
    treated area's fallen or risen count. Rows after the baseline are not read. The promise is for
    the procedure that decides: at Holm's first step where there are several primary targets, and
    with the headline's widening where the treated area is the more restless.

    Parameters
    ----------
    power
        Chance of finding a true change of the size told, 0.5 to below 1.
    level
        Of the family of primary targets: one of them is decided at ``1 - (1 - level) / primary``.
    primary
        Number of primary targets that share the level.
    drift
        Areas drift apart as time goes: the split's variance between areas is taken to grow with
        the years between the middles of the windows to the power :data:`DRIFT`. ``False``: no
        more on the way to the period than between the halves of the baseline.
    resolution
        As in :func:`~tingbjerg_eval.stats.did.difference_in_differences`.

    Returns
    -------
    MinimumDetectableChange
        The fall and the rise that would be found, on the estimate's scale.

    Raises
    ------
    MethodRefused
        As :func:`tingbjerg_eval.stats.changes.area_changes`; where the baseline holds only one year
        or wave; for a power below 1/2; ``primary`` for a number of targets below 1.

    Examples
    --------
    >>> round(te.minimum_detectable_change(study.panel("burglary"), study.design).fall, 2)
    0.23
    """
    refuse_level(level)
    _refuse_power(power)
    _refuse_primary(primary)
    refuse_few(len(design.comparison))
    refuse_windows(design, design.areas)
    cells = read_cells(data, design, windows=[design.baseline])
    split = _placebo_split(cells, design)
    decided = 1 - (1 - level) / primary
    growth = _growth(cells, design) if drift else 1.0
    asked = _Asked(
        cells, design, split, power, decided, growth, widening_of(cells, design, resolution)
    )
    fall, rise = (asked.smallest(sign) for sign in (-1, 1))
    attainable = fall < _to_nothing(cells, design)
    return MinimumDetectableChange(
        scale=split.scale,
        fall=float(split.on_scale(-fall)) if attainable else float("nan"),
        rise=float(split.on_scale(rise)),
        power=power,
        level=decided,
        n_comparison=split.n_comparison,
        between_areas=_between_areas(split),
        remarks=() if attainable else (Remark("unattainable"),),
    )


def _placebo_split(cells: Cells, design: Design) -> AreaChanges:
    return changes_between(cells, *(mask(cells, half) for half in _halves(cells, design)))


def _halves(cells: Cells, design: Design) -> tuple[Unit, Unit]:
    pieces = baseline_pieces(cells, design)
    at = len(pieces) // 2
    return sum(pieces[:at], ()), sum(pieces[at:], ())


@dataclass(frozen=True, eq=False)
class _Asked:
    """The planned comparison and what is asked of it."""

    cells: Cells
    design: Design
    split: AreaChanges
    power: float
    level: float
    growth: float
    ratio: float

    def smallest(self, sign: int) -> float:
        """The change that equals what its own sampling error asks for."""
        from scipy.optimize import brentq

        change, variance = self.split.change[1:], self.split.variance[1:]
        spread = predictive(change, variance, 0.0)
        grown = replace(spread, tau2=self.growth * spread.tau2)

        def asked(size: float) -> float:
            planned = _planned_variance(self.cells, self.design, sign * size)
            limit = _predicted(grown, planned, self.ratio).quantile((1 + self.level) / 2)
            return float((limit + _predicted(grown, planned, 1.0).quantile(self.power))[0])

        most = asked(np.inf) if sign < 0 else asked(0.0)
        return float(brentq(lambda size: size - asked(size), 0.0, most + 1e-9, xtol=1e-10))


def _growth(cells: Cells, design: Design) -> float:
    """How much more areas drift on the way to the period than between the baseline's halves."""
    halves = _halves(cells, design)
    apart = years_between(held(cells, design.baseline), design.period_times)
    return float(max(1.0, (apart / years_between(*halves)) ** DRIFT))


def _planned_variance(cells: Cells, design: Design, change: float) -> np.ndarray:
    """Sampling variance of each area's planned change, the treated one's count gone with it."""
    ratio = len(design.period_times) / len(design.baseline_times)
    if "count" in cells.measures:
        before = cells["count"].sum(axis=1)
        after = before * ratio
        after[0] *= np.exp(change)
        return np.asarray(1 / (before + 0.5) + 1 / (after + 0.5))
    waves = len(cells.times)
    one = 100**2 * cells["variance"].mean(axis=1)
    return np.asarray(one / waves + one / max(1, round(waves * ratio)))


def _predicted(spread: Predictive, variance: np.ndarray, ratio: float) -> Predictive:
    """The planned comparison's predictive distribution, around 0."""
    weight = 1 / (spread.tau2[:, :, None] + variance[1:])
    error = ratio * spread.tau2 + variance[0] + 1 / weight.sum(axis=2)
    return replace(spread, centre=np.zeros_like(error), spread=np.sqrt(error))


def _to_nothing(cells: Cells, design: Design) -> float:
    """Size of the change to no report, or to a share of 0."""
    if "count" in cells.measures:
        ratio = len(design.period_times) / len(design.baseline_times)
        return float(np.log(2 * cells["count"][0].sum() * ratio + 1))
    return float(100 * cells["share"][0].mean())


def _between_areas(split: AreaChanges) -> float:
    tau2 = between_area_variance(split.change[1:], split.variance[1:], probability=0.5)
    return float(np.sqrt(tau2))


def _refuse_power(power: float) -> None:
    if not 0.5 <= power < 1:
        raise MethodRefused(
            "power", f"power is {power!r}; it must be from 0.5 to below 1.", "Write 0.8 for 80 %."
        )


def _refuse_primary(primary: int) -> None:
    if not (primary >= 1 and float(primary).is_integer()):
        raise MethodRefused(
            "primary",
            f"primary is {primary!r}; it must be a whole number from 1.",
            "Give the number of primary targets.",
        )
