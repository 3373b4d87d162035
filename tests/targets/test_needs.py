"""What the methods need is said by the check and refused by a run, before figures are read."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner

from tingbjerg_eval.evaluation.coverage import unmet_needs
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.run.batch.studies import Asked, Wanted
from tingbjerg_eval.run.batch.study_run import run_wanted
from tingbjerg_eval.run.cli import cli
from tingbjerg_eval.run.plan import lock_study
from tingbjerg_eval.stats.changes import FEWEST_COMPARISON

SIX = '["Område 1", "Område 2", "Område 3", "Område 4", "Område 5", "Område 6"]'
FOUR = '["Område 1", "Område 2", "Område 3", "Område 4"]'
OTHERS = "    other_areas: ignore\n"


@pytest.fixture
def study(tmp_path):
    """The minimal example, to be given fewer comparison areas."""

    def write(comparison: str, **changes: str):
        shutil.copytree(asset("parameters", "examples", "minimal"), tmp_path / "study")
        path = tmp_path / "study" / "study.yaml"
        text = path.read_text(encoding="utf-8").replace(SIX, comparison)
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        text = text.replace("    encoding:", OTHERS + "    encoding:")
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_enough_comparison_areas_are_no_problem(study):
    assert unmet_needs(study(SIX)) == ()


def test_too_few_comparison_areas_are_said_with_both_numbers_and_the_line(study):
    path = study(FOUR)
    (problem,) = unmet_needs(path)
    line = path.read_text(encoding="utf-8").split("\n").index(f"  comparison: {FOUR}") + 1
    assert str(problem) == (
        f"[comparison-areas-few] study.yaml, line {line}, areas.comparison: found 4 comparison "
        "areas; wanted at least 5, to see how much areas change without the effort. Name more "
        "areas without an effort of their own, and ask for their figures too."
    )
    assert FEWEST_COMPARISON == 5


def test_the_check_of_a_study_says_it_beside_everything_else(study):
    said = CliRunner().invoke(cli, ["check", str(study(FOUR)), "--json"])
    assert said.exit_code == 2
    assert [one["code"] for one in json.loads(said.output)["problems"]] == ["comparison-areas-few"]


def test_the_check_says_settings_that_cannot_be_read_once(study):
    path = study(FOUR, treated="traeted")
    said = json.loads(CliRunner().invoke(cli, ["check", str(path), "--json"]).output)
    assert sorted(one["code"] for one in said["problems"]) == ["missing-key", "unknown-key"]


def test_neither_a_plan_is_locked_nor_a_report_made_with_too_few(study, tmp_path):
    path = study(FOUR)
    with pytest.raises(InputRefused, match="comparison-areas-few"):
        lock_study(path)
    with pytest.raises(InputRefused, match="at least 5"):
        run_wanted(Wanted.at(path, tmp_path / "out", Asked()))
    assert not (tmp_path / "out").exists()


def test_a_study_of_police_activity_alone_needs_no_comparison(study):
    path = study(FOUR, **{"kind: count": "kind: count\n    activity: true"})
    assert unmet_needs(path) == ()
