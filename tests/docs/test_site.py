"""The documentation as a site: built strictly, whole, and without anything from elsewhere."""

import json
import re
import subprocess
from pathlib import Path
from shutil import which

import pytest

import tingbjerg_eval
from docs.making.formulas import BLOCK, with_formulas
from docs.making.settings import parts_of_files
from docs.making.site import build

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
AXE = ROOT / "tests" / "report" / "axe"
LONG = 1500
"""Words of a page that is read without a list of what it holds."""
BROWSER = which("chromium") or which("chromium-browser") or which("google-chrome")
TOOLS = (which("node"), BROWSER, (AXE / "node_modules" / "axe-core").exists())


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built without the network; a link that leads nowhere stops it."""
    folder = tmp_path_factory.mktemp("site")
    build(folder)
    return folder


def test_the_site_has_a_page_for_every_document_and_the_reference(site):
    for page in PAGES:
        assert (site / page.relative_to(ROOT / "docs").with_suffix(".html")).exists(), page
    reference = (site / "reference.html").read_text("utf-8")
    assert all(f"te.{name}" in reference for name in tingbjerg_eval.__all__)


def test_every_page_can_be_reached_from_the_menu():
    menu = (ROOT / "zensical.toml").read_text("utf-8")
    named = set(re.findall(r'= "([\w/-]+)\.md"', menu))
    pages = {str(path.relative_to(ROOT / "docs").with_suffix("")) for path in PAGES}
    assert named == pages | {"index", "reference", "settings"}


def test_every_key_of_the_settings_has_its_meaning_in_words():
    silent = [
        key.path for parts in parts_of_files().values() for part in parts for key in part.keys
        if not key.meaning.endswith((".", "?"))
    ]  # fmt: skip
    assert silent == []


def test_the_settings_show_keys_as_they_are_written(site):
    page = (site / "settings.html").read_text("utf-8")
    keys = {
        "areas.comparison", "rules.level", "data.incidents.file", "targets.NAME.goal",
        "measures.NAME.unit", "contamination[].from", "data.incidents.coverage.to",
        "deviations[].why",
    }  # fmt: skip
    assert [key for key in keys if f">{key}<" not in page] == []


def test_the_site_loads_nothing_from_elsewhere(site):
    loaded = re.compile(
        r"""(?:<(?:script|img|iframe)[^>]+src=|<link[^>]+href=|url\()["']?(https?:)?//"""
    )
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        assert not loaded.search(path.read_text("utf-8")), path.name


def test_search_finds_a_word_and_runs_from_a_folder_on_a_disk(site):
    found = json.loads((site / "search.json").read_text("utf-8"))
    assert any("predictive" in one["text"] for one in found["items"])
    assert (site / "search.js").read_text("utf-8").startswith("var __index")
    pages = list(site.rglob("*.html"))
    shims = [re.search(r'src="([^"]*iframe-worker-shim.js)"', one.read_text()) for one in pages]
    assert all(shims)
    assert all((page.parent / shim[1]).exists() for page, shim in zip(pages, shims, strict=True))


def test_a_formula_is_drawn_with_its_words():
    text = "before\n\n```math\n% the half of x\n\\frac{x}{2}\n```\n\nafter"
    drawn = with_formulas(text)
    assert 'aria-label="the half of x"' in drawn
    assert "<mfrac>" in drawn
    assert "```" not in drawn


def test_every_formula_of_the_pages_has_words_and_is_drawn(site):
    for page in PAGES:
        text = page.read_text("utf-8")
        formulas = len(BLOCK.findall(text))
        assert text.count("```math") == formulas, page.name
        html = (site / page.relative_to(ROOT / "docs").with_suffix(".html")).read_text("utf-8")
        assert html.count("<math ") == formulas, page.name
        assert "merror" not in html


@pytest.mark.skipif(not all(TOOLS), reason="needs node, a Chromium browser, make browser-tools")
def test_axe_finds_nothing_on_any_kind_of_page_wide_on_a_phone_and_in_the_dark(site):
    """A page with pictures, with wide tables, with formulas, and a tutorial with long lines."""
    kinds = ("explain/method", "settings", "methods/headline", "learn/first-report")
    told = subprocess.run(
        ["node", "site.mjs", BROWSER, *(str(site / f"{kind}.html") for kind in kinds)],
        cwd=AXE, capture_output=True, text=True, check=True, timeout=300,
    ).stdout  # fmt: skip
    looked_at = [json.loads(line) for line in told.splitlines()]
    assert len(looked_at) == 3 * len(kinds)
    assert all(one["rules"] > 10 for one in looked_at)
    wrong = [
        (one["file"], one["size"], one["violations"], one["fetched"], one["wider"])
        for one in looked_at if one["violations"] or one["fetched"] or one["wider"] > 0
    ]  # fmt: skip
    assert wrong == []


def test_a_long_page_has_contents_of_its_own():
    """The list at the page's side is made of its headings."""
    without = [
        page.name for page in PAGES
        if len(page.read_text("utf-8").split()) > LONG
        and len(re.findall(r"(?m)^##+ ", page.read_text("utf-8"))) < 3
    ]  # fmt: skip
    assert without == []
