"""How far the answers can be trusted: the same question asked in other ways."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

import pandas as pd

from tingbjerg_eval.evaluation.results import TargetResult, one_each
from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose, Section
from tingbjerg_eval.presentation.words.estimates import (
    RATIO,
    dispersion_text,
    estimate_text,
    interval_text,
)
from tingbjerg_eval.presentation.words.numbers import MISSING
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.first_page import question_names
from tingbjerg_eval.report.sections.late_figures import completed, expected
from tingbjerg_eval.stats.collapsed import collapsed_t
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.dispersion import dispersion_ratio
from tingbjerg_eval.stats.displacement import displacement as next_door
from tingbjerg_eval.stats.displacement_quotient import weighted_displacement_quotient
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.event_study import event_study, trend_sensitivity
from tingbjerg_eval.stats.periods import compare_periods
from tingbjerg_eval.stats.placebos import baseline_sensitivity, leave_one_out, placebo_areas
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.segmented import interrupted_time_series
from tingbjerg_eval.stats.synthetic import synthetic_difference_in_differences

Found = TypeVar("Found")

POINTS = "percentage points"
FEWEST_YEARS = 3
"""Years of a baseline whose restlessness is told by years."""
SHOWN = ("fewer", "more")
"""Answers that show a change; a quotient needs one here and one next door."""
Interval = tuple[float, float, float]
"""A test's value with its limits."""


def robustness(report: Report) -> Block:
    """How many tests each main target's answer stands up to, the areas as a picture, details."""
    words = report.words
    tested = tested_results(report)
    if not tested:
        return Prose(words("summary.no_effects"))
    names = question_names(report, tested)
    named = list(zip(tested, names, strict=True))
    details = [_others(report, one, title) for one, title in named]
    return Group((
        standing(report, named), *_pictures(report, named),
        Section(words("robust.details"), (Prose(words("robust.note"), "note"), *details), level=3),
    ))  # fmt: skip


def tested_results(report: Report) -> list[TargetResult]:
    """Primary targets whose effect was estimated, one for each question."""
    return one_each(
        one for one in report.results if one.target.primary and isinstance(one.effect, Estimate)
    )


def _asked(
    method: Callable[..., Found], report: Report, result: TargetResult
) -> Found | MethodRefused:
    answer: Found | MethodRefused = report.study.ask(method, result.data, result.design)
    return answer


def _pictures(report: Report, named: list[tuple[TargetResult, str]]) -> Iterator[Block]:
    """One figure a scale: each question's areas in a row."""
    for scale in (RATIO, POINTS):
        found = [(one, title, _asked(placebo_areas, report, one)) for one, title in named
                 if isinstance(one.effect, Estimate) and one.effect.scale == scale]  # fmt: skip
        drawn = [(_unnamed(report, one, table.table), title) for one, title, table in found
                 if not isinstance(table, MethodRefused)]  # fmt: skip
        if drawn:
            tables, labels = zip(*drawn, strict=True)
            treated = report.study.design.treated
            yield report.draw("placebo_rows", tables, labels, treated, scale=scale)


def _unnamed(report: Report, result: TargetResult, rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` without the names of areas of which a figure is only reckoned with."""
    named = report.publication.named_areas(result.indicator) | {result.own_design.treated}
    small = report.words("robust.small_area")
    return rows.assign(area=rows["area"].where(rows["area"].isin(named), small))


def _others(report: Report, result: TargetResult, title: str) -> Block:
    """The headline and its tests in one table."""
    words = report.words
    rows = [
        {"what": words("robust.headline"), **told_row(result.estimate, words)},
        *_collapsed(report, result),
        *_left_out(report, result),
        *_baselines(report, result),
        *_simple(report, result),
        *_breakdown(report, result),
        *_late(report, result),
    ]
    return report.table(rows, words("robust.caption", target=title), {
        "what": "robust.test", "estimate": "table.estimate", "interval": "table.interval",
    }, name=f"tests-{result.name}")  # fmt: skip


def told_row(
    answer: Estimate | Mapping[str, object] | MethodRefused | None, words: Words
) -> dict[str, str]:
    """An estimate with its interval, or why there is none."""
    if isinstance(answer, MethodRefused):
        said = words.first(f"refused.{answer.code}", "refused.generic", code=answer.code)
        return {"estimate": words("refused.heading"), "interval": said}
    return {"estimate": estimate_text(answer, words), "interval": interval_text(answer, words)}


def _collapsed(report: Report, result: TargetResult) -> Iterator[dict[str, str]]:
    found, words = _asked(collapsed_t, report, result), report.words
    told = found if isinstance(found, MethodRefused) else found.estimate
    yield {"what": words("robust.collapsed"), **told_row(told, words)}
    if isinstance(found, MethodRefused) or not _decided(result):
        return
    ratio = words.number(found.breakdown_ratio, decimals=1)
    yield {"what": words("robust.noisier"), "estimate": words("robust.times", ratio=ratio),
           "interval": ""}  # fmt: skip
    yield from _restless(report, result)


def _decided(result: TargetResult) -> bool:
    """Whether there is an answer that could disappear."""
    return result.verdict.better in ("better", "worse")


def _restless(report: Report, result: TargetResult) -> Iterator[dict[str, str]]:
    """How restless the area was before the effort: what the row above is held against."""
    found, design = _asked(dispersion_ratio, report, result), result.own_design
    if isinstance(found, MethodRefused):
        return
    # Two years show one departure, of which nothing can be said.
    years = len(design.baseline_times) / a_year(design.baseline[0])
    if found.resolution != "year" or years >= FEWEST_YEARS:
        yield dispersion_text(found, report.words)


def _left_out(report: Report, result: TargetResult) -> Iterator[dict[str, str]]:
    found, words = _asked(leave_one_out, report, result), report.words
    if isinstance(found, MethodRefused):
        return
    values = found.loc[found["left_out"] != "", "value"]
    ends = {"lower": values.min(), "upper": values.max(), "scale": result.estimate.scale}
    between = interval_text(ends, words)
    yield {"what": words("robust.left_out"), "estimate": between, "interval": ""}


def _baselines(report: Report, result: TargetResult) -> Iterator[dict[str, str]]:
    found, words = _asked(baseline_sensitivity, report, result), report.words
    if isinstance(found, MethodRefused):
        return
    for row in found.to_dict("records"):
        if not math.isnan(row["value"]):
            length = words.window((row["baseline_first"], row["baseline_last"]))
            told = row | {"scale": result.estimate.scale}
            yield {"what": words("robust.baseline", window=length), **told_row(told, words)}


def _simple(report: Report, result: TargetResult) -> Iterator[dict[str, str]]:
    """Second pictures: they never decide."""
    words = report.words
    found = _asked(synthetic_difference_in_differences, report, result)
    yield {"what": words("robust.synthetic"), **told_row(found, words)}
    if result.own_design.in_quarters:
        segmented = _asked(interrupted_time_series, report, result)
        told = _by_quarter(report, result) or segmented
        yield {"what": words("robust.segmented"), **told_row(told, words)}


def _by_quarter(report: Report, result: TargetResult) -> MethodRefused | None:
    """Why nothing is told that rests on single quarters."""
    name, design = result.indicator, result.own_design
    if all(report.publication.by_quarter(name, one) for one in (design.baseline, design.period)):
        return None
    return MethodRefused(
        "hidden-quarter", "Single quarters hold too few reports.", "Use a wider basket."
    )


def _breakdown(report: Report, result: TargetResult) -> Iterator[dict[str, str]]:
    found, words = _asked(trend_sensitivity, report, result), report.words
    if isinstance(found, MethodRefused) or not _decided(result):
        return
    key = "robust.any" if math.isinf(found.breakdown) else "robust.times"
    said = words(key, ratio=words.number(found.breakdown, decimals=1))
    yield {"what": words("robust.trend"), "estimate": said, "interval": ""}


def _late(report: Report, result: TargetResult) -> Iterator[dict[str, str]]:
    """The headline and the plain change with preliminary quarters raised to what is expected."""
    factors, design = expected(report.study), result.own_design
    if not design.in_quarters or not set(factors) & set(design.period_times):
        return
    raised = replace(result, data=completed(result.data, factors))
    for key, method in (("effect", difference_in_differences), ("change", compare_periods)):
        told = told_row(_asked(method, report, raised), report.words)
        yield {"what": report.words(f"robust.late_{key}"), **told}


def displacement(report: Report) -> Block:
    """Whether crime moved next door, or the benefit spread."""
    words, design = report.words, report.study.design
    found = [one for one in tested_results(report) if one.own_design.in_quarters]
    if not design.adjacent or not found:
        return Prose(words("moved.not_asked"))
    names = question_names(report, found)
    rows = [_moved(report, one, title) for one, title in zip(found, names, strict=True)]
    table = report.table(rows, words("moved.caption"), {
        "indicator": "cost.indicator", "estimate": "moved.next_door",
        "interval": "table.interval", "quotient": "moved.quotient",
    }, name="displacement", notes=[words("moved.note")])  # fmt: skip
    return Group((Prose(words("moved.lead", areas=words.listed(list(design.adjacent)))), table))


def _moved(report: Report, result: TargetResult, name: str) -> dict[str, str]:
    words = report.words
    title = {"indicator": name}
    design = result.own_design
    withheld = report.publication.withheld(result.indicator, design, areas=design.adjacent)
    beside = _asked(next_door, report, result) if withheld is None else withheld
    if isinstance(beside, MethodRefused):
        return title | told_row(beside, words) | {"quotient": ""}
    quotient = _asked(weighted_displacement_quotient, report, result)
    shown = result.verdict.effect == "fewer" and result.verdict.neighbours in SHOWN
    said = words("moved.withheld")
    if shown and not isinstance(quotient, MethodRefused) and not math.isnan(quotient.value):
        said = _for_each(quotient.value, words)
    return title | told_row(beside, words) | {"quotient": said}


def _for_each(quotient: float, words: Words) -> str:
    """What came next door for each report fewer here: the quotient is above 0 where both fell."""
    way = "more" if quotient < 0 else "fewer"
    return words(f"moved.{way}", value=words.number(abs(quotient), decimals=2))


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
    effect, (_, lower, upper) = result.estimate, test
    shows = not lower <= effect.null <= upper
    if result.verdict.effect not in ("fewer", "more"):
        return not shows
    return shows and (upper < effect.null) == (result.verdict.effect == "fewer")


def tests(report: Report, result: TargetResult) -> Iterator[Interval]:
    """The tests with an interval: the careful one, each area left out, shorter baselines.

    The area alone is no test, for it compares with nothing; nor are weights, without an interval.
    """

    found = _asked(collapsed_t, report, result)
    if not isinstance(found, MethodRefused):
        yield found.estimate.value, found.estimate.lower, found.estimate.upper
    for method, column, main in (
        (leave_one_out, "left_out", ""),
        (baseline_sensitivity, "baseline_first", result.own_design.baseline[0]),
    ):
        table = _asked(method, report, result)
        if not isinstance(table, MethodRefused):
            others = table[table[column] != main]
            for row in others.dropna(subset=["value", "lower", "upper"]).to_dict("records"):
                yield row["value"], row["lower"], row["upper"]


def _place(report: Report, result: TargetResult) -> str:
    words = report.words
    found = _asked(placebo_areas, report, result)
    if isinstance(found, MethodRefused):
        return MISSING
    return words(
        "robust.place_of", rank=words.number(found.rank), areas=words.number(found.n_areas)
    )


def _before(report: Report, result: TargetResult) -> str:
    """Whether the area and the others went along before the effort, as far as it can be told."""
    words = report.words
    found = _asked(event_study, report, result)
    if isinstance(found, MethodRefused):
        return words("robust.before_unknown")
    p = words.p_value(found.pretrend_p)
    apart = found.pretrend_p < 1 - report.study.level
    return words("robust.before_apart" if apart else "robust.before_together", p=p)
