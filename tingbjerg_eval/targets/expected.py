"""What was to be expected without the effort, told on the scale of the area's own change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pandas as pd

from tingbjerg_eval.study.rules.targets import COMPARISON
from tingbjerg_eval.targets.measurement import Measurement
from tingbjerg_eval.targets.verdicts import Verdict

if TYPE_CHECKING:
    from tingbjerg_eval.study.design import Design
    from tingbjerg_eval.study.strategy import Target

RATIO = "rate ratio"


@dataclass(frozen=True, kw_only=True)
class Change:
    """An area's change since before the effort: per cent for counts, points for shares.

    Attributes
    ----------
    value
        The observed change; ``nan`` where it is not known or not shown. Of shares it is the
        difference of the two shares as they are printed, in tenths, so that a reader who
        subtracts one from the other finds it.
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
            100.0 * (observed / effect - 1.0) if effect > 0 else math.nan
            for effect in (1.0, verdict.effect_value, verdict.effect_upper, verdict.effect_lower)
        )
    else:
        value = difference_of(before, after)
        rest = [
            after - before - effect
            for effect in (verdict.effect_value, verdict.effect_upper, verdict.effect_lower)
        ]
    told = (verdict.effect_scale == RATIO) == counts
    expected, lower, upper = rest if told else (math.nan,) * 3
    return Change(value=value, expected=expected, lower=lower, upper=upper)


def difference_of(before: float, after: float) -> float:
    """How far two shares are apart as they are printed, in tenths of a point.

    >>> difference_of(20.43, 20.57)
    0.2
    """
    if not (math.isfinite(before) and math.isfinite(after)):
        return math.nan
    first, last = (
        Decimal(repr(float(share))).quantize(Decimal("0.1"), ROUND_HALF_UP)
        for share in (before, after)
    )
    return float(last - first)


def gap_of(target: Target, data: pd.DataFrame, design: Design) -> tuple[float, float]:
    """The treated area's distance to its reference before and after, above it being positive."""
    measured = Measurement(target, data, design, "lower", 0.05)
    areas = design.comparison if target.reference == COMPARISON else (target.reference or "",)
    before, after = (
        measured.at(design.treated, window).value
        - sum(measured.at(area, window).value for area in areas) / len(areas)
        for window in (design.baseline, design.period)
    )
    return before, after
