"""Kinds of target stand in one table: a new one is a record there and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tingbjerg_eval
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.presentation.words.verdicts import goal_text, observed_text
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.kinds import KINDS
from tingbjerg_eval.study.settings_file import read_settings
from tingbjerg_eval.study.strategy import Target
from tingbjerg_eval.study.strategy_file import read_strategy
from tingbjerg_eval.targets.observed import observe
from tingbjerg_eval.targets.verdicts import judge

PACKAGE = Path(tingbjerg_eval.__file__).parent
PARAMETERS = Path(__file__).parents[2] / "parameters"
SETTINGS = read_settings(PARAMETERS / "study.yaml")


def cut_to(goal):
    """Only a fall to a tenth or more of the baseline can be asked for."""
    return None if 10 <= goal.value < 100 else ("goal-range", "from 10 to under 100")


@pytest.fixture
def halved(monkeypatch):
    """A kind that is new: the percentage of the baseline's rate that may be left."""
    record = replace(
        KINDS["relative_change"],
        goal_rule=cut_to,
        bounded=True,
        form={"count": "percent"},
        unit={"count": "percent"},
        observe=lambda measured: {
            key: 100 + value for key, value in measured.change().items()
        },
        wanted=lambda seen: seen.goal / 100,
        moves=lambda goal, _before, _counts: goal - 100,
        axis=lambda goal, before, _counts: before * goal / 100,
    )  # fmt: skip
    monkeypatch.setitem(KINDS, "left_over", record)


def written(folder: Path, goal: float, kind: str = "left_over") -> Path:
    text = (PARAMETERS / "strategy.yaml").read_text(encoding="utf-8")
    before = "    kind: relative_change\n    goal: -40\n"
    assert before in text
    path = folder / "strategy.yaml"
    path.write_text(text.replace(before, f"    kind: {kind}\n    goal: {goal}\n"), "utf-8")
    return path


@pytest.mark.usefixtures("halved")
def test_a_new_kind_is_read_and_its_rule_is_asked(tmp_path):
    strategy = read_strategy(written(tmp_path, 60), SETTINGS)
    assert strategy.targets["indbrud-40"].of_kind.wants_fewer("lower")
    with pytest.raises(InputRefused, match="from 10 to under 100"):
        read_strategy(written(tmp_path, 5), SETTINGS)


def test_a_kind_that_is_not_in_the_table_is_refused_with_those_that_are(tmp_path):
    with pytest.raises(InputRefused) as refused:
        read_strategy(written(tmp_path, 60), SETTINGS)
    (problem,) = refused.value.problems
    assert problem.code == "wrong-value"
    assert all(repr(kind) in problem.wanted for kind in KINDS)


@pytest.mark.usefixtures("halved")
def test_a_new_kind_is_measured_judged_and_worded(verdict_of_halved):
    verdict = verdict_of_halved
    assert (verdict.observed, verdict.met) == (pytest.approx(80.0), "no")
    told = (observed_text(verdict, Words("da")), goal_text(verdict, Words("da")))
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in told] == ["80,0 %", "højst 60 %"]


@pytest.fixture
def verdict_of_halved(halved):  # noqa: ARG001
    design = Design(treated="T", comparison=("A", "B"), baseline=("2008K1", "2009K4"),
                    period=("2010K1", "2012K4"))  # fmt: skip
    quarters = quarter_range("2008K1", "2012K4")
    levels = np.repeat((40, 40, 36, 32, 28), 4)
    panel = pd.concat([
        pd.DataFrame({"area": area, "quarter": quarters, "count": levels, "population": 1000.0})
        for area in "TAB"
    ])  # fmt: skip
    target = Target(title="t", action_area="a", indicator="i", kind="left_over", goal=60,
                    by="2012K4", responsible="p")  # fmt: skip
    return judge("t", target, observe(target, panel, design))


def test_no_module_compares_the_name_of_a_targets_kind():
    names = "|".join(KINDS)
    compared = re.compile(rf"[\"']({names})[\"']")
    elsewhere = {
        path.relative_to(PACKAGE).as_posix(): sorted(set(compared.findall(text)))
        for path in PACKAGE.rglob("*.py")
        if path.name != "kinds.py" and (text := path.read_text(encoding="utf-8"))
        and re.search(rf"kind\s*(==|!=|in)\s*\(?\s*[\"']({names})[\"']", text)
    }  # fmt: skip
    assert elsewhere == {}


def test_every_kind_says_how_its_figure_is_written():
    words = Words("da")
    for name, kind in KINDS.items():
        assert set(kind.unit) == set(kind.form), name
        assert set(kind.of or ("measure",)) <= set(kind.unit), name
        assert all(f"verdict.figure.{unit}" in words for unit in kind.unit.values())


@pytest.mark.parametrize(("kind", "goal"), [
    ("relative_change", -0.3), ("relative_change", -0.05), ("yearly_change", -0.05),
    ("not_worse", 0.1),
])  # fmt: skip
def test_a_goal_written_as_a_fraction_is_refused_with_the_percentage(tmp_path, kind, goal):
    with pytest.raises(InputRefused) as refused:
        read_strategy(written(tmp_path, goal, kind), SETTINGS)
    (problem,) = refused.value.problems
    assert (problem.code, problem.place[:4]) == ("goal-fraction", "line")
    assert f"did you mean {100 * goal:g}?" in problem.wanted


@pytest.mark.parametrize("name", ["../../x", "a" * 300, "", "x y", "x/y"])
def test_a_targets_name_is_short_and_plain(tmp_path, name):
    path = written(tmp_path, -40, "relative_change")
    text = path.read_text(encoding="utf-8").replace("  indbrud-40:", f'  "{name}":')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        read_strategy(path, SETTINGS)
    assert refused.value.problems
    assert all(one.column.startswith("targets") for one in refused.value.problems[:1])
