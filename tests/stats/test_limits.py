"""One-sided limits of levels, changes and contrasts."""

import math

import numpy as np
import pytest
from scipy import stats

from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.limits import (
    Totals,
    change_limits,
    contrast_limits,
    count_limits,
    level_limits,
    ratio_limits,
    ratio_p_value,
)
from tingbjerg_eval.stats.movement import Movement, movement, movement_of
from tingbjerg_eval.stats.periods import compare_periods
from tingbjerg_eval.stats.predictive import predictive
from tingbjerg_eval.stats.refusal import MethodRefused

STILL = Movement(np.array([0.0]), np.array([1.0]), 8)
MOVING = Movement(np.array([0.04]), np.array([1.0]), 8)


@pytest.mark.parametrize("count", [1, 7, 60])
def test_where_areas_do_not_move_a_level_has_garwoods_limits(count):
    lower, upper = count_limits(count, STILL, 0.95)
    assert lower == pytest.approx(stats.chi2.ppf(0.05, 2 * count) / 2, rel=1e-9)
    assert upper == pytest.approx(stats.chi2.ppf(0.95, 2 * count + 2) / 2, rel=1e-9)


def test_no_report_has_the_exact_upper_limit_of_three():
    lower, upper = count_limits(0, STILL, 0.95)
    assert (lower, upper) == (0.0, pytest.approx(-math.log(0.05), rel=1e-9))


def test_movement_and_counting_add_as_variances_by_hand():
    """A million reports leave counting aside: 1.645 times the movement's 20 %."""
    lower, upper = count_limits(10**8, MOVING, 0.95)
    assert math.log(upper / 1e8) == pytest.approx(1.6449 * 0.2, rel=2e-3)
    assert math.log(lower / 1e8) == pytest.approx(-1.6449 * 0.2, rel=2e-3)


def test_a_ratio_has_the_exact_conditional_limits_where_areas_do_not_move():
    totals = Totals(before=30.0, after=20.0, exposure_before=8.0, exposure_after=12.0)
    value, lower, upper = ratio_limits(totals, STILL, 0.975)
    interval = stats.binomtest(20, 50).proportion_ci(0.95, method="exact")
    odds = [share / (1 - share) * 8 / 12 for share in (interval.low, interval.high)]
    assert value == pytest.approx(20 / 30 * 8 / 12)
    assert (lower, upper) == pytest.approx(tuple(odds), rel=1e-9)


@pytest.mark.parametrize("moved", [STILL, MOVING])
@pytest.mark.parametrize("after", [9.0, 22.0, 61.0])
def test_the_p_value_and_the_limits_agree(moved, after):
    totals = Totals(30.0, after, 8.0, 12.0)
    p = ratio_p_value(totals, moved)
    _, lower, upper = ratio_limits(totals, moved, 1 - p / 2)
    assert pytest.approx(upper if totals.ratio < 1 else lower, rel=1e-7) == 1


def test_windows_without_reports_keep_their_finite_limit(panel, design):
    late, early = (panel["quarter"] >= "2010K1"), (panel["quarter"] < "2010K1")
    own = panel["area"] == "T"
    none_after = panel.assign(count=panel["count"].where(~(own & late), 0))
    none_before = panel.assign(count=panel["count"].where(~(own & early), 0))
    gone, come = change_limits(none_after, design), change_limits(none_before, design)
    assert (gone.value, gone.lower) == (0, 0)
    assert 0 < gone.upper < 0.1
    assert (come.value, come.upper) == (math.inf, math.inf)
    assert come.lower > 10
    never = change_limits(panel.assign(count=panel["count"].where(~own, 0)), design)
    assert math.isnan(never.value)
    level = level_limits(none_before, design)
    assert level.lower < level.value < level.upper


def test_change_limits_are_the_ends_of_compare_periods(panel, design):
    one = change_limits(panel, design, level=0.95)
    both = compare_periods(panel, design, level=0.9)
    assert (one.value, one.lower, one.upper) == (both.value, both.lower, both.upper)


def test_the_movement_is_learnt_from_the_comparison_areas_changes(panel, design):
    changes = area_changes(panel, design)
    wanted = movement_of(changes.change[1:], changes.variance[1:])
    found = movement(panel, design, area=design.treated)
    assert found.variance == pytest.approx(wanted.variance, rel=1e-9)
    assert found.mass == pytest.approx(wanted.mass, rel=1e-9)


def test_a_contrast_strays_as_the_others_do_by_an_independent_sum():
    """Against the mixture's own distribution function around 0."""
    rng = np.random.default_rng(2)
    others, variances = rng.normal(0, 0.3, 9), rng.uniform(0.01, 0.03, 9)
    lower, upper = contrast_limits(0.5, 0.02, others, variances, level=0.9)
    found = predictive(others, variances, 0.0)
    below = found.mass @ stats.norm.cdf((upper - 0.5) / np.sqrt(found.tau2 + 0.02).T)
    assert float(np.squeeze(below)) == pytest.approx(0.9, abs=1e-9)
    assert lower == pytest.approx(1 - upper)


def test_what_has_no_limits_is_refused(panel, design, shares, waves):
    for call, code in (
        (lambda: level_limits(shares, waves), "counts-only"),
        (lambda: level_limits(panel, design, level=95), "level"),
        (lambda: level_limits(panel, design, window=("2012K1", "2012K3")), "part-years"),
        (lambda: contrast_limits(0, 1, [1, 2], [1, 1]), "few-comparison-areas"),
    ):
        with pytest.raises(MethodRefused) as refused:
            call()
        assert refused.value.code == code


def test_certain_is_wrong_at_most_one_time_in_twenty(study_module):
    """Neighbouring quarters at .8, 160 a quarter: the cell that was worst (.155-.185)."""
    study = study_module("certain")
    found = study.errors(study.Cell(amount=160, autocorrelation=0.8), 150, 7)
    assert max(found.values()) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 150)
