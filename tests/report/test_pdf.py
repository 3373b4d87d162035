import io
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from tingbjerg_eval.report.pages.pdf import UNDATED


@pytest.fixture(scope="module")
def reader(rendered):
    return PdfReader(io.BytesIO(rendered["report.pdf"]))


@pytest.fixture(scope="module")
def elements(reader):
    """Every structure element: its kind and dictionary."""
    found, queue = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while queue:
        node = queue.pop().get_object()
        if isinstance(node, list):
            queue.extend(node)
        elif isinstance(node, dict):
            found.append(node)
            queue.extend([node["/K"]] if "/K" in node else [])
    return [node for node in found if "/S" in node]


def kinds(elements):
    return [element["/S"] for element in elements]


def test_the_pdf_is_tagged_and_claims_pdf_ua(reader):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_the_pdf_names_its_language_and_shows_its_title(reader, context):
    root = reader.trailer["/Root"]
    assert root["/Lang"] in ("da", "da-DK")
    assert reader.metadata.title == context["title"]
    assert reader.metadata.author == context["sender"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_every_figure_has_its_alternative_text(elements, notebook):
    from bs4 import BeautifulSoup

    from tingbjerg_eval.presentation.words.sentences import Words
    from tingbjerg_eval.report.pages.render import body_html

    page = BeautifulSoup(body_html(notebook, Words("da")), "html.parser")
    alts = [element.get("/Alt") for element in elements if element["/S"] == "/Figure"]
    assert sorted(alts) == sorted(image["alt"] for image in page.find_all("img"))


def test_headings_are_bookmarks(reader, context):
    def titles(entries):
        for entry in entries:
            yield from titles(entry) if isinstance(entry, list) else [entry.title]

    found = list(titles(reader.outline))
    assert found[:3] == [context["title"], "Blev målene nået?", "Anmeldte indbrud"]
    assert "Er det anderledes end i sammenligningsområderne?" in found


def test_tables_have_headings_that_repeat(elements):
    assert kinds(elements).count("/Table") == 4
    assert kinds(elements).count("/THead") == 4
    assert "/TH" in kinds(elements)


def test_every_page_carries_its_number_and_the_simulated_mark(reader):
    pages = [page.extract_text() for page in reader.pages]
    for number, text in enumerate(pages, start=1):
        assert f"Side {number} af {len(pages)}" in text
        assert "Simulerede tal" in text


def test_the_text_of_the_figures_can_be_searched(reader):
    text = "".join(page.extract_text() for page in reader.pages)
    assert "Mål: 4,0" in text


def test_the_fonts_are_the_packages_own(reader):
    fonts = set()
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            fonts.add(font.get_object()["/BaseFont"].split("+")[-1].split("-")[0])
    assert fonts <= {"SourceSansPro", "DejaVuSansMono", "LibertinusSerif"}
    assert "SourceSansPro" in fonts


def test_no_time_of_making_is_kept(reader):
    assert reader.metadata.creation_date.date().isoformat() == UNDATED


def test_what_leads_to_a_figure_stands_on_its_page_wherever_the_page_ends(rendered):
    from bs4 import BeautifulSoup

    from tingbjerg_eval.presentation.blocks.display import MemoHead
    from tingbjerg_eval.presentation.words.sentences import Words
    from tingbjerg_eval.report.pages.pdf import pdf

    page = BeautifulSoup(rendered["report.html"].decode(), "html.parser")
    figure = str(page.find("div", class_="figure"))
    caption, words = page.find("div", class_="figure").p.get_text(), Words("da")
    for lines in range(8, 26):
        text = "<p>Udfyldning.</p>" * lines + f"<h2>Et mål</h2><p>Målet er sat.</p>{figure}"
        body = BeautifulSoup(text, "html.parser")
        made = pdf(body, words, title="Prøve", head=MemoHead(words=words))
        pages = [one.extract_text() for one in PdfReader(io.BytesIO(made)).pages]
        (of,) = [one for one in pages if caption.split(":")[0] in one]
        assert "Et mål" in of
        assert "Målet er sat." in of


@pytest.fixture(scope="module")
def printed(rendered, tmp_path_factory):
    path = tmp_path_factory.mktemp("printed") / "rapport.pdf"
    path.write_bytes(rendered["report.pdf"])
    return path


def checked(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / tool), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_outside_checker_of_pdf_ua_finds_nothing(printed):
    found = checked("pdfua", "check", str(printed))
    assert found.returncode == 0, found.stdout
    assert "errors=0 warnings=0" in found.stdout


REPEATED_HEADS = "TAG-002"
"""A running head, and a table's head drawn again on the next page, are artifacts, as PDF/UA wants
it; the checker takes them for prose where they are long."""


def test_an_outside_checker_of_what_is_read_aloud_finds_no_error(printed):
    found = checked("outloud", "--skip", REPEATED_HEADS, str(printed))
    assert found.returncode == 0, found.stdout
