"""Each target on its own: in the end with its answers, before with its indicator's course."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from tingbjerg_eval.evaluation.results import TargetResult
from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose, Section
from tingbjerg_eval.presentation.blocks.pictures import Drawn
from tingbjerg_eval.presentation.blocks.rows import Card, Courses, Sign
from tingbjerg_eval.presentation.figures import strips
from tingbjerg_eval.presentation.words.estimates import RATIO, interval_text, value_text
from tingbjerg_eval.presentation.words.numbers import is_missing
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.presentation.words.verdicts import (
    gap_text,
    goal_text,
    observed_text,
    sentences,
    written_decimals,
)
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections import answer_rows
from tingbjerg_eval.report.sections.first_page import FirstPage, MainTarget, party_names
from tingbjerg_eval.report.sections.late_figures import young_quarters
from tingbjerg_eval.report.sections.trend_data import small_course, small_trend
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.targets.deliveries import delivery_by_quarter
from tingbjerg_eval.targets.expected import change_of, gap_of

Facts = Iterator[tuple[str, str]]


def target_cards(report: Report) -> Iterator[Block]:
    """The measured targets by action area, then the deliveries side by side."""
    words, strategy = report.words, report.study.strategy
    young = " " + words("card.young") if young_quarters(report.study) else ""
    level = words.percent(report.study.level, decimals=0)
    yield Prose(words("card.lead", level=level) + young, "note")
    areas = sorted(strategy.action_areas.items(), key=lambda item: item[1].priority)
    page, drawn = FirstPage(report), set[str]()
    for name, area in areas:
        own = [one for one in report.results if one.target.action_area == name]
        measured = [one for one in own if one.target.indicator]
        if measured:
            yield Section(area.title, tuple(_card(page, one, drawn) for one in measured), level=3)
    delivered = [one for one in report.results if not one.target.indicator]
    if delivered:
        cards = tuple(_delivery(page, one) for one in delivered)
        note = () if report.study.tables.activities is None else (words("card.bars"),)
        yield Section(words("card.deliveries"), (Courses(cards, note),), level=3)


def _card(page: FirstPage, result: TargetResult, drawn: set[str]) -> Card:
    """A measured target; an indicator that several targets share is drawn once."""
    indicator = str(result.target.indicator)
    picture = None if indicator in drawn else small_trend(page.report, result)
    drawn.add(indicator)
    target = page.told(result)
    return Card(
        title=result.target.title,
        about=_about(page.report, result),
        picture=picture,
        answers=answer_rows.signs(target, page.words),
        said=" ".join(_said(page.report, target)),
        facts=tuple(_facts(page, target)),
    )


def _about(report: Report, result: TargetResult) -> str:
    words, target = report.words, result.target
    day = str(target.by)
    by = words.time(int(day) if day.isdigit() else day)
    role = "delivery" if target.of_kind.by_measure else "main" if target.primary else "side"
    party = party_names(report)[target.responsible or ""]
    said = words("card.about", role=words(f"card.role.{role}"), party=party, by=by)
    return f"{said} · {_retired(report, result)}" if result.verdict.retired else said


def _retired(report: Report, result: TargetResult) -> str:
    dates = [one.date for one in report.study.strategy.decisions
             if one.action == "retire-target" and one.target == result.name]  # fmt: skip
    words = report.words
    if not dates:
        return words("card.retired_some")
    return words("card.retired", date=words.date(dates[-1]))


def _said(report: Report, target: MainTarget) -> Iterator[str]:
    """What holds for this target alone."""
    words, verdict = report.words, target.verdict
    yield from sentences(verdict, words)
    answers = _answers(report, target)
    level = target.result.target.of_kind.is_level and not target.counts
    if level and verdict.certain == "no" and answers and verdict.met in ("yes", "no"):
        side = "above" if (verdict.met == "yes") == (verdict.good == "lower") else "below"
        goal = words.percent(verdict.goal / 100, decimals=written_decimals(verdict.goal))
        yield words(f"card.answers_{side}", answers=words.number(answers[-1]), goal=goal)


def _answers(report: Report, target: MainTarget) -> list[int]:
    """How many answered before and after, of a share that is shown."""
    if target.counts or is_missing(target.verdict.latest):
        return []
    design = report.study.design_of(counts=False)
    own = report.answers(str(target.result.target.indicator))
    windows = [window for window in (design.baseline, target.verdict.window) if window]
    sums = [int(own.loc[own["wave"].between(*window), "n"].sum()) for window in windows]
    return [number for number in sums if number]


def _facts(page: FirstPage, target: MainTarget) -> Facts:
    words, verdict = page.words, target.verdict
    kind = "count" if target.counts else "share"
    study = page.report.study
    if not is_missing(verdict.latest) and not is_missing(verdict.baseline):
        design = target.result.design or study.design_of(counts=target.counts)
        windows = {"before": words.window(design.baseline), "after": words.window(design.period)}
        ends = {"before": verdict.baseline, "after": verdict.latest}
        figures = {name: words.number(value, decimals=1) for name, value in ends.items()}
        yield words(f"card.levels_{kind}", **windows), words(f"rows.figures_{kind}", **figures)
        yield from _change(target, words)
    yield words("card.goal"), _goal(target, words)
    yield from _speed(target, words)
    yield from _beside(target, words)
    answers = _answers(page.report, target)
    if len(answers) > 1:
        yield words("card.answers"), words.listed([words.number(one) for one in answers])


def _change(target: MainTarget, words: Words) -> Facts:
    found = target.result.change
    if isinstance(found, Estimate):
        printed = change_of(target.verdict, counts=target.counts).value
        if not target.counts and not is_missing(printed):
            found = replace(found, value=printed)
        yield words("card.change"), _with_interval(found, words)


def _goal(target: MainTarget, words: Words) -> str:
    """The goal in words, and the level that it comes to where it is a change of it."""
    verdict, said = target.verdict, target.goal(words)
    axis = target.result.target.of_kind.axis
    if target.result.target.of_kind.is_level or axis is None or is_missing(verdict.baseline):
        return said
    level = axis(verdict.goal, verdict.baseline, target.counts)
    if is_missing(level) or not verdict.goal:
        return said
    shown = words.number(level, decimals=1) if target.counts else words.percent(level / 100)
    return words("card.goal_level", goal=said, level=shown)


def _speed(target: MainTarget, words: Words) -> Facts:
    """Figures of kinds that are no change of a level: a speed, a distance."""
    verdict = target.verdict
    if target.result.target.of_kind.per_year and not is_missing(verdict.observed):
        yield words("card.per_year"), observed_text(verdict, words)
    if target.result.target.of_kind.needs_reference and not is_missing(verdict.observed):
        gap = gap_of(target.result.target, target.result.data, target.result.own_design)
        yield words("card.gap"), gap_text(gap, words, counts=target.counts)


def _beside(target: MainTarget, words: Words) -> Facts:
    """Against what was to be expected, here and next door; what could be shown at all."""
    effect, verdict = target.result.effect, target.verdict
    if isinstance(effect, Estimate):
        yield words("card.effect"), _with_interval(effect, words)
        undecided = verdict.better not in ("better", "worse")
        if undecided and verdict.smallest_from:
            smallest = words("prospect.unattainable")
            if not is_missing(verdict.smallest_shown):
                scale = verdict.effect_scale or RATIO
                smallest = value_text(verdict.smallest_shown, scale, words)
            yield words("card.shown_from"), smallest
        if undecided and not effect.lower <= effect.null <= effect.upper:
            yield words("card.adjusted"), words.p_value(verdict.p_adjusted)
    beside = target.result.beside
    if isinstance(beside, Estimate) and isinstance(effect, Estimate):
        yield words("card.neighbours"), _with_interval(beside, words)


def _with_interval(found: Estimate, words: Words) -> str:
    value = value_text(found.value, found.scale, words)
    interval = interval_text(found, words)
    return words("card.with_interval", value=value, interval=interval) if interval else value


def _delivery(page: FirstPage, result: TargetResult) -> Card:
    """A delivery: counted, so nothing of it is uncertain."""
    report, words, verdict = page.report, page.words, result.verdict
    met = words(f"rows.met.{verdict.met.replace(' ', '_')}")
    look, icon = answer_rows.MET_SIGNS.get(verdict.met, ("unknown", "?"))
    counted = verdict.met != "no data"
    signs = [(words("rows.heading.met"), Sign(text=met, look=look, icon=icon))]
    if counted:
        sure = Sign(text=words("card.counted"), look="sure", icon="◆")
        signs.append((words("rows.heading.certain"), sure))
    rows = _quarters(report, result)
    return Card(
        title=result.target.title, about=_about(report, result), stacked=True,
        picture=_bars(rows, words) if len(rows) else None, answers=tuple(signs),
        said=" ".join(sentences(verdict, words)),
        facts=tuple(_delivered_facts(result, rows, words)),
    )  # fmt: skip


def _quarters(report: Report, result: TargetResult) -> pd.DataFrame:
    study = report.study
    if study.tables.activities is None:
        return pd.DataFrame()
    rows = study.of_activities(delivery_by_quarter)
    rows = rows[(rows["measure"] == result.target.measure) & (rows["committed"] > 0)]
    return rows.assign(wanted=rows[["committed", "hold"]].max(axis=1))


def _bars(rows: pd.DataFrame, words: Words) -> Drawn:
    quarters = list(rows["quarter"])
    years = {at: quarter[:4] for at, quarter in enumerate(quarters)
             if at == 0 or quarter[:4] != quarters[at - 1][:4]}  # fmt: skip
    svg = strips.quarter_bars(list(rows["delivered"].astype(float)), list(rows["wanted"]), years)
    said = [
        words("card.bar", quarter=words.quarter(row.quarter), delivered=words.number(row.delivered),
              wanted=words.number(row.wanted))
        for row in rows.itertuples() if row.kept == "no"
    ]  # fmt: skip
    kept = {"kept": words.number(int((rows["kept"] == "yes").sum())),
            "of": words.number(len(rows))}  # fmt: skip
    alt = " ".join([words("card.bars_alt", **kept), *said])
    return Drawn(svg, (330 / 96, 64 / 96), alt)


def _delivered_facts(result: TargetResult, rows: pd.DataFrame, words: Words) -> Facts:
    verdict = result.verdict
    if rows.empty or verdict.met == "no data":
        yield words("card.goal"), goal_text(verdict, words)
        return
    if verdict.of_quarters:
        held = rows[rows["hold"].notna()]
        kept = int((held["kept"] == "yes").sum())
        yield words("card.kept"), words("card.of", part=words.number(kept),
                                        whole=words.number(len(held)))  # fmt: skip
        return
    sums = [float(rows[name].sum()) for name in ("delivered", "committed")]
    if all(map(math.isfinite, sums)):
        part, whole = (words.number(value) for value in sums)
        unit = rows["unit"].iloc[0]
        yield words("card.delivered", unit=unit), words("card.of", part=part, whole=whole)
    if verdict.goal < 100:
        yield words("card.goal"), goal_text(verdict, words)


def action_areas(report: Report) -> Block:
    """Every target on its own: with its answers, or before they can be given with its course."""
    if report.kind == "end_of_period":
        return Group(tuple(target_cards(report)))
    return Group(tuple(target_courses(report)))


def activity_offences(report: Report) -> Block:
    """Offences that follow police activity, in a block of their own."""
    followed = {
        name: one for name, one in report.study.settings.indicators_of("count").items()
        if one.activity
    }  # fmt: skip
    cards = tuple(
        Card(title=one.title, picture=small_course(report, name), stacked=True)
        for name, one in followed.items()
    )
    return Courses(cards) if cards else Prose(report.words("activity.none"))


def target_courses(report: Report) -> Iterator[Block]:
    """One small figure for each indicator that a target is about, with that target's goal."""
    words = report.words
    first = {str(one.target.indicator): one for one in reversed(report.results)
             if one.target.indicator}  # fmt: skip
    main = {str(one.target.indicator): one for one in reversed(report.results)
            if one.target.indicator and one.target.primary}  # fmt: skip
    chosen = first | main
    cards = tuple(
        Card(title=report.study.indicator(name).title, stacked=True,
             picture=small_trend(report, chosen[name], size="third"))
        for name in report.study.settings.indicators if name in chosen
    )  # fmt: skip
    if not cards:
        yield Prose(words("courses.none"))
        return
    yield Courses(cards, _notes(report))


def _notes(report: Report) -> tuple[str, ...]:
    words, level = report.words, report.words.percent(report.study.level, decimals=0)
    young = [words("card.young")] if young_quarters(report.study) else []
    return (" ".join([words("courses.note", level=level), *young]),)
