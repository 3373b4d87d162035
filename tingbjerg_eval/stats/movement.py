"""How far an area moves by itself from window to window, as the comparison areas tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, stdtr, stdtrit

from tingbjerg_eval.stats.cells import read_cells
from tingbjerg_eval.stats.changes import FEWEST_COMPARISON
from tingbjerg_eval.stats.predictive import predictive
from tingbjerg_eval.stats.quarters import Quarterly, own_movement
from tingbjerg_eval.stats.remarks import Remark
from tingbjerg_eval.study.design import Design, times


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
