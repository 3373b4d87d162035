"""The figure that each kind of target is held against, with its one-sided limits.

Whole years are compared with whole years. Until a whole year of the period has passed, or a
survey wave has been held after the effort began, it is too early to say anything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tingbjerg_eval.inputs.quarters import is_quarter, quarter_number, quarter_text
from tingbjerg_eval.stats.changes import Cells, read_cells, refuse_windows
from tingbjerg_eval.stats.periods import compare_periods
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design, Window, times
from tingbjerg_eval.study.rules.targets import COMPARISON

if TYPE_CHECKING:
    import pandas as pd

    from tingbjerg_eval.stats.estimate import Estimate
    from tingbjerg_eval.study.strategy import Target

PER = 1000
YEAR = 4


@dataclass(frozen=True, kw_only=True)
class Observed:
    """The observed figure of one target on the scale of its kind.

    Attributes
    ----------
    value, lower, upper
        The figure and its one-sided limits; ``nan`` where there are none.
    baseline, latest
        The indicator's level before and now: percent, or reports per 1,000 inhabitants and year.
    start
        Where ``value`` stood before the effort.
    progress
        How much of the way to the deadline has passed, 0 to 1.
    reason
        Why there is no value: ``too-early``, ``no-wave``, ``no-gap-at-baseline``,
        ``delivery-missing``, ``no-commitment`` or the code of a refused method.
    """

    value: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    baseline: float = math.nan
    latest: float = math.nan
    start: float = 0.0
    progress: float = 1.0
    reason: str = ""


@dataclass(frozen=True)
class _Level:
    """A level with the variance of its estimate."""

    value: float
    variance: float


def target_design(
    target: Target,
    design: Design,
    *,
    until: str | None = None,
    start: str | None = None,
    waves: tuple[int, ...] | None = None,
) -> Design | None:
    """``design`` with the period on which ``target`` is measured; ``None`` while it is too early.

    Counts: the whole years that end at the deadline (or at ``until``, if earlier), or only the
    last of them where the target asks for ``last_year``. Shares: the wave of the deadline, or in
    a quarterly report the last wave held by then and after the year in which the effort began.

    Parameters
    ----------
    design
        The counts' design, or the survey's for a share.
    until
        The quarter of a provisional report.
    start
        The first quarter of the effort; survey waves of that year were fielded before it.
    waves
        Waves that are there; ``None`` for all that the design could have.
    """
    if not design.in_quarters:
        return _wave_design(target, design, until, start, waves)
    end = _earlier(str(target.by), until)
    whole = (quarter_number(end) - quarter_number(design.period[0]) + 1) // YEAR
    length = YEAR * (min(whole, 1) if target.window == "last_year" else whole)
    if length <= 0:
        return None
    return design.with_(period=(quarter_text(quarter_number(end) - length + 1), end))


def _earlier(by: str, until: str | None) -> str:
    return by if until is None else min(by, until, key=quarter_number)


def _wave_design(target, design, until, start, waves) -> Design | None:
    last = int(target.by)
    if until is None:
        held = [last] if waves is None or last in waves else []
    else:
        began = max(design.baseline[1], int(start[:4]) if start else 0)
        known = range(began + 1, last + 1) if waves is None else sorted(waves)
        held = [wave for wave in known if began < wave <= min(last, int(until[:4]))]
    return design.with_(period=(held[-1], held[-1])) if held else None


def observe(
    target: Target,
    data: pd.DataFrame,
    design: Design,
    *,
    good: str = "lower",
    level: float = 0.95,
    until: str | None = None,
    start: str | None = None,
) -> Observed:
    """The observed figure of a target on an indicator.

    Parameters
    ----------
    data
        A panel for a count, a shares table for a share.
    level
        Of the one-sided limits.
    until, start
        As in :func:`target_design`.

    Returns
    -------
    Observed
        With a ``reason`` and without a value where the figures do not allow one.
    """
    waves = None if design.in_quarters else _waves(data, design.treated)
    measured = target_design(target, design, until=until, start=start, waves=waves)
    if measured is None:
        reason = "too-early" if until or design.in_quarters else "no-wave"
        return Observed(reason=reason, progress=0.0)
    try:
        measure = _Measurement(target, data, measured, good, level)
        found = _BY_KIND[target.kind](measure)
    except MethodRefused as refused:
        return Observed(reason=refused.code)
    return Observed(
        baseline=measure.baseline.value, latest=measure.latest.value,
        progress=_progress(target, measured), **found,
    )  # fmt: skip


def _waves(data: pd.DataFrame, area: str) -> tuple[int, ...]:
    return tuple(int(wave) for wave in data.loc[data["area"] == area, "wave"].unique())


def _progress(target: Target, design: Design) -> float:
    """From the baseline's end (0) to the deadline (1)."""
    begin, now = (_number(one[1]) for one in (design.baseline, design.period))
    return (now - begin) / (_number(target.by) - begin)


def _number(time: str | int) -> int:
    return quarter_number(time) if is_quarter(time) else int(time)


class _Measurement:
    """Levels of areas in the windows of one target, and how far chance may move them."""

    def __init__(self, target: Target, data: pd.DataFrame, design: Design, good: str, level: float):
        self.target, self.data, self.design = target, data, design
        self.good, self.level = good, level
        refuse_windows(design, (design.treated,))
        self.counts = design.in_quarters
        self.baseline = self.at(design.treated, design.baseline)
        self.latest = self.at(design.treated, design.period)

    def at(self, area: str, window: Window) -> _Level:
        """The level of ``area`` in ``window``: per 1,000 and year, or percent."""
        cells = read_cells(self.data, self.design, areas=(area,), windows=[window])
        return _rate(cells) if self.counts else _share(cells)

    def change(self) -> tuple[float, float, float]:
        """The period's change with one-sided limits, in percent (counts) or points (shares)."""
        found = self._compared()
        if self.counts:
            return (self.bare_change(), 100 * (found.lower - 1), 100 * (found.upper - 1))
        return found.value, found.lower, found.upper

    def _compared(self) -> Estimate:
        """A two-sided interval whose ends are the one-sided limits."""
        return compare_periods(self.data, self.design, level=2 * self.level - 1)

    def bare_change(self) -> float:
        """The change of the rate, in percent."""
        return 100 * (self.latest.value / self.baseline.value - 1)

    def half_width(self, contrast: float) -> float:
        """How far chance may move a contrast whose sampling variance is ``contrast``."""
        return self._factor() * math.sqrt(contrast)

    def _factor(self) -> float:
        """Standard errors between a figure and its limit, overdispersion included.

        For counts read off :func:`compare_periods`: the half-width of its log rate ratio over
        the Poisson error of the same ratio.
        """
        from scipy.stats import norm

        if not self.counts:
            return float(norm.ppf(self.level))
        found = self._compared()
        half = (math.log(found.upper) - math.log(found.lower)) / 2
        return half / math.sqrt(sum(map(_relative, (self.baseline, self.latest))))


def _relative(level: _Level) -> float:
    """Variance of the log of a rate: one over its count."""
    return level.variance / level.value**2


def _rate(cells: Cells) -> _Level:
    count, exposure = cells["count"].sum(), cells["population"].sum() / YEAR
    value = PER * count / exposure
    return _Level(float(value), float(PER**2 * count / exposure**2))


def _share(cells: Cells) -> _Level:
    n = cells["share"].shape[1]
    if n == 0:
        raise MethodRefused("no-wave", "The survey has no wave here.", "Choose another deadline.")
    return _Level(
        100 * float(cells["share"].mean()), 100**2 * float(cells["variance"].sum()) / n**2
    )


def _level_kind(measure: _Measurement) -> dict:
    value = measure.latest.value
    found = {"value": value, "start": measure.baseline.value}
    if measure.counts:
        if value == 0:
            return found
        half = measure.half_width(_relative(measure.latest))
        return found | {"lower": value * math.exp(-half), "upper": value * math.exp(half)}
    half = measure.half_width(measure.latest.variance)
    return found | {"lower": value - half, "upper": value + half}


def _change_kind(measure: _Measurement) -> dict:
    try:
        value, lower, upper = measure.change()
    except MethodRefused as refused:
        if refused.code != "all-zero-period":
            raise
        return {"value": measure.bare_change()}
    return {"value": value, "lower": lower, "upper": upper}


def _yearly_kind(measure: _Measurement) -> dict:
    """Slope of a straight line through the last year before the effort and those since."""
    at, levels = _years(measure)
    weights = (at - at.mean()) / ((at - at.mean()) ** 2).sum()
    values = np.array([one.value for one in levels])
    if not measure.counts:
        slope = float(weights @ values)
        half = measure.half_width(float(weights**2 @ [one.variance for one in levels]))
        return {"value": slope, "lower": slope - half, "upper": slope + half}
    if (values == 0).any():
        raise MethodRefused("all-zero-year", "A year holds no report.", "Use a wider basket.")
    slope = float(weights @ np.log(values))
    half = measure.half_width(float(weights**2 @ [_relative(one) for one in levels]))
    ends = (slope, slope - half, slope + half)
    return dict(zip(("value", "lower", "upper"), (100 * math.expm1(x) for x in ends), strict=True))


def _years(measure: _Measurement) -> tuple[np.ndarray, list[_Level]]:
    """The years (or waves) of the slope and the treated area's level in each."""
    design = measure.design
    if not measure.counts:
        held = _waves(measure.data, design.treated)
        windows = [(w, w) for w in sorted(held) if design.baseline[1] <= w <= design.period[1]]
        return np.array([w for w, _ in windows], float), [_of(measure, w) for w in windows]
    windows = _whole_years(design)
    middles = [quarter_number(first) / YEAR for first, _ in windows]
    return np.array(middles), [_of(measure, w) for w in windows]


def _of(measure: _Measurement, window: Window) -> _Level:
    return measure.at(measure.design.treated, window)


def _whole_years(design: Design) -> list[Window]:
    before, since = times(design.baseline)[-YEAR:], times(design.period)
    pieces = [since[at : at + YEAR] for at in range(0, len(since), YEAR)]
    return [(piece[0], piece[-1]) for piece in (before, *pieces)]


def _gap_kind(measure: _Measurement) -> dict:
    """The distance to the reference; positive while the treated area is worse off."""
    sign = 1 if measure.good == "lower" else -1
    windows = (measure.design.baseline, measure.design.period)
    pairs = [(_of(measure, window), _reference(measure, window)) for window in windows]
    before, now = (sign * (own.value - other.value) for own, other in pairs)
    if before <= 0:
        raise MethodRefused(
            "no-gap-at-baseline",
            "The treated area was no worse off than its reference at the baseline.",
            "Choose a target of another kind.",
        )
    left = 1 + measure.target.limit / 100
    half = measure.half_width(_gap_variance(pairs, left))
    beyond = now - left * before
    ends = (beyond, beyond - half, beyond + half)
    told = (measure.target.limit + 100 * end / before for end in ends)
    return dict(zip(("value", "lower", "upper"), told, strict=True))


def _gap_variance(pairs: list[tuple[_Level, _Level]], left: float) -> float:
    """Of ``distance now - left * distance before``; ``pairs`` are before and now."""
    weights = (left**2, 1.0)
    return sum(
        weight * (own.variance + other.variance)
        for weight, (own, other) in zip(weights, pairs, strict=True)
    )


def _reference(measure: _Measurement, window: Window) -> _Level:
    """The reference area's level, or the plain mean of the comparison areas' levels."""
    if measure.target.reference != COMPARISON:
        return measure.at(measure.target.reference, window)
    levels = [measure.at(area, window) for area in measure.design.comparison]
    return _Level(
        float(np.mean([one.value for one in levels])),
        sum(one.variance for one in levels) / len(levels) ** 2,
    )


_BY_KIND = {
    "level": _level_kind,
    "relative_change": _change_kind,
    "point_change": _change_kind,
    "not_worse": _change_kind,
    "yearly_change": _yearly_kind,
    "gap_to": _gap_kind,
}
