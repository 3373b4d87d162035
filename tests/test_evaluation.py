"""A study opened for evaluation sees what it should, and nothing later."""

from __future__ import annotations

import pytest

from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.stats.refusal import MethodRefused


@pytest.fixture(scope="module")
def in_2011(demo_study):
    return demo_study.as_of("2011K2")


def test_a_study_as_of_a_quarter_holds_no_later_quarter_or_wave(in_2011):
    assert max(in_2011.panel("burglary")["quarter"]) == "2011K2"
    assert max(in_2011.shares("unsafe_evening")["wave"]) == 2010  # 2011 is known at its end


def test_looking_back_leaves_the_study_itself_whole(demo_study, in_2011):
    assert in_2011.provisional
    assert not demo_study.provisional
    assert max(demo_study.panel("burglary")["quarter"]) == "2012K4"


def test_a_decision_not_yet_taken_is_not_known(demo_study):
    before, after = demo_study.as_of("2010K4"), demo_study.as_of("2011K1")
    assert "cykelskure" not in before.strategy.targets
    assert "cykelskure" in after.strategy.targets


def test_a_retired_target_is_judged_all_the_same(demo_study):
    assert demo_study.verdict("bydelsavis").retired


def test_a_provisional_verdict_never_asks_whether_the_effort_did_it(in_2011):
    assert {one.verdict.effect for one in in_2011.evaluate()} == {"not asked"}
    assert {one.effect for one in in_2011.evaluate()} == {None}


def test_before_a_whole_year_has_passed_it_is_too_early(demo_study):
    first = demo_study.as_of("2010K1")
    assert first.verdict("indbrud-40").course == "too early"
    assert first.result("indbrud-40").change is None


def test_a_digest_does_not_change_with_later_quarters(demo_study):
    then = demo_study.as_of("2011K2")
    assert then.digest("incidents") == then.as_of("2011K2").digest("incidents")
    assert then.digest("incidents") != demo_study.digest("incidents")


def test_evaluating_does_not_change_the_tables(demo_study):
    before = demo_study.tables.incidents.copy(), demo_study.tables.survey.copy()
    demo_study.as_of("2012K4").evaluate()
    assert demo_study.tables.incidents.equals(before[0])
    assert demo_study.tables.survey.equals(before[1])


def test_a_folder_stands_for_the_study_inside(demo_folder, demo_study):
    assert open_study(demo_folder).settings == demo_study.settings


def test_another_data_folder_may_be_given(own_demo, demo_study, tmp_path):
    (own_demo / "data").rename(tmp_path / "elsewhere")
    with pytest.raises(InputRefused, match="politi_anmeldelser"):
        open_study(own_demo)
    moved = open_study(own_demo, data=tmp_path / "elsewhere")
    assert moved.digest("incidents") == demo_study.digest("incidents")


def test_the_refusal_of_one_target_does_not_stop_the_others(demo_study):
    few = demo_study.settings.areas.model_copy(
        update={"comparison": demo_study.settings.areas.comparison[:4]}
    )
    from dataclasses import replace

    settings = demo_study.settings.model_copy(update={"areas": few})
    found = replace(demo_study, settings=settings).result("indbrud-40")
    assert isinstance(found.effect, MethodRefused)
    assert found.verdict.effect == "cannot be shown"
    assert found.verdict.met in ("yes", "no")
