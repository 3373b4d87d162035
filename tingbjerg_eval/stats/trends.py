"""How large a departure from parallel trends the headline survives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.changes import (
    Cells,
    changes_between,
    read_cells,
    refuse_few,
    refuse_windows,
)
from tingbjerg_eval.stats.did import effects_of
from tingbjerg_eval.stats.predictive import Effects
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.units import baseline_pieces, held, mask, years_between
from tingbjerg_eval.study.design import Design

MULTIPLES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class TrendSensitivity:
    """The headline's interval under growing departures from parallel trends.

    Attributes
    ----------
    table
        ``multiple, lower, upper``: the interval when the treated area may have drifted up to
        ``multiple`` times the largest yearly departure of the baseline, every year.
    largest_departure
        The largest change from one baseline year (or wave) to the next beyond the comparison
        areas', per year, told upwards (rate ratio or percentage points).
    breakdown
        The multiple M at which the interval first touches no change; 0 where the headline holds no
        change already, infinite where the baseline shows no departure at all.
    """

    table: pd.DataFrame
    largest_departure: float
    breakdown: float


def trend_sensitivity(
    data: pd.DataFrame,
    design: Design,
    *,
    level: float = 0.95,
    multiples: Sequence[float] = MULTIPLES,
) -> TrendSensitivity:
    """Widen the headline by the drift that the baseline's largest departure would make.

    If the treated area drifts by at most M times the largest yearly departure d seen in the
    baseline, every year in the same direction, the headline is wrong by at most
    ``M * d * (years between the middles of the windows)``. The idea of relative magnitudes is
    Rambachan & Roth's (2023); here it bounds the mean of the period against the mean of the
    baseline, and takes d as it is estimated.

    Raises
    ------
    MethodRefused
        As :func:`tingbjerg_eval.stats.changes.area_changes`, where the baseline holds only one year
        or wave, and for a negative multiple.
    """
    refuse_few(len(design.comparison))
    refuse_windows(design, design.areas)
    cells = read_cells(data, design)
    before, after = held(cells, design.baseline), held(cells, design.period)
    changes = changes_between(cells, mask(cells, before), mask(cells, after))
    found, departure = effects_of(changes, level=level), _largest_departure(cells, design)
    reach = departure * years_between(before, after)
    m = _multiples(multiples)
    table = {"lower": found.lower[0] - m * reach, "upper": found.upper[0] + m * reach}
    return TrendSensitivity(
        table=pd.DataFrame({"multiple": m, **{k: changes.on_scale(v) for k, v in table.items()}}),
        largest_departure=float(changes.on_scale(departure)),
        breakdown=_breakdown(found, reach),
    )


def _largest_departure(cells: Cells, design: Design) -> float:
    return max(
        abs(effects_of(changes_between(cells, mask(cells, a), mask(cells, b))).value[0])
        / years_between(a, b)
        for a, b in pairwise(baseline_pieces(cells, design))
    )


def _breakdown(found: Effects, reach: float) -> float:
    clear = max(found.lower[0], -found.upper[0], 0.0)
    if clear == 0:
        return 0.0
    return float(clear / reach) if reach > 0 else float("inf")


def _multiples(asked: Sequence[float]) -> np.ndarray:
    found = np.asarray(asked, dtype=float)
    if not (found >= 0).all():
        raise MethodRefused(
            "multiples", "A multiple is negative.", "Give multiples of 0 and above."
        )
    return found
