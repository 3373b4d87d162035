"""Rules of one target: what it is measured by, whether its goal fits its kind, its deadline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tingbjerg_eval.inputs.names import meant
from tingbjerg_eval.inputs.quarters import called
from tingbjerg_eval.inputs.strict_yaml import Path_
from tingbjerg_eval.inputs.validation import Broken
from tingbjerg_eval.study.goals import Goal
from tingbjerg_eval.study.kinds import KINDS
from tingbjerg_eval.study.rules.programme import programme_target_rules, rise_rules
from tingbjerg_eval.study.settings import Indicator, StudySettings
from tingbjerg_eval.study.strategy import Strategy, Target

COMPARISON = "comparison"
"""The reference that means the comparison areas' mean."""


def target_rules(
    name: str, target: Target, strategy: Strategy, settings: StudySettings
) -> Iterator[Broken]:
    """Every broken rule of one target."""
    path = ("targets", name)
    yield from programme_target_rules(path, target, settings)
    yield from rise_rules(path, target, settings)
    if target.of_kind.by_measure:
        yield from _delivered_rules(path, target, strategy, settings)
        return
    yield from _indicator_rules(path, target, settings)
    indicator = settings.indicators.get(target.indicator or "")
    if indicator is not None:
        yield from _kind_rules(path, target, indicator)
        yield from goal_rules((*path, "goal"), target, indicator)
        yield from deadline_rules((*path, "by"), target.by, indicator, settings)
    yield from _reference_rules(path, target, settings)


def _delivered_rules(
    path: Path_, target: Target, strategy: Strategy, settings: StudySettings
) -> Iterator[Broken]:
    if target.measure not in strategy.measures:
        yield Broken(
            "unknown-measure", (*path, "measure"), **_named(target.measure, strategy.measures)
        )
    if target.indicator is not None:
        yield Broken("indicator-not-wanted", (*path, "indicator"), indicator=repr(target.indicator))
    if target.primary:
        yield Broken("primary-delivery", (*path, "primary"))
    yield from _goal_rule((*path, "goal"), target, "", "higher")
    yield from _quarter_rules((*path, "by"), target.by, settings)


def _indicator_rules(path: Path_, target: Target, settings: StudySettings) -> Iterator[Broken]:
    if target.indicator not in settings.indicators:
        yield Broken(
            "unknown-indicator",
            (*path, "indicator"),
            known=", ".join(settings.indicators),
            **_named(target.indicator, settings.indicators),
        )
    elif getattr(settings.indicators[target.indicator], "activity", False):
        yield Broken("activity-indicator", (*path, "indicator"), indicator=repr(target.indicator))
    if target.measure is not None:
        yield Broken("measure-not-wanted", (*path, "measure"), measure=repr(target.measure))


def _kind_rules(path: Path_, target: Target, indicator: Indicator) -> Iterator[Broken]:
    kind = target.of_kind
    if indicator.kind not in kind.of:
        (fits,) = kind.of
        yield Broken(
            "kind-does-not-fit",
            (*path, "kind"),
            kind=target.kind,
            of=indicator.kind,
            fits=fits,
            mend=f"Write {kind.instead}." if kind.instead else "Choose another kind.",
        )
    if indicator.kind == "share" and target.over == "last_year":
        yield Broken("over-not-wanted", (*path, "over"))


def goal_rules(path: Path_, target: Target, indicator: Indicator) -> Iterator[Broken]:
    """A goal is there, has the sign of what is good, and can be reached."""
    if target.goal is None and target.of_kind.default is None:
        yield Broken("goal-missing", path)
        return
    yield from _goal_rule(path, target, indicator.kind, indicator.good)


def _goal_rule(path: Path_, target: Target, indicator: str, good: str) -> Iterator[Broken]:
    goal = Goal(value=target.limit, indicator=indicator, good=good)
    broken = target.of_kind.goal_rule(goal)
    if broken is not None:
        yield _goal(path, broken[0], target, broken[1])


def _goal(path: Path_, code: str, target: Target, wanted: str) -> Broken:
    return Broken(code, path, goal=f"{target.limit:g}", kind=target.kind, range=wanted)


def deadline_rules(
    path: Path_, by: str | int | None, indicator: Indicator, settings: StudySettings
) -> Iterator[Broken]:
    """A deadline is a quarter of the period, or a wave after the survey's baseline."""
    if indicator.kind == "count":
        yield from _quarter_rules(path, by, settings)
    elif settings.periods.survey_baseline and settings.periods.survey_period:
        before, last = settings.periods.survey_baseline[1], settings.periods.survey_period[1]
        if not isinstance(by, int) or not before < by <= last:
            yield Broken(
                "deadline-outside-period",
                path,
                by=_shown(by),
                what="a survey wave",
                first=before + 1,
                last=last,
            )


def _quarter_rules(path: Path_, by: str | int | None, settings: StudySettings) -> Iterator[Broken]:
    if by not in settings.period_quarters:
        first, last = settings.periods.period
        yield Broken(
            "deadline-outside-period", path, by=_shown(by), what=f"a {called(first)}",
            first=first, last=last,
        )  # fmt: skip


def _shown(by: str | int | None) -> str:
    return "nothing" if by is None else str(by)


def _reference_rules(path: Path_, target: Target, settings: StudySettings) -> Iterator[Broken]:
    known = (
        COMPARISON,
        *(one for one in settings.areas.all if one not in settings.areas.with_effort),
    )
    wanted = target.of_kind.needs_reference
    if wanted and target.reference not in known:
        yield Broken("unknown-reference", (*path, "reference"), **_named(target.reference, known))
    if not wanted and target.reference is not None:
        yield Broken(
            "reference-not-wanted",
            (*path, "reference"),
            name=repr(target.reference),
            kinds=_with_reference(),
        )


def _named(name: str | None, known: Iterable[str]) -> dict[str, str]:
    return {"name": repr(name) if name else "nothing", "near": meant(name or "", known)}


def _with_reference() -> str:
    return " or ".join(f"kind: {name}" for name, kind in KINDS.items() if kind.needs_reference)
