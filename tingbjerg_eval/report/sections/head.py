"""The memo's opening and closing: head, recommendation, background, what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.report.blocks.display import Block, Bullets, Group, MemoHead, Prose
from tingbjerg_eval.report.report import Report


def head(report: Report) -> Block:
    """Sender, recipient, date of the decision, case numbers and the plan's digest."""
    return MemoHead(**report.head_fields(), words=report.words)


def recommendation(report: Report) -> Block:
    """What the committee is asked to decide."""
    words, case = report.words, report.study.settings.case
    lead = words("recommend.lead", sender=case.sender, recipient=case.recipient)
    return Group((Prose(lead), Bullets(tuple(_recommended(report)))))


def _recommended(report: Report) -> list[str]:
    words = report.words
    if report.kind == "baseline":
        digest = report.plan_digest or words("recommend.not_locked")
        return [words("recommend.baseline_noted"), words("recommend.baseline_plan", digest=digest)]
    return [words("recommend.end_noted"), *_verdicts_noted(report)]


def _verdicts_noted(report: Report) -> Iterator[str]:
    """What the targets came to; those without figures are neither met nor missed."""
    words, verdicts = report.words, [one.verdict for one in report.results]
    decided = [one for one in verdicts if one.met != "no data"]
    if not decided:
        yield words("recommend.end_none", targets=words.number(len(verdicts)))
        return
    lacking = len(verdicts) - len(decided)
    if lacking:
        yield words("recommend.end_lacking", count=words.number(lacking))
    moved = sum(one.better == "better" and one.next_door == "worse" for one in verdicts)
    if moved:
        yield words("recommend.end_moved", count=words.number(moved))
    yield words(
        "recommend.end_verdicts",
        met=words.number(sum(one.met == "yes" for one in decided)),
        targets=words.number(len(decided)),
        better=words.number(sum(one.better == "better" for one in verdicts)),
        worse=words.number(sum(one.better == "worse" for one in verdicts)),
    )


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
    parties = words.listed([party.name for party in strategy.parties.values()])
    said.append(words("background.parties", parties=parties))
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
