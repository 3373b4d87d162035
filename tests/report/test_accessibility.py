"""Rendered pages as a reader meets them, in a headless browser with axe.

``make browser-tools`` installs what this needs; the browser is the machine's own.
"""

import json
import subprocess
from pathlib import Path
from shutil import which

import pytest
from reading import page

from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.pages.index import Entry, failed_page, write_index
from tingbjerg_eval.report.pages.render import render

AXE = Path(__file__).parent / "axe"
PROGRAMME = Path(__file__).parents[2] / "parameters" / "examples" / "programme" / "study.yaml"
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
def looked_at(rendered, notebook, context, demo_made, tmp_path_factory):
    """What the browser found on each kind of page."""
    folder = tmp_path_factory.mktemp("pages")
    english = {**context, "language": "en", "title": "Are the targets met?", "with_code": True}
    pages = {
        "report": rendered["report.html"],
        "english": render(notebook, english)["report.html"],
        "failed": failed_page("2010K2", Words("da")),
        "programme": page(open_study(PROGRAMME), "programme"),
    }
    for name, made in (("baseline",) * 2, ("quarterly", "2011K2"), ("end_of_period",) * 2):
        file = demo_made.outputs / "reports" / made / "rapport.html"
        pages[name] = file.read_bytes()
    for name, data in pages.items():
        (folder / f"{name}.html").write_bytes(data)
    report = folder / "reports" / "2010K1"
    report.mkdir(parents=True)
    (report / "report.html").write_bytes(rendered["report.html"])
    states = {"2010K1": "done", "2010K2": "failed", "2010K3": "waiting"}
    entries = [Entry(name=name, state=state, headline="Tre mål.") for name, state in states.items()]
    asked = (("Utrygge om aftenen og natten", "too early"), ("Hærværk og brandstiftelse", "no"))
    entries += [Entry(name=f"{year}K{part}", state="waiting", states=asked)
                for year in (2011, 2012, 2013) for part in (1, 2, 3, 4)]  # fmt: skip
    entries.append(Entry(name="end_of_period", state="waiting", states=(asked[1],)))
    write_index(folder, entries, Words("da"), title="Indsatsen", simulated=True)
    files = [folder / f"{name}.html" for name in (*pages, "index")]
    told = subprocess.run(
        ["node", "check.mjs", BROWSER, *map(str, files)],
        cwd=AXE, capture_output=True, text=True, check=True, timeout=300,
    ).stdout  # fmt: skip
    return {Path(one["file"]).stem: one for one in map(json.loads, told.splitlines())}


PAGES = ("report", "english", "failed", "index", "baseline", "quarterly", "end_of_period",
         "programme")  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation_of_wcag_a_and_aa_at_any_size(looked_at, name):
    assert looked_at[name]["rules"] >= 6
    assert looked_at[name]["violations"] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched_and_nothing_is_refused_by_the_policy(looked_at, name):
    assert looked_at[name]["requests"] == []
    assert looked_at[name]["console"] == []
    assert looked_at[name]["scripts"] == 0
    assert looked_at[name]["broken"] == 0


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_a_phone_or_a_zoomed_window(looked_at, name):
    assert looked_at[name]["wider"] == []
    assert looked_at[name]["outside"] == []


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_reaches_everything_from_the_skip_link_on(looked_at, name):
    found = looked_at[name]
    assert found["first"]["tag"] == "A"
    assert found["first"]["seen"]
    assert found["landed"]["name"] == "main"
    assert found["unseen"] == []
    assert found["dead"] == []
    assert found["steps"] == found["stops"]


def test_the_language_is_the_readers(looked_at):
    languages = {name: found["language"] for name, found in looked_at.items()}
    assert languages == dict.fromkeys(PAGES, "da") | {"english": "en"}
    assert looked_at["report"]["unnamed"] == 0
