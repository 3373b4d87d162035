"""Rules of the decision log: in order of time, complete, and about things that exist."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from tingbjerg_eval.inputs.quarters import is_quarter, quarter_number, quarter_of
from tingbjerg_eval.inputs.strict_yaml import Path_
from tingbjerg_eval.inputs.validation import Broken
from tingbjerg_eval.study.decisions import CHANGES, NEEDS, Decision, written
from tingbjerg_eval.study.rules.measures import commitment_rules, outside, unknown
from tingbjerg_eval.study.rules.targets import deadline_rules, goal_rules
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.strategy import Strategy


def decision_rules(strategy: Strategy, settings: StudySettings) -> Iterator[Broken]:
    """Every broken rule of the log."""
    yield from _order_rules(strategy)
    for number, decision in enumerate(strategy.decisions):
        path = ("decisions", number)
        yield from _key_rules(path, decision)
        yield from _name_rules(path, decision, strategy)
        yield from _content_rules(path, decision, strategy, settings)
    yield from _money_rules(strategy)
    yield from _lifetime_rules(strategy)


def _order_rules(strategy: Strategy) -> Iterator[Broken]:
    if strategy.decisions and strategy.decisions[0].action != "adopt":
        yield Broken("not-adopted", ("decisions", 0, "action"), action=strategy.decisions[0].action)
    for number, (before, after) in enumerate(pairwise(strategy.decisions), start=1):
        if after.date < before.date:
            yield Broken(
                "decision-order", ("decisions", number, "date"), date=after.date, before=before.date
            )


def _key_rules(path: Path_, decision: Decision) -> Iterator[Broken]:
    for key in ("decided_by", "why", *NEEDS[decision.action]):
        if getattr(decision, key) is None:
            yield Broken("decision-incomplete", (*path, key), key=key, action=decision.action)
    changes = [key for key in CHANGES if getattr(decision, key) is not None]
    if (decision.action == "change-target") != bool(changes):
        yield Broken(
            "decision-change",
            (*path, "action"),
            action=decision.action,
            keys=", ".join(changes) or "no change",
        )
    surplus = {"target", "measure", "to_measure", "quarter", "year", "amount_dkk", "commitments"}
    for key in sorted(surplus - set(NEEDS[decision.action])):
        if getattr(decision, key) is not None:
            yield Broken("decision-surplus", (*path, key), key=key, action=decision.action)


def _name_rules(path: Path_, decision: Decision, strategy: Strategy) -> Iterator[Broken]:
    for key, known, code in (
        ("target", strategy.targets, "unknown-target"),
        ("measure", strategy.measures, "unknown-measure"),
        ("to_measure", strategy.measures, "unknown-measure"),
        ("responsible", strategy.parties, "unknown-party"),
    ):
        name = getattr(decision, key)
        if name is not None:
            yield from unknown(code, (*path, key), name, known)


def _content_rules(
    path: Path_, decision: Decision, strategy: Strategy, settings: StudySettings
) -> Iterator[Broken]:
    if decision.commitments is not None:
        yield from commitment_rules((*path, "commitments"), decision.commitments, settings)
    if decision.quarter is not None:
        yield from _stop_rules(path, decision, settings)
    target = strategy.targets.get(decision.target or "")
    indicator = settings.indicators.get(target.indicator or "") if target else None
    if target is not None and indicator is not None and decision.goal is not None:
        changed = target.model_copy(update={"goal": decision.goal})
        yield from goal_rules((*path, "goal"), changed, indicator)
    if indicator is not None and decision.by is not None:
        yield from deadline_rules((*path, "by"), decision.by, indicator, settings)


def _stop_rules(path: Path_, decision: Decision, settings: StudySettings) -> Iterator[Broken]:
    if is_quarter(decision.quarter) != is_quarter(settings.periods.period[0]):
        yield outside((*path, "quarter"), written(decision.quarter), settings)
    elif quarter_number(written(decision.quarter)) < quarter_number(
        quarter_of(decision.date, like=written(decision.quarter))
    ):
        yield Broken(
            "stopped-backwards", (*path, "quarter"), quarter=decision.quarter, date=decision.date
        )


def _money_rules(strategy: Strategy) -> Iterator[Broken]:
    left = {
        (name, year): amount
        for name, measure in strategy.measures.items() for year, amount in measure.budget.items()
    }  # fmt: skip
    for number, one in enumerate(strategy.decisions):
        if one.action != "move-money" or one.amount_dkk is None:
            continue
        year = one.year or 0
        source, goal = (one.measure or "", year), (one.to_measure or "", year)
        if not 0 < one.amount_dkk <= left.get(source, Decimal(0)):
            yield Broken(
                "money-not-there",
                ("decisions", number, "amount_dkk"),
                amount=one.amount_dkk,
                measure=repr(one.measure),
                year=year,
                left=left.get(source, Decimal(0)),
            )
            continue
        left[source] -= one.amount_dkk
        left[goal] = left.get(goal, Decimal(0)) + one.amount_dkk


def _lifetime_rules(strategy: Strategy) -> Iterator[Broken]:
    """Nothing is added, retired or stopped twice, and nothing changed after its end."""
    ended: dict[tuple[str | None, str | None], str] = {}
    added: set[tuple[str | None, str | None]] = set()
    for number, one in enumerate(strategy.decisions):
        path, what = ("decisions", number, "action"), (one.target, one.measure)
        if one.action.endswith(("-target", "-measure")) and what in ended:
            yield Broken("decided-after-end", path, action=one.action, end=ended[what])
        if one.action.startswith("add-"):
            if what in added:
                yield Broken("added-twice", path, action=one.action)
            added.add(what)
        if one.action in ("retire-target", "stop-measure"):
            ended[what] = one.action
