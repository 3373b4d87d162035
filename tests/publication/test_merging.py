"""Counts joined in time: what is told is true, enough, and the same for five values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tingbjerg_eval.publication.merging import Cell, at_once, common, in_order, running, stand_in

THRESHOLD = 5
COUNTS = st.lists(st.integers(0, 12), min_size=1, max_size=14)


@given(COUNTS)
def test_every_join_holds_enough_and_the_rest_too_little(counts):
    closed, rest = in_order(counts, THRESHOLD)
    assert all(sum(counts[one]) >= THRESHOLD for one in closed)
    assert sum(counts[rest]) < THRESHOLD
    places = [at for one in (*closed, rest) for at in range(len(counts))[one]]
    assert places == [*range(len(counts))]


@given(COUNTS, st.integers(0, 12))
def test_a_join_told_is_not_told_otherwise_when_counts_follow(counts, later):
    before, _ = in_order(counts, THRESHOLD)
    after, _ = in_order([*counts, later], THRESHOLD)
    assert after[: len(before)] == before


@given(COUNTS)
def test_counts_known_together_leave_nothing_open(counts):
    joins = at_once(counts, THRESHOLD)
    assert sum(sum(counts[one]) for one in joins) == sum(counts)
    assert len(joins) == 1 or all(sum(counts[one]) >= THRESHOLD for one in joins)


@given(COUNTS)
def test_a_count_spread_over_its_times_adds_up(counts):
    times = tuple(f"{2000 + at}K1" for at in range(len(counts)))
    spread = Cell(times=times, count=sum(counts)).spread()
    assert sum(spread.values()) == sum(counts)
    assert max(spread.values()) - min(spread.values()) <= 1


def test_a_running_total_moves_by_the_threshold_or_not_at_all():
    assert running([4, 0, 1, 3, 1, 9], THRESHOLD) == [0, 0, 5, 5, 5, 18]
    assert running([6, 2, 1, 4], THRESHOLD) == [6, 6, 6, 13]


@pytest.mark.parametrize("threshold", [3, 4, 5, 10])
def test_what_stands_in_for_a_small_count_is_under_the_threshold(threshold):
    assert 0 < stand_in(threshold) < threshold


def test_streams_are_summed_over_the_times_that_all_of_them_tell():
    one = tuple(Cell(times=tuple(of), count=count) for of, count in (("a", 7), ("bc", 6), ("d", 9)))
    other = (Cell(times=("a", "b"), count=5), Cell(times=("c",), count=8))
    assert common([one, other]) == (Cell(times=("a", "b", "c"), count=26),)
    assert common([one]) == one
