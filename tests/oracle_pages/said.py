"""The lines that a section must hold, as the oracle would write them: numbers in their order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import danish as da
import pandas as pd
import promises
from deliveries import Deliveries, quarters
from finished import Finished
from outcomes import Outcome, Outcomes

Lines = Iterator[str]


@dataclass(frozen=True, eq=False)
class Story:
    """The deliveries' own story of one report; ``finished`` only says which cells are withheld."""

    deliveries: Deliveries
    finished: Finished
    outcomes: Outcomes

    def shown(self, indicator: str, window: tuple[str, str]) -> bool:
        """Whether a sum over ``window`` can be told without telling a withheld quarter."""
        hidden = self.finished.hidden[indicator]
        known = set(self.finished.cells[indicator])
        return f"{window[0]}-{window[1]}" in known or all(
            one not in hidden or (one[:4] in known and _inside(one[:4], window))
            for one in quarters(*window)
        )

    def told(self, one: Outcome) -> bool:
        """Whether a target's levels are shown."""
        if not one.counts or one.windows is None:
            return True
        return all(self.shown(str(one.indicator), window) for window in one.windows)


def _inside(year: str, window: tuple[str, str]) -> bool:
    return {*quarters(f"{year}K1", f"{year}K4")} <= {*quarters(*window)}


def money_line(deliveries: Deliveries) -> Lines:
    if deliveries.returns is None:
        return
    total = promises.money(deliveries).iloc[-1]
    amounts = (total["known"], total["frame"])
    spent, frame = map(da.briefly, amounts)
    if spent == frame and amounts[0] != amounts[1]:
        spent, frame = map(da.kroner, amounts)
    if total["known"] > total["frame"]:
        least = "mindst " if total["lacking"] else ""
        yield f"Der er brugt {least}{spent}, og det er mere end rammen på {frame}"
    elif total["lacking"]:
        yield f"Der er brugt mindst {spent} af rammen på {frame}"
    else:
        yield f"Der er brugt {spent} af rammen på {frame}"


def lacking(deliveries: Deliveries) -> Lines:
    rows = promises.owed(deliveries)
    rows = rows[rows["lacking"] | rows["unspent"]]
    for title, own in rows.groupby("title", sort=False):
        yield f"{title} mangler {da.listed(map(da.quarter, own['quarter']))}"


def spending(story: Story) -> Lines:
    deliveries = story.deliveries
    if deliveries.returns is None:
        return
    yield from money_line(deliveries)
    years = promises.money(deliveries)
    for row in years.to_dict("records"):
        amounts = [da.kroner(row[key]) for key in ("frame", "allotted", "spent", "left")]
        yield " | ".join([row["year"], *amounts])
    yield from lacking(deliveries)
    if deliveries.until is None:
        yield from cost(story)


def cost(story: Story) -> Lines:
    from outcomes import each_question

    asked = [one for one in story.outcomes.every if one.counts and one.effect]
    asked = each_question(one for one in asked if one.reads == "period")
    if not asked:
        return
    every = [one.indicator for one in story.outcomes.every if one.indicator]
    spent = float(promises.money(story.deliveries).iloc[-1]["spent"])
    for one in asked:
        avoided = _avoided(story, one, alone=len(set(every)) == 1, spent=spent)
        yield f"{in_question(story, one, asked)} | {avoided}"


def in_question(story: Story, one: Outcome, every: list[Outcome]) -> str:
    """An indicator, with the window where it is asked about in several."""
    title = story.deliveries.title(str(one.indicator))
    several = sum(other.indicator == one.indicator for other in every) > 1
    return f"{title} ({da.window(*one.windows[1])})" if several else title


def _avoided(story: Story, one: Outcome, *, alone: bool, spent: float) -> str:
    if not story.shown(str(one.indicator), one.windows[1]):
        return "skjult | skjult | skjult"
    panel, window = one.data, quarters(*one.windows[1])
    own = panel[(panel["area"] == story.deliveries.treated) & panel["quarter"].isin(window)]
    came = own["count"].sum() + 0.5
    value, lower, upper = (
        came * (1 / ratio - 1) for ratio in (one.effect.value, one.effect.upper, one.effect.lower)
    )
    ends = " til ".join(_came(one) for one in (upper, lower))
    if lower * upper > 0:
        least, most = sorted((lower, upper), key=abs)
        ends = f"mellem {da.number(abs(least))} og {_came(most)}"
    told = f"{_came(value)} | {ends} | "
    if one.moved:
        return told + "omtalt"
    if not alone or story.outcomes.better(one) != "better" or not spent > 0:
        return told + "udeladt"
    ends = [da.kroner(round(spent / count, -2)) for count in (value, upper, lower)]
    return told + " ".join(ends)


def _came(avoided: float) -> str:
    return f"{da.number(abs(avoided))} {'færre' if avoided > 0 else 'flere'}"


def delivery(story: Story) -> Lines:
    deliveries = story.deliveries
    if deliveries.returns is None:
        return
    rows = promises.by_measure(deliveries)
    rows = rows[rows["committed"] > 0]
    if deliveries.until:
        yield f"i {da.quarter(deliveries.until)}"
        owed = promises.owed(deliveries)
        now = owed[owed["quarter"] == deliveries.until]
        for row in now.assign(share=now["delivered"] / now["committed"]).to_dict("records"):
            yield _delivered(row)
    for row in rows.to_dict("records"):
        yield _delivered(row)
    yield from lacking(deliveries)
    parties = promises.by_party(deliveries)
    some = parties["lacking"].any()
    for row in parties.to_dict("records"):
        counts = [row["measures"], row["kept"], row["broken"], *([row["lacking"]] if some else [])]
        yield " | ".join([row["party"], *map(str, counts), da.kroner(row["spent"])])
    if deliveries.until is None:
        yield from not_kept(story)


def _delivered(row: dict) -> str:
    amounts = (da.number(row["committed"]), da.number(row["delivered"]))
    return f"{row['title']} | {amounts[0]} | {amounts[1]} | " + (
        f"{da.percent(row['share'], 0)} | {da.kroner(row['spent'])}"
    )


def not_kept(story: Story) -> Lines:
    """A line a measure, the largest shortfall first: that one, how many, what came in all."""
    deliveries = story.deliveries
    every = promises.owed(deliveries)
    rows = every[every["broken"]]
    if deliveries.until:
        rows = rows[rows["quarter"] == deliveries.until]
    rows = rows.sort_values(["shortfall", "measure", "quarter"], ascending=[False, True, True])
    whole = promises.by_measure(deliveries).set_index("title")
    for title, own in rows.groupby("title", sort=False):
        worst, all_ = own.iloc[0], whole.loc[title]
        said = f"{da.number(worst['delivered'])} af {da.number(worst['wanted'])}"
        if deliveries.until is None:
            said += f" i {da.quarter(worst['quarter'])}"
        due = every[(every["title"] == title) & (every["committed"] > 0)]
        yield " | ".join([
            title, said, f"{int(every[every['title'] == title]['broken'].sum())} af {len(due)}",
            f"{da.number(all_['delivered'])} af {da.number(all_['committed'])} {all_['unit']}",
        ])  # fmt: skip
    if rows.empty:
        yield from lacking(deliveries)


def problems(story: Story) -> Lines:
    """What was decided upon, and the themes by their three sources."""
    written = story.deliveries.written
    years = sorted(written.get("budget", {}))
    if years:
        frame = da.briefly(float(sum(written["budget"].values())))
        yield f"Der er afsat {frame} i årene {years[0]}–{years[-1]}"
    areas = sorted(written["action_areas"].values(), key=lambda area: area["priority"])
    yield from (f"{area['title']}: {area['problem']}" for area in areas)
    yield from _themes(story)


def _themes(story: Story) -> Lines:
    deliveries, written = story.deliveries, story.deliveries.written
    indicators = deliveries.study["indicators"]
    heard = _mentions(deliveries)
    themes = {one.get("theme") for one in indicators.values()} | set(
        () if heard is None else heard.index
    )
    themes |= {
        theme for area in written["action_areas"].values() for theme in area.get("themes", ())
    }
    rows = []
    for theme in sorted(themes - {None}):
        row = {
            "theme": theme,
            "mentions": math.nan if heard is None else float(heard.get(theme, 0)),
        }
        for kind in ("share", "count"):
            levels = [_problem(story, name) for name, one in indicators.items()
                      if one.get("theme") == theme and one["kind"] == kind
                      and (kind == "share" or one.get("good") != "higher")]  # fmt: skip
            row[kind], row[f"{kind}_others"] = max(levels, default=(math.nan, math.nan))
        row["mentions"] = row["mentions"] or math.nan
        rows.append(row)
    table = pd.DataFrame(rows)
    ranks = table[["mentions", "share", "count"]].rank(method="min", ascending=False)
    table = table.assign(best=ranks.min(axis=1)).sort_values(
        ["best", "mentions", "theme"], ascending=[True, False, True]
    )
    table = table.sort_values("mentions", ascending=False, kind="stable")
    for row in table.to_dict("records"):
        yield " | ".join([
            row["theme"], da.number(row["mentions"]),
            *(da.percent(row[key] / 100) for key in ("share", "share_others")),
            *(da.number(row[key], 1) for key in ("count", "count_others")),
        ])  # fmt: skip


def _mentions(deliveries: Deliveries) -> pd.Series | None:
    if "consultation" not in deliveries.study["data"]:
        return None
    rows = deliveries.table("consultation")
    last = deliveries.until or deliveries.baseline[1]
    own = rows[(rows["area"] == deliveries.treated) & (rows["quarter"] <= last)]
    return own.groupby("theme")["mentions"].sum()


def _problem(story: Story, indicator: str) -> tuple[float, float]:
    """The level pair; where more is better, of those who are not."""
    own, others = _level_pair(story, indicator)
    more = story.deliveries.study["indicators"][indicator].get("good") == "higher"
    return (100 - own, 100 - others) if more else (own, others)


def _level_pair(story: Story, indicator: str) -> tuple[float, float]:
    """The level before the effort: of the treated area and the mean of the comparison areas."""
    deliveries = story.deliveries
    if deliveries.kind(indicator) == "share":
        first, last = deliveries.study["periods"]["survey_baseline"]
        held = [w for w in range(first, last + 1) if w in set(deliveries.answers["wave"])]
        own, *others = (
            sum(deliveries.share(indicator, area, wave) for wave in held) / len(held)
            for area in (deliveries.treated, *deliveries.comparison)
        )
    else:
        panel = deliveries.panel(indicator)
        before = panel[panel["quarter"].isin(quarters(*deliveries.baseline))]
        sums = before.groupby("area")[["count", "population"]].sum()
        rates = 4000 * sums["count"] / sums["population"]
        own, others = rates[deliveries.treated], list(rates[deliveries.comparison])
        if not story.shown(indicator, deliveries.baseline):
            own = math.nan
    return own, sum(others) / len(others)


Section = Callable[[Story], Lines]
