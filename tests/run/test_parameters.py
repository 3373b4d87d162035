"""Parameters are checked against the notebook before anything pastes them into code."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.run.kernels.execute import execute
from tingbjerg_eval.run.parameters import as_asked, assigned, check_parameters, defaults


@pytest.fixture
def notebook():
    source = (
        'quarter = "2010K1"\nlevel: float = 0.95\nyears = 3\ndeep = False\nareas = []\nx = None'
    )
    cell = new_code_cell(source, metadata={"tags": ["parameters"]})
    return new_notebook(cells=[new_code_cell("other = 1"), cell])


def refusal(notebook, given):
    with pytest.raises(InputRefused) as refused:
        check_parameters(notebook, given, file="quarterly.ipynb")
    return str(refused.value)


def test_the_defaults_are_read_without_running_anything(notebook):
    assert defaults(notebook) == {
        "quarter": "2010K1",
        "level": 0.95,
        "years": 3,
        "deep": False,
        "areas": [],
        "x": None,
    }
    assert assigned("a = print('no')") == {"a": ...}


def test_a_misspelt_name_is_refused_with_the_nearest(notebook):
    assert refusal(notebook, {"quater": "2011K2"}) == (
        "[parameter-unknown] quarterly.ipynb, parameters: found quater; "
        "wanted one of areas, deep, level, quarter, x, years. Did you mean quarter?"
    )


@pytest.mark.parametrize(
    "name", ["a=1;b", "__import__('os').abort()", "x\ny", "class", "", " quarter", 3]
)
def test_code_in_a_name_is_refused(notebook, name):
    assert "[parameter-name]" in refusal(notebook, {name: 1})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quarter", 2011),
        ("level", "0.9"),
        ("years", 3.0),
        ("years", True),
        ("deep", 1),
        ("areas", "A"),
        ("quarter", None),
    ],
)
def test_a_value_of_another_type_is_refused_not_converted(notebook, name, value):
    said = refusal(notebook, {name: value})
    assert "[parameter-type]" in said
    assert name in said


@pytest.mark.parametrize("value", [float("nan"), {"a": 1}, object(), [[1]], [float("inf")], b"x"])
def test_only_plain_values_are_taken(notebook, value):
    assert "[parameter-value]" in refusal(notebook, {"x": value})


def test_all_problems_are_said_at_once(notebook):
    assert refusal(notebook, {"a b": 1, "quater": "", "years": "3"}).count("\n") == 2


@pytest.mark.parametrize("text", ["0123", "010", "2010K1", "nan", "None", "æøå", 'a"b\\c\n{}$'])
def test_text_stays_the_same_text_through_papermill(study, text):
    notebook = nbformat.read(study / "small.ipynb", as_version=4)
    given = check_parameters(notebook, {"quarter": text}, file="small.ipynb")
    done = execute(notebook, given, folder=study, engine="warm")
    assert as_asked(done, {"quarter": text})
    assert done.cells[4].outputs[0].text == f"quarter {text}\n"


def test_a_whole_number_may_stand_for_a_number(notebook):
    assert check_parameters(notebook, {"level": 1}, file="n") == {"level": 1}


def test_other_parameters_than_asked_for_are_seen(study):
    notebook = nbformat.read(study / "small.ipynb", as_version=4)
    assert as_asked(notebook, {})
    assert not as_asked(notebook, {"quarter": "2010K1"})
