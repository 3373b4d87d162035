"""The figure that each kind of target is held against, with its one-sided limits.

Whole years are compared with whole years. Until a whole year of the period has passed, or a
survey wave has been held after the effort began, it is too early to say anything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tingbjerg_eval.inputs.quarters import is_quarter, quarter_number, quarter_text
from tingbjerg_eval.stats.changes import Cells, read_cells, refuse_windows
from tingbjerg_eval.stats.exact import exact_observed_to_expected
from tingbjerg_eval.stats.periods import compare_bare_counts, compare_periods
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design, Window, times
from tingbjerg_eval.study.rules.targets import COMPARISON
from tingbjerg_eval.study.waves import wave_known

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from tingbjerg_eval.stats.estimate import Estimate
    from tingbjerg_eval.study.kinds import Figure
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
    window
        The quarters or waves that the figure reads; empty where there is none.
    missing
        The quarters whose delivery nobody has reported.
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
    window: Window | tuple[()] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Level:
    """A level with the variance of its estimate; for counts what it was counted from.

    ``exposure`` is in inhabitant-years.
    """

    value: float
    variance: float
    count: float = math.nan
    exposure: float = math.nan


def target_design(
    target: Target,
    design: Design,
    *,
    until: str | None = None,
    start: str | None = None,
    waves: tuple[int, ...] | None = None,
    fielded: Mapping[int, dt.date] | None = None,
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
    fielded
        As in :func:`tingbjerg_eval.study.waves.wave_known`, which says what is known at ``until``.
    """
    if not design.in_quarters:
        held = None if waves is None else tuple(
            one for one in waves if until is None or wave_known(one, until, fielded)
        )  # fmt: skip
        return _wave_design(target, design, until, start, held)
    end = _earlier(str(target.by), until)
    whole = (quarter_number(end) - _number(design.period[0]) + 1) // YEAR
    length = YEAR * (min(whole, 1) if target.window == "last_year" else whole)
    if length <= 0:
        return None
    return design.with_(period=(quarter_text(quarter_number(end) - length + 1), end))


def _earlier(by: str, until: str | None) -> str:
    return by if until is None else min(by, until, key=quarter_number)


def _wave_design(
    target: Target,
    design: Design,
    until: str | None,
    start: str | None,
    waves: tuple[int, ...] | None,
) -> Design | None:
    last = int(str(target.by))
    if until is None:
        held = [last] if waves is None or last in waves else []
    else:
        began = max(int(design.baseline[1]), int(start[:4]) if start else 0)
        year_over = [one for one in range(began + 1, last + 1) if wave_known(one, until)]
        held = [one for one in (year_over if waves is None else sorted(waves))
                if began < one <= last]  # fmt: skip
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
    fielded: Mapping[int, dt.date] | None = None,
) -> Observed:
    """The observed figure of a target on an indicator.

    Parameters
    ----------
    data
        A panel for a count, a shares table for a share.
    level
        Of the one-sided limits.
    until, start, fielded
        As in :func:`target_design`.

    Returns
    -------
    Observed
        With a ``reason`` and without a value where the figures do not allow one.
    """
    waves = None if design.in_quarters else _waves(data, design.treated)
    measured = target_design(target, design, until=until, start=start, waves=waves, fielded=fielded)
    if measured is None:
        reason = "too-early" if until or design.in_quarters else "no-wave"
        return Observed(reason=reason, progress=0.0)
    try:
        measured_by = Measurement(target, data, measured, good, level)
        figure = target.of_kind.observe(measured_by)
    except MethodRefused as refused:
        return Observed(reason=refused.code)
    return Observed(
        baseline=measured_by.baseline.value, latest=measured_by.latest.value,
        progress=_progress(target, measured), window=measured.period, **_ends(figure),
    )  # fmt: skip


def _ends(figure: Figure) -> dict[str, Any]:
    return {**figure}


def _waves(data: pd.DataFrame, area: str) -> tuple[int, ...]:
    return tuple(int(wave) for wave in data.loc[data["area"] == area, "wave"].unique())


def _progress(target: Target, design: Design) -> float:
    """From the baseline's end (0) to the deadline (1)."""
    begin, now = (_number(one[1]) for one in (design.baseline, design.period))
    return (now - begin) / (_number(target.by or 0) - begin)


def _number(time: str | int) -> int:
    return quarter_number(time) if is_quarter(time) else int(time)


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
            half = self.half_width(self.latest.variance)
            return figure | {"lower": value - half, "upper": value + half}
        if self.latest.count == 0 or self.baseline.count == 0:
            return figure | self._exact_level()
        half = self.half_width(_relative(self.latest))
        return figure | {"lower": value * math.exp(-half), "upper": value * math.exp(half)}

    def _exact_level(self) -> Figure:
        estimate = exact_observed_to_expected(
            int(self.latest.count), self.latest.exposure, level=2 * self.tail - 1
        )
        return {"lower": PER * estimate.lower, "upper": PER * estimate.upper}

    def change(self) -> Figure:
        """The period's change with one-sided limits, in percent (counts) or points (shares)."""
        if not self.counts:
            estimate = self._compared()
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

    def _change_limits(self) -> Estimate | None:
        empty = not (self.baseline.count and self.latest.count)
        try:
            if empty:
                return compare_bare_counts(self.data, self.design, level=2 * self.tail - 1)
            return self._compared()
        except MethodRefused as refused:
            if refused.code in UNUSABLE:
                raise
            return None

    def _compared(self) -> Estimate:
        """A two-sided interval whose ends are the one-sided limits."""
        return compare_periods(self.data, self.design, level=2 * self.tail - 1)

    def slope(self) -> Figure:
        """Slope of a straight line through the last year before the effort and those since."""
        at, levels = _years(self)
        weights = (at - at.mean()) / ((at - at.mean()) ** 2).sum()
        values = np.array([one.value for one in levels])
        if not self.counts:
            slope = float(weights @ values)
            half = self.half_width(float(weights**2 @ [one.variance for one in levels]))
            return {"value": slope, "lower": slope - half, "upper": slope + half}
        if (values == 0).any():
            raise MethodRefused("all-zero-year", "A year holds no report.", "Use a wider basket.")
        slope = float(weights @ np.log(values))
        half = self.half_width(float(weights**2 @ [_relative(one) for one in levels]))
        return {
            key: 100 * math.expm1(end)
            for key, end in (("value", slope), ("lower", slope - half), ("upper", slope + half))
        }

    def distance(self) -> Figure:
        """The distance to the reference; positive while the treated area is worse off."""
        sign = 1 if self.good == "lower" else -1
        windows = (self.design.baseline, self.design.period)
        pairs = [(_of(self, window), _reference(self, window)) for window in windows]
        before, now = (sign * (own.value - other.value) for own, other in pairs)
        if before <= 0:
            raise MethodRefused(
                "no-gap-at-baseline",
                "The treated area was no worse off than its reference at the baseline.",
                "Choose a target of another kind.",
            )
        goal = self.target.limit
        half = self.half_width(_gap_variance(pairs, 1 + goal / 100))
        beyond = now - (1 + goal / 100) * before
        return {
            key: goal + 100 * end / before
            for key, end in (("value", beyond), ("lower", beyond - half), ("upper", beyond + half))
        }

    def half_width(self, contrast: float) -> float:
        """How far chance may move a contrast whose sampling variance is ``contrast``."""
        return self._factor() * math.sqrt(contrast)

    def _factor(self) -> float:
        """Standard errors between a figure and its limit, overdispersion included.

        For counts read off :func:`compare_periods`: the half-width of its log rate ratio over
        the Poisson error of the same ratio; ``nan`` where it refuses for want of reports or time.
        """
        from scipy.stats import norm

        if not self.counts:
            return float(norm.ppf(self.tail))
        try:
            limits = self._compared()
        except MethodRefused as refused:
            if refused.code in UNUSABLE:
                raise
            return math.nan
        half = (math.log(limits.upper) - math.log(limits.lower)) / 2
        return half / math.sqrt(sum(map(_relative, (self.baseline, self.latest))))


UNUSABLE = ("unusable-value", "missing-rows", "missing-area", "bad-population", "break")
"""Refusals that concern the figure itself and not only its limits."""


def _relative(level: Level) -> float:
    """Variance of the log of a rate: one over its count."""
    return level.variance / level.value**2


def _rate(cells: Cells) -> Level:
    count, exposure = float(cells["count"].sum()), float(cells["population"].sum()) / YEAR
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
    return _whole_years(design)


def _years(measured: Measurement) -> tuple[np.ndarray, list[Level]]:
    """The years (or waves) of the slope and the treated area's level in each."""
    design = measured.design
    waves = () if measured.counts else _waves(measured.data, design.treated)
    windows = years_of(design, waves)
    at = np.array([year_number(first) for first, _ in windows])
    return at, [_of(measured, window) for window in windows]


def year_number(time: str | int) -> float:
    """A quarter or wave as years on a line."""
    return quarter_number(time) / YEAR if is_quarter(time) else float(time)


def _of(measured: Measurement, window: Window) -> Level:
    return measured.at(measured.design.treated, window)


def _whole_years(design: Design) -> list[Window]:
    before, since = times(design.baseline)[-YEAR:], times(design.period)
    pieces = [since[at : at + YEAR] for at in range(0, len(since), YEAR)]
    return [(piece[0], piece[-1]) for piece in (before, *pieces)]


def _gap_variance(pairs: list[tuple[Level, Level]], left: float) -> float:
    """Of ``distance now - left * distance before``; ``pairs`` are before and now."""
    weights = (left**2, 1.0)
    return sum(
        weight * (own.variance + other.variance)
        for weight, (own, other) in zip(weights, pairs, strict=True)
    )


def _reference(measured: Measurement, window: Window) -> Level:
    """The reference area's level, or the plain mean of the comparison areas' levels."""
    reference = measured.target.reference
    if reference is not None and reference != COMPARISON:
        return measured.at(reference, window)
    levels = [measured.at(area, window) for area in measured.design.comparison]
    return Level(
        value=float(np.mean([one.value for one in levels])),
        variance=sum(one.variance for one in levels) / len(levels) ** 2,
    )
