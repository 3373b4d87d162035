"""Decisions change the strategy from their date on, and leave what was written in sight."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.quarters import last_day
from tingbjerg_eval.study.amendments import adopted_targets, amended, decision_on

CHANGE = """
  - date: 2011-10-04
    action: change-target
    target: vold-10
    goal: -15
    responsible: ssp
    decided_by: Styregruppen
    why: Ny viden
  - date: 2011-11-15
    action: change-measure
    measure: aftenpatrulje
    commitments:
      2011: 400
      2012: 420
    decided_by: Styregruppen
    why: Flere timer
"""


@pytest.fixture(scope="module")
def changed(read, demo_text):
    return read(demo_text().rstrip() + CHANGE)


def test_a_quarter_ends_on_its_last_day():
    assert [last_day(f"2012K{k}").isoformat() for k in (1, 2, 3, 4)] == [
        "2012-03-31", "2012-06-30", "2012-09-30", "2012-12-31",
    ]  # fmt: skip


def test_an_added_target_is_not_there_before_its_decision(strategy):
    assert "cykelskure" not in amended(strategy, until="2010K4").targets
    assert "cykelskure" not in amended(strategy, until="2010K4").measures
    assert "cykelskure" in amended(strategy, until="2011K1").targets
    assert "cykelskure" not in amended(strategy, until=dt.date(2011, 2, 7)).targets
    assert "cykelskure" in amended(strategy, until=dt.date(2011, 2, 8)).targets


def test_a_retired_target_stays_and_its_decision_is_found(strategy):
    last = amended(strategy)
    assert "bydelsavis" in last.targets
    found = decision_on(last, "retire-target", "bydelsavis")
    assert (found.date, found.decided_by) == (dt.date(2011, 9, 13), "Styregruppen")
    assert decision_on(amended(strategy, until="2011K2"), "retire-target", "bydelsavis") is None


def test_a_decision_is_found_by_what_was_done_and_to_what(strategy):
    assert decision_on(strategy, "retire-target", "cykelskure") is None
    assert decision_on(strategy, "add-target", "cykelskure").date == dt.date(2011, 2, 8)
    assert decision_on(strategy, "change-target", "bydelsavis") is None


def test_a_stopped_measure_owes_nothing_from_its_last_quarter_on(strategy):
    before, after = (amended(strategy, until=q).measures["bydelsavis"] for q in ("2011K2", None))
    assert "2011K4" in before.by_quarter
    assert max(after.by_quarter) == "2011K2"


def test_a_level_to_hold_ends_where_its_measure_stops(read, demo_text):
    stop = """
  - date: 2012-01-10
    action: stop-measure
    measure: lokalpoliti
    quarter: 2012K2
    decided_by: Styregruppen
    why: w
"""
    hold = amended(read(demo_text().rstrip() + stop)).measures["lokalpoliti"].hold
    assert (hold.first, hold.last) == ("2010K3", "2012K1")


def test_a_measure_stops_in_a_quarter_where_the_study_counts_quarters(read, demo_text):
    text = demo_text().replace("    quarter: 2011K4", "    quarter: 2011")
    assert text != demo_text()
    with pytest.raises(InputRefused, match="outside-period"):
        read(text)


def test_money_moves_between_measures_and_the_year_keeps_its_sum(strategy):
    last = amended(strategy)
    assert last.measures["bydelsavis"].budget[2012] == 0
    assert last.measures["klubaftener"].budget[2012] == Decimal(190_000)
    for year in strategy.budget:
        sums = [
            sum(one.budget.get(year, 0) for one in s.measures.values()) for s in (strategy, last)
        ]
        assert sums[0] == sums[1]


def test_a_changed_goal_counts_from_its_date_and_the_first_one_stays_written(changed):
    assert amended(changed, until="2011K3").targets["vold-10"].goal == -10
    now = amended(changed).targets["vold-10"]
    assert (now.goal, now.responsible, now.by) == (-15, "ssp", "2012K4")
    assert changed.targets["vold-10"].goal == -10


def test_changed_commitments_count_from_the_decisions_quarter(changed):
    measure = amended(changed).measures["aftenpatrulje"]
    assert [measure.planned(q) for q in ("2010K4", "2011K3", "2011K4", "2012K1")] == [
        300, 360, 400, 420,
    ]  # fmt: skip


def test_amending_twice_applies_each_decision_once(strategy):
    assert amended(amended(strategy)) == amended(strategy)
    early = amended(amended(strategy), until="2010K4")
    assert early.measures["bydelsavis"].by_quarter == strategy.measures["bydelsavis"].by_quarter
    assert early.measures["klubaftener"].budget[2012] == Decimal(150_000)


def test_the_adopted_targets_are_those_that_no_decision_added(changed, strategy):
    assert set(strategy.targets) - set(adopted_targets(strategy)) == {"cykelskure"}
    assert adopted_targets(amended(changed))["vold-10"].goal == -10


def test_money_that_was_moved_away_cannot_be_moved_again(read, demo_text):
    again = """
  - date: 2012-01-10
    action: move-money
    measure: bydelsavis
    to_measure: klubaftener
    year: 2012
    amount_dkk: 1
    decided_by: Styregruppen
    why: w
"""
    with pytest.raises(InputRefused, match="at most 0 kr"):
        read(demo_text().rstrip() + again)
