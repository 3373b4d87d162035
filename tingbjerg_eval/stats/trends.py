"""How large a departure from parallel trends the headline survives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import changes_between, refuse_few, refuse_windows
from tingbjerg_eval.stats.did import effects_of
from tingbjerg_eval.stats.dispersion import Resolution, widening_of
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.units import Unit, baseline_pieces, held, mask, years_between
from tingbjerg_eval.study.design import Design

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
