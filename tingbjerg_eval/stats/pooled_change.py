"""How the reports of a programme's areas changed together, each area over its own windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.limits import Totals, ratio_limits
from tingbjerg_eval.stats.movement import Movement
from tingbjerg_eval.stats.shared_errors import SharedErrors, shared_errors
from tingbjerg_eval.stats.stacked import stack
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.programme import Programme

PER = 1000


@dataclass(frozen=True, kw_only=True)
class PooledChange:
    """The areas' change together, with one-sided limits.

    Attributes
    ----------
    value, lower, upper
        Ratio of the period's reports to those that every area's own earlier rate would have
        given; each limit at ``level`` by itself.
    before, after
        Reports per 1,000 inhabitants and year, the areas weighing as in the period.
    """

    value: float
    lower: float
    upper: float
    level: float
    before: float
    after: float


@estimator
def pooled_change(data: pd.DataFrame, programme: Programme, *, level: float = 0.95) -> PooledChange:
    """How much the reports of a programme's areas changed, as counted, and how far by chance.

    The reports of all areas in their own periods are divided by those that each area's own rate
    in its own baseline would have given, so that neither an area's size nor the length of its
    period makes a change. The limits carry counting error, and that areas move by themselves,
    each for itself, as far as the comparison areas do.

    Parameters
    ----------
    data
        A panel (``area, quarter, count, population``).
    programme
        The areas with their windows, and the comparison areas.
    level
        Of each limit by itself.

    Returns
    -------
    PooledChange
        The ratio with its limits, and the two rates.

    Raises
    ------
    MethodRefused
        As :func:`~tingbjerg_eval.stats.programme.pooled_difference_in_differences`.

    Examples
    --------
    >>> programme = te.Programme.single(study.design)
    >>> round(te.pooled_change(study.panel("burglary"), programme).value, 2)
    0.65
    """
    shared = shared_errors(stack(data, programme), 1.0)
    return pooled_change_of(shared, *_sums(data, programme), level=level)


def pooled_change_of(
    shared: SharedErrors,
    before: np.ndarray,
    after: np.ndarray,
    wanted: np.ndarray,
    exposure: float,
    *,
    level: float,
) -> PooledChange:
    """As :func:`pooled_change`, from what the comparison areas tell and the areas' own sums.

    Parameters
    ----------
    before, after, wanted
        Reports of each treated area before and after, and those that its old rate would give.
    exposure
        Inhabitant-years of all areas after.
    """
    stacked = shared.stacked
    scale = np.diag(shared.shape)[stacked.window]
    moved = Movement(
        shared.own * float(scale @ _weight(after, wanted) ** 2), shared.mass,
        int(stacked.compared[stacked.window].sum(axis=1).min()),
    )  # fmt: skip
    totals = Totals(float(before.sum()), float(after.sum()), 1.0,
                    float(wanted.sum() / before.sum()))  # fmt: skip
    value, lower, upper = ratio_limits(totals, moved, level)
    rates = (PER * float(part.sum() / exposure) for part in (wanted, after))
    return PooledChange(
        value=value, lower=lower, upper=upper, level=level,
        **dict(zip(("before", "after"), rates, strict=True)),
    )  # fmt: skip


def _sums(
    data: pd.DataFrame, programme: Programme
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Reports before and after by area, those its old rate gives, and the period's exposure."""
    rows = [_area(read_cells(data, one, areas=(one.treated,)), one) for one in programme.designs]
    before, after, exposed_before, exposed_after = np.array(rows).T
    return before, after, before * exposed_after / exposed_before, float(exposed_after.sum())


def _area(cells: Cells, design: Design) -> tuple[float, float, float, float]:
    windows = [cells.within(one) for one in (design.baseline, design.period)]
    count, people = (
        [float(cells[name][0, window].sum()) / part for window in windows]
        for name, part in (("count", 1), ("population", a_year(cells.times[0])))
    )
    return (*count, *people)  # type: ignore[return-value]


def _weight(after: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """How much each area's own movement moves the ratio: its part of the reports."""
    parts = [one / one.sum() for one in (after, wanted) if one.sum()]
    return np.asarray(np.mean(parts, axis=0))
