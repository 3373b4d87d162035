"""A forked run shows what a plain kernel shows, and starts as fresh as one."""

from __future__ import annotations

import ast
import subprocess
import sys

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from steady import LIGHT

from tingbjerg_eval.run.kernels import warm
from tingbjerg_eval.run.kernels.execute import NotebookFailed, execute, findings


@pytest.fixture
def parent():
    """A warm parent for the test's thread."""
    with warm.started() as started:
        warm.adopt(started)
        yield started
        warm.adopt(None)


def read(study, name):
    return nbformat.read(study / name, as_version=4)


@pytest.mark.usefixtures("whole_parent", "parent")
def test_both_engines_give_the_same_cells_and_bytes(study):
    notebook, given = read(study, "fidelity.ipynb"), {"label": 'æ "quoted" \\ label'}
    forked = execute(notebook, given, folder=study, engine="warm")
    plain = execute(notebook, given, folder=study, engine="plain")
    for one, other in zip(forked.cells, plain.cells, strict=True):
        assert one == other
    assert nbformat.writes(forked) == nbformat.writes(plain)
    assert findings(forked, notebook, given) == []


def test_figures_show_though_the_parent_has_loaded_their_backend(study):
    cells = [new_code_cell("import matplotlib.pyplot as plt\n\nplt.plot([1, 2]);")]
    loaded = (*warm.PRELOAD, "matplotlib.pyplot", "matplotlib_inline.backend_inline")
    with warm.WarmParent(preload=loaded) as parent:
        warm.adopt(parent)
        done = execute(new_notebook(cells=cells), {}, folder=study, engine="warm")
        warm.adopt(None)
    assert "image/png" in done.cells[0].outputs[0].data


@pytest.mark.usefixtures("whole_parent", "parent")
def test_a_fork_has_random_state_of_its_own_and_nothing_left_over(study):
    notebook = read(study, "fresh.ipynb")
    runs = [execute(notebook, {}, folder=study, engine="warm") for _ in range(3)]
    shown = [[cell.outputs for cell in run.cells if cell.cell_type == "code"] for run in runs]
    drawn = [ast.literal_eval(outputs[2][0].data["text/plain"]) for outputs in shown]
    assert len({value for pair in drawn for value in pair}) == 6
    assert [outputs[1][0].data["text/plain"] for outputs in shown] == ["False"] * 3
    figures = [outputs[3][0].data["text/plain"] for outputs in shown]
    assert figures == ["[1]"] * 3


@pytest.mark.usefixtures("whole_parent")
def test_the_parent_stays_single_threaded(study, parent):
    execute(read(study, "fidelity.ipynb"), {}, folder=study, engine="warm")
    assert psutil.Process(parent.process.pid).num_threads() == 1


def test_papermill_finds_the_engine_by_its_name():
    from papermill.engines import papermill_engines

    from tingbjerg_eval.run.kernels.engines import PlainEngine, WarmEngine

    assert papermill_engines.get_engine("tingbjerg") is WarmEngine
    assert papermill_engines.get_engine("tingbjerg-plain") is PlainEngine


@pytest.mark.usefixtures("parent")
@pytest.mark.parametrize("engine", ["warm", "plain"])
@pytest.mark.parametrize(
    ("fault", "ename"),
    [("raise", "ValueError"), ("kill", "KernelDied"), ("hang", "TimedOut")],
)
def test_a_lost_kernel_never_looks_finished(study, engine, fault, ename):
    notebook, reached = read(study, "faults.ipynb"), [None]
    given = {"timeout": 2 if fault == "hang" else 600, "on_cell": lambda at, _: reached.append(at)}
    with pytest.raises(NotebookFailed) as failed:
        execute(notebook, {"fault": fault}, folder=study, engine=engine, **given)
    assert failed.value.ename == ename
    assert reached[-1] == 5 or fault == "hang"
    assert failed.value.cell == reached[-1] or engine == "plain"
    assert findings(failed.value.executed, notebook, {"fault": fault})


def test_a_plain_kernel_that_does_not_even_start_in_time_has_timed_out(study):
    with pytest.raises(NotebookFailed, match="TimedOut"):
        execute(read(study, "small.ipynb"), {}, folder=study, engine="plain", timeout=0.01)


def test_a_parent_that_was_killed_is_started_again(study, parent):
    notebook = read(study, "small.ipynb")
    parent.process.kill()
    parent.process.wait()
    done = execute(notebook, {"quarter": "2010K2"}, folder=study, engine="warm")
    assert findings(done, notebook, {"quarter": "2010K2"}) == []


def test_a_closed_parent_stays_closed(study):
    with warm.WarmParent() as parent:
        warm.adopt(parent)
        parent.close()
        with pytest.raises(NotebookFailed, match="KernelDied"):
            execute(read(study, "small.ipynb"), {}, folder=study, engine="warm")
        warm.adopt(None)


@pytest.mark.parametrize("first", ["papermill", "tingbjerg_eval.run.kernels.engines"])
def test_papermill_runs_the_engine_whichever_is_imported_first(study, first):
    code = (
        f"import {first}, papermill; from tingbjerg_eval.run.kernels import warm;"
        f"warm.PRELOAD = {LIGHT}; papermill.execute_notebook('small.ipynb', 'done.ipynb',"
        " engine_name='tingbjerg', progress_bar=False); warm.close_shared()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=study, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    executed = nbformat.read(study / "done.ipynb", as_version=4)
    assert executed.cells[-1].execution_count == 4
