"""Is the target measurable? Each goal against the smallest change that could be shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import pandas as pd

from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.stats.cells import COUNT_COLUMNS, read_cells
from tingbjerg_eval.stats.power import MinimumDetectableChange, minimum_detectable_change
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.kinds import Outlook
from tingbjerg_eval.study.rules.targets import COMPARISON
from tingbjerg_eval.targets.measurement import PER, year_number, years_of
from tingbjerg_eval.targets.observed import target_design

if TYPE_CHECKING:
    from tingbjerg_eval.study.design import Design
    from tingbjerg_eval.study.settings import Indicator, StudySettings
    from tingbjerg_eval.study.strategy import Target

Smallest = Callable[..., MinimumDetectableChange]
"""How the smallest change that would be found is worked out."""

Answer = Literal["yes", "no", "met-at-baseline", "cannot be known", "not asked"]
POWER = 0.8


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """All offences with the same direction of good together: what they are, the smallest change
    that could then be shown, and whether that is as small as the goal's, as far as it is known."""

    indicators: tuple[str, ...]
    smallest: float
    enough: bool = True


@dataclass(frozen=True, kw_only=True)
class Measurability:
    """One target's goal against what could be shown.

    Attributes
    ----------
    change
        The change that the goal asks of the indicator, as a rate ratio or in percentage points.
    smallest_fall, smallest_rise
        The smallest changes that would be found, on the same scale.
    measurable
        ``met-at-baseline`` where the goal was reached before the effort began; ``not asked`` for
        deliveries and for kinds that ask for no change.
    asks_rise
        Whether the change in question is a rise: the goal's own, or for a target that asks for
        no change the worsening that would be seen.
    reason
        The code of the refused method where it cannot be known.
    pooled
        All offences together, where the target's own reports do not show the change.
    """

    target: str
    scale: str = ""
    change: float = math.nan
    smallest_fall: float = math.nan
    smallest_rise: float = math.nan
    measurable: Answer
    asks_rise: bool = False
    reason: str = ""
    pooled: Pooled | None = None


def measurability(
    name: str,
    target: Target,
    settings: StudySettings,
    panels: Mapping[str, pd.DataFrame],
    shares: Mapping[str, pd.DataFrame],
    *,
    primary: int = 1,
    smallest: Smallest = minimum_detectable_change,
) -> Measurability:
    """Whether the change that ``target`` asks for would be found, from the baseline alone.

    Parameters
    ----------
    panels, shares
        Panel or shares table of each indicator; rows after the baseline are not read.
    primary
        Number of primary targets whose effect is asked; the level of all of them together is
        shared where ``target`` is one of them, as at Holm's first step.
    smallest
        How the smallest change is found.
    """
    if target.of_kind.by_measure or target.indicator is None:
        return Measurability(target=name, measurable="not asked")
    indicator = settings.indicators[target.indicator]
    table = (panels if indicator.kind == "count" else shares)[target.indicator]
    design = _design(target, settings)
    decided = partial(
        smallest, level=settings.rules.level, primary=primary if target.primary else 1
    )
    try:
        if design is None:
            raise MethodRefused("no-window", f"Nothing can be measured before {target.by}.",
                                "Choose a later deadline.")  # fmt: skip
        found = decided(table, design)
        change = wanted_change(target, table, design, good=indicator.good)
    except MethodRefused as refused:
        return Measurability(target=name, measurable="cannot be known", reason=refused.code,
                             pooled=_pooled_way(target, settings, panels, decided))  # fmt: skip
    answer = _answer(target, change, found, good=indicator.good)
    way, lower = None, indicator.good == "lower"
    if answer in ("no", "not asked") and (way := _pooled_way(target, settings, panels, decided)):
        way = replace(way, enough=answer == "no" and (
            change <= way.smallest if lower else change >= way.smallest))  # fmt: skip
    return Measurability(
        target=name, scale=found.scale, change=change, smallest_fall=found.fall,
        smallest_rise=found.rise, measurable=answer, pooled=way,
        # The goal's direction, which is that of good; a worsening is what not_worse looks for.
        asks_rise=(not lower) == target.of_kind.asks_change,
    )  # fmt: skip


def _indicator(target: Target, settings: StudySettings) -> Indicator:
    return settings.indicators[str(target.indicator)]


def _design(target: Target, settings: StudySettings) -> Design | None:
    count = _indicator(target, settings).kind == "count"
    design = settings.design() if count else settings.survey_design()
    return None if design is None else target_design(target, design)


def wanted_change(target: Target, table: pd.DataFrame, design: Design, *, good: str) -> float:
    """The change of the indicator that just reaches the goal, all else as at the baseline.

    A rate ratio for counts, percentage points for shares; ``not_worse`` asks for none. A goal of
    a change a year is reached by a series that leaves the baseline's level after its last year
    and moves with the goal's speed from then on, as the slope that is measured would read it.

    Raises
    ------
    MethodRefused
        ``all-zero-baseline``; ``no-gap-at-baseline`` where there is no distance to shrink.
    """
    before = _baseline_level(table, design, design.treated)
    return target.of_kind.wanted(
        Outlook(
            goal=target.limit,
            counts=design.in_quarters,
            good=good,
            before=before,
            reference=_reference_level(target, table, design),
            years=_years(design),
        )
    )


def _years(design: Design) -> list[float]:
    waves = () if design.in_quarters else (int(design.baseline[1]), int(design.period[1]))
    return [year_number(first) for first, _ in years_of(design, waves)]


def _baseline_level(table: pd.DataFrame, design: Design, area: str) -> float:
    cells = read_cells(table, design, areas=(area,), windows=[design.baseline])
    if not design.in_quarters:
        return 100 * float(cells["share"].mean())
    rate = PER * a_year(cells.times[0]) * cells["count"].sum() / cells["population"].sum()
    if rate == 0:
        raise MethodRefused("all-zero-baseline", "The baseline holds no report.",
                            "Use a wider basket.")  # fmt: skip
    return float(rate)


def _reference_level(target: Target, table: pd.DataFrame, design: Design) -> float:
    if target.reference is None:
        return math.nan
    areas = design.comparison if target.reference == COMPARISON else (target.reference,)
    return sum(_baseline_level(table, design, area) for area in areas) / len(areas)


def _answer(target: Target, change: float, found: MinimumDetectableChange, *, good: str) -> Answer:
    """Whether the goal's change would be found, looked for only in the direction of good."""
    if not target.of_kind.asks_change:
        return "not asked"
    none = 1.0 if found.scale == "rate ratio" else 0.0
    if (change >= none) if good == "lower" else (change <= none):
        return "met-at-baseline"
    shown = change <= found.fall if good == "lower" else change >= found.rise
    return "yes" if shown else "no"


def _pooled_way(
    target: Target,
    settings: StudySettings,
    panels: Mapping[str, pd.DataFrame],
    smallest: Smallest,
) -> Pooled | None:
    """What all offences with the same direction of good together could show, for one of them."""
    own = _indicator(target, settings)
    names = tuple(
        name for name, one in settings.indicators_of("count").items()
        if one.good == own.good and not getattr(one, "activity", False) and name in panels
    )  # fmt: skip
    design = _design(target, settings)
    if own.kind != "count" or len(names) < 2 or design is None:
        return None
    try:
        found = smallest(pool([panels[name] for name in names]), design)
    except MethodRefused:
        return None
    size = found.fall if own.good == "lower" else found.rise
    return Pooled(indicators=names, smallest=size)


def pool(panels: list[pd.DataFrame]) -> pd.DataFrame:
    """The panels' counts summed by area and quarter; the population of the first."""
    counts = pd.concat(panels).groupby(["area", "quarter"], as_index=False)["count"].sum()
    population = panels[0][["area", "quarter", "population"]]
    return population.merge(counts, on=["area", "quarter"])[list(COUNT_COLUMNS)]


@dataclass(frozen=True, kw_only=True)
class OneWave:
    """The bound of a share.

    Attributes
    ----------
    smallest
        The smallest change, in percentage points, that so many answers could ever show.
    answers
        Answers in the wave.
    needed
        Answers a wave from which the goal's own change could be shown by sampling alone; ``nan``
        without a goal.
    """

    smallest: float
    answers: int
    needed: float


def one_wave_bound(
    variance: float, answers: int, goal: float, *, level: float = 0.95, primary: int = 1
) -> OneWave:
    """The bound from one wave's sampling variance of a share (0-1).

    With a single wave the areas' own swings cannot be known. But a change between two waves of
    the same size cannot be told from chance below ``sqrt(2) (z_level + z_power) s.e.``, however
    little the areas swing: the standard two-sample bound. Answers that are needed go by its square.

    Parameters
    ----------
    variance
        The share's sampling variance, design effects included.
    goal
        The change that is aimed at, in percentage points.
    primary
        Number of primary targets that share the level, as at Holm's first step.

    Examples
    --------
    >>> round(one_wave_bound(0.4 * 0.6 / 240, 240, -10.0).smallest, 1)
    12.5
    """
    normal = NormalDist()
    tail = (1 - level) / primary / 2
    factor = normal.inv_cdf(1 - tail) + normal.inv_cdf(POWER)
    smallest = 100 * math.sqrt(2 * variance) * factor
    needed = answers * (smallest / abs(goal)) ** 2 if goal else math.nan
    return OneWave(smallest=smallest, answers=answers, needed=needed)
