"""Days and months swapped in a part of the rows; an area's series on the wrong quarters."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from made import AREAS, Made
from spoilt import seasons, swapped

from tingbjerg_eval.data.check import check_study
from tingbjerg_eval.data.doubts.day_order import swapped_rows
from tingbjerg_eval.data.doubts.shifts import SURE, correlations, shift_of, williams
from tingbjerg_eval.data.reading import read_tables
from tingbjerg_eval.study.settings_file import read_settings

ROOT = Path(__file__).parents[3]
NEW = {"dates-swapped", "dates-swapped-outside", "days-early", "area-shifted"}
SEEDS = st.integers(0, 2**32 - 1)


def dates(seed: int, number: int = 1500) -> np.ndarray:
    """Days of five years, in order."""
    random = np.random.default_rng(seed)
    return np.datetime64("2008-01-01") + np.sort(random.integers(0, 1826, number))


def turned(days: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, int]:
    """``days`` with day and month swapped in a share of those that allow it, and how many."""
    random = np.random.default_rng(seed)
    plain = [one.astype(dt.date) for one in days]
    able = [d.day <= 12 and d.day != d.month and random.random() < share for d in plain]
    swap = [dt.date(d.year, d.day, d.month) if a else d for d, a in zip(plain, able, strict=True)]
    return np.array(swap, dtype="datetime64[D]"), sum(able)


@settings(deadline=None, max_examples=15)
@given(SEEDS, st.floats(0.2, 1.0))
def test_swapped_rows_of_a_delivery_in_order_are_counted(seed, share):
    mixed, number = turned(dates(seed), share, seed)
    found, able = swapped_rows(mixed)
    assert 0.8 * number <= found.sum() <= number
    assert able > number - 1


@settings(deadline=None, max_examples=15)
@given(SEEDS, st.floats(0, 1), st.integers(0, 90))
def test_a_delivery_in_any_order_or_none_has_no_swapped_rows(seed, share, loose):
    """Rows registered late by up to ``loose`` days, and rows in no order at all."""
    random = np.random.default_rng(seed)
    days = dates(seed)
    late = days[np.argsort(np.arange(len(days)) + random.integers(0, loose + 1, len(days)))]
    none = random.permutation(turned(days, share, seed)[0])
    for order in (days, late, none):
        assert swapped_rows(order)[0].sum() < 0.05 * len(days) * 0.3


def test_swapped_rows_by_hand():
    days = np.arange(np.datetime64("2011-01-01"), np.datetime64("2012-01-01"))
    mixed = days.copy()
    pairs = [(m, d) for m in (3, 9) for d in range(5, 8)]
    true = np.array([f"2011-{m:02d}-{d:02d}" for m, d in pairs], "datetime64[D]")
    at = np.flatnonzero(np.isin(days, true))
    mixed[at] = [f"2011-{d:02d}-{m:02d}" for m, d in pairs]
    assert np.flatnonzero(swapped_rows(mixed)[0]).tolist() == at.tolist()


@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 99), share=st.floats(0.3, 1.0), year=st.sampled_from([2009, 2012]))
def test_half_of_one_years_dates_are_never_swapped_unseen(seed, share, year, tmp_path_factory):
    made = Made(seed=seed)
    made.rows.sort(key=lambda one: one[1])
    result = swapped(share, years=(year,))(made).check(tmp_path_factory.mktemp("swapped"))
    assert [one.code for one in result.problems] == ["dates-swapped"]


def test_case_numbers_are_an_order_where_the_rows_have_none(tmp_path):
    made = Made()
    made.rows.sort(key=lambda one: one[1])
    path = swapped(0.5)(made).write(tmp_path)
    file = path.parent / "data" / "politi.csv"
    heading, *rows = file.read_text("utf-8").splitlines()
    np.random.default_rng(1).shuffle(rows)
    file.write_text("\n".join([heading, *rows]) + "\n", "utf-8")
    (problem,) = check_study(path).problems
    assert problem.code == "dates-swapped"
    assert "order of case" in problem.found


@settings(max_examples=2, deadline=None)
@given(area=st.sampled_from(AREAS), late=st.sampled_from([-1, 1]))
def test_an_area_a_quarter_off_is_named_alone(area, late, tmp_path_factory):
    made = seasons(Made(), late=late, area=area)
    result = made.check(tmp_path_factory.mktemp("shifted"), counted=True)
    assert [(one.code, one.column) for one in result.notes] == [("area-shifted", area)]
    assert f"{late:+d} kvartaler" in result.questions()


def test_a_year_off_is_told_by_what_all_areas_share_beside_the_seasons():
    random = np.random.default_rng(3)
    level = np.exp(random.normal(0, 0.3, 28))
    series = random.poisson(200 * level, (5, 28))
    others = series[1:].mean(axis=0)[4:]
    assert shift_of(series[0][4:], others) is None
    assert shift_of(series[0][:-4], others)[0] == 4


def test_williams_by_hand():
    """Two correlations 0.6 and 0.2 with 0.5 between them, 23 times."""
    rest = 1 - 0.36 - 0.04 - 0.25 + 2 * 0.6 * 0.2 * 0.5
    below = 2 * 22 / 20 * rest + 0.4**2 * 0.5**3
    assert williams(0.6, 0.2, 0.5, 23) == pytest.approx(0.4 * np.sqrt(22 * 1.5 / below))


@settings(deadline=None, max_examples=25)
@given(SEEDS, st.floats(20, 300), st.floats(0, 0.4))
def test_areas_on_the_right_quarters_are_left_alone(seed, mean, season):
    random = np.random.default_rng(seed)
    level = np.exp(season * np.cos(np.pi * np.arange(20) / 2) + random.normal(0, 0.1, 20))
    counts, others = random.poisson(mean * level), random.poisson(6 * mean * level) / 6
    assert shift_of(counts, others) is None
    assert max(correlations(counts, others, lag)[2] for lag in (-1, 1)) < SURE


@pytest.mark.parametrize("study", [".", "examples/minimal"])
def test_the_studies_of_the_house_raise_none_of_these(study):
    path = ROOT / "parameters" / study / "study.yaml"
    tables = read_tables(read_settings(path), path.parent)
    assert not NEW & {one.code for one in tables.notes}
