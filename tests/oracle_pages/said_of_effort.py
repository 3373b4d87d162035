"""The lines about what happened and why: each action area, robustness, the areas next door."""

from __future__ import annotations

import math
from typing import Any

import danish as da
import pandas as pd
import promises
from deliveries import quarters
from outcomes import Outcome
from said import Lines, Story, in_question
from said_of_targets import beside, distance, goal_words, written_goal, written_observed

import tingbjerg_eval as te


def cards(story: Story) -> Lines:
    """Each measured target by action area, then the deliveries."""
    yield "usikkerheden (95 %) pr. 1.000"
    areas = sorted(
        story.deliveries.written["action_areas"].items(), key=lambda it: it[1]["priority"]
    )
    drawn: set[str] = set()
    for name, _ in areas:
        for one in story.outcomes.every:
            if one.indicator and one.target["action_area"] == name:
                yield from _card(story, one, drawn)
    for one in story.outcomes.every:
        if not one.indicator:
            yield from _delivered(story, one)


def courses(story: Story) -> Lines:
    """A small figure an indicator, with the goal of its main target."""
    yield "usikkerheden (95 %)"
    for name in story.deliveries.study["indicators"]:
        own = [one for one in story.outcomes.every if one.indicator == name]
        if own:
            yield story.deliveries.title(name)
            one = next((one for one in own if one.primary), own[0])
            yield course(story, name, goal_level(story, one))


def _card(story: Story, one: Outcome, drawn: set[str]) -> Lines:
    yield one.target["title"]
    yield f"{one.party} {_due(one)} {_retired(story, one)}"
    if one.indicator not in drawn:
        yield course(story, str(one.indicator), goal_level(story, one))
        drawn.add(str(one.indicator))
    yield _said(story, one)
    told = story.told(one) and one.windows is not None
    if told:
        before, after = (da.window(*window) for window in one.windows)
        unit = "" if one.counts else " %"
        yield f"({before}) ({after}) {da.number(one.before, 1)} {da.number(one.after, 1)}{unit}"
        if found := one.compared():
            yield _changed(one, found, found.value if one.counts else one.printed)
    yield f"Mål {goal_words(one)} {_goal_level(one) if told else ''}"
    yield from _of_kind(one)
    if one.effect:
        yield f"ventede {_changed(one, one.effect)}"
        if not story.outcomes.better(one) and math.isfinite(one.smallest):
            yield f"vises fra {da.changed(one.smallest, counts=one.counts)}"
        if one.beside:
            yield f"Naboområderne {_changed(one, one.beside)}"
    if not one.counts and one.windows:
        given = story.deliveries.asked(str(one.indicator))
        number = given.groupby(["area", "wave"]).size()
        own = story.deliveries.treated
        waves = [[w for a, w in number.index if a == own and window[0] <= w <= window[1]]
                 for window in one.windows]  # fmt: skip
        yield " og ".join(str(sum(number[own, w] for w in held)) for held in waves)


def _due(one: Outcome) -> str:
    by = str(one.target["by"])
    return da.quarter(by) if "K" in by else by


def _changed(one: Outcome, found: Any, told: float | None = None) -> str:
    value = da.changed(found.value if told is None else told, counts=one.counts)
    return f"{value} ({da.between(found.lower, found.upper, counts=one.counts)})"


def _goal_level(one: Outcome) -> str:
    """The level that a goal of a change comes to."""
    if one.kind not in ("relative_change", "point_change", "not_worse") or not one.goal:
        return ""
    if one.counts:
        return f"({da.number(one.before * (1 + one.goal / 100), 1)})"
    return f"({da.percent((one.before + one.goal) / 100)})"


def _of_kind(one: Outcome) -> Lines:
    if one.kind == "yearly_change" and one.windows:
        yield f"om året {written_observed(one)}"
    if one.kind == "gap_to" and one.windows:
        yield distance(one)


def _said(story: Story, one: Outcome) -> str:
    """What holds for one target alone."""
    said: list[str] = []
    if story.outcomes.better(one):
        said.append(da.changed(one.effect.value, counts=one.counts))
        said += _restless(one)
    said += beside(one)
    if one.kind == "level" and not one.counts and one.met is not None and not one.certain:
        given = story.deliveries.asked(str(one.indicator))
        own = given[(given["area"] == story.deliveries.treated)
                    & (given["wave"] == one.windows[1][1])]  # fmt: skip
        given = story.deliveries.asked(str(one.indicator))
        places = len(f"{one.goal:g}".partition(".")[2])
        said.append(f"Med {len(own)} svar over {da.percent(one.goal / 100, places)}")
    return " ".join(said)


def _delivered(story: Story, one: Outcome) -> Lines:
    yield one.target["title"]
    yield f"{one.party} {_due(one)} {_retired(story, one)}"
    rows = promises.owed(story.deliveries)
    rows = rows[(rows["measure"] == one.target["measure"]) & (rows["committed"] > 0)]
    kept = int((~rows["broken"] & ~rows["lacking"]).sum())
    yield f"{kept} af {len(rows)} kvartaler " + " ".join(
        f"{da.quarter(row.quarter)}: {da.number(row.delivered)} af {da.number(row.wanted)}"
        for row in rows[rows["broken"]].itertuples()
    )
    if one.met is None:
        yield da.listed(map(da.quarter, _unreturned(story, one)))
        yield f"Mål {written_goal(one)}"
        return
    if story.deliveries.measures[one.target["measure"]].get("hold"):
        held = rows[rows["hold"].notna()]
        yield f"{int((~held['broken'] & ~held['lacking']).sum())} af {len(held)}"
        return
    yield f"{da.number(rows['delivered'].sum())} af {da.number(rows['committed'].sum())}"
    if one.goal < 100:
        yield f"Mål {written_goal(one)}"


def _retired(story: Story, one: Outcome) -> str:
    for decision in story.deliveries.written.get("decisions", []):
        if decision["action"] == "retire-target" and decision.get("target") == one.name:
            day = pd.Timestamp(str(decision["date"]))
            return f"udgået {day.day}. {day.year}"
    return ""


def answer(found: Any, counts: bool) -> str:
    return " | ".join([
        da.changed(found.value, counts=counts),
        da.between(found.lower, found.upper, counts=counts), da.p_value(found.p_value),
    ])  # fmt: skip


def _restless(one: Outcome) -> Lines:
    if one.effect and any(remark.code == "restless" for remark in one.effect.remarks):
        yield restless(one.data, one.design)


def restless(data: pd.DataFrame, design: te.Design) -> str:
    """How many times as restless the area was; the widening stops at ten."""
    ratio = min(te.dispersion_ratio(data, design).value, 10.0)
    return f"{da.number(ratio, 0 if ratio.is_integer() else 1)} gange så uroligt"


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
    panel, known = told.panel(indicator), story.finished.cells[indicator]
    own = panel[panel["area"] == told.treated].set_index("quarter")
    rate = (1000 * own["count"] / own["population"]).where(own.index.isin(set(known)))
    seen = rate.dropna()
    if seen.empty:
        return "skjult"
    said = [f"fra {da.number(seen.iloc[0], 1)} i {da.quarter(seen.index[0])}",
            f"til {da.number(seen.iloc[-1], 1)} i {da.quarter(seen.index[-1])}"]  # fmt: skip
    if len(seen) == 1:
        said = [f"{da.number(seen.iloc[0], 1)} i {da.quarter(seen.index[0])}"]
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
    others = others.mask(others.index.isin(told.untold_of_others(indicator)))
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
            for wave in dict.fromkeys((own[0], own[-1]))]  # fmt: skip
    means = []
    for wave in waves:
        yes = [int(given[(given["area"] == a) & (given["wave"] == wave)]["inside"].sum())
               for a in told.comparison]  # fmt: skip
        whole = [number.get((a, wave), 0) for a in told.comparison]
        if all(n >= fewest and told.threshold <= k <= n - told.threshold
               for k, n in zip(yes, whole, strict=True)):  # fmt: skip
            mean = sum(told.share(indicator, a, wave) for a in told.comparison) / len(whole)
            means.append(f"{da.percent(mean / 100)} i {wave}")
    said += [means[0], means[-1]] if len(means) > 1 else means
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


def displacement(story: Story) -> Lines:
    """The areas next door, each question of the main targets once."""
    for one in story.outcomes.estimated:
        if not one.counts or not story.deliveries.adjacent:
            continue
        row = [question(story, one), da.fewer(one.beside.value),
               da.between(one.beside.lower, one.beside.upper, counts=True)]  # fmt: skip
        shown = story.outcomes.shown(one) and one.next_door
        fell = story.outcomes.shown(one) == "fewer"
        quotient = _quotient(story, one) if shown and fell else math.nan
        way = "flere" if quotient < 0 else "færre"
        told = math.isfinite(quotient)
        row.append(f"{da.number(abs(quotient), 2)} {way}" if told else "udeladt")
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
    return in_question(story, one, story.outcomes.estimated)


def robustness(story: Story) -> Lines:
    """A line each: the answer and the tests it stands up to; the areas drawn; the tests."""
    every = story.outcomes.estimated
    for one in every:
        yield " ".join([question(story, one), da.changed(one.effect.value, counts=one.counts),
                        _held(story, one), _place(one), _before(one)])  # fmt: skip
    for counts in (True, False):
        said = [f"{question(story, one)}: {_placebo(story, one)}"
                for one in every if one.counts == counts]  # fmt: skip
        if said:
            yield " ".join(said)
    for one in every:
        yield question(story, one)
        yield from _other_ways(story, one)


def _held(story: Story, one: Outcome) -> str:
    """How many tests with an interval answer as the verdict."""
    tests = [found.estimate for found in [one.ask(te.collapsed_t)] if found]
    left_out, shorter = one.ask(te.leave_one_out), one.ask(te.baseline_sensitivity)
    if left_out is not None:
        tests += list(left_out[left_out["left_out"] != ""].itertuples())
    if shorter is not None:
        rows = shorter[shorter["baseline_first"] != one.design.baseline[0]]
        tests += list(rows.dropna(subset="value").itertuples())
    none, shown = 1 if one.counts else 0, story.outcomes.shown(one)
    sides = ["fewer" if test.upper < none else "more" if test.lower > none else ""
             for test in tests]  # fmt: skip
    return f"{sides.count(shown)} af {len(sides)} prøver"


def _place(one: Outcome) -> str:
    found = one.ask(te.placebo_areas)
    return f"nr. {found.rank} af {len(found.table)}" if found else ""


def _before(one: Outcome) -> str:
    found = one.ask(te.event_study)
    return f"(p = {da.p_value(found.pretrend_p)})" if found else ""


def _placebo(story: Story, one: Outcome) -> str:
    found = one.ask(te.placebo_areas)
    if not found:
        return ""
    own = found.table.set_index("area")["value"]
    others = own.drop(story.deliveries.treated)
    ends = (others.min(), own[story.deliveries.treated], others.max())
    lowest, value, highest = (da.changed(end, counts=one.counts) for end in ends)
    place = f"{found.rank} af {len(own)}"
    return f"{value}. De {len(others)} mellem {lowest} og {highest}. nummer {place}"


def _ways(one: Outcome, found: Any) -> str:
    interval = (
        "" if math.isnan(found.lower) else da.between(found.lower, found.upper, counts=one.counts)
    )
    return f"{da.changed(found.value, counts=one.counts)} | {interval}"


def _other_ways(story: Story, one: Outcome) -> Lines:
    yield _ways(one, one.effect)
    decided = story.outcomes.better(one)
    collapsed = one.ask(te.collapsed_t)
    if collapsed:
        yield _ways(one, collapsed.estimate)
        if decided:
            yield f"{da.number(collapsed.breakdown_ratio, 1)} gange"
            yield from _dispersion(one)
    found = one.ask(te.leave_one_out)
    if found is not None:
        values = found.loc[found["left_out"] != "", "value"]
        ends = (values.min(), values.max())
        yield da.between(*ends, counts=one.counts)
    found = one.ask(te.baseline_sensitivity)
    if found is not None:
        for row in found[found["value"].notna()].itertuples():
            yield f"{da.window(row.baseline_first, row.baseline_last)} {_ways(one, row)}"
    if other := one.ask(te.synthetic_difference_in_differences):
        yield _ways(one, other)
    alone = one.counts and _by_quarter(story, one) and one.ask(te.interrupted_time_series)
    if alone:
        yield _ways(one, alone)
    trend = one.ask(te.trend_sensitivity)
    if decided and trend and math.isfinite(trend.breakdown):
        yield f"{da.number(trend.breakdown, 1)} gange"
    yield from _late(story, one)


def _by_quarter(story: Story, one: Outcome) -> bool:
    """Whether no quarter of the treated area's windows is withheld or told as a year only."""
    told = story.finished.cells[str(one.indicator)]
    return all(time in told for window in one.windows for time in quarters(*window))


def _dispersion(one: Outcome) -> Lines:
    """The ratio with its interval and rank; two years show one departure and are passed over."""
    found = one.ask(te.dispersion_ratio)
    if found and not (found.resolution == "year" and len(one.design.baseline_times) < 12):
        ends = " til ".join(da.number(end, 1) for end in (found.lower, found.upper))
        yield f"{da.number(found.value, 1)} gange | {ends}; {found.rank} af {found.n_areas}"


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
