"""Placebo areas and dates, leaving one out, and baselines of growing length."""

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.stats.changes import AreaChanges
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.placebos import (
    baseline_sensitivity,
    leave_one_out,
    placebo_areas,
    placebo_dates,
    ranked,
)
from tingbjerg_eval.stats.refusal import MethodRefused

SHOWN = ["value", "lower", "upper", "p_value"]


def headline(data, design, **options):
    found = difference_in_differences(data, design, **options)
    return [getattr(found, name) for name in SHOWN]


def test_each_placebo_row_is_the_headline_with_that_area_as_treated(panel, design):
    found = placebo_areas(panel, design, level=0.9).table.set_index("area")
    for area in design.areas:
        others = tuple(other for other in design.areas if other != area)
        turned = design.with_(treated=area, comparison=others)
        assert list(found.loc[area, SHOWN]) == pytest.approx(
            headline(panel, turned, level=0.9), rel=1e-8
        )
        assert found.loc[area, "role"] == ("treated" if area == "T" else "comparison")


def test_the_rank_by_hand_without_sampling_errors():
    """Changes 6, 0, 1, -1, 2, -9: mean -1/6: farthest from the rest is F, then T."""
    changes = AreaChanges(
        areas=("T", "A", "B", "C", "D", "F"),
        change=np.array([6.0, 0, 1, -1, 2, -9]),
        variance=np.zeros(6),
        scale="percentage points",
    )
    found = ranked(changes)
    assert (found.rank, found.n_areas) == (2, 6)
    assert found.p_value == pytest.approx(2 / 6)
    assert found.smallest_p == pytest.approx(1 / 6)
    assert list(found.table["area"]) == ["F", "T", "D", "B", "C", "A"]
    assert list(found.table["rank"]) == [1, 2, 3, 4, 5, 6]
    assert list(found.table.columns) == ["area", "role", *SHOWN, "rank"]
    assert list(found.table.index) == list(range(6))


def test_equally_surprising_areas_share_the_larger_rank(make_panel, design):
    data = make_panel(dict.fromkeys(design.areas, (20,) * 20))
    found = placebo_areas(data, design)
    assert (found.rank, found.p_value) == (6, 1.0)


def test_a_small_noisy_area_is_not_first_for_being_small():
    """The largest change belongs to an area with a large sampling error of its own."""
    changes = AreaChanges(
        areas=("T", *"ABCDEFGH"),
        change=np.array([0.9, -0.7, 0.02, -0.03, 0.05, 0.01, -0.04, 0.03, 0.0]),
        variance=np.array([1.0, 0.0025, *[0.0025] * 7]),
        scale="rate ratio",
    )
    found = ranked(changes)
    assert found.table["area"].iloc[0] == "A"
    assert found.rank > 1


def test_placebo_dates_are_headlines_inside_the_baseline(panel, design):
    longer = design.with_(baseline=("2008K1", "2010K4"), period=("2011K1", "2012K4"))
    found = placebo_dates(panel, longer)
    assert list(found["start"]) == ["2009K1", "2010K1"]
    assert list(found["baseline_last"]) == ["2008K4", "2009K4"]
    assert set(found["period_last"]) == {"2010K4"}
    for row, start in zip(found.itertuples(), ("2009K1", "2010K1"), strict=True):
        moved = longer.with_(baseline=("2008K1", row.baseline_last), period=(start, "2010K4"))
        assert [getattr(row, name) for name in SHOWN] == pytest.approx(headline(panel, moved))


def test_placebo_dates_of_shares_start_at_each_wave(make_shares, waves):
    rng = np.random.default_rng(5)
    data = make_shares(
        {a: {w: (rng.uniform(0.2, 0.4), 0.0004) for w in (2007, 2009, 2010)} for a in waves.areas}
    )
    later = waves.with_(baseline=(2007, 2010), period=(2013, 2013))
    found = placebo_dates(data, later)
    assert list(found["start"]) == [2009, 2010]
    assert list(found["baseline_last"]) == [2007, 2009]


def test_placebo_dates_need_no_row_of_the_period(panel, design):
    early = panel[panel["quarter"] < "2010K1"]
    pd.testing.assert_frame_equal(placebo_dates(early, design), placebo_dates(panel, design))


def test_a_baseline_of_one_year_holds_no_fake_start(panel, design):
    with pytest.raises(MethodRefused) as caught:
        placebo_dates(panel, design.with_(baseline=("2009K1", "2009K4")))
    assert str(caught.value) == (
        "The baseline holds only one year or wave, so nothing can be compared inside it. Give a "
        "longer baseline."
    )


def test_leaving_one_out_equals_the_headline_without_that_area(make_panel, design):
    rng = np.random.default_rng(8)
    more = design.with_(comparison=(*design.comparison, "F"))
    data = make_panel({area: rng.poisson(30, 20) for area in more.areas})
    found = leave_one_out(data, more).set_index("left_out")
    assert list(found.index) == ["", "A", "B", "C", "D", "E", "F"]
    assert list(found.loc[""]) == pytest.approx(headline(data, more))
    for area in more.comparison:
        rest = more.with_(comparison=tuple(a for a in more.comparison if a != area))
        assert list(found.loc[area]) == pytest.approx(headline(data, rest), rel=1e-8)


def test_leaving_one_out_of_four_is_refused(panel, design):
    with pytest.raises(MethodRefused, match="4 comparison areas"):
        leave_one_out(panel, design.with_(comparison=("A", "B", "C", "D")))


def test_the_full_length_is_the_headline_and_shorter_ones_are_its_last_years(panel, design):
    longer = design.with_(baseline=("2008K1", "2010K4"), period=("2011K1", "2012K4"))
    found = baseline_sensitivity(panel, longer)
    assert list(found["length"]) == [1, 2, 3]
    assert list(found["baseline_first"]) == ["2010K1", "2009K1", "2008K1"]
    assert set(found["baseline_last"]) == {"2010K4"}
    for row in found.itertuples():
        shorter = longer.with_(baseline=(row.baseline_first, "2010K4"))
        assert [getattr(row, name) for name in SHOWN] == pytest.approx(headline(panel, shorter))


def test_one_bad_last_year_shows_as_an_effect_that_shrinks_with_the_baseline(make_panel, design):
    rng = np.random.default_rng(11)
    longer = design.with_(baseline=("2006K1", "2009K4"))
    counts = {area: rng.poisson(50, 28) for area in longer.areas}
    counts["T"] = np.array([50] * 12 + [70] * 4 + [50] * 12)
    values = baseline_sensitivity(make_panel(counts, first=2006), longer)["value"]
    assert values.iloc[0] < 0.8
    assert values.is_monotonic_increasing


def test_a_length_without_reports_says_so_and_the_others_stand(panel, design):
    panel.loc[(panel["area"] == "T") & panel["quarter"].str.startswith("2009"), "count"] = 0
    found = baseline_sensitivity(panel, design)
    assert np.isnan(found["value"].iloc[0])
    assert found["note"].iloc[0].startswith("The baseline of T holds no report at all")
    assert found["value"].iloc[1] > 0
    assert found["note"].iloc[1] == ""


@pytest.mark.parametrize(
    "method", [placebo_areas, placebo_dates, leave_one_out, baseline_sensitivity]
)
def test_no_table_is_changed_and_few_areas_are_refused(panel, design, method):
    kept = panel.copy(deep=True)
    method(panel, design)
    pd.testing.assert_frame_equal(panel, kept)
    with pytest.raises(MethodRefused, match="2 comparison areas"):
        method(panel, design.with_(comparison=("A", "B")))
    with pytest.raises(MethodRefused, match="level is 95"):
        method(panel, design, level=95)
