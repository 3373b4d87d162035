"""Locking is one command, and is not done twice by accident."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.run.plan import lock_study

MINIMAL = asset("parameters", "examples", "minimal")


@pytest.fixture
def study(tmp_path):
    return shutil.copytree(MINIMAL, tmp_path / "study") / "study.yaml"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_lock_stands_beside_the_study_and_names_its_targets(study):
    path, digest = lock_study(study)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert path == study.parent / "plan.lock.json"
    assert content["sha256"] == digest
    assert content["plan"]["targets"]["indbrud-30"]["goal"] == -30


def test_the_same_plan_is_locked_again_without_a_change(study):
    path, _ = lock_study(study)
    before = path.read_bytes()
    lock_study(study)
    lock_study(study, replace=True)
    assert path.read_bytes() == before


def test_a_changed_goal_is_not_locked_over_the_old_one_unless_asked_to(study):
    path, first = lock_study(study)
    change(study.parent / "strategy.yaml", "goal: -30", "goal: -25")
    with pytest.raises(InputRefused, match="already-locked"):
        lock_study(study)
    _, second = lock_study(study, replace=True)
    assert first != second
    assert json.loads(path.read_text(encoding="utf-8"))["replaces"] == [first]


def test_a_strategy_with_an_error_is_not_locked(study):
    change(study.parent / "strategy.yaml", "indicator: indbrud", "indicator: indbryd")
    with pytest.raises(InputRefused, match="Did you mean 'indbrud'"):
        lock_study(study)
    assert not (study.parent / "plan.lock.json").exists()


def test_a_report_of_the_baseline_that_appears_later_changes_the_plan(study):
    _, first = lock_study(study)
    change(study.parent / "data/anmeldelser.csv", "2008K1;1320;43", "2008K1;1320;44")
    with pytest.raises(InputRefused, match="already-locked"):
        lock_study(study)
    assert lock_study(study, replace=True)[1] != first
