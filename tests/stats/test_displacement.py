"""Adjacent areas, the displacement quotient and difference, and reports avoided."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.did import difference_in_differences, headline
from tingbjerg_eval.stats.displacement import displacement, reports_avoided
from tingbjerg_eval.stats.displacement_quotient import (
    displacement_quotient,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Break, Contamination


@pytest.fixture
def nearby(design):
    return design.with_(adjacent=("X", "Y"))


@pytest.fixture
def wide(panel, make_panel):
    rng = np.random.default_rng(5)
    return pd.concat(
        [panel, make_panel({area: rng.poisson(20, 20) for area in ("X", "Y")})], ignore_index=True
    )


def figures(found):
    return found.value, found.lower, found.upper, found.p_value


def refusal(method, *arguments, **options):
    with pytest.raises(MethodRefused) as refused:
        method(*arguments, **options)
    return refused.value


def steady(design, treated, adjacent, make_panel, level=200):
    """Comparison areas without change; treated and adjacent areas by the factors given."""
    factors = {"T": treated, "X": adjacent, "Y": adjacent}
    return make_panel(
        {
            area: [level] * 8 + [round(level * factors.get(area, 1))] * 12
            for area in (*design.areas, *design.adjacent)
        }
    )


def test_adjacent_areas_stand_in_the_treated_areas_place(wide, nearby, design):
    """Two adjacent areas by hand: their rows added, put through the headline."""
    pooled = (
        wide[wide["area"].isin(["X", "Y"])]
        .groupby("quarter", as_index=False)[["count", "population"]]
        .sum()
        .assign(area="T")
    )
    comparison = wide[wide["area"].isin(design.comparison)]
    counts = [wide.loc[wide["area"] == area, "count"].sum() + 0.5 for area in ("X", "Y")]
    evenness = sum(count**2 for count in counts) / sum(counts) ** 2
    assert 0.5 <= evenness < 0.6
    changes = area_changes(pd.concat([pooled, comparison]), design)
    want = headline(changes, ratio=evenness)
    found = displacement(wide, nearby)
    assert figures(found) == figures(want)
    assert (found.method, found.n_treated, found.n_comparison) == ("displacement", 2, 5)
    assert found.note == "several adjacent areas count as one"
    assert found.estimand == "change of the adjacent areas beyond that of the comparison areas"


def test_one_adjacent_area_is_that_area(wide, nearby):
    one = displacement(wide, nearby.with_(adjacent=("X",)))
    want = headline(area_changes(wide, nearby.with_(treated="X", adjacent=())))
    assert figures(one) == figures(want)
    assert one.note == ""


def test_adjacent_shares_are_averaged(make_shares, shares, waves):
    beside = make_shares(
        {
            "X": {2009: (0.3, 2e-3), 2013: (0.2, 1e-3)},
            "Y": {2009: (0.1, 4e-3), 2013: (0.2, 3e-3)},
            "Z": {2009: (0.2, 3e-3), 2013: (0.2, 5e-3)},
        }
    )
    pooled = make_shares({"T": {2009: (0.2, 1e-3), 2013: (0.2, 1e-3)}})
    rest = shares[shares["area"] != "T"]
    found = displacement(pd.concat([shares, beside]), waves.with_(adjacent=("X", "Y", "Z")))
    want = headline(area_changes(pd.concat([pooled, rest]), waves), ratio=1 / 3)
    assert figures(found) == pytest.approx(figures(want), abs=1e-9)
    assert found.scale == "percentage points"


def test_the_headline_and_its_effect_do_not_touch_the_adjacent_areas(wide, nearby):
    raised = wide.assign(count=wide["count"].where(wide["area"] != "T", wide["count"] * 3))
    assert figures(displacement(raised, nearby)) == figures(displacement(wide, nearby))


def test_reports_avoided_by_hand(make_panel, nearby, design):
    """2,400 expected, 1,200 counted: about 1,200 avoided, the interval that of the ratio."""
    panel = steady(nearby, 0.5, 1.0, make_panel)
    estimate = difference_in_differences(panel, design)
    found = reports_avoided(panel, design)
    assert found.observed == 1200
    assert found.value == pytest.approx(1200, rel=2e-3)
    assert found.expected == pytest.approx(2400, rel=2e-3)
    assert found.lower == pytest.approx(1200.5 * (1 / estimate.upper - 1), rel=1e-12)
    assert found.upper == pytest.approx(1200.5 * (1 / estimate.lower - 1), rel=1e-12)
    assert found.lower < found.value < found.upper
    assert not found.holds_zero
    assert found.level == 0.95
    assert found.note == estimate.note


def test_reports_avoided_hold_none_exactly_when_the_ratio_holds_one(panel, design):
    estimate = difference_in_differences(panel, design, level=0.8)
    found = reports_avoided(panel, design, estimate=estimate)
    assert found.level == 0.8
    assert found.holds_zero == (estimate.lower <= 1 <= estimate.upper)
    assert replace(found, lower=0.0).holds_zero
    assert replace(found, lower=-1.0, upper=0.0).holds_zero
    assert not replace(found, lower=0.1, upper=3.0).holds_zero
    assert found == reports_avoided(panel, design, level=0.8)


def test_the_quotient_by_hand():
    """Treated 100 to 50, adjacent 100 to 90, comparison steady: a fifth of the benefit spread."""
    assert displacement_quotient((100, 50), (100, 90), (100, 100)) == pytest.approx(0.2)
    assert displacement_quotient((100, 50), (100, 125), (100, 100)) == pytest.approx(-0.5)
    assert math.isnan(displacement_quotient((100, 50), (100, 90), (200, 100)))


def test_the_quotient_is_given_where_the_headline_shows_a_change(make_panel, nearby):
    found = weighted_displacement_quotient(steady(nearby, 0.5, 1.1, make_panel), nearby)
    # 4,000 comparison reports a year, before and after in proportion 8 to 12
    comparison = (5 * 8 * 200, 5 * 12 * 200)
    assert found.value == pytest.approx(
        displacement_quotient((1600, 1200), (3200, 2 * 12 * 220), comparison)
    )
    assert found.value == pytest.approx(-0.4)
    assert found.success == pytest.approx(-0.1)
    assert found.success_lower < found.success < found.success_upper < 0
    assert found.note == ""


def test_the_quotient_is_withheld_where_its_denominator_may_be_nothing(make_panel, nearby):
    found = weighted_displacement_quotient(steady(nearby, 0.99, 1.1, make_panel), nearby)
    assert math.isnan(found.value)
    assert found.success_lower < 0 < found.success_upper
    assert found.note == "withheld: the interval of its denominator holds 0"


def test_the_published_difference_with_displacement_areas(shared):
    want = json.loads((shared / "replication/wdd_paper.expected.json").read_text())["expected"]
    found = weighted_displacement_difference(
        (207, 110), (308, 318), adjacent=(178, 157), adjacent_comparison=(150, 140)
    )
    assert found.value == want["wdd"]
    assert found.standard_error == pytest.approx(want["se"], rel=1e-12)
    assert found.z == pytest.approx(want["z"], abs=0.005)
    ends = [found.value + step * 1.959964 * found.standard_error for step in (-1, 1)]
    assert ends == pytest.approx(want["ci95_rounded"], abs=0.5)
    assert "not for conclusions" in found.note


def test_the_published_difference_with_windows_of_unequal_length(shared):
    case = json.loads((shared / "replication/wdd_time_weights.expected.json").read_text())
    found = weighted_displacement_difference((80, 20), (100, 50), time_weights=(2, 1))
    assert found.value == case["expected"]["wdd"]
    assert found.standard_error == pytest.approx(case["expected"]["se"], rel=1e-12)


def test_the_difference_weighs_areas_by_their_size():
    """Comparison area twice as large: its change and its error count half."""
    found = weighted_displacement_difference((50, 30), (60, 56), area_weights=(1, 2, 1, 1))
    assert found.value == -20 - -2
    assert found.standard_error == pytest.approx(math.sqrt(50 + 30 + (60 + 56) / 4))
    simple = weighted_displacement_difference((50, 30), (60, 55))
    assert simple.value == -15


seeds = st.integers(0, 10**6)
pairs = st.tuples(st.integers(1, 500), st.integers(1, 500))


@settings(derandomize=True, max_examples=40, deadline=None)
@given(pairs, pairs, st.integers(1, 9))
def test_the_difference_turns_its_sign_and_grows_with_the_counts(treated, comparison, factor):
    one = weighted_displacement_difference(treated, comparison)
    turned = weighted_displacement_difference(comparison, treated)
    larger = weighted_displacement_difference(
        [factor * x for x in treated], [factor * x for x in comparison]
    )
    assert turned.value == -one.value
    assert turned.standard_error == pytest.approx(one.standard_error)
    assert larger.value == factor * one.value
    assert larger.standard_error == pytest.approx(math.sqrt(factor) * one.standard_error)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(pairs, pairs, pairs, st.integers(2, 9))
def test_the_quotient_does_not_know_the_number_of_comparison_areas(
    treated, adjacent, comparison, factor
):
    one = displacement_quotient(treated, adjacent, comparison)
    more = displacement_quotient(treated, adjacent, [factor * x for x in comparison])
    assert more == pytest.approx(one, rel=1e-6, nan_ok=True)


def test_order_of_rows_and_of_adjacent_areas_do_not_matter(wide, nearby):
    shuffled = wide.sample(frac=1, random_state=3)
    turned = nearby.with_(adjacent=("Y", "X"))
    assert figures(displacement(shuffled, turned)) == figures(displacement(wide, nearby))


def test_no_table_is_changed(wide, nearby):
    kept = wide.copy(deep=True)
    displacement(wide, nearby)
    reports_avoided(wide, nearby)
    weighted_displacement_quotient(wide, nearby)
    pd.testing.assert_frame_equal(wide, kept)


def test_without_adjacent_areas_nothing_is_said_of_displacement(panel, design):
    for method in (displacement, weighted_displacement_quotient):
        found = refusal(method, panel, design)
        assert found.code == "no-adjacent-areas"
        assert "Name the areas next to the treated one" in found.way_out


def test_an_effort_in_an_adjacent_area_is_refused(wide, nearby):
    effort = Contamination(area="X", first="2009K1", last="2010K1", effort="hot spots")
    efforts = nearby.with_(contamination=(effort,))
    for method in (displacement, weighted_displacement_quotient):
        found = refusal(method, wide, efforts)
        assert found.code == "contaminated-adjacent"
        assert "The adjacent area X had an effort of its own (hot spots, 2009K1-2010K1)" in str(
            found
        )
    later = Contamination(area="X", first="2013K1", last="2014K1", effort="hot spots")
    assert displacement(wide, nearby.with_(contamination=(later,))).n_treated == 2


def test_the_headlines_refusals_hold_here_too(wide, nearby):
    crossed = nearby.with_(breaks=(Break(first="2010K1", reason="law"),))
    few = nearby.with_(comparison=("A", "B", "C", "D"))
    gone = wide[~((wide["area"] == "Y") & (wide["quarter"] == "2009K2"))]
    assert refusal(displacement, wide, crossed).code == "break"
    assert refusal(displacement, wide, few).code == "few-comparison-areas"
    missing = refusal(displacement, gone, nearby)
    assert missing.code == "missing-rows"
    assert "Y, 2009K2" in missing.cause


def test_shares_have_no_reports_to_avoid(shares, waves):
    assert refusal(reports_avoided, shares, waves).code == "counts-only"


def test_a_window_without_comparison_reports_has_no_quotient():
    found = refusal(displacement_quotient, (3, 4), (5, 6), (0, 7))
    assert found.code == "all-zero-comparison"
