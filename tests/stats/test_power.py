"""The smallest change that would be found, told before the period."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tingbjerg_eval.stats.power import minimum_detectable_change
from tingbjerg_eval.stats.refusal import MethodRefused


def test_by_hand_without_sampling_errors(make_shares, waves):
    """Halves of the baseline differ by -2 ... 2 points: (t(.975) + t(.8)) sqrt(2.5 * 1.2)."""
    change = dict(zip(waves.areas, (0, -2, -1, 0, 1, 2), strict=True))
    data = make_shares({a: {2008: (0.5, 0), 2009: (0.5 + c / 100, 0)} for a, c in change.items()})
    found = minimum_detectable_change(data, waves.with_(baseline=(2008, 2009)), drift=False)
    wanted = (stats.t.ppf(0.975, 4) + stats.t.ppf(0.8, 4)) * math.sqrt(2.5 * 1.2)
    assert found.rise == pytest.approx(wanted, abs=1e-6)
    assert found.fall == pytest.approx(-wanted, abs=1e-6)
    assert found.between_areas == pytest.approx(math.sqrt(10 / stats.chi2.ppf(0.5, 4)), rel=1e-6)
    assert (found.power, found.level, found.n_comparison) == (0.8, 0.95, 5)
    assert (found.scale, found.note) == ("percentage points", "")


def test_the_variance_between_areas_grows_with_the_years_to_the_power_told(make_shares, waves):
    """Without sampling errors it goes with tau: 3 years between windows, 1 in the split."""
    change = dict(zip(waves.areas, (0, -2, -1, 0, 1, 2), strict=True))
    data = make_shares({a: {2008: (0.5, 0), 2009: (0.5 + c / 100, 0)} for a, c in change.items()})
    asked = waves.with_(baseline=(2008, 2009), period=(2011, 2012))
    still, drifting = (minimum_detectable_change(data, asked, drift=d).rise for d in (False, True))
    assert drifting / still == pytest.approx(3**0.35, rel=1e-6)


def test_a_longer_baseline_is_itself_split_further_apart(make_shares, waves):
    """Four years before and two after: 3.5 years between windows, 2 between the halves."""
    change = dict(zip(waves.areas, (0, -2, -1, 0, 1, 2), strict=True))
    data = make_shares({
        area: {year: (0.5 + (year > 2007) * c / 100, 0) for year in range(2006, 2010)}
        for area, c in change.items()
    })  # fmt: skip
    asked = waves.with_(baseline=(2006, 2009), period=(2010, 2012))
    still, drifting = (minimum_detectable_change(data, asked, drift=d).rise for d in (False, True))
    assert drifting / still == pytest.approx((3.5 / 2) ** 0.35, rel=1e-6)


def test_only_the_baseline_is_read(panel, design):
    early = panel[panel["quarter"] < "2010K1"]
    assert minimum_detectable_change(early, design) == minimum_detectable_change(panel, design)


def test_where_counting_is_all_the_noise_it_is_the_normal_formula(make_panel, design):
    """Many comparison areas, all the same each year: only the treated area's counts are noisy."""
    areas = tuple(f"A{i}" for i in range(200))
    wide = design.with_(comparison=areas)
    data = make_panel({a: (50 if a == "T" else 4000,) * 8 for a in wide.areas})
    found = minimum_detectable_change(data, wide)
    size = math.log(found.rise)
    variance = 1 / 400.5 + 1 / (600 * math.exp(size) + 0.5)
    wanted = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * math.sqrt(variance)
    assert size == pytest.approx(wanted, rel=0.02)
    fall = -math.log(found.fall)
    variance = 1 / 400.5 + 1 / (600 * math.exp(-fall) + 0.5)
    wanted = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * math.sqrt(variance)
    assert fall == pytest.approx(wanted, rel=0.02)


def test_a_small_area_needs_a_larger_fall_and_more_power_too(make_panel, design):
    rng = np.random.default_rng(9)
    counts = {area: rng.poisson(100, 8) for area in design.areas}
    large = minimum_detectable_change(make_panel(counts), design)
    asked_more = minimum_detectable_change(make_panel(counts), design, power=0.9)
    counts["T"] = counts["T"] // 10
    small = minimum_detectable_change(make_panel(counts), design)
    assert small.fall < large.fall < 1 < large.rise < small.rise
    assert asked_more.fall < large.fall


def test_a_longer_period_finds_smaller_changes(panel, design):
    """But for drift, which grows with the years between."""
    short = minimum_detectable_change(panel, design.with_(period=("2010K1", "2010K4")), drift=False)
    long = minimum_detectable_change(panel, design, drift=False)
    assert short.fall < long.fall


def test_more_waves_in_the_period_find_smaller_changes(make_shares, waves):
    rng = np.random.default_rng(1)
    data = make_shares(
        {a: {w: (rng.uniform(0.29, 0.31), 0.0009) for w in (2008, 2009)} for a in waves.areas}
    )
    two, six = (
        minimum_detectable_change(
            data, waves.with_(baseline=(2008, 2009), period=(2010, last)), drift=False
        )
        for last in (2011, 2015)
    )
    assert six.rise < two.rise
    assert two.rise == pytest.approx(-two.fall)


def test_where_even_a_fall_to_nothing_would_be_missed_it_says_so(make_panel, design):
    rng = np.random.default_rng(13)
    counts = {area: rng.poisson(30, 8) for area in design.areas}
    counts["T"] = (1, 0, 0, 0, 0, 0, 0, 1)
    found = minimum_detectable_change(make_panel(counts), design)
    assert np.isnan(found.fall)
    assert found.rise > 3
    assert found.note == "even a fall to nothing would be missed too often"


@pytest.mark.parametrize("power", [0.2, 1, 80])
def test_a_power_that_is_no_chance_is_refused(panel, design, power):
    with pytest.raises(MethodRefused) as caught:
        minimum_detectable_change(panel, design, power=power)
    assert str(caught.value) == (
        f"power is {power!r}; it must be from 0.5 to below 1. Write 0.8 for 80 %."
    )


def test_a_baseline_of_one_year_cannot_be_split(panel, design):
    with pytest.raises(MethodRefused, match="only one year or wave"):
        minimum_detectable_change(panel, design.with_(baseline=("2009K1", "2009K4")))


def test_the_table_is_not_changed(panel, design):
    kept = panel.copy(deep=True)
    minimum_detectable_change(panel, design)
    pd.testing.assert_frame_equal(panel, kept)
