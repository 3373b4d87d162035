"""Where a doubt begins and ends: what lies just inside is said, what lies just outside is not."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

from made import AREAS, QUARTERS, Made
from spoilt import both, cell, renamed, without
from tiny import Tiny

from tingbjerg_eval.data.check import check_study
from tingbjerg_eval.data.reading import read_tables
from tingbjerg_eval.study.settings_file import read_settings


def codes(result) -> list[str]:
    return [one.code for one in (*result.problems, *result.notes)]


@pytest.mark.parametrize(
    ("areas", "number", "said"),
    [(AREAS, 200, []), (AREAS[:1], 200, ["count-jump"]),
     (AREAS, 8, ["count-low"])],
)  # fmt: skip
def test_a_jump_that_the_other_areas_share_is_news(areas, number, said, tmp_path):
    made = both(*[cell(area, ("2010K3",), number) for area in areas])(Made())
    assert codes(made.check(tmp_path, counted=True)) == said


@pytest.mark.parametrize("at", [1, 2, 18, 19])
@pytest.mark.parametrize("comes", [True, False], ids=["comes", "goes"])
def test_a_code_replaces_another_where_two_quarters_of_both_show_it(comes, at, tmp_path):
    """Half of a basket's reports lie under another code from, or until, quarter ``at``."""
    made = Made()
    for area in AREAS:
        for number, quarter in enumerate(QUARTERS):
            half = made.counts[area, quarter, "1320"] // 2 if (number >= at) == comes else 0
            made.counts[area, quarter, "1320"] -= half
            made.counts[area, quarter, "1329"] = half
    said = made.check(tmp_path, counted=True).problems
    assert [one.code for one in said] == (["code-replaced"] if 2 <= at <= 18 else [])
    assert all(one.column == "1329" and QUARTERS[at] in one.found for one in said)


def test_reports_of_an_area_that_is_left_out_fill_no_month(tmp_path):
    """May 2010 is empty in every area that is compared, and full in one that is excluded."""
    made = without("", lambda d: (d.year, d.month) == (2010, 5))(Made())
    days = [dt.date(2008, 1, 1) + dt.timedelta(day) for day in range(1826)]
    made.rows += [("Fjernby", day, "1320") for day in days]
    path = made.write(tmp_path)
    named = path.read_text("utf-8").replace("Havneby]\n", "Havneby]\n  excluded: [Fjernby]\n", 1)
    path.write_text(named, "utf-8")
    assert [one.code for one in check_study(path).problems] == ["gap-months"]


LAST = {3: 31, 6: 30, 9: 30, 12: 31}


@pytest.mark.parametrize(
    ("dated", "said"),
    [
        (lambda first: first.replace(day=1), []),
        (lambda first: first.replace(month=first.month + 2, day=LAST[first.month + 2]), []),
        (None, ["gap-months"]),
    ],
    ids=["first day", "last day", "all days of the first month"],
)
def test_dates_that_only_name_quarters_leave_no_months_empty(dated, said, tmp_path):
    """Real days of one month in each quarter are what is left of three months."""

    def change(a: str, d: dt.date, c: str):
        first = dt.date(d.year, 3 * ((d.month - 1) // 3) + 1, 1)
        return a, dated(first) if dated else d.replace(month=first.month, day=min(d.day, 30)), c

    assert codes(Made().change(change).check(tmp_path)) == said


def test_dates_that_only_name_months_leave_no_days_empty(tmp_path):
    """Three firsts of the month in a quarter fall on three days of the week."""
    made = Made().change(lambda a, d, c: (a, d.replace(day=1), c))
    assert codes(made.check(tmp_path)) == []


def test_the_cells_that_a_delivery_lacks_are_named_and_no_others(tmp_path):
    tiny = Tiny().counted()
    rows = tiny.files["counted.csv"].decode().splitlines()
    kept = [one for one in rows if not one.startswith(("Folehaven;2010K2;1320", "Ålholm;2009K1;"))]
    result = tiny.raw("counted.csv", "\n".join([*kept, ""]).encode()).check(tmp_path)
    said = {one.column: one.found for one in result.problems}
    assert said == {"Folehaven": "2010K2 1320", "Ålholm": "2009K1 1320, 2009K1 1390"}
    assert {one.code for one in result.problems} == {"cell-missing"}


def test_unknown_inhabitants_stop_nothing_where_no_report_can_be_read(tmp_path):
    tiny = Tiny().setting("reports.csv", "nothing.csv")
    start = tiny.study.index("    file: population.csv\n")
    end = tiny.study.index("  survey:\n")
    tiny.study = f"{tiny.study[:start]}    unknown: Ikke leveret\n{tiny.study[end:]}"
    assert "file-missing" in codes(tiny.check(tmp_path))


def test_a_row_without_area_is_no_area_of_its_own(tmp_path):
    """It is judged as unplaced; it is neither unknown nor near to any name."""
    made = renamed("", 50, before=True)(Made())
    assert codes(made.check(tmp_path)) == ["area-blank"]


def test_returns_stand_in_the_order_of_time_and_measure(tmp_path):
    header = "Indsats;Kvartal;Planlagt;Udført;Forbrug"
    rows = ["vagt;2010K1;1;1;1", "patrulje;2010K2;1;1;1", "patrulje;2010K1;1;1;1"]
    tiny = Tiny().raw("activities.csv", "\n".join([header, *rows, ""]).encode())
    path = tiny.write(tmp_path)
    read = read_tables(read_settings(path), tmp_path).activities
    assert read[["quarter", "measure"]].to_numpy().tolist() == [
        ["2010K1", "patrulje"], ["2010K1", "vagt"], ["2010K2", "patrulje"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("postgresql+psycopg://me:secret@host/db", True),
        ("postgresql+psycopg://me@host/db", False),
        ("postgresql+psycopg://host/db?password=x", True),
        ("postgresql+psycopg://host/db?sslrootcert=x", False),
        ("postgresql+psycopg://me:secret@host:port/db", True),
        ("postgresql+psycopg://me@host:port/db", False),
    ],
)
def test_a_password_is_seen_in_any_url_even_one_that_cannot_be_read(url, secret, tmp_path):
    tiny = Tiny().setting(
        "    file: population.csv\n", f'    database: "{url}"\n    query_table: people\n'
    )
    assert ("password-in-file" in codes(tiny.check(tmp_path))) == secret
