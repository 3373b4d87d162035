"""The rules of the doubts by themselves: what they must find wherever it lies, and leave alone."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from made import QUARTERS

from tingbjerg_eval.data.areas import UNPLACED
from tingbjerg_eval.data.doubts.gaps import IMPOSSIBLE, empty_stretches
from tingbjerg_eval.data.doubts.jumps import outliers
from tingbjerg_eval.data.doubts.losses import LARGE, Windows
from tingbjerg_eval.data.doubts.parts import parts_of, running_total, same_series
from tingbjerg_eval.data.doubts.spelling import alike, one_slip

SEEDS = st.integers(0, 2**32 - 1)


def poisson(seed: int, mean: float, shape=20) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, shape)


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.floats(25, 400), st.integers(0, 17), st.integers(2, 3))
def test_a_hole_is_found_wherever_it_lies(seed, mean, first, length):
    counts = poisson(seed, mean)
    counts[first : first + length] = 0
    (found,) = empty_stretches(counts)
    assert (found.first, found.last) == (first, first + length - 1)
    assert found.expected == pytest.approx(length * mean, rel=0.5)


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.floats(0.05, 400))
def test_chance_makes_no_hole(seed, mean):
    assert all(one.expected < IMPOSSIBLE for one in empty_stretches(poisson(seed, mean)))


def test_a_hole_by_hand():
    counts = np.array([40, 42, 38, 0, 0, 41, 39, 40])
    (found,) = empty_stretches(counts)
    assert (found.first, found.last, found.count) == (3, 4, 0)
    assert found.expected == 2 * 40


def test_an_outbreak_a_decline_and_a_shared_silence_are_no_holes():
    outbreak = np.zeros(20, dtype=int)
    outbreak[7] = 300
    decline = np.array([80, 60, 40, 20, 10, 5, 2, 1, 0, 0, 0, 0])
    winter = np.array([40, 0] * 10)
    for counts, share in ((outbreak, None), (decline, None), (winter, np.array([1.0, 0.0] * 10))):
        assert all(one.expected < IMPOSSIBLE for one in empty_stretches(counts, share))


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.sets(st.integers(0, 5), min_size=2))
def test_a_sum_of_any_others_is_found_and_named(seed, members):
    rows = poisson(seed, 30, (6, 20))
    table = pd.DataFrame(rows, index=list("abcdef"))
    table.loc["whole"] = rows[sorted(members)].sum(axis=0)
    assert set(parts_of(table, "whole")) == {"abcdef"[one] for one in members}


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.floats(5, 300))
def test_independent_series_are_neither_sums_nor_one(seed, mean):
    table = pd.DataFrame(poisson(seed, mean, (7, 20)), index=list("abcdefg"))
    assert [name for name in table.index if parts_of(table, name)] == []
    assert same_series(table) == []


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.integers(0, 4))
def test_a_series_pasted_twice_is_found_though_some_cells_were_mended(seed, mended):
    table = pd.DataFrame(poisson(seed, 40, (4, 20)), index=list("abcd"))
    table.loc["d"] = table.loc["b"]
    table.loc["d", list(range(mended))] += 1
    assert [one[:2] for one in same_series(table)] == [("b", "d")]


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.floats(5, 300))
def test_a_running_total_is_told_from_a_series(seed, mean):
    counts = poisson(seed, mean)
    assert not running_total(counts, QUARTERS)
    yearly = counts.reshape(5, 4).cumsum(axis=1).ravel()
    assert running_total(yearly, QUARTERS)
    assert running_total(counts.cumsum(), QUARTERS)


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.floats(20, 300), st.integers(0, 19))
def test_a_figure_far_outside_is_found_and_chance_is_not(seed, mean, at):
    counts = poisson(seed, mean)
    assert outliers(counts) == []
    counts[at] *= 10
    assert outliers(counts) == [at]


@given(st.integers(2_000, 50_000), st.integers(2_000, 50_000), st.floats(0, 0.05))
def test_an_even_loss_moves_nothing(before, after, share):
    lost = (round(share * before), round(share * after))
    windows = Windows(lost=lost, every=(before, after), treated=(before // 7, after // 7))
    assert windows.shift < 0.01
    assert not windows.sure


def test_an_uneven_loss_by_hand():
    windows = Windows(lost=(0, 107), every=(2200, 3400), treated=(320, 390))
    assert windows.sure
    assert windows.shares == (0, 107 / 3400)
    assert windows.shift == pytest.approx(np.log1p(107 / 390.5))
    assert windows.shift > LARGE


LETTERS = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzæøå"), min_size=6, max_size=20)


@given(LETTERS, st.integers(1, 5), st.sampled_from("abcæøå"))
def test_one_wrong_letter_is_seen(name, at, letter):
    changed = name[:at] + letter + name[at + 1 :]
    inserted = name[:at] + letter + name[at:]
    for one in (changed, inserted, name[:at] + name[at + 1 :]):
        assert one == name or alike(one, [name]) == name


@given(LETTERS)
def test_case_blanks_and_accents_are_seen(name):
    for one in (name.upper(), f" {name}", name.replace("a", "á"), f"{name[:3]}-{name[3:]}"):
        assert one == name or alike(one, [name]) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [("tryg", "utryg"), ("sikker", "usikker"), ("Område 1", "Område 2"), ("Nord", "Syd"),
     ("Vesterbro", "Østerbro"), ("1320", "1321")],
)  # fmt: skip
def test_different_words_are_no_slips(one, other):
    assert not one_slip(one, other)
    assert alike(one, [other]) is None


@pytest.mark.parametrize(
    "name", ["Uoplyst", "uoplyst kommune", "Ukendt", "Unknown", "Ikke stedfæstet", "-", "N/A"]
)
def test_a_name_that_says_that_the_place_is_not_known(name):
    assert UNPLACED.fullmatch(name)
