"""The memo's head and background, what the committee is asked to decide, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.presentation.blocks.display import Block, Bullets, Group, MemoHead, Prose
from tingbjerg_eval.presentation.blocks.rows import Numbered
from tingbjerg_eval.presentation.words.estimates import RATIO, value_text
from tingbjerg_eval.presentation.words.numbers import MISSING
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.answer import met_of
from tingbjerg_eval.report.sections.first_page import FirstPage, MainTarget, lowered
from tingbjerg_eval.report.sections.measurable import outset_proposals
from tingbjerg_eval.study.reports import REPORT_KINDS
from tingbjerg_eval.study.rules.strategy import FIELD
from tingbjerg_eval.targets.expected import change_of

MOST_TARGETS = 2
"""Targets about which the proposal asks the committee to choose."""


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


def recommendation(report: Report) -> Block:
    """The case officer's sentences with their fields filled in; a careful proposal without them."""
    words, case = report.words, report.study.settings.case
    lead = words("recommend.lead", sender=case.sender, recipient=case.recipient)
    final = REPORT_KINDS[report.kind].last
    written = report.study.strategy.recommendation if final else []
    if report.kind == "baseline":
        items, whose = list(_of_baseline(report)), (Prose(words("recommend.proposed"), "note"),)
    elif written:
        items = [filled(sentence, report) for sentence in written]
        whose = (Prose(words("recommend.officer"), "note"),)
    else:
        items = list(_proposed(FirstPage(report)))
        whose = (Prose(words("recommend.proposed"), "note"),)
    ended = [item.rstrip(",. ") for item in items]
    listed = (*(f"{item}," for item in ended[:-1]), *(f"{item}." for item in ended[-1:]))
    return Group((Prose(lead), Numbered(listed), *whose))


def _of_baseline(report: Report) -> Iterator[str]:
    words = report.words
    yield words("recommend.baseline_noted")
    yield from outset_proposals(report)
    locked = "baseline_plan" if report.plan_digest else "not_locked"
    yield words(f"recommend.{locked}", digest=report.plan_digest[:8])


def _proposed(page: FirstPage) -> Iterator[str]:
    """What the verdicts give reason to ask, and nothing that they do not."""
    words = page.words
    decided = [target for target in page.targets if target.decided]
    met = sum(target.verdict.met == "yes" for target in decided)
    better = [target for target in page.targets if target.verdict.better == "better"]
    names = words.listed([lowered(target.name) for target in better]) if better else ""
    if not decided:
        yield words("recommend.end_noted")
    else:
        if met:
            said = words("recommend.met_some", which=met_of(met, len(decided), words))
        else:
            form = "one" if len(decided) == 1 else "many"
            said = words(f"recommend.met_none_{form}", targets=words.counted(len(decided)))
        yield words(f"recommend.end_met{'_better' if better else ''}", said=said, names=names)
    for target in _to_choose(page)[:MOST_TARGETS]:
        yield words("recommend.end_choose", name=lowered(target.name), party=target.party)
    if page.moved:
        yield words(
            "recommend.end_next_door",
            areas=words.listed(list(page.report.study.settings.areas.next_door)),
        )
    left = 0.0 if page.money is None else float(page.money["left_dkk"])
    if left > 0:
        yield words("recommend.end_money", left=words.money(left, short=True))


def _to_choose(page: FirstPage) -> list[MainTarget]:
    """Targets that got worse than expected, then those that were surely missed."""
    worse = [target for target in page.targets if target.verdict.better == "worse"]
    missed = [
        target for target in page.targets
        if target not in worse and target.verdict.met == "no" and target.verdict.certain == "yes"
    ]  # fmt: skip
    return worse + missed


def filled(sentence: str, report: Report) -> str:
    """``sentence`` with its fields filled from the verdicts, so that no number is typed."""
    return FIELD.sub(lambda field: _value(field[1], report), sentence)


def _value(field: str, report: Report) -> str:
    words, (owner, _, part) = report.words, field.partition(".")
    page = FirstPage(report)
    if owner == "money":
        total = page.money
        return MISSING if total is None else words.money(float(total[f"{part}_dkk"]), short=True)
    if owner == "targets":
        main = [target for target in page.targets if target.decided]
        met = [target for target in main if target.verdict.met == "yes"]
        return words.counted(len(met if part == "met" else main))
    return _of_target(page.of(owner), part, words)


def _of_target(target: MainTarget, part: str, words: Words) -> str:
    verdict = target.verdict
    scale = RATIO if target.counts else "percentage points"
    if part == "name":
        return lowered(target.name)
    if part in ("before", "after"):
        level = verdict.baseline if part == "before" else verdict.latest
        return words.number(level, decimals=1)
    if part == "change":
        change = change_of(verdict, counts=target.counts).value
        value = 1 + change / 100 if target.counts else change
        return value_text(value, scale, words)
    if part == "goal":
        return target.goal(words)
    effect = {"effect": "effect_value", "lower": "effect_lower", "upper": "effect_upper"}
    return value_text(getattr(verdict, effect[part]), scale, words)
