"""A notebook that is not whole is seen for what it is."""

from __future__ import annotations

import copy

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tingbjerg_eval.run.kernels.execute import END_MARK, findings


@pytest.fixture
def source():
    return new_notebook(
        cells=[new_markdown_cell("# A"), new_code_cell("1"), new_code_cell(""), new_code_cell("e")]
    )


@pytest.fixture
def executed(source):
    done = copy.deepcopy(source)
    done.cells[1].execution_count = 1
    done.cells[3].execution_count = 2
    shown = new_output("execute_result", {"text/plain": END_MARK}, execution_count=2)
    done.cells[3].outputs = [shown]
    return done


def test_a_whole_notebook_has_no_findings(executed, source):
    assert findings(executed, source, {}) == []


def change(executed, what):
    first, last = executed.cells[1], executed.cells[3]
    match what:
        case "not run":
            first.execution_count = None
        case "run twice":
            first.execution_count, last.execution_count = 2, 3
        case "out of order":
            first.execution_count, last.execution_count = 2, 1
        case "error":
            first.outputs = [new_output("error", ename="E", evalue="", traceback=[])]
        case "stderr":
            first.outputs = [new_output("stream", name="stderr", text="w")]
        case "no end mark":
            last.outputs = []
        case "end mark elsewhere":
            first.outputs, last.outputs = last.outputs, []
        case "cell missing":
            del executed.cells[1]
            last.execution_count = 1
        case "cell changed":
            first.source = "2"
        case "cut":
            del executed.cells[3:]
        case "empty":
            executed.cells = []


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("not run", "counts"),
        ("run twice", "counts"),
        ("out of order", "counts"),
        ("error", "an error"),
        ("stderr", "stderr"),
        ("no end mark", "end of notebook"),
        ("end mark elsewhere", "end of notebook"),
        ("cell missing", "not those of the notebook"),
        ("cell changed", "not those of the notebook"),
        ("cut", "end of notebook"),
        ("empty", "not those of the notebook"),
    ],
)
def test_each_way_of_not_being_whole_is_named(executed, source, what, said):
    change(executed, what)
    assert any(said in finding for finding in findings(executed, source, {}))


def test_parameters_that_were_not_asked_for_are_named(executed, source):
    assert findings(executed, source, {"a": 1}) == ["the parameters are not those asked for"]
