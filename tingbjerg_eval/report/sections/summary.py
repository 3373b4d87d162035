"""Every target in one table, and what a record keeps of a report."""

from __future__ import annotations

import pandas as pd

from tingbjerg_eval.evaluation.results import TargetResult
from tingbjerg_eval.presentation.blocks.display import Block, Table
from tingbjerg_eval.presentation.blocks.verdicts import Verdicts
from tingbjerg_eval.presentation.words.numbers import is_missing
from tingbjerg_eval.presentation.words.verdicts import gap_text
from tingbjerg_eval.report.pages.headline import KEY_FIGURES
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.study.strategy import Target
from tingbjerg_eval.targets.expected import gap_of


def summary(report: Report) -> Block:
    """Every target in one table: what was measured, the goal, the answers."""
    verdicts = [one.verdict for one in report.results]
    return Verdicts(
        verdicts,
        parties=party_names(report),
        observed={one.name: _distance(report, one) for one in report.results if _has_gap(one)},
        words=report.words,
    )


def _has_gap(result: TargetResult) -> bool:
    return result.target.of_kind.needs_reference and not is_missing(result.verdict.observed)


def _distance(report: Report, result: TargetResult) -> str:
    """A distance says more by where it began and ended than by its change in per cent."""
    counts = result.target.indicator in report.study.settings.indicators_of("count")
    gap = gap_of(result.target, result.data, result.own_design)
    return gap_text(gap, report.words, counts=counts)


def party_names(report: Report) -> dict[str, str]:
    """Names of the parties by their short names."""
    return {name: party.name for name, party in report.study.written.parties.items()}


def _main_name(report: Report, result: TargetResult) -> str:
    """The short name of a main target that is not retired; nothing for another."""
    if not result.target.primary or result.verdict.retired:
        return ""
    return short_name(report, result.target)


def short_name(report: Report, target: Target) -> str:
    """Its own short name, or its indicator's; the title where two main targets would share one."""
    if target.short or not target.indicator:
        return target.short or target.title
    alike = [
        one for one in report.results
        if one.target.primary and one.target.indicator == target.indicator and not one.target.short
        and not one.verdict.retired
    ]  # fmt: skip
    return target.title if len(alike) > 1 else report.study.indicator(target.indicator).title


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
