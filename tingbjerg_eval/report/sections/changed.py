"""What changed since the last edition: counts told before and otherwise now, courses that turned.

Both the old and the new figure of a row stand in editions that have been handed over or are about
to be; a figure that either of them hides is never compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from tingbjerg_eval.presentation.blocks.display import Block, Bullets, Group, Prose, Table
from tingbjerg_eval.presentation.blocks.tables import Column
from tingbjerg_eval.publication.counts_shown import POOLED
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.course import Course, Quarter

MOST_ROWS = 12
Cells = dict[tuple[str, str], int]


def changed(report: Report) -> Block:
    """Revised counts, then verdicts that moved and why."""
    return Group((*_counts(report), *_courses(report), *_why(report)))


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
    columns = {
        "what": words("cost.indicator"),
        "when": words("table.period"),
        "before": Column(words("changed.before"), "number"),
        "now": Column(words("changed.now"), "number"),
    }
    yield Table(shown, words("changed.caption"), columns, name="revised-counts", look="compact",
                words=words)  # fmt: skip
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


def _courses(report: Report) -> Iterator[Block]:
    """Main targets on the other side of their line than in the edition before."""
    if not report.quarter:
        return
    words, quarter = report.words, Quarter(report)
    if quarter.earlier is None:
        return
    turned = [course for course in quarter.courses if course.turned]
    if turned:
        yield Prose(words("changed.courses", quarter=words.quarter(quarter.earlier.name)))
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
    elif report.lock is not None:
        yield Prose(words("changed.plan_same"))
