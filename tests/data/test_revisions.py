"""Two extracts held against each other: what changed, and how far young quarters may grow."""

from __future__ import annotations

import datetime as dt
import json
import math
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import Tiny

from tingbjerg_eval.data.development import development
from tingbjerg_eval.data.reading import read_tables
from tingbjerg_eval.data.revisions import (
    OLDEST_AGE,
    age_of,
    chained,
    growth_by_age,
    late_registration,
    revisions,
    step_of,
)
from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.study.settings_file import read_settings

EARLIER, LATER = dt.date(2012, 8, 15), dt.date(2013, 2, 15)
COLUMNS = ["area", "quarter", "offence", "count"]
PREVIOUS = "extract_date: 2011-12-01\n    previous: {file: before.csv, extract_date: 2011-02-01}"


def cells(**counts: int) -> pd.DataFrame:
    """One area and offence, ``q2012K1=5`` for each quarter."""
    rows = [("Tingbjerg", name[1:], "1320", count) for name, count in counts.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_factors_by_age_worked_by_hand():
    before = cells(q2011K3=400, q2011K4=200, q2012K1=100, q2012K2=50)
    after = cells(q2011K3=400, q2011K4=202, q2012K1=104, q2012K2=60, q2012K3=70)
    table = late_registration(before, after, earlier=EARLIER, later=LATER)
    assert table["age"].tolist() == [0, 1, 2, 3]
    assert table["quarter"].tolist() == ["2012K2", "2012K1", "2011K4", "2011K3"]
    assert table["factor"].tolist() == [1.2, 1.04, 1.01, 1.0]
    # Half a year lies between the extracts: age 0 grows into age 2, age 1 into age 3.
    assert table["expected"].tolist() == pytest.approx([1.2 * 1.01, 1.04 * 1.0, 1.01, 1.0])


def test_a_quarter_without_reports_in_the_earlier_extract_has_no_factor():
    before, after = cells(q2012K1=0, q2012K2=50), cells(q2012K1=3, q2012K2=50)
    table = late_registration(before, after, earlier=EARLIER, later=LATER)
    assert table["quarter"].tolist() == ["2012K2"]


def test_extracts_in_the_wrong_order_give_no_factor():
    same = cells(q2011K4=5)
    assert late_registration(same, same, earlier=LATER, later=EARLIER).empty


@pytest.mark.parametrize(
    ("quarter", "drawn", "age"),
    [
        ("2012K2", dt.date(2012, 6, 29), -1),
        ("2012K2", dt.date(2012, 6, 30), 0),
        ("2012K2", dt.date(2012, 7, 1), 0),
        ("2012K1", dt.date(2012, 7, 1), 1),
        ("2011K4", dt.date(2012, 7, 1), 2),
        ("2011K4", dt.date(2012, 8, 15), 2),
    ],
)
def test_an_age_is_whole_quarters_since_the_quarters_end(quarter, drawn, age):
    assert age_of(quarter, drawn) == age


def test_the_step_between_extracts_is_at_least_a_quarter():
    assert step_of(EARLIER, LATER) == 2
    assert step_of(EARLIER, EARLIER + dt.timedelta(days=5)) == 1


def test_what_is_to_come_is_a_product_along_the_ages_reached():
    assert chained({0: 1.2, 1: 1.1, 2: 1.05}, 1) == pytest.approx(
        {2: 1.05, 1: 1.1 * 1.05, 0: 1.2 * 1.1 * 1.05}
    )
    assert chained({0: 1.2, 3: 1.1}, 1) == {3: 1.1, 0: 1.2}


COUNTS = st.lists(st.integers(0, 500), min_size=12, max_size=12)
QUARTERS = quarter_range("2009K3", "2012K2")


def table_of(counts: list[int]) -> pd.DataFrame:
    return cells(**{f"q{one}": count for one, count in zip(QUARTERS, counts, strict=True)})


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(counts=COUNTS)
def test_equal_extracts_give_factors_of_one_and_no_revision(counts):
    same = table_of(counts)
    table = late_registration(same, same.copy(), earlier=EARLIER, later=LATER)
    assert (table[["factor", "expected"]] == 1.0).all(axis=None)
    assert revisions(same, same.copy()).empty


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(counts=COUNTS, added=COUNTS)
def test_where_reports_are_only_added_no_factor_is_under_one(counts, added):
    grown = [one + more for one, more in zip(counts, added, strict=True)]
    table = late_registration(table_of(counts), table_of(grown), earlier=EARLIER, later=LATER)
    defined = [one for one, count in zip(QUARTERS, counts, strict=True) if count > 0]
    assert set(table["quarter"]) == set(defined) & set(QUARTERS[-OLDEST_AGE - 1 :])
    assert (table["factor"] >= 1).all()
    assert (table["expected"] >= table["factor"]).all()


def test_a_cell_that_is_in_one_extract_only_is_a_revision_from_or_to_nothing():
    before = pd.DataFrame([("A", "2012K1", "1", 2), ("A", "2012K1", "2", 3)], columns=COLUMNS)
    after = pd.DataFrame([("A", "2012K1", "2", 3), ("B", "2012K1", "1", 2)], columns=COLUMNS)
    assert revisions(before, after).to_dict("records") == [
        {"area": "A", "quarter": "2012K1", "offence": "1", "before": 2, "after": 0},
        {"area": "B", "quarter": "2012K1", "offence": "1", "before": 0, "after": 2},
    ]  # fmt: skip


def with_previous(drawn: str = "2011-02-01") -> Tiny:
    """The last three reports of the youngest quarter are not in the earlier extract."""
    rows = Tiny().files["reports.csv"].split(b"\n")
    changed = PREVIOUS.replace("2011-02-01", drawn)
    return (
        Tiny().raw("before.csv", b"\n".join(rows[:-4])).setting("extract_date: 2011-12-01", changed)
    )


def test_a_quarter_under_way_at_the_earlier_extract_is_no_revision(tmp_path):
    tiny = with_previous("2010-12-30")
    tables = read_tables(read_settings(tiny.write(tmp_path)), tmp_path)
    assert tables.revisions.empty
    assert "2010K4" not in set(tables.late_registration["quarter"])


def test_only_the_offences_of_the_study_count_towards_late_registration(tmp_path):
    tiny = with_previous()
    tiny.setting('basket: {version: "1", codes: [1390]}', 'basket: {version: "1", codes: [1320]}')
    tables = read_tables(read_settings(tiny.write(tmp_path)), tmp_path)
    assert len(tables.revisions) == 1  # of 1390, which is now outside every basket
    assert (tables.late_registration["factor"] == 1).all()


def test_limits_of_what_is_to_come_worked_by_hand():
    pairs = [
        pd.DataFrame({"age": [0, 1], "reports": [100, 90], "later": [120, 90]}),
        pd.DataFrame({"age": [0, 1], "reports": [300, 110], "later": [330, 110]}),
    ]
    table = development(pairs, {0: 200, 1: 90}, step=1).set_index("age")
    assert table["pairs"].tolist() == [2, 2]
    # f(0) = 450/400 = 1.125, f(1) = 1: nothing comes in after the first quarter.
    assert table["pooled"].tolist() == [1.125, 1.0]
    assert table.loc[1, ["lower", "upper"]].tolist() == [1.0, 1.0]
    # Squares 7.5^2 + 7.5^2; by chance .125 (100 x 3/4 + 300 x 1/4); one degree of freedom.
    phi = 112.5 / 18.75
    error = math.sqrt(phi * 0.125 * (1 / 200 + 1 / 400))
    half = 12.706204736 * error / 0.125
    assert table.loc[0, "lower"] == pytest.approx(1 + 0.125 * math.exp(-half), rel=1e-8)
    assert table.loc[0, "upper"] == pytest.approx(1 + 0.125 * math.exp(half), rel=1e-8)


def test_one_pair_of_extracts_gives_no_limits():
    pair = pd.DataFrame({"age": [0, 1], "reports": [100, 100], "later": [120, 101]})
    table = development([pair], {0: 100, 1: 100}, step=1)
    assert table["pooled"].tolist() == pytest.approx([1.2 * 1.01, 1.01])
    assert table[["lower", "upper"]].isna().all(axis=None)


def test_only_extracts_as_far_apart_as_the_last_two_are_pooled():
    drawn = [dt.date(2011, 2, 15), dt.date(2012, 2, 15), dt.date(2012, 5, 15), dt.date(2012, 8, 15)]
    counts = {"q2011K3": 100, "q2011K4": 100, "q2012K1": 100}
    extracts = [cells(q2010K4=50), cells(q2010K4=60, **counts), cells(q2010K4=60, **counts),
                cells(q2010K4=60, **counts)]  # fmt: skip
    table = growth_by_age(extracts, drawn)
    assert table["pairs"].max() == 2
    assert (table["pooled"] == 1).all()  # the rise from 50 to 60 came in over a year


def test_several_earlier_extracts_are_told_with_limits(tmp_path):
    tiny = with_previous()
    header, *rows = Tiny().files["reports.csv"].split(b"\n")
    known = [row for row in rows if re.search(rb"-(2009|0[1-3]-2010);", row)]
    earliest = b"\n".join([header, *known])
    one = "{file: before.csv, extract_date: 2011-02-01}"
    older = (
        "{file: first.csv, extract_date: 2010-05-01, coverage: {from: 2009-01-01, to: 2010-03-31}}"
    )
    tiny.raw("first.csv", earliest).setting(one, f"[{one}, {older}]")
    settings = read_settings(tiny.write(tmp_path))
    assert [one.file for one in settings.data.incidents.earlier] == ["first.csv", "before.csv"]
    assert {"first.csv", "before.csv"} <= set(settings.data.files())
    assert {"pairs", "pooled", "lower", "upper"} <= set(
        read_tables(settings, tmp_path).late_registration
    )


def test_a_check_tells_the_growth_by_age_in_text_and_in_json(tmp_path):
    result = with_previous().check(tmp_path)
    assert result.exit_code == 0
    assert "Sen registrering, efter alder i kvartaler" in str(result)
    told = json.loads(result.to_json())["late_registration"]
    assert told[0] == {
        "age": 0, "quarter": "2010K4", "reports": 18, "later": 21,
        "factor": pytest.approx(21 / 18), "expected": pytest.approx(21 / 18),
    }  # fmt: skip
