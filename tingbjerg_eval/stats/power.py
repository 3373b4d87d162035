"""Before the period: the smallest change that would be found."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from tingbjerg_eval.stats.remarks import Remark, note
from tingbjerg_eval.stats.changes import (
    AreaChanges,
    Cells,
    changes_between,
    read_cells,
    refuse_few,
    refuse_windows,
)
from tingbjerg_eval.stats.estimate import Scale
from tingbjerg_eval.stats.predictive import (
    Predictive,
    between_area_variance,
    predictive,
    refuse_level,
)
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.units import baseline_pieces, mask
from tingbjerg_eval.study.design import Design


@dataclass(frozen=True, kw_only=True)
class MinimumDetectableChange:
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

    @property
    def note(self) -> str:
        """The remarks in English; empty when there is none."""
        return note(self.remarks)


def minimum_detectable_change(
    data: pd.DataFrame, design: Design, *, power: float = 0.8, level: float = 0.95
) -> MinimumDetectableChange:
    """The smallest change that the headline would find with ``power``, from the baseline alone.

    A placebo split: the comparison areas' changes from the first to the second half of the baseline
    tell how much areas change by themselves; the planned windows and the areas' sizes tell the
    sampling error to come. The change is the sum of the predictive quantiles at
    ``(1 + level) / 2`` and ``power`` (Bloom 1995), with the sampling error that goes with the
    treated area's fallen or risen count. Rows after the baseline are not read. It assumes that
    areas drift apart no more on the way to the period than inside the baseline.

    Raises
    ------
    MethodRefused
        As :func:`tingbjerg_eval.stats.changes.area_changes`; where the baseline holds only one year
        or wave; for a power below 1/2.
    """
    refuse_level(level)
    _refuse_power(power)
    refuse_few(len(design.comparison))
    refuse_windows(design, design.areas)
    cells = read_cells(data, design, windows=[design.baseline])
    split = _placebo_split(cells, design)
    fall, rise = (_smallest(cells, design, split, sign, power, level) for sign in (-1, 1))
    attainable = fall < _to_nothing(cells, design)
    return MinimumDetectableChange(
        scale=split.scale,
        fall=float(split.on_scale(-fall)) if attainable else float("nan"),
        rise=float(split.on_scale(rise)),
        power=power,
        level=level,
        n_comparison=split.n_comparison,
        between_areas=_between_areas(split),
        remarks=() if attainable else (Remark("unattainable"),),
    )


def _placebo_split(cells: Cells, design: Design) -> AreaChanges:
    pieces = baseline_pieces(cells, design)
    at = len(pieces) // 2
    halves = (mask(cells, sum(part, ())) for part in (pieces[:at], pieces[at:]))
    return changes_between(cells, *halves)


def _smallest(cells, design, split: AreaChanges, sign: int, power: float, level: float) -> float:
    """The change that equals what its own sampling error asks for."""
    spread = predictive(split.change[1:], split.variance[1:], 0.0)

    def asked(size: float) -> float:
        predicted = _predicted(spread, _planned_variance(cells, design, sign * size))
        return float((predicted.quantile((1 + level) / 2) + predicted.quantile(power))[0])

    most = asked(np.inf) if sign < 0 else asked(0.0)
    return brentq(lambda size: size - asked(size), 0.0, most + 1e-9, xtol=1e-10)


def _planned_variance(cells: Cells, design: Design, change: float) -> np.ndarray:
    """Sampling variance of each area's planned change, the treated one's count gone with it."""
    ratio = len(design.period_times) / len(design.baseline_times)
    if "count" in cells.measures:
        before = cells["count"].sum(axis=1)
        after = before * ratio
        after[0] *= np.exp(change)
        return 1 / (before + 0.5) + 1 / (after + 0.5)
    waves = len(cells.times)
    one = 100**2 * cells["variance"].mean(axis=1)
    return one / waves + one / max(1, round(waves * ratio))


def _predicted(spread: Predictive, variance: np.ndarray) -> Predictive:
    """The planned comparison's predictive distribution, around 0."""
    weight = 1 / (spread.tau2[:, :, None] + variance[1:])
    error = spread.tau2 + variance[0] + 1 / weight.sum(axis=2)
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
