"""The units in which a study's counts are told: known before any count is.

They follow from the windows of the design and of the targets as first written, never from
counts, so they tell nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.quarters import a_year, is_period, quarter_number
from tingbjerg_eval.publication.merging import Times
from tingbjerg_eval.study import reports
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.reports import REPORT_KINDS, kind_of
from tingbjerg_eval.study.strategy import Target


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Neighbouring quarters of one window, or of none, in their units.

    ``growing`` is the period: its quarters become known report by report.
    """

    units: tuple[Times, ...]
    growing: bool = False

    @property
    def quarters(self) -> Times:
        """All its quarters."""
        return tuple(quarter for unit in self.units for quarter in unit)


def report_names(study: Study) -> tuple[str, ...]:
    """Every report of the study in the order they are handed over."""
    return reports.report_names(study.settings)


def known_until(study: Study, name: str) -> str:
    """The last quarter that the report ``name`` knows."""
    return REPORT_KINDS[kind_of(name)].until(study.settings, name)


def is_last(name: str) -> bool:
    """Whether the report ``name`` knows everything, and none comes after it."""
    return REPORT_KINDS[kind_of(name)].last


def stretches(
    quarters: Sequence[str], design: Design, targets: Iterable[Target]
) -> tuple[Stretch, ...]:
    """``quarters`` in stretches that no window crosses, each in units of at most a year."""
    cuts = _target_cuts(design, targets)
    found = []
    for first, last in _spans(quarters, design):
        inside = [q for q in quarters if first <= quarter_number(q) <= last]
        if inside:
            growing = first == quarter_number(design.period[0])
            anchor = last + 1 if last < quarter_number(design.baseline[0]) else first
            found.append(Stretch(units=_units(inside, anchor, cuts), growing=growing))
    return tuple(found)


def _spans(quarters: Sequence[str], design: Design) -> list[tuple[int, int]]:
    """Before the baseline, the baseline, between, the period, and after it."""
    (b0, b1), (p0, p1) = (
        tuple(quarter_number(one) for one in window) for window in (design.baseline, design.period)
    )
    first, last = quarter_number(quarters[0]), quarter_number(quarters[-1])
    return [(first, b0 - 1), (b0, b1), (b1 + 1, p0 - 1), (p0, p1), (p1 + 1, last)]


def _target_cuts(design: Design, targets: Iterable[Target]) -> set[int]:
    """Quarters at which a target's windows, cut into years from its deadline, begin or end."""
    start = quarter_number(design.period[0])
    counted = [one for one in targets if one.indicator and is_period(one.by)]
    ends = {quarter_number(one.by) + 1 for one in counted}
    return {at for end in ends for at in range(end, start, -a_year(design.period[0]))}


def _units(quarters: Sequence[str], anchor: int, cuts: set[int]) -> tuple[Times, ...]:
    units: list[list[str]] = []
    year = a_year(quarters[0])
    for quarter in quarters:
        number = quarter_number(quarter)
        if not units or (number - anchor) % year == 0 or number in cuts:
            units.append([])
        units[-1].append(quarter)
    return tuple(map(tuple, units))
