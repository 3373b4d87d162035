"""A goal is held against the smallest change that the baseline says could be shown."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.stats.power import MinimumDetectableChange
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.settings_file import read_settings
from tingbjerg_eval.study.strategy import Target
from tingbjerg_eval.targets.measurability import measurability, pool, wanted_change
from tingbjerg_eval.targets.observed import target_design

SETTINGS = read_settings(Path(__file__).parents[2] / "parameters" / "study.yaml")
AREAS = SETTINGS.design().areas
QUARTERS = quarter_range("2008K1", "2009K4")


def panel(treated: int, others: int | None = None) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    level = np.array([treated, *[others or treated] * (len(AREAS) - 1)])
    return pd.DataFrame({
        "area": np.repeat(AREAS, len(QUARTERS)),
        "quarter": np.tile(QUARTERS, len(AREAS)),
        "count": rng.poisson(np.repeat(level, len(QUARTERS))),
        "population": 4000,
    })  # fmt: skip


def flat(treated: int, others: int) -> pd.DataFrame:
    levels = np.repeat([treated, *[others] * (len(AREAS) - 1)], len(QUARTERS))
    return panel(1).assign(count=levels)


PANELS = {"burglary": panel(35), "violence": panel(22), "vandalism": panel(40),
          "vehicle_crime": panel(36), "robbery": panel(4)}  # fmt: skip
SHARES = {
    name: pd.DataFrame({"area": AREAS, "wave": 2009, "share": [0.4, *[0.2] * (len(AREAS) - 1)],
                        "variance": 0.001, "n": 230})
    for name in SETTINGS.indicators_of("share")
}  # fmt: skip


def target(kind: str, goal: float | None, indicator: str = "burglary", **more) -> Target:
    return Target(title="t", action_area="a", kind=kind, goal=goal, indicator=indicator,
                  responsible="p", **{"by": "2012K4"} | more)  # fmt: skip


def smallest(fall: float, rise: float, scale: str = "rate ratio"):
    return lambda *_, **__: MinimumDetectableChange(
        scale=scale, fall=fall, rise=rise, power=0.8, level=0.95, n_comparison=12,
        between_areas=0.1,
    )  # fmt: skip


def judged(one: Target, **more):
    return measurability("t", one, SETTINGS, PANELS, SHARES, **more)


@pytest.mark.parametrize(("goal", "answer"), [(-40, "yes"), (-38, "yes"), (-37, "no")])
def test_a_goal_at_least_as_large_as_the_smallest_fall_is_measurable(goal, answer):
    found = judged(target("relative_change", goal), smallest=smallest(0.62, 1.6))
    assert (found.measurable, found.smallest_fall) == (answer, 0.62)
    assert found.change == pytest.approx(1 + goal / 100)


def test_robberies_are_too_few_and_pooled_offences_would_do_better():
    found = judged(target("relative_change", -35, "robbery"))
    assert found.measurable == "no"
    assert found.smallest_fall < 0.6
    assert found.pooled.smallest > 0.65
    assert "drugs" not in found.pooled.indicators


def test_pooling_is_not_proposed_where_it_would_not_help():
    found = judged(target("relative_change", -3))
    assert not found.pooled.enough


def test_a_measurable_target_needs_no_alternative():
    assert judged(target("relative_change", -60)).pooled is None


def test_a_survey_with_one_wave_before_cannot_know():
    found = judged(target("point_change", -5, "unsafe_evening", by=2013))
    assert (found.measurable, found.reason) == ("cannot be known", "short-baseline")


def test_deliveries_and_not_worse_ask_for_no_change():
    delivered = Target(title="t", action_area="a", kind="delivered", measure="m", by="2012K4")
    assert judged(delivered).measurable == "not asked"
    still = judged(target("not_worse", None), smallest=smallest(0.7, 1.4))
    assert (still.measurable, still.smallest_rise) == ("not asked", 1.4)


@pytest.mark.parametrize(
    ("one", "change"),
    [
        (target("relative_change", -20), 0.8),
        (target("level", 20), 0.5),
        (target("gap_to", -50, reference="comparison"), 0.75),
        (target("gap_to", -50, reference="Folehaven"), 0.75),
        (target("yearly_change", -10), (0.9 + 0.9**2 + 0.9**3) / 3),
        (target("not_worse", None), 1.0),
    ],
)
def test_the_change_that_a_goal_asks_of_a_count(one, change):
    design = target_design(one, SETTINGS.design())
    assert wanted_change(one, flat(40, 20), design, good="lower") == pytest.approx(change)


@pytest.mark.parametrize(
    ("kind", "goal", "change"),
    [("point_change", -5, -5), ("level", 30, -10), ("gap_to", -50, -10), ("yearly_change", -1, -4)],
)
def test_the_change_that_a_goal_asks_of_a_share(kind, goal, change):
    reference = "comparison" if kind == "gap_to" else None
    one = target(kind, goal, "unsafe_evening", by=2013, reference=reference)
    design = target_design(one, SETTINGS.survey_design())
    found = wanted_change(one, SHARES["unsafe_evening"], design, good="lower")
    assert found == pytest.approx(change)


def test_a_distance_that_is_not_there_asks_for_no_change():
    one = target("gap_to", -50, reference="comparison")
    design = target_design(one, SETTINGS.design())
    assert wanted_change(one, flat(20, 40), design, good="lower") == 1
    assert wanted_change(one, flat(20, 40), design, good="higher") == pytest.approx(1.5)


def test_a_refusal_says_why_it_cannot_be_known():
    def refuse(*_, **__):
        raise MethodRefused("few-comparison-areas", "Too few.", "Name more.")

    found = judged(target("relative_change", -20), smallest=refuse)
    assert (found.measurable, found.reason) == ("cannot be known", "few-comparison-areas")
    assert math.isnan(found.smallest_fall)


def test_pooled_panels_sum_counts_and_keep_the_population():
    both = pool([flat(40, 20), flat(5, 1)])
    first = both[both["area"] == "Tingbjerg"]
    assert first["count"].tolist() == [45] * 8
    assert first["population"].tolist() == [4000] * 8


@pytest.mark.parametrize("baseline", [("2008K1", "2009K4"), ("2006K1", "2009K4")])
def test_a_yearly_goal_is_the_mean_of_the_years_after_the_baseline_however_long_that_was(baseline):
    one = target("yearly_change", -5)
    design = SETTINGS.design().with_(baseline=baseline)
    quarters = quarter_range(*baseline)
    table = pd.DataFrame({
        "area": np.repeat(AREAS, len(quarters)), "quarter": np.tile(quarters, len(AREAS)),
        "count": 40, "population": 4000,
    })  # fmt: skip
    found = wanted_change(one, table, target_design(one, design), good="lower")
    assert found == pytest.approx(0.90329, abs=5e-6)


def test_a_yearly_goal_of_shares_counts_from_the_last_wave_before():
    design = SETTINGS.survey_design().with_(baseline=(2007, 2009), period=(2013, 2013))
    table = pd.concat([SHARES["unsafe_evening"].assign(wave=wave) for wave in (2007, 2009)])
    one = target("yearly_change", -2, "unsafe_evening", by=2013)
    assert wanted_change(one, table, design, good="lower") == pytest.approx(-8)


@pytest.mark.parametrize(("goal", "answer"), [(320, "met-at-baseline"), (40, "yes"), (150, "no")])
def test_a_goal_reached_before_the_effort_is_an_answer_of_its_own(goal, answer):
    table = {"burglary": flat(160, 160).assign(count=160, population=4000)}
    one = measurability("t", target("level", goal), SETTINGS, table, SHARES,
                        smallest=smallest(0.62, 1.6))  # fmt: skip
    assert one.change == pytest.approx(goal / 160)
    assert one.measurable == answer


def test_where_more_is_better_a_goal_reached_before_is_told_the_same_way():
    settings = SETTINGS.model_copy(update={"indicators": {
        "burglary": SETTINGS.indicators["burglary"].model_copy(update={"good": "higher"})
    }})  # fmt: skip
    reached, wanted = (
        measurability("t", target("level", goal), settings, {"burglary": flat(160, 160)}, {},
                      smallest=smallest(0.62, 1.6)).measurable
        for goal in (80, 320)
    )  # fmt: skip
    assert (reached, wanted) == ("met-at-baseline", "yes")


def test_a_target_that_asks_for_no_change_is_asked_what_worsening_would_be_seen():
    assert judged(target("not_worse", None)).asks_rise
    assert not judged(target("relative_change", -20)).asks_rise


def test_only_primary_targets_share_the_level_as_at_holms_first_step():
    asked = []

    def noted(*_, **options):
        asked.append(options["primary"])
        return smallest(0.62, 1.6)()

    judged(target("relative_change", -40, primary=True), smallest=noted, primary=7)
    judged(target("relative_change", -40, primary=False), smallest=noted, primary=7)
    assert asked == [7, 1]
