"""Is the treated area more restless, and what that does to the headline."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f as f_ratio

from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.did import difference_in_differences, headline
from tingbjerg_eval.stats.dispersion import (
    MOST,
    Scatter,
    dispersion_ratio,
    programme_widening,
    together,
)
from tingbjerg_eval.stats.refusal import MethodRefused


def test_counting_error_is_taken_out_of_both_by_hand():
    """Treated .09 of which .01 counts; five others .05 and .01, mean taken off: ratio .08 / .04.

    The .09 is then what the median of F on 7 and 35 degrees, .924, makes of it."""
    chance = f_ratio.median(7, 35)
    variance = np.array([0.09 * chance + (0.04 + 0.01) / 5, *[0.05 * (1 - 1 / 5)] * 5])
    found = Scatter(variance=variance, counting=np.full(6, 0.01), degrees=7)
    assert chance == pytest.approx(0.924, abs=5e-4)
    assert found.own == pytest.approx(0.04)
    assert found.ratio() == pytest.approx(2.0)
    assert found.rank == 1


@pytest.mark.parametrize("resolution", ["quarter", "year"])
def test_the_ratio_is_as_often_too_small_as_too_large(make_panel, design, resolution):
    """Three times the variance, 300 panels of eight quarters, or of two years."""
    rng = np.random.default_rng(11)
    scale = dict.fromkeys(design.areas, 0.3) | {"T": 0.3 * np.sqrt(3)}
    below = 0
    for _ in range(300):
        shocks = {a: np.repeat(rng.normal(0, s, 5), 4) for a, s in scale.items()}
        if resolution == "quarter":
            shocks = {a: rng.normal(0, s, 20) for a, s in scale.items()}
        panel = make_panel({a: rng.poisson(2000 * np.exp(x)) for a, x in shocks.items()})
        below += dispersion_ratio(panel, design, resolution=resolution).value < 3
    assert below / 300 == pytest.approx(0.5, abs=3 * np.sqrt(0.25 / 300))


def scatter_with(ratio: float) -> Scatter:
    """Five areas alike without counting error, and one that strays ``ratio`` times as much."""
    others = 0.04 * np.r_[1 / 5 + ratio, [1 - 1 / 5] * 5]
    return Scatter(variance=others, counting=np.zeros(6), degrees=7)


def test_several_areas_ratios_are_averaged_before_they_are_held_above_one():
    """Ratios 2 and 0 make 1; 4 and 1 make 2.5, over the median of F on twice the degrees."""
    chance = f_ratio.median(14, 35)
    assert together([scatter_with(2.0), scatter_with(0.0)]) == pytest.approx(1 / chance)
    assert together([scatter_with(4.0), scatter_with(1.0), None]) == pytest.approx(2.5 / chance)
    assert together([scatter_with(0.5), scatter_with(0.1)]) == 1.0
    assert together([scatter_with(40.0)]) == MOST
    assert together([None]) == together([]) == 1.0


def test_a_programme_of_one_area_is_widened_as_that_area(make_panel, design):
    panel = swinging(make_panel, design, 0.6)
    one = min(dispersion_ratio(panel, design).value, MOST)
    assert programme_widening(panel, [design]) == pytest.approx(one, rel=1e-12)


def swinging(make_panel, design, swing, size=400):
    """The treated area swings about its level; the others swing by a tenth."""
    rng = np.random.default_rng(5)
    areas = dict.fromkeys(design.areas, 0.1) | {"T": swing}
    return make_panel(
        {a: rng.poisson(size * np.exp(rng.normal(0, sd, 20))) for a, sd in areas.items()}
    )


@pytest.mark.parametrize("resolution", ["quarter", "year"])
def test_a_restless_area_widens_the_interval_and_it_is_said(make_panel, design, resolution):
    longer = design.with_(baseline=("2006K1", "2009K4"))
    rng = np.random.default_rng(5)
    scale = dict.fromkeys(design.areas, 0.1) | {"T": 0.6}
    panel = make_panel(
        {a: rng.poisson(400 * np.exp(rng.normal(0, sd, 28))) for a, sd in scale.items()}, first=2006
    )
    ratio = dispersion_ratio(panel, longer, resolution=resolution)
    assert ratio.value > 2
    assert (ratio.rank, ratio.n_areas) == (1, 6)
    found = difference_in_differences(panel, longer, resolution=resolution)
    plain = headline(area_changes(panel, longer))
    assert found.upper / found.lower > plain.upper / plain.lower
    assert found.value == pytest.approx(plain.value, rel=0.05)
    said = {one.code: one.numbers for one in found.remarks}
    assert said["restless"]["ratio"] == round(min(ratio.value, MOST), 1)


def test_a_calm_area_leaves_the_headline_as_it_is(make_panel, design):
    panel = swinging(make_panel, design, 0.0)
    assert dispersion_ratio(panel, design).value < 1
    found, plain = difference_in_differences(panel, design), headline(area_changes(panel, design))
    assert (found.lower, found.upper, found.p_value) == (plain.lower, plain.upper, plain.p_value)
    assert "restless" not in [one.code for one in found.remarks]


def test_by_years_only_yearly_totals_count(make_panel, design):
    panel = swinging(make_panel, design, 0.5)
    rng = np.random.default_rng(1)
    year = panel["quarter"].str[:4]
    mixed = panel.assign(
        count=panel.groupby(["area", year])["count"].transform(lambda x: rng.permutation(x))
    )
    one, other = (
        difference_in_differences(each, design, resolution="year") for each in (panel, mixed)
    )
    assert (one.lower, one.upper) == (other.lower, other.upper)
    quarters = [dispersion_ratio(each, design).value for each in (panel, mixed)]
    assert quarters[0] != quarters[1]


def test_nothing_after_the_baseline_is_read(make_panel, design):
    panel = swinging(make_panel, design, 0.3)
    early = panel[panel["quarter"] < "2010K1"]
    assert dispersion_ratio(early, design) == dispersion_ratio(panel, design)


def test_the_interval_holds_the_true_ratio_about_as_often_as_it_says(make_panel, design):
    """Twice the variance, 200 panels: .95 within 4 Monte Carlo errors, or a little more."""
    rng = np.random.default_rng(8)
    scale = dict.fromkeys(design.areas, 0.2) | {"T": 0.2 * np.sqrt(2)}
    held = 0
    for _ in range(200):
        counts = {a: rng.poisson(300 * np.exp(rng.normal(0, s, 8))) for a, s in scale.items()}
        found = dispersion_ratio(make_panel(counts), design)
        held += found.lower <= 2 <= found.upper
    assert held / 200 >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 200)


def test_what_shows_no_scatter_is_refused(panel, design, shares, waves):
    year = design.with_(baseline=("2009K1", "2009K4"))
    for call, code in (
        (lambda: dispersion_ratio(shares, waves), "counts-only"),
        (lambda: dispersion_ratio(panel, year, resolution="year"), "short-baseline"),
        (lambda: dispersion_ratio(panel, design, resolution="month"), "resolution"),
        (lambda: dispersion_ratio(panel, design.with_(comparison=("A",))), "few-comparison-areas"),
    ):
        with pytest.raises(MethodRefused) as refused:
            call()
        assert refused.value.code == code


def test_the_panel_is_not_changed(panel, design):
    kept = panel.copy(deep=True)
    dispersion_ratio(panel, design)
    pd.testing.assert_frame_equal(panel, kept)
