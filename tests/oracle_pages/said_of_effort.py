"""The lines about what happened and why: each action area, robustness, the areas next door."""

from __future__ import annotations

import math
from typing import Any

import danish as da
import pandas as pd
import promises
from deliveries import quarters
from outcomes import Outcome, asked
from said import Lines, Story
from said_of_targets import beside, measured, written_goal

import tingbjerg_eval as te

HIDDEN = "skjult"
SMALL = 5
"""The disclosure threshold of all three studies."""
WANTED = 12
"""Comparison areas below which a remark says that there are few."""


def action_areas(story: Story) -> Lines:
    areas = sorted(
        story.deliveries.written["action_areas"].items(), key=lambda it: it[1]["priority"]
    )
    for name, area in areas:
        yield area["title"]
        yield area["problem"]
        yield area["evidence"]
        drawn: set[str] = set()
        for one in story.outcomes.every:
            if one.target["action_area"] == name:
                yield from _target(story, one, drawn)


def _target(story: Story, one: Outcome, drawn: set[str]) -> Lines:
    yield one.target["title"]
    yield f"Mål: {written_goal(one)}"
    if one.indicator:
        if one.indicator not in drawn:
            yield course(story, one.indicator, goal_level(story, one))
            drawn.add(one.indicator)
        if one.windows:
            yield from _answers(story, one)
    yield _callout(story, one)


def _answers(story: Story, one: Outcome) -> Lines:
    found = [one.compared() if story.told(one) else None, one.effect]
    yield from (answer(each, one.counts) for each in found if each)
    if remarks := [*_few(story, one), *_restless(one)]:
        yield " ".join(remarks)
    if one.effect and story.outcomes.adjusted[one.name] > one.effect.p_value:
        yield f"rettet ({da.p_value(story.outcomes.adjusted[one.name])})"


def answer(found: Any, counts: bool) -> str:
    return " | ".join([
        da.changed(found.value, counts=counts),
        da.between(found.lower, found.upper, counts=counts), da.p_value(found.p_value),
    ])  # fmt: skip


def _few(story: Story, one: Outcome) -> Lines:
    if one.effect and len(story.deliveries.comparison) < WANTED:
        yield f"{len(story.deliveries.comparison)} sammenligningsområder; {WANTED}"


def _restless(one: Outcome) -> Lines:
    if one.effect and any(remark.code == "restless" for remark in one.effect.remarks):
        yield restless(one.data, one.design)


def restless(data: pd.DataFrame, design: te.Design) -> str:
    """How many times as restless the area was; the widening stops at ten."""
    ratio = min(te.dispersion_ratio(data, design).value, 10.0)
    return f"{da.number(ratio, 0 if ratio.is_integer() else 1)} gange så uroligt"


def _callout(story: Story, one: Outcome) -> str:
    said: list[str] = []
    told = story.told(one)
    if one.met is not None and told:
        said += measured(story, one)
    elif not told:
        said.append(withheld(story, one))
    elif one.kind == "delivered":
        said.append(da.listed(map(da.quarter, _unreturned(story, one))))
    if story.deliveries.until is None:
        if story.outcomes.better(one):
            said.append(da.changed(one.effect.value, counts=one.counts))
        elif one.effect is not None and math.isfinite(one.smallest):
            said.append(f"mindste {da.changed(one.smallest, counts=one.counts)}")
        said += beside(one)
    return " ".join(said)


def withheld(story: Story, one: Outcome) -> str:
    """«skjult» where a small count is the reason, not one that the figure would give away."""
    indicator, told = str(one.indicator), story.deliveries
    panel = told.panel(indicator)
    own = panel[panel["area"] == told.treated].set_index("quarter")["count"]
    for window in one.windows:
        inside = own[quarters(*window)]
        named = f"{window[0]}-{window[1]}" in story.finished.hidden[indicator]
        counts = [inside.sum()] if named else list(inside)
        if not story.shown(indicator, window) and any(0 < count < SMALL for count in counts):
            return HIDDEN
    return ""


def _unreturned(story: Story, one: Outcome) -> list[str]:
    rows = promises.owed(story.deliveries)
    own = rows[(rows["measure"] == one.target["measure"]) & rows["lacking"]]
    return list(own["quarter"])


def goal_level(story: Story, one: Outcome) -> float:
    """The goal on the figure's axis: per quarter and 1,000, or per cent; none for other kinds."""
    if one.kind not in ("level", "relative_change", "point_change", "not_worse"):
        return math.nan
    if one.kind == "level":
        return one.goal / 4 if one.counts else one.goal
    told, periods = story.deliveries, story.deliveries.study["periods"]
    if one.counts:
        if not story.shown(str(one.indicator), told.baseline):
            return math.nan
        return one.level(told.treated, told.baseline) * (1 + one.goal / 100) / 4
    return one.level(told.treated, tuple(periods["survey_baseline"])) + one.goal


def course(story: Story, indicator: str, goal: float = math.nan) -> str:
    """The alternative text of a trend figure."""
    if story.deliveries.kind(indicator) == "share":
        return _course_of_share(story, indicator, goal)
    told = story.deliveries
    panel, hidden = told.panel(indicator), story.finished.hidden[indicator]
    own = panel[panel["area"] == told.treated].set_index("quarter")
    rate = (1000 * own["count"] / own["population"]).mask(own.index.isin(hidden))
    seen = rate.dropna()
    if seen.empty:
        return "ingen"
    said = [f"fra {da.number(seen.iloc[0], 1)} i {da.quarter(seen.index[0])}",
            f"til {da.number(seen.iloc[-1], 1)} i {da.quarter(seen.index[-1])}"]  # fmt: skip
    after = (told.period[0], told.last)
    windows = (told.baseline, after)
    means = [rate[rate.index.isin(quarters(*window))].mean(skipna=False) for window in windows]
    if all(map(math.isfinite, means)):
        said += [f"{da.number(mean, 1)} i ({da.window(*window)})"
                 for mean, window in zip(means, windows, strict=True)]  # fmt: skip
    sums = (
        panel[panel["area"].isin(told.comparison)].groupby("quarter")[["count", "population"]].sum()
    )
    others = 1000 * sums["count"] / sums["population"]
    others = others.mask(others.index.isin(story.finished.hidden[f"{indicator} comparison"]))
    means = [others[others.index.isin(quarters(*window))].mean(skipna=False) for window in windows]
    if all(map(math.isfinite, means)):
        said += [da.number(mean, 1) for mean in means]
    if rate.isna().any():
        said.append(f"{int(rate.isna().sum())} tal er skjult")
    if math.isfinite(goal):
        said.append(f"Målet er {da.number(goal, 1)}")
    return " ".join(said)


def _course_of_share(story: Story, indicator: str, goal: float) -> str:
    told = story.deliveries
    given = told.asked(indicator)
    fewest = told.study.get("rules", {}).get("survey_minimum_answers", 30)
    number = given.groupby(["area", "wave"]).size()
    waves = sorted(set(given["wave"]))
    own = [wave for wave in waves if number.get((told.treated, wave), 0) >= fewest]
    said = [f"{da.percent(told.share(indicator, told.treated, wave) / 100)} i {wave}"
            for wave in (own[0], own[-1])]  # fmt: skip
    means = []
    for wave in waves:
        areas = [a for a in told.comparison if number.get((a, wave), 0) >= fewest]
        if len(areas) == len(told.comparison):
            means.append(sum(told.share(indicator, a, wave) for a in areas) / len(areas))
    said += [da.percent(mean / 100) for mean in (means[0], means[-1])]
    if math.isfinite(goal):
        said.append(f"Målet er {da.percent(goal / 100)}")
    return " ".join(said)


def activity(story: Story) -> Lines:
    """Offences that follow police activity."""
    told = story.deliveries
    for name, one in told.study["indicators"].items():
        if not one.get("activity"):
            continue
        yield one["title"]
        yield course(story, name)
        panel = told.panel(name)
        design = te.Design(treated=told.treated, comparison=told.comparison,
                           baseline=told.baseline, period=told.period)  # fmt: skip
        methods = [te.difference_in_differences]
        if story.shown(name, told.baseline) and story.shown(name, told.period):
            methods.insert(0, te.compare_periods)
        found = [asked(method, panel, design) for method in methods]
        yield from (answer(each, True) for each in found if each)
        if any(remark.code == "restless" for each in found if each for remark in each.remarks):
            yield restless(panel, design)


def displacement(story: Story) -> Lines:
    """The areas next door, each question of the main targets once."""
    for one in story.outcomes.estimated:
        if not one.counts or not story.deliveries.adjacent:
            continue
        row = [question(story, one), da.fewer(one.beside.value),
               da.between(one.beside.lower, one.beside.upper, counts=True)]  # fmt: skip
        shown = story.outcomes.shown(one) and one.next_door
        row.append(da.number(_quotient(story, one), 2) if shown else "udeladt")
        yield " | ".join(row)


def _quotient(story: Story, one: Outcome) -> float:
    """Bowers and Johnson's: how the neighbours' share of the comparison moved, over the area's."""
    after = one.data["quarter"] > one.windows[0][1]
    told = story.deliveries
    sums = [
        [one.data.loc[one.data["area"].isin(areas) & part, "count"].sum()
         for areas in ([told.treated], told.adjacent, told.comparison)]
        for part in (~after, after)
    ]  # fmt: skip
    (a0, b0, c0), (a1, b1, c1) = sums
    return (b1 / c1 - b0 / c0) / (a1 / c1 - a0 / c0)


def question(story: Story, one: Outcome) -> str:
    """An indicator, with the window where it is asked about in several."""
    asked_of = [other for other in story.outcomes.estimated if other.indicator == one.indicator]
    title = story.deliveries.title(str(one.indicator))
    return f"{title} ({da.window(*one.windows[1])})" if len(asked_of) > 1 else title


def robustness(story: Story) -> Lines:
    """Every main target with an effect, and no other: the same question in other ways."""
    for one in story.outcomes.estimated:
        yield question(story, one)
        yield from _placebo(story, one)
        yield from _other_ways(story, one)
        yield from _over_time(one)


def _placebo(story: Story, one: Outcome) -> Lines:
    found = asked(te.placebo_areas, one.data, one.design)
    if not found:
        return
    own = found.table.set_index("area")["value"]
    others = own.drop(story.deliveries.treated)
    ends = (others.min(), own[story.deliveries.treated], others.max())
    lowest, value, highest = (da.changed(end, counts=one.counts) for end in ends)
    place = f"{found.rank} af {len(own)}"
    yield f"{value}. De {len(others)} mellem {lowest} og {highest}. nummer {place}"
    yield f"nummer {place}. Den mindste p-værdi {da.p_value(1 / len(own))}"


def _ways(one: Outcome, found: Any) -> str:
    interval = (
        "" if math.isnan(found.lower) else da.between(found.lower, found.upper, counts=one.counts)
    )
    return f"{da.changed(found.value, counts=one.counts)} | {interval}"


def _other_ways(story: Story, one: Outcome) -> Lines:
    yield _ways(one, one.effect)
    collapsed = asked(te.collapsed_t, one.data, one.design)
    if collapsed:
        yield _ways(one, collapsed.estimate)
        yield f"{da.number(collapsed.breakdown_ratio, 1)} gange"
    yield from _left_out(story, one)
    found = asked(te.baseline_sensitivity, one.data, one.design)
    if found is not None:
        for row in found[found["value"].notna()].itertuples():
            yield f"{da.window(row.baseline_first, row.baseline_last)} {_ways(one, row)}"
    methods = [te.synthetic_difference_in_differences]
    methods += [te.interrupted_time_series] if one.counts else []
    for method in methods:
        if other := asked(method, one.data, one.design):
            yield _ways(one, other)
    trend = asked(te.trend_sensitivity, one.data, one.design)
    if trend and math.isfinite(trend.breakdown):
        yield f"{da.number(trend.breakdown, 1)} gange"
    yield from _late(story, one)


def _left_out(story: Story, one: Outcome) -> Lines:
    """Each comparison area left out in turn, by asking the headline without it."""
    values = []
    for area in story.deliveries.comparison:
        kept = [each for each in story.deliveries.comparison if each != area]
        found = asked(
            te.difference_in_differences, one.data, one.design.with_(comparison=tuple(kept))
        )
        if found is None:
            return
        values.append(found.value)
    yield " til ".join(da.changed(end, counts=one.counts) for end in (min(values), max(values)))


def _late(story: Story, one: Outcome) -> Lines:
    """With the newest quarters raised to what is to be expected of them."""
    factors = late_factors(story)
    if not one.counts or not set(factors) & set(quarters(*one.windows[1])):
        return
    raised = one.data.assign(
        population=one.data["population"] / one.data["quarter"].map(factors).fillna(1)
    )
    methods = [te.difference_in_differences, *([te.compare_periods] if story.told(one) else [])]
    for method in methods:
        yield _ways(one, method(raised, one.design))


def late_factors(story: Story) -> dict[str, float]:
    """By preliminary quarter how many reports are expected in the end for each now registered.

    As the page itself tells the growth: its table by age, half a year between the extracts.
    """
    tables = story.finished.tables.items()
    told = next((rows for caption, rows in tables if caption.startswith(GROWTH)), None)
    if not told:
        return {}
    by_age = {int(age): 1 + float(text.split()[0].replace("−", "-")) / 100
              for _, age, text in told[1:] if "%" in text}  # fmt: skip
    source = story.deliveries.study["data"]["incidents"]
    extract = pd.Period(pd.Timestamp(source["extract_date"]), freq="Q") - 1
    before = pd.Period(pd.Timestamp(source["previous"]["extract_date"]), freq="Q") - 1
    step = (extract - before).n
    made = {}
    for age in range(step):
        at, factor = age, 1.0
        while at in by_age:
            factor, at = factor * by_age[at], at + step
        quarter = str(extract - age).replace("Q", "K")
        if age in by_age:
            made[quarter] = factor
    return made


GROWTH = "Hvor meget antallet af anmeldelser er ændret"


def _over_time(one: Outcome) -> Lines:
    found = asked(te.event_study, one.data, one.design)
    if not found:
        return
    ends = []
    for window in ("baseline", "period"):
        values = found.table.loc[found.table["window"] == window, "value"].dropna()
        if len(values):
            ends += [da.changed(end, counts=one.counts) for end in (values.min(), values.max())]
    yield " ".join(ends)
    missed = da.changed(found.detectable_slope, counts=one.counts)
    yield f"p-værdien {da.p_value(found.pretrend_p)}. {missed}"
