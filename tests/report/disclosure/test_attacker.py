"""The attacker finds what a careful reader would find, and nothing else."""

import re
from pathlib import Path

import pytest

import tingbjerg_eval.disclosure as disclosure
from tingbjerg_eval.disclosure.attacker import audit, bounds
from tingbjerg_eval.disclosure.published import UNDER, WITHHELD, region_of, said

ALL = "all"


def cell(key, value, sign=WITHHELD):
    """One cell of an area by offence table; ``all`` stands for the total of A, B or x, y."""
    area, offence = key.split("|")
    region = {
        "area": ["A", "B"] if area == ALL else [area],
        "offence": ["x", "y"] if offence == ALL else [offence],
    }
    sign = "" if value is not None else sign
    return {"key": key, "value": value, "sign": sign, "region": region}


def report(*cells, statements=(), name="now", signs="one", zeros="hidden"):
    table = {"name": "t", "measure": "reports", "cells": list(cells)}
    return {
        "report": name,
        "threshold": 5,
        "zeros": zeros,
        "signs": signs,
        "tables": [table],
        "statements": list(statements),
    }


def term(key, factor=1.0):
    return {"measure": "reports", "region": cell(key, 0)["region"], "factor": factor}


def line(*terms, lower=None, upper=None):
    wide = 1e12
    return {
        "name": "s",
        "terms": list(terms),
        "lower": -wide if lower is None else lower,
        "upper": wide if upper is None else upper,
    }


def test_a_sign_says_its_range_and_no_more():
    assert said(cell("A|x", None, UNDER), threshold=5) == (0, 4)
    assert said(cell("A|x", None), threshold=5) == (0, float("inf"))
    assert said(cell("A|x", 7), threshold=5) == (7, 7)


def test_one_hidden_cell_beside_its_total_is_found_by_subtraction():
    found = audit(report(cell("A|x", None), cell("A|y", 9), cell("A|all", 12)))
    assert [finding.cell for finding in found.findings] == ["A|x"]


def test_two_hidden_cells_of_one_small_total_have_too_few_values():
    found = audit(report(cell("A|x", None), cell("A|y", None), cell("A|all", 3)))
    assert {finding.cell for finding in found.findings} == {"A|x", "A|y"}


def test_two_hidden_cells_of_a_larger_total_hide_each_other():
    assert audit(report(cell("A|x", None), cell("A|y", None), cell("A|all", 12))).ok


def test_the_sign_for_small_cells_bounds_the_other_cell():
    pair = (cell("A|x", None, UNDER), cell("A|y", None), cell("A|all", 8))
    assert audit(report(*pair, signs="one")).ok
    assert {of.cell for of in audit(report(*pair, signs="two")).findings} == {"A|x", "A|y"}


def test_hidden_cells_are_not_zero_where_zeros_are_shown():
    cells = (cell("A|x", None), cell("A|y", None), cell("A|all", 5))
    assert audit(report(*cells)).ok
    assert not audit(report(*cells, zeros="shown")).ok


def test_bounds_of_a_hidden_square_are_those_worked_by_hand():
    square = report(
        *(cell(f"{area}|{offence}", None) for area in "AB" for offence in "xy"),
        cell("A|all", 10), cell("B|all", 7), cell("all|x", 6), cell("all|y", 11),
    )  # fmt: skip
    found = bounds(square)
    region = region_of(cell("A|x", 0)["region"])
    assert found["reports", region] == pytest.approx((0, 6))
    region = region_of(cell("A|y", 0)["region"])
    assert found["reports", region] == pytest.approx((4, 10))


def test_the_difference_to_an_earlier_report_is_found():
    earlier = report(cell("all|x", 20), name="before")
    now = report(cell("A|x", None), cell("B|x", 17))
    assert audit(now).ok
    assert not audit(now, earlier=[earlier]).ok


def test_a_hidden_cell_of_an_earlier_report_is_protected_still():
    earlier = report(cell("A|x", None), cell("all|x", 20), name="before")
    assert audit(earlier).ok
    assert not audit(report(cell("B|x", 17)), earlier=[earlier]).ok


def test_a_revised_figure_is_not_taken_for_the_earlier_one():
    earlier = report(cell("all|x", 20), cell("B|x", 16), cell("A|x", None), name="before")
    now = report(cell("all|x", 21), cell("B|x", 16), cell("A|x", None))
    found = audit(now, earlier=[earlier])
    assert {of.cell for of in found.findings} == {"A|x"}
    reasons = {of.reason for of in found.findings}
    assert not any("contradict" in reason for reason in reasons)


def test_a_rate_times_the_population_is_found():
    rate = line(term("A|x", 1000 / 2000), lower=1.45, upper=1.55)
    assert audit(report(cell("A|x", None))).ok
    assert not audit(report(cell("A|x", None), statements=[rate])).ok


def test_a_percentage_of_a_shown_total_is_found():
    share = line(term("A|x"), term("A|all", -0.155), upper=0)
    floor = line(term("A|x"), term("A|all", -0.145), lower=0)
    hidden = (cell("A|x", None), cell("A|all", 20))
    assert audit(report(*hidden)).ok
    assert not audit(report(*hidden, statements=[share, floor])).ok


def test_figures_that_contradict_each_other_are_never_let_through():
    assert not audit(report(cell("A|x", None), cell("A|y", 9), cell("A|all", 7))).ok


def test_a_finding_names_the_table_and_the_cell_but_no_value():
    (found,) = audit(report(cell("A|x", None), cell("A|y", 9), cell("A|all", 12))).findings
    assert str(found) == "t, A|x: can be worked out to fewer than 5 possible values"


@pytest.mark.parametrize("module", ["attacker", "knowledge", "published"])
def test_the_attacker_does_not_use_the_code_that_hides(module):
    path = Path(disclosure.__file__).with_name(f"{module}.py")
    imported = re.findall(r"tingbjerg_eval[.\w]*", path.read_text(encoding="utf-8"))
    names = {name.rpartition(".")[2] for name in imported}
    assert names <= {"attacker", "knowledge", "published"}
