"""Every notebook keeps the form that makes it readable, checkable and ready to run in a batch."""

import ast
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from tingbjerg_eval.run.parameters import assigned
from tingbjerg_eval.run.templates import NOTEBOOK
from tingbjerg_eval.study.reports import REPORT_KINDS

ROOT = Path(__file__).parents[2]
STORED = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = [*STORED, NOTEBOOK]
LONGEST = 10
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Lambda, ast.comprehension)
KEPT = ("--keep-count", "--keep-id")
CHECKED = {"nbval-check-output", "keep_output"}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def tags(cell):
    return set(cell.metadata.get("tags", ()))


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    """What a reader of the report sees between the blocks."""
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "markdown" and "remove-cell" not in tags(cell)
    ]


def outside_code(text):
    """Markdown without what stands between backticks."""
    return re.sub(r"`[^`]*`", "", text)


def test_there_is_one_of_every_kind_of_report_and_one_for_looking_around():
    assert {*REPORT_KINDS, "explore"} <= {path.stem for path in STORED}


def test_it_is_a_valid_notebook_of_the_python_kernel(notebook):
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"


def test_one_cell_of_plain_values_is_tagged_as_parameters(notebook):
    tagged = [cell for cell in code(notebook) if "parameters" in tags(cell)]
    assert len(tagged) == 1
    values = assigned(tagged[0].source)
    own = "examples/programme/" if "programme" in str(values["study"]) else ""
    assert values["study"] == f"parameters/{own}study.yaml"
    assert ... not in values.values()
    assert len(values) == len(tagged[0].source.splitlines())


def test_a_note_above_the_parameters_names_each_of_them(notebook):
    at = next(n for n, cell in enumerate(notebook.cells) if "parameters" in tags(cell))
    note = notebook.cells[at - 1]
    assert note.cell_type == "markdown"
    assert "remove-cell" in tags(note)
    for name in assigned(notebook.cells[at].source):
        assert f"`{name}`" in note.source


def test_code_cells_are_short_and_hold_no_logic(notebook):
    for cell in code(notebook):
        assert 1 <= len(cell.source.splitlines()) <= LONGEST, cell.source
        held = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, LOGIC)]
        assert held == [], cell.source


def test_no_number_is_typed_into_the_prose(notebook):
    for text in prose(notebook):
        assert not re.search(r"\d", outside_code(text)), text


def test_every_section_of_prose_is_followed_by_something_to_see(notebook):
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[-1] == "code"
    assert ("markdown", "markdown") not in set(pairwise(kinds))


def test_it_ends_with_the_end_mark(notebook):
    last = notebook.cells[-1]
    assert last.source == "te.end()"
    assert "end" in tags(last)


def test_one_cell_of_key_figures_is_checked(notebook):
    assert len([cell for cell in code(notebook) if tags(cell) >= CHECKED]) == 1


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_only_the_key_figures_are_stored_and_they_are_stored(path):
    for cell in code(nbformat.read(path, as_version=4)):
        if tags(cell) >= CHECKED:
            assert len(cell.outputs) == 1
            assert len(cell.outputs[0].data["text/plain"].splitlines()) > 3
        else:
            assert cell.outputs == []


def test_nbstripout_would_change_nothing():
    told = subprocess.run(
        [Path(sys.executable).parent / "nbstripout", *KEPT, "--verify", *STORED],
        capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout
