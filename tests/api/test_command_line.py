"""What an evaluator types in a study's own folder."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner

from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.run import lab
from tingbjerg_eval.run.cli import cli
from tingbjerg_eval.run.parameters import assigned
from tingbjerg_eval.run.plan import lock_study

LESS_SURE = "\nrules: {level: 0.9}\n"


@pytest.fixture
def inside(tmp_path, monkeypatch):
    """A copy of the small example, stood in."""
    folder = tmp_path / "study"
    shutil.copytree(asset("parameters", "examples", "minimal"), folder)
    monkeypatch.chdir(folder)
    return folder


def asked(*words: str):
    return CliRunner().invoke(cli, list(words))


def notes_of_lock() -> list[dict]:
    told = asked("check", "--json")
    assert told.exit_code == 0
    return [one for one in json.loads(told.output)["notes"] if one["code"].startswith("plan-")]


def test_without_a_name_the_study_of_the_folder_is_meant_and_held_against_its_lock(inside):
    lock_study(inside / "study.yaml")
    assert notes_of_lock() == []
    study = inside / "study.yaml"
    study.write_text(study.read_text("utf-8") + LESS_SURE, "utf-8")
    (note,) = notes_of_lock()
    assert (note["column"], note["found"]) == ("rules.level", "0,9")
    assert "deviations.yaml" in note["mend"]


def test_a_lock_that_was_altered_is_a_problem(inside):
    lock_study(inside / "study.yaml")
    lock = inside / "plan.lock.json"
    lock.write_text(lock.read_text("utf-8").replace('"version": 1', '"version": 2'), "utf-8")
    told = asked("check", "--json")
    assert told.exit_code == 2
    assert [one["code"] for one in json.loads(told.output)["problems"]] == ["lock-altered"]


@pytest.mark.parametrize("written", ["2011Q2", "2011k2", "2011-Q2", "2011K2"])
def test_a_quarter_is_understood_as_people_write_it(monkeypatch, written):
    given = {}
    monkeypatch.setattr(
        "tingbjerg_eval.run.batch.study_run.run_wanted",
        lambda wanted, **_: given.update(wanted=wanted) or 0,
    )
    assert asked("run", "--plain-kernels", "--quarter", written).exit_code == 0
    wanted = given["wanted"]
    assert (wanted.asked.quarter, next(iter(wanted.studies.values())).name) == (
        "2011K2",
        "study.yaml",
    )


def test_jupyterlab_opens_on_notebooks_of_the_study(inside, monkeypatch):
    calls = []
    monkeypatch.setattr(lab.subprocess, "call", lambda command: calls.append(command) or 0)
    monkeypatch.setattr(lab, "lab_command", lambda folder, **_: [str(folder)])
    assert asked("lab", ".").exit_code == 0
    assert calls == [[str(inside)]]
    notebooks = sorted((inside / "notebooks").glob("*.ipynb"))
    assert {one.stem for one in notebooks} == {
        "baseline", "quarterly", "end_of_period", "explore",
    }  # fmt: skip
    monkeypatch.chdir(inside / "notebooks")
    for path in notebooks:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        (cell,) = [one for one in cells if "parameters" in one["metadata"].get("tags", ())]
        given = assigned("".join(cell["source"]))
        assert open_study(given["study"]).path.samefile(inside / "study.yaml")
        assert given.get("quarter", "2012K4") == "2012K4"


def test_a_notebook_that_a_person_has_changed_stays(inside):
    lab.prepare_for(inside / "study.yaml")
    changed = inside / "notebooks" / "explore.ipynb"
    changed.write_text("mine", "utf-8")
    lab.prepare_for(inside / "study.yaml")
    assert changed.read_text("utf-8") == "mine"


@pytest.mark.parametrize("root", [True, False])
def test_jupyterlab_starts_as_root_in_a_container(tmp_path, monkeypatch, root):
    monkeypatch.setattr(lab, "_is_root", lambda: root)
    command = lab.lab_command(tmp_path, browser=False, home=tmp_path / "home")
    assert ("--allow-root" in command) is root
