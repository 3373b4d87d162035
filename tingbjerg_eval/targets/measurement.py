"""What one target is measured by: levels of areas in windows, and how far chance moves them.

A share moves by its sampling error. A count moves by counting error and because areas move by
themselves, which the comparison areas tell (:mod:`tingbjerg_eval.stats.limits`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from tingbjerg_eval.inputs.quarters import a_year, quarter_number
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import FEWEST_COMPARISON, refuse_windows
from tingbjerg_eval.stats.exact import exact_observed_to_expected
from tingbjerg_eval.stats.limits import OneSided, change_limits, contrast_limits, level_limits
from tingbjerg_eval.stats.movement import movement, telling_areas
from tingbjerg_eval.stats.periods import compare_bare_counts, compare_periods
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design, Window, times
from tingbjerg_eval.study.rules.targets import COMPARISON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tingbjerg_eval.stats.estimate import Estimate
    from tingbjerg_eval.study.kinds import Figure
    from tingbjerg_eval.study.strategy import Target

Limits = TypeVar("Limits")

PER = 1000
UNUSABLE = ("unusable-value", "missing-rows", "missing-area", "bad-population", "break")
"""Refusals that concern the figure itself and not only its limits."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """A level with the variance of its estimate; for counts what it was counted from.

    ``exposure`` is in inhabitant-years.
    """

    value: float
    variance: float
    count: float = math.nan
    exposure: float = math.nan


class Measurement:
    """What one target can be measured by: levels of areas in its windows, and their chance.

    Arithmetic comes first: a figure whose limits cannot be had stands without them. Where a
    window holds no report at all there is no scatter to learn from, and the limits are the exact
    ones of counts alone.
    """

    def __init__(self, target: Target, data: pd.DataFrame, design: Design, good: str, level: float):
        self.target, self.data, self.design = target, data, design
        self.good, self.tail = good, level
        refuse_windows(design, (design.treated,))
        self.counts = design.in_quarters
        self.baseline = self.at(design.treated, design.baseline)
        self.latest = self.at(design.treated, design.period)

    def at(self, area: str, window: Window) -> Level:
        """The level of ``area`` in ``window``: per 1,000 and year, or percent."""
        cells = read_cells(self.data, self.design, areas=(area,), windows=[window])
        return _rate(cells) if self.counts else _share(cells)

    def level(self) -> Figure:
        """The level of the window, with limits; 0 reports have an exact upper limit."""
        value = self.latest.value
        figure = {"value": value, "start": self.baseline.value}
        if not self.counts:
            half = self.quantile * math.sqrt(self.latest.variance)
            return figure | {"lower": value - half, "upper": value + half}
        if self.latest.count == 0 or self.baseline.count == 0:
            return figure | self._exact_level()
        return figure | self._level_limits()

    def _level_limits(self) -> Figure:
        limits = self._limits(level_limits)
        if limits is None:
            return {"lower": math.nan, "upper": math.nan}
        per = PER / self.latest.exposure
        return {"lower": per * limits.lower, "upper": per * limits.upper}

    def _exact_level(self) -> Figure:
        estimate = exact_observed_to_expected(
            int(self.latest.count), self.latest.exposure, level=2 * self.tail - 1
        )
        return {"lower": PER * estimate.lower, "upper": PER * estimate.upper}

    def change(self) -> Figure:
        """The period's change with one-sided limits, in percent (counts) or points (shares)."""
        if not self.counts:
            estimate = compare_periods(self.data, self.design, level=2 * self.tail - 1)
            return {"value": estimate.value, "lower": estimate.lower, "upper": estimate.upper}
        ratio = self._ratio()
        if math.isnan(ratio):
            return self._nothing_at_all()
        limits = self._change_limits()
        ends = (limits.lower, limits.upper) if limits else (math.nan, math.nan)
        return {
            key: 100 * (end - 1)
            for key, end in zip(("value", "lower", "upper"), (ratio, *ends), strict=True)
        }

    def _ratio(self) -> float:
        """The period's rate over the baseline's: infinite after a baseline without a report."""
        if self.baseline.count:
            return self.latest.value / self.baseline.value
        return math.inf if self.latest.count else math.nan

    def _nothing_at_all(self) -> Figure:
        """No report in either window is no worse; a fall from nothing is no question."""
        if self.target.of_kind.tolerates:
            return {"value": 0.0, "lower": math.nan, "upper": math.nan}
        raise MethodRefused("all-zero-baseline", "The baseline holds no report.",
                            "Use a wider basket.")  # fmt: skip

    def _change_limits(self) -> OneSided | Estimate | None:
        if not (self.baseline.count and self.latest.count):
            return self._limits(compare_bare_counts, level=2 * self.tail - 1)
        return self._limits(change_limits)

    def _limits(self, method: Callable[..., Limits], level: float | None = None) -> Limits | None:
        """What ``method`` says, or ``None`` where only the limits cannot be had."""
        try:
            return method(self.data, self.design, level=self.tail if level is None else level)
        except MethodRefused as refused:
            if refused.code in UNUSABLE:
                raise
            return None

    def slope(self) -> Figure:
        """Slope of a straight line through the last year before the effort and those since."""
        waves = () if self.counts else waves_of(self.data, self.design.treated)
        windows = years_of(self.design, waves)
        levels = [self.at(self.design.treated, window) for window in windows]
        weights = slope_weights(windows)
        values = np.array([one.value for one in levels])
        if not self.counts:
            slope = float(weights @ values)
            half = self.quantile * math.sqrt(weights**2 @ [one.variance for one in levels])
            return {"value": slope, "lower": slope - half, "upper": slope + half}
        if (values == 0).any():
            raise MethodRefused("all-zero-year", "A year holds no report.", "Use a wider basket.")
        slope = float(weights @ np.log(values))
        variance = float(weights**2 @ [_relative(one) for one in levels])
        ends = (slope, *self._slope_limits(slope, variance, windows))
        named = zip(("value", "lower", "upper"), ends, strict=True)
        return {key: 100 * math.expm1(end) for key, end in named}

    def _slope_limits(
        self, slope: float, variance: float, windows: list[Window]
    ) -> tuple[float, float]:
        """From the comparison areas' own slopes; from the area itself where they are too few."""
        areas = telling_areas(self.data, self.design, self.design.treated)
        if len(areas) < FEWEST_COMPARISON:
            half = self._own_factor() * math.sqrt(variance)
            return slope - half, slope + half
        weights = slope_weights(windows)
        rates, errors = self._log_rates(areas, windows)
        others, theirs = rates @ weights, errors @ weights**2
        return contrast_limits(slope, variance, others, theirs, level=self.tail)

    def _log_rates(
        self, areas: tuple[str, ...], windows: list[Window]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Log rates, areas x windows, and their counting errors; half a report is added."""
        cells = read_cells(self.data, self.design, areas=areas)
        count, exposure = (
            np.stack([cells[name][:, cells.within(one)].sum(axis=1) for one in windows], axis=1)
            for name in ("count", "population")
        )
        return np.log((count + 0.5) / exposure), 1 / (count + 0.5)

    def distance(self) -> Figure:
        """The distance to the reference; positive while the treated area is worse off."""
        sign = 1 if self.good == "lower" else -1
        windows = (self.design.baseline, self.design.period)
        pairs = [(self.at(self.design.treated, one), _reference(self, one)) for one in windows]
        before, now = (sign * (own.value - _mean(other).value) for own, other in pairs)
        if before <= 0:
            raise MethodRefused(
                "no-gap-at-baseline",
                "The treated area was no worse off than its reference at the baseline.",
                "Choose a target of another kind.",
            )
        goal = self.target.limit
        half = self._gap_half_width(pairs, 1 + goal / 100)
        beyond = now - (1 + goal / 100) * before
        return {
            key: goal + 100 * end / before
            for key, end in (("value", beyond), ("lower", beyond - half), ("upper", beyond + half))
        }

    def _gap_half_width(self, pairs: list[tuple[Level, list[Level]]], left: float) -> float:
        """How far chance moves ``distance now - left * distance before``.

        A rate that moves by itself moves by a part of itself, so what moves the distance is the
        area's own rate now and, as far as they weigh in their mean, those of its reference.
        """
        error = math.sqrt(_gap_variance(pairs, left))
        own, reference = pairs[1]
        moving = math.hypot(own.value, *(one.value / len(reference) for one in reference))
        if not self.counts or moving == 0:
            return self.quantile * error
        moved = self._limits(lambda data, design, **_: movement(data, design, area=design.treated))
        return math.nan if moved is None else moving * moved.reach(self.tail, error / moving)

    @property
    def quantile(self) -> float:
        """Standard errors between a figure and its one-sided limit."""
        from scipy.stats import norm

        return float(norm.ppf(self.tail))

    def _own_factor(self) -> float:
        """Poisson errors between a log rate ratio and its limits; ``nan`` where there are none."""
        limits = self._limits(change_limits)
        if limits is None:
            return math.nan
        half = (math.log(limits.upper) - math.log(limits.lower)) / 2
        return half / math.sqrt(sum(map(_relative, (self.baseline, self.latest))))


def _relative(level: Level) -> float:
    """Variance of the log of a rate: one over its count."""
    return level.variance / level.value**2


def _rate(cells: Cells) -> Level:
    count, exposure = (
        float(cells["count"].sum()),
        float(cells["population"].sum()) / a_year(cells.times[0]),
    )
    return Level(
        value=PER * count / exposure,
        variance=PER**2 * count / exposure**2,
        count=count,
        exposure=exposure,
    )


def _share(cells: Cells) -> Level:
    n = cells["share"].shape[1]
    if n == 0:
        raise MethodRefused("no-wave", "The survey has no wave here.", "Choose another deadline.")
    variance = 100**2 * float(cells["variance"].sum()) / n**2
    return Level(value=100 * float(cells["share"].mean()), variance=variance)


def years_of(design: Design, waves: Sequence[int]) -> list[Window]:
    """The years (or waves) that a slope goes through, the baseline's last one first."""
    if not design.in_quarters:
        return [
            (w, w) for w in sorted(waves) if int(design.baseline[1]) <= w <= int(design.period[1])
        ]
    year = a_year(design.period[0])
    before, since = times(design.baseline)[-year:], times(design.period)
    pieces = [since[at : at + year] for at in range(0, len(since), year)]
    return [(piece[0], piece[-1]) for piece in (before, *pieces)]


def slope_weights(windows: Sequence[Window]) -> np.ndarray:
    """What each year's level counts for in the slope of a straight line through them."""
    at = np.array([year_number(first) for first, _ in windows])
    weights: np.ndarray = (at - at.mean()) / ((at - at.mean()) ** 2).sum()
    return weights


def waves_of(data: pd.DataFrame, area: str) -> tuple[int, ...]:
    """The waves in which ``area`` was asked."""
    return tuple(int(wave) for wave in data.loc[data["area"] == area, "wave"].unique())


def year_number(time: str | int) -> float:
    """A quarter or wave as years on a line."""
    return quarter_number(time) / a_year(time)


def _gap_variance(pairs: list[tuple[Level, list[Level]]], left: float) -> float:
    """Of ``distance now - left * distance before``; ``pairs`` are before and now."""
    weights = (left**2, 1.0)
    return sum(
        weight * (own.variance + _mean(other).variance)
        for weight, (own, other) in zip(weights, pairs, strict=True)
    )


def _reference(measured: Measurement, window: Window) -> list[Level]:
    """The reference area's level, or those of the comparison areas, of which the mean counts."""
    reference = measured.target.reference
    named = reference is not None and reference != COMPARISON
    areas = (str(reference),) if named else measured.design.comparison
    return [measured.at(area, window) for area in areas]


def _mean(levels: Sequence[Level]) -> Level:
    """The plain mean of levels."""
    return Level(
        value=float(np.mean([one.value for one in levels])),
        variance=sum(one.variance for one in levels) / len(levels) ** 2,
    )
