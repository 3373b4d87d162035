"""A folder of studies is one batch: one queue, one index, the same bytes however it was ended."""

from __future__ import annotations

import json
import os
import shutil
import signal
from dataclasses import dataclass, field

import pytest
from bs4 import BeautifulSoup
from small_study import contents, copy_study, kept_parent, quarterly, small_rendering

from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.run.batch import study_run
from tingbjerg_eval.run.batch.batch import Part, run_parts
from tingbjerg_eval.run.batch.studies import Asked, Wanted
from tingbjerg_eval.run.batch.study_run import run_wanted
from tingbjerg_eval.run.progress import read_status, status_table

NAMES = ("north/a", "north/b", "south/c")
QUARTERS = ("2010K1", "2010K2")
POINTS = (
    "waiting", "executing", ("executing", 1), "done", "rendering", ("executing", 2), "unchanged",
)  # fmt: skip
"""Where a run is interrupted, one after another."""


@dataclass
class Given:
    """Small studies, given one by one."""

    folder: object
    output: object
    left: list[str] = field(default_factory=lambda: list(NAMES))
    closed: list[str] = field(default_factory=list)
    refused_parts: list[str] = field(default_factory=list)

    def next_part(self):
        if not self.left:
            return None
        name = self.left.pop(0)
        study = self.folder / name
        return Part(
            jobs=quarterly(study, QUARTERS), output=self.output / name, study=name,
            rendering=small_rendering(study), closed=lambda result: self.close(name, result),
        )  # fmt: skip

    def close(self, name, result):
        self.closed.append(name)
        return result.exit_code

    def refused(self, part, _error):
        self.refused_parts.append(part.study)


@pytest.fixture
def folder(tmp_path):
    for name in NAMES:
        copy_study(tmp_path / "studies" / name)
    return tmp_path / "studies"


def made(output):
    return {name: contents(output / name / "reports") for name in NAMES}


def test_a_folder_interrupted_again_and_again_ends_with_the_same_bytes(folder, tmp_path):
    whole = run_parts(Given(folder, tmp_path / "whole"), size=2, parent=kept_parent())
    assert whole.exit_code == 0
    assert [one.title for one in whole.reports] == [f"{n}/{q}" for n in NAMES for q in QUARTERS]
    codes, executed = [], []
    for point in (*POINTS, None):
        given = Given(folder, tmp_path / "cut")
        result = run_parts(given, size=2, parent=kept_parent(), on_event=interrupting(point))
        codes.append(result.exit_code)
        executed += [one.title for one in result.reports if one.stage == "done" and one.executed]
    assert codes == [130] * len(POINTS) + [0]
    assert made(tmp_path / "cut") == made(tmp_path / "whole")
    assert sorted(executed) == sorted({one.title for one in whole.reports})


def interrupting(point):
    """Ctrl-C when the first report comes to ``point``."""
    told = []

    def hear(state):
        if point in (state.stage, (state.stage, state.cell)) and not told:
            told.append(state)
            os.kill(os.getpid(), signal.SIGINT)

    return hear


def test_all_studies_share_one_queue(folder, tmp_path):
    """The next study is opened before the last report of the one before has ended."""
    told = []
    given = Given(folder, tmp_path / "out")
    run_parts(given, size=2, parent=kept_parent(), on_event=told.append)
    first_of_next = next(at for at, one in enumerate(told) if one.study == NAMES[1])
    last_of_first = max(at for at, one in enumerate(told) if one.study == NAMES[0])
    assert first_of_next < last_of_first
    assert sorted(given.closed) == sorted(NAMES)


def test_a_study_whose_folder_is_in_use_is_refused_and_the_others_are_made(folder, tmp_path):
    from tingbjerg_eval.run.batch.folder import OutputFolder

    given = Given(folder, tmp_path / "out")
    with OutputFolder(tmp_path / "out" / NAMES[1]).locked():
        result = run_parts(given, size=2, parent=kept_parent())
    assert given.refused_parts == [NAMES[1]]
    assert {one.study for one in result.reports if one.stage == "done"} == set(NAMES) - {NAMES[1]}


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """Two studies of one municipality that share a ledger, and one whose study.yaml is broken."""
    folder = tmp_path_factory.mktemp("studies")
    for name in ("nord/en", "nord/to", "syd/tre"):
        shutil.copytree(asset("parameters", "examples", "minimal"), folder / "in" / name)
    for name in ("en", "to"):
        file = folder / "in" / "nord" / name / "study.yaml"
        text = file.read_text("utf-8").replace("name: minimal", f"name: {name}")
        file.write_text(text + "\nledger: ../ledger.json\n", "utf-8")
    (folder / "in" / "syd" / "tre" / "study.yaml").write_text("name: [", "utf-8")
    return folder


@pytest.fixture(scope="module")
def run(real):
    """The exit code of the first run, and which studies were open together."""
    together, begin, close = [], study_run.StudyRun.begin, study_run.close
    is_open = set()

    def beginning(self, *given):
        part = begin(self, *given)
        is_open.add(self.name)
        together.append(set(is_open))
        return part

    def closing(study, *given):
        is_open.discard(f"nord/{study.settings.name}")
        return close(study, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study_run.StudyRun, "begin", beginning)
        patch.setattr(study_run, "close", closing)
        code = run_wanted(wanted(real))
    return code, together


def wanted(real):
    return Wanted.at(real / "in", real / "out", Asked(only="baseline"))


def test_a_study_that_is_refused_stops_no_other_and_decides_the_exit_code(real, run):
    assert run[0] == 2
    states = {one["name"]: one["state"] for one in read_status(real / "out")["reports"]}
    assert states == {
        "nord/en/baseline": "done", "nord/to/baseline": "done", "syd/tre": "not made",
    }  # fmt: skip
    assert "syd/tre" in status_table(read_status(real / "out"))


def test_studies_that_share_a_ledger_are_never_open_together(run):
    assert run[1] == [{"nord/en"}, {"nord/to"}]


@pytest.mark.usefixtures("run")
def test_the_ledger_of_the_house_holds_both(real):
    kept = json.loads((real / "in" / "nord" / "ledger.json").read_text("utf-8"))["reports"]
    assert [one["report"] for one in kept] == ["en: baseline", "to: baseline"]


@pytest.mark.usefixtures("run")
def test_the_index_leads_to_every_report_by_municipality_and_study(real):
    html = BeautifulSoup((real / "out" / "index.html").read_text("utf-8"), "html.parser")
    rows = html.find("table").tbody.find_all("tr")
    assert [row.find("td").get_text() for row in rows] == ["nord", "nord", "syd"]
    links = [[link["href"] for link in row.find_all("a")] for row in rows]
    assert links == [
        [f"nord/{name}/index.html", f"nord/{name}/reports/baseline/rapport.html"]
        for name in ("en", "to")
    ] + [[]]
    assert all((real / "out" / link).exists() for row in links for link in row)
    assert "Kommune" in html.get_text()


@pytest.mark.usefixtures("run")
def test_a_second_run_finds_the_finished_studies_unchanged(real, capsys, monkeypatch):
    monkeypatch.undo()  # the package's own digests, as in the first run
    before = contents(real / "out" / "nord")
    assert run_wanted(wanted(real)) == 2
    assert contents(real / "out" / "nord") == before
    said = capsys.readouterr().err
    assert "2 unchanged" in said
    assert "executing" not in said
    assert wanted(real).unchanged() is None
    shutil.copytree(real / "in", real / "mended" / "in")
    shutil.copytree(real / "out", real / "mended" / "out")
    shutil.rmtree(real / "mended" / "in" / "syd")
    assert run_wanted(wanted(real / "mended")) == 0
    assert wanted(real / "mended").unchanged() == {
        "nord/en": ["baseline"], "nord/to": ["baseline"],
    }  # fmt: skip
    (real / "mended" / "out" / "index.html").write_text("")
    assert wanted(real / "mended").unchanged() is None


def test_other_data_for_many_studies_are_refused(real):
    with pytest.raises(InputRefused, match="data-of-many"):
        Wanted.at(real / "in", real / "out", Asked(data=real))


def test_a_studys_own_folder_is_one_study(real):
    one = Wanted.at(real / "in" / "nord" / "en", real / "alone", Asked())
    assert list(one.studies) == [""]
    assert not one.many
