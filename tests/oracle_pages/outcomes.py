"""What came of each target: levels, changes and goals in plain pandas, intervals by estimators."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from danish import rounded
from deliveries import Deliveries, quarters
from promises import delivered_share

import tingbjerg_eval as te

LAST_YEAR = ("level", "gap_to")
"""Kinds that read the last year where the target does not say what it reads."""


def asked(method: Any, *given: Any, **more: Any) -> Any:
    """What an estimator says, or ``None`` where it refuses."""
    try:
        return method(*given, **more)
    except te.MethodRefused:
        return None


@dataclass(frozen=True, eq=False)
class Outcome:
    """One target of a finished report."""

    deliveries: Deliveries
    name: str

    @property
    def target(self) -> dict[str, Any]:
        """As the decisions have changed it."""
        made = dict(self.deliveries.targets[self.name])
        for one in self.deliveries.decisions:
            if one["action"] == "change-target" and one["target"] == self.name:
                made |= {key: one[key] for key in ("goal", "by", "responsible") if key in one}
        return made

    @property
    def indicator(self) -> str | None:
        return self.target.get("indicator")

    @property
    def kind(self) -> str:
        return self.target["kind"]

    @property
    def primary(self) -> bool:
        return bool(self.target.get("primary"))

    @property
    def retired(self) -> bool:
        return self.name in self.deliveries.decided("retire-target", "target")

    @property
    def party(self) -> str:
        return self.deliveries.party(self.target["responsible"])

    @property
    def counts(self) -> bool:
        return bool(self.indicator) and self.deliveries.kind(str(self.indicator)) == "count"

    @property
    def good(self) -> str:
        if not self.indicator:
            return "higher"
        return self.deliveries.study["indicators"][self.indicator].get("good", "lower")

    @property
    def short(self) -> str:
        """Its own short name, or its indicator's where no other main target has that too."""
        target = self.target
        if target.get("short") or not self.indicator:
            return target.get("short") or target["title"]
        others = [
            one for name, one in self.deliveries.targets.items()
            if name != self.name and one.get("indicator") == self.indicator
            and one.get("primary") and not one.get("short")
            and name not in self.deliveries.decided("retire-target", "target")
        ]  # fmt: skip
        return target["title"] if others else self.deliveries.title(self.indicator)

    @property
    def goal(self) -> float:
        return float(self.target.get("goal", 100 if self.kind == "delivered" else 0))

    @property
    def reads(self) -> str:
        return self.target.get("over") or ("last_year" if self.kind in LAST_YEAR else "period")

    @cached_property
    def windows(self) -> tuple[tuple, tuple] | None:
        """Before and after; ``None`` while it is too early."""
        told, by = self.deliveries, str(self.target["by"])
        if not self.indicator:
            return None
        if not self.counts:
            waves = sorted(set(told.asked(str(self.indicator))["wave"]))
            if told.until is None:
                held = [wave for wave in waves if wave == int(by)]
            else:
                began = max(told.study["periods"]["survey_baseline"][1], int(told.period[0][:4]))
                held = [wave for wave in waves if began < wave <= int(by)]
            before = tuple(told.study["periods"]["survey_baseline"])
            return (before, (held[-1], held[-1])) if held else None
        times = quarters(told.period[0], min(by, told.last, told.moment(self.name)))
        years = min(len(times) // 4, 1) if self.reads == "last_year" else len(times) // 4
        return (told.baseline, (times[-4 * years], times[-1])) if years else None

    @cached_property
    def data(self) -> pd.DataFrame:
        """The indicator's table of all areas, in the target's windows."""
        before, after = self.windows or self._planned
        if self.counts:
            panel = self.deliveries.released(str(self.indicator))
            inside = {*quarters(*before), *quarters(*after)}
            return panel[panel["quarter"].isin(inside)].reset_index(drop=True)
        shares = _shares(self.deliveries, str(self.indicator))
        inside = {*range(before[0], before[1] + 1), *range(after[0], after[1] + 1)}
        return shares[shares["wave"].isin(inside)].reset_index(drop=True)

    def ask(self, method: Any, **more: Any) -> Any:
        """What an estimator says of the target, by quarters or years as the table is told."""
        if self.counts and "resolution" in signature(method).parameters:
            more["resolution"] = self.deliveries.released(str(self.indicator)).attrs["resolution"]
        return asked(method, self.data, self.design, **more)

    @property
    def _planned(self) -> tuple[tuple, tuple]:
        periods = self.deliveries.study["periods"]
        mark = "" if self.counts else "survey_"
        return tuple(periods[f"{mark}baseline"]), tuple(periods[f"{mark}period"])

    @property
    def comparison(self) -> list[str]:
        if self.counts:
            return self.deliveries.comparison
        return self.deliveries.released_shares(str(self.indicator))[1]

    @cached_property
    def design(self) -> te.Design:
        told, (before, after) = self.deliveries, self.windows or self._planned
        return te.Design(
            treated=told.treated, comparison=self.comparison, baseline=before, period=after,
            adjacent=told.adjacent if self.counts else (),
        )  # fmt: skip

    def level(self, area: str, window: tuple) -> float:
        """Per 1,000 inhabitants and year, or per cent."""
        told, indicator = self.deliveries, str(self.indicator)
        if not self.counts:
            waves = range(window[0], window[1] + 1)
            held = set(told.asked(indicator)["wave"])
            return float(
                np.mean([told.share(indicator, area, one) for one in waves if one in held])
            )
        panel = told.panel(indicator)
        own = panel[(panel["area"] == area) & panel["quarter"].isin(quarters(*window))]
        return 4000 * own["count"].sum() / own["population"].sum()

    @cached_property
    def before(self) -> float:
        return self.level(self.deliveries.treated, self.windows[0]) if self.windows else math.nan

    @cached_property
    def after(self) -> float:
        return self.level(self.deliveries.treated, self.windows[1]) if self.windows else math.nan

    @property
    def change(self) -> float:
        """Per cent, or percentage points."""
        return 100 * (self.after / self.before - 1) if self.counts else self.after - self.before

    @property
    def printed(self) -> float:
        """The change as a reader finds it from the printed figures, where they are shares."""
        if self.counts or not math.isfinite(self.change):
            return self.change
        return float(rounded(self.after, 1) - rounded(self.before, 1))

    @cached_property
    def observed(self) -> float:
        """On the scale of the target's kind."""
        if self.kind == "delivered":
            return delivered_share(self.deliveries, self.target)
        if not self.windows:
            return math.nan
        return {"level": lambda: self.after, "yearly_change": lambda: self._slope[0],
                "gap_to": lambda: self._gap[0]}.get(self.kind, lambda: self.change)()  # fmt: skip

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The one-sided limits of what was observed."""
        if self.kind == "delivered":
            return self.observed, self.observed
        if self.kind in ("yearly_change", "gap_to"):
            return (self._slope if self.kind == "yearly_change" else self._gap)[1:]
        if self.kind == "level":
            return self._level_ends
        found = self.compared(0.9)
        ends = (found.lower, found.upper) if found else (math.nan, math.nan)
        return tuple(100 * (end - 1) for end in ends) if self.counts else ends

    @property
    def _level_ends(self) -> tuple[float, float]:
        if not self.counts:
            half = SURE * math.sqrt(self._variance(self.deliveries.treated, self.windows[1]))
            return self.after - half, self.after + half
        found = self.ask(te.level_limits)
        return tuple(self.after * end / found.value for end in (found.lower, found.upper))

    def _variance(self, area: str, window: tuple) -> float:
        if self.counts:
            panel = self.deliveries.panel(str(self.indicator))
            own = panel[(panel["area"] == area) & panel["quarter"].isin(quarters(*window))]
            return 4000**2 * float(own["count"].sum() / own["population"].sum() ** 2)
        own = self.data[(self.data["area"] == area) & self.data["wave"].between(*window)]
        return 1e4 * float(own["variance"].sum()) / len(own) ** 2

    @cached_property
    def _slope(self) -> tuple[float, float, float]:
        """Of the straight line through the years or waves, with its one-sided limits."""
        if self.counts:
            return self._yearly_slope
        told, (before, after) = self.deliveries, self.windows
        held = sorted(set(told.asked(str(self.indicator))["wave"]))
        waves = [wave for wave in held if before[1] <= wave <= after[1]]
        table = _shares(told, str(self.indicator))
        own = table[table["area"] == told.treated].set_index("wave").loc[waves]
        values = [told.share(str(self.indicator), told.treated, wave) for wave in waves]
        apart = np.array(waves) - np.mean(waves)
        weights = apart / (apart**2).sum()
        variance = float(weights**2 @ (1e4 * own["variance"]))
        slope, half = float(weights @ values), SURE * math.sqrt(variance)
        return slope, slope - half, slope + half

    @property
    def _yearly_slope(self) -> tuple[float, float, float]:
        """Per cent a year: of the logs of the yearly rates from the baseline's last year on."""
        told, (before, after) = self.deliveries, self.windows
        times = quarters(before[0], before[1])[-4:], quarters(*after)
        years = [times[0], *(times[1][at : at + 4] for at in range(0, len(times[1]), 4))]
        starts = np.array([int(one[0][:4]) + int(one[0][-1]) / 4 for one in years])
        weights = (starts - starts.mean()) / ((starts - starts.mean()) ** 2).sum()
        year = {time: at for at, one in enumerate(years) for time in one}
        panel = told.released(str(self.indicator))
        panel = panel.assign(year=panel["quarter"].map(year)).dropna(subset="year")
        sums = panel.groupby(["area", "year"])[["count", "population"]].sum().unstack()
        rates, errors = {}, {}
        for area in (told.treated, *told.comparison):
            count = sums.loc[area, "count"].to_numpy(float) + (area != told.treated) / 2
            rates[area] = weights @ np.log(count / sums.loc[area, "population"].to_numpy(float))
            errors[area] = weights**2 @ (1 / count)
        others = [rates[area] for area in told.comparison]
        theirs = [errors[area] for area in told.comparison]
        ends = te.contrast_limits(rates[told.treated], errors[told.treated], others, theirs)
        slope, lower, upper = (100 * math.expm1(x) for x in (rates[told.treated], *ends))
        return slope, lower, upper

    @cached_property
    def _gap(self) -> tuple[float, float, float]:
        """How the distance to the comparison areas has changed in per cent, and its chance."""
        told, (before, after), others = self.deliveries, self.windows, self.deliveries.comparison
        first, last = (
            self.level(told.treated, window) - np.mean([self.level(one, window) for one in others])
            for window in (before, after)
        )
        left = 1 + self.goal / 100
        variances = [
            self._variance(told.treated, window)
            + sum(self._variance(one, window) for one in others) / len(others) ** 2
            for window in (before, after)
        ]
        error = math.sqrt(left**2 * variances[0] + variances[1])
        half = self._moving(error) if self.counts else SURE * error
        gap, reach = 100 * (last / first - 1), 100 * half / first
        return gap, gap - reach, gap + reach

    def _moving(self, error: float) -> float:
        """How far chance and the areas' own movement carry the distance between rates."""
        told, others = self.deliveries, self.deliveries.comparison
        now = [self.level(area, self.windows[1]) for area in (told.treated, *others)]
        moving = math.hypot(now[0], *(rate / len(others) for rate in now[1:]))
        sums = self.data.assign(
            after=self.data["quarter"].isin(quarters(*self.windows[1]))
        ).groupby(["area", "after"])[["count", "population"]].sum()  # fmt: skip
        count = (sums["count"] + 0.5).unstack().loc[others]
        rate = np.log(count / sums["population"].unstack().loc[others])
        changes, variances = rate[True] - rate[False], (1 / count).sum(axis=1)
        return moving * te.contrast_limits(0.0, (error / moving) ** 2, changes, variances)[1]

    def reached(self, value: float) -> bool:
        wants_more = self.kind == "delivered" or (self.good == "higher" and self.kind != "gap_to")
        return bool(value >= self.goal - 1e-9 if wants_more else value <= self.goal + 1e-9)

    @property
    def met(self) -> bool | None:
        return None if math.isnan(self.observed) else self.reached(self.observed)

    @property
    def certain(self) -> bool | None:
        if self.met is None:
            return None
        return all(self.reached(end) == self.met and not math.isnan(end) for end in self.ends)

    def compared(self, level: float = 0.95) -> Any:
        return self.ask(te.compare_periods, level=level)

    @cached_property
    def effect(self) -> Any:
        final = self.deliveries.until is None and self.indicator and self.windows
        return self.ask(te.difference_in_differences) if final else None

    @cached_property
    def smallest(self) -> float:
        """The smallest change towards the good that would be found four times out of five."""
        found = self.ask(te.minimum_detectable_change, primary=self._tests if self.primary else 1)
        if found:
            return found.fall if self.good == "lower" else found.rise
        if self.effect is None:
            return math.nan
        ends = [self.effect.lower, self.effect.upper]
        low, high = map(math.log, ends) if self.counts else ends
        wide = (high - low) / 2 / TWO_SIDED * (TWO_SIDED + NormalDist().inv_cdf(0.8))
        wide *= -1 if self.good == "lower" else 1
        return math.exp(wide) if self.counts else wide

    @property
    def _tests(self) -> int:
        """Main targets that share the level: those on an indicator that is no activity."""
        indicators = self.deliveries.study["indicators"]
        every = self.deliveries.targets.values()
        own = [one["indicator"] for one in every if one.get("primary") and one.get("indicator")]
        return sum(not indicators[name].get("activity") for name in own)

    @cached_property
    def beside(self) -> Any:
        if not self.counts or not self.deliveries.adjacent or self.effect is None:
            return None
        return self.ask(te.displacement)

    @property
    def moved(self) -> bool:
        """Whether there are more reports next door than expected, and that is worse."""
        return self.next_door == "more" and self.good == "lower"

    @property
    def next_door(self) -> str:
        """``fewer`` or ``more`` than expected, where the interval says so."""
        if not self.beside or self.beside.lower <= 1 <= self.beside.upper:
            return ""
        return "fewer" if self.beside.value < 1 else "more"

    @property
    def question(self) -> tuple:
        return self.indicator, self.windows


SURE = NormalDist().inv_cdf(0.95)
TWO_SIDED = NormalDist().inv_cdf(0.975)


def _shares(deliveries: Deliveries, indicator: str) -> pd.DataFrame:
    return deliveries.released_shares(indicator)[0]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Every target of a report, and what is decided over all of them."""

    deliveries: Deliveries

    @cached_property
    def every(self) -> list[Outcome]:
        return [Outcome(self.deliveries, name) for name in self.deliveries.targets]

    @cached_property
    def adjusted(self) -> dict[str, float]:
        """p-values, Holm's for the main targets."""
        plain = {one.name: one.effect.p_value for one in self.every if one.effect}
        family = sorted((plain[one.name], one.name) for one in self.every
                        if one.primary and one.name in plain)  # fmt: skip
        highest = 0.0
        for at, (p, name) in enumerate(family):
            highest = max(highest, min(1.0, p * (len(family) - at)))
            plain[name] = highest
        return plain

    def shown(self, one: Outcome) -> str:
        """``fewer``, ``more`` or nothing."""
        if one.effect is None or self.adjusted[one.name] > 0.05 + 1e-9:
            return ""
        return "fewer" if one.effect.value < (1 if one.counts else 0) else "more"

    def better(self, one: Outcome) -> str:
        way = self.shown(one)
        return way and ("better" if (way == "fewer") == (one.good == "lower") else "worse")

    @property
    def main(self) -> list[Outcome]:
        return [one for one in self.every if one.primary and not one.retired]

    @property
    def estimated(self) -> list[Outcome]:
        """Main targets with an effect, each question once."""
        return each_question(one for one in self.every if one.primary and one.effect)


def each_question(outcomes: Any) -> list[Outcome]:
    first: dict[tuple, Outcome] = {}
    for one in outcomes:
        first.setdefault(one.question, one)
    return list(first.values())
