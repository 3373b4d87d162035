"""The first page: one table, one sentence per target, who is responsible, what was spent."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tingbjerg_eval.evaluation.study import TargetResult, one_each
from tingbjerg_eval.report.blocks.display import Block, Group, Prose, Table
from tingbjerg_eval.report.blocks.verdicts import Verdicts
from tingbjerg_eval.report.pages.headline import KEY_FIGURES
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.money import money_line
from tingbjerg_eval.report.sections.questions import question_names
from tingbjerg_eval.report.words.estimates import value_text
from tingbjerg_eval.report.words.verdicts import goal_text
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.targets.measurability import Measurability


def summary(report: Report) -> Block:
    """The table of targets and one paragraph each; at the baseline, what can be measured."""
    if report.kind == "baseline":
        return Group((_proposed(report), *_plan_line(report)))
    verdicts = [one.verdict for one in report.results]
    return Verdicts(verdicts, parties=party_names(report), words=report.words)


def party_names(report: Report) -> dict[str, str]:
    """Names of the parties by their short names."""
    return {name: party.name for name, party in report.study.written.parties.items()}


def _plan_line(report: Report) -> Iterator[Block]:
    if report.plan_digest:
        yield Prose(report.words("summary.plan", digest=report.plan_digest), "note")


def _proposed(report: Report) -> Block:
    """The targets proposed and whether a change of their size could be seen at all."""
    words, parties = report.words, party_names(report)
    rows = [_proposal(report, one, parties) for one in report.results]
    columns = {
        "target": words("table.target"),
        "responsible": words("table.responsible"),
        "goal": words("table.goal"),
        "by": words("summary.by"),
        "smallest": words("summary.smallest"),
        "measurable": words("summary.measurable"),
    }
    return Table(pd.DataFrame(rows), words("summary.caption_proposed"), columns,
                 notes=[words("summary.note_smallest")], name="targets", words=words)  # fmt: skip


def _proposal(report: Report, result: TargetResult, parties: dict[str, str]) -> dict[str, str]:
    words, target = report.words, result.target
    found = report.study.measurable(result.name)
    by = int(target.by) if str(target.by).isdigit() else target.by
    return {
        "target": target.title,
        "responsible": parties[target.responsible],
        "goal": goal_text(result.verdict, words),
        "by": words.time(by),
        "smallest": smallest_text(report, found),
        "measurable": words(f"measurable.{found.measurable.replace(' ', '_')}"),
    }


def smallest_text(report: Report, found: Measurability) -> str:
    """The smallest change that could be shown, in words."""
    smallest = found.smallest_rise if found.asks_rise else found.smallest_fall
    return value_text(smallest, found.scale or "rate ratio", report.words)


def targets_figure(report: Report) -> Block:
    """Every target's difference from what was expected, with its interval."""
    found = [one for one in report.results if isinstance(one.effect, Estimate)]
    return Group(tuple(_intervals(report, found)) or (Prose(report.words("summary.no_effects")),))


def _intervals(report: Report, found: list[TargetResult]) -> Iterator[Block]:
    for scale in ("rate ratio", "percentage points"):
        of_scale = [
            one for one in found if isinstance(one.effect, Estimate) and one.effect.scale == scale
        ]
        if of_scale:
            asked = one_each(of_scale)
            yield report.draw(
                "intervals", [one.effect for one in asked], question_names(report, asked)
            )


def _main_name(report: Report, result: TargetResult) -> str:
    """The short name of a main target that is not retired; nothing for another."""
    target = result.target
    if not target.primary or result.verdict.retired:
        return ""
    return target.short or (
        report.study.indicator(target.indicator).title if target.indicator else target.title
    )


def key_figures(report: Report) -> Block:
    """Each target's three answers in one short table, for the record."""
    rows = [
        {
            "target": one.name,
            "met": one.verdict.course or one.verdict.met,
            "certain": one.verdict.certain,
            "effect": one.verdict.effect,
            "status": one.verdict.status,
            "main": _main_name(report, one),
        }
        for one in report.results
    ]
    return Table(pd.DataFrame(rows), report.name, list(rows[0]), name=KEY_FIGURES,
                 words=report.words)  # fmt: skip
