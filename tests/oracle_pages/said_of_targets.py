"""The lines about targets: the first page, all targets, each target's own page."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import danish as da
import pandas as pd
import promises
from deliveries import quarters
from outcomes import Outcome, Outcomes
from said import Lines, Story

REACHES = (10, 20, 40, 60, 100, 200)
DECIMALS = 9


def first_page(story: Story) -> Lines:
    yield from points(story)
    for counts in (True, False):
        rows = [one for one in story.outcomes.main if one.counts == counts]
        if rows:
            yield from _rows(story, rows, counts=counts)
    yield f"udviklingen i {len(story.deliveries.comparison)} områder"
    yield from _money_bar(story)


def points(story: Story) -> Lines:
    """The six points: reached, better, next door, worse, undecided, money."""
    every = [*_reached(story), *_better(story), *_next_door(story), *_worse(story),
             *_undecided(story), *_money(story)]  # fmt: skip
    yield from every[:6]


def _reached(story: Story) -> Lines:
    main = story.outcomes.main
    decided = [one for one in main if one.met is not None]
    met = [one for one in decided if one.met]
    unsure = sum(not one.certain for one in met)
    if decided:
        some = 0 < unsure < len(met)
        yield f"{da.counted(len(met))} af {da.counted(len(decided))} er nået" + (
            f" for {da.counted(unsure)} usikkert" if some else ""
        )
    if decided and len(main) > len(decided):
        yield f"{da.counted(len(main) - len(decided))} kan ikke gøres op"


def _of(story: Story, answer: str) -> list[Outcome]:
    return [one for one in story.outcomes.main if story.outcomes.better(one) == answer]


def _moved(story: Story, one: Outcome) -> str:
    if not story.told(one):
        return ""
    size = da.number(abs(one.printed), 0 if one.counts else 1)
    way = "faldt" if one.printed < 0 else "steg"
    return f"{way} {size} {'procent' if one.counts else 'procentpoint'}"


def _better(story: Story) -> Lines:
    better = _of(story, "better")
    if len(better) == 1:
        one, effect = better[0], better[0].effect
        sizes = [100 * abs(end - 1) if one.counts else abs(end)
                 for end in (effect.value, effect.lower, effect.upper)]  # fmt: skip
        decimals = 0 if one.counts else 1
        less = effect.value < (1 if one.counts else 0)
        way = ("færre" if less else "flere") if one.counts else ("lavere" if less else "højere")
        value, least, most = (da.number(size, decimals) for size in (sizes[0], *sorted(sizes[1:])))
        unit = "procent" if one.counts else "procentpoint"
        told = f"{value} {unit} {way} (usikkerhed {least} til {most})"
        yield f"{one.short}: {_moved(story, one)}. {told}"
    elif better:
        yield "flere hovedmål"


def _next_door(story: Story) -> Lines:
    moved = [one for one in story.outcomes.main
             if one.moved and story.outcomes.better(one) != "worse"]  # fmt: skip
    if len(moved) == 1:
        beside = moved[0].beside
        more, least, most = (da.number(100 * (end - 1))
                             for end in (beside.value, beside.lower, beside.upper))  # fmt: skip
        yield f"{more} procent flere ({least} til {most} procent)"


def _worse(story: Story) -> Lines:
    worse = _of(story, "worse")
    if len(worse) == 1:
        yield f"{worse[0].short}: {_moved(story, worse[0])}"


def _undecided(story: Story) -> Lines:
    open_ = [one for one in story.outcomes.main if not story.outcomes.better(one)]
    if 1 < len(open_) < len(story.outcomes.main):
        yield f"de øvrige {da.counted(len(open_))}"


def _money(story: Story) -> Lines:
    if story.deliveries.returns is None:
        return
    total = promises.money(story.deliveries).iloc[-1]
    if math.isnan(total["spent"]) or not total["frame"]:
        return
    amounts = [total[key] / 1e6 for key in ("spent", "frame")]
    places = next((n for n in (1, 2) if da.number(amounts[0], n) != da.number(amounts[1], n)
                   or amounts[0] == amounts[1]), 3)  # fmt: skip
    spent, frame = (da.number(amount, places) for amount in amounts)
    said = f"Der er brugt {spent} af {frame} mio. kr."
    rows = promises.by_measure(story.deliveries)
    rows = rows[(rows["lacking"] == 0) & (rows["committed"] > 0) & ~rows["held"]]
    rows = rows.sort_values("share", kind="stable")
    if len(rows) and rows.iloc[0]["share"] < 1:
        least, rest = rows.iloc[0], rows["share"].iloc[1:]
        said += (
            f" {da.number(least['delivered'])} af {da.number(least['committed'])} {least['unit']}"
        )
        if len(rest):
            said += f" mindst {math.floor(100 * min(rest.min(), 1))} procent"
    yield said


def _rows(story: Story, rows: list[Outcome], *, counts: bool) -> Lines:
    periods = story.deliveries.study["periods"]
    mark = "" if counts else "survey_"
    before, after = (da.window(*periods[f"{mark}{name}"]) for name in ("baseline", "period"))
    yield f"{before} og {after}"
    drawn = [abs(value) for one in rows for value in (shown_change(story, one), goal_change(one))]
    most = max((value for value in drawn if math.isfinite(value)), default=0)
    reach = next((one for one in REACHES if most <= 0.97 * one), REACHES[-1])
    yield (f"{reach} procent færre til {reach} procent flere" if counts
           else f"{reach} procentpoint lavere til {reach} højere")  # fmt: skip
    for one in rows:
        yield from _row(story, one)


def shown_change(story: Story, one: Outcome) -> float:
    return one.printed if one.windows and story.told(one) else math.nan


def goal_change(one: Outcome) -> float:
    if one.kind in ("relative_change", "point_change", "not_worse"):
        return one.goal
    if one.kind != "level":
        return math.nan
    return 100 * (one.goal / one.before - 1) if one.counts else one.goal - one.before


def expected(one: Outcome) -> tuple[float, float, float]:
    """The change to be expected without the effort, and its limits, as the area's own is told."""
    if one.effect is None:
        return (math.nan,) * 3
    effects = (one.effect.value, one.effect.upper, one.effect.lower)
    if one.counts:
        return tuple(100 * (one.after / one.before / effect - 1) for effect in effects)
    return tuple(one.change - effect for effect in effects)


def _as_change(change: float, one: Outcome) -> str:
    """The change of a strip, first rounded as it is drawn."""
    return da.fewer(1 + change / 100) if one.counts else da.points(change, "point")


def goal_words(one: Outcome) -> str:
    decimals = len(f"{one.goal:g}".partition(".")[2])
    if one.kind == "relative_change":
        size = da.percent(abs(one.goal) / 100, decimals)
        return f"{size} {'færre' if one.goal < 0 else 'flere'}"
    if one.kind == "point_change":
        size = da.number(abs(one.goal), max(decimals, 1))
        return f"{size} point {'lavere' if one.goal < 0 else 'højere'}"
    if one.kind == "not_worse" and not one.goal:
        return "ikke dårligere"
    return written_goal(one)


def planned(story: Story, one: Outcome) -> tuple[tuple, tuple]:
    """The study's own windows, which the table's caption names."""
    periods, mark = story.deliveries.study["periods"], "" if one.counts else "survey_"
    return tuple(periods[f"{mark}baseline"]), tuple(periods[f"{mark}period"])


def _row(story: Story, one: Outcome) -> Lines:
    if not story.told(one):
        figures, change, ends = "skjult", "", (math.nan,) * 3
    elif not one.windows:
        figures, change, ends = "ikke opgjort", "", (math.nan,) * 3
    else:
        figures = (
            f"{da.number(one.before, 1)} → {da.number(one.after, 1)}{'' if one.counts else ' %'}"
        )
        if one.windows != planned(story, one):
            figures += f" ({da.window(*one.windows[1])})"
        change, ends = _as_change(one.printed, one), expected(one)
    better = story.outcomes.better(one)
    if better:
        value = 100 * (one.effect.value - 1) if one.counts else one.effect.value
        small = _as_change(value, one)
    else:
        found = one.smallest if one.effect or one.windows else math.nan
        value = 100 * (found - 1) if one.counts else found
        small = f"kan vises fra {_as_change(value, one)}" if math.isfinite(value) else ""
    yield f"{one.short} Mål: {goal_words(one)} · {one.party} {figures} {change} {small}"
    alt = f"{one.short}: {figures}, {change}. Mål: {goal_words(one)}."
    if math.isfinite(ends[1]):
        alt += f" Ventet: mellem {_as_change(ends[1], one)} og {_as_change(ends[2], one)}."
    if one.counts and story.deliveries.adjacent and one.beside:
        alt += f" Naboområderne: {_as_change(_neighbours(story, one), one)}."
    yield alt


def _neighbours(story: Story, one: Outcome) -> float:
    """The adjacent areas' own change in per cent, each weighted by how surely it is known."""
    sums = one.data.assign(
        after=one.data["quarter"] > one.windows[0][1]
    ).groupby(["area", "after"])[["count", "population"]].sum()  # fmt: skip
    logs, weights = [], []
    for area in story.deliveries.adjacent:
        before, after = sums.loc[(area, False)], sums.loc[(area, True)]
        rates = [(row["count"] + 0.5) / row["population"] for row in (before, after)]
        logs.append(math.log(rates[1] / rates[0]))
        weights.append(1 / (1 / (before["count"] + 0.5) + 1 / (after["count"] + 0.5)))
    mean = sum(w * x for w, x in zip(weights, logs, strict=True)) / sum(weights)
    return 100 * (math.exp(mean) - 1)


def _money_bar(story: Story) -> Lines:
    if story.deliveries.returns is None:
        return
    total = promises.money(story.deliveries).iloc[-1]
    if math.isnan(total["spent"]) or not total["frame"]:
        return
    spent, left, frame = (
        da.briefly(x) for x in (total["spent"], abs(total["left"]), total["frame"])
    )
    if total["left"] < 0:
        yield f"Brugt {spent}, som er {left} mere end rammen på {frame}"
        return
    yield f"Brugt {spent} tilbage {left} af {frame}"
    rows = promises.by_measure(story.deliveries)
    rows = rows.assign(left=rows["budget"] - rows["spent"])
    rows = rows[rows["left"] > 0].sort_values("left", ascending=False, kind="stable").head(3)
    if total["left"] > 0 and len(rows):
        yield " ".join(
            f"{row.title} ({da.kroner(row.left)}; {da.percent(min(row.share, 1), 0)} leveret)"
            for row in rows.itertuples()
        )


FIELD = re.compile(r"\{(\S+?)\.(\w+)\}")


def recommendation(story: Story) -> Lines:
    """The case officer's sentences with their fields filled, or what the program proposes."""
    written = story.deliveries.written.get("recommendation", [])
    if written:
        yield from (FIELD.sub(lambda field: _field(story, *field.groups()), one) for one in written)
        return
    decided = [one for one in story.outcomes.main if one.met is not None]
    if decided:
        yield f"{_field(story, 'targets', 'met')} af {_field(story, 'targets', 'main')} er nået"
    if story.deliveries.returns is not None:
        total = promises.money(story.deliveries).iloc[-1]
        if total["left"] > 0:
            yield f"de resterende {da.briefly(total['left'])}"


def _field(story: Story, owner: str, part: str) -> str:
    if owner == "money":
        return da.briefly(float(promises.money(story.deliveries).iloc[-1][part]))
    if owner == "targets":
        decided = [one for one in story.outcomes.main if one.met is not None]
        return da.counted(sum(one.met or part == "main" for one in decided))
    one = next(one for one in story.outcomes.every if one.name == owner)
    ends = {"effect": "value", "lower": "lower", "upper": "upper"}
    return da.changed(getattr(one.effect, ends[part]), counts=one.counts)


def decisions(story: Story) -> Lines:
    """The log: day and year, what it was about, and why."""
    written = story.deliveries.written
    for one in written.get("decisions", []):
        day, about = pd.Timestamp(str(one["date"])), one.get("target") or one.get("measure")
        known = {**written["targets"], **written.get("measures", {})}
        title = known[about]["title"] if about else ""
        yield f"{day.day}. {day.year} | {title} | {one['why']}"


def written_goal(one: Outcome) -> str:
    """The goal as the strategy wrote it."""
    if one.kind == "not_worse" and not one.goal:
        return "ikke dårligere"
    if one.kind == "delivered" and one.goal == 100:
        return "det hele"
    decimals = len(f"{one.goal:g}".partition(".")[2])
    return _figure(one, one.goal, decimals)


def _figure(one: Outcome, value: float, decimals: int) -> str:
    if one.kind == "delivered":
        return f"{da.percent(value / 100, decimals)} af det lovede"
    if one.kind == "level":
        if one.counts:
            return f"{da.number(value, decimals)} pr. 1.000 beboere om året"
        return da.percent(value / 100, decimals)
    year = " om året" if one.kind == "yearly_change" else ""
    size, more = abs(float(da.rounded(value, decimals))), bool(value > 0)
    if not size:
        return "uændret" + year
    if one.kind == "gap_to" or one.counts:
        way = ("mindre", "større") if one.kind == "gap_to" else ("færre", "flere")
        return f"{da.percent(size / 100, decimals)} {way[more]}{year}"
    return f"{da.number(size, decimals)} procentpoint {('lavere', 'højere')[more]}{year}"


def written_observed(one: Outcome) -> str:
    """With as many decimals as it takes to lie on its own side of the goal."""
    fewest = 0 if one.kind == "delivered" else 1
    for decimals in range(fewest, DECIMALS):
        if one.reached(float(da.rounded(one.observed, decimals))) == one.met:
            told = one.printed if decimals == 1 and one.observed == one.change else one.observed
            return _figure(one, told if one.reached(told) == one.met else one.observed, decimals)
    return _figure(one, one.observed, DECIMALS)


def observed_words(one: Outcome) -> str:
    """What the table of all targets says was measured."""
    return distance(one) if one.kind == "gap_to" and one.windows else written_observed(one)


def distance(one: Outcome) -> str:
    """From where to where the distance to the comparison areas went."""
    others = one.deliveries.comparison
    gaps = [one.level(one.deliveries.treated, window)
            - sum(one.level(area, window) for area in others) / len(others)
            for window in one.windows]  # fmt: skip
    unit = "" if one.counts else " point"
    said = [f"{da.number(abs(gap), 1)}{unit} {'over' if gap >= 0 else 'under'}"
            for gap in gaps]  # fmt: skip
    return f"fra {said[0]} til {said[1]}"


def all_targets(story: Story) -> Lines:
    """A row a target: what was measured and the goal, where the figure is shown."""
    for one in story.outcomes.every:
        shown = one.met is not None and story.told(one)
        observed = observed_words(one) if shown else "–"
        yield " | ".join([one.target["title"], observed, written_goal(one)])


def courses(story: Story) -> Lines:
    """The picture of a quarter: now and a quarter ago, the plan today, the goal."""
    earlier = Outcomes(replace(story.deliveries, until=_before(str(story.deliveries.until))))
    former = {one.name: one for one in earlier.every}
    for counts in (True, False):
        rows = [one for one in story.outcomes.main if one.counts == counts]
        windows = {one.windows[1] for one in rows if one.windows}
        if rows and len(windows) == 1:
            yield f"målt i {da.window(*windows.pop())}"
        drawn = [abs(value) for one in rows
                 for value in (shown_change(story, one), goal_change(one))]  # fmt: skip
        most = max((value for value in drawn if math.isfinite(value)), default=0)
        reach = next((one for one in REACHES if most <= 0.97 * one), REACHES[-1])
        if rows:
            yield f"{reach} procentpoint lavere til {reach} højere" if not counts else (
                f"{reach} procent færre til {reach} procent flere")  # fmt: skip
        for one in rows:
            yield from _course(story, one, former[one.name])
    yield f"{da.number(100 * _passed(story))} procent af perioden"


def _before(quarter: str) -> str:
    year, part = int(quarter[:4]), int(quarter[-1])
    return f"{year}K{part - 1}" if part > 1 else f"{year - 1}K4"


def _passed(story: Story, one: Outcome | None = None) -> float:
    """Of the period, or of the time to a target's deadline."""
    told = story.deliveries
    by = str(one.target["by"]) if one and one.counts else told.period[1]
    last = min(told.last, by)
    return len(quarters(told.period[0], last)) / len(quarters(told.period[0], by))


def _plan_words(one: Outcome, passed: float) -> str:
    """The line today; where it is the goal itself it is written as the goal is."""
    plan, goal = passed * goal_change(one), goal_change(one)
    if passed == 1:
        places = max(len(f"{goal:g}".partition(".")[2]), 0 if one.counts else 1)
        return _moved_words(one, goal, places)
    return _moved_words(one, plan)


def _course(story: Story, one: Outcome, former: Outcome) -> Lines:
    now = _moved_words(one, shown_change(story, one))
    moved = bool(now) and former.windows != one.windows
    since = _moved_words(one, shown_change(story, former)) if moved and former.windows else ""
    plan = _plan_words(one, _passed(story, one)) if now else ""
    yield " ".join([one.short, "Mål:", goal_words(one), one.party, now, since, plan])
    yield f"{one.short}: {now}. Mål: {goal_words(one)}. {plan}"


def _moved_words(one: Outcome, change: float, places: int | None = None) -> str:
    if not math.isfinite(change):
        return ""
    size = da.number(abs(change), (0 if one.counts else 1) if places is None else places)
    if not size.strip("0,"):
        return "uændret"
    unit = "procent" if one.counts else "procentpoint"
    way = ("færre" if change < 0 else "flere") if one.counts else (
        "lavere" if change < 0 else "højere")  # fmt: skip
    return f"{size} {unit} {way}"


def beside(one: Outcome) -> list[str]:
    if not one.next_door:
        return []
    ends = da.between(one.beside.lower, one.beside.upper, counts=True)
    return [f"{da.fewer(one.beside.value)} ({ends})"]
