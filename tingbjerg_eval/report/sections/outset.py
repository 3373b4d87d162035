"""The first page of the baseline in points, and what the committee is asked before the effort."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tingbjerg_eval.presentation.blocks.display import Block, Prose
from tingbjerg_eval.presentation.blocks.rows import Points
from tingbjerg_eval.presentation.words.numbers import is_missing
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.answer import fitting
from tingbjerg_eval.report.sections.first_page import lowered, millions
from tingbjerg_eval.report.sections.measurable import Prospect, prospects
from tingbjerg_eval.report.sections.problems import ranked
from tingbjerg_eval.targets.money import money_by_year
from tingbjerg_eval.targets.priorities import unanswered_themes

MOST_THEMES = 3


def outset(report: Report) -> Block:
    """What residents raise, which targets can be shown, what would help, the money."""
    made = list(outset_points(report))
    return Points(tuple(made)) if made else Prose(report.words("point.no_main"))


def outset_points(report: Report) -> Iterator[str]:
    """At most six sentences, each under 25 words."""
    found = prospects(report)
    yield from _raised(report)
    yield from _shown(report, found)
    yield from _pooled(report, found)
    yield from _answers(report, found)
    yield from _money(report)
    yield from _unanswered(report)


def _raised(report: Report) -> Iterator[str]:
    words, rows = report.words, _heard(ranked(report))
    if len(rows):
        told = [words("outset.raised_one", theme=lowered(row.theme),
                      mentions=words.number(row.mentions))
                for row in rows.head(MOST_THEMES).itertuples()]  # fmt: skip
        yield words.capital(words("outset.raised", themes=words.listed(told)))


def _heard(rows: pd.DataFrame) -> pd.DataFrame:
    told = rows.dropna(subset="mentions")
    return told.sort_values("mentions", ascending=False, kind="stable")


def _shown(report: Report, found: tuple[Prospect, ...]) -> Iterator[str]:
    if not found:
        return
    words, shown = report.words, sum(one.shown == "yes" for one in found)
    form = "one" if len(found) == 1 else "many"
    which = "all" if shown == len(found) else "some" if shown else "none"
    said = {"targets": words.counted(len(found)), "shown": words.counted(shown)}
    yield words(f"outset.shown_{which}_{form}", **said)


def _pooled(report: Report, found: tuple[Prospect, ...]) -> Iterator[str]:
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


def _answers(report: Report, found: tuple[Prospect, ...]) -> Iterator[str]:
    words = report.words
    wanting = sorted((one for one in found if one.answers), key=lambda one: one.answers)
    for one in wanting[:1]:
        assert one.wave is not None
        counts = {"needed": words.number(one.answers), "answers": words.number(one.wave.answers)}
        yield fitting([
            words("outset.answers", name=lowered(one.target.name), **counts),
            words("outset.answers_brief", **counts),
        ])  # fmt: skip


def _money(report: Report) -> Iterator[str]:
    from tingbjerg_eval.report.sections.money import NO_ACTIVITIES

    words, written = report.words, report.study.written
    total = money_by_year(written, NO_ACTIVITIES, until=report.study.until).iloc[-1]
    if total["frame_dkk"] > 0 and not is_missing(total["budget_dkk"]):
        allotted, frame = millions(words, total["budget_dkk"], total["frame_dkk"])
        yield words("outset.money", allotted=allotted, frame=frame)


def _unanswered(report: Report) -> Iterator[str]:
    words, rows = report.words, _heard(unanswered_themes(ranked(report)))
    for row in rows.head(1).itertuples():
        yield words("outset.unanswered", theme=row.theme, mentions=words.number(row.mentions))


def outset_proposals(report: Report) -> Iterator[str]:
    """What is proposed to be decided: the choices that the baseline gives reason for."""
    words, found = report.words, prospects(report)
    enough = [way for one in found for way in one.found.alternatives
              if way.code == "pool-offences"]  # fmt: skip
    if enough:
        yield words("outset.choose_pool", kinds=words.counted(len(enough[0].indicators)))
    wanting = sorted(one.answers for one in found if one.answers)
    if wanting:
        yield words("outset.choose_answers", needed=words.number(wanting[0]),
                    area=report.study.design.treated)  # fmt: skip
    for row in _heard(unanswered_themes(ranked(report))).head(1).itertuples():
        yield words("outset.choose_theme", theme=lowered(row.theme))
