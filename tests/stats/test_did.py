"""The headline: by hand, at its edges, and what it refuses to offer."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.refusal import MethodRefused


def test_equal_shares_without_error_give_the_t_interval_by_hand(make_shares, waves):
    """Comparison changes -2, -1, 0, 1, 2 points; treated -10: effect -10, t(4) interval."""
    change = dict(zip(waves.areas, (-10, -2, -1, 0, 1, 2), strict=True))
    data = make_shares({a: {2009: (0.5, 0), 2013: (0.5 + c / 100, 0)} for a, c in change.items()})
    found = difference_in_differences(data, waves)
    half = stats.t.ppf(0.975, 4) * math.sqrt(2.5) * math.sqrt(1 + 1 / 5)
    assert found.value == pytest.approx(-10, abs=1e-8)
    assert (found.lower, found.upper) == pytest.approx((-10 - half, -10 + half), abs=1e-7)
    t = 10 / math.sqrt(2.5 * 1.2)
    assert found.p_value == pytest.approx(2 * stats.t.sf(t, 4), abs=1e-9)
    assert found.scale == "percentage points"
    assert (found.n_treated, found.n_comparison, found.level) == (1, 5, 0.95)
    assert found.method == "difference_in_differences"


def test_equal_counts_in_all_areas_give_a_rate_ratio_of_one(make_panel, design):
    data = make_panel(dict.fromkeys(design.areas, (20,) * 20))
    found = difference_in_differences(data, design)
    assert found.value == pytest.approx(1, abs=1e-9)
    assert found.lower * found.upper == pytest.approx(1, abs=1e-9)
    assert found.lower < 1 < found.upper
    assert found.p_value == pytest.approx(1, abs=1e-9)
    assert found.scale == "rate ratio"


def test_a_higher_level_gives_a_wider_interval_around_the_same_value(panel, design):
    narrow, wide = (difference_in_differences(panel, design, level=x) for x in (0.8, 0.99))
    assert wide.value == narrow.value
    assert wide.lower < narrow.lower < narrow.value < narrow.upper < wide.upper


def test_a_smaller_treated_area_gets_a_wider_interval(make_panel, design):
    rng = np.random.default_rng(3)
    counts = {area: rng.poisson(200, 20) for area in design.areas}
    large = difference_in_differences(make_panel(counts), design)
    counts["T"] = counts["T"] // 20
    small = difference_in_differences(make_panel(counts), design)
    assert math.log(small.upper / small.lower) > 1.5 * math.log(large.upper / large.lower)


def test_no_table_is_changed(panel, design, shares, waves):
    for data, study in ((panel, design), (shares, waves)):
        kept = data.copy(deep=True)
        difference_in_differences(data, study)
        pd.testing.assert_frame_equal(data, kept)


def test_few_areas_and_a_short_baseline_are_noted(panel, design):
    found = difference_in_differences(panel, design.with_(baseline=("2009K1", "2009K4")))
    assert found.note == (
        "5 comparison areas; 12 are wanted; baseline of 4 quarters; 8 are the least that guards "
        "against an area chosen for one bad year"
    )
    assert difference_in_differences(panel, design).note == "5 comparison areas; 12 are wanted"


def test_very_few_reports_are_noted(make_panel, design):
    data = make_panel(dict.fromkeys(design.areas, (1, 0, 0, 1) * 5))
    assert difference_in_differences(data, design).note.endswith("some areas have very few reports")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("cluster", "several times too small"),
        ("CRV1", "several times too small"),
        ("cluster robust", "several times too small"),
        ("two_way_fixed_effects", "several times too small"),
        ("wild-bootstrap", "wild cluster bootstrap rejects far too often or never"),
        ("bootstrap", "only one of them is treated"),
        ("HC1", "quarters of one area as independent"),
        ("poisson", "knows only the counting error"),
        ("quasi-poisson", "knows only the counting error"),
    ],
)
@pytest.mark.parametrize("option", ["method", "errors"])
def test_misleading_errors_are_refused_with_the_reason(panel, design, option, asked, reason):
    with pytest.raises(MethodRefused) as caught:
        difference_in_differences(panel, design, **{option: asked})
    assert caught.value.code == "refused-method"
    assert reason in caught.value.cause
    assert caught.value.cause.startswith(f"{asked!r} is not offered for one treated area. ")
    assert caught.value.way_out == (
        "Use 'predictive' (the default), and look at placebo_areas for your own data."
    )


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        *((name, "rest on that area's residual") for name in ("cluster-robust", "clustered")),
        *((f"cr{kind}", "rest on that area's residual") for kind in range(4)),
        *((f"crv{kind}", "rest on that area's residual") for kind in range(4)),
        *((name, "rest on that area's residual") for name in ("twfe", "two-way-fixed-effects")),
        *((f"hc{kind}", "quarters of one area as independent") for kind in range(5)),
        *((name, "quarters of one area") for name in ("hc", "robust", "hetero")),
        *((name, "wild cluster bootstrap rejects") for name in ("wild", "wild-cluster")),
        ("wild-cluster-bootstrap", "wild cluster bootstrap rejects"),
    ],
)
def test_other_names_of_the_same_errors_get_the_same_reason(panel, design, asked, reason):
    with pytest.raises(MethodRefused, match=reason) as caught:
        difference_in_differences(panel, design, errors=asked)
    assert caught.value.code == "refused-method"


def test_twelve_areas_two_years_and_enough_reports_need_no_note(make_panel, design):
    twelve = design.with_(comparison=tuple("ABCDEFGHIJKL"))
    data = make_panel(dict.fromkeys(twelve.areas, (3, 1, 2, 4) * 5))
    assert difference_in_differences(data, twelve).note == ""


def test_a_misspelt_method_names_the_nearest(panel, design):
    with pytest.raises(MethodRefused) as caught:
        difference_in_differences(panel, design, method="predictiv")
    assert str(caught.value) == (
        "There is no method 'predictiv' (nearest: 'predictive'). Use 'predictive'."
    )


def test_options_are_keyword_only(panel, design):
    with pytest.raises(TypeError):
        difference_in_differences(panel, design, 0.9)
