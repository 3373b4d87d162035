"""What the committee is asked to decide."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.presentation.blocks.rows import Numbered
from tingbjerg_eval.presentation.words.estimates import RATIO, value_text
from tingbjerg_eval.presentation.words.numbers import MISSING
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.answer import met_of
from tingbjerg_eval.report.sections.first_page import FirstPage, MainTarget, lowered
from tingbjerg_eval.report.sections.outset import outset_proposals
from tingbjerg_eval.study.reports import REPORT_KINDS
from tingbjerg_eval.study.rules.strategy import FIELD
from tingbjerg_eval.targets.expected import change_of

MOST_TARGETS = 2
"""Targets about which the proposal asks the committee to choose."""


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
    return Group((Prose(lead), Numbered(tuple(_punctuated(items))), *whose))


def _punctuated(items: list[str]) -> Iterator[str]:
    for number, item in enumerate(items, start=1):
        yield item.rstrip(",. ") + ("." if number == len(items) else ",")


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
        yield words("recommend.end_next_door", areas=_adjacent(page))
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


def _adjacent(page: FirstPage) -> str:
    return page.words.listed(list(page.report.study.settings.areas.next_door))


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
