import base64
import copy
import hashlib
import itertools
import pickle
import re

import pytest
from bs4 import BeautifulSoup
from nbformat import v4

from tingbjerg_eval.presentation.blocks.display import Prose
from tingbjerg_eval.presentation.blocks.tables import Table
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.pages.page import ElementRefused, tidied
from tingbjerg_eval.report.pages.render import OutputRefused, body_html, published_tables, render

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def page(rendered):
    return BeautifulSoup(rendered["report.html"].decode(), "html.parser")


def html_of(*cells):
    return body_html(v4.new_notebook(cells=list(cells)), Words("da"))


def test_the_report_is_one_file_without_script_or_address(rendered, page):
    html = rendered["report.html"].decode()
    assert not page.find_all(["script", "link", "iframe", "object", "form", "base"])
    assert not re.search(r"https?://|//[a-z]+\.", html)
    assert all(
        image["src"].startswith("data:image/svg+xml;base64,") for image in page.find_all("img")
    )
    drawn = [base64.b64decode(i["src"].split(",")[1]).decode() for i in page.find_all("img")]
    for svg in drawn:
        outside = re.findall(r'(?:href|src)="(?!#)[^"]*"|url\((?!#)', svg)
        assert outside == []


def test_the_security_policy_allows_the_one_stylesheet_and_nothing_else(page):
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    digest = base64.b64encode(hashlib.sha256(page.style.string.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )
    assert not page.select("[style], [onclick], [onload]")


def test_language_title_landmarks_and_skip_link_are_there(page, context):
    assert page.html["lang"] == "da"
    assert page.title.get_text() == page.h1.get_text() == context["title"]
    assert [len(page.find_all(tag)) for tag in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    assert page.select_one("a.skip")["href"] == "#main"
    assert page.find(id="main").name == "main"


def test_headings_follow_each_other_and_the_contents_lead_to_them(page):
    levels = [int(h.name[1]) for h in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    ids = [h["id"] for h in page.main.find_all(re.compile("^h[2-6]$"))]
    assert len(ids) == len(set(ids))
    links = [a["href"].removeprefix("#") for a in page.nav.find_all("a")]
    assert links == [h["id"] for h in page.main.find_all("h2")]


def test_every_picture_has_an_alternative_text_of_its_own(page):
    texts = [image["alt"] for image in page.find_all("img")]
    assert len(texts) == len(set(texts)) == 7
    assert min(map(len, texts)) > 40


def test_the_simulated_mark_is_seen_and_printed_on_every_page(page):
    assert "Simulerede tal" in page.header.get_text()
    assert '@top-left { content: "Simulerede tal"' in page.style.string


def test_a_report_that_is_not_simulated_says_nothing_of_it(notebook, context):
    html = render(notebook, {**context, "simulated": False})["report.html"].decode()
    assert "imulere" not in html


def test_the_notebooks_first_heading_is_the_reports_title_only_once(page):
    assert page.get_text().count("Er målene nået?") == 0


def test_code_is_not_shown_unless_asked_for(notebook, context, page):
    assert "te.show" not in page.get_text()
    with_code = render(notebook, {**context, "with_code": True})["report.html"].decode()
    assert "te.show(found)" in with_code
    assert "study.yaml" not in with_code


def test_errors_and_streams_are_never_rendered(cell):
    shown = cell(Prose("Resultat"))
    shown.outputs += [
        v4.new_output("stream", name="stderr", text="secret warning"),
        v4.new_output("stream", name="stdout", text="secret print"),
        v4.new_output("error", ename="E", evalue="secret", traceback=["secret trace"]),
    ]
    html = html_of(shown)
    assert "Resultat" in html
    assert "secret" not in html


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": "<table><tr><td>3</td></tr></table>", "text/plain": "3"},
        {"text/plain": "Røverier: 3"},
        {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure>"},
        {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "w"},
    ],
)
def test_what_did_not_go_through_the_displays_stops_the_report(data):
    foreign = v4.new_code_cell("frame.head()", outputs=[v4.new_output("display_data", data=data)])
    with pytest.raises(OutputRefused, match=r"'frame.head\(\)' shows something"):
        html_of(foreign)
    foreign.metadata["tags"] = ["not-in-report"]
    assert "3" not in html_of(foreign)


@pytest.mark.parametrize(
    "crafted",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<p onclick="x()">a</p>',
        '<p style="display:none">12</p>',
        "<iframe src='//e.example'></iframe>",
        "[a](javascript:alert(1))",
        "[a](https://e.example/)",
        "![a](https://e.example/x.png)",
        "<svg><text>3</text></svg>",
    ],
)
def test_prose_holds_no_markup_that_a_report_may_not_hold(crafted):
    with pytest.raises(ElementRefused):
        tidied(html_of(v4.new_markdown_cell(crafted)))


def test_comments_in_prose_do_not_leave_the_house():
    assert "secret" not in str(tidied(html_of(v4.new_markdown_cell("a\n\n<!-- secret -->\n\nb"))))


def test_tables_of_one_name_are_kept_apart(protected, cell):
    shown = cell(Table(protected, "Anmeldelser"))
    tables = published_tables(v4.new_notebook(cells=[shown, copy.deepcopy(shown)]))
    assert [table["name"] for table in tables] == ["anmeldelser", "anmeldelser-2"]


def test_the_notebook_is_left_as_it_was(notebook, context):
    before = copy.deepcopy(notebook)
    render(notebook, context)
    assert notebook == before


def test_rendering_travels_to_another_process(notebook, context):
    assert pickle.loads(pickle.dumps((render, notebook, context)))[0] is render


def test_a_report_is_small(rendered):
    assert len(rendered["report.html"]) + len(rendered["report.pdf"]) < 1.5 * MEGABYTE


def test_the_english_edition_speaks_english(notebook, context):
    html = render(notebook, {**context, "language": "en"})["report.html"].decode()
    assert '<html lang="en">' in html
    for said in ("Skip to the content", "Case officer", "16 April 2013", "Simulated figures"):
        assert said in html


def test_a_table_written_in_prose_gets_scoped_headings(page):
    written = next(t for t in page.find_all("table") if not t.caption)
    assert [cell["scope"] for cell in written.select("thead th")] == ["col", "col"]
    assert written.parent["tabindex"] == "0"
    assert written.parent["aria-label"] == "Anmeldte indbrud"
