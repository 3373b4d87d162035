"""How much drift the headline survives."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.event_study import trend_sensitivity
from tingbjerg_eval.stats.refusal import MethodRefused


@pytest.fixture
def drifting(make_shares, waves):
    """Waves 2007, 2008, 2009 and 2013: the treated share moved -2, -2, then -30 points."""
    last = dict(zip(waves.areas, (-30, -2, -1, 0, 1, 2), strict=True))
    step = dict(zip(waves.areas, (-2, 0.2, -0.1, 0, 0.1, -0.2), strict=True))
    data = make_shares(
        {
            a: {
                2007: (0.5 - 2 * step[a] / 100, 0),
                2008: (0.5 - step[a] / 100, 0),
                2009: (0.5, 0),
                2013: (0.5 + last[a] / 100, 0),
            }
            for a in waves.areas
        }
    )
    return data, waves.with_(baseline=(2007, 2009))


def test_the_bound_by_hand(drifting):
    """d at most 2 + t(.975, 4) s sqrt(1.2); one year to the reference, then four for each M."""
    found = trend_sensitivity(*drifting, multiples=(0, 1, 2))
    plain = difference_in_differences(*drifting, level=0.975)
    limit = 2 + stats.t.ppf(0.975, 4) * np.std([0.2, -0.1, 0, 0.1, -0.2], ddof=1) * np.sqrt(1.2)
    assert found.largest_departure == pytest.approx(2.0, abs=1e-8)
    assert found.departure_limit == pytest.approx(limit, rel=1e-6)
    reach = [limit * (1 + 4 * m) for m in (0, 1, 2)]
    assert list(found.table["multiple"]) == [0, 1, 2]
    assert list(found.table["lower"]) == pytest.approx([plain.lower - r for r in reach], rel=1e-6)
    assert list(found.table["upper"]) == pytest.approx([plain.upper + r for r in reach], rel=1e-6)
    assert found.breakdown == pytest.approx((-plain.upper - limit) / (4 * limit), rel=1e-6)


def test_four_and_three_years_need_as_much_as_published(make_panel, design):
    """d times 1.5 at M = 0, 2.5 at .5 and 3.5 at 1 (Rambachan & Roth's reference point)."""
    rng = np.random.default_rng(4)
    longer = design.with_(baseline=("2006K1", "2009K4"))
    data = make_panel({a: rng.poisson(400, 28) for a in design.areas}, first=2006)
    found = trend_sensitivity(data, longer, multiples=(0, 0.5, 1))
    plain = difference_in_differences(data, longer, level=0.975)
    reach = np.log(found.table["upper"] / plain.upper) / np.log(found.departure_limit)
    assert list(reach) == pytest.approx([1.5, 2.5, 3.5], rel=1e-6)
    assert found.departure_limit > found.largest_departure > 1


def test_at_the_breakdown_the_interval_touches_no_change(drifting):
    at = trend_sensitivity(*drifting).breakdown
    assert at > 0
    assert trend_sensitivity(*drifting, multiples=[at]).table["upper"][0] == pytest.approx(0)


def test_a_headline_that_holds_no_change_breaks_down_at_once(make_panel, design):
    rng = np.random.default_rng(6)
    longer = design.with_(baseline=("2006K1", "2009K4"))
    data = make_panel({a: rng.poisson(30, 28) for a in design.areas}, first=2006)
    plain = difference_in_differences(data, longer)
    assert plain.lower < 1 < plain.upper
    assert trend_sensitivity(data, longer).breakdown == 0


def test_a_single_departure_tells_no_largest_one(panel, design):
    with pytest.raises(MethodRefused, match="two years or waves") as refused:
        trend_sensitivity(panel, design)
    assert refused.value.code == "one-departure"


def test_negative_multiples_and_short_baselines_are_refused(drifting, panel, design):
    with pytest.raises(MethodRefused, match=r"A multiple is negative\."):
        trend_sensitivity(*drifting, multiples=(-1, 0))
    with pytest.raises(MethodRefused, match="only one year or wave"):
        trend_sensitivity(panel, design.with_(baseline=("2009K1", "2009K4")))


def test_the_table_is_not_changed(drifting):
    data, design = drifting
    kept = data.copy(deep=True)
    trend_sensitivity(data, design)
    pd.testing.assert_frame_equal(data, kept)
