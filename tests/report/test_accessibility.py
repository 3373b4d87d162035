"""Rendered pages as a reader meets them, in a headless browser with axe.

``make browser-tools`` installs what this needs; the browser is the machine's own.
"""

import json
import subprocess
from pathlib import Path
from shutil import which

import pytest

from tingbjerg_eval.report.index import Entry, failed_page, write_index
from tingbjerg_eval.report.render import render
from tingbjerg_eval.report.wording import Words

AXE = Path(__file__).parent / "axe"
BROWSER = which("chromium") or which("chromium-browser") or which("google-chrome")
missing = [
    name
    for name, there in (
        ("node", which("node")), ("a Chromium browser", BROWSER),
        ("make browser-tools", (AXE / "node_modules" / "axe-core").exists()),
    )
    if not there
]  # fmt: skip
pytestmark = pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}")


@pytest.fixture(scope="module")
def looked_at(rendered, notebook, context, tmp_path_factory):
    """What the browser found on each kind of page."""
    folder = tmp_path_factory.mktemp("pages")
    english = {**context, "language": "en", "title": "Are the targets met?", "with_code": True}
    pages = {
        "report": rendered["report.html"],
        "english": render(notebook, english)["report.html"],
        "failed": failed_page("2010K2", Words("da")),
    }
    for name, data in pages.items():
        (folder / f"{name}.html").write_bytes(data)
    report = folder / "reports" / "2010K1"
    report.mkdir(parents=True)
    (report / "report.html").write_bytes(rendered["report.html"])
    states = {"2010K1": "done", "2010K2": "failed", "2010K3": "waiting"}
    entries = [Entry(name=name, state=state, headline="Tre mål.") for name, state in states.items()]
    write_index(folder, entries, Words("da"), title="Indsatsen", simulated=True)
    files = [folder / f"{name}.html" for name in (*pages, "index")]
    told = subprocess.run(
        ["node", "check.mjs", BROWSER, *map(str, files)],
        cwd=AXE, capture_output=True, text=True, check=True, timeout=300,
    ).stdout  # fmt: skip
    return {Path(one["file"]).stem: one for one in map(json.loads, told.splitlines())}


PAGES = ("report", "english", "failed", "index")


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_no_violation_of_wcag_a_and_aa_at_any_size(looked_at, page):
    assert looked_at[page]["rules"] >= 6
    assert looked_at[page]["violations"] == []


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_fetched_and_nothing_is_refused_by_the_policy(looked_at, page):
    assert looked_at[page]["requests"] == []
    assert looked_at[page]["console"] == []
    assert looked_at[page]["scripts"] == 0
    assert looked_at[page]["broken"] == 0


@pytest.mark.parametrize("page", PAGES)
def test_no_page_is_wider_than_a_phone_or_a_zoomed_window(looked_at, page):
    assert looked_at[page]["wider"] == []


@pytest.mark.parametrize("page", PAGES)
def test_the_keyboard_reaches_everything_from_the_skip_link_on(looked_at, page):
    found = looked_at[page]
    assert found["first"]["tag"] == "A"
    assert found["first"]["seen"]
    assert found["landed"]["name"] == "main"
    assert found["unseen"] == []
    assert found["dead"] == []
    assert found["steps"] == found["stops"]


def test_the_language_is_the_readers(looked_at):
    languages = {page: found["language"] for page, found in looked_at.items()}
    assert languages == {"report": "da", "english": "en", "failed": "da", "index": "da"}
    assert looked_at["report"]["unnamed"] == 0
