"""Courses while an effort is planned or going on: small figures side by side."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.presentation.blocks.cards import Card, Courses
from tingbjerg_eval.presentation.blocks.display import Block, Prose
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.late_figures import young_quarters
from tingbjerg_eval.report.sections.trend_data import small_course, small_trend


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


def activity_courses(report: Report, names: list[str]) -> Courses:
    """Indicators that follow police activity; they have no goal."""
    cards = tuple(
        Card(title=report.study.indicator(name).title, picture=small_course(report, name),
             stacked=True)
        for name in names
    )  # fmt: skip
    return Courses(cards)


def _notes(report: Report) -> tuple[str, ...]:
    words, level = report.words, report.words.percent(report.study.level, decimals=0)
    young = [words("card.young")] if young_quarters(report.study) else []
    return (" ".join([words("courses.note", level=level), *young]),)
