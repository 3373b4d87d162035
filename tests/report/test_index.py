import pytest
from bs4 import BeautifulSoup

from tingbjerg_eval.presentation.blocks.display import TABLE
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.pages.headline import KEY_FIGURES, headline
from tingbjerg_eval.report.pages.index import Entry, failed_page, report_title, write_index

DA = Words("da")


@pytest.fixture
def page(tmp_path):
    for name in ("baseline", "2010K1"):
        folder = tmp_path / "reports" / name
        folder.mkdir(parents=True)
        for file in ("rapport.html", "rapport.pdf", "tabeller.xlsx"):
            (folder / file).write_bytes(b"")
    entries = [
        {"name": "end_of_period", "state": "waiting"},
        Entry(name="2010K3", state="failed"),
        Entry(name="2010K1", state="kept", headline="To mål er <b>på vej</b>."),
        Entry(name="2010K2", state="stopped"),
        Entry(name="baseline", state="done", headline="Ti mål."),
    ]
    path = write_index(tmp_path, entries, DA, title="Indsatsen", simulated=True)
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def test_reports_stand_in_order_of_time_with_their_state_in_words(page):
    rows = [
        [cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.select("tbody tr")
    ]
    assert [row[:2] for row in rows] == [
        [report_title("baseline", DA), "✓ Færdig"],
        ["1. kvartal 2010", "– Ældre udgave"],
        ["2. kvartal 2010", "× Standset"],
        ["3. kvartal 2010", "× Ikke lavet"],
        [report_title("end_of_period", DA), "… Venter"],
    ]


def test_links_lead_only_to_files_that_are_there(page, tmp_path):
    links = [a["href"] for a in page.select("td a")]
    assert len(links) == 6
    assert all((tmp_path / link).exists() for link in links)


def test_every_link_says_by_itself_where_it_leads(page):
    labels = [a["aria-label"] for a in page.select("td a")]
    assert len(labels) == len(set(labels))
    assert "Læs rapporten 1. kvartal 2010" in labels


def test_a_headline_is_text(page):
    assert not page.find_all("b")
    assert "To mål er <b>på vej</b>." in page.get_text()


def test_simulated_studies_are_marked(page):
    assert "Simulerede tal" in page.header.get_text()


def test_the_same_entries_give_the_same_bytes(tmp_path):
    entries = [Entry(name=name, state="waiting") for name in ("2010K2", "baseline")]
    one = write_index(tmp_path, entries, DA).read_bytes()
    assert one == write_index(tmp_path, entries[::-1], DA).read_bytes()


def test_a_failed_report_shows_no_figure_and_no_cause():
    page = BeautifulSoup(failed_page("2010K2", DA).decode(), "html.parser")
    assert page.h1.get_text() == "2. kvartal 2010: rapporten kunne ikke laves"
    assert not page.find_all(["table", "img", "a"], class_=lambda c: c != "skip")


def test_states_and_names_that_are_unknown_are_errors():
    with pytest.raises(ValueError, match="no state 'fine'"):
        Entry(name="2010K1", state="fine")
    with pytest.raises(ValueError, match="no name of a report"):
        Entry(name="../2010K1", state="done")


def test_titles_are_said_in_words():
    assert report_title("2011K2", Words("en")) == "2nd quarter 2011"
    assert report_title("end_of_period", DA) == DA("index.end_of_period")
    assert report_title("pilot", DA) == "pilot"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("yes", "Vold"), ("no", "Indbrud"), ("yes", ""), ("no data", "Uro")],
         "Nået: 1 af 2 hovedmål"),
        ([("on course", "Vold"), ("on course", "")], "Foran planen: 1 af 1 hovedmål"),
        ([("yes", "")], "Tre mål kan følges."),
    ],
)  # fmt: skip
def test_a_headline_counts_main_targets_and_is_otherwise_the_first_point(rows, said):
    table = {"name": KEY_FIGURES, "rows": [["x", met, "", "", "", name] for met, name in rows]}
    points = {"text/plain": "1. Tre mål kan følges.\n2. Intet er brugt."}
    cells = [{"outputs": [{"data": {TABLE: {"tables": [table]}}}]},
             {"id": "outset", "outputs": [{"data": points}]}]  # fmt: skip
    assert headline({"cells": cells}, DA) == said
