"""A strategy is read with every error at once, by line, or it is as a steering group wrote it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.strict_yaml import read_yaml
from tingbjerg_eval.study.strategy import Strategy

BROKEN = Path(__file__).parent / "broken_strategy.yaml"

EVERY_RULE = {
    ("priority-twice", "action_areas.ungdom.priority"),
    ("no-responsible", "targets.no-responsible.responsible"),
    ("unknown-party", "targets.unknown-party.responsible"),
    ("unknown-action-area", "targets.unknown-area.action_area"),
    ("unknown-indicator", "targets.unknown-indicator.indicator"),
    ("unknown-indicator", "targets.no-indicator.indicator"),
    ("activity-indicator", "targets.activity.indicator"),
    ("kind-does-not-fit", "targets.points-of-count.kind"),
    ("kind-does-not-fit", "targets.percent-of-share.kind"),
    ("goal-sign", "targets.sign.goal"),
    ("goal-range", "targets.beyond-nothing.goal"),
    ("goal-missing", "targets.no-goal.goal"),
    ("goal-sign", "targets.negative-level.goal"),
    ("goal-range", "targets.level-over-100.goal"),
    ("goal-sign", "targets.widening-gap.goal"),
    ("unknown-reference", "targets.no-reference.reference"),
    ("unknown-reference", "targets.itself-as-reference.reference"),
    ("reference-not-wanted", "targets.reference-for-nothing.reference"),
    ("deadline-outside-period", "targets.no-deadline.by"),
    ("deadline-outside-period", "targets.late.by"),
    ("deadline-outside-period", "targets.year-for-count.by"),
    ("deadline-outside-period", "targets.wave-of-baseline.by"),
    ("over-not-wanted", "targets.last-year-of-share.over"),
    ("measure-not-wanted", "targets.measure-with-indicator.measure"),
    ("unknown-measure", "targets.unknown-measure.measure"),
    ("indicator-not-wanted", "targets.delivered-indicator.indicator"),
    ("primary-delivery", "targets.delivered-indicator.primary"),
    ("goal-range", "targets.delivered-too-much.goal"),
    ("unknown-action-area", "measures.lamper.action_area"),
    ("unknown-party", "measures.lamper.contributing.1"),
    ("party-twice", "measures.lamper.contributing.0"),
    ("no-unit", "measures.lamper.unit"),
    ("outside-period", "measures.lamper.commitments.2009"),
    ("negative-amount", "measures.lamper.commitments.2010"),
    ("outside-period", "measures.lamper.hold.from"),
    ("hold-order", "measures.lamper.hold.to"),
    ("hold-level", "measures.lamper.hold.level"),
    ("no-responsible", "measures.intet.responsible"),
    ("no-commitment", "measures.intet.commitments"),
    ("negative-amount", "measures.intet.budget.2010"),
    ("hold-above-commitment", "measures.holder.hold.level"),
    ("negative-amount", "budget.2011"),
    ("over-frame", "budget.2010"),
    ("year-without-frame", "measures.lamper.budget.2012"),
    ("not-adopted", "decisions.0.action"),
    ("decision-order", "decisions.1.date"),
    ("decision-incomplete", "decisions.1.decided_by"),
    ("decision-incomplete", "decisions.1.why"),
    ("decision-change", "decisions.2.action"),
    ("goal-sign", "decisions.3.goal"),
    ("deadline-outside-period", "decisions.3.by"),
    ("unknown-party", "decisions.3.responsible"),
    ("unknown-target", "decisions.4.target"),
    ("decision-surplus", "decisions.4.measure"),
    ("stopped-backwards", "decisions.5.quarter"),
    ("outside-period", "decisions.6.commitments.2013"),
    ("decided-after-end", "decisions.6.action"),
    ("money-not-there", "decisions.7.amount_dkk"),
    ("added-twice", "decisions.8.action"),
}


@pytest.fixture(scope="module")
def refused(read):
    with pytest.raises(InputRefused) as found:
        read(BROKEN.read_text(encoding="utf-8"))
    return found.value.problems


def test_a_strategy_with_every_rule_broken_gives_all_errors_at_once(refused):
    assert {(one.code, one.column) for one in refused} == EVERY_RULE


def test_each_error_is_told_once_with_its_line(refused):
    assert len(refused) == len(EVERY_RULE)
    document = read_yaml(BROKEN)
    by_column = {".".join(map(str, path)): line for path, line in document.lines.items()}
    known = [one for one in refused if one.column in by_column]
    assert len(known) > 40
    for one in known:
        assert one.place == f"line {by_column[one.column]}"


def test_a_strategy_without_a_primary_target_is_refused(read, demo_text):
    text = demo_text().replace("    primary: true\n", "")
    with pytest.raises(InputRefused) as found:
        read(text)
    assert [one.code for one in found.value.problems] == ["no-primary-target"]


def test_wrong_values_and_broken_rules_are_told_together(read, demo_text):
    text = demo_text(
        ("goal: -40", "goal: minus fyrre"),
        ("responsible: politiet\n    primary: true", "responsble: politiet\n    primary: true"),
        ("indicator: robbery", "indicator: robery"),
        ("2010: 2000000", "2010: 2"),
    )
    with pytest.raises(InputRefused) as found:
        read(text)
    assert [(one.code, one.column) for one in found.value.problems] == [
        ("over-frame", "budget.2010"),
        ("wrong-value", "targets.indbrud-40.goal"),
        ("no-responsible", "targets.vold-10.responsible"),
        ("unknown-key", "targets.vold-10.responsble"),
        ("unknown-indicator", "targets.roeveri-20.indicator"),
    ]


def test_a_target_with_two_responsible_parties_is_refused(read, demo_text):
    text = demo_text(("responsible: fsb", "responsible: [fsb, aab]"))
    with pytest.raises(InputRefused, match="exactly one party"):
        read(text)


def test_a_misspelt_name_is_met_with_the_nearest_one(read, demo_text):
    with pytest.raises(InputRefused, match="Did you mean 'burglary'"):
        read(demo_text(("indicator: burglary", "indicator: burglery")))


def test_the_demo_strategy_has_targets_of_every_kind(strategy):
    kinds = {one.kind for one in strategy.targets.values()}
    assert kinds == {
        "level", "relative_change", "point_change", "yearly_change", "gap_to", "not_worse",
        "delivered",
    }  # fmt: skip
    assert len(strategy.targets) >= 10


def test_every_target_and_measure_of_the_demo_has_a_known_responsible_party(strategy):
    for one in [*strategy.targets.values(), *strategy.measures.values()]:
        assert one.responsible in strategy.parties


def test_the_demo_frame_is_two_million_a_year(strategy):
    assert strategy.budget == dict.fromkeys((2010, 2011, 2012), Decimal(2_000_000))
    assert strategy.total_budget == Decimal(6_000_000)


def test_a_year_of_commitments_counts_in_each_of_its_quarters_unless_a_quarter_says_other(strategy):
    measure = strategy.measures["lokalpoliti"]
    assert measure.planned("2010K1") == 3
    assert measure.planned("2011K4") == 6
    assert measure.planned("2013K1") == 0
    assert list(measure.by_quarter) == sorted(measure.by_quarter)
    changed = measure.model_copy(update={"commitments": {2011: 6.0, "2011K2": 4.0}})
    assert list(changed.by_quarter.values()) == [6, 4, 6, 6]


def test_what_a_kind_means_without_a_goal(strategy):
    assert strategy.targets["lokalbetjente"].limit == 100
    assert strategy.targets["indbrud-udsat"].limit == 0
    assert strategy.targets["vold-niveau"].window == "last_year"
    assert strategy.targets["vold-10"].window == "period"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2010K1: 3", "2010K1: 0"),
        ("goal: 30\n    by: 2013", "goal: 100\n    by: 2013"),
        ("quarter: 2011K4", "quarter: 2011K3"),
        ("goal: -50", "goal: -100"),
        ("goal: 90", "goal: 100"),
        ("  2011: 2000000", "  2011: 2000000.00"),
        ("2011: 550000", "2011: 550000.00"),
    ],
)
def test_what_lies_just_inside_a_rule_is_accepted(read, demo_text, old, new):
    assert len(read(demo_text((old, new))).targets) == 18


def test_an_unknown_key_names_the_nearest_known_one(read, demo_text):
    with pytest.raises(InputRefused, match="Did you mean 'responsible'"):
        read(demo_text(("    responsible: fsb", "    responsable: fsb")))


def test_a_strategy_cannot_be_changed_in_place(strategy):
    assert isinstance(strategy, Strategy)
    with pytest.raises(ValueError, match="frozen"):
        strategy.title = "another"
