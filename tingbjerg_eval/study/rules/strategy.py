"""Rules between the values of a strategy, and between the strategy and its study."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from difflib import get_close_matches

from tingbjerg_eval.inputs.strict_yaml import Path_
from tingbjerg_eval.inputs.validation import Broken
from tingbjerg_eval.study.rules.decisions import decision_rules
from tingbjerg_eval.study.rules.measures import measure_rules, unknown
from tingbjerg_eval.study.rules.targets import target_rules
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.strategy import Strategy

NAME = re.compile(r"[^\W_][\w-]{0,59}")
FIELD = re.compile(r"\{([^{}]*)\}")
"""A field of the recommendation, which the report fills in."""
OF_TARGET = ("name", "before", "after", "change", "effect", "lower", "upper", "goal")
OF_STUDY = ("money.spent", "money.left", "money.frame", "targets.met", "targets.main")


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
                yield Broken("name-unusable", (section, name), name=repr(name[:60]))


def _priority_rules(strategy: Strategy) -> Iterator[Broken]:
    seen: dict[int, str] = {}
    for name, area in strategy.action_areas.items():
        if area.priority in seen:
            yield Broken(
                "priority-twice",
                ("action_areas", name, "priority"),
                priority=area.priority,
                other=repr(seen[area.priority]),
            )
        seen.setdefault(area.priority, name)


def _reference_rules(strategy: Strategy) -> Iterator[Broken]:
    for section, entries in (("targets", strategy.targets), ("measures", strategy.measures)):
        for name, entry in entries.items():
            path = (section, name)
            yield from unknown(
                "unknown-action-area",
                (*path, "action_area"),
                entry.action_area,
                strategy.action_areas,
            )
            yield from _responsible_rules(path, entry.responsible, strategy)
    for name, measure in strategy.measures.items():
        listed = ("measures", name, "contributing")
        for number, party in enumerate(measure.contributing):
            yield from unknown("unknown-party", (*listed, number), party, strategy.parties)
            if party == measure.responsible:
                yield Broken("party-twice", (*listed, number), party=repr(party))


def _responsible_rules(path: Path_, party: str | None, strategy: Strategy) -> Iterator[Broken]:
    if party is None:
        yield Broken("no-responsible", (*path, "responsible"))
    else:
        yield from unknown("unknown-party", (*path, "responsible"), party, strategy.parties)


def _primary_rule(strategy: Strategy) -> Iterator[Broken]:
    if not strategy.primary_targets:
        yield Broken("no-primary-target", ("targets",))


def _budget_rules(strategy: Strategy) -> Iterator[Broken]:
    for year, frame in strategy.budget.items():
        if frame < 0:
            yield Broken("negative-amount", ("budget", str(year)), number=frame)
    yield from _frames_missing(strategy)
    for year, frame in strategy.budget.items():
        spent = sum((one.budget.get(year, Decimal(0)) for one in strategy.measures.values()),
                    Decimal(0))  # fmt: skip
        if spent > frame >= 0:
            yield Broken("over-frame", ("budget", str(year)), spent=spent, frame=frame)


def _frames_missing(strategy: Strategy) -> Iterator[Broken]:
    for name, measure in strategy.measures.items():
        for year in measure.budget:
            if year not in strategy.budget:
                yield Broken(
                    "year-without-frame", ("measures", name, "budget", str(year)), year=year
                )


def known_fields(strategy: Strategy) -> list[str]:
    """Every field that a recommendation may hold."""
    return [*OF_STUDY, *(f"{name}.{part}" for name in strategy.targets for part in OF_TARGET)]


def recommendation_rules(strategy: Strategy) -> Iterator[Broken]:
    """Every field names something that the report knows, so that no number need be typed."""
    known = known_fields(strategy)
    for number, sentence in enumerate(strategy.recommendation):
        for field in FIELD.findall(sentence):
            if field not in known:
                near = get_close_matches(field, known, n=1) or known[:1]
                yield Broken(
                    "unknown-field",
                    ("recommendation", number),
                    field=f"{{{field}}}",
                    of_target=", ".join(OF_TARGET),
                    of_study=", ".join(OF_STUDY),
                    near=f"{{{near[0]}}}",
                )
