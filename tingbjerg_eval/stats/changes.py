"""The one road in: from a panel or a shares table to the change of each area.

Every estimator starts here, so every check of windows, areas and rows is made once and in the
same words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.estimate import Scale
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design, Time, times

FEWEST_COMPARISON = 5
"""Below this the spread among comparison areas cannot be told from the data."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AreaChanges:
    """Each area's change from baseline to period; the first area is the treated one.

    Attributes
    ----------
    areas
        Names of the areas.
    change
        Log rate ratio (counts) or difference in percentage points (shares).
    variance
        Sampling variance of ``change``, in the same unit squared.
    scale
        The scale on which an estimate made from these changes is told.
    """

    areas: tuple[str, ...]
    change: np.ndarray
    variance: np.ndarray
    scale: Scale

    @property
    def on_scale(self) -> Callable[..., Any]:
        """From the unit of ``change`` to the unit of an estimate."""
        return np.exp if self.scale == "rate ratio" else np.asarray

    @property
    def n_comparison(self) -> int:
        """Number of areas beside the first."""
        return len(self.areas) - 1

    def frame(self) -> pd.DataFrame:
        """One row per area: ``area, change, variance, value`` (``value`` told on ``scale``)."""
        return pd.DataFrame(
            {
                "area": self.areas,
                "change": self.change,
                "variance": self.variance,
                "value": self.on_scale(self.change),
            }
        )


@estimator
def area_changes(
    data: pd.DataFrame,
    design: Design,
    *,
    areas: Sequence[str] | None = None,
    fewest: int = FEWEST_COMPARISON,
) -> AreaChanges:
    """Change of each area from ``design.baseline`` to ``design.period``.

    Counts (a design in quarters, a panel with ``area, quarter, count, population``): the log of
    the rate ratio, exposure = population summed over the quarters, 1/2 added to both counts;
    variance 1/(baseline count + 1/2) + 1/(period count + 1/2).
    Shares (a design in waves, a table with ``area, wave, share, variance``): the mean of the
    period's waves minus the mean of the baseline's, in percentage points.

    Parameters
    ----------
    areas
        Areas wanted, treated first; by default the design's treated and comparison areas.
    fewest
        Smallest number of comparison areas accepted.

    Returns
    -------
    AreaChanges
        One change and its sampling variance per area, the treated one first.

    Raises
    ------
    MethodRefused
        Too few comparison areas, a break or a contaminated comparison area between the first
        time of the baseline and the last of the period, windows that are not whole years,
        rows missing, twice or without a usable value, all-zero baselines.

    Examples
    --------
    >>> te.area_changes(study.panel("burglary"), study.design).n_comparison
    12
    """
    wanted = tuple(design.areas if areas is None else areas)
    refuse_few(len(wanted) - 1, fewest)
    refuse_windows(design, wanted)
    cells = read_cells(data, design, areas=wanted)
    return changes_between(cells, cells.within(design.baseline), cells.within(design.period))


def changes_between(cells: Cells, before: np.ndarray, after: np.ndarray) -> AreaChanges:
    """The changes between two sets of the cells' times, each given as a mask."""
    if "count" in cells.measures:
        _refuse_all_zero(cells.areas, cells["count"][:, before].sum(axis=1))
    return bare_changes(cells, before, after)


def bare_changes(cells: Cells, before: np.ndarray, after: np.ndarray) -> AreaChanges:
    """As :func:`changes_between`, whatever the first area's baseline holds."""
    make = _count_changes if "count" in cells.measures else _share_changes
    return make(cells, before, after)


def refuse_few(found: int, fewest: int = FEWEST_COMPARISON) -> None:
    """Refuse fewer than ``fewest`` comparison areas."""
    if found < fewest:
        raise MethodRefused(
            "few-comparison-areas",
            f"{found} comparison area{'s' if found != 1 else ''}; at least {fewest} are needed to "
            "see how much areas change without the effort.",
            "Name more comparison areas in the design, or describe the treated area alone with "
            "compare_periods.",
        )


def refuse_windows(design: Design, areas: Sequence[str]) -> None:
    """Refuse windows that are not whole years, are crossed by a break, or contaminated."""
    if design.in_quarters:
        for name in ("baseline", "period"):
            refuse_part_years(name, getattr(design, name))
    _refuse_breaks(design)
    _refuse_contamination(design, areas[1:])


def refuse_part_years(name: str, window: tuple[Time, Time]) -> None:
    """Refuse a window of quarters whose length is no multiple of four."""
    if (length := len(times(window))) % a_year(window[0]):
        raise MethodRefused(
            "part-years",
            f"The {name} {window[0]}-{window[1]} has {length} quarters, so seasons would be "
            "compared with other seasons.",
            "Give whole years: 4, 8, 12 ... quarters.",
        )


def _refuse_breaks(design: Design) -> None:
    within = set(_span(design)[1:])
    for found in design.breaks:
        if found.first in within:
            raise MethodRefused(
                "break",
                f"Figures before and from {found.first} cannot be compared ({found.reason}), and "
                f"the comparison {design.baseline[0]}-{design.period[1]} crosses it.",
                f"Choose both windows before {found.first}, or both from it.",
            )


def _refuse_contamination(design: Design, comparison: Sequence[str]) -> None:
    span = set(_span(design))
    found = [
        effort
        for effort in design.contamination
        if effort.area in comparison and span & set(times((effort.first, effort.last)))
    ]
    if found:
        said = "; ".join(f"{e.area} ({e.effort}, {e.first}-{e.last})" for e in found)
        raise MethodRefused(
            "contaminated-comparison",
            f"Comparison areas had an effort of their own in the windows: {said}.",
            "Leave them out of the design's comparison areas.",
        )


def _span(design: Design) -> tuple[Time, ...]:
    return times((design.baseline[0], design.period[1]))


def _count_changes(cells: Cells, before: np.ndarray, after: np.ndarray) -> AreaChanges:
    counts = [cells["count"][:, part].sum(axis=1) for part in (before, after)]
    exposure = [cells["population"][:, part].sum(axis=1) for part in (before, after)]
    earlier, later = counts[0] + 0.5, counts[1] + 0.5
    return AreaChanges(
        areas=cells.areas,
        change=np.log(later / earlier * (exposure[0] / exposure[1])),
        variance=1 / earlier + 1 / later,
        scale="rate ratio",
    )


def _refuse_all_zero(areas: Sequence[str], baseline: np.ndarray) -> None:
    treated_zero = baseline[0] == 0
    if treated_zero or (len(areas) > 1 and not baseline[1:].any()):
        whose = areas[0] if treated_zero else "every comparison area"
        raise MethodRefused(
            "all-zero-baseline",
            f"The baseline of {whose} holds no report at all, so there is nothing to change from.",
            "Use a longer baseline or a wider basket of offences.",
        )


def _share_changes(cells: Cells, before: np.ndarray, after: np.ndarray) -> AreaChanges:
    for part, name in ((before, "baseline"), (after, "period")):
        if not part.any():
            raise MethodRefused(
                "no-wave",
                f"No area has a wave in the {name}.",
                "Choose windows in which the survey was held.",
            )
    share = {"mean": cells["share"], "variance": cells["variance"]}
    change = share["mean"][:, after].mean(axis=1) - share["mean"][:, before].mean(axis=1)
    variance = sum(share["variance"][:, p].sum(axis=1) / p.sum() ** 2 for p in (before, after))
    return AreaChanges(
        areas=cells.areas,
        change=100 * change,
        variance=100**2 * variance,
        scale="percentage points",
    )
