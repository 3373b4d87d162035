"""Locking is one command, and is not done twice by accident."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tingbjerg_eval.demo.write import write_demo
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.run.plan import lock_study


@pytest.fixture
def study(tmp_path):
    write_demo(tmp_path)
    return tmp_path / "study.yaml"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_lock_stands_beside_the_study_and_names_its_targets(study):
    path, digest = lock_study(study)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert path == study.parent / "plan.lock.json"
    assert content["sha256"] == digest
    assert content["plan"]["targets"]["indbrud-40"]["goal"] == -40


def test_the_same_plan_is_locked_again_without_a_change(study):
    path, _ = lock_study(study)
    before = path.read_bytes()
    lock_study(study)
    lock_study(study, replace=True)
    assert path.read_bytes() == before


def test_a_changed_goal_is_not_locked_over_the_old_one_unless_asked_to(study):
    path, first = lock_study(study)
    change(study.parent / "strategy.yaml", "goal: -40", "goal: -25")
    with pytest.raises(InputRefused, match="already-locked"):
        lock_study(study)
    _, second = lock_study(study, replace=True)
    assert first != second
    assert json.loads(path.read_text(encoding="utf-8"))["replaces"] == [first]


def test_a_strategy_with_an_error_is_not_locked(study):
    change(study.parent / "strategy.yaml", "indicator: burglary", "indicator: burglery")
    with pytest.raises(InputRefused, match="Did you mean 'burglary'"):
        lock_study(study)
    assert not (study.parent / "plan.lock.json").exists()


def test_a_report_of_the_baseline_that_appears_later_changes_the_plan(study):
    _, first = lock_study(study)
    change(study.parent / "data/politi_anmeldelser.csv", ";Tingbjerg;", ";Bispeparken;")
    with pytest.raises(InputRefused, match="already-locked"):
        lock_study(study)
    assert lock_study(study, replace=True)[1] != first
