"""What is found of an effort in several areas: the targets' figures, and the areas' effects."""

from __future__ import annotations

from typing import cast

from tingbjerg_eval.evaluation.readings import Readings
from tingbjerg_eval.evaluation.results import Answer, Figures
from tingbjerg_eval.stats.displacement import pooled_displacement
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.pooled_change import PooledChange, pooled_change
from tingbjerg_eval.stats.programme import PooledEffects, pooled_difference_in_differences
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.strategy import Target
from tingbjerg_eval.targets.observed import Observed


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
    return {
        "observed": _observed(change),
        "data": panel,
        "design": None,
        "change": change if isinstance(change, MethodRefused) else None,
        "effect": effect,
        "smallest": None,
        "beside": _next_door(study, str(target.indicator)),
    }


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
