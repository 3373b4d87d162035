"""A new study and a new notebook are a few answers away, and keep the form of the others."""

import nbformat
import pytest
import yaml
from click.testing import CliRunner
from new_study import ANSWERS, fill

from tingbjerg_eval.data.check import check_study
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.run.cli import cli
from tingbjerg_eval.run.kernels.execute import execute, findings
from tingbjerg_eval.run.templates import write_notebook, write_study


def test_the_minimal_example_has_no_problems():
    result = check_study(asset("parameters", "examples", "minimal", "study.yaml"))
    assert result.problems == ()


def test_the_minimal_example_is_judged_from_end_to_end():
    study = open_study(asset("parameters", "examples", "minimal"))
    assert [one.verdict.met in ("yes", "no") for one in study.evaluate()] == [True]


def test_a_new_study_lacks_nothing_but_the_figures(tmp_path):
    write_study(tmp_path / "new", **ANSWERS)
    found = check_study(tmp_path / "new" / "study.yaml")
    assert {one.code for one in found.problems} == {"blank-number"}
    fill(tmp_path / "new")
    assert check_study(tmp_path / "new" / "study.yaml").problems == ()
    study = open_study(tmp_path / "new")
    assert study.settings.title == ANSWERS["title"]
    assert study.design.treated == "Vest"
    assert study.design.comparison == ("Nord", "Syd", "Øst", "Midt", "Havn")
    assert study.design.period == ("2020K1", "2021K4")
    assert [str(year) for year in study.strategy.budget] == ["2020", "2021"]


def test_a_new_study_does_not_call_itself_simulated(tmp_path):
    write_study(tmp_path, **ANSWERS)
    text = (tmp_path / "study.yaml").read_text("utf-8")
    assert yaml.safe_load(text)["simulated"] is False
    assert "imuler" not in text.replace("simulated: false", "")


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("title", " "), ("treated", ""), ("comparison", "Nord, Syd"), ("baseline", "2018"),
        ("period", "2021K4-2020K1"), ("offences", ","), ("extracted", "i går"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_used_is_named_and_nothing_is_written(tmp_path, answer, value):
    with pytest.raises(InputRefused) as refused:
        write_study(tmp_path / "new", **{**ANSWERS, answer: value})
    assert [one.column for one in refused.value.problems] == [answer]
    assert not (tmp_path / "new").exists()


def test_a_study_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "strategy.yaml").write_text("mine")
    with pytest.raises(InputRefused, match="file-exists"):
        write_study(tmp_path, **ANSWERS)
    assert [path.name for path in tmp_path.iterdir()] == ["strategy.yaml"]


def test_the_command_asks_for_what_is_not_given(tmp_path):
    answers = "\n".join(ANSWERS.values()) + "\n"
    told = CliRunner().invoke(cli, ["new-study", str(tmp_path / "new")], input=answers)
    assert told.exit_code == 0, told.output
    assert (tmp_path / "new" / "data" / "befolkning.csv").exists()


def test_a_new_notebook_runs_whole(tmp_path, demo_folder):
    path = write_notebook("mit-notat", tmp_path)
    notebook = nbformat.read(path, as_version=4)
    given = {"study": str(demo_folder / "study.yaml"), "indicator": "vandalism"}
    executed = execute(notebook, given, folder=tmp_path)
    assert findings(executed, notebook, given) == []


@pytest.mark.parametrize("name", ["../evil", "1st", "", "a b"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path, name):
    with pytest.raises(InputRefused, match="notebook-name"):
        write_notebook(name, tmp_path)


def test_a_notebook_that_is_there_is_not_overwritten(tmp_path):
    write_notebook("mine.ipynb", tmp_path)
    with pytest.raises(InputRefused, match="file-exists"):
        write_notebook("mine", tmp_path)
