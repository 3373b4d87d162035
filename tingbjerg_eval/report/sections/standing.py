"""One line a main target: how many of the tests give the same answer as the main result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tingbjerg_eval.evaluation.results import TargetResult
from tingbjerg_eval.presentation.blocks.display import Block
from tingbjerg_eval.presentation.words.estimates import estimate_text
from tingbjerg_eval.presentation.words.numbers import MISSING
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.stats.collapsed import collapsed_t
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.event_study import event_study
from tingbjerg_eval.stats.placebos import baseline_sensitivity, leave_one_out, placebo_areas
from tingbjerg_eval.stats.refusal import MethodRefused

Interval = tuple[float, float, float]
"""A test's value with its limits."""


def standing(report: Report, named: list[tuple[TargetResult, str]]) -> Block:
    """The table, with the rule by which a test gives the same answer."""
    words = report.words
    rows = [_row(report, result, title) for result, title in named]
    columns = {"target": "table.target"} | {
        name: f"robust.{name}" for name in ("headline", "holds", "place", "before")
    }
    return report.table(rows, words("robust.caption_standing"), columns, name="robustness",
                        notes=[words("robust.rule")])  # fmt: skip


def _row(report: Report, result: TargetResult, title: str) -> dict[str, str]:
    words = report.words
    same = [gives_same(result, test) for test in tests(report, result)]
    held = {"held": words.number(sum(same)), "tests": words.number(len(same))}
    return {
        "target": title,
        "headline": estimate_text(result.effect, words),
        "holds": words("robust.held", **held) if same else MISSING,
        "place": _place(report, result),
        "before": _before(report, result),
    }


def gives_same(result: TargetResult, test: Interval) -> bool:
    """Whether a test answers as the verdict: a change that way, or none that can be shown."""
    effect = result.effect
    assert isinstance(effect, Estimate)
    _, lower, upper = test
    shows = not lower <= effect.null <= upper
    if result.verdict.effect not in ("fewer", "more"):
        return not shows
    return shows and (upper < effect.null) == (result.verdict.effect == "fewer")


def tests(report: Report, result: TargetResult) -> Iterator[Interval]:
    """The tests with an interval: the careful one, each area left out, shorter baselines.

    The area alone is no test, for it compares with nothing; nor are weights, without an interval.
    """

    def ask(method: Callable[..., Any]) -> Any:
        return report.study.ask(method, result.data, result.design)

    found = ask(collapsed_t)
    if not isinstance(found, MethodRefused):
        yield found.estimate.value, found.estimate.lower, found.estimate.upper
    assert result.design is not None
    main = {"left_out": "", "baseline_first": result.design.baseline[0]}
    for method, column in ((leave_one_out, "left_out"), (baseline_sensitivity, "baseline_first")):
        table = ask(method)
        if not isinstance(table, MethodRefused):
            others = table[table[column] != main[column]]
            for row in others.dropna(subset=["value", "lower", "upper"]).to_dict("records"):
                yield row["value"], row["lower"], row["upper"]


def _place(report: Report, result: TargetResult) -> str:
    words = report.words
    found = report.study.ask(placebo_areas, result.data, result.design)
    if isinstance(found, MethodRefused):
        return MISSING
    return words(
        "robust.place_of", rank=words.number(found.rank), areas=words.number(found.n_areas)
    )


def _before(report: Report, result: TargetResult) -> str:
    """Whether the area and the others went along before the effort, as far as it can be told."""
    words = report.words
    found = report.study.ask(event_study, result.data, result.design)
    if isinstance(found, MethodRefused):
        return words("robust.before_unknown")
    p = words.p_value(found.pretrend_p)
    apart = found.pretrend_p < 1 - report.study.level
    return words("robust.before_apart" if apart else "robust.before_together", p=p)
