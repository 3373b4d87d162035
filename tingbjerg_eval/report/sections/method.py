"""How the figures are made, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.evaluation.judging import primary_tests
from tingbjerg_eval.presentation.blocks.display import Block, Bullets, Group, Prose
from tingbjerg_eval.report.report import Report

SAID = ("comparison", "interval", "cannot_be_decided", "percentage_points")
MOST_NAMED = 20
"""Comparison areas that the text of a report names; more are named in the appendix."""
LIMITS = ("trends", "shared_shocks", "moved", "recording", "weak", "diluted")


def method(report: Report) -> Block:
    """The method's idea, the areas and windows it uses, and what it cannot do."""
    words = report.words
    level = words.percent(report.study.level, decimals=0)
    explained = [words(f"explain.{key}", level=level) for key in SAID]
    limits = [words(f"limit.{key}") for key in LIMITS]
    return Group((
        Prose(" ".join(explained)), *_asked(report), *_shared_level(report), *_design(report),
        Prose(words("limit.lead")), Bullets(tuple(limits)),
    ))  # fmt: skip


def _asked(report: Report) -> Iterator[Block]:
    """How many have answered the survey, wave by wave, where that is shown."""
    words, study = report.words, report.study
    names = list(study.settings.indicators_of("share"))
    if not names:
        return
    own = report.answers(names[0])
    if len(own):
        told = [words("method.answers_in", answers=words.number(row.n), wave=words.time(row.wave))
                for row in own.itertuples()]  # fmt: skip
        yield Prose(words("method.answers", area=study.design.treated, answers=words.listed(told)))


def _shared_level(report: Report) -> Iterator[Block]:
    """What the smallest change is a promise of, where several primary targets share the level."""
    words, study = report.words, report.study
    tests = primary_tests(study)
    if tests > 1:
        error = 1 - study.level
        decided = words.percent(1 - error / tests, decimals=1)
        shared = {"primary": words.counted(tests), "error": words.percent(error, decimals=0)}
        yield Prose(words("explain.smallest", decided=decided, **shared))


def _design(report: Report) -> Iterator[Block]:
    words, study = report.words, report.study
    design = study.design
    many = len(design.comparison) > MOST_NAMED
    others = words("design.many", areas=words.number(len(design.comparison)))
    yield Prose(
        words(
            "design.said",
            treated=design.treated,
            comparison=others if many else words.listed(list(design.comparison)),
            baseline=words.window(design.baseline),
            period=words.window(design.period),
        )
    )
    if study.settings.contamination:
        yield Prose(words("design.excluded"))
        yield Bullets(tuple(_efforts(report)))
    ends = [study.settings.periods.period[1], *(one.by for one in study.strategy.targets.values())]
    last = max(str(end)[:4] for end in ends if end)
    for one in study.settings.breaks:
        if str(one.first)[:4] <= last:
            yield Prose(words("design.break", first=words.time(one.first), reason=one.reason))


def comparison_names(report: Report) -> Iterator[Block]:
    """The comparison areas by name, where they are too many for the text."""
    areas = report.study.settings.areas.comparison
    if len(areas) > MOST_NAMED:
        yield Prose(report.words("design.named", areas=report.words.listed(list(areas))), "note")


def _efforts(report: Report) -> Iterator[str]:
    words = report.words
    for one in report.study.settings.contamination:
        first, last = words.quarter(one.first), words.quarter(one.last)
        yield words("design.contaminated", area=one.area, first=first, last=last, effort=one.effort)
