"""The observed figure of each kind of target, worked by hand."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.stats.limits import change_limits, contrast_limits, level_limits
from tingbjerg_eval.stats.movement import movement
from tingbjerg_eval.stats.periods import compare_periods
from tingbjerg_eval.study.design import Break, Design
from tingbjerg_eval.study.strategy import Target
from tingbjerg_eval.targets.observed import observe, target_design

QUARTERS = quarter_range("2008K1", "2012K4")
DESIGN = Design(treated="T", comparison=("A", "B"), baseline=("2008K1", "2009K4"),
                period=("2010K1", "2012K4"))  # fmt: skip
SURVEY = Design(treated="T", comparison=("A", "B"), baseline=(2009, 2009), period=(2013, 2013))
RESIDENTS = 1000.0
WOBBLE = np.tile([1, -1, 1, -1], 5)


def target(kind: str, goal: float | None = None, by: str | int = "2012K4", **more) -> Target:
    return Target(title="t", action_area="a", indicator="i", kind=kind, goal=goal, by=by,
                  responsible="p", **more)  # fmt: skip


def panel(yearly: dict[str, tuple[int, ...]]) -> pd.DataFrame:
    """Quarterly counts by area, a level for each of the five years, wobbling by one."""
    parts = [
        pd.DataFrame({
            "area": area, "quarter": QUARTERS, "count": np.repeat(levels, 4) + WOBBLE,
            "population": RESIDENTS,
        })
        for area, levels in yearly.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def shares(found: dict[str, dict[int, float]], n: int = 400) -> pd.DataFrame:
    rows = [
        (area, wave, share, share * (1 - share) / n, n)
        for area, waves in found.items() for wave, share in waves.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["area", "wave", "share", "variance", "n"])


PANEL = panel({"T": (40, 40, 36, 32, 28), "A": (20,) * 5, "B": (24,) * 5})
SHARES = shares({
    "T": {2009: 0.40, 2010: 0.39, 2011: 0.37, 2012: 0.36, 2013: 0.30},
    "A": {2009: 0.20, 2013: 0.20},
    "B": {2009: 0.30, 2013: 0.22},
})  # fmt: skip


def test_a_level_of_counts_is_the_last_years_rate_per_1000():
    found = observe(target("level", 100), PANEL, DESIGN)
    assert found.value == found.latest == 112.0
    assert found.start == found.baseline == 160.0
    assert found.lower < 112 < found.upper


def test_a_relative_change_is_the_whole_periods_rate_against_the_baselines():
    found = observe(target("relative_change", -20), PANEL, DESIGN)
    assert found.value == pytest.approx(-20.0)
    assert (found.baseline, found.latest, found.progress) == (160.0, 128.0, 1.0)


def test_a_change_can_be_asked_of_the_last_year_only():
    found = observe(target("relative_change", -20, over="last_year"), PANEL, DESIGN)
    assert found.value == pytest.approx(-30.0)


def test_the_limits_of_a_change_are_the_ends_of_a_two_sided_interval_at_twice_the_tail():
    found = observe(target("relative_change", -20), PANEL, DESIGN, level=0.95)
    two_sided = compare_periods(PANEL, DESIGN, level=0.9)
    assert found.lower == pytest.approx(100 * (two_sided.lower - 1))
    assert found.upper == pytest.approx(100 * (two_sided.upper - 1))


def test_not_worse_reads_the_same_change():
    change = observe(target("relative_change", -20), PANEL, DESIGN)
    assert observe(target("not_worse"), PANEL, DESIGN) == change


def test_a_yearly_change_of_counts_is_the_slope_of_a_straight_line_through_the_logs():
    falling = panel({"T": (1000, 1000, 900, 810, 729), "A": (20,) * 5, "B": (24,) * 5})
    found = observe(target("yearly_change", -5), falling, DESIGN)
    assert found.value == pytest.approx(-10.0)
    assert found.lower < -10 < found.upper


def test_a_yearly_change_of_shares_is_the_slope_through_the_waves_in_points():
    found = observe(target("yearly_change", -1, 2013), SHARES, SURVEY)
    # Deviations of the wave from its mean: -2..2; sum of products -2*40 - 39 + 36 + 2*30 = -23.
    assert found.value == pytest.approx(-2.3)
    errors = [s * (1 - s) / 400 * 1e4 for s in (0.40, 0.39, 0.37, 0.36, 0.30)]
    by_hand = 1.6448536 * math.sqrt(sum(w**2 * e for w, e in zip(
        (-0.2, -0.1, 0, 0.1, 0.2), errors, strict=True)))  # fmt: skip
    assert found.upper - found.value == pytest.approx(by_hand)


def test_a_level_of_shares_is_the_share_of_the_deadlines_wave_with_its_one_sided_limits():
    found = observe(target("level", 30, 2013), SHARES, SURVEY)
    half = 164.48536 * math.sqrt(0.3 * 0.7 / 400)
    assert (found.value, found.start) == (30.0, 40.0)
    assert found.upper - found.value == pytest.approx(half)
    assert found.value - found.lower == pytest.approx(half)


def test_a_point_change_is_a_difference_of_two_waves():
    assert observe(target("point_change", -5, 2012), SHARES, SURVEY).value == pytest.approx(-4.0)


def test_a_gap_is_measured_against_the_mean_of_the_comparison_areas():
    found = observe(target("gap_to", -50, 2013, reference="comparison"), SHARES, SURVEY)
    # 40 - 25 = 15 points before, 30 - 21 = 9 points now: 40 percent less.
    assert found.value == pytest.approx(-40.0)
    variance = (
        0.25 * (0.4 * 0.6 + (0.2 * 0.8 + 0.3 * 0.7) / 4) + 0.3 * 0.7 + (0.2 * 0.8 + 0.22 * 0.78) / 4
    ) / 400
    assert found.upper - found.value == pytest.approx(
        100 * 1.6448536 * 100 * math.sqrt(variance) / 15
    )


def test_a_gap_to_one_area_uses_that_area_alone():
    found = observe(target("gap_to", -50, 2013, reference="A"), SHARES, SURVEY)
    assert found.value == pytest.approx(100 * (10 / 20 - 1))


def test_a_gap_of_counts_is_a_difference_of_rates():
    found = observe(target("gap_to", -50, reference="A"), PANEL, DESIGN)
    assert found.value == pytest.approx(100 * ((112 - 80) / (160 - 80) - 1))


MANY = DESIGN.with_(comparison=tuple("ABCDEFG"))


def many(treated: tuple[int, ...] = (40, 40, 36, 32, 28)) -> pd.DataFrame:
    """A panel with seven comparison areas that move by themselves, each its own way."""
    moves = {area: 1 + 0.1 * (at - 3) for at, area in enumerate("ABCDEFG")}
    others = {area: (20, 20, *[round(20 * move)] * 3) for area, move in moves.items()}
    return panel({"T": treated, **others})


def test_the_limits_of_a_level_of_counts_are_those_of_its_reports_over_its_residents():
    found = observe(target("level", 100), many(), MANY)
    limits = level_limits(many(), MANY, window=("2012K1", "2012K4"))
    assert (limits.value, limits.n_comparison) == (112, 7)
    assert (found.lower, found.upper) == pytest.approx((limits.lower, limits.upper))


def test_the_limits_of_a_change_of_counts_are_those_of_its_rate_ratio():
    found = observe(target("relative_change", -20), many(), MANY)
    limits = change_limits(many(), MANY)
    assert found.lower == pytest.approx(100 * (limits.lower - 1))
    assert found.upper == pytest.approx(100 * (limits.upper - 1))


def test_the_limits_of_a_gap_of_counts_hold_counting_and_what_areas_move_by_themselves():
    found = observe(target("gap_to", -50, reference="A"), many(), MANY)
    # Rates are counts over 2 and over 1 thousand inhabitants-years: 320/2, 160/2; 112 and 56.
    error = math.sqrt(0.25 * (320 + 160) / 4 + 112 + 56)
    moving = math.hypot(112, 56)
    moved = movement(many(), MANY.with_(period=("2012K1", "2012K4")), area="T")
    half = 100 * moving * moved.reach(0.95, error / moving) / 80
    assert found.upper - found.value == pytest.approx(half)
    assert half > 100 * 1.6448536 * error / 80


def test_the_limits_of_a_slope_of_counts_hold_the_slopes_of_areas_without_an_effort():
    found = observe(target("yearly_change", -5), many(), MANY)
    weights = np.array([-1.5, -0.5, 0.5, 1.5]) / 5
    own, *others = (
        np.array([rows["count"].to_numpy()[at : at + 4].sum() for at in range(4, 20, 4)])
        for _, rows in many().groupby("area", sort=False)
    )
    slopes = [float(weights @ np.log(one + 0.5)) for one in others]
    errors = [float(weights**2 @ (1 / (one + 0.5))) for one in others]
    limits = contrast_limits(
        float(weights @ np.log(own)), float(weights**2 @ (1 / own)), slopes, errors
    )
    assert (found.lower, found.upper) == pytest.approx(
        tuple(100 * math.expm1(one) for one in limits)
    )


def test_restless_comparison_areas_make_every_limit_wider():
    calm = panel({"T": (40, 40, 36, 32, 28), **dict.fromkeys("ABCDEFG", (20,) * 5)})
    for kind, more in (("level", {}), ("relative_change", {}), ("yearly_change", {}),
                       ("gap_to", {"reference": "D"})):  # fmt: skip
        near, far = (observe(target(kind, -20, **more), one, MANY) for one in (calm, many()))
        assert far.upper - far.lower > near.upper - near.lower, kind


def test_a_slope_has_limits_where_too_few_areas_tell():
    found = observe(target("yearly_change", -5), PANEL, DESIGN)
    assert found.lower < found.value < found.upper


def test_a_slope_through_a_year_without_a_report_is_no_data():
    none = PANEL.copy()
    none.loc[(none["area"] == "T") & (none["quarter"] > "2011K4"), "count"] = 0
    found = observe(target("yearly_change", -5), none, DESIGN)
    assert (math.isnan(found.value), found.reason) == (True, "all-zero-year")


def test_a_gap_where_more_is_better_is_how_far_behind_the_area_lies():
    safe = shares({"T": {2009: 0.6, 2013: 0.7}, "A": {2009: 0.8, 2013: 0.8}})
    wanted = target("gap_to", -50, 2013, reference="A")
    assert observe(wanted, safe, SURVEY, good="higher").value == pytest.approx(-50.0)


def test_a_gap_that_was_not_there_cannot_be_halved():
    found = observe(target("gap_to", -50, 2013, reference="A"), SHARES, SURVEY, good="higher")
    assert (math.isnan(found.value), found.reason) == (True, "no-gap-at-baseline")


def test_a_provisional_figure_reads_the_whole_years_that_end_at_the_quarter():
    change = target("relative_change", -20)
    windows = [target_design(change, DESIGN, until=q) for q in ("2010K3", "2010K4", "2011K2",
                                                                "2012K1")]  # fmt: skip
    assert [one and one.period for one in windows] == [
        None, ("2010K1", "2010K4"), ("2010K3", "2011K2"), ("2010K2", "2012K1"),
    ]  # fmt: skip
    found = observe(change, PANEL, DESIGN, until="2010K4")
    assert found.value == pytest.approx(-10.0)
    assert found.progress == pytest.approx(4 / 12)


def test_nothing_later_than_the_quarter_is_read():
    change = target("relative_change", -20)
    cut = PANEL[PANEL["quarter"] <= "2011K4"]
    assert observe(change, cut, DESIGN, until="2011K4") == observe(
        change, PANEL, DESIGN, until="2011K4"
    )


def test_a_deadline_before_the_period_ends_is_the_end_of_what_is_read():
    early = target("relative_change", -20, "2011K4")
    assert target_design(early, DESIGN).period == ("2010K1", "2011K4")
    assert target_design(early, DESIGN, until="2012K2").period == ("2010K1", "2011K4")


def test_the_first_wave_that_counts_is_held_after_the_efforts_first_year():
    level = target("level", 30, 2013)
    known = {"start": "2010K1", "waves": (2009, 2010, 2011, 2012, 2013)}
    quarters = ("2010K4", "2011K1", "2011K4", "2012K3", "2012K4")
    found = [target_design(level, SURVEY, until=q, **known) for q in quarters]
    assert [one and one.period for one in found] == [
        None, None, (2011, 2011), (2011, 2011), (2012, 2012),
    ]  # fmt: skip


def test_a_wave_is_known_from_the_quarter_in_which_its_last_answer_came_in():
    known = {"start": "2010K1", "waves": (2009, 2011), "fielded": {2011: dt.date(2011, 5, 3)}}
    level = target("level", 30, 2013)
    found = [target_design(level, SURVEY, until=q, **known) for q in ("2011K1", "2011K2")]
    assert [one and one.period for one in found] == [None, (2011, 2011)]


def test_too_early_is_said_as_such():
    for until, wanted, data, design in (
        ("2010K2", target("relative_change", -20), PANEL, DESIGN),
        ("2010K2", target("level", 30, 2013), SHARES, SURVEY),
    ):
        found = observe(wanted, data, design, until=until, start="2010K1")
        assert (math.isnan(found.value), found.reason) == (True, "too-early")


def test_a_deadline_without_its_wave_is_no_data():
    found = observe(target("level", 30, 2013), SHARES[SHARES["wave"] < 2013], SURVEY)
    assert (math.isnan(found.value), found.reason) == (True, "no-wave")


@pytest.mark.parametrize("kind", ["level", "relative_change", "yearly_change", "not_worse"])
def test_a_suppressed_count_is_no_data_and_never_nothing(kind):
    hidden = PANEL.astype({"count": float})
    hidden.loc[(hidden["area"] == "T") & (hidden["quarter"] == "2012K4"), "count"] = math.nan
    found = observe(target(kind, 1 if kind == "level" else -1), hidden, DESIGN)
    assert (math.isnan(found.value), found.reason) == (True, "unusable-value")


@pytest.mark.parametrize("kind", ["level", "point_change", "yearly_change", "gap_to"])
def test_a_break_since_the_goal_was_set_is_no_data_with_the_refusals_code(kind):
    broken = SURVEY.with_(breaks=(Break(first=2012, reason="new supplier"),))
    found = observe(target(kind, -5, 2013, reference="A"), SHARES, broken)
    assert (math.isnan(found.value), found.reason) == (True, "break")


def counted(before: int, after: int) -> pd.DataFrame:
    """The treated area's whole baseline and whole period with so many reports in all."""
    data = panel({"T": (0,) * 5, "A": (20,) * 5, "B": (24,) * 5}).astype({"count": float})
    own = data["area"] == "T"
    data.loc[own, "count"] = 0
    data.loc[own & (data["quarter"] == "2009K4"), "count"] = before
    data.loc[own & (data["quarter"] == "2012K4"), "count"] = after
    return data


def test_a_year_without_a_report_has_the_exact_limit_of_three():
    found = observe(target("level", 20), counted(300, 0), DESIGN)
    assert (found.value, found.lower) == (0.0, 0.0)
    assert found.upper == pytest.approx(2.9957, abs=1e-4)  # reports of 1,000 inhabitants in a year


def test_a_level_needs_no_baseline():
    found = observe(target("level", 20), counted(0, 12), DESIGN)
    assert (found.value, found.baseline) == (12.0, 0.0)
    assert found.lower < 12 < found.upper


def test_a_rise_from_nothing_is_worse_without_end():
    found = observe(target("not_worse"), counted(0, 36), DESIGN)
    assert found.value == math.inf
    assert found.lower > 0  # the ratio's exact limit


def test_nothing_before_and_nothing_now_is_no_worse_and_no_fall():
    assert observe(target("not_worse"), counted(0, 0), DESIGN).value == 0
    fall = observe(target("relative_change", -20), counted(0, 0), DESIGN)
    assert (math.isnan(fall.value), fall.reason) == (True, "all-zero-baseline")


def test_a_fall_to_nothing_has_an_exact_limit():
    found = observe(target("relative_change", -20), counted(20, 0), DESIGN)
    # Of 20 reports none fell into 3 of 5 years: the upper limit of that chance is 1 - .05^(1/20).
    chance = 1 - 0.05 ** (1 / 20)
    ratio = chance / (1 - chance) * 2 / 3
    assert found.value == -100
    assert found.upper == pytest.approx(100 * (ratio - 1))


def test_the_callers_tables_are_left_as_they_were():
    before, answers = PANEL.copy(), SHARES.copy()
    observe(target("gap_to", -50, reference="comparison"), PANEL, DESIGN)
    observe(target("yearly_change", -1, 2013), SHARES, SURVEY)
    pd.testing.assert_frame_equal(PANEL, before)
    pd.testing.assert_frame_equal(SHARES, answers)
