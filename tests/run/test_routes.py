"""Whole routes: crafted names through a real report to its finished files."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import threading
import zipfile
from base64 import b64decode
from dataclasses import replace
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which

import nbformat
import openpyxl
import pytest
from bs4 import BeautifulSoup
from canaries import LOUD, QUIET, loud_notebook, plain_notebook, planted, quiet_notebook
from click.testing import CliRunner
from hostile import FORMULAS, PAYLOADS, hostile_copy
from pypdf import PdfReader
from small_study import copy_study, small_rendering

from tingbjerg_eval.inputs.errors import TingbjergError
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.publication.publication import published_chain
from tingbjerg_eval.run.batch.batch import run_batch
from tingbjerg_eval.run.batch.job import Job
from tingbjerg_eval.run.batch.studies import Asked, Wanted
from tingbjerg_eval.run.batch.study_jobs import rendering
from tingbjerg_eval.run.batch.study_run import hand_over, run_wanted
from tingbjerg_eval.run.cli import cli
from tingbjerg_eval.run.kernels import warm
from tingbjerg_eval.run.plan import lock_study

BROWSER = which("chromium") or which("chromium-browser") or which("google-chrome")
TOOLS = Path(__file__).parents[1] / "report" / "axe"
MINIMAL = Path(__file__).parents[2] / "parameters" / "examples" / "minimal"
LIVE = frozenset({
    "script", "iframe", "frame", "object", "embed", "applet", "base", "form", "input", "link",
    "template", "video", "audio", "source", "animate", "set", "foreignobject", "math",
})  # fmt: skip
ADDRESSES = ("href", "src", "srcset", "data", "action", "poster", "background", "xlink:href")


class Visits(BaseHTTPRequestHandler):
    """A server that remembers who came."""

    def do_GET(self):
        self.server.seen.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture(scope="module")
def server():
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Visits)
    listening.seen = []
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield listening
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture(scope="module")
def host(server):
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module")
def hostile_report(demo_folder, host, tmp_path_factory):
    """The end-of-period report of a study in which every name is crafted."""
    folder = tmp_path_factory.mktemp("hostile")
    hostile_copy(demo_folder, folder / "study", host)
    lock_study(folder / "study" / "study.yaml")
    asked = Asked(only="end_of_period")
    assert run_wanted(Wanted.at(folder / "study", folder / "out", asked), jobs=1) == 0
    return folder / "out" / "reports" / "end_of_period"


@pytest.fixture(scope="module")
def html(hostile_report):
    return (hostile_report / "rapport.html").read_text(encoding="utf-8")


def live_nodes(html: str) -> list[str]:
    """Every element and attribute of a parsed page that does or fetches anything."""
    found = []
    for node in BeautifulSoup(html, "html.parser").find_all(True):
        found += [node.name] if node.name in LIVE else []
        for name, value in node.attrs.items():
            text = re.sub(r"\s", "", " ".join(value) if isinstance(value, list) else str(value))
            fetches = name in ADDRESSES and not text.startswith(("#", "data:image/svg+xml;"))
            if name.startswith("on") or fetches or (name == "style" and "http:" in text):
                found.append(f"{node.name} {name}={text[:60]}")
    return found


def crafted_in(text: str, crafted, host: str) -> list[str]:
    return [one for one in crafted if one.replace("{host}", host) in text]


def test_crafted_names_reach_the_page_as_text_and_none_is_live(html, host):
    text = BeautifulSoup(html, "html.parser").get_text()
    assert len(crafted_in(text, PAYLOADS, host)) >= 25
    assert live_nodes(html) == []


def test_one_payload_unescaped_would_be_seen(html, host):
    for payload in PAYLOADS[:6]:
        page = html.replace("</main>", payload.replace("{host}", host) + "</main>")
        assert live_nodes(page)


def test_no_cell_of_the_workbook_is_a_formula(hostile_report, host):
    data = (hostile_report / "tabeller.xlsx").read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    said = "\n".join(str(cell.value) for cell in cells)
    assert len(crafted_in(said, FORMULAS, host)) >= 12
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_no_cell_of_a_csv_is_a_formula(hostile_report, host):
    with zipfile.ZipFile(hostile_report / "data.zip") as packed:
        sheets = [packed.read(name).decode("utf-8-sig")
                  for name in packed.namelist() if name.endswith(".csv")]  # fmt: skip
    rows = [
        cell
        for sheet in sheets
        for row in csv.reader(io.StringIO(sheet, newline=""), delimiter=";")
        for cell in row
    ]
    live = [one for one in rows if one[:1] in tuple("=+-@\t\r") and not _is_number(one)]
    assert len(crafted_in("\n".join(rows), FORMULAS, host)) >= 12
    assert live == []


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(?:,\d+)?", text) is not None


VISIT = """
import { chromium } from "playwright-core";
const [executablePath, address] = process.argv.slice(1);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage();
await page.goto(address, { waitUntil: "load" });
await page.waitForLoadState("networkidle");
console.log(await page.content());
await browser.close();
"""


def opened(page: Path) -> str:
    """The page's elements after a browser has opened it and everything in it has run."""
    return subprocess.run(
        ["node", "--input-type=module", "-e", VISIT, BROWSER, page.as_uri()],
        cwd=TOOLS, capture_output=True, text=True, timeout=600, check=True,
    ).stdout  # fmt: skip


@pytest.mark.skipif(
    not (BROWSER and which("node") and (TOOLS / "node_modules" / "playwright-core").exists()),
    reason="needs node, a Chromium browser and make browser-tools",
)
def test_a_browser_that_opens_the_report_fetches_nothing(
    hostile_report, server, host, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("browser")
    bad = folder / "bad.html"
    bad.write_text(f"<!doctype html><p>{PAYLOADS[2].replace('{host}', host)}</p>")
    opened(bad)
    assert server.seen == ["/i"]
    server.seen.clear()
    assert live_nodes(opened(hostile_report / "rapport.html")) == []
    assert server.seen == []


CODE = "open({canary!r}, 'w')"
NAMES = (
    "quarter={code};x", "{code}", "x\n{code}\ny", "quarter = 1\n{code}", "class", "quarter;{code}",
    "*a, b", "quarter: {code}", "__import__('os').system('touch {canary}')", "é={code}", "a.b",
    "quarter #\\\n{code}",
)  # fmt: skip
VALUES = (
    '"; {code} #', "'; {code} #", '"""; {code} #', "\\\"; {code} #", "\n{code}\n", "{{{code}}}",
    "!touch {canary}", "%%bash\ntouch {canary}", "$(touch {canary})", "`touch {canary}`",
    "\\\n{code}", "\\x22; {code} #", "\u2028{code}", "'+{code}+'", "%run {canary}",
)  # fmt: skip


@pytest.fixture
def canary(tmp_path):
    """A file that only injected code would write."""
    return tmp_path / "canary"


def crafted(texts, canary: Path) -> list[str]:
    code = CODE.format(canary=str(canary))
    return [text.format(code=code, canary=canary) for text in texts]


def small_job(study: Path, name: str, parameters) -> Job:
    return Job(name=name, notebook=study / "small.ipynb", parameters=parameters, folder=study)


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_code_in_a_parameters_name_stops_the_batch_before_anything_runs(tmp_path, canary, number):
    study = copy_study(tmp_path / "study")
    name = crafted(NAMES, canary)[number]
    with pytest.raises(InputRefused):
        run_batch([small_job(study, "one", {name: "1"})], tmp_path / "out",
                  rendering=small_rendering(study))  # fmt: skip
    assert not canary.exists()
    assert list((tmp_path / "out" / "reports").iterdir()) == []


def test_code_in_a_parameters_value_arrives_as_text_and_is_not_run(tmp_path, canary):
    study = copy_study(tmp_path / "study")
    values = crafted(VALUES, canary)
    jobs = [small_job(study, f"v{at}", {"quarter": value}) for at, value in enumerate(values)]
    done = run_batch(jobs, tmp_path / "out", rendering=small_rendering(study, inspect="pass_all"))
    assert [one.failure for one in done.reports] == [None] * len(VALUES)
    for job, value in zip(jobs, values, strict=True):
        kept = tmp_path / "out" / "internal" / job.name / "executed.ipynb"
        said = nbformat.read(kept, as_version=4).cells[4].outputs[0].text
        assert said == f"quarter {value}\n"
    assert not canary.exists()


@pytest.mark.parametrize("option", ["--quarter", "--only", "--output"])
def test_code_in_an_option_of_the_command_is_not_run(tmp_path, canary, option):
    code = CODE.format(canary=str(canary))
    given = ["run", str(MINIMAL), "--quarter", "2011K2", "--output", str(tmp_path / "out")]
    value = f"2011K2'; {code} #" if option != "--output" else "/dev/null/'; x #"
    done = CliRunner().invoke(cli, [*given, option, value])
    assert getattr(done.exception, "exit_code", done.exit_code) == 2
    assert isinstance(done.exception, (TingbjergError, SystemExit))
    assert not canary.exists()


def test_run_json_and_the_ledger_hold_no_hidden_count(hostile_report):
    internal = hostile_report.parents[1] / "internal"
    run = json.loads((internal / "end_of_period" / "run.json").read_text(encoding="utf-8"))
    assert set(run) == {
        "name", "analysis", "executed", "parameters", "inputs", "engine", "seconds", "finished",
        "host", "python",
    }  # fmt: skip
    ledger = json.loads((internal / "ledger.json").read_text(encoding="utf-8"))
    cells = [c for r in ledger["reports"] for t in r["tables"] for c in t["cells"]]
    assert any(cell["value"] is None for cell in cells)
    assert all(set(cell) == {"key", "value", "sign", "region"} for cell in cells)


HEAD = ("title", "sender", "recipient", "case_officer", "document_number")
"""Fields of the memo head; they stand in the page, the PDF and its metadata."""


def canary_jobs(study, folder: Path) -> dict[str, Job]:
    """One job for all places that are left out, and one for each that is shown."""
    chain = published_chain(study, ["baseline"])
    context = {
        "title": "Ord", "language": "da", "published": chain["baseline"], "earlier": [],
        "case_numbers": [], "simulated": True,
    }  # fmt: skip
    home, jobs = study.path.parent, {}

    def add(place, notebook, more=None):
        name = re.sub(r"\W+", "-", place)
        path = folder / f"{name}.ipynb"
        nbformat.write(notebook, path)
        given = {"note": planted(0)} if place == "quiet" else {}
        given |= {"study": "study.yaml"}
        jobs[place] = Job(name=name, notebook=path, parameters=given, folder=home,
                          context=context | (more or {}))  # fmt: skip

    add("quiet", quiet_notebook())
    for number, place in enumerate(LOUD, start=30):
        add(place, loud_notebook(place, planted(number)))
    for number, field in enumerate(HEAD, start=60):
        add(f"head {field}", plain_notebook(), {field: planted(number)})
    add("prose", plain_notebook(f"Ord {planted(70)}"))
    add("comment in shown code", plain_notebook(f"# {planted(71)}", code=True), {"with_code": True})
    return jobs


@pytest.fixture(scope="module")
def canaries(demo_study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("canaries")
    jobs = canary_jobs(demo_study, folder)
    scanned = replace(rendering(demo_study), inspect="tingbjerg_eval.release.handover:scan_report")
    with warm.started() as parent:
        withdraw = hand_over(parent, demo_study)
        run_batch(list(jobs.values()), folder / "out", rendering=scanned, workers=2, parent=parent)
        withdraw()
    return {place: folder / "out" / "reports" / job.name for place, job in jobs.items()}


def said_by(path: Path) -> str:
    """Everything a file says, read without the project's own scan."""
    data = path.read_bytes()
    texts = [path.name, unescape(data.decode("utf-8", "replace"))]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            texts += [parts.read(name).decode("utf-8", "replace") for name in parts.namelist()]
    if data.startswith(b"%PDF"):
        pdf = PdfReader(io.BytesIO(data))
        texts += [str(pdf.metadata), *(page.extract_text() for page in pdf.pages)]
    coded = re.findall(r"base64,([A-Za-z0-9+/=]+)", texts[1])
    return "\n".join([*texts, *(b64decode(one).decode("utf-8", "replace") for one in coded)])


def test_there_are_thirty_canaries_in_as_many_places():
    assert len(QUIET) + len(LOUD) + len(HEAD) + 2 >= 40


def test_what_is_not_shown_stays_inside(canaries):
    files = sorted(canaries["quiet"].iterdir())
    assert {path.suffix for path in files} >= {".html", ".pdf", ".xlsx"}
    said = "\n".join(map(said_by, files))
    assert [place for at, place in enumerate(QUIET) if planted(at) in said] == []
    assert "Ord." in said


@pytest.mark.parametrize(
    "place", [*LOUD, *(f"head {field}" for field in HEAD), "prose", "comment in shown code"]
)
def test_a_report_that_shows_a_canary_is_not_handed_over(canaries, place):
    report = canaries[place]
    assert not report.exists()
    page = report.with_name(f"{report.name}.FAILED.html")
    assert not re.search(r"0101\d\d-1234", said_by(page))
