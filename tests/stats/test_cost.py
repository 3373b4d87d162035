"""Spending against reports avoided."""

import math

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.stats.cost import cost_effectiveness
from tingbjerg_eval.stats.displacement import ReportsAvoided, reports_avoided
from tingbjerg_eval.stats.refusal import MethodRefused


def avoided(value, lower, upper):
    return ReportsAvoided(
        observed=300, expected=300 + value, value=value, lower=lower, upper=upper, level=0.9,
    )  # fmt: skip


def test_six_million_for_two_hundred_reports_by_hand(design):
    found = cost_effectiveness(
        avoided(200, 100, 400), design, spent_dkk=6_000_000, price_dkk=20_000
    )
    assert found.dkk_per_report == 30_000
    assert (found.dkk_per_report_lower, found.dkk_per_report_upper) == (15_000, 60_000)
    assert found.break_even_reports == 300
    assert (found.avoided, found.avoided_lower, found.avoided_upper) == (200, 100, 400)
    assert (found.spent_dkk, found.level) == (6_000_000, 0.9)
    assert found.note == (
        "break-even lies within the interval of the reports avoided: it cannot be decided"
    )


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ((50, -20, 150), "no cost per report: the interval of the reports avoided holds 0"),
        ((50, 0, 150), "no cost per report: the interval of the reports avoided holds 0"),
        ((-50, -120, -10), "no cost per report: more reports came than expected"),
    ],
)
def test_no_cost_per_report_without_an_effect_to_divide_by(design, figures, said):
    found = cost_effectiveness(avoided(*figures), design, spent_dkk=1e6)
    costs = (found.dkk_per_report, found.dkk_per_report_lower, found.dkk_per_report_upper)
    assert np.isnan(costs).all()
    assert found.note == said
    assert math.isnan(found.break_even_reports)


def test_no_price_where_the_verdict_says_that_no_effect_can_be_shown(design):
    """The interval leaves out 0 and the adjusted answer does not: the verdict decides."""
    given = avoided(200, 100, 400)
    found = cost_effectiveness(given, design, spent_dkk=6e6, price_dkk=1e5, shown=False)
    assert np.isnan([found.dkk_per_report, found.dkk_per_report_upper]).all()
    assert [one.code for one in found.remarks] == ["no-cost-undecided", "break-even-below"]
    assert cost_effectiveness(given, design, spent_dkk=6e6, shown=True).dkk_per_report == 30_000
    nothing = cost_effectiveness(avoided(50, -20, 150), design, spent_dkk=6e6, shown=True)
    assert np.isnan(nothing.dkk_per_report)


@pytest.mark.parametrize(
    ("price", "where"),
    [
        (2_000, "above"),
        (100_000, "below"),
        (10_000, "within"),
        (5_000, "within"),
        (40_000, "within"),
    ],
)
def test_where_the_break_even_count_lies_is_said(design, price, where):
    found = cost_effectiveness(avoided(200, 50, 400), design, spent_dkk=2e6, price_dkk=price)
    assert found.note.startswith(f"break-even lies {where} the interval")


def test_a_panel_goes_through_the_reports_avoided(panel, design):
    kept = panel.copy(deep=True)
    given = reports_avoided(panel, design, level=0.8)
    found = cost_effectiveness(panel, design, spent_dkk=6e6, level=0.8)
    assert found.avoided == given.value
    assert (found.avoided_lower, found.avoided_upper, found.level) == (
        given.lower,
        given.upper,
        0.8,
    )
    assert given.note in found.note
    pd.testing.assert_frame_equal(panel, kept)


@pytest.mark.parametrize("factor", [0.5, 3])
def test_the_unit_of_money_does_not_matter(design, factor):
    plain = cost_effectiveness(avoided(200, 50, 400), design, spent_dkk=2e6, price_dkk=1e4)
    scaled = cost_effectiveness(
        avoided(200, 50, 400), design, spent_dkk=factor * 2e6, price_dkk=factor * 1e4
    )
    assert scaled.break_even_reports == plain.break_even_reports
    assert scaled.dkk_per_report_upper == factor * plain.dkk_per_report_upper


@pytest.mark.parametrize("amounts", [{"spent_dkk": 0}, {"spent_dkk": 1e6, "price_dkk": -1}])
def test_amounts_that_are_none_are_refused(design, amounts):
    with pytest.raises(MethodRefused, match="must be kroner above 0") as refused:
        cost_effectiveness(avoided(1, 0, 2), design, **amounts)
    assert refused.value.code == "unusable-amount"


def test_amounts_below_one_krone_are_amounts(design):
    found = cost_effectiveness(avoided(2, 1, 4), design, spent_dkk=0.5)
    assert found.dkk_per_report == 0.25


def test_shares_are_refused(shares, waves):
    with pytest.raises(MethodRefused, match="Shares have no reports to avoid"):
        cost_effectiveness(shares, waves, spent_dkk=1e6)
