"""What the first page rests on: targets by name, their verdicts, and what happened next door."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from tingbjerg_eval.evaluation.results import TargetResult
from tingbjerg_eval.presentation.blocks.display import Block
from tingbjerg_eval.presentation.blocks.tables import Table
from tingbjerg_eval.presentation.blocks.verdicts import Verdicts
from tingbjerg_eval.presentation.words.numbers import is_missing
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.presentation.words.verdicts import gap_text, goal_text, written_decimals
from tingbjerg_eval.report.pages.headline import KEY_FIGURES
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.stats.displacement import displacement
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.study.kinds import KINDS
from tingbjerg_eval.study.strategy import Target
from tingbjerg_eval.targets.deliveries import delivery_by_measure
from tingbjerg_eval.targets.expected import change_of, gap_of
from tingbjerg_eval.targets.money import money_by_year
from tingbjerg_eval.targets.verdicts import Verdict


def summary(report: Report) -> Block:
    """Every target in one table: what was measured, the goal, the answers."""
    verdicts = [one.verdict for one in report.results]
    return Verdicts(
        verdicts,
        parties=party_names(report),
        observed={
            one.name: _distance(report, one) for one in report.results
            if one.target.of_kind.needs_reference and not is_missing(one.verdict.observed)
        },
        words=report.words,
    )  # fmt: skip


def _distance(report: Report, result: TargetResult) -> str:
    """A distance says more by where it began and ended than by its change in per cent."""
    gap = gap_of(result.target, result.data, result.own_design)
    return gap_text(gap, report.words, counts=counts(report, result.target))


def counts(report: Report, target: Target) -> bool:
    """Whether a target is measured by reports."""
    return target.indicator in report.study.settings.indicators_of("count")


def party_names(report: Report) -> dict[str, str]:
    """Names of the parties by their short names."""
    return {name: party.name for name, party in report.study.written.parties.items()}


def short_name(report: Report, target: Target) -> str:
    """Its own short name, or its indicator's; the title where two main targets would share one."""
    if target.short or not target.indicator:
        return target.short or target.title
    alike = [
        one for one in report.results
        if one.target.primary and one.target.indicator == target.indicator and not one.target.short
        and not one.verdict.retired
    ]  # fmt: skip
    return target.title if len(alike) > 1 else report.study.indicator(target.indicator).title


def key_figures(report: Report) -> Block:
    """Each target's three answers in one short table, for the record."""
    rows = [
        {
            "target": one.name,
            "met": one.verdict.course or one.verdict.met,
            "certain": one.verdict.certain,
            "effect": one.verdict.effect,
            "status": one.verdict.status,
            "main": short_name(report, one.target)
            if one.target.primary and not one.verdict.retired
            else "",
        }
        for one in report.results
    ]
    return Table(pd.DataFrame(rows), report.name, list(rows[0]), name=KEY_FIGURES,
                 words=report.words)  # fmt: skip


def question_names(report: Report, results: list[TargetResult]) -> list[str]:
    """What each result's estimates are about: the indicator, with the window where it is asked
    about in several."""
    times = Counter(one.target.indicator for one in results)
    names = []
    for one in results:
        indicator, window = one.question
        title = report.study.indicator(str(indicator)).title
        if times[indicator] > 1 and window is not None:
            title = f"{title} ({report.words.window(window)})"
        names.append(title)
    return names


@dataclass(frozen=True, eq=False)
class MainTarget:
    """A main target as the first page speaks of it."""

    result: TargetResult
    verdict: Verdict
    name: str
    party: str
    counts: bool

    @property
    def decided(self) -> bool:
        """Whether there are data to say if it was met."""
        return self.verdict.met in ("yes", "no")

    def goal(self, words: Words) -> str:
        """The goal in words, a change told as fewer or more."""
        verdict, kind = self.verdict, KINDS[self.verdict.kind]
        change = kind.change(verdict.goal, verdict.baseline, counts=self.counts, good=verdict.good)
        if kind.bounded or is_missing(change) or not change:
            return goal_text(verdict, words)
        size, decimals = abs(change), written_decimals(verdict.goal)
        if self.counts:
            way = "fewer" if change < 0 else "more"
            return words(f"change.{way}", percent=words.percent(size / 100, decimals=decimals))
        way = "lower" if change < 0 else "higher"
        points = words.number(size, decimals=max(decimals, 1))
        return words(f"rows.points_{way}", points=points)


@dataclass(frozen=True, eq=False)
class FirstPage:
    """What the first page rests on."""

    report: Report

    @property
    def words(self) -> Words:
        """The report's language."""
        return self.report.words

    @cached_property
    def targets(self) -> tuple[MainTarget, ...]:
        """The main targets that the steering group has not retired, in the strategy's order."""
        return tuple(
            self.told(result)
            for result in self.report.results
            if result.target.primary and not result.verdict.retired
        )

    def of(self, name: str) -> MainTarget:
        """Any target of the strategy, a main one or not."""
        return next(self.told(result) for result in self.report.results if result.name == name)

    def told(self, result: TargetResult) -> MainTarget:
        return MainTarget(
            result=result,
            verdict=result.verdict,
            name=short_name(self.report, result.target),
            party=party_names(self.report)[result.target.responsible or ""],
            counts=counts(self.report, result.target),
        )

    @cached_property
    def money(self) -> pd.Series | None:
        """The frame, what was spent and what is left of all years; ``None`` where nobody said."""
        study = self.report.study
        if study.tables.activities is None:
            return None
        total = study.of_activities(money_by_year).iloc[-1]
        known = not is_missing(total["spent_dkk"]) and total["frame_dkk"] > 0
        return total if known else None

    @cached_property
    def measures(self) -> pd.DataFrame:
        """What each measure has delivered and spent, of what was agreed."""
        return self.report.study.of_activities(delivery_by_measure)

    def neighbours(self, target: MainTarget) -> Estimate | None:
        """What happened next door, where it was asked and answered."""
        result, design = target.result, target.result.design
        if not target.counts or design is None or not design.adjacent:
            return None
        answer = self.report.study.ask(displacement, result.data, design)
        return answer if isinstance(answer, Estimate) else None

    @cached_property
    def moved(self) -> tuple[MainTarget, ...]:
        """Targets with more reports next door than expected, and no more than expected here."""
        return tuple(
            target for target in self.targets
            if target.verdict.next_door == "worse" and target.verdict.neighbours == "more"
            and target.verdict.better != "worse"
        )  # fmt: skip


def millions(words: Words, part: float, whole: float) -> tuple[str, str]:
    """Two amounts in millions, with as many decimals as it takes to tell them apart."""
    for decimals in (1, 2, 3):
        said = tuple(words.number(kroner / 1e6, decimals=decimals) for kroner in (part, whole))
        if said[0] != said[1] or part == whole:
            break
    return said[0], said[1]


def lowered(name: str) -> str:
    """A name in the middle of a sentence; abbreviations keep their letters."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def change_words(target: MainTarget, words: Words) -> str:
    """«faldt 35 procent», or nothing where the figures are not shown."""
    change = change_of(target.verdict, counts=target.counts).value
    return change_text(change, target, words, moved=True)


def change_text(
    change: float, target: MainTarget, words: Words, *, decimals: int | None = None,
    moved: bool = False,
) -> str:  # fmt: skip
    """How many per cent fewer or more, or points lower or higher, or that nothing moved; with
    ``moved`` that it fell or rose by so much."""
    if is_missing(change):
        return ""
    if decimals is None:
        decimals = 0 if target.counts else 1
    size = words.number(abs(change), decimals=decimals)
    if size.strip("0,.") == "":
        return words("point.moved.same" if moved else "course.same")
    unit = "percent" if target.counts else "points"
    if moved:
        return words(f"point.moved.{'fell' if change < 0 else 'rose'}_{unit}", size=size)
    return words(f"course.{'less' if change < 0 else 'more'}_{unit}", size=size)
