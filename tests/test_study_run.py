"""A study's reports from the command's point of view: what is made, refused, kept and listed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from pypdf import PdfReader

from tingbjerg_eval.inputs.errors import TingbjergError
from tingbjerg_eval.run.batch.studies import Asked, Wanted
from tingbjerg_eval.run.batch.study_jobs import selected
from tingbjerg_eval.run.batch.study_run import run_wanted
from tingbjerg_eval.run.cli import cli
from tingbjerg_eval.study.house_key import keyed, read_key

COMMAND = Path(sys.executable).parent / "tingbjerg"
MADE = ("baseline", "2011K2", "end_of_period")


@pytest.fixture
def locked(demo_made):
    return demo_made.study.parent


@pytest.fixture
def outputs(demo_made):
    return demo_made.outputs


def page(outputs: Path, name: str) -> BeautifulSoup:
    html = (outputs / "reports" / name / "rapport.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser")


@pytest.mark.parametrize("name", MADE)
def test_a_report_is_handed_over_whole_and_with_nothing_else(outputs, name):
    folder = outputs / "reports" / name
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    kinds = {path.suffix for path in folder.iterdir()}
    assert {path.name for path in folder.iterdir()} == {*manifest["files"], "manifest.json"}
    assert kinds == {".html", ".pdf", ".docx", ".xlsx", ".zip", ".txt", ".json"}


@pytest.mark.parametrize("name", MADE)
def test_no_cell_of_an_executed_notebook_holds_an_error(outputs, name):
    executed = nbformat.read(outputs / "internal" / name / "executed.ipynb", as_version=4)
    kinds = {output.output_type for cell in executed.cells for output in cell.get("outputs", ())}
    assert kinds <= {"display_data", "execute_result"}


@pytest.mark.parametrize("name", MADE)
def test_a_report_says_on_every_page_that_its_figures_are_simulated(outputs, name):
    from pypdf import PdfReader

    assert "simulerede" in page(outputs, name).header.get_text()
    pages = PdfReader(outputs / "reports" / name / "rapport.pdf").pages
    assert all("Simulerede tal" in one.extract_text() for one in pages)


@pytest.mark.parametrize("name", MADE)
def test_the_plans_digest_stands_on_the_first_page(outputs, locked, name):
    lock = json.loads((locked / "plan.lock.json").read_text(encoding="utf-8"))
    public = keyed(read_key(locked), lock["sha256"])
    assert public[:8] in page(outputs, name).header.get_text()
    assert public in page(outputs, name).main.get_text()
    assert lock["sha256"] not in str(page(outputs, name))


def test_the_final_evaluation_gives_both_answers_for_every_target(outputs, demo_study):
    table = page(outputs, "end_of_period").find("table", class_="verdicts")
    heads = [cell.get_text() for cell in table.thead.find_all("th")]
    met, effect = heads.index("Nået?"), heads.index("Gjorde indsatsen det?")
    rows = [[cell.get_text(" ", strip=True) for cell in row] for row in table.tbody.find_all("tr")]
    rows = [[cell for cell in row if cell] for row in rows]
    assert [row[0].removesuffix(" (udgået)") for row in rows] == [
        target.title for target in demo_study.strategy.targets.values()
    ]
    assert all(row[met] and row[effect] for row in rows)


def test_a_quarterly_report_does_not_say_whether_it_was_the_effort(outputs):
    heads = page(outputs, "2011K2").find("table", class_="verdicts").thead.get_text()
    assert "Gjorde indsatsen det?" not in heads


def test_the_memo_asks_the_committee_to_decide(outputs):
    assert "til efterretning" in page(outputs, "end_of_period").main.get_text()
    assert page(outputs, "end_of_period").find_all("h2")[1].get_text() == "Indstilling"


def test_a_small_count_is_in_no_file_that_leaves(outputs, demo_study):
    own = demo_study.panel("robbery").query("area == 'Tingbjerg' and count < 5")
    shown = json.loads((outputs / "internal" / "ledger.json").read_text(encoding="utf-8"))
    cells = {
        cell["key"]: cell["value"]
        for report in shown["reports"]
        for table in report["tables"]
        if table["name"] == "robbery"
        for cell in table["cells"]
    }
    assert len(own) > 5
    assert all(cells[quarter] is None for quarter in own["quarter"])


def test_the_index_lists_every_report_with_what_it_says(outputs):
    html = BeautifulSoup((outputs / "index.html").read_text(encoding="utf-8"), "html.parser")
    (table,) = (one for one in html.find_all("table") if one.find("a"))
    rows = table.tbody.find_all("tr")
    links = [link["href"] for link in table.find_all("a")]
    assert len(rows) == len(MADE)
    assert all((outputs / link).exists() for link in links)
    assert "Nået: 3 af 7 hovedmål" in rows[-1].get_text()


def test_a_second_run_does_nothing_again_and_changes_no_byte(outputs, locked, capsys):
    folder = outputs / "reports" / "2011K2"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert run_wanted(Wanted.at(locked, outputs, Asked(quarter="2011K2"))) == 0
    assert "unchanged" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_every_report_is_selected_unless_some_are_asked_for(demo_study):
    every = selected(demo_study, only=None, quarter=None)
    assert len(every) == 14
    assert every[0] == "baseline"
    assert every[-1] == "end_of_period"
    assert selected(demo_study, only="quarterly", quarter=None) == every[1:-1]


def asked(*arguments: object) -> TingbjergError:
    """The error that ends ``tingbjerg run``."""
    done = CliRunner().invoke(cli, ["run", *map(str, arguments), "--plain-kernels"])
    assert isinstance(done.exception, TingbjergError)
    return done.exception


def test_a_changed_goal_stops_the_run_until_it_is_declared(locked, tmp_path):
    study = tmp_path / "study"
    shutil.copytree(locked, study)
    strategy = study / "strategy.yaml"
    text = strategy.read_text(encoding="utf-8")
    strategy.write_text(text.replace("goal: -40", "goal: -20", 1), encoding="utf-8")
    done = asked(study, "--quarter", "2010K1", "--output", tmp_path / "out")
    assert done.exit_code == 4
    assert "targets.indbrud-40.goal: planned -40, now -20" in str(done)
    assert not (tmp_path / "out" / "reports").exists()


def test_a_quarter_outside_the_period_is_bad_input(locked, tmp_path):
    """As a process, for its exit code and what a terminal shows."""
    command = [COMMAND, "run", locked, "--quarter", "2014K1", "--output", tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2
    assert "2010K1 til 2012K4" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_study_that_is_not_there_is_bad_input(tmp_path):
    done = asked(tmp_path / "nowhere.yaml", "--output", tmp_path / "out")
    assert (done.exit_code, "file-missing" in str(done)) == (2, True)


@pytest.mark.parametrize(("name", "most"), [("end_of_period", 18), ("2011K2", 6), ("baseline", 6)])
def test_no_report_is_longer_than_a_committee_reads(outputs, name, most):
    assert 2 < len(PdfReader(outputs / "reports" / name / "rapport.pdf").pages) <= most
