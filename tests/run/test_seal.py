"""A finished run is recognised from digests alone, and nothing that matters is overlooked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.run.batch import digests, studies
from tingbjerg_eval.run.batch.folder import OutputFolder
from tingbjerg_eval.run.batch.studies import Asked, Seal, Wanted
from tingbjerg_eval.run.batch.study_run import StudyRun, run_wanted

ROOT = Path(__file__).parents[2]
HEAVY = {"pandas", "numpy", "matplotlib", "nbformat", "pydantic", "duckdb", "rich", "jinja2"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A small study whose baseline is made, with its own copy of the package's digests."""
    folder = tmp_path_factory.mktemp("sealed")
    shutil.copytree(asset("parameters", "examples", "minimal"), folder / "study")
    wanted = Wanted.at(folder / "study", folder / "out", Asked(only="baseline"))
    assert run_wanted(wanted, jobs=1) == 0
    return folder


@pytest.fixture
def folder(finished, tmp_path):
    """A copy that may be changed."""
    for name in ("study", "out"):
        shutil.copytree(finished / name, tmp_path / name)
    return tmp_path


@pytest.fixture(autouse=True)
def _as_it_is(monkeypatch):
    """The package and the environment themselves, whatever the room's other tests put there."""
    monkeypatch.undo()


def unchanged(folder: Path, asked: Asked | None = None):
    return Wanted.at(folder / "study", folder / "out", asked or Asked(only="baseline")).unchanged()


def test_a_finished_run_is_recognised(folder):
    assert unchanged(folder) == {"": ["baseline"]}


def test_nothing_heavy_is_loaded_to_see_it(folder):
    """The promise of a second rests on this, whatever the machine is busy with."""
    script = (
        "import sys; from tingbjerg_eval.run.cli import cli\n"
        f"cli(['run', {str(folder / 'study')!r}, '--output', {str(folder / 'out')!r},"
        " '--only', 'baseline'], standalone_mode=False)\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
    assert done.stderr.startswith("1 unchanged in ")


def append(*path: str):
    def change(folder: Path) -> None:
        file = folder.joinpath(*path)
        file.write_bytes(file.read_bytes() + b"\n")

    return change


def remove(*path: str):
    return lambda folder: folder.joinpath(*path).unlink()


def write(*path: str):
    return lambda folder: folder.joinpath(*path).write_text("{}")


REPORT = ("out", "reports", "baseline")
CHANGES = {
    "the study": append("study", "study.yaml"),
    "the strategy": append("study", "strategy.yaml"),
    "a delivery": append("study", "data", "anmeldelser.csv"),
    "another delivery": append("study", "data", "befolkning.csv"),
    "a delivery is gone": remove("study", "data", "befolkning.csv"),
    "the key": append("study", "plan.key"),
    "a plan that was not there": write("study", "plan.lock.json"),
    "declared deviations that were not there": write("study", "deviations.yaml"),
    "a report's page": append(*REPORT, "rapport.html"),
    "a report's manifest": append(*REPORT, "manifest.json"),
    "a file too many": write(*REPORT, "more.txt"),
    "a file of a report is gone": remove(*REPORT, "rapport.pdf"),
    "another report": lambda folder: (folder / "out" / "reports" / "2011K2").mkdir(),
    "a page of a failure": write("out", "reports", "baseline.FAILED.html"),
    "the executed notebook": append("out", "internal", "baseline", "executed.ipynb"),
    "the index": append("out", "index.html"),
    "the ledger": remove("out", "internal", "ledger.json"),
    "the seal": lambda folder: (folder / "out/internal/seal.json").write_text("{"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(folder, change):
    CHANGES[change](folder)
    assert unchanged(folder) is None


@pytest.mark.parametrize(
    "other",
    [Asked(), Asked(only="quarterly"), Asked(only="baseline", with_code=True),
     Asked(only="baseline", data=Path("study/data"))],
)  # fmt: skip
def test_something_else_asked_for_is_seen(folder, other):
    assert unchanged(folder, other) is None


@pytest.mark.parametrize(
    "file", ["stats/did.py", "presentation/texts/da.toml", "presentation/template/blocks.html.j2"]
)
def test_a_changed_line_of_code_or_words_is_seen(folder, file, tmp_path, monkeypatch):
    copy = tmp_path / "tingbjerg_eval"
    shutil.copytree(digests.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(digests, "PACKAGE", copy)
    assert unchanged(folder) == {"": ["baseline"]}
    append(file)(copy)
    assert unchanged(folder) is None


def test_a_notebook_of_the_installation_that_changes_is_seen(folder):
    """Held by its digest among what is read; the notebooks themselves are not touched here."""
    held = json.loads((folder / "out/internal/seal.json").read_text("utf-8"))["read"]
    read = {name.rpartition("/")[2] for name in held if not name.startswith(":")}
    assert {"baseline.ipynb", "quarterly.ipynb", "end_of_period.ipynb"} <= read


def test_another_version_of_a_library_is_seen(folder, tmp_path, monkeypatch):
    (tmp_path / "site" / "something-2.0.dist-info").mkdir(parents=True)
    digests.of_environment.cache_clear()
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "site")])
    assert unchanged(folder) is None
    monkeypatch.undo()
    digests.of_environment.cache_clear()
    assert unchanged(folder) is not None


def test_a_folder_in_use_is_not_called_unchanged(folder):
    with OutputFolder(folder / "out").locked():
        assert unchanged(folder) is None


def entry(study: str, report: str, told: int) -> dict:
    return {"report": f"{study}: {report}", "study": study, "told": told}


def test_what_another_study_entered_later_changes_nothing(tmp_path):
    """It was made with knowledge of what this one had told; what it entered before counts."""
    path, seal = tmp_path / "ledger.json", Seal(tmp_path / "study.yaml", tmp_path / "out", {})
    house = {"file": "ledger.json", "study": "a"}

    def held(*entries: dict) -> str:
        path.write_text(json.dumps({"reports": entries}))
        return seal.read((), house)[":ledger"]

    own, before, later = entry("a", "baseline", 1), entry("b", "2011K1", 2), entry("b", "2011K2", 3)
    known = held(before, own)
    assert held(before, own, later) == known
    assert held(own, later) != known
    assert held({**before, "told": 9}, own) != known
    assert held(before, {**own, "told": 9}) != known


def test_figures_from_a_database_are_never_called_unchanged(folder, monkeypatch):
    put = []
    monkeypatch.setattr(Seal, "put", lambda *_: put.append(1))
    run = StudyRun("", folder / "study" / "study.yaml", Seal(folder, folder, {}), Asked())
    done = type("Result", (), {"exit_code": 0})
    run._seal([], {}, done)
    assert put == [1]
    incidents = run.settings.data.incidents
    monkeypatch.setattr(type(incidents), "database", object(), raising=False)
    object.__setattr__(incidents, "database", object())
    run._seal([], {}, done)
    assert put == [1]


def test_a_folder_without_studies_is_refused(tmp_path):
    with pytest.raises(studies.InputRefused, match="no-study"):
        Wanted.at(tmp_path, tmp_path / "out", Asked())
