"""What was to be expected without the effort, told on the scale of the area's own change."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tingbjerg_eval.targets.verdicts import Verdict

RATIO = "rate ratio"


@dataclass(frozen=True, kw_only=True)
class Change:
    """An area's change since before the effort: per cent for counts, points for shares.

    Attributes
    ----------
    value
        The observed change; ``nan`` where it is not known or not shown.
    expected, lower, upper
        The change that the comparison areas gave reason to expect, and the limits of what could
        be expected; ``nan`` where no effect was estimated.
    """

    value: float
    expected: float
    lower: float
    upper: float


def change_of(verdict: Verdict, *, counts: bool) -> Change:
    """The change of a verdict's area and what was to be expected without the effort.

    The effect is the observed change set against the expected one, so the expected change is the
    observed one with the effect taken out: divided for rates, subtracted for shares. A large
    effect is a small expectation, so the limits change places.
    """
    before, after = verdict.baseline, verdict.latest
    if counts:
        observed = after / before if before else math.nan
        value, *rest = (
            _percent(observed / effect) if effect > 0 else math.nan
            for effect in (1.0, verdict.effect_value, verdict.effect_upper, verdict.effect_lower)
        )
    else:
        observed = after - before
        value, *rest = (
            observed - effect
            for effect in (0.0, verdict.effect_value, verdict.effect_upper, verdict.effect_lower)
        )
    expected, lower, upper = rest if _is_of(verdict, counts) else (math.nan,) * 3
    return Change(value=value, expected=expected, lower=lower, upper=upper)


def _is_of(verdict: Verdict, counts: bool) -> bool:
    return (verdict.effect_scale == RATIO) == counts


def _percent(ratio: float) -> float:
    return 100.0 * (ratio - 1.0)
