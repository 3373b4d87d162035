"""The kinds of target, one record each: everything that differs between them stands here.

A new kind is a new record in :data:`KINDS`. Whoever reads a strategy, measures a target, judges
it or words it asks the record and never compares the kind's name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tingbjerg_eval.study.goals import (
    BrokenGoal,
    Goal,
    a_level,
    a_percentage,
    a_shrinking,
    a_year,
    in_percent,
    in_points,
    not_negative,
)

Form = Literal["number", "percent", "fewer", "smaller", "lower"]
Figure = dict[str, float]
"""``value`` with its one-sided limits ``lower`` and ``upper``, and ``start`` where it is not 0."""


class Measured(Protocol):
    """What a target is measured by; :class:`tingbjerg_eval.targets.observed.Measurement`."""

    def level(self) -> Figure:
        """The level of the window."""

    def change(self) -> Figure:
        """The change from the baseline: percent for counts, points for shares."""

    def slope(self) -> Figure:
        """The change a year."""

    def distance(self) -> Figure:
        """The change of the distance to the reference, percent."""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a goal is set from: the baseline's levels, and the years that its figure reads.

    ``years`` are the middles of the years (or the waves) that a slope goes through, the
    baseline's last one first.
    """

    goal: float
    counts: bool
    good: str
    before: float
    reference: float
    years: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of target.

    Attributes
    ----------
    of
        Kinds of indicator that it fits; empty where it is measured by a measure's deliveries.
    instead
        The kind to write for the other kind of indicator.
    goal_rule
        What is wrong with a goal, or ``None``.
    default
        The goal where none is written; ``None`` where one must be.
    reads
        Which part of the period is measured, where the target does not say.
    needs_reference
        Whether it is held against another area.
    direction
        ``good``: as the indicator's; otherwise always ``lower`` or ``higher``.
    tolerates
        Whether the goal is a worsening that is tolerated, so that its sign follows ``direction``.
    per_year
        Whether the goal is a speed: it holds from the first day, not only at the deadline.
    asks_change
        Whether a change must be shown for it; otherwise the question is what worsening could be.
    observe
        The figure that is held against the goal.
    wanted
        The change of the indicator that reaches the goal: a rate ratio, or percentage points.
    moves
        The goal as a change from the level before (percent for counts, points for shares), from
        what ``axis`` is; ``None`` where it is none.
    axis
        The goal as a level (percent, or per 1,000 and year), from the goal, the level before and
        whether it is counts; ``None`` where it is none.
    unit
        Text below ``verdict.figure`` by kind of indicator; for a delivery ``measure`` for the
        amount and ``quarters`` for the share of quarters in which the commitment was kept.
    form, decimals
        How the figure is written.
    bounded
        Whether the goal is told with "at most" or "at least".
    is_level
        Whether the goal is a level that is to be reached and not a change.
    zero_goal
        Text below ``verdict.figure`` for a goal of 0, where it has one of its own.
    """

    of: tuple[str, ...]
    instead: str = ""
    goal_rule: Callable[[Goal], BrokenGoal | None]
    default: float | None = None
    reads: Literal["period", "last_year"] = "period"
    needs_reference: bool = False
    direction: Literal["good", "lower", "higher"] = "good"
    tolerates: bool = False
    per_year: bool = False
    asks_change: bool = True
    observe: Callable[[Measured], Figure]
    wanted: Callable[[Outlook], float]
    moves: Callable[[float, float, bool], float] | None = None
    axis: Callable[[float, float, bool], float] | None = None
    unit: dict[str, str]
    form: dict[str, Form]
    decimals: int = 1
    bounded: bool = False
    is_level: bool = False
    zero_goal: str = ""

    @property
    def by_measure(self) -> bool:
        """Whether it is measured by what a party has delivered."""
        return not self.of

    def wants_fewer(self, good: str) -> bool:
        """Whether the figure shall fall."""
        return (good if self.direction == "good" else self.direction) == "lower"

    def margin(self, goal: float, value: float, *, good: str) -> float:
        """How far ``value`` is from ``goal``; 0 or less has reached it."""
        fewer = self.wants_fewer(good)
        limit = self._signed(goal, good)
        return value - limit if fewer else limit - value

    def change(self, goal: float, before: float, *, counts: bool, good: str) -> float:
        """The goal as a change from the level before; ``nan`` where it is none."""
        return math.nan if self.moves is None else self.moves(
            self._signed(goal, good), before, counts
        )  # fmt: skip

    def _signed(self, goal: float, good: str) -> float:
        """A worsening that is tolerated is written without its sign."""
        return -goal if self.tolerates and not self.wants_fewer(good) else goal


def _level_wanted(seen: Outlook) -> float:
    if not seen.counts:
        return seen.goal - seen.before
    return seen.goal / seen.before


def _change_wanted(seen: Outlook) -> float:
    return 1 + seen.goal / 100 if seen.counts else seen.goal


def _yearly_wanted(seen: Outlook) -> float:
    """The mean of the years after the baseline's last, on a line of the goal's slope.

    The line starts at the baseline's level in its last year, as the slope that is measured does.
    """
    start, *later = seen.years
    if seen.counts:
        return _mean([(1 + seen.goal / 100) ** (year - start) for year in later])
    return seen.goal * (later[-1] - start)


def _distance_wanted(seen: Outlook) -> float:
    """The area's own move that changes the distance, the reference standing still; none where
    there is no distance."""
    sign = 1 if seen.good == "lower" else -1
    gap = max(sign * (seen.before - seen.reference), 0.0)
    move = sign * gap * seen.goal / 100
    return 1 + move / seen.before if seen.counts else move


def _no_change(seen: Outlook) -> float:
    return 1.0 if seen.counts else 0.0


def _none(_seen: Outlook) -> float:
    return math.nan


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _moved(goal: float, before: float, counts: bool) -> float:
    return before * (1 + goal / 100) if counts else before + goal


def _as_written(goal: float, _before: float, _counts: bool) -> float:
    return goal


def _from_before(goal: float, before: float, counts: bool) -> float:
    """The change that leads to a level; none from nothing."""
    if not counts:
        return goal - before
    return 100 * (goal / before - 1) if before else math.nan


CHANGE: dict[str, Form] = {"count": "fewer", "share": "lower"}

KINDS: dict[str, Kind] = {
    "level": Kind(
        of=("count", "share"),
        goal_rule=a_level,
        reads="last_year",
        observe=lambda measured: measured.level(),
        wanted=_level_wanted,
        moves=_from_before,
        axis=lambda goal, _before, _counts: goal,
        unit={"count": "level_count", "share": "level_share"},
        form={"count": "number", "share": "percent"},
        bounded=True,
        is_level=True,
    ),
    "relative_change": Kind(
        of=("count",),
        instead="point_change",
        goal_rule=in_percent,
        observe=lambda measured: measured.change(),
        wanted=_change_wanted,
        moves=_as_written,
        axis=_moved,
        unit={"count": "percent", "share": "points"},
        form=CHANGE,
    ),
    "point_change": Kind(
        of=("share",),
        instead="relative_change",
        goal_rule=in_points,
        observe=lambda measured: measured.change(),
        wanted=_change_wanted,
        moves=_as_written,
        axis=_moved,
        unit={"count": "percent", "share": "points"},
        form=CHANGE,
    ),
    "yearly_change": Kind(
        of=("count", "share"),
        goal_rule=a_year,
        per_year=True,
        observe=lambda measured: measured.slope(),
        wanted=_yearly_wanted,
        unit={"count": "yearly_percent", "share": "yearly_points"},
        form=CHANGE,
    ),
    "gap_to": Kind(
        of=("count", "share"),
        goal_rule=a_shrinking,
        reads="last_year",
        needs_reference=True,
        direction="lower",
        observe=lambda measured: measured.distance(),
        wanted=_distance_wanted,
        unit={"count": "gap", "share": "gap"},
        form={"count": "smaller", "share": "smaller"},
    ),
    "not_worse": Kind(
        of=("count", "share"),
        goal_rule=not_negative,
        default=0.0,
        tolerates=True,
        asks_change=False,
        observe=lambda measured: measured.change(),
        wanted=_no_change,
        moves=_as_written,
        axis=_moved,
        unit={"count": "percent", "share": "points"},
        form=CHANGE,
        bounded=True,
        zero_goal="not_worse",
    ),
    "delivered": Kind(
        of=(),
        goal_rule=a_percentage,
        default=100.0,
        direction="higher",
        asks_change=False,
        observe=lambda _measured: {},
        wanted=_none,
        unit={"measure": "delivered", "quarters": "kept"},
        form={"measure": "percent", "quarters": "percent"},
        decimals=0,
        bounded=True,
    ),
}
