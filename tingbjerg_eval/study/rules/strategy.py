"""Rules between the values of a strategy, and between the strategy and its study."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from tingbjerg_eval.inputs.strict_yaml import Path_
from tingbjerg_eval.inputs.validation import Broken
from tingbjerg_eval.study.rules.decisions import decision_rules
from tingbjerg_eval.study.rules.measures import measure_rules, unknown
from tingbjerg_eval.study.rules.recommendation import recommendation_rules
from tingbjerg_eval.study.rules.targets import target_rules
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.strategy import Strategy

NAME = re.compile(r"[^\W_][\w-]{0,59}")


def broken_rules(strategy: Strategy, settings: StudySettings) -> Iterator[Broken]:
    """Every broken rule of the strategy, section by section."""
    yield from _name_rules(strategy)
    yield from _priority_rules(strategy)
    yield from _reference_rules(strategy)
    for name, target in strategy.targets.items():
        yield from target_rules(name, target, strategy, settings)
    yield from _primary_rule(strategy)
    for name, measure in strategy.measures.items():
        yield from measure_rules(name, measure, settings)
    yield from _budget_rules(strategy)
    yield from decision_rules(strategy, settings)
    yield from recommendation_rules(strategy)


def _name_rules(strategy: Strategy) -> Iterator[Broken]:
    """Short names become parts of tables' and files' names."""
    for section in ("parties", "action_areas", "targets"):
        for name in getattr(strategy, section):
            if not NAME.fullmatch(name):
                yield Broken(
                    code="name-unusable", path=(section, name), found=repr(name[:60]),
                    wanted="a short name of up to 60 letters, digits, hyphens and underscores",
                    mend="Write a short name here, and the whole one as title.",
                )  # fmt: skip


def _priority_rules(strategy: Strategy) -> Iterator[Broken]:
    seen: dict[int, str] = {}
    for name, area in strategy.action_areas.items():
        if area.priority in seen:
            yield Broken(
                code="priority-twice", path=("action_areas", name, "priority"),
                found=f"{area.priority}, as in {seen[area.priority]!r}",
                wanted="one priority for each action area", mend="Put them in order.",
            )  # fmt: skip
        seen.setdefault(area.priority, name)


def _reference_rules(strategy: Strategy) -> Iterator[Broken]:
    for section, entries in (("targets", strategy.targets), ("measures", strategy.measures)):
        for name, entry in entries.items():
            path = (section, name)
            yield from unknown("unknown-action-area", (*path, "action_area"), entry.action_area,
                               strategy.action_areas, "action area")  # fmt: skip
            yield from _responsible_rules(path, entry.responsible, strategy)
    for name, measure in strategy.measures.items():
        listed = ("measures", name, "contributing")
        for number, party in enumerate(measure.contributing):
            yield from unknown("unknown-party", (*listed, number), party, strategy.parties, "party")
            if party == measure.responsible:
                yield Broken(
                    code="party-twice", path=(*listed, number),
                    found=f"{party!r} as responsible and contributing",
                    wanted="each party once", mend="Remove it from contributing.",
                )  # fmt: skip


def _responsible_rules(path: Path_, party: str | None, strategy: Strategy) -> Iterator[Broken]:
    if party is None:
        yield Broken(
            code="no-responsible", path=(*path, "responsible"), found="nobody",
            wanted="exactly one responsible party",
            mend="Add responsible: with one name from parties.",
        )  # fmt: skip
    else:
        yield from unknown("unknown-party", (*path, "responsible"), party, strategy.parties,
                           "party")  # fmt: skip


def _primary_rule(strategy: Strategy) -> Iterator[Broken]:
    if not strategy.primary_targets:
        yield Broken(
            code="no-primary-target", path=("targets",), found="no primary target",
            wanted="at least one target that the main conclusion stands on",
            mend="Write primary: true on it before the plan is locked.",
        )  # fmt: skip


def _budget_rules(strategy: Strategy) -> Iterator[Broken]:
    for year, frame in strategy.budget.items():
        if frame < 0:
            yield Broken(code="negative-amount", path=("budget", str(year)), found=str(frame),
                         wanted="0 or more", mend="Correct it.")  # fmt: skip
    yield from _frames_missing(strategy)
    for year, frame in strategy.budget.items():
        spent = sum((one.budget.get(year, Decimal(0)) for one in strategy.measures.values()),
                    Decimal(0))  # fmt: skip
        if spent > frame >= 0:
            yield Broken(
                code="over-frame", path=("budget", str(year)),
                found=f"measures for {spent} kr.", wanted=f"at most the frame, {frame} kr.",
                mend="Lower a measure's budget, or raise the frame.",
            )  # fmt: skip


def _frames_missing(strategy: Strategy) -> Iterator[Broken]:
    for name, measure in strategy.measures.items():
        for year in measure.budget:
            if year not in strategy.budget:
                yield Broken(
                    code="year-without-frame", path=("measures", name, "budget", str(year)),
                    found=f"money in {year}", wanted="a year with a frame",
                    mend=f"Add {year} to budget, or move the money.",
                )  # fmt: skip
