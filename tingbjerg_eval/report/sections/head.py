"""The memo's opening and closing: head, recommendation, background, what comes next."""

from __future__ import annotations

from tingbjerg_eval.presentation.blocks.display import Block, Bullets, Group, MemoHead, Prose
from tingbjerg_eval.report.report import Report


def head(report: Report) -> Block:
    """Sender, recipient, date of the decision, case numbers and the plan's digest."""
    return MemoHead(**report.head_fields(), words=report.words)


def background(report: Report) -> Block:
    """What was decided, with whom, for how much, and what it was to change."""
    words, strategy = report.words, report.study.written
    years = sorted(strategy.budget)
    said = [
        words(
            "background.frame",
            amount=words.money(float(strategy.total_budget), short=True),
            first=years[0],
            last=years[-1],
        )
    ] if years else []  # fmt: skip
    parties = [party.name for party in strategy.parties.values()]
    key = "background.parties" if len(parties) > 1 else "background.party"
    said.append(words(key, parties=words.listed(parties)))
    areas = sorted(strategy.action_areas.values(), key=lambda area: area.priority)
    problems = [f"{area.title}: {area.problem}" for area in areas]
    return Group((
        *map(Prose, said), Prose(words("background.problems")), Bullets(tuple(problems)),
    ))  # fmt: skip


def next_steps(report: Report) -> Block:
    """Who does what after the decision."""
    words = report.words
    key = "next.baseline" if report.kind == "baseline" else "next.end"
    recipient = report.study.settings.case.recipient
    return Prose(words(key, recipient=recipient))
