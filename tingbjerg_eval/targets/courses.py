"""Ahead of or behind the straight line from before the effort to the goal, and how surely."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tingbjerg_eval.targets.answers import ROUNDING, margin

if TYPE_CHECKING:
    from tingbjerg_eval.study.strategy import Target
    from tingbjerg_eval.targets.observed import Observed


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
