"""A locked plan is the same bytes every time, cannot be altered, and shows every change by key."""

from __future__ import annotations

import copy
import hashlib
import json

import pytest

from tingbjerg_eval.inputs.canonical import canonical_json, digest_of
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.strict_yaml import parse_yaml
from tingbjerg_eval.study.amendments import amended
from tingbjerg_eval.study.plan import build_plan, compare_plans, read_lock, write_lock
from tingbjerg_eval.study.settings_file import settings_from

from .conftest import PARAMETERS


@pytest.fixture(scope="module")
def plan(settings, strategy):
    return build_plan(settings, strategy)


STUDY_CHANGES = {
    "areas.treated": (
        "treated: Tingbjerg",
        "treated: Tingbjerg Nord",
    ),
    "areas.comparison": (
        "    - Bellahøj\n",
        "",
    ),
    "areas.adjacent": (
        "    - Voldparken\n",
        "",
    ),
    "areas.excluded": (
        "    - Mjølnerparken\n",
        "",
    ),
    "periods.baseline": (
        "baseline: [2008K1,",
        "baseline: [2009K1,",
    ),
    "periods.period": (
        "period: [2010K1, 2012K4]",
        "period: [2010K3, 2012K4]",
    ),
    "periods.survey_baseline": (
        "survey_baseline: [2009,",
        "survey_baseline: [2008,",
    ),
    "contamination": (
        "from: 2010K1\n    to: 2014K4",
        "from: 2010K2\n    to: 2014K4",
    ),
    "breaks": (
        "from: 2017",
        "from: 2016",
    ),
    "indicators.burglary.basket.codes": (
        "codes: [1320]",
        "codes: [1320, 1321]",
    ),
    "indicators.burglary.basket.version": (
        'version: "1"',
        'version: "2"',
    ),
    "indicators.burglary.good": (
        "good: lower",
        "good: higher",
    ),
    "indicators.drugs.activity": (
        "activity: true",
        "activity: false",
    ),
    "indicators.unsafe_evening.answers": (
        "answers: [utryg, meget utryg]",
        "answers: [utryg]",
    ),
    "indicators.unsafe_evening.question": (
        "question: tryg_aften",
        "question: tryg_nat",
    ),
    "rules.level": (
        "level: 0.95",
        "level: 0.9",
    ),
    "rules.disclosure_threshold": (
        "disclosure_threshold: 5",
        "disclosure_threshold: 6",
    ),
    "rules.preliminary_days": (
        "preliminary_days: 180",
        "preliminary_days: 90",
    ),
    "rules.survey_minimum_answers": (
        "minimum_answers: 30",
        "minimum_answers: 10",
    ),
}

STRATEGY_CHANGES = {
    "targets.indbrud-40.goal": (
        "goal: -40",
        "goal: -30",
    ),
    "targets.indbrud-40.kind": (
        "kind: relative_change\n    goal: -40",
        "kind: yearly_change\n    goal: -40",
    ),
    "targets.vold-10.indicator": (
        "indicator: violence",
        "indicator: burglary",
    ),
    "targets.haervaerk-15.responsible": (
        "responsible: aab\n    primary",
        "responsible: fsb\n    primary",
    ),
    "targets.indbrud-40.primary": (
        "    primary: true\n",
        "",
    ),
    "targets.unge-bekymring-halv-afstand.reference": (
        "reference: comparison",
        "reference: Folehaven",
    ),
    "targets.unge-bekymring-halv-afstand.by": (
        "goal: -50\n    by: 2013",
        "goal: -50\n    by: 2012",
    ),
    "targets.vold-niveau.over": (
        "kind: level\n    goal: 12",
        "kind: level\n    over: period\n    goal: 12",
    ),
    "commitments.lokalpoliti.by_quarter.2010K1": (
        "2010K1: 3",
        "2010K1: 2",
    ),
    "commitments.lokalpoliti.hold.level": (
        "level: 6",
        "level: 5",
    ),
}


@pytest.mark.parametrize("key", STUDY_CHANGES)
def test_a_change_of_the_study_is_found_and_named(key, plan, strategy):
    text = (PARAMETERS / "study.yaml").read_text(encoding="utf-8")
    old, new = STUDY_CHANGES[key]
    assert old in text
    document = parse_yaml(text.replace(old, new, 1), file="study.yaml")
    now = build_plan(settings_from(document), strategy)
    assert [one.key for one in compare_plans(plan, now)] == [key]
    assert digest_of(now) != digest_of(plan)


@pytest.mark.parametrize("key", STRATEGY_CHANGES)
def test_a_change_of_the_strategy_is_found_and_named(key, plan, settings, read, demo_text):
    now = build_plan(settings, read(demo_text(STRATEGY_CHANGES[key])))
    assert key in [one.key for one in compare_plans(plan, now)]


def test_an_added_and_a_removed_target_are_named_whole(plan):
    now = copy.deepcopy(plan)
    now["targets"]["nyt"] = now["targets"].pop("vold-10")
    added, removed = compare_plans(plan, now)
    assert (added.key, added.planned) == ("targets.nyt", None)
    assert (removed.key, removed.done) == ("targets.vold-10", None)


@pytest.mark.parametrize(
    ("section", "key"), [("effect", "function"), ("multiplicity", "adjustment")]
)
def test_another_method_is_found(plan, section, key):
    now = copy.deepcopy(plan)
    now["methods"][section][key] = "another"
    assert [one.key for one in compare_plans(plan, now)] == [f"methods.{section}.{key}"]


def test_a_baseline_that_was_revised_is_found_where_its_digest_was_locked(settings, strategy):
    locked, now = (
        build_plan(settings, strategy, baseline_digests={"incidents": digest})
        for digest in ("aa", "bb")
    )
    (found,) = compare_plans(locked, now)
    assert (found.key, found.planned, found.done) == ("baseline_data.incidents", "aa", "bb")


def test_true_is_not_one(plan):
    now = copy.deepcopy(plan)
    now["targets"]["vold-10"]["primary"] = 1
    assert [one.key for one in compare_plans(plan, now)] == ["targets.vold-10.primary"]


def test_titles_and_money_are_no_part_of_the_plan(plan, settings, read, demo_text):
    text = demo_text(("title: Anmeldt vold", "title: Vold"), ("2010: 600000", "2010: 500000"))
    assert compare_plans(plan, build_plan(settings, read(text))) == []


def test_a_decision_of_the_steering_group_is_no_change_of_the_plan(plan, settings, strategy):
    assert build_plan(settings, amended(strategy)) == plan
    assert "cykelskure" not in plan["targets"]


def test_the_order_of_targets_in_the_file_does_not_matter(plan):
    now = copy.deepcopy(plan)
    now["targets"] = dict(reversed(now["targets"].items()))
    assert digest_of(now) == digest_of(plan)


def test_the_digest_is_the_sha256_of_the_canonical_json(plan):
    text = json.dumps(plan, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert digest_of(plan) == hashlib.sha256(text.encode()).hexdigest()
    assert canonical_json({"b": 2.0, "a": "æ"}) == '{"a":"æ","b":2}'


def test_a_plan_holds_no_number_that_json_does_not_know():
    with pytest.raises(ValueError, match="finite"):
        canonical_json({"a": float("nan")})


def test_a_lock_is_read_as_it_was_written_and_has_the_same_bytes_again(tmp_path, plan):
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    lock = write_lock(first, plan)
    write_lock(second, copy.deepcopy(plan))
    assert first.read_bytes() == second.read_bytes()
    assert read_lock(first) == lock
    assert lock.digest == digest_of(plan)
    assert lock.digest.startswith(lock.short)


def test_a_locked_plan_is_not_locked_anew(tmp_path, plan):
    path = tmp_path / "plan.lock.json"
    write_lock(path, plan)
    write_lock(path, plan)
    with pytest.raises(InputRefused) as found:
        write_lock(path, plan | {"study": "another"})
    assert [one.code for one in found.value.problems] == ["already-locked"]
    assert read_lock(path).plan == plan


def test_a_replaced_plan_leaves_its_digest_behind(tmp_path, plan):
    path = tmp_path / "plan.lock.json"
    first = write_lock(path, plan)
    second = write_lock(path, plan | {"study": "another"}, replace=True)
    third = write_lock(path, plan | {"study": "third"}, replace=True)
    assert third.replaces == (first.digest, second.digest)
    assert read_lock(path) == third


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "not-locked"),
        ("{", "lock-unreadable"),
        ("[]", "lock-unreadable"),
        ('{"plan": {}}', "lock-unreadable"),
        ('{"plan": {"goal": -10}, "sha256": "00"}', "lock-altered"),
    ],
)
def test_a_lock_that_is_missing_broken_or_altered_is_refused(tmp_path, content, code):
    path = tmp_path / "plan.lock.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(InputRefused) as found:
        read_lock(path)
    assert [one.code for one in found.value.problems] == [code]


def test_a_goal_changed_inside_the_lock_is_found(tmp_path, plan):
    path = tmp_path / "plan.lock.json"
    write_lock(path, plan)
    path.write_text(path.read_text(encoding="utf-8").replace('"goal": -40', '"goal": -30'),
                    encoding="utf-8")  # fmt: skip
    with pytest.raises(InputRefused, match="lock-altered"):
        read_lock(path)
