import dataclasses

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from tingbjerg_eval.inputs.problems import Problem
from tingbjerg_eval.presentation.blocks.display import BLOCK, TABLE, MemoHead, Prose, Section
from tingbjerg_eval.presentation.blocks.pictures import Figure
from tingbjerg_eval.presentation.blocks.show import show
from tingbjerg_eval.presentation.blocks.tables import Column, Table, slug
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import open_report
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.settings import Decided

CRAFTED = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "</td></table><h1>x",
    "&lt;b&gt;",
]


def soup(block):
    return BeautifulSoup(str(block.html()), "html.parser")


def texts(block, selector):
    return [cell.get_text() for cell in soup(block).select(selector)]


def test_a_table_has_a_caption_scoped_headings_and_a_named_frame(protected):
    page = soup(Table(protected, "Anmeldelser"))
    assert page.caption.get_text() == "Anmeldelser"
    assert {cell["scope"] for cell in page.select("thead th")} == {"col"}
    assert {cell["scope"] for cell in page.select("tbody th")} == {"row"}
    assert page.div["aria-label"] == "Anmeldelser"
    assert page.div["tabindex"] == "0"


def test_hidden_cells_are_said_in_words_and_explained(protected):
    table = Table(protected, "Anmeldelser", ["area", "value"])
    assert texts(table, "td") == ["1.031", "under 5", "skjult"]
    assert [note.split(":")[0] for note in texts(table, ".note")] == ["«under 5»", "«skjult»"]


def test_the_threshold_of_the_protected_table_is_the_one_said(protected):
    assert "under 3" in texts(Table(protected, "a", ["area", "value"], threshold=3), "td")


def test_numbers_of_one_column_have_the_same_decimals_so_that_commas_align():
    frame = pd.DataFrame({"area": ["a", "b", "c"], "rate": [1.0, 10.25, 1234.5]})
    written = texts(Table(frame, "t"), "td")
    assert written == ["1,0", "10,3", "1.234,5"]


def test_columns_are_written_by_their_kind():
    frame = pd.DataFrame(
        {
            "quarter": ["2011K2"], "share": [0.125], "spent_dkk": [1234567],
            "p_value": [0.00001], "change": [2.0], "day": ["2009-10-21"],
        }
    )  # fmt: skip
    columns = dict.fromkeys(frame.columns, Column())
    columns |= {"change": Column("Ændring", "signed"), "day": Column("Dag", "date")}
    table = Table(frame, "t", columns)
    said = [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in texts(table, "tbody th, td")]
    assert said == [
        "2. kvartal 2011",
        "12,5 %",
        "1.234.567 kr.",
        "< 0,001",
        "+2,0",
        "21. oktober 2009",
    ]
    assert texts(table, "thead th")[:2] == ["Kvartal", "Andel"]


@pytest.mark.parametrize("crafted", CRAFTED)
def test_no_value_heading_caption_or_note_becomes_markup(crafted):
    frame = pd.DataFrame({"area": [crafted], crafted: [crafted]})
    table = Table(frame, crafted, notes=[crafted])
    page = soup(table)
    assert not page.find_all(["script", "img", "h1", "b"])
    assert page.caption.get_text() == crafted
    assert texts(table, "tbody th, td, .note") == [crafted] * 3
    assert page.div["aria-label"] == crafted


@pytest.mark.parametrize("crafted", CRAFTED)
def test_no_sentence_heading_or_memo_field_becomes_markup(crafted):
    for block in (
        Prose(crafted),
        Section(crafted, (Prose(crafted),)),
        MemoHead(sender=crafted, recipient=crafted, case_number=crafted),
    ):
        page = soup(block)
        assert not page.find_all(["script", "img", "h1", "b", "td"])
        assert crafted in page.get_text()


def test_the_workbook_gets_no_more_decimals_than_are_shown(protected):
    frame = pd.DataFrame({"area": ["a"], "share": [0.123456], "rate": [1.23456], "count": [7]})
    bundle = Table(frame, "t")._repr_mimebundle_()
    assert bundle[TABLE]["tables"][0]["rows"] == [["a", 0.123, 1.2, 7]]
    hidden = Table(protected, "t", ["area", "value"])._repr_mimebundle_()[TABLE]["tables"][0]
    assert [row[1] for row in hidden["rows"]] == [1031, "under 5", "skjult"]


def test_every_block_carries_the_mark_by_which_rendering_knows_it(protected):
    for block in (Table(protected, "t"), Prose("a"), Section("a"), MemoHead(sender="a")):
        assert BLOCK in block._repr_mimebundle_()


def test_a_column_that_is_not_there_is_an_error(protected):
    with pytest.raises(KeyError, match="no column 'price'"):
        Table(protected, "t", ["price"])
    with pytest.raises(ValueError, match="no kind 'euro'"):
        Column("a", "euro")


def test_a_figure_without_alternative_text_is_an_error():
    from matplotlib.figure import Figure as PlainFigure

    with pytest.raises(ValueError, match="needs an alternative text"):
        Figure(PlainFigure())


def test_the_date_of_a_memo_is_that_of_the_decision_or_said_to_be_open():
    assert "16. april 2013" in MemoHead(date="2013-04-16").text()
    assert "endnu ikke fastsat" in MemoHead(date=None).text()


def test_a_memo_that_decides_nothing_has_no_line_for_a_date():
    assert "Dato" not in MemoHead(sender="Centeret", recipient="Udvalget").text()


@pytest.mark.parametrize(
    ("kind", "quarter", "line"),
    [
        ("baseline", None, ["Dato: 16. marts 2010"]),
        ("quarterly", "2010K4", []),
        ("end_of_period", None, ["Dato: 19. marts 2013"]),
    ],
)
def test_only_reports_for_decision_have_a_date(demo_study, kind, quarter, line):
    head = open_report(demo_study, kind, quarter=quarter).head().text()
    assert [said for said in head.splitlines() if said.startswith("Dato")] == line


def test_a_report_for_decision_whose_day_is_not_fixed_says_so(demo_study):
    case = demo_study.settings.case.model_copy(update={"decided": Decided()})
    settings = demo_study.settings.model_copy(update={"case": case})
    report = open_report(dataclasses.replace(demo_study, settings=settings), "end_of_period")
    assert "Dato: endnu ikke fastsat" in report.head().text()
    assert report.context()["date"] is None


def test_show_makes_one_table_of_neighbouring_estimates(estimate):
    table = show(estimate(0.75, 0.6, 0.9), estimate(1.0, 0.8, 1.3, method="compare_periods"))
    assert texts(table, "tbody th") == [
        "Forskel fra det ventede", "Ændring fra udgangspunkt til periode",
    ]  # fmt: skip
    assert texts(table, "thead th")[2] == "95\N{NO-BREAK SPACE}%-interval"


def test_show_says_a_refusal_in_words():
    refused = MethodRefused("short-baseline", "Too short.", "Longer.")
    said = show(refused).text()
    assert said == Words("da")("refused.short-baseline")
    unheard = show(MethodRefused("unheard-of", "a", "b")).text()
    assert "unheard-of" in unheard


def test_a_refusal_among_estimates_stands_in_its_row(estimate):
    table = show(
        estimate(0.75, 0.6, 0.9), MethodRefused("short-baseline", "a", "b"), labels=["A", "B"]
    )
    assert texts(table, "tbody th") == ["A", "B"]
    assert Words("da")("refused.short-baseline") in texts(table, "td")


def test_show_protects_raw_counts_first(small_panel):
    table = show(small_panel[["area", "quarter", "count"]], caption="Røverier")
    shown = [cell for cell in texts(table, "td.figure") if cell.isdigit()]
    assert shown
    assert min(map(int, shown)) >= 5


def test_show_says_notes_about_inputs_without_their_values():
    note = Problem(code="unheard-of", file="politi.csv", found="hemmelig", note=True)
    assert "politi.csv" in show(note).text()
    assert "hemmelig" not in show(note).text()


def test_show_has_no_way_to_show_what_it_does_not_know():
    with pytest.raises(TypeError, match=r"show takes .* not object"):
        show(object())


def test_file_names_are_plain_letters():
    assert (
        slug("Anmeldelser i Ørbæk, 2. kvartal på Åen") == "anmeldelser-i-oerbaek-2-kvartal-paa-aaen"
    )
    assert slug("../../etc/passwd") == "etc-passwd"
    assert slug("???") == "table"
    assert slug("hvad skete der og er det anderledes end i sammenligningsområderne") == (
        "hvad-skete-der-og-er-det-anderledes-end-i"
    )
    assert len(slug("a" * 90)) == 44
