"""What a quarter asks of the steering group, by two rules."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.presentation.blocks.rows import Numbered
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.course import Quarter
from tingbjerg_eval.report.sections.first_page import lowered
from tingbjerg_eval.report.sections.summary import party_names

RUNNING = 2
"""Quarters in a row that a commitment may lack a tenth or more before it is a decision."""


def to_be_decided(report: Report) -> Block:
    """The proposals, and the rules by which they came."""
    quarter, words = Quarter(report), report.words
    asked = [proposal for _, proposal in to_decide(quarter)]
    rule = Prose(words("decide.rule"), "note")
    if not asked:
        return Group((Prose(words("decide.nothing")), rule))
    ended = [one + ("." if at == len(asked) else ",") for at, one in enumerate(asked, start=1)]
    return Group((Prose(words("decide.lead")), Numbered(tuple(ended)), rule))


def to_decide(quarter: Quarter) -> Iterator[tuple[str, str]]:
    """Each subject in short, and the proposal."""
    words, parties = quarter.words, party_names(quarter.report)
    rows = quarter.broken
    for row in rows[rows["running"] >= RUNNING].to_dict("records"):
        if (lacking := quarter.lacking(row["measure"])) <= 0:
            continue
        said = {"title": lowered(row["title"]), "party": parties[row["party"]],
                "lacking": words.number(lacking),
                "unit": row["unit"]}  # fmt: skip
        yield words("decide.commitment_brief", **said), words("decide.commitment", **said)
    for course in quarter.behind:
        told = {"name": lowered(course.target.name), "party": course.target.party}
        yield words("decide.target_brief", **told), words("decide.target", **told)
