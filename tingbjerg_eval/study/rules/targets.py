"""Rules of one target: what it is measured by, whether its goal fits its kind, its deadline."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

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
        near = get_close_matches(target.measure or "", strategy.measures, n=1)
        yield Broken(
            code="unknown-measure", path=(*path, "measure"),
            found=repr(target.measure) if target.measure else "nothing",
            wanted=f"a measure of this strategy, for a target of kind {target.kind}",
            mend=f"Did you mean {near[0]!r}?" if near else "Add measure: with its key.",
        )  # fmt: skip
    if target.indicator is not None:
        yield Broken(
            code="indicator-not-wanted", path=(*path, "indicator"), found=repr(target.indicator),
            wanted="a measure only", mend="Remove the indicator, or choose another kind.",
        )  # fmt: skip
    if target.primary:
        yield Broken(
            code="primary-delivery", path=(*path, "primary"), found="a delivery as primary target",
            wanted="targets on an indicator: an effect is asked of them",
            mend="Remove primary: true.",
        )  # fmt: skip
    yield from _goal_rule((*path, "goal"), target, "", "higher")
    yield from _quarter_rules((*path, "by"), target.by, settings)


def _indicator_rules(path: Path_, target: Target, settings: StudySettings) -> Iterator[Broken]:
    if target.indicator not in settings.indicators:
        near = get_close_matches(target.indicator or "", settings.indicators, n=1)
        yield Broken(
            code="unknown-indicator", path=(*path, "indicator"),
            found=repr(target.indicator) if target.indicator else "nothing",
            wanted="one of " + ", ".join(settings.indicators),
            mend=f"Did you mean {near[0]!r}?" if near else "Add it to the study's indicators.",
        )  # fmt: skip
    elif getattr(settings.indicators[target.indicator], "activity", False):
        yield Broken(
            code="activity-indicator", path=(*path, "indicator"), found=repr(target.indicator),
            wanted="an indicator that does not rise with the police's own activity",
            mend="Use a survey question or a delivery instead.",
        )  # fmt: skip
    if target.measure is not None:
        yield Broken(
            code="measure-not-wanted", path=(*path, "measure"), found=repr(target.measure),
            wanted="an indicator only", mend="Remove the measure, or write a kind for deliveries.",
        )  # fmt: skip


def _kind_rules(path: Path_, target: Target, indicator: Indicator) -> Iterator[Broken]:
    kind = target.of_kind
    if indicator.kind not in kind.of:
        (fits,) = kind.of
        yield Broken(
            code="kind-does-not-fit", path=(*path, "kind"),
            found=f"{target.kind} of a {indicator.kind}", wanted=f"{target.kind} of a {fits}",
            mend=f"Write {kind.instead}." if kind.instead else "Choose another kind.",
        )  # fmt: skip
    if indicator.kind == "share" and target.over == "last_year":
        yield Broken(
            code="over-not-wanted", path=(*path, "over"), found="last_year for a survey share",
            wanted="nothing: a wave is measured once", mend="Remove the line.",
        )  # fmt: skip


def goal_rules(path: Path_, target: Target, indicator: Indicator) -> Iterator[Broken]:
    """A goal is there, has the sign of what is good, and can be reached."""
    if target.goal is None and target.of_kind.default is None:
        yield Broken(code="goal-missing", path=path, found="nothing", wanted="a number",
                     mend="Add goal:.")  # fmt: skip
        return
    yield from _goal_rule(path, target, indicator.kind, indicator.good)


def _goal_rule(path: Path_, target: Target, indicator: str, good: str) -> Iterator[Broken]:
    goal = Goal(value=target.limit, indicator=indicator, good=good)
    broken = target.of_kind.goal_rule(goal)
    if broken is not None:
        yield _goal(path, broken[0], target, broken[1])


def _goal(path: Path_, code: str, target: Target, wanted: str) -> Broken:
    return Broken(code=code, path=path, found=f"{target.limit:g} for {target.kind}", wanted=wanted,
                  mend="Correct the goal, or choose another kind.")  # fmt: skip


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
                code="deadline-outside-period", path=path, found=_shown(by),
                wanted=f"a survey wave from {before + 1} to {last}", mend="Correct the deadline.",
            )  # fmt: skip


def _quarter_rules(path: Path_, by: str | int | None, settings: StudySettings) -> Iterator[Broken]:
    if by not in settings.period_quarters:
        first, last = settings.periods.period
        yield Broken(
            code="deadline-outside-period", path=path, found=_shown(by),
            wanted=f"a quarter from {first} to {last}", mend="Correct the deadline.",
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
        near = get_close_matches(target.reference or "", known, n=1)
        yield Broken(
            code="unknown-reference", path=(*path, "reference"), found=repr(target.reference),
            wanted=f"an area of the study, or {COMPARISON}",
            mend=f"Did you mean {near[0]!r}?" if near else f"Write reference: {COMPARISON}.",
        )  # fmt: skip
    if not wanted and target.reference is not None:
        yield Broken(
            code="reference-not-wanted", path=(*path, "reference"), found=repr(target.reference),
            wanted=f"a reference only with {_with_reference()}", mend="Remove the line.",
        )  # fmt: skip


def _with_reference() -> str:
    return " or ".join(f"kind: {name}" for name, kind in KINDS.items() if kind.needs_reference)
