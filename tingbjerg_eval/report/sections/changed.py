"""What changed since the last edition: counts told before and otherwise now, courses that turned.

Both the old and the new figure of a row stand in editions that have been handed over or are about
to be; a figure that either of them hides is never compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd

from tingbjerg_eval.inputs.own_code import package_files
from tingbjerg_eval.presentation.blocks.display import Block, Bullets, Group, Prose
from tingbjerg_eval.presentation.blocks.tables import Column
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.publication.counts_shown import POOLED
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.course import Course, Quarter

EDITION = "edition"
"""Its key in an entry of the ledger."""
QUESTIONS = ("met", "certain", "effect")
"""What is asked of each target, in the order in which the answers are kept."""
MOST_ROWS = 12
Cells = dict[tuple[str, str], int]


def edition(report: Report) -> dict[str, Any]:
    """Each target's answers in the words' keys, and digests of data, plan and program.

    The words stand on the page, so they give nothing away; digests are made with the study's key.
    """
    return {"verdicts": answers(report), **made_of(report)}


def answers(report: Report) -> dict[str, list[str]]:
    """Of each target whether it was met or is on course, whether surely, and the effect."""
    verdicts = {result.name: result.verdict for result in report.results}
    return {
        name: [verdict.course or verdict.met, verdict.certain, verdict.effect]
        for name, verdict in verdicts.items()
    }


def made_of(report: Report) -> dict[str, Any]:
    """Digests of the tables as the report knows them, of the locked plan, and of the program."""
    study = report.study
    tables = [source.table for source in study.tables.sources]
    return {
        "data": {table: report.public_digest(study.digest(table)) for table in tables},
        "plan": report.plan_digest,
        "program": _program(),
    }


@cache
def _program() -> str:
    digest = hashlib.sha256()
    for file in package_files():
        digest.update(file.read_bytes())
    return digest.hexdigest()


def last_edition(report: Report) -> Mapping[str, Any] | None:
    """The ledger's newest edition of the same report; ``None`` where it keeps none."""
    own = {report.name, f"{report.study.settings.name}: {report.name}"}
    kept = [one[EDITION] for one in report.earlier_editions()
            if one["report"] in own and EDITION in one]  # fmt: skip
    return kept[-1] if kept else None


def changed(report: Report) -> Block:
    """Revised counts, then verdicts that moved and why."""
    return Group((*_counts(report), *_verdicts(report), *_courses(report), *_why(report)))


def told_cells(published: Mapping[str, Any]) -> Cells:
    """Every count that an edition tells, by table and cell."""
    return {
        (table["name"], cell["key"]): int(cell["value"])
        for table in published["tables"] for cell in table["cells"]
        if cell["value"] is not None
    }  # fmt: skip


def revised(earlier: list[Mapping[str, Any]], now: Cells) -> pd.DataFrame:
    """``table, cell, before, now`` of counts that an earlier edition told otherwise."""
    before: Cells = {}
    for edition in earlier:
        before |= told_cells(edition)
    rows = [
        {"table": table, "cell": cell, "before": before[table, cell], "now": count}
        for (table, cell), count in now.items() if before.get((table, cell), count) != count
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["table", "cell", "before", "now"])


def _counts(report: Report) -> Iterator[Block]:
    words = report.words
    earlier = report.earlier_editions()
    if not earlier:
        yield Prose(words("changed.first"))
        return
    rows = revised(earlier, told_cells(report.publication.published()))
    if rows.empty:
        yield Prose(words("changed.no_counts"))
        return
    shown = rows.head(MOST_ROWS)
    shown = shown.assign(
        what=[_what(report, name) for name in shown["table"]],
        when=[_when(report, cell) for cell in shown["cell"]],
    )
    yield report.table(shown, words("changed.caption"), {
        "what": "cost.indicator", "when": "table.period",
        "before": Column("changed.before", "number"), "now": Column("changed.now", "number"),
    }, name="revised-counts")  # fmt: skip
    if len(rows) > MOST_ROWS:
        yield Prose(words("changed.more", more=words.number(len(rows) - MOST_ROWS)))


def _what(report: Report, table: str) -> str:
    title = report.study.indicator(table.removesuffix(POOLED)).title
    pooled = table.endswith(POOLED)
    return f"{title} ({report.words('table.pooled').lower()})" if pooled else title


def _when(report: Report, cell: str) -> str:
    """A year, a quarter or a window in words."""
    first, _, last = cell.partition("-")
    last = last or first
    if "K" not in first:
        first, last = f"{first}K1", f"{last}K4"
    return report.words.window((first, last))


def _verdicts(report: Report) -> Iterator[Block]:
    """Answers that the same report gave otherwise in its last edition, and what was changed."""
    words, before = report.words, last_edition(report)
    if before is None:
        return
    moved = moved_answers(before["verdicts"], answers(report))
    if moved:
        titles = {result.name: result.target.title for result in report.results}
        rows = [
            {"target": titles[name], "question": words(f"table.{question}"),
             "before": _answer(words, question, was), "now": _answer(words, question, now)}
            for name, question, was, now in moved
        ]  # fmt: skip
        columns = {"target": "table.target", "question": "table.question",
                   "before": "changed.before", "now": "changed.now"}  # fmt: skip
        yield report.table(rows, words("changed.verdicts"), columns, name="moved-verdicts")
    else:
        yield Prose(words("changed.no_verdicts"))
    yield Prose(_reasons(words, differing(before, made_of(report)), moved=bool(moved)))


def moved_answers(
    before: Mapping[str, list[str]], now: Mapping[str, list[str]]
) -> list[tuple[str, str, str, str]]:
    """``target, question, before, now`` of every answer that was another."""
    return [
        (name, question, was, said)
        for name, given in now.items()
        for question, was, said in zip(QUESTIONS, before.get(name, given), given, strict=True)
        if was != said
    ]


def differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Of what two editions rest on: the tables that differ, then plan and program."""
    tables = now["data"].keys() | before["data"].keys()
    data = [one for one in sorted(tables) if before["data"].get(one) != now["data"].get(one)]
    return data + [one for one in ("plan", "program") if before[one] != now[one]]


def _answer(words: Words, question: str, answer: str) -> str:
    key = answer.replace(" ", "_") or "none"
    course = question == "met" and key not in ("yes", "no", "no_data")
    return words(f"verdict.{'course' if course else question}.{key}")


def _reasons(words: Words, changes: list[str], *, moved: bool) -> str:
    named = [
        words(f"changed.of_{one}") if one in ("plan", "program")
        else words("changed.of_data", table=words(f"delivery.{one}").lower())
        for one in changes
    ]  # fmt: skip
    if not named:
        return words("changed.nothing_else")
    key = "changed_beside" if not moved else "reason" if len(named) == 1 else "reasons"
    return words(f"changed.{key}", what=words.listed(named))


def _courses(report: Report) -> Iterator[Block]:
    """Main targets on the other side of their line than in the edition before."""
    if not report.quarter:
        return
    words, quarter = report.words, Quarter(report)
    if quarter.earlier is None:
        return
    turned = [course for course in quarter.courses if course.turned]
    if turned:
        form, targets = ("one" if len(turned) == 1 else "many"), words.counted(len(turned))
        said = words(f"changed.courses_{form}", targets=targets,
                     quarter=words.quarter(quarter.earlier.name))  # fmt: skip
        yield Prose(words.capital(said))
        yield Bullets(tuple(_turned(course, report) for course in turned))


def _turned(course: Course, report: Report) -> str:
    words, way = report.words, "behind" if course.state == "not on course" else "ahead"
    why = words("changed.new_figures" if course.moved else "changed.revised_figures")
    return words(f"changed.to_{way}", name=course.target.name, why=why)


def _why(report: Report) -> Iterator[Block]:
    """Whether plan or data were changed on the way."""
    words = report.words
    if report.deviations:
        yield Prose(words("changed.plan", deviations=words.number(len(report.deviations))))
    elif report.lock is not None and (report.quarter or report.earlier_editions()):
        yield Prose(words("changed.plan_same"))
