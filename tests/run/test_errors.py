"""One tree of errors: each foreseen one says its exit code, on the command line and in a cell."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import tingbjerg_eval
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.errors import TingbjergError
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.strict_yaml import parse_yaml
from tingbjerg_eval.run import cli
from tingbjerg_eval.run.batch.cluster import ClusterExecutor
from tingbjerg_eval.run.batch.failure import failure_of
from tingbjerg_eval.run.batch.studies import Asked, Wanted
from tingbjerg_eval.run.batch.study_run import run_wanted
from tingbjerg_eval.run.kernels.execute import NotebookFailed
from tingbjerg_eval.run.plan import lock_study

MINIMAL = asset("parameters", "examples", "minimal")
CODES = {
    "InputRefused": 2,
    "MethodRefused": 2,
    "UndeclaredDeviation": 4,
    "FolderInUse": 75,
    "OutputRefused": 3,
    "ElementRefused": 3,
    "ChildDied": 1,
    "ProseMissing": 1,
}
INTERNAL = {"Irregular", "TooVaried", "Rejected", "Disagree", "_Stop"}
"""Caught where they arise: they turn a road, and nobody outside sees them."""


@cache
def errors() -> dict[str, type[Exception]]:
    """Every error class of the package by its name."""
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(tingbjerg_eval.__path__, "tingbjerg_eval.")
    ]
    return {
        name: one
        for module in modules
        for name, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, Exception) and one.__module__ == module.__name__
    }


def test_every_error_that_leaves_the_package_has_the_same_root():
    assert {
        name for name, one in errors().items() if not issubclass(one, TingbjergError)
    } <= INTERNAL


@pytest.mark.parametrize(("name", "code"), CODES.items(), ids=CODES)
def test_an_error_stands_for_one_exit_code(name, code):
    assert errors()[name].exit_code == code


@pytest.mark.parametrize(
    ("ename", "code"),
    [("MethodRefused", 2), ("ElementRefused", 3), ("UndeclaredDeviation", 4), ("KeyError", 1)],
)
def test_an_error_in_a_cell_stands_for_the_same(ename, code):
    failed = NotebookFailed(ename, "", 3, None)
    assert failure_of(failed, stage="executing").exit_code == code


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "], ids=["lists", "keys", "dashes"])
def test_a_file_too_deep_to_be_read_is_bad_input(opening):
    with pytest.raises(InputRefused, match=r"\[yaml-depth\] study\.yaml, line 1: .*parameters/"):
        parse_yaml(opening * 5000, file="study.yaml")


@pytest.mark.parametrize(
    "address",
    ["nonsense", "", "8786", "host:8786", "tcp://", "tcp://host", "http://host:8786",
     "tcp://me:secret@host:8786", "tcp://host:8786/x", "tcp://host:port"],
)  # fmt: skip
def test_an_address_that_is_none_is_bad_input(address):
    with pytest.raises(InputRefused, match=r"\[cluster-address\] --cluster: .*tcp://host:8786"):
        ClusterExecutor(address)


def test_a_scheduler_that_does_not_answer_is_bad_input():
    with pytest.raises(InputRefused, match=r"No scheduler answered within 0\.5 seconds"):
        ClusterExecutor("tcp://127.0.0.1:9", connect_seconds=0.5)


def test_the_command_says_so_before_a_report_is_made(tmp_path):
    with pytest.raises(InputRefused, match="cluster-address"):
        run_wanted(Wanted.at(MINIMAL, tmp_path / "out", Asked()), cluster="nonsense")
    assert not (tmp_path / "out").exists()


def test_an_undeclared_deviation_ends_the_command_with_4(tmp_path):
    """The plan is locked, a goal is then lowered, and nobody says why."""
    command = Path(sys.executable).parent / "tingbjerg"
    shutil.copytree(MINIMAL, tmp_path / "study")
    lock_study(tmp_path / "study" / "study.yaml")
    strategy = tmp_path / "study" / "strategy.yaml"
    written = strategy.read_text(encoding="utf-8")
    strategy.write_text(written.replace("goal: -30", "goal: -10"), encoding="utf-8")
    asked = [command, "run", "study", "--only", "baseline"]
    ended = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 4, ended.stderr
    assert "goal" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list((tmp_path / "outputs").rglob("*.html"))


def test_an_error_nobody_foresaw_keeps_its_values_to_itself(monkeypatch, capsys):
    def stop(**_):
        raise ValueError("0101701234")

    monkeypatch.setattr(cli.cli, "main", stop)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "0101701234" not in capsys.readouterr().err
