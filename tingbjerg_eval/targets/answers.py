"""The answers that a verdict is made of, each from its own figures, and the line to the goal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.refusal import MethodRefused

if TYPE_CHECKING:
    from tingbjerg_eval.study.strategy import Target
    from tingbjerg_eval.targets.observed import Observed

Met = Literal["yes", "no", "no data"]
Certain = Literal["yes", "no", "none"]
Effect = Literal["fewer", "more", "cannot be shown", "not asked"]
Course = Literal["", "on course", "not on course", "too early", "no data"]

ROUNDING = 1e-9
"""Figures closer to the goal than this have reached it."""


def neighbours_of(beside: Estimate | MethodRefused | None) -> Effect:
    """Fewer or more next door, where the interval excludes no change; nothing is adjusted."""
    if not isinstance(beside, Estimate):
        return "not asked" if beside is None else "cannot be shown"
    if beside.lower <= beside.null <= beside.upper:
        return "cannot be shown"
    return "fewer" if beside.value < beside.null else "more"


def adjusted_p_values(
    effects: Mapping[str, Estimate | MethodRefused | None], primary: tuple[str, ...]
) -> dict[str, float]:
    """p-values by target: Holm's over the primary targets, the plain ones for the others.

    A target whose effect was refused or not asked for has ``nan`` and counts as no test.
    """
    from tingbjerg_eval.stats.multiplicity import adjust_for_multiplicity

    plain = {name: plain_p_value(one) for name, one in effects.items()}
    family = [name for name in effects if name in primary]
    adjusted = adjust_for_multiplicity([plain[name] for name in family])
    return plain | dict(zip(family, map(float, adjusted), strict=True))


def met_by(target: Target, observed: Observed, *, good: str) -> Met:
    """Whether the observed figure has reached the goal; arithmetic and nothing else."""
    if math.isnan(observed.value):
        return "no data"
    return "yes" if margin(target, observed.value, good=good) <= ROUNDING else "no"


def certain_of(target: Target, observed: Observed, *, good: str) -> Certain:
    """Whether the one-sided interval lies on the same side of the goal as the figure."""
    if math.isnan(observed.value):
        return "none"
    ends = [margin(target, x, good=good) for x in (observed.lower, observed.upper)]
    if any(math.isnan(end) for end in ends):
        return "no"
    met = margin(target, observed.value, good=good) <= ROUNDING
    return "yes" if (max(ends) <= ROUNDING if met else min(ends) > ROUNDING) else "no"


def margin(target: Target, value: float, *, good: str) -> float:
    """How far ``value`` is from the goal; 0 or less has reached it."""
    return target.of_kind.margin(target.limit, value, good=good)


def effect_of(effect: Estimate | MethodRefused | None, p_adjusted: float | None = None) -> Effect:
    """Fewer or more than expected, where the adjusted p-value shows it at the estimate's level."""
    if effect is None:
        return "not asked"
    if isinstance(effect, MethodRefused):
        return "cannot be shown"
    p_value = effect.p_value if p_adjusted is None else p_adjusted
    if not p_value <= 1 - effect.level + ROUNDING or effect.value == effect.null:
        return "cannot be shown"
    return "fewer" if effect.value < effect.null else "more"


def towards_good(effect: str, good: str) -> str:
    """``better``, ``worse``, ``cannot be shown`` or ``not asked``."""
    if effect not in ("fewer", "more"):
        return effect
    return "better" if (effect == "fewer") == (good == "lower") else "worse"


def course_of(target: Target, observed: Observed, *, good: str) -> Course:
    """Whether the figure so far lies on the straight line from the baseline to the goal.

    A goal that is a speed (percent a year) is on course only where the speed so far reaches it:
    on a straight line the slope is the goal's from the first day.
    """
    if observed.reason == "too-early":
        return "too early"
    if math.isnan(observed.value):
        return "no data"
    behind = behind_line(target, observed, observed.value, good=good)
    return "on course" if behind <= ROUNDING else "not on course"


def plain_p_value(effect: Estimate | MethodRefused | None) -> float:
    return effect.p_value if isinstance(effect, Estimate) else math.nan


def smallest_from_interval(estimate: Estimate, *, fall: bool, power: float = 0.8) -> float:
    """The change that an interval of this width would find with ``power``.

    ``(z[(1 + level) / 2] + z[power])`` standard errors (Bloom 1995, Evaluation Review 19:547-556),
    the standard error being half the interval over ``z[(1 + level) / 2]``; on the log scale for
    a rate ratio. A rougher figure than the one fixed from the baseline.
    """
    from statistics import NormalDist

    two_sided, powered = map(NormalDist().inv_cdf, ((1 + estimate.level) / 2, power))
    ratio = estimate.scale == "rate ratio"
    ends = (estimate.lower, estimate.upper)
    low, high = (math.log(end) if end > 0 else -math.inf for end in ends) if ratio else ends
    change = (high - low) / 2 / two_sided * (two_sided + powered) * (-1 if fall else 1)
    return math.exp(change) if ratio else change


def behind_line(target: Target, observed: Observed, value: float, *, good: str) -> float:
    """How far ``value`` is behind where the line is today; 0 or less is ahead.

    Once the goal is reached nothing is behind; a goal of a speed holds from the first day.
    """
    to_goal = margin(target, value, good=good)
    if target.of_kind.per_year or to_goal <= ROUNDING:
        return to_goal
    return to_goal - (1 - observed.progress) * margin(target, observed.start, good=good)


def surely_on_side(target: Target, observed: Observed, *, good: str) -> bool:
    """Whether both limits of the figure lie on the same side of the line as the figure."""
    value, lower, upper = (
        behind_line(target, observed, one, good=good)
        for one in (observed.value, observed.lower, observed.upper)
    )
    if any(map(math.isnan, (value, lower, upper))):
        return False
    return (value <= ROUNDING) == (lower <= ROUNDING) == (upper <= ROUNDING)
