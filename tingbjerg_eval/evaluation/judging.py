"""A study's targets: their figures asked for, and judged."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd

from tingbjerg_eval.evaluation.readings import Readings
from tingbjerg_eval.evaluation.results import Answer, Figures, TargetResult
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.displacement import displacement, pooled_displacement
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.periods import compare_periods
from tingbjerg_eval.stats.pooled_change import PooledChange, pooled_change
from tingbjerg_eval.stats.power import MinimumDetectableChange, minimum_detectable_change
from tingbjerg_eval.stats.programme import PooledEffects, pooled_difference_in_differences
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.amendments import decision_on
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.strategy import Target
from tingbjerg_eval.targets.answers import adjusted_p_values
from tingbjerg_eval.targets.deliveries import observe_delivery
from tingbjerg_eval.targets.measurability import Measurability, measurability
from tingbjerg_eval.targets.observed import Observed, observe, target_design
from tingbjerg_eval.targets.verdicts import Verdict, judge


def evaluated(study: Readings) -> tuple[TargetResult, ...]:
    """Every target judged, once for each view of the study."""
    return study.once(_evaluate)


def _evaluate(study: Readings) -> tuple[TargetResult, ...]:
    found = {name: _figures(study, target) for name, target in study.strategy.targets.items()}
    effects = {name: one.effect for name, one in found.items()}
    adjusted = adjusted_p_values(effects, study.strategy.primary_targets)
    return tuple(
        TargetResult(name=name, target=study.strategy.targets[name], **vars(one),
                     verdict=verdict_of(study, name, one, adjusted[name]))
        for name, one in found.items()
    )  # fmt: skip


def _figures(study: Readings, target: Target) -> Figures:
    if target.indicator is None:
        return Figures(observed=_delivered(study, target))
    if study.settings.areas.programme:
        return programme_figures(study, target)
    data, design = study.data(target.indicator)
    survey = study.settings.data.survey
    known: dict[str, Any] = {
        "until": study.released.moment(target) if study.released else study.until,
        "start": study.settings.periods.period[0],
        "fielded": survey.fielded if survey else {},
    }
    good = study.indicator(target.indicator).good
    seen = study.memo.ask(observe, target, data, design, good=good, level=study.level, **known)
    waves = None if design.in_quarters else tuple(sorted(map(int, data["wave"].unique())))
    measured = target_design(target, design, waves=waves, **known)
    refused = study.released.refusal(target, measured or design) if study.released else None
    if refused is not None and measured is not None:
        return _refused(study, target, refused, data, measured)
    effect = measured and not study.provisional and not _follows_activity(study, target)
    windows = measured or design
    asked_of = windows.rows(data)
    beside = effect and design.in_quarters and bool(design.adjacent)
    return Figures(
        observed=cast(Observed, seen),
        data=data,
        design=measured,
        change=study.ask(compare_periods, asked_of, measured) if measured else None,
        effect=study.ask(difference_in_differences, asked_of, measured) if effect else None,
        smallest=smallest_change(study, target, asked_of, windows),
        beside=_beside(study, target, asked_of, windows) if beside else None,
    )


def _refused(
    study: Readings, target: Target, refused: MethodRefused, data: pd.DataFrame, design: Design
) -> Figures:
    """Nothing is told of the target; what could have been shown is known beforehand."""
    effect = not study.provisional and not _follows_activity(study, target)
    return Figures(
        observed=Observed(reason=refused.code),
        data=data,
        design=design,
        change=refused,
        effect=refused if effect else None,
        smallest=smallest_change(study, target, design.rows(data), design),
    )


def _beside(study: Readings, target: Target, data: pd.DataFrame, design: Design) -> Answer:
    """What happened next door, where it may be told."""
    withheld = study.released and study.released.withheld(
        str(target.indicator), design, areas=design.adjacent
    )
    return withheld or study.ask(displacement, data, design)


def _delivered(study: Readings, target: Target) -> Observed:
    activities = study.tables.activities
    if activities is None:
        return Observed(reason="delivery-missing")
    seen = study.memo.ask(observe_delivery, target, study.written, activities, until=study.until)
    return cast(Observed, seen)


def _follows_activity(study: Readings, target: Target) -> bool:
    indicator = study.indicator(target.indicator) if target.indicator else None
    return bool(getattr(indicator, "activity", False))


def verdict_of(study: Readings, name: str, found: Figures, p_adjusted: float) -> Verdict:
    """The verdict on a target of which these figures are found."""
    target = study.strategy.targets[name]
    good = study.indicator(target.indicator).good if target.indicator else "higher"
    return judge(
        name,
        target,
        found.observed,
        good=good,
        effect=found.effect,
        p_adjusted=p_adjusted,
        smallest=found.smallest,
        beside=found.beside,
        provisional=study.provisional,
        retired=decision_on(study.strategy, "retire-target", name) is not None,
    )


def measurable(study: Readings, target: str) -> Measurability:
    """Whether the goal of ``target`` is large enough to be seen, from the baseline alone."""
    return measurability(
        target,
        study.strategy.targets[target],
        study.settings,
        {name: study.panel(name) for name in study.settings.indicators_of("count")},
        {name: study.shares(name) for name in study.settings.indicators_of("share")},
        primary=max(primary_tests(study), 1),
    )


def primary_tests(study: Readings) -> int:
    """Primary targets whose effect is asked: the tests over which Holm shares the level."""
    primary = [study.strategy.targets[name] for name in study.strategy.primary_targets]
    return sum(one.indicator is not None and not _follows_activity(study, one) for one in primary)


def smallest_change(
    study: Readings, target: Target, data: pd.DataFrame, design: Design
) -> MinimumDetectableChange | MethodRefused:
    """The smallest change of ``target`` that the procedure that decides would find."""
    primary = max(primary_tests(study), 1) if target.primary else 1
    smallest = study.ask(minimum_detectable_change, data, design, primary=primary)
    return cast(MinimumDetectableChange | MethodRefused, smallest)


def pooled_effects(study: Readings, indicator: str) -> PooledEffects | MethodRefused:
    """The programme's effect on an indicator, or why nothing is told of it."""
    withheld = study.released.programme_withheld(indicator) if study.released else None
    if withheld is not None:
        return withheld
    panel = study.panel(indicator)
    found = study.ask(pooled_difference_in_differences, panel, study.programme)
    return cast("PooledEffects | MethodRefused", found)


def programme_figures(study: Readings, target: Target) -> Figures:
    """What a target's verdict is made of, every area read off its own whole years."""
    pooled = pooled_effects(study, str(target.indicator))
    panel = study.panel(str(target.indicator))
    if isinstance(pooled, MethodRefused):
        change: PooledChange | MethodRefused = pooled
        effect: Estimate | MethodRefused = pooled
    else:
        change, effect = study.ask(pooled_change, panel, study.programme), pooled.effect
    return Figures(
        observed=_observed(change),
        data=panel,
        change=change if isinstance(change, MethodRefused) else None,
        effect=effect,
        beside=_next_door(study, str(target.indicator)),
    )


def _next_door(study: Readings, indicator: str) -> Answer:
    """What happened in the adjacent areas, where any are named and it may be told."""
    programme = study.programme
    if not programme.next_door:
        return None
    withheld = study.released.next_door_withheld(indicator) if study.released else None
    return withheld or study.ask(pooled_displacement, study.panel(indicator), programme)


def _observed(change: PooledChange | MethodRefused) -> Observed:
    """Per cent, with one-sided limits."""
    if isinstance(change, MethodRefused):
        return Observed(reason=change.code)
    value, lower, upper = (100 * (end - 1) for end in (change.value, change.lower, change.upper))
    return Observed(
        value=value, lower=lower, upper=upper, baseline=change.before, latest=change.after
    )
