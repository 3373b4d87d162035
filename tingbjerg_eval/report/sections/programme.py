"""An effort in several areas: the answer for all of them together, and what a new one can expect.

Nothing here ranks areas: they stand in the order of their names unless it is certain that the
effect differs between them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.evaluation.judging import pooled_effects
from tingbjerg_eval.presentation.blocks.display import Block, Group, Links, Prose
from tingbjerg_eval.presentation.blocks.rows import Points
from tingbjerg_eval.presentation.blocks.tables import Column
from tingbjerg_eval.presentation.words.estimates import RATIO, interval_text, value_text
from tingbjerg_eval.presentation.words.numbers import MISSING
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.answer import points
from tingbjerg_eval.report.sections.first_page import FirstPage, MainTarget
from tingbjerg_eval.report.sections.robustness import told_row
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.programme import PooledEffects
from tingbjerg_eval.stats.refusal import MethodRefused

MOST_ROWS = 24
"""Areas in one picture: as many as a printed page holds."""
SHORT_GOAL = 14
"""Signs of a goal that fit beside the other columns."""
EXACT_PRICE = 1000
"""Kroner from which a price is told in hundreds."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A main target of which the areas' effects are told."""

    target: MainTarget
    pooled: PooledEffects

    @property
    def indicator(self) -> str:
        """The indicator it is measured by."""
        return str(self.target.result.target.indicator)

    def differs(self, level: float) -> bool:
        """Whether it is certain that the effect is another in some areas than in others."""
        return self.pooled.spread_p_value <= 1 - level

    def rows(self, level: float) -> pd.DataFrame:
        """The areas by name; by effect where it is certain that they differ."""
        by = "shrunken" if self.differs(level) else "area"
        return self.pooled.areas.sort_values([by, "area"], kind="stable", ignore_index=True)


def asked(report: Report) -> list[Asked]:
    """The main targets that are answered, one for each indicator."""
    found: dict[str, Asked] = {}
    for target in FirstPage(report).targets:
        pooled = pooled_effects(report.study, str(target.result.target.indicator))
        if isinstance(pooled, PooledEffects):
            found.setdefault(str(target.result.target.indicator), Asked(target, pooled))
    return list(found.values())


def programme_answer(report: Report) -> Block:
    """The main points, and each main target in one row."""
    page, words = FirstPage(report), report.words
    if not page.targets:
        return Prose(words("point.no_main"))
    rows = [_target_row(one, words) for one in page.targets]
    columns = {key: f"programme.column.{key}" for key in rows[0]}
    caption = words("programme.caption", areas=words.counted(len(report.study.programme.areas)))
    table = report.table(rows, caption, columns, name="programme", look="plain",
                         notes=[words("programme.note")])  # fmt: skip
    return Group((Points(tuple(points(page))), table, *_trust(page), *refused_targets(page)))


def _target_row(target: MainTarget, words: Words) -> dict[str, str]:
    verdict, goal = target.verdict, target.goal(words)
    effect = {"lower": verdict.effect_lower, "upper": verdict.effect_upper, "scale": RATIO}
    return {
        "target": words.capital(target.name),
        "answer": _answer(target, words),
        # A short figure stands with its word on one line; a longer one may be broken.
        "goal": goal.replace(" ", "\N{NO-BREAK SPACE}") if len(goal) <= SHORT_GOAL else goal,
        "change": value_text(1 + verdict.observed / 100, RATIO, words),
        "effect": value_text(verdict.effect_value, RATIO, words),
        "interval": interval_text(effect, words) or MISSING,
    }


def _answer(target: MainTarget, words: Words) -> str:
    """Met or not and how surely; better or worse than expected, after Holm's correction."""
    verdict = target.verdict
    key = verdict.met.replace(" ", "_")
    met = words(f"programme.met.{key}" + ("_surely" if verdict.certain == "yes" else ""))
    effect = verdict.better.replace(" ", "_")
    return f"{met}; {words(f'programme.effect.{effect}')}"


def _trust(page: FirstPage) -> Iterator[Block]:
    """Where more reports are what the effort should bring, as it was decided beforehand."""
    for target in page.targets:
        why = target.result.target.why_more
        if why:
            said = page.words("programme.trust", name=page.words.capital(target.name), why=why)
            yield Prose(said, "note")


def refused_targets(page: FirstPage) -> Iterator[Block]:
    """Main targets of which nothing is told, and why."""
    words = page.words
    for target in page.targets:
        refused = target.result.effect
        if isinstance(refused, MethodRefused):
            why = words.first(f"refused.{refused.code}", "refused.generic", code=refused.code)
            name = words.capital(target.name)
            yield Prose(words("programme.refused", name=name, why=why), "note")


def programme_areas(report: Report) -> Block:
    """Every area with its interval, one picture a main target; then the way to each area's page."""
    words = report.words
    found = asked(report)
    if not found:
        return Prose(words("summary.no_effects"))
    pictures = [block for one in found for block in _pictured(report, one)]
    if not all(one.differs(report.study.level) for one in found):
        pictures.append(Prose(words("programme.alphabetical")))
    pages = [(area, anchor_of(report, area)) for area in sorted(report.study.programme.areas)]
    return Group((*pictures, Links(words("programme.pages"), tuple(pages))))


def anchor_of(report: Report, area: str) -> str:
    """The name of an area's page."""
    return f"area-{sorted(report.study.programme.areas).index(area) + 1}"


def _pictured(report: Report, one: Asked) -> Iterator[Block]:
    words, level = report.words, report.study.level
    hidden = report.publication.untold_areas(one.indicator)
    rows = one.rows(level)
    shown = rows[~rows["area"].isin(hidden) & (rows["refused"] == "")]
    effect = one.pooled.effect
    ends = ["area", "value", "lower", "upper"]
    whole = pd.DataFrame([vars(effect) | {"area": words("programme.all")}])[ends]
    pictures = max(1, math.ceil(len(shown) / MOST_ROWS))
    for part in np.array_split(np.arange(len(shown)), pictures):
        own = shown.iloc[part]
        drawn = pd.concat([whole, own[ends]], ignore_index=True).assign(scale=effect.scale)
        said = {"name": words.capital(one.target.name)}
        if pictures > 1:
            said |= {"first": own["area"].iloc[0], "last": own["area"].iloc[-1]}
        caption = words(f"programme.picture{'_part' * (pictures > 1)}", **said)
        yield report.draw("intervals", drawn, list(drawn["area"]), caption=caption)
    yield Prose(_said_of_areas(report, one, shown))
    if len(shown) < len(rows):
        lacking = [area for area in rows["area"] if area not in set(shown["area"])]
        yield Prose(words("programme.untold", areas=words.listed(lacking)), "note")


def _said_of_areas(report: Report, one: Asked, shown: pd.DataFrame) -> str:
    """How many areas are certain alone after Holm's correction, and whether they differ."""
    words, level = report.words, report.study.level
    sure = int((shown["adjusted"] <= 1 - level).sum())
    alone = words.capital(
        words("programme.alone", sure=words.counted(sure), areas=words.counted(len(shown)))
    )
    if math.isnan(one.pooled.spread_p_value):
        return alone
    key = "differ" if one.differs(level) else "alike"
    p_value = words.number(one.pooled.spread_p_value, decimals=2)
    return f"{alone} {words(f'programme.{key}', p=p_value)}"


def programme_new_area(report: Report) -> Block:
    """What one more area like these can expect."""
    words = report.words
    told = [(one, one.pooled.new_area) for one in asked(report)]
    rows = [_new_row(one, new, words) for one, new in told if new is not None]
    if not rows:
        return Prose(words("programme.no_new_area"))
    columns = {
        key: f"programme.column.{said}"
        for key, said in zip(rows[0], ("target", "new", "interval", "spread"), strict=True)
    }
    caption = words("programme.new_caption")
    table = report.table(rows, caption, columns, name="new-area", look="plain")
    return Group((Prose(words("programme.new_lead")), table))


def _new_row(one: Asked, new: Estimate, words: Words) -> dict[str, str]:
    low, high = (words.percent(math.expm1(end), decimals=0)
                 for end in (one.pooled.spread_lower, one.pooled.spread_upper))  # fmt: skip
    return {
        "target": words.capital(one.target.name),
        "value": value_text(new.value, new.scale, words),
        "interval": interval_text(new, words),
        "spread": words("change.between", lower=low, upper=high),
    }


def programme_displacement(report: Report) -> Block:
    """Whether crime moved next door to the areas, or the benefit spread."""
    words, areas = report.words, report.study.settings.areas.next_door
    found = asked(report)
    if not areas or not found:
        return Prose(words("moved.not_asked"))
    rows = [{"target": words.capital(one.target.name),
             **told_row(one.target.result.beside, words)} for one in found]  # fmt: skip
    columns = {"target": "programme.column.target", "estimate": "moved.next_door",
               "interval": "table.interval"}  # fmt: skip
    table = report.table(rows, words("moved.caption"), columns, name="displacement")
    return Group((Prose(words("programme.moved_lead", areas=words.listed(list(areas)))), table))


def programme_money(report: Report) -> Block:
    """What the effort costs in each area, and in all of them for each report that it avoided."""
    words = report.words
    given = [one for one in report.study.settings.areas.programme if one.budget is not None]
    if not given:
        return Prose(words("programme.no_money"))
    rows = [{"area": one.area, "budget": float(one.budget or 0)}
            for one in sorted(given, key=lambda one: one.area)]  # fmt: skip
    total = sum(row["budget"] for row in rows)  # type: ignore[misc]
    rows.append({"area": words("programme.all"), "budget": total})
    table = report.table(rows, words("programme.money_caption"), {
        "area": "programme.column.area", "budget": Column("programme.column.budget", "money"),
    }, name="money-by-area")  # fmt: skip
    every = len(given) == len(report.study.programme.areas)
    costs = _costs(report, total) if every else [Prose(words("programme.money_some"), "note")]
    return Group((table, *costs))


def _costs(report: Report, total: float) -> Iterator[Block]:
    """Kroner a report avoided, where it is certain that there were fewer than expected."""
    for one in asked(report):
        verdict = one.target.verdict
        moved = verdict.next_door == "worse"
        if verdict.effect == "fewer" and verdict.better == "better" and not moved:
            ends = (verdict.effect_value, verdict.effect_upper, verdict.effect_lower)
            yield from price_of(one, _in_periods(report, one.indicator), ends, total, report.words)


def price_of(
    one: Asked, reports: float, ends: tuple[float, ...], kroner: float, words: Words,
    *, key: str = "cost",
) -> Iterator[Block]:  # fmt: skip
    """Kroner a report avoided of those that came: by the estimate, its upper and lower end."""
    fewer = [reports * (1 / end - 1) for end in ends]
    if min(fewer) <= 0:
        return
    # A price is as exact as the estimate behind it.
    each = [kroner / amount for amount in fewer]
    price = [words.money(round(one, -2 if one >= EXACT_PRICE else 0)) for one in each]
    yield Prose(words(
        f"programme.{key}", name=words.capital(one.target.name),
        fewer=words.number(fewer[0]), least=words.number(fewer[1]), most=words.number(fewer[2]),
        price=price[0], cheapest=price[2], dearest=price[1],
    ))  # fmt: skip


def _in_periods(report: Report, indicator: str) -> float:
    """The reports that are told of the areas' own periods."""
    panel = report.study.panel(indicator)
    rows = [
        panel[(panel["area"] == design.treated) & panel["quarter"].isin(design.period_times)]
        for design in report.study.programme.designs
    ]
    return float(sum(one["count"].sum() for one in rows))


def programme_method(report: Report) -> Block:
    """How several areas are judged together, who is compared with whom, and what it cannot do."""
    words, programme = report.words, report.study.programme
    level = words.percent(report.study.level, decimals=0)
    explained = [words(f"programme.method.{key}", level=level)
                 for key in ("compared", "shared", "change", "holm", "shrunken")]  # fmt: skip
    design = words(
        "programme.design", areas=words.listed(sorted(programme.areas)),
        comparison=words.listed(list(programme.comparison)),
    )  # fmt: skip
    return Group((*map(Prose, explained), Prose(design), Prose(words("programme.method.limits"))))
