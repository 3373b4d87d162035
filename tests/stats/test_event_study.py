"""Point by point against the baseline, and what the baseline's trends tell."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.event_study import event_study
from tingbjerg_eval.stats.refusal import MethodRefused

SHOWN = ["value", "lower", "upper", "p_value"]


def test_points_of_the_period_are_headlines_of_one_year(panel, design):
    table = event_study(panel, design).table.set_index("time")
    for first, last in (("2010K1", "2010K4"), ("2011K1", "2011K4"), ("2012K1", "2012K4")):
        found = difference_in_differences(panel, design.with_(period=(first, last)))
        assert list(table.loc[first, SHOWN]) == pytest.approx(
            [getattr(found, name) for name in SHOWN]
        )
        assert table.loc[first, "window"] == "period"


def test_a_point_of_the_baseline_stands_against_the_rest_of_it(panel, design):
    table = event_study(panel, design).table.set_index("time")
    second = design.with_(baseline=("2008K1", "2008K4"), period=("2009K1", "2009K4"))
    found = difference_in_differences(panel, second)
    assert table.loc["2009K1", "value"] == pytest.approx(found.value)
    assert table.loc["2008K1", "value"] == pytest.approx(1 / found.value)
    assert list(table["window"]) == ["baseline"] * 2 + ["period"] * 3
    assert set(table["note"]) == {""}


def test_by_quarter_there_is_a_point_for_each_quarter(panel, design):
    table = event_study(panel, design, by="quarter").table
    assert list(table["time"]) == [*design.baseline_times, *design.period_times]


def test_two_baseline_points_are_one_test_and_three_are_three(panel, design):
    two = event_study(panel, design)
    p = two.table.loc[two.table["window"] == "baseline", "p_value"]
    assert two.pretrend_p == pytest.approx(p.min())
    three = event_study(
        panel, design.with_(baseline=("2008K1", "2010K4"), period=("2011K1", "2012K4"))
    )
    p = three.table.loc[three.table["window"] == "baseline", "p_value"]
    assert three.pretrend_p == pytest.approx(min(1, 3 * p.min()))


def test_the_slope_by_hand_for_three_waves_without_error(make_shares, waves):
    """Shares rise by 1, 2, 3, 4, 5 points a year; the treated one by 9."""
    rise = dict(zip(waves.areas, (9, 1, 2, 3, 4, 5), strict=True))
    data = make_shares(
        {
            area: {wave: (0.2 + r / 100 * (wave - 2007), 0) for wave in (2007, 2008, 2010, 2013)}
            for area, r in rise.items()
        }
    )
    found = event_study(data, waves.with_(baseline=(2007, 2010)))
    half = stats.t.ppf(0.975, 4) * np.sqrt(2.5 * 1.2)
    assert found.slope.value == pytest.approx(6)
    assert (found.slope.lower, found.slope.upper) == pytest.approx((6 - half, 6 + half), abs=1e-6)
    wanted = (stats.t.ppf(0.975, 4) + stats.t.ppf(0.8, 4)) * np.sqrt(2.5 * 1.2)
    assert found.detectable_slope == pytest.approx(wanted, abs=1e-6)
    years = 2013 - np.mean([2007, 2008, 2010])
    assert found.missed_change == pytest.approx(wanted * years, abs=1e-5)
    assert found.slope.scale == "percentage points"
    assert (found.slope.method, found.slope.note) == ("event_study", "")


def test_the_slope_of_counts_is_a_rate_ratio_per_year(make_panel, design):
    data = make_panel(
        {
            area: [round(1000 * (1.2 if area == "T" else 1.0) ** (at // 4)) for at in range(20)]
            for area in design.areas
        }
    )
    found = event_study(data, design)
    assert found.slope.value == pytest.approx(1.2, rel=1e-3)
    assert found.missed_change == pytest.approx(found.detectable_slope**2.5, rel=1e-9)


def test_a_trend_in_the_baseline_is_found_by_the_joint_test(make_panel, design):
    rng = np.random.default_rng(2)
    longer = design.with_(baseline=("2006K1", "2009K4"))
    quarters = np.arange(28)
    counts = {a: rng.poisson(400, 28) for a in longer.areas}
    flat = event_study(make_panel(counts, first=2006), longer)
    counts["T"] = rng.poisson(400 * np.exp(0.06 * quarters))
    rising = event_study(make_panel(counts, first=2006), longer)
    assert flat.pretrend_p > 0.05
    assert rising.pretrend_p < 0.05
    assert rising.slope.lower > 1


def test_a_baseline_of_one_year_shows_no_trend(panel, design):
    with pytest.raises(MethodRefused, match="only one year or wave"):
        event_study(panel, design.with_(baseline=("2009K1", "2009K4")))


def test_another_step_is_refused(panel, design):
    with pytest.raises(MethodRefused) as caught:
        event_study(panel, design, by="month")
    assert str(caught.value) == "by is 'month'. Use 'year' or 'quarter'."


def test_a_quarter_that_cannot_be_computed_says_why(panel, design):
    panel.loc[(panel["area"] == "T") & (panel["quarter"] < "2009K1"), "count"] = 0
    table = event_study(panel, design).table
    assert table["note"].iloc[1].startswith("The baseline of T holds no report at all")
    assert np.isnan(table["value"].iloc[1])


def test_the_table_is_not_changed(panel, design):
    kept = panel.copy(deep=True)
    event_study(panel, design)
    pd.testing.assert_frame_equal(panel, kept)
