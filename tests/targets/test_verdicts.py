"""Met, certain and effect are three answers, and one fixed table says what they add up to."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace
from itertools import product

import pytest

from tingbjerg_eval.evaluation.results import verdict_table
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.power import MinimumDetectableChange
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.strategy import Target
from tingbjerg_eval.targets.answers import (
    adjusted_p_values,
    certain_of,
    course_of,
    effect_of,
    margin,
    met_by,
    smallest_from_interval,
)
from tingbjerg_eval.targets.observed import Observed
from tingbjerg_eval.targets.verdicts import STATUS, judge

REFUSED = MethodRefused("few-comparison-areas", "Too few.", "Name more.")

# What reaches and what misses the goal of each kind, by direction of good: goal, reached, missed.
GOALS = {
    ("level", "lower"): (15.0, 14.0, 16.0),
    ("level", "higher"): (80.0, 81.0, 79.0),
    ("relative_change", "lower"): (-20.0, -25.0, -10.0),
    ("relative_change", "higher"): (20.0, 25.0, 10.0),
    ("point_change", "lower"): (-5.0, -6.0, -4.0),
    ("point_change", "higher"): (5.0, 6.0, 4.0),
    ("yearly_change", "lower"): (-1.0, -1.5, -0.5),
    ("yearly_change", "higher"): (1.0, 1.5, 0.5),
    ("gap_to", "lower"): (-50.0, -60.0, -40.0),
    ("gap_to", "higher"): (-50.0, -60.0, -40.0),
    ("not_worse", "lower"): (None, -1.0, 1.0),
    ("not_worse", "higher"): (None, 1.0, -1.0),
    ("delivered", "higher"): (90.0, 95.0, 80.0),
}
EFFECTS = ("fewer", "more", "cannot be shown", "not asked", "refused")
MET, CERTAIN = ("yes", "no", "no data"), (True, False)


def target(kind: str = "relative_change", goal: float | None = -20.0, **more) -> Target:
    indicator = {"measure": "m"} if kind == "delivered" else {"indicator": "burglary"}
    return Target(title="t", action_area="a", kind=kind, goal=goal, by="2012K4",
                  responsible="politiet", **{"primary": True} | indicator | more)  # fmt: skip


def seen(value: float, *, reach: float = 0.0, **more) -> Observed:
    return Observed(value=value, lower=value - reach, upper=value + reach, **more)


def estimate(value: float = 0.7, p_value: float = 0.01, scale: str = "rate ratio") -> Estimate:
    return Estimate(
        estimand="e", scale=scale, value=value, lower=value * 0.8, upper=value * 1.25, level=0.95,
        p_value=p_value, method="m", n_treated=1, n_comparison=8,
    )  # fmt: skip


def asked(effect: str):
    return {
        "fewer": estimate(0.7), "more": estimate(1.4), "cannot be shown": estimate(0.7, 0.2),
        "not asked": None, "refused": REFUSED,
    }[effect]  # fmt: skip


COMBINATIONS = list(product(GOALS, MET, CERTAIN, EFFECTS))


@pytest.mark.parametrize(("kind_and_good", "met", "certain", "effect"), COMBINATIONS)
def test_every_combination_has_its_place_in_the_table(kind_and_good, met, certain, effect):
    kind, good = kind_and_good
    goal, reached, missed = GOALS[kind_and_good]
    value = {"yes": reached, "no": missed, "no data": math.nan}[met]
    observed = seen(value, reach=0.0 if certain else 1000.0)
    verdict = judge("t", target(kind, goal), observed, good=good, effect=asked(effect))
    expected_effect = "not asked" if kind == "delivered" else effect
    expected_effect = "cannot be shown" if expected_effect == "refused" else expected_effect
    expected_certain = "none" if met == "no data" else "yes" if certain else "no"
    assert (verdict.met, verdict.certain, verdict.effect) == (
        met, expected_certain, expected_effect,
    )  # fmt: skip
    assert (verdict.status, verdict.signal) == STATUS[met, expected_certain, verdict.better]


def test_the_table_is_total_and_no_status_hides_another_answer():
    effects = ("better", "worse", "cannot be shown", "not asked")
    with_data = set(product(("yes", "no"), ("yes", "no"), effects))
    assert set(STATUS) == with_data | {("no data", "none", effect) for effect in effects}
    statuses = [status for status, _ in STATUS.values()]
    assert len(set(statuses)) == len(statuses) - 1  # only "undecided" stands for two rows


@pytest.mark.parametrize("row", STATUS)
def test_a_status_says_what_its_row_says(row):
    (met, certain, effect), (status, signal) = row, STATUS[row]
    start = {"yes": "met", "no": "missed", "no data": "undecided"}[met]
    start = f"narrowly-{start}" if certain == "no" else start
    end = {"better": "-with-effect", "worse": "-against-effect", "cannot be shown":
           "" if met == "no data" else "-effect-unknown", "not asked": ""}[effect]  # fmt: skip
    assert status == start + end
    assert (signal == "unknown") == (met == "no data")
    assert not (met == "no" and signal == "good")
    assert not (effect == "worse" and signal == "good")


def test_more_than_expected_is_good_where_more_is_better_and_bad_elsewhere():
    more = estimate(1.4)
    low = judge("t", target("not_worse", None), seen(-1.0), good="lower", effect=more)
    high = judge("t", target("not_worse", None), seen(1.0), good="higher", effect=more)
    assert (low.effect, low.better, low.status) == ("more", "worse", "met-against-effect")
    assert (high.effect, high.better, high.status) == ("more", "better", "met-with-effect")


def test_a_figure_exactly_at_the_goal_has_reached_it():
    assert met_by(target(), seen(-20.0), good="lower") == "yes"
    assert met_by(target(), seen(100 * (0.8 - 1)), good="lower") == "yes"
    assert met_by(target("delivered", 90.0), seen(90.0), good="higher") == "yes"


def test_certain_looks_only_at_the_limit_that_faces_the_goal():
    near = Observed(value=-30.0, lower=-90.0, upper=-21.0)
    assert certain_of(target(), near, good="lower") == "yes"
    assert certain_of(target(), replace(near, upper=-19.0), good="lower") == "no"
    missed = Observed(value=-10.0, lower=-19.0, upper=50.0)
    assert certain_of(target(), missed, good="lower") == "yes"
    assert certain_of(target(), replace(missed, lower=-21.0), good="lower") == "no"


def test_a_figure_without_limits_is_never_certain():
    assert certain_of(target(), Observed(value=-100.0), good="lower") == "no"


def test_a_tolerated_worsening_counts_to_the_side_that_is_worse():
    tolerant = target("not_worse", 3.0)
    assert margin(tolerant, 2.0, good="lower") == -1
    assert margin(tolerant, 4.0, good="lower") == 1
    assert margin(tolerant, -2.0, good="higher") == -1
    assert margin(tolerant, -4.0, good="higher") == 1


def test_the_effect_is_decided_by_the_adjusted_p_value():
    assert effect_of(estimate(0.7, 0.01)) == "fewer"
    assert effect_of(estimate(0.7, 0.01), 0.06) == "cannot be shown"
    assert effect_of(estimate(0.7, 0.01), math.nan) == "cannot be shown"
    assert effect_of(estimate(0.7, 0.05), 0.05) == "fewer"
    assert effect_of(replace(estimate(0.7, 0.07), level=0.9)) == "fewer"


def test_points_are_told_against_zero():
    lower = estimate(-4.0, 0.01, "percentage points")
    assert effect_of(lower) == "fewer"
    assert effect_of(replace(lower, value=4.0)) == "more"


def test_holm_runs_over_the_primary_targets_only():
    effects = {"a": estimate(p_value=0.01), "b": estimate(p_value=0.04), "c": REFUSED,
               "d": estimate(p_value=0.03), "e": None}  # fmt: skip
    found = adjusted_p_values(effects, ("a", "b", "c"))
    assert found["a"] == pytest.approx(0.02)
    assert found["b"] == pytest.approx(0.04)
    assert found["d"] == 0.03
    assert math.isnan(found["c"])
    assert math.isnan(found["e"])


def test_an_effect_outside_the_main_conclusion_is_marked_exploratory():
    side = target(primary=False)
    assert judge("t", side, seen(-25.0), effect=estimate()).exploratory
    assert not judge("t", side, seen(-25.0)).exploratory
    assert not judge("t", target(), seen(-25.0), effect=estimate()).exploratory


def test_a_refused_effect_gives_its_code_and_cannot_be_shown():
    verdict = judge("t", target(), seen(-25.0), effect=REFUSED)
    assert (verdict.effect, verdict.reason) == ("cannot be shown", "few-comparison-areas")
    assert math.isnan(verdict.p_value)
    assert math.isnan(verdict.effect_value)


def test_missing_figures_are_no_data_with_their_reason_and_never_not_met():
    verdict = judge("t", target(), Observed(reason="no-wave"), effect=estimate())
    assert (verdict.met, verdict.certain, verdict.reason) == ("no data", "none", "no-wave")
    assert verdict.status == "undecided-with-effect"


@pytest.mark.parametrize(
    ("value", "progress", "course"),
    [
        (-10.0, 0.5, "on course"),
        (-9.9, 0.5, "not on course"),
        (-25.0, 0.9, "on course"),
        (-19.0, 1.0, "not on course"),
        (5.0, 0.1, "not on course"),
        (math.nan, 0.5, "no data"),
    ],
)
def test_a_figure_is_on_course_on_the_straight_line_to_the_goal(value, progress, course):
    observed = seen(value, progress=progress)
    assert course_of(target(), observed, good="lower") == course
    verdict = judge("t", target(), observed, provisional=True)
    assert verdict.course == course
    assert verdict.provisional


def test_the_line_of_a_level_starts_at_the_baseline():
    level = target("level", 30.0)
    assert course_of(level, seen(34.0, start=38.0, progress=0.5), good="lower") == "on course"
    assert course_of(level, seen(34.1, start=38.0, progress=0.5), good="lower") == "not on course"
    high = target("level", 80.0)
    assert course_of(high, seen(70.0, start=60.0, progress=0.5), good="higher") == "on course"
    assert course_of(high, seen(69.0, start=60.0, progress=0.5), good="higher") == "not on course"


def test_a_first_quarter_is_too_early_and_says_nothing_else():
    verdict = judge("t", target(), Observed(reason="too-early"), provisional=True)
    assert (verdict.course, verdict.status, verdict.signal) == ("too early", "too-early", "unknown")


def test_no_effect_is_told_before_the_end():
    verdict = judge("t", target(), seen(-25.0), effect=estimate(), provisional=True)
    assert verdict.effect == "not asked"
    assert math.isnan(verdict.p_value)


def test_a_delivery_is_never_asked_for_an_effect():
    verdict = judge("t", target("delivered", 90.0), seen(95.0), good="lower", effect=estimate())
    assert (verdict.met, verdict.good, verdict.effect) == ("yes", "higher", "not asked")


def test_the_smallest_change_is_the_one_fixed_from_the_baseline_where_there_is_one():
    fixed = MinimumDetectableChange(
        scale="rate ratio", fall=0.62, rise=1.6, power=0.8, level=0.95, n_comparison=8,
        between_areas=0.1,
    )  # fmt: skip
    low, high, read_off, none = (
        judge("t", target(), seen(-25.0), good=good, effect=one, smallest=fixed_one)
        for good, one, fixed_one in (
            ("lower", estimate(), fixed), ("higher", estimate(), fixed),
            ("lower", estimate(), REFUSED), ("lower", None, None),
        )
    )  # fmt: skip
    assert (low.smallest_shown, low.smallest_from) == (0.62, "baseline")
    assert high.smallest_shown == 1.6
    assert read_off.smallest_from == "interval"
    assert math.isnan(none.smallest_shown)


def test_the_smallest_change_read_off_an_interval_worked_by_hand():
    points = Estimate(
        estimand="e", scale="percentage points", value=0.0, lower=-9.8, upper=9.8, level=0.95,
        p_value=1.0, method="m", n_treated=1, n_comparison=8,
    )  # fmt: skip
    # 9.8 / 1.959964 = 5.000 points of standard error; 2.801585 of them.
    assert smallest_from_interval(points, fall=True) == pytest.approx(-14.0082, abs=1e-3)
    ratio = replace(points, scale="rate ratio", value=1.0, lower=math.exp(-9.8 / 50),
                    upper=math.exp(9.8 / 50))  # fmt: skip
    assert math.log(smallest_from_interval(ratio, fall=False)) == pytest.approx(0.28016, abs=1e-4)


def test_an_interval_that_reaches_nothing_shows_no_change_however_large():
    wide = replace(estimate(), lower=0.0)
    assert smallest_from_interval(wide, fall=True) == 0
    assert smallest_from_interval(wide, fall=False) == math.inf


def test_a_retired_target_is_judged_all_the_same():
    verdict = judge("t", target(), seen(-25.0), retired=True)
    assert (verdict.retired, verdict.met) == (True, "yes")


def test_verdicts_stack_to_one_row_each_and_cannot_be_changed():
    verdicts = [judge(name, target(), seen(-25.0)) for name in ("a", "b")]
    table = verdict_table(*verdicts)
    assert table["target"].tolist() == ["a", "b"]
    assert verdict_table().columns.tolist() == table.columns.tolist()
    with pytest.raises(FrozenInstanceError):
        verdicts[0].met = "no"


@pytest.mark.parametrize(("slope", "course"), [(-5.0, "not on course"), (-10.0, "on course")])
@pytest.mark.parametrize("progress", [0.1, 1 / 3, 1.0])
def test_a_goal_that_is_a_speed_holds_from_the_first_day(slope, course, progress):
    wanted = target("yearly_change", -10.0)
    assert course_of(wanted, seen(slope, progress=progress), good="lower") == course


def test_a_rise_from_nothing_is_missed_for_certain_where_its_exact_limit_says_so():
    verdict = judge("t", target("not_worse", None),
                    Observed(value=math.inf, lower=300.0, upper=math.inf))  # fmt: skip
    assert (verdict.met, verdict.certain, verdict.status) == ("no", "yes", "missed")


def test_a_worse_course_next_door_is_never_plainly_good():
    beside = estimate(1.21)  # 0.97 to 1.51 holds no change
    moved = replace(beside, lower=1.04, upper=1.41)
    judged = {
        name: judge("t", target(), seen(-25.0), effect=estimate(0.7), beside=one)
        for name, one in (("open", beside), ("moved", moved), ("refused", REFUSED), ("", None))
    }
    assert judged["moved"].status == "met-with-effect-neighbours-worse"
    assert (judged["moved"].signal, judged["moved"].neighbours) == ("mixed", "more")
    assert judged["moved"].neighbours_value == 1.21
    assert {judged[one].status for one in ("open", "refused", "")} == {"met-with-effect"}


def test_the_neighbours_are_not_asked_in_a_provisional_verdict():
    moved = replace(estimate(1.21), lower=1.04, upper=1.41)
    verdict = judge("t", target(), seen(-25.0), effect=estimate(), beside=moved, provisional=True)
    assert (verdict.neighbours, verdict.signal) == ("not asked", "good")
