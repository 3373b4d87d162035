"""What a goal may be: its sign, its range, and that it is no fraction."""

from __future__ import annotations

from dataclasses import dataclass

BrokenGoal = tuple[str, str]
"""The code of the broken rule and what was wanted instead."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A goal with what it is a goal for."""

    value: float
    indicator: str
    good: str


def not_negative(goal: Goal) -> BrokenGoal | None:
    """A worsening of 0 or more."""
    return ("goal-sign", "0 or more") if goal.value < 0 else _fraction(goal.value, 0.5, "percent")


def a_level(goal: Goal) -> BrokenGoal | None:
    """A level of 0 or more; a share cannot lie over 100."""
    if goal.value < 0:
        return "goal-sign", "0 or more"
    if goal.indicator != "share":
        return None
    if goal.value > 100:
        return "goal-range", "a percentage from 0 to 100"
    return _fraction(goal.value, 1, "percent")


def towards_good(goal: Goal) -> BrokenGoal | None:
    """A change with the sign of what is good; nothing falls by 100 or more."""
    sign = -1 if goal.good == "lower" else 1
    if goal.value * sign <= 0:
        word = "negative" if sign < 0 else "positive"
        return "goal-sign", f"a {word} goal, since {goal.good} is better"
    if goal.value <= -100:
        return "goal-range", "a fall of less than 100"
    return None


def in_percent(goal: Goal) -> BrokenGoal | None:
    """A change in percent: 20 and not 0.20."""
    return towards_good(goal) or _fraction(goal.value, 1, "percent")


def in_points(goal: Goal) -> BrokenGoal | None:
    """A change in percentage points."""
    return towards_good(goal) or _fraction(goal.value, 0.5, "percentage points")


def a_year(goal: Goal) -> BrokenGoal | None:
    """A change a year: percent for counts, points for shares."""
    least, unit = (0.5, "percent a year") if goal.indicator == "count" else (0.1, "points a year")
    return towards_good(goal) or _fraction(goal.value, least, unit)


def a_shrinking(goal: Goal) -> BrokenGoal | None:
    """A distance shrinks, by up to all of it."""
    if not -100 <= goal.value < 0:
        return "goal-sign", "from -100 to under 0: the distance shrinks"
    return _fraction(goal.value, 1, "percent")


def a_percentage(goal: Goal) -> BrokenGoal | None:
    """A percentage of what was promised; 1 is taken for all of it, written as a fraction."""
    if not 0 < goal.value <= 100:
        return "goal-range", "a percentage over 0 and up to 100"
    return _fraction(goal.value, 1.5, "percent")


def _fraction(goal: float, least: float, unit: str) -> BrokenGoal | None:
    """A goal so small that it was meant as a fraction: 0.30 for 30."""
    if 0 < abs(goal) < least:
        return "goal-fraction", f"{unit}; did you mean {100 * goal:g}?"
    return None
