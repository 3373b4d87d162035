"""Every number of a finished report, worked out a second time from the delivered files.

The second road is plain pandas; only intervals, p-values and what else no reader can work out by
hand come from the library's estimators, asked anew. A report's lines must hold the oracle's
numbers, with their units and directions, in their order and none beside them.
"""

from __future__ import annotations

import math

import pytest
from comparing import END, QUARTERLY, disagreements
from deliveries import quarters
from finished import figures
from said_of_targets import expected, goal_words, observed_words, written_goal

FINAL = ("demo", "minimal", "small", "priced", "decimals")
PROVISIONAL = ("demo-quarter", "small-quarter", "decimals-quarter")
UNREAD = {
    "Metode i klare ord": "the study's file retold",
    "Bilag: Data og forbehold": "tests/report/test_late.py",
    "Bilag: Ændret siden sidste udgave": "tests/report/test_changed.py",
    "Bilag: Analyseplan og afvigelser": "tests/study",
    "Bilag: Hvilke data og programmer rapporten bygger på": "digests and versions",
}
"""Sections that the oracle leaves to others, and why."""
SECTIONS = [(name, section) for name in FINAL for section in END]
SECTIONS += [(name, section) for name in PROVISIONAL for section in QUARTERLY]


@pytest.mark.parametrize(("name", "section"), SECTIONS)
def test_a_section_holds_the_oracles_numbers_and_no_other(stories, name, section):
    assert disagreements(stories[name], section) == []


@pytest.mark.parametrize("name", FINAL)
def test_no_section_with_numbers_is_overlooked(stories, name):
    finished = stories[name].finished
    held = {section for section in finished.sections if finished.figures(section)}
    assert held <= {*END, *UNREAD}


MET = {True: "Nået", False: "Ikke nået", None: "Ingen tal"}
CERTAIN = {True: "Ja", False: "Nej", None: "–"}
SHOWN = {True: {"fewer": "Færre end ventet", "more": "Flere end ventet"},
         False: {"fewer": "Lavere end ventet", "more": "Højere end ventet"}}  # fmt: skip


def effect_words(story, one) -> str:
    way = story.outcomes.shown(one)
    if one.effect is None:
        return "Ikke undersøgt"
    but = ", men flere hos naboerne" if one.moved and story.outcomes.better(one) != "worse" else ""
    if not way:
        return "Kan ikke afgøres" + but
    return SHOWN[one.counts][way] + but


@pytest.mark.parametrize("name", FINAL)
def test_three_answers_are_given_for_every_target(stories, name):
    story = stories[name]
    wanted = [
        [one.target["title"] + (" (udgået)" if one.retired else ""), one.party,
         *figures_of(story, one), MET[one.met],
         "Optalt" if one.target["kind"] == "delivered" and one.certain else CERTAIN[one.certain],
         effect_words(story, one), "ja"]
        for one in story.outcomes.every
    ]  # fmt: skip
    written = [[cell.replace("\N{NO-BREAK SPACE}", " ").lstrip("'") for cell in row]
               for row in story.finished.csv_files["verdicts"][1:]]  # fmt: skip
    told = [[*row[:2], *map(figures, row[2:4]), *row[4:]] for row in written]
    assert told == wanted


def figures_of(story, one) -> list[list[str]]:
    """The numbers of what was measured and of the goal."""
    shown = one.met is not None and story.told(one)
    return [figures(observed_words(one)) if shown else [], figures(written_goal(one))]


SIGNS = {True: "Ja", False: "Nej", None: "Ikke opgjort"}
SURE = {True: "Sikkert", False: "Usikkert", None: "–"}
EFFECT = {"better": "Bedre end ventet", "worse": "Dårligere end ventet", "": "Kan ikke afgøres"}


@pytest.mark.parametrize("name", FINAL)
def test_the_first_pages_signs_are_the_verdicts(stories, name):
    story = stories[name]
    tables = [rows for caption, rows in story.finished.tables.items() if "Hovedmål" in caption]
    found = [row for rows in tables for row in rows[1:]]
    main = sorted(story.outcomes.main, key=lambda one: not one.counts)
    assert len(found) == len(main)
    for row, one in zip(found, main, strict=True):
        signs = (SIGNS[one.met], SURE[one.certain], EFFECT[story.outcomes.better(one)])
        assert row[0].startswith(one.short)
        assert all(sign in cell for sign, cell in zip(signs, row[-3:], strict=True))


@pytest.mark.parametrize("name", FINAL)
def test_the_first_point_names_the_targets_that_were_met(stories, name):
    story = stories[name]
    first = story.finished.sections["Kort fortalt"][0].lower()
    for one in story.outcomes.main:
        assert (one.short.lower() in first) == (one.met is True), one.name


@pytest.mark.parametrize("name", FINAL)
def test_the_main_targets_files_hold_the_pages_figures(stories, name):
    story = stories[name]
    for counts in (True, False):
        rows = [one for one in story.outcomes.main if one.counts == counts]
        table = f"main-targets-{'counts' if counts else 'shares'}"
        written = story.finished.csv_files.get(table, [[]])[1:]
        sheet = story.finished.sheets.get(table, [[]])[1:]
        assert len(written) == len(rows)
        for row, cells, one in zip(written, sheet, rows, strict=False):
            wanted = _published(story, one)
            assert [_number(cell) for cell in (*row[2:5], *row[6:9])] == wanted
            assert [_number(cell) for cell in (*cells[2:5], *cells[6:9])] == wanted
            assert row[5].replace("\N{NO-BREAK SPACE}", " ") == goal_words(one) or (
                one.kind in ("not_worse", "level")
            )


def _published(story, one) -> list[float | None]:
    if not story.told(one) or not one.windows:
        return [None] * 6
    places = 0 if one.counts else 1
    levels = [round(level, 1) for level in (one.before, one.after)]
    changes = [round(change, places) for change in (one.printed, *expected(one))]
    return [None if math.isnan(value) else value for value in (*levels, *changes)]


def _number(cell) -> float | None:
    """A cell of a file as a number; nothing where it is empty."""
    if cell in (None, ""):
        return None
    return float(str(cell).replace(",", "."))


@pytest.mark.parametrize("name", [*FINAL, *PROVISIONAL])
def test_files_and_workbook_repeat_the_pages_tables(stories, name):
    """A figure of a file is the page's to the last decimal that the page writes."""
    finished = stories[name].finished
    compared = 0
    for table, caption in finished.captions.items():
        page = finished.tables.get(caption)
        if page is None or table.startswith(("main-targets", "courses-", "tests-", "answers-")):
            continue
        for road, rows in (("csv", finished.csv_files[table]), ("sheet", finished.sheets[table])):
            for shown, held in zip(page[1:], rows[1:], strict=False):
                for text, value in zip(shown, held, strict=False):
                    assert _agree(text, value), (table, road, text, value)
                    compared += 1
    assert compared > 20


def _agree(text: str, value) -> bool:
    told = "" if value is None else str(value).replace("\N{NO-BREAK SPACE}", " ").lstrip("'")
    if told == text or (told == "" and text in ("–", "")):
        return True
    bare = text.removesuffix(" kr.").removesuffix(" %")
    try:
        page = float(bare.replace(".", "").replace(",", ".").replace("−", "-"))
        file = float(told.replace(",", "."))
    except ValueError:
        return False
    decimals = len(bare.partition(",")[2])
    file *= 100 if text.endswith(" %") else 1
    return abs(page - file) <= 0.5 * 10**-decimals + 1e-9


@pytest.mark.parametrize("name", [*FINAL, *PROVISIONAL])
def test_a_cell_that_is_shown_is_true_and_not_small(stories, name):
    story = stories[name]
    for indicator, one in story.deliveries.study["indicators"].items():
        if one["kind"] != "count":
            continue
        panel = story.deliveries.panel(indicator)
        own = panel[panel["area"] == story.deliveries.treated].set_index("quarter")["count"]
        for cell, value in story.finished.cells[indicator].items():
            assert value == own[_quarters(cell)].sum()
            assert not 0 < value < 5


def _quarters(cell: str) -> list[str]:
    """The quarters of a year, a window or a quarter."""
    first, _, last = cell.partition("-")
    return quarters(first if "K" in first else f"{first}K1", last or (
        first if "K" in first else f"{first}K4"
    ))  # fmt: skip


def test_what_is_too_early_has_no_side_of_the_plan(stories):
    """By the middle of the second year a whole year of counts has passed; no wave has."""
    story = stories["demo-quarter"]
    early = [one for one in story.outcomes.main if one.met is None]
    assert early
    rows = [row for caption, table in story.finished.tables.items() if "Hovedmål" in caption
            for row in table[1:]]  # fmt: skip
    for one in early:
        row = next(row for row in rows if row[0].startswith(one.short))
        assert row[3] == "For tidligt at sige"
        assert row[4] == "–"


def test_the_small_study_holds_what_it_is_made_for(stories):
    story = stories["small"]
    every = {one.name: one for one in story.outcomes.every}
    assert not {*quarters(*story.deliveries.baseline)} <= {*story.finished.cells["robbery"]}
    assert every["roeveri-niveau"].retired
    assert every["utryg"].met is None
    assert every["laase"].met is None
    assert every["indbrud-sidst"].windows[1] == ("2013K1", "2013K4")
    assert every["indbrud"].next_door == "more"


def test_a_price_is_told_where_all_money_was_for_one_thing(stories):
    table = stories["priced"].finished.csv_files["cost"]
    assert "kr." in table[1][3]
