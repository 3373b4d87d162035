"""Did crime move next door, or did the benefit spread; and how many reports were avoided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.did import difference_in_differences, headline
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.programme import programme_effect
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Noted, Remark
from tingbjerg_eval.stats.shared_errors import shared_errors
from tingbjerg_eval.stats.stacked import stack
from tingbjerg_eval.study.design import Design, times
from tingbjerg_eval.study.programme import Programme

ESTIMAND = "change of the adjacent areas beyond that of the comparison areas"


@estimator
def displacement(data: pd.DataFrame, design: Design, *, level: float = 0.95) -> Estimate:
    """The adjacent areas' change beyond what the comparison areas lead one to expect.

    The adjacent areas together stand in the treated area's place in
    :func:`~tingbjerg_eval.stats.did.difference_in_differences`: counts and populations are
    summed, shares averaged with equal weight. Moving independently of each other, as all areas are
    taken to, together they move less than one of them: tau2 counts as often as the sum of their
    squared shares of the reports (one over their number for survey shares). Above 1 (0
    points) fits with crime that moved there, below with a benefit that spread.

    Returns
    -------
    Estimate
        The adjacent areas' change beyond that of the comparison areas.

    Raises
    ------
    MethodRefused
        ``no-adjacent-areas``, ``contaminated-adjacent``, and all of
        :func:`~tingbjerg_eval.stats.changes.area_changes`.

    Source: Bowers & Johnson (2003) for the question; the method is the headline's.

    Examples
    --------
    >>> te.displacement(study.panel("burglary"), study.design)
    <Estimate displacement: rate ratio 1.21 [1.04; 1.4] at 95 %>
    """
    refuse_no_adjacent(design.adjacent)
    refuse_contaminated(design)
    name = " + ".join(design.adjacent)
    cells = read_cells(data, design, areas=design.adjacent)
    pooled = _pooled(cells, name)
    kept = data[data["area"].isin(design.comparison)]
    moved = design.with_(treated=name, adjacent=())
    changes = area_changes(pd.concat([pooled, kept], ignore_index=True), moved)
    return replace(
        headline(changes, level=level, ratio=_evenness(cells)),
        estimand=ESTIMAND,
        method="displacement",
        n_treated=len(design.adjacent),
        remarks=(Remark("adjacent-as-one"),) if len(design.adjacent) > 1 else (),
    )


@estimator
def pooled_displacement(
    data: pd.DataFrame, programme: Programme, *, level: float = 0.95
) -> Estimate:
    """As :func:`displacement`, for the areas next to a programme's areas together.

    Over each treated area's windows its adjacent areas together stand in its place in
    :func:`~tingbjerg_eval.stats.programme.pooled_difference_in_differences`; an area next to
    several counts with the one whose effort began first. They are compared with the comparison
    areas that lie next to none. With one area it is :func:`displacement`.

    Parameters
    ----------
    data
        A panel (``area, quarter, count, population``), or a shares table for windows in waves.
    programme
        The areas with their windows and adjacent areas, and the comparison areas.

    Returns
    -------
    Estimate
        The adjacent areas' change beyond that of the comparison areas.

    Raises
    ------
    MethodRefused
        As for :func:`displacement`.

    Examples
    --------
    >>> te.pooled_displacement(study.panel("burglary"), te.Programme.single(study.design)).method
    'pooled_displacement'
    """
    near = programme.next_door
    refuse_no_adjacent(tuple(near))
    for area in near:
        refuse_contaminated(programme.design(area))
    cells = {area: read_cells(data, programme.design(area), areas=near[area]) for area in near}
    pooled = [_pooled(cells[area], " + ".join(near[area])) for area in near]
    moved = _moved(programme)
    kept = data[data["area"].isin(moved.comparison)]
    even = np.array([_evenness(cells[area]) for area in near])
    shared = shared_errors(stack(pd.concat([*pooled, kept], ignore_index=True), moved), even)
    several = max(map(len, near.values())) > 1
    found = programme_effect(shared, moved, level, (Remark("adjacent-as-one"),) * several)
    count = sum(map(len, near.values()))
    return replace(found, estimand=ESTIMAND, method="pooled_displacement", n_treated=count)


def _moved(programme: Programme) -> Programme:
    """The programme with each area's adjacent areas in its place."""
    near = programme.next_door
    names = {area: " + ".join(own) for area, own in near.items()}
    taken = {area for own in near.values() for area in own}
    return Programme(
        treated=tuple(
            replace(programme.effort(area), area=name, adjacent=tuple(names.values()))
            for area, name in names.items()
        ),
        comparison=tuple(area for area in programme.comparison if area not in taken),
        breaks=programme.breaks, contamination=programme.contamination,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ReportsAvoided(Noted):
    """Reports that did not come, from the headline; negative when more came than expected.

    ``observed`` is counted in the period; ``expected``, ``value``, ``lower`` and ``upper`` are
    reports over the whole period.
    """

    observed: int
    expected: float
    value: float
    lower: float
    upper: float
    level: float
    remarks: tuple[Remark, ...] = ()

    @property
    def holds_zero(self) -> bool:
        """Whether none avoided lies in the interval."""
        return self.lower <= 0 <= self.upper


@estimator
def reports_avoided(
    panel: pd.DataFrame, design: Design, *, level: float = 0.95, estimate: Estimate | None = None
) -> ReportsAvoided:
    """Weighted displacement difference with an honest interval: reports avoided in the period.

    ``(count + 1/2) * (1 / rate ratio - 1)`` with the headline's rate ratio, its limits
    transformed the same way (the half is the one the headline adds). The difference of Wheeler
    & Ratcliffe (2018) asks the same question with a fixed Poisson error.

    Parameters
    ----------
    estimate
        The headline, where it is at hand; estimated from ``panel`` when not given.

    Returns
    -------
    ReportsAvoided
        Reports observed, expected and avoided, with limits.

    Raises
    ------
    MethodRefused
        ``counts-only``, and all of
        :func:`~tingbjerg_eval.stats.did.difference_in_differences`.

    Examples
    --------
    >>> te.reports_avoided(study.panel("burglary"), study.design).holds_zero
    False
    """
    if not design.in_quarters:
        raise MethodRefused(
            "counts-only", "Shares have no reports to avoid.", "Give a panel of counts."
        )
    if estimate is None:
        estimate = difference_in_differences(panel, design, level=level)
    cells = read_cells(panel, design, areas=(design.treated,))
    observed = int(cells["count"][0, cells.within(design.period)].sum())
    ratios = np.array([estimate.value, estimate.upper, estimate.lower])
    value, lower, upper = ((observed + 0.5) * (1 / ratios - 1)).tolist()
    return ReportsAvoided(
        observed=observed, expected=observed + value, value=value, lower=lower, upper=upper,
        level=estimate.level, remarks=estimate.remarks,
    )  # fmt: skip


def _evenness(cells: Cells) -> float:
    """Sum of the areas' squared weights in their pool: 1 for one area, 1/k for k alike."""
    if "count" not in cells.measures:
        return 1 / len(cells.areas)
    weight = cells["count"].sum(axis=1) + 0.5
    return float((weight**2).sum() / weight.sum() ** 2)


def _pooled(cells: Cells, name: str) -> pd.DataFrame:
    if "count" in cells.measures:
        sums = {measure: cells[measure].sum(axis=0) for measure in ("count", "population")}
        return pd.DataFrame({"area": name, "quarter": cells.times, **sums})
    areas = len(cells.areas)
    means = {
        "share": cells["share"].mean(axis=0),
        "variance": cells["variance"].sum(axis=0) / areas**2,
    }
    return pd.DataFrame({"area": name, "wave": cells.times, **means})


def refuse_no_adjacent(adjacent: Sequence[str]) -> None:
    """Refuse a design without adjacent areas."""
    if not adjacent:
        raise MethodRefused(
            "no-adjacent-areas",
            "The design names no adjacent areas.",
            "Name the areas next to the treated one in the design's adjacent.",
        )


def refuse_contaminated(design: Design) -> None:
    """Refuse adjacent areas that had an effort of their own."""
    span = set(times((design.baseline[0], design.period[1])))
    for effort in design.contamination:
        if effort.area in design.adjacent and span & set(times((effort.first, effort.last))):
            raise MethodRefused(
                "contaminated-adjacent",
                f"The adjacent area {effort.area} had an effort of its own ({effort.effort}, "
                f"{effort.first}-{effort.last}), so its change does not tell what moved.",
                "Leave it out of the design's adjacent areas.",
            )
