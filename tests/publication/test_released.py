"""Whatever a hidden count was, at least five values of it give every report the same table."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.publication.editions import unit_again
from tingbjerg_eval.publication.joined import Moment, own_cells
from tingbjerg_eval.publication.merging import Cell
from tingbjerg_eval.publication.timeline import stretches
from tingbjerg_eval.publication.units import in_full, together_cells
from tingbjerg_eval.study.design import Design

THRESHOLD = 5
DESIGN = Design(
    treated="T", comparison=("A",), baseline=("2008K1", "2009K4"), period=("2010K1", "2012K4")
)
QUARTERS = quarter_range("2008K1", "2012K4")
STRETCHES = stretches(QUARTERS, DESIGN, ())
MOMENTS = (
    Moment(until="2009K4", last=False),
    *(Moment(until=one, last=False) for one in DESIGN.period_times),
    Moment(until="2012K4", last=True),
)
SERIES = st.integers(1, 20).flatmap(
    lambda most: st.lists(st.integers(0, most), min_size=len(QUARTERS), max_size=len(QUARTERS))
)


def as_counts(values: list[int]) -> dict[str, int]:
    return dict(zip(QUARTERS, values, strict=True))


def units_alone(counts: dict[str, int]) -> tuple[Cell, ...]:
    """What is told of another area at the end: its whole units, each alone."""
    units = [unit for stretch in STRETCHES for unit in stretch.units]
    return tuple(one for unit in units for one in unit_again(counts, unit, (), THRESHOLD))


def told(counts: dict[str, int]) -> list[tuple[Cell, ...]]:
    """What all fourteen reports tell of the treated area."""
    return [own_cells(counts, STRETCHES, moment, THRESHOLD) for moment in MOMENTS]


def others_of(cell: Cell, counts: dict[str, int], quarter: str) -> list[dict[str, int]]:
    """The same counts but for those of the cell, of which ``quarter`` has five other values."""
    total = sum(counts[one] for one in cell.times)
    partner = cell.times[-1] if quarter != cell.times[-1] else cell.times[0]
    made = []
    for small in range(THRESHOLD):
        own, other = (small, total - small) if partner == cell.times[-1] else (total - small, small)
        rest = dict.fromkeys(cell.times, 0) | {quarter: own, partner: other if cell.true else 0}
        if not cell.true:
            rest[quarter] = small
        made.append(counts | rest)
    return made


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SERIES)
def test_five_values_of_every_hidden_quarter_give_the_same_reports(values):
    counts = as_counts(values)
    reports = told(counts)
    for cell in reports[-1]:
        hidden = cell.times if len(cell.times) > 1 or not cell.true else ()
        for quarter in hidden:
            others = others_of(cell, counts, quarter)
            assert len({one[quarter] for one in others}) >= THRESHOLD
            assert all(told(one) == reports for one in others)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SERIES)
def test_what_is_told_is_told_alike_by_every_later_report(values):
    """Nothing is learnt by subtracting one report from another but sums that are told."""
    reports = told(as_counts(values))
    for earlier, later in pairwise(reports):
        for cell in earlier:
            parts = [one for one in later if set(one.times) <= set(cell.times)]
            assert sum(one.count for one in parts) == cell.count
            assert {time for one in parts for time in one.times} == set(cell.times)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SERIES)
def test_every_true_cell_is_the_true_sum(values):
    counts = as_counts(values)
    for report in told(counts):
        for cell in report:
            exact = sum(counts[time] for time in cell.times)
            assert (cell.count == exact >= THRESHOLD) if cell.true else exact < THRESHOLD


def test_the_windows_are_told_before_their_parts():
    counts = as_counts([0, 1, 0, 1, 1, 0, 1, 1] + [1] * 12)
    last = told(counts)[-1]
    assert sum(one.count for one in last if one.times[0] < "2010") == 5
    assert sum(one.count for one in last if one.times[0] >= "2010") == 12
    assert all(one.true for one in last)


def test_of_another_area_whole_years_are_told_and_a_small_one_not():
    counts = as_counts([1, 1, 1, 1, 9, 9, 9, 9] + [3] * 12)
    cells = units_alone(counts)
    assert [(one.times[0], one.count, one.true) for one in cells] == [
        ("2008K1", 2, False), ("2009K1", 36, True), ("2010K1", 12, True),
        ("2011K1", 12, True), ("2012K1", 12, True),
    ]  # fmt: skip


def test_areas_together_are_told_by_quarters_only_where_each_of_their_years_is():
    small, large = as_counts([1] * 4 + [9] * 16), as_counts([9] * 20)
    cells = [units_alone(one) for one in (small, large)]
    summed = {time: small[time] + large[time] for time in QUARTERS}
    together = together_cells(summed, zip(*cells, strict=True), THRESHOLD)
    assert together[0] == Cell(times=QUARTERS[:4], count=2 + 36, true=False)
    assert [one.count for one in together[1:]] == [18] * 16


def test_each_area_is_told_by_quarters_where_none_of_them_is_small():
    one, other = as_counts([9] * 20), as_counts([9] * 4 + [4] + [9] * 15)
    cells = [units_alone(counts) for counts in (one, other)]
    full = in_full([one, other], list(zip(*cells, strict=True)), THRESHOLD)
    lengths = [[len(cell.times) for cell in area] for area in full]
    assert lengths == [[1] * 4 + [4] + [1] * 12] * 2


def test_units_follow_the_windows_of_targets_and_nothing_else():
    from types import SimpleNamespace

    target = SimpleNamespace(indicator="x", by="2012K2")
    units = [unit for one in stretches(QUARTERS, DESIGN, (target,)) for unit in one.units]
    assert [len(unit) for unit in units] == [4, 4, 2, 2, 2, 2, 2, 2]
