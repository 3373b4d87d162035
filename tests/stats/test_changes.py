"""The area-changes table: arithmetic by hand, and every refusal in its words."""

import math

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.stats.cells import read_cells
from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Break, Contamination, Design


@pytest.fixture
def small(make_panel):
    """Baseline year and period year: T 50 to 30, A 60 to 55."""
    data = make_panel({"T": (20, 10, 10, 10, 10, 10, 5, 5), "A": (15, 15, 15, 15, 10, 15, 15, 15)})
    return data, Design(
        treated="T", comparison=("A",), baseline=("2008K1", "2008K4"), period=("2009K1", "2009K4")
    )


def refusal(*arguments, **options):
    with pytest.raises(MethodRefused) as caught:
        area_changes(*arguments, **options)
    return caught.value


def test_counts_change_by_the_log_rate_ratio_with_a_half_added(small):
    changes = area_changes(*small, fewest=1)
    assert changes.areas == ("T", "A")
    assert changes.scale == "rate ratio"
    assert changes.change == pytest.approx([math.log(30.5 / 50.5), math.log(55.5 / 60.5)], abs=0)
    assert changes.variance == pytest.approx([1 / 50.5 + 1 / 30.5, 1 / 60.5 + 1 / 55.5])


def test_exposure_is_population_times_quarters(make_panel, small):
    data, design = small
    data.loc[data["quarter"].str.startswith("2009"), "population"] = 2000.0
    longer = make_panel({"T": (10,) * 12, "A": (10,) * 12})
    longer_design = design.with_(period=("2009K1", "2010K4"))
    assert area_changes(data, design, fewest=1).change[0] == pytest.approx(
        math.log(30.5 / 50.5) - math.log(2)
    )
    assert area_changes(longer, longer_design, fewest=1).change[0] == pytest.approx(
        math.log(80.5 / 40.5) - math.log(2)
    )


def test_shares_change_in_percentage_points_with_averaged_waves(make_shares):
    data = make_shares(
        {
            "T": {2008: (0.30, 0.0004), 2009: (0.32, 0.0006), 2011: (0.21, 0.0003)},
            "A": {2008: (0.10, 0.0002), 2009: (0.20, 0.0002), 2011: (0.15, 0.0002)},
        }
    )
    design = Design(treated="T", comparison=("A",), baseline=(2008, 2009), period=(2010, 2011))
    changes = area_changes(data, design, fewest=1)
    assert changes.scale == "percentage points"
    assert changes.change == pytest.approx([-10.0, 0.0])
    assert changes.variance == pytest.approx([1e4 * (0.001 / 4 + 0.0003), 1e4 * (0.0001 + 0.0002)])


def test_a_wave_held_in_some_areas_only_is_refused(make_shares):
    data = make_shares(
        {"T": {2009: (0.3, 0.001), 2011: (0.2, 0.001)}, "A": {2009: (0.3, 0.001), 2012: (0.1, 0.1)}}
    )
    design = Design(treated="T", comparison=("A",), baseline=(2009, 2009), period=(2011, 2012))
    assert str(refusal(data, design, fewest=1)) == (
        "The table has no row for T, 2012 (and 1 more). Add it (a true zero is a row with 0), or "
        "choose windows and areas that are complete."
    )


def test_a_window_without_any_wave_is_refused(shares, waves):
    found = refusal(shares, waves.with_(period=(2010, 2012)))
    assert found.code == "no-wave"
    assert str(found) == (
        "No area has a wave in the period. Choose windows in which the survey was held."
    )


def test_four_comparison_areas_are_refused_and_five_are_not(panel, design):
    found = refusal(panel, design.with_(comparison=("A", "B", "C", "D")))
    assert found.code == "few-comparison-areas"
    assert str(found) == (
        "4 comparison areas; at least 5 are needed to see how much areas change without the "
        "effort. Name more comparison areas in the design, or describe the treated area alone "
        "with compare_periods."
    )
    assert area_changes(panel, design).n_comparison == 5


@pytest.mark.parametrize(
    ("name", "window", "length"),
    [("baseline", ("2008K1", "2009K3"), 7), ("period", ("2010K2", "2012K4"), 11)],
)
def test_part_years_are_refused(panel, design, name, window, length):
    found = refusal(panel, design.with_(**{name: window}))
    assert found.code == "part-years"
    assert str(found) == (
        f"The {name} {window[0]}-{window[1]} has {length} quarters, so seasons would be compared "
        "with other seasons. Give whole years: 4, 8, 12 ... quarters."
    )


@pytest.mark.parametrize("first", ["2008K2", "2010K1", "2012K4"])
def test_a_break_crossed_by_the_comparison_is_refused(panel, design, first):
    broken = design.with_(breaks=(Break(first=first, reason="new supplier"),))
    found = refusal(panel, broken)
    assert found.code == "break"
    assert str(found) == (
        f"Figures before and from {first} cannot be compared (new supplier), and the comparison "
        f"2008K1-2012K4 crosses it. Choose both windows before {first}, or both from it."
    )


@pytest.mark.parametrize("first", ["2008K1", "2013K1", "2007K4"])
def test_a_break_at_the_first_quarter_or_outside_does_no_harm(panel, design, first):
    broken = design.with_(breaks=(Break(first=first, reason="new supplier"),))
    assert area_changes(panel, broken).n_comparison == 5


def test_a_break_between_two_waves_is_refused(shares, waves):
    broken = waves.with_(breaks=(Break(first=2011, reason="new questionnaire"),))
    assert refusal(shares, broken).code == "break"


def test_a_contaminated_comparison_area_is_refused_by_name(panel, design):
    efforts = (
        Contamination(area="B", first="2012K4", last="2014K4", effort="police pilot"),
        Contamination(area="T", first="2011K1", last="2011K4", effort="own"),
        Contamination(area="C", first="2013K1", last="2014K4", effort="later"),
        Contamination(area="D", first="2005K1", last="2008K1", effort="early"),
    )
    found = refusal(panel, design.with_(contamination=efforts))
    assert found.code == "contaminated-comparison"
    assert str(found) == (
        "Comparison areas had an effort of their own in the windows: B (police pilot, "
        "2012K4-2014K4); D (early, 2005K1-2008K1). Leave them out of the design's comparison areas."
    )
    assert area_changes(panel, design.with_(contamination=efforts[1:3])).n_comparison == 5


def test_a_missing_row_is_named_by_area_and_quarter(panel, design):
    cut = panel[~((panel["area"] == "C") & (panel["quarter"] == "2011K2"))]
    found = refusal(cut, design)
    assert found.code == "missing-rows"
    assert str(found) == (
        "The table has no row for C, 2011K2. Add it (a true zero is a row with 0), or choose "
        "windows and areas that are complete."
    )


def test_a_doubled_row_is_named(panel, design):
    doubled = pd.concat([panel, panel[panel["quarter"] == "2008K3"]])
    found = refusal(doubled, design)
    assert found.code == "duplicated-rows"
    assert str(found) == (
        "The table has more than one row for T, 2008K3 (and 5 more). Sum or choose, so that each "
        "area has one row per quarter."
    )


def test_a_missing_column_names_the_nearest(panel, design):
    found = refusal(panel.rename(columns={"population": "populations"}), design)
    assert found.code == "missing-column"
    assert str(found) == (
        "The table has no column 'population' (nearest: 'populations'). It needs the columns "
        "area, quarter, count, population."
    )


def test_an_unknown_area_names_the_nearest(panel, design):
    panel = panel.replace({"area": {"T": "Tingbjerg"}})
    found = refusal(panel, design.with_(treated="Tingbjaerg"))
    assert found.code == "missing-area"
    assert str(found) == (
        "The table has no area 'Tingbjaerg' (nearest: 'Tingbjerg'). Write the design's areas as "
        "they stand in the table."
    )


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("count", -1, "a whole number, 0 or more"),
        ("count", 1.5, "a whole number, 0 or more"),
        ("count", np.nan, "a whole number, 0 or more"),
        ("population", 0, "above 0"),
        ("population", np.inf, "above 0"),
    ],
)
def test_an_unusable_value_is_named_by_place(panel, design, column, value, said):
    panel[column] = panel[column].astype(float)
    panel.loc[(panel["area"] == "D") & (panel["quarter"] == "2009K1"), column] = value
    found = refusal(panel, design)
    assert found.code == "unusable-value"
    assert str(found) == (
        f"Column '{column}' must be {said}; it is not for D, 2009K1. Mend the table; a blank or "
        "suppressed cell is never 0."
    )


@pytest.mark.parametrize(("column", "value"), [("share", 24.0), ("share", -0.1), ("variance", -1)])
def test_shares_are_fractions_with_a_variance(shares, waves, column, value):
    shares.loc[3, column] = value
    assert refusal(shares, waves).code == "unusable-value"


def test_an_all_zero_baseline_of_the_treated_area_is_refused(panel, design):
    early = panel["quarter"] < "2010K1"
    panel.loc[early & (panel["area"] == "T"), "count"] = 0
    found = refusal(panel, design)
    assert found.code == "all-zero-baseline"
    assert str(found) == (
        "The baseline of T holds no report at all, so there is nothing to change from. Use a "
        "longer baseline or a wider basket of offences."
    )


def test_all_zero_baselines_of_every_comparison_area_are_refused(panel, design):
    early = panel["quarter"] < "2010K1"
    panel.loc[early & (panel["area"] != "T"), "count"] = 0
    assert "every comparison area" in str(refusal(panel, design))


def test_one_comparison_area_without_reports_is_kept(panel, design):
    panel.loc[panel["area"] == "A", "count"] = 0
    changes = area_changes(panel, design)
    assert changes.variance[1] == 4
    assert changes.change[1] == pytest.approx(-math.log(1.5))


def test_rows_of_other_areas_and_times_are_ignored(panel, design):
    more = panel.assign(area="Z", count=-5)
    later = panel.assign(quarter="2019K1", count=-5)
    left = area_changes(pd.concat([panel, more, later]), design)
    np.testing.assert_array_equal(left.change, area_changes(panel, design).change)


def test_the_callers_table_is_not_changed(panel, design, shares, waves):
    for data, study in ((panel, design), (shares, waves)):
        kept = data.copy(deep=True)
        area_changes(data, study)
        pd.testing.assert_frame_equal(data, kept)


def test_the_frame_tells_the_changes_on_their_scale(panel, design):
    frame = area_changes(panel, design).frame()
    assert list(frame.columns) == ["area", "change", "variance", "value"]
    assert list(frame["area"]) == list(design.areas)
    np.testing.assert_allclose(frame["value"], np.exp(frame["change"]))


def test_cells_can_be_read_for_other_windows_than_the_designs(panel, design):
    cells = read_cells(panel, design, areas=("T",), windows=[("2008K1", "2008K4")])
    assert cells.times == ("2008K1", "2008K2", "2008K3", "2008K4")
    assert cells["count"].shape == (1, 4)
