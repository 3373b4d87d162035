"""Committed, delivered and spent, worked by hand on a strategy of two measures."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from tingbjerg_eval.study.settings_file import read_settings
from tingbjerg_eval.study.strategy_file import read_strategy
from tingbjerg_eval.targets.deliveries import (
    broken_commitments,
    delivery_by_measure,
    delivery_by_party,
    delivery_by_quarter,
    missing_returns,
    observe_delivery,
)
from tingbjerg_eval.targets.money import money_by_year

SETTINGS = read_settings(Path(__file__).parents[2] / "parameters" / "study.yaml")

STRATEGY = Path(__file__).parent / "accounts_strategy.yaml"

ROWS = [
    ("betjente", "2010K1", 2, 2, 0), ("betjente", "2010K2", 4, 4, 0),
    ("betjente", "2010K3", 4, 5, 0), ("betjente", "2010K4", 3, 3, 0),
    ("betjente", "2011K1", 4, 4, 0), ("betjente", "2011K2", 4, 4, 0),
    ("doere", "2010K1", 10, 12, 500), ("doere", "2010K2", 10, 4, 400),
    ("doere", "2010K4", 0, 1, 50), ("doere", "2011K1", 20, 20, 300),
    ("stop", "2010K1", 1, 1, 25), ("stop", "2010K2", 1, 1, 25), ("stop", "2010K3", 1, 1, 25),
    ("stop", "2010K4", 1, 0, 25),
]  # fmt: skip


@pytest.fixture(scope="module")
def strategy():
    return read_strategy(STRATEGY, SETTINGS)


@pytest.fixture
def activities():
    columns = ["measure", "quarter", "planned", "delivered", "spent_dkk"]
    return pd.DataFrame(ROWS, columns=columns).astype({"delivered": float})


def row(frame: pd.DataFrame, **keys) -> pd.Series:
    for key, value in keys.items():
        frame = frame[frame[key] == value]
    (found,) = frame.to_dict("records")
    return found


def test_a_quarter_is_kept_when_the_commitment_was_delivered(strategy, activities):
    table = delivery_by_quarter(strategy, activities)
    assert row(table, measure="doere", quarter="2010K1")["kept"] == "yes"
    missed = row(table, measure="doere", quarter="2010K2")
    assert (missed["kept"], missed["share_delivered"]) == ("no", 0.4)


def test_a_plan_that_was_lowered_by_its_party_does_not_lower_the_commitment(strategy, activities):
    found = row(delivery_by_quarter(strategy, activities), measure="betjente", quarter="2010K4")
    assert (found["committed"], found["planned"], found["delivered"]) == (4, 3, 3)
    assert (found["plan_differs"], found["kept"]) == (True, "no")


def test_a_delivery_without_a_commitment_breaks_none(strategy, activities):
    found = row(delivery_by_quarter(strategy, activities), measure="doere", quarter="2010K4")
    assert (found["kept"], found["plan_differs"]) == ("none", False)
    assert math.isnan(found["committed"])


@pytest.mark.parametrize("how", ["blank", "absent"])
def test_a_missing_report_is_no_data_and_never_nothing(strategy, activities, how):
    at = (activities["measure"] == "doere") & (activities["quarter"] == "2011K1")
    if how == "blank":
        activities.loc[at, "delivered"] = math.nan
    else:
        activities = activities[~at]
    found = row(delivery_by_quarter(strategy, activities), measure="doere", quarter="2011K1")
    assert found["kept"] == "no data"
    assert math.isnan(found["delivered"])
    figure = observe_delivery(strategy.targets["doere"], strategy, activities)
    assert (math.isnan(figure.value), figure.reason) == (True, "delivery-missing")


def test_a_stopped_measure_owes_nothing_after_its_stop(strategy, activities):
    table = delivery_by_quarter(strategy, activities)
    assert table.loc[table["measure"] == "stop", "quarter"].max() == "2010K4"
    before = delivery_by_quarter(strategy, activities, until="2010K3")
    assert before.loc[before["measure"] == "stop", "kept"].tolist() == ["yes"] * 3
    assert row(delivery_by_measure(strategy, activities), measure="stop")["stopped"] == "2011K1"


def test_a_measures_totals_and_kept_quarters(strategy, activities):
    found = row(delivery_by_measure(strategy, activities), measure="doere")
    assert (found["committed"], found["delivered"]) == (40, 37)
    assert (found["quarters_committed"], found["quarters_kept"], found["quarters_not_kept"]) == (
        3, 2, 1,
    )  # fmt: skip
    assert (found["budget_dkk"], found["spent_dkk"]) == (1300, 1250)


def test_a_party_answers_for_its_own_measures_and_is_seen_where_it_helps(strategy, activities):
    table = delivery_by_party(strategy, activities)
    assert table["party"].tolist() == ["politiet", "fsb", "ssp"]
    fsb, ssp = row(table, party="fsb"), row(table, party="ssp")
    assert (fsb["measures"], fsb["quarters_not_kept"], fsb["spent_dkk"]) == (2, 2, 1350)
    assert (ssp["measures"], ssp["contributes_to"], ssp["spent_dkk"]) == (0, 1, 0)


def test_broken_commitments_stand_out_with_the_largest_shortfall_first(strategy, activities):
    table = broken_commitments(strategy, activities)
    assert list(zip(table["measure"], table["quarter"], table["shortfall"], strict=True)) == [
        ("stop", "2010K4", 1.0), ("doere", "2010K2", 0.6), ("betjente", "2010K4", 0.25),
    ]  # fmt: skip


def test_small_shortfalls_can_be_left_out(strategy, activities):
    table = broken_commitments(strategy, activities, at_least=0.5)
    assert table["measure"].tolist() == ["stop", "doere"]


def test_money_is_held_against_each_years_frame(strategy, activities):
    table = money_by_year(strategy, activities)
    assert table["year"].tolist() == ["2010", "2011", "total"]
    assert table["spent_dkk"].tolist() == [1050, 300, 1350]
    assert table["left_dkk"].tolist() == [-50, 200, 150]
    assert table["over_frame"].tolist() == [True, False, False]
    assert table["budget_dkk"].tolist() == [900, 500, 1400]


def test_spending_that_nobody_reported_is_counted_and_not_taken_as_nothing(strategy, activities):
    activities["spent_dkk"] = activities["spent_dkk"].astype(float)
    activities.loc[activities["quarter"] == "2011K1", "spent_dkk"] = math.nan
    table = money_by_year(strategy, activities)
    assert table["unreported"].tolist() == [0, 2, 2]
    assert table["spent_known_dkk"].tolist() == [1050, 0, 1050]
    assert table["spent_dkk"].isna().tolist() == [False, True, True]
    assert table["left_dkk"].isna().tolist() == [False, True, True]


def test_a_delivery_target_is_the_percentage_of_the_commitment(strategy, activities):
    target = strategy.targets["doere"]
    assert observe_delivery(target, strategy, activities).value == pytest.approx(90.0)
    assert observe_delivery(target, strategy, activities, until="2010K4").value == 80.0


def test_a_level_to_hold_counts_quarters_and_too_much_makes_up_for_nothing(strategy, activities):
    found = observe_delivery(strategy.targets["betjente"], strategy, activities)
    assert found.value == 80.0  # four of the five quarters from 2010K2
    assert (found.lower, found.upper) == (80.0, 80.0)


def test_a_delivery_that_is_not_due_yet_is_too_early(strategy, activities):
    found = observe_delivery(strategy.targets["betjente"], strategy, activities, until="2010K1")
    assert (math.isnan(found.value), found.reason) == (True, "too-early")


def test_the_callers_frame_is_left_as_it_was(strategy, activities):
    before = activities.copy()
    for table in (delivery_by_measure, delivery_by_party, broken_commitments, money_by_year):
        table(strategy, activities)
    pd.testing.assert_frame_equal(activities, before)


@pytest.mark.parametrize("how", ["blank", "absent"])
def test_a_commitment_without_a_return_is_in_no_sum(strategy, activities, how):
    at = (activities["measure"] == "doere") & (activities["quarter"] == "2011K1")
    activities["spent_dkk"] = activities["spent_dkk"].astype(float)
    if how == "blank":
        activities.loc[at, ["delivered", "spent_dkk"]] = math.nan
    else:
        activities = activities[~at]
    found = row(delivery_by_measure(strategy, activities), measure="doere")
    assert [math.isnan(found[key]) for key in ("delivered", "share_delivered", "spent_dkk")] == [
        True, True, True,
    ]  # fmt: skip
    assert found["spent_known_dkk"] == 950
    party = row(delivery_by_party(strategy, activities), party="fsb")
    assert math.isnan(party["spent_dkk"])
    assert party["quarters_without_data"] == 1
    (lacking,) = missing_returns(strategy, activities).to_dict("records")
    assert (lacking["measure"], lacking["quarters"]) == ("doere", ("2011K1",))
    figure = observe_delivery(strategy.targets["doere"], strategy, activities)
    assert figure.missing == ("2011K1",)


def test_a_frame_that_what_is_known_exceeds_is_exceeded_whatever_is_missing(strategy, activities):
    activities["spent_dkk"] = activities["spent_dkk"].astype(float) * 1e6
    activities.loc[0, "spent_dkk"] = math.nan
    assert money_by_year(strategy, activities)["over_frame"].iloc[-1]
