"""The steering group's dated decisions: what was adopted, changed, stopped, by whom and why.

The strategy file keeps every target and measure as it was first written; a decision changes it
from its date on. So the history stays readable, and a report of an early quarter does not know
what was decided later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeVar

from tingbjerg_eval.inputs.quarters import quarter_number, quarter_of, shift
from tingbjerg_eval.inputs.scalars import Day, Money, Number, Quarter, Text, TimeText, Whole
from tingbjerg_eval.inputs.validation import Settings

if TYPE_CHECKING:
    from tingbjerg_eval.study.strategy import Measure, Strategy, Target

Action = Literal[
    "adopt", "add-target", "change-target", "retire-target",
    "add-measure", "change-measure", "stop-measure", "move-money",
]  # fmt: skip

NEEDS: dict[str, tuple[str, ...]] = {
    "adopt": (),
    "add-target": ("target",),
    "change-target": ("target",),
    "retire-target": ("target",),
    "add-measure": ("measure",),
    "change-measure": ("measure", "commitments"),
    "stop-measure": ("measure", "quarter"),
    "move-money": ("measure", "to_measure", "year", "amount_dkk"),
}
"""The keys that each action must have beside date, decided_by and why."""

CHANGES = ("goal", "by", "responsible")
"""What ``change-target`` can change; at least one of them."""


Entry = TypeVar("Entry")


def written(value: Entry | None) -> Entry:
    """A key of a decision that its action must have: the rules have asked for it before."""
    if value is None:
        raise ValueError("a decision without a key that its action must have")
    return value


class Decision(Settings):
    """One dated decision of the log.

    ``quarter`` is the first quarter without a stopped measure; ``commitments`` replace the
    measure's own from the decision's quarter on; money moves from ``measure`` to
    ``to_measure`` within one year's frame.
    """

    date: Day
    """The day of the decision."""
    action: Action
    """What was decided."""
    decided_by: Text | None = None
    """The body that decided it."""
    why: Text | None = None
    """The reason; printed in the report."""
    target: Text | None = None
    """The target it is about."""
    measure: Text | None = None
    """The measure it is about, or that money moves from."""
    to_measure: Text | None = None
    """The measure that money moves to."""
    quarter: Quarter | None = None
    """The first quarter without a stopped measure."""
    year: Whole | None = None
    """The budget year that money moves within."""
    amount_dkk: Money | None = None
    """How much moves, in kroner."""
    goal: Number | None = None
    """The target's new goal."""
    by: TimeText | None = None
    """The target's new deadline."""
    responsible: Text | None = None
    """The party that answers from now on."""
    commitments: dict[TimeText, Number] | None = None
    """What the measure promises from the decision's quarter on."""


def amended(strategy: Strategy, *, until: str | dt.date | None = None) -> Strategy:
    """The strategy as the decisions up to ``until`` have made it.

    Targets and measures added later are not there yet; retired targets and stopped measures
    stay (see :func:`decision_on`), the latter without commitments after they stopped. An
    amended strategy can be given again: every decision is applied once, to what was written.

    Parameters
    ----------
    until
        A day, or a quarter (then its last day); ``None`` for every decision of the log.
    """
    day, first = _day(until), strategy.written
    known = [one for one in strategy.decisions if one.date <= day]
    later = [one for one in first.decisions if one not in known]
    result = first.model_copy(update={
        "decisions": known,
        "targets": _without(first.targets, _added(later, "target")),
        "measures": _without(first.measures, _added(later, "measure")),
    })  # fmt: skip
    for decision in known:
        result = _applied(result, decision)
    return result.amended_from(first)


def adopted_targets(strategy: Strategy) -> dict[str, Target]:
    """The targets of the first adoption, unchanged: those that no decision added."""
    first = strategy.written
    return _without(first.targets, _added(first.decisions, "target"))


def _added(decisions: Iterable[Decision], what: str) -> set[str]:
    return {getattr(one, what) for one in decisions if one.action == f"add-{what}"}


def _without(entries: dict[str, Entry], names: set[str]) -> dict[str, Entry]:
    return {name: one for name, one in entries.items() if name not in names}


def decision_on(strategy: Strategy, action: Action, name: str) -> Decision | None:
    """The last decision of ``action`` on the target or measure ``name``, if there is one."""
    found = [
        one for one in strategy.decisions
        if one.action == action and name in (one.target, one.measure)
    ]  # fmt: skip
    return found[-1] if found else None


def history(
    strategy: Strategy, *, target: str | None = None, measure: str | None = None
) -> tuple[Decision, ...]:
    """Every decision that concerns one target or one measure, oldest first."""
    return tuple(
        one for one in strategy.decisions
        if (target is not None and one.target == target)
        or (measure is not None and measure in (one.measure, one.to_measure))
    )  # fmt: skip


def _day(until: str | dt.date | None) -> dt.date:
    if until is None:
        return dt.date.max
    return until if isinstance(until, dt.date) else last_day(until)


def last_day(quarter: str) -> dt.date:
    """The last day of ``quarter``."""
    following = shift(quarter, 1)
    return dt.date(int(following[:4]), 3 * int(following[-1]) - 2, 1) - dt.timedelta(days=1)


def _applied(strategy: Strategy, decision: Decision) -> Strategy:
    if decision.action == "change-target":
        return _with_target(strategy, decision)
    changed = {
        "change-measure": _with_commitments,
        "stop-measure": _stopped,
        "move-money": _with_money_moved,
    }.get(decision.action)
    if changed is None:
        return strategy
    return strategy.model_copy(
        update={"measures": {**strategy.measures, **changed(strategy.measures, decision)}}
    )


def _with_target(strategy: Strategy, decision: Decision) -> Strategy:
    new = {key: getattr(decision, key) for key in CHANGES if getattr(decision, key) is not None}
    name = written(decision.target)
    target = strategy.targets[name].model_copy(update=new)
    return strategy.model_copy(update={"targets": {**strategy.targets, name: target}})


def _with_commitments(measures: dict[str, Measure], decision: Decision) -> dict[str, Measure]:
    name = written(decision.measure)
    measure = measures[name]
    new = measure.model_copy(update={"commitments": decision.commitments}).by_quarter
    first = quarter_number(quarter_of(decision.date))
    kept = {
        q: n for q, n in measure.by_quarter.items() if q not in new or quarter_number(q) < first
    }
    changed = {q: n for q, n in new.items() if quarter_number(q) >= first}
    return {name: measure.model_copy(update={"commitments": {**kept, **changed}})}


def _stopped(measures: dict[str, Measure], decision: Decision) -> dict[str, Measure]:
    name, quarter = written(decision.measure), written(decision.quarter)
    measure, stop = measures[name], quarter_number(quarter)
    kept = {q: n for q, n in measure.by_quarter.items() if quarter_number(q) < stop}
    hold = measure.hold and measure.hold.model_copy(update={"last": shift(quarter, -1)})
    return {name: measure.model_copy(update={"commitments": kept, "hold": hold})}


def _with_money_moved(measures: dict[str, Measure], decision: Decision) -> dict[str, Measure]:
    amount, year = written(decision.amount_dkk), written(decision.year)
    source, goal = written(decision.measure), written(decision.to_measure)
    return {
        source: _with_budget(measures[source], year, -amount),
        goal: _with_budget(measures[goal], year, amount),
    }


def _with_budget(measure: Measure, year: int, change: Decimal) -> Measure:
    budget = {**measure.budget, year: measure.budget.get(year, Decimal(0)) + change}
    return measure.model_copy(update={"budget": budget})
