"""A hidden count is found beside the words of its cell, wherever they stand."""

import pytest
from carriers import html

from tingbjerg_eval.publication.publication import published_chain
from tingbjerg_eval.release import scan_files
from tingbjerg_eval.release.hidden import HiddenValue
from tingbjerg_eval.release.html_cells import check_cells
from tingbjerg_eval.release.inspection import InspectionContext, inspect
from tingbjerg_eval.release.sought import hidden_counts


def cell(area, value):
    region = {"area": [area], "quarter": ["2010K1"], "offence": ["robbery"]}
    sign = "withheld" if value is None else ""
    return {"key": f"{area}|2010K1", "value": value, "sign": sign, "region": region}


TABLE = {
    "name": "robbery",
    "measure": "reports",
    "cells": [cell("Tingbjerg", None), cell("Husum", 40)],
}
PUBLISHED = {
    "report": "2010K1",
    "threshold": 5,
    "zeros": "hidden",
    "signs": "one",
    "tables": [TABLE],
}
HIDDEN = [HiddenValue(words=("robbery", "Tingbjerg", "2010K1"), value=3)]
ALIASES = {"2010K1": ["1. kvartal 2010"], "robbery": ["røveri"]}


def found(files):
    return [of.kind for of in scan_files(files, hidden_values=HIDDEN, aliases=ALIASES)]


@pytest.mark.parametrize(
    "files",
    [
        {"r.html": html("<p>røveri i Tingbjerg, 1. kvartal 2010: 3 anmeldelser</p>")},
        {"r.html": html("<img alt='robbery Tingbjerg 2010K1 3'>")},
        {"r.html": html("<!-- robbery Tingbjerg 2010K1 = 3 -->")},
        {"t.csv": b"offence;area;quarter;count\nrobbery;Tingbjerg;2010K1;3\n"},
        {"t.json": b'[{"o": "robbery", "a": "Tingbjerg", "q": "2010K1", "n": 3}]'},
        {"r.html": html("<table><caption>robbery</caption><tr><th>x</th><th>2010K1</th></tr>"
                        "<tr><th>Tingbjerg</th><td>3</td></tr></table>")},
    ],
)  # fmt: skip
def test_it_is_found_in(files):
    assert set(found(files)) == {"hidden count"}


@pytest.mark.parametrize(
    "text",
    ["robbery, Tingbjerg, 2010K1: under 5", "robbery, Tingbjerg, 2010K1: 13, 2010K3, 3,5 %",
     "robbery, Husum, 2010K1: 3", "robbery i Tingbjerg 2010K1, 3. kvartal kommer senere"],
)  # fmt: skip
def test_other_numbers_beside_the_words_are_not(text):
    assert found({"r.html": html(f"<p>{text}</p>")}) == []


def marked(value):
    return html(
        f'<table data-table="robbery"><tr><td data-cell="Tingbjerg|2010K1">{value}</td>'
        '<td data-cell="Husum|2010K1">40</td></tr></table>'
    )


def test_a_report_made_from_the_protected_table_may_leave():
    context = InspectionContext(published=PUBLISHED, hidden_values=HIDDEN, aliases=ALIASES)
    assert inspect({"report.html": marked("under 5")}, context) == []


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (marked("3"), "is hidden but shows a number"),
        (marked("under 5").replace(b">40<", b">41<"), "shows another value than was audited"),
        (marked("under 5").replace(b"Husum|", b"Valby|"), "is not among the published cells"),
        (html("<table><tr><td>1</td></tr></table>"), "do not say whether they hold counts"),
    ],
)
def test_a_report_that_shows_anything_else_may_not(page, reason):
    assert any(reason in str(of) for of in check_cells(page.decode(), PUBLISHED))
    context = InspectionContext(published=PUBLISHED)
    assert any(reason in said for said in inspect({"report.html": page}, context))


def test_what_the_attacker_finds_stops_the_hand_over():
    total = {"key": "t", "value": 43, "sign": "",
             "region": {"offence": ["robbery"], "quarter": ["2010K1"],
                        "area": ["Tingbjerg", "Husum"]}}  # fmt: skip
    table = {"name": "sum", "measure": "reports", "cells": [total]}
    both = {**PUBLISHED, "tables": [*PUBLISHED["tables"], table]}
    (reason,) = inspect({}, InspectionContext(published=both))
    assert reason.startswith("robbery, Tingbjerg|2010K1: can be worked out")


@pytest.mark.parametrize(
    "said", ["{title} i {quarter}: {value}", "{title} {time}: {value}", "{theme}, {time} = {value}"]
)
def test_the_studys_own_hidden_counts_are_sought_in_the_words_of_a_report(demo_study, said):
    published = published_chain(demo_study, ["baseline"])["baseline"]
    sought = hidden_counts(demo_study, published)
    one = next(of for of in sought.values if of.words == ("robbery", "2008K1"))
    words = {
        "title": demo_study.indicator("robbery").title, "time": "2008K1", "value": one.value,
        "theme": demo_study.indicator("robbery").theme, "quarter": "1. kvartal 2008",
    }  # fmt: skip
    page = {"r.html": html(f"<p>{said.format(**words)}</p>")}
    given = {"hidden_values": sought.values, "aliases": sought.aliases}
    assert [of.kind for of in scan_files(page, **given)] == ["hidden count"]
    other = {"r.html": html(f"<p>{said.format(**words | {'value': 777})}</p>")}
    assert scan_files(other, **given) == []
