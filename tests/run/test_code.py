"""What a result depends on follows from imports: a file is changed, and a digest moves or not."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.code import Code
from tingbjerg_eval.run.batch.job import Job
from tingbjerg_eval.run.batch.orders import plan
from tingbjerg_eval.run.batch.study_jobs import rendering

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "tingbjerg_eval"
NOTEBOOKS = ROOT / "notebooks"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A copy of the package, free to be changed."""
    copy = tmp_path_factory.mktemp("copy") / "tingbjerg_eval"
    shutil.copytree(HOUSE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture
def planned(package, demo_study, monkeypatch):
    """The digests of a quarterly report's analysis and of its files, by the copy as it is."""
    monkeypatch.setattr(digests, "PACKAGE", package)
    job = Job(name="2011K2", notebook=NOTEBOOKS / "quarterly.ipynb")

    def digested() -> tuple[str, str]:
        (one,) = plan([job], rendering(demo_study), engine="warm")
        return one.analysis, one.rendered

    return digested


EXECUTES_AGAIN = (
    "run/kernels/warm.py",
    "run/kernels/warm_server.py",
    "run/kernels/shell.py",
    "run/batch/verify.py",
    "report/end.py",
    "report/sections/summary.py",
    "presentation/texts/da.toml",
    "presentation/template/blocks.html.j2",
    "stats/predictive.py",
    "inputs/problems.toml",
    "disclosure/tables.py",
    "__init__.pyi",
)
RENDERS_AGAIN = (
    "report/pages/page.py",
    "report/pages/pdf.py",
    "presentation/template/report.typ",
    "presentation/template/style.css",
    "presentation/template/executed_page/index.html.j2",
    "release/handover.py",
    "release/scan.py",
    "run/batch/job.py",
)
CHANGES_NOTHING = (
    "run/cli.py",
    "run/lab.py",
    "run/progress.py",
    "run/batch/batch.py",
    "run/batch/cluster.py",
    "run/batch/study_run.py",
    "demo/simulate.py",
    "exploring/controls.py",
)
MOVES = {
    **dict.fromkeys(EXECUTES_AGAIN, (True, True)),
    **dict.fromkeys(RENDERS_AGAIN, (False, True)),
    **dict.fromkeys(CHANGES_NOTHING, (False, False)),
}


@pytest.mark.parametrize(("file", "moves"), MOVES.items(), ids=MOVES)
def test_a_changed_file_moves_the_digests_of_what_rests_on_it(package, planned, file, moves):
    before = planned()
    path = package / file
    source = path.read_text(encoding="utf-8")
    path.write_text(source + "\n", encoding="utf-8")
    after = planned()
    path.write_text(source, encoding="utf-8")
    assert tuple(new != old for new, old in zip(after, before, strict=True)) == moves
    assert planned() == before


def small(folder: Path, **files: str) -> Code:
    """A package of these files, ``__`` in a name being a folder."""
    for name, text in files.items():
        path = folder / "house" / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Code(folder / "house")


def reached(code: Code, *starts: str) -> set[str]:
    return {path.relative_to(code.folder).as_posix() for path in code.files(starts)}


FOLLOWED = {
    "an import": "import house.other",
    "an import of a name": "from house.other import thing",
    "an import from the package": "from house import other",
    "an import inside a function": "def f():\n    from house.other import thing",
    "a name in a text": 'CALL = "house.other:function"',
    "a name put together": 'def f(name):\n    return load(f"house.{name}")',
}


@pytest.mark.parametrize("source", FOLLOWED.values(), ids=FOLLOWED)
def test_each_way_to_another_module_is_followed(tmp_path, source):
    code = small(tmp_path, first=source, other="import house.last", last="", beside="")
    assert {"first.py", "other.py", "last.py"} <= reached(code, "house.first:function")


def test_what_only_a_type_checker_reads_is_not_followed(tmp_path):
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import house.other"
    assert reached(small(tmp_path, first=source, other=""), "house.first") == {"first.py"}


def test_a_notebook_depends_on_the_names_it_takes_in_any_cell():
    code = Code(HOUSE)
    cells = [new_code_cell("import tingbjerg_eval as te"), new_code_cell("te.end()")]
    named = code.of_notebook(new_notebook(cells=cells))
    assert "tingbjerg_eval.report.end" in named
    assert "tingbjerg_eval.report.report" not in named


def test_a_notebook_that_is_no_plain_python_depends_on_everything():
    code = Code(HOUSE)
    odd = new_notebook(cells=[new_code_cell("%run something")])
    assert code.of_notebook(odd) == set(code.modules)


def test_the_projects_notebooks_are_read_as_plain_python():
    code = Code(HOUSE)
    for path in NOTEBOOKS.glob("*.ipynb"):
        assert code.of_notebook(nbformat.read(path, as_version=4)) < set(code.modules), path.name
