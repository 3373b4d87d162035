"""How much drift the headline survives."""

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.trends import trend_sensitivity


@pytest.fixture
def drifting(make_shares, waves):
    """Waves 2008, 2009 and 2013: the treated share moved -2, then -30 points; others about 0."""
    change = dict(zip(waves.areas, (-30, -2, -1, 0, 1, 2), strict=True))
    before = dict(zip(waves.areas, (-2, 0.2, -0.1, 0, 0.1, -0.2), strict=True))
    data = make_shares(
        {
            a: {2008: (0.5 - before[a] / 100, 0), 2009: (0.5, 0), 2013: (0.5 + change[a] / 100, 0)}
            for a in waves.areas
        }
    )
    return data, waves.with_(baseline=(2008, 2009))


def test_the_bound_by_hand(drifting):
    """Largest departure 2 points a year; 4.5 years between the middles: 9 points for each M."""
    found = trend_sensitivity(*drifting, multiples=(0, 1, 2))
    plain = difference_in_differences(*drifting)
    assert found.largest_departure == pytest.approx(2.0, abs=1e-8)
    assert list(found.table["multiple"]) == [0, 1, 2]
    assert list(found.table["lower"]) == pytest.approx([plain.lower - 9 * m for m in (0, 1, 2)])
    assert list(found.table["upper"]) == pytest.approx([plain.upper + 9 * m for m in (0, 1, 2)])
    assert found.breakdown == pytest.approx(-plain.upper / 9)


def test_at_the_breakdown_the_interval_touches_no_change(drifting, panel, design):
    at = trend_sensitivity(*drifting).breakdown
    assert trend_sensitivity(*drifting, multiples=[at]).table["upper"][0] == pytest.approx(0)
    panel.loc[(panel["area"] == "T") & (panel["quarter"] > "2010"), "count"] *= 4
    at = trend_sensitivity(panel, design).breakdown
    assert at > 0
    assert trend_sensitivity(panel, design, multiples=[at]).table["lower"][0] == pytest.approx(1)


def test_a_headline_that_holds_no_change_breaks_down_at_once(make_panel, design):
    rng = np.random.default_rng(6)
    data = make_panel({a: rng.poisson(30, 20) for a in design.areas})
    plain = difference_in_differences(data, design)
    assert plain.lower < 1 < plain.upper
    assert trend_sensitivity(data, design).breakdown == 0


def test_a_baseline_without_departure_survives_every_multiple(make_shares, waves):
    change = dict(zip(waves.areas, (-30, -2, -1, 0, 1, 2), strict=True))
    level = {w: dict.fromkeys(waves.areas, (0.5, 1e-09)) for w in (2008, 2009)}
    data = make_shares(
        {
            a: {**{w: level[w][a] for w in level}, 2013: (0.5 + c / 100, 0)}
            for a, c in change.items()
        }
    )
    assert trend_sensitivity(data, waves.with_(baseline=(2008, 2009))).breakdown == np.inf


def test_a_departure_over_several_years_is_told_per_year(drifting):
    data, design = drifting
    spaced = data.assign(wave=data["wave"].replace({2008: 2005}))
    found = trend_sensitivity(spaced, design.with_(baseline=(2005, 2009)))
    assert found.largest_departure == pytest.approx(0.5, abs=1e-8)


def test_counts_are_told_as_rate_ratios(panel, design):
    found = trend_sensitivity(panel, design, multiples=(0, 0.5))
    plain = difference_in_differences(panel, design)
    assert found.table["lower"][0] == pytest.approx(plain.lower)
    reach = 2.5 * np.log(found.largest_departure)
    assert found.table["upper"][1] == pytest.approx(plain.upper * np.exp(0.5 * reach))
    assert found.largest_departure >= 1


def test_negative_multiples_and_short_baselines_are_refused(panel, design):
    with pytest.raises(MethodRefused, match=r"A multiple is negative\."):
        trend_sensitivity(panel, design, multiples=(-1, 0))
    with pytest.raises(MethodRefused, match="only one year or wave"):
        trend_sensitivity(panel, design.with_(baseline=("2009K1", "2009K4")))


def test_the_table_is_not_changed(panel, design):
    kept = panel.copy(deep=True)
    trend_sensitivity(panel, design)
    pd.testing.assert_frame_equal(panel, kept)
