"""The baseline's first page: which proposed targets can be shown here, and what would help."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from tingbjerg_eval.evaluation.judging import primary_tests
from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.presentation.blocks.rows import Points, Row, Rows, Sign
from tingbjerg_eval.presentation.figures import strips
from tingbjerg_eval.presentation.words.estimates import RATIO, value_text
from tingbjerg_eval.presentation.words.numbers import MISSING, is_missing
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.answer import fitting
from tingbjerg_eval.report.sections.answer_rows import snap
from tingbjerg_eval.report.sections.first_page import FirstPage, MainTarget, lowered, millions
from tingbjerg_eval.report.sections.money import NO_ACTIVITIES
from tingbjerg_eval.report.sections.problems import ranked
from tingbjerg_eval.report.sections.trend_data import level_before
from tingbjerg_eval.targets.measurability import (
    Measurability,
    OneWave,
    Pooled,
    one_wave_bound,
)
from tingbjerg_eval.targets.money import money_by_year
from tingbjerg_eval.targets.priorities import unanswered_themes

HEADINGS = ("target", "shown_from", "scale", "shown", "help")
ROUND = 10
"""Answers that are needed are told in tens, upwards."""
MOST_THEMES = 3


@dataclass(frozen=True, eq=False)
class Prospect:
    """A proposed main target against what could be shown."""

    report: Report
    target: MainTarget

    @cached_property
    def found(self) -> Measurability:
        """What the baseline says of it."""
        return self.report.study.measurable(self.target.result.name)

    @cached_property
    def wave(self) -> OneWave | None:
        """For a share that has one wave: the bound from its answers alone, where it is shown."""
        if self.target.counts or self.found.measurable != "cannot be known":
            return None
        study, name = self.report.study, str(self.target.result.target.indicator)
        own = self.report.answers(name)
        if own.empty:
            return None
        last = own.sort_values("wave").iloc[-1]
        return one_wave_bound(
            float(last["variance"]), int(last["n"]), self.goal, level=study.level,
            primary=max(primary_tests(study), 1),
        )  # fmt: skip

    @property
    def goal(self) -> float:
        """The goal as a change: per cent, or points; ``nan`` where its kind is none."""
        kind, verdict = self.target.result.target.of_kind, self.target.verdict
        before = level_before(self.report, verdict.indicator)
        return kind.change(verdict.goal, before, counts=self.target.counts, good=verdict.good)

    @property
    def smallest(self) -> float:
        """The smallest change that could be shown, as a change; a bound where one wave is known."""
        if self.wave is not None:
            return self.wave.smallest if self.found.asks_rise else -self.wave.smallest
        value = self.found.smallest_rise if self.found.asks_rise else self.found.smallest_fall
        return 100 * (value - 1) if self.target.counts else value

    @property
    def shown(self) -> str:
        """``yes``, ``no``, ``met-at-baseline`` or ``unknown``: could the goal's effect be shown?"""
        if self.wave is not None:
            enough = math.isfinite(self.goal) and abs(self.goal) >= self.wave.smallest
            return "unknown" if enough else "no"
        if self.found.measurable == "not asked":
            return "no"
        return {"cannot be known": "unknown"}.get(self.found.measurable, self.found.measurable)

    @property
    def pooled(self) -> Pooled | None:
        """All kinds of reports together, where that shows less than the target's own kind does."""
        way = self.found.pooled
        if not self.target.counts or self.shown != "no" or self.found.asks_rise:
            return None
        return way if way and abs(100 * (way.smallest - 1)) < abs(self.smallest) else None

    @property
    def answers(self) -> int:
        """Answers a wave that are needed at least, in tens; 0 where it is not known."""
        needed = self.wave.needed if self.wave else math.nan
        enough = not math.isfinite(needed) or self.shown != "no"
        return 0 if enough else math.ceil(needed / ROUND) * ROUND


def prospects(report: Report) -> tuple[Prospect, ...]:
    """Every proposed main target."""
    return tuple(Prospect(report, target) for target in FirstPage(report).targets)


def measurability(report: Report) -> Block:
    """One row a main target: its goal, what could be shown, and what would help."""
    found, words = prospects(report), report.words
    if not found:
        return Prose(words("point.no_main"))
    star = " " + words("prospect.one_wave") if any(one.wave for one in found) else ""
    return Group((*_tables(found, words), Prose(words("prospect.note") + star, "note")))


def _tables(found: Sequence[Prospect], words: Words) -> Iterator[Rows]:
    for counts in (True, False):
        own = [one for one in found if one.target.counts == counts]
        if not own:
            continue
        kind = "count" if counts else "share"
        limit = strips.reach([strips.Strip(value=one.smallest, goal=one.goal) for one in own])
        columns = ("target", "goal", "shown_from", "shown", "help")
        yield Rows(
            (_row(one, found, limit, words) for one in own), words,
            caption=words(f"prospect.caption_{kind}"), kind_of=kind, limit=limit,
            headings=(f"prospect.heading.{name}" for name in HEADINGS),
            columns=((name, f"prospect.column.{name}", None) for name in columns),
            name=f"measurable-{kind}s", look="prospect",
        )  # fmt: skip


def _row(one: Prospect, every: Sequence[Prospect], limit: int, words: Words) -> Row:
    target, goal, smallest = one.target, one.target.goal(words), _smallest(one, words)
    shown = words(f"prospect.shown.{one.shown.replace('-', '_')}")
    look, icon = {"yes": ("good", "✓"), "no": ("bad", "×")}.get(one.shown, ("unknown", "?"))
    helps = " ".join(_helps(one, every, words)) or MISSING
    return Row(
        name=target.name, about=words("rows.about", goal=goal, party=target.party),
        figures=smallest, change="", svg=strips.strip(_strip(one, limit), limit),
        alt=words("prospect.alt", name=target.name, goal=goal, smallest=smallest),
        signs=(Sign(text=shown, look=look, icon=icon), Sign(text=helps, look="plain", icon="")),
        published=(target.name, goal, smallest, shown, helps),
    )  # fmt: skip


def _strip(one: Prospect, limit: int) -> strips.Strip:
    goal, edge = (snap(value, counts=one.target.counts) for value in (one.goal, one.smallest))
    low, high = (-float(limit), edge) if edge < 0 else (edge, float(limit))
    return strips.Strip(goal=goal, expected=edge, lower=min(low, high), upper=max(low, high))


def _smallest(one: Prospect, words: Words) -> str:
    if is_missing(one.smallest):
        known = one.found.measurable != "cannot be known"
        return words("prospect.unattainable" if known else "prospect.unknown")
    scale = RATIO if one.target.counts else "percentage points"
    value = 1 + one.smallest / 100 if one.target.counts else one.smallest
    said = value_text(value, scale, words)
    return words("prospect.at_least", smallest=said) if one.wave else said


def _helps(one: Prospect, every: Sequence[Prospect], words: Words) -> Iterator[str]:
    pooled = next((other for other in every if other.pooled), None)
    if pooled is one and one.pooled is not None:
        kinds = words.counted(len(one.pooled.indicators))
        smallest = value_text(one.pooled.smallest, RATIO, words)
        yield words("prospect.pool", kinds=kinds, smallest=smallest)
    elif one.shown == "no" and pooled is not None and _holds(pooled, one):
        yield words("prospect.pooled_in")
    if one.answers and one.wave:
        yield words("prospect.answers", needed=words.number(one.answers),
                    answers=words.number(one.wave.answers))  # fmt: skip
    if one.found.measurable == "cannot be known" and one.wave is None:
        yield words.first(f"refused.{one.found.reason}", "refused.generic", code=one.found.reason)


def _holds(pooled: Prospect, one: Prospect) -> bool:
    """Whether the joint target that helps ``pooled`` would hold the other's reports too."""
    way = pooled.pooled
    return way is not None and one.target.result.target.indicator in way.indicators


def outset(report: Report) -> Block:
    """What residents raise, which targets can be shown, what would help, the money."""
    made = list(outset_points(report))
    return Points(tuple(made)) if made else Prose(report.words("point.no_main"))


def outset_points(report: Report) -> Iterator[str]:
    """At most six sentences, each under 25 words."""
    found = prospects(report)
    yield from _raised_point(report)
    yield from _shown_point(report, found)
    yield from _pooled_point(report, found)
    yield from _answers_point(report, found)
    yield from _money_point(report)
    yield from _unanswered_point(report)


def _raised_point(report: Report) -> Iterator[str]:
    words, rows = report.words, _heard(ranked(report))
    if len(rows):
        told = [words("outset.raised_one", theme=lowered(row.theme),
                      mentions=words.number(row.mentions))
                for row in rows.head(MOST_THEMES).itertuples()]  # fmt: skip
        yield words.capital(words("outset.raised", themes=words.listed(told)))


def _heard(rows: pd.DataFrame) -> pd.DataFrame:
    told = rows.dropna(subset="mentions")
    return told.sort_values("mentions", ascending=False, kind="stable")


def _shown_point(report: Report, found: tuple[Prospect, ...]) -> Iterator[str]:
    if not found:
        return
    words, shown = report.words, sum(one.shown == "yes" for one in found)
    form = "one" if len(found) == 1 else "many"
    which = "all" if shown == len(found) else "some" if shown else "none"
    said = {"targets": words.counted(len(found)), "shown": words.counted(shown)}
    yield words(f"outset.shown_{which}_{form}", **said)


def _pooled_point(report: Report, found: tuple[Prospect, ...]) -> Iterator[str]:
    words = report.words
    for one in [one for one in found if one.pooled][:1]:
        assert one.pooled is not None
        fall, alone = (words.number(abs(size)) for size in
                       (100 * (one.pooled.smallest - 1), one.smallest))  # fmt: skip
        kinds = words.counted(len(one.pooled.indicators))
        way = "fall" if one.smallest < 0 else "rise"
        yield words.capital(fitting([
            words(f"outset.pooled_{way}", kinds=kinds, size=fall, alone=alone,
                  name=lowered(one.target.name)),
            words(f"outset.pooled_{way}_brief", kinds=kinds, size=fall),
        ]))  # fmt: skip


def _answers_point(report: Report, found: tuple[Prospect, ...]) -> Iterator[str]:
    words = report.words
    wanting = sorted((one for one in found if one.answers), key=lambda one: one.answers)
    for one in wanting[:1]:
        assert one.wave is not None
        counts = {"needed": words.number(one.answers), "answers": words.number(one.wave.answers)}
        yield fitting([
            words("outset.answers", name=lowered(one.target.name), **counts),
            words("outset.answers_brief", **counts),
        ])  # fmt: skip


def _money_point(report: Report) -> Iterator[str]:
    words, written = report.words, report.study.written
    total = money_by_year(written, NO_ACTIVITIES, until=report.study.until).iloc[-1]
    if total["frame_dkk"] > 0 and not is_missing(total["budget_dkk"]):
        allotted, frame = millions(words, total["budget_dkk"], total["frame_dkk"])
        yield words("outset.money", allotted=allotted, frame=frame)


def _unanswered_point(report: Report) -> Iterator[str]:
    words, rows = report.words, _heard(unanswered_themes(ranked(report)))
    for row in rows.head(1).itertuples():
        yield words("outset.unanswered", theme=row.theme, mentions=words.number(row.mentions))


def outset_proposals(report: Report) -> Iterator[str]:
    """What is proposed to be decided: the choices that the baseline gives reason for."""
    words, found = report.words, prospects(report)
    ways = [one.found.pooled for one in found if one.found.pooled]
    enough = [way for way in ways if way.enough]
    if enough:
        yield words("outset.choose_pool", kinds=words.counted(len(enough[0].indicators)))
    wanting = sorted(one.answers for one in found if one.answers)
    if wanting:
        yield words("outset.choose_answers", needed=words.number(wanting[0]),
                    area=report.study.design.treated)  # fmt: skip
    for row in _heard(unanswered_themes(ranked(report))).head(1).itertuples():
        yield words("outset.choose_theme", theme=lowered(row.theme))
