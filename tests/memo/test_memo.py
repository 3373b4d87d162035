"""The memo as Word reads it: numbers under guard, headings, lists, tables, picture, language."""

import io
import re
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn
from made_memo import PAGE, memo_bytes

from tingbjerg_eval.memo.content import memo_of
from tingbjerg_eval.memo.sources import DIGITS, Sources
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.release import scan_files

CASE = ("2009-DEMO-1", "2010-DEMO-1")


@pytest.fixture(scope="module")
def written():
    return memo_bytes()


@pytest.fixture(scope="module")
def document(written):
    return Document(io.BytesIO(written))


def controls(document):
    return {
        "".join(node.text for node in of.iter(qn("w:t"))): of.find(f".//{qn('w:tag')}").get(
            qn("w:val")
        )
        for of in document.element.body.iter(qn("w:sdt"))
    }


def test_the_same_memo_has_the_same_bytes(written):
    assert memo_bytes() == written


def test_every_number_of_the_answer_is_a_content_control_with_its_source(document):
    loose = [
        run.text
        for paragraph in document.element.body.iter(qn("w:p"))
        for run in paragraph.findall(qn("w:r"))
        if run.text and re.search(DIGITS, run.text)
    ]
    told = " ".join(loose)
    assert not re.search(r"procent|→|af \d", told)
    assert len(controls(document)) > 40
    assert controls(document)["24,3"] == "main-targets-counts/indbrud-i-beboelse/before"
    assert controls(document)["Tre"] == "points/1/1"


def test_ids_of_controls_are_all_different_and_tags_fit_in_word(document):
    ids = [of.get(qn("w:val")) for of in document.element.body.iter(qn("w:id"))]
    assert len(ids) == len(set(ids))
    assert all(len(tag) <= 64 for tag in controls(document).values())


@pytest.mark.parametrize("word", ["8a95be7001229395", "12,5a", "2009K1"])
def test_digits_within_a_word_are_no_number_and_the_word_stays_whole(word):
    pieces = list(Sources([], Words("da")).tags(f"Fald 8 {word} 3", about="", place="p"))
    assert [text for text, _ in pieces] == ["Fald ", "8", f" {word} ", "3"]


def test_headings_lists_tables_and_language_are_what_they_look_like(document):
    styles = [one.style.name for one in document.paragraphs]
    assert styles.count("Heading 1") == 1
    assert styles.count("Heading 2") == 4
    assert styles.count("List Number") == 11
    assert all(table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
               for table in document.tables)  # fmt: skip
    languages = {of.get(qn("w:val")) for of in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"da-DK"}


def test_each_picture_says_what_it_shows(document):
    said = [of.get("descr") for of in document.element.body.iter(qn("wp:docPr"))]
    assert len(said) == 2
    assert all("Ventet uden indsatsen" in one for one in said)


def test_simulated_figures_are_marked_first(document):
    assert document.paragraphs[0].text.startswith("Simulerede tal")


def test_a_template_gives_its_styles_and_the_memo_stands_below_what_it_says(tmp_path):
    template = Document()
    template.add_paragraph("Letterhead")
    template.styles["Normal"].font.name = "Georgia"
    template.save(tmp_path / "house.docx")
    made = Document(io.BytesIO(memo_bytes(template=tmp_path / "house.docx")))
    assert made.paragraphs[0].text == "Letterhead"
    assert made.styles["Normal"].font.name == "Georgia"


def test_a_page_without_main_points_has_no_memo():
    page = PAGE.read_text(encoding="utf-8").replace('class="points"', "")
    assert memo_of(page, Words("da"), reference="1a2b3c4d") is None


def test_the_leak_scan_reads_the_memo_and_finds_a_number_in_it(written):
    assert scan_files({"notat.docx": written}, case_numbers_allowed=CASE) == []
    page = PAGE.read_text(encoding="utf-8").replace("tallet faldt", "010190-1234 faldt")
    leaks = scan_files({"notat.docx": memo_bytes(page=page)})
    assert any("CPR" in str(one) for one in leaks)


def test_no_time_of_writing_is_kept(written):
    with zipfile.ZipFile(io.BytesIO(written)) as packed:
        assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"dcterms:created" not in packed.read("docProps/core.xml")
