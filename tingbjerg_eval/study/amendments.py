"""The strategy as the steering group's decisions have made it, on any day of the effort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from tingbjerg_eval.inputs.quarters import last_day, quarter_number, quarter_of, shift
from tingbjerg_eval.study.decisions import CHANGES, Action, Decision, Entry, written
from tingbjerg_eval.study.strategy import Measure, Strategy, Target


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


def _day(until: str | dt.date | None) -> dt.date:
    if until is None:
        return dt.date.max
    return until if isinstance(until, dt.date) else last_day(until)


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
    first = quarter_number(quarter_of(decision.date, like=next(iter(new), "")))
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
