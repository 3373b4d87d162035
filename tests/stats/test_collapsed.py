"""The collapsed t: by hand, against published critical values, and its breakdown ratio."""

import math

import numpy as np
import pytest
from scipy import stats

from tingbjerg_eval.stats.changes import AreaChanges
from tingbjerg_eval.stats.collapsed import breakdown_ratio, collapsed, collapsed_t, critical_value
from tingbjerg_eval.stats.refusal import MethodRefused


def made(change, variance, scale="percentage points"):
    return AreaChanges(
        areas=tuple("TABCDEFGH"[: len(change)]),
        change=np.array(change, float),
        variance=np.array(variance, float),
        scale=scale,
    )


def test_by_hand_with_equal_errors():
    """Comparison changes -2 ... 2 (s^2 = 2.5), treated -10: standard error sqrt(2.5 * 1.2)."""
    found = collapsed(made([-10, -2, -1, 0, 1, 2], [0] * 6))
    assert found.standard_error == pytest.approx(math.sqrt(3.0), rel=1e-14)
    assert found.estimate.value == -10
    half = stats.t.ppf(0.975, 4) * math.sqrt(3.0)
    assert (found.estimate.lower, found.estimate.upper) == pytest.approx((-10 - half, -10 + half))
    assert found.estimate.p_value == pytest.approx(2 * stats.t.sf(10 / math.sqrt(3.0), 4))
    assert (found.noise_ratio, found.estimate.n_treated, found.estimate.n_comparison) == (1.0, 1, 5)
    assert found.estimate.method == "collapsed_t"


def test_a_noisier_treated_area_widens_and_a_quieter_one_does_not_narrow():
    change = [-10, -2, -1, 0, 1, 2]
    errors = {r: collapsed(made(change, [r] + [1] * 5)).standard_error for r in (0.25, 1, 4)}
    assert errors[0.25] == errors[1] == pytest.approx(math.sqrt(2.5 * (1 + 1 / 5)))
    assert errors[4] == pytest.approx(math.sqrt(2.5 * (4 + 1 / 5)))
    assert collapsed(made(change, [4] + [1] * 5)).noise_ratio == 2


def test_the_ratio_is_of_the_mean_variance():
    found = collapsed(made([-10, -2, -1, 0, 1, 2], [6, 1, 1, 1, 1, 6]))
    assert found.noise_ratio == pytest.approx(math.sqrt(3))


def test_a_treated_area_with_error_beside_areas_without_gets_no_finding():
    found = collapsed(made([-10, -2, -1, 0, 1, 2], [1, 0, 0, 0, 0, 0]))
    assert (found.estimate.lower, found.estimate.upper) == (-math.inf, math.inf)
    assert found.estimate.p_value == 1


def test_at_the_breakdown_ratio_the_interval_touches_no_change():
    change = [-10, -2, -1, 0, 1, 2]
    rho = collapsed(made(change, [0] * 6)).breakdown_ratio
    touching = collapsed(made(change, [rho**2] + [1] * 5))
    assert rho > 1
    assert touching.estimate.upper == pytest.approx(0, abs=1e-12)


def test_the_breakdown_ratio_is_zero_where_no_ratio_gives_a_finding():
    assert breakdown_ratio(0.5, 5) == 0
    assert breakdown_ratio(-6.0, 5) == breakdown_ratio(6.0, 5) > 0


def test_counts_are_told_as_a_rate_ratio(panel, design):
    found = collapsed_t(panel, design)
    changes = np.log([found.estimate.lower, found.estimate.value, found.estimate.upper])
    assert found.estimate.scale == "rate ratio"
    assert changes[1] - changes[0] == pytest.approx(changes[2] - changes[1])
    assert changes[1] - changes[0] == pytest.approx(stats.t.ppf(0.975, 4) * found.standard_error)


def test_the_level_moves_interval_and_breakdown_ratio_together(panel, design):
    wide, narrow = (collapsed_t(panel, design, level=x) for x in (0.99, 0.8))
    assert wide.estimate.upper > narrow.estimate.upper
    assert wide.breakdown_ratio <= narrow.breakdown_ratio


def test_published_critical_values_of_lau_and_li(expected):
    case = expected("lau_li_critical_values")
    for ratio, column in ((1, "rho1"), (2, "rho2")):
        for n, value in case[column].items():
            assert critical_value(int(n), noise_ratio=ratio) == pytest.approx(value, abs=6e-4)


def test_a_tiny_spread_is_a_spread():
    found = collapsed(made(np.array([-10, -2, -1, 0, 1, 2]) * 1e-9, [0] * 6))
    assert found.standard_error == pytest.approx(1e-9 * math.sqrt(3.0))


def test_comparison_areas_without_any_spread_are_refused():
    with pytest.raises(MethodRefused) as caught:
        collapsed(made([0.1, 0.1 + 0.2, 0.3, 0.3, 0.3, 0.3], [1] * 6))
    assert str(caught.value) == (
        "The comparison areas changed by exactly the same, so their spread says nothing of how "
        "much an area may change by itself. Use difference_in_differences, which knows the "
        "sampling error of each change."
    )


def test_a_level_in_per_cent_is_refused(panel, design):
    with pytest.raises(MethodRefused, match="level is 95"):
        collapsed_t(panel, design, level=95)
