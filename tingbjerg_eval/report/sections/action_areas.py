"""One page per action area: each target with its course, its comparison and its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tingbjerg_eval.evaluation.study import Answer, TargetResult
from tingbjerg_eval.report.blocks.display import Block, Group, Prose, Section
from tingbjerg_eval.report.blocks.show import estimates_table
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.late_figures import young_quarters
from tingbjerg_eval.report.sections.summary import party_names, shown_verdict, smallest_text
from tingbjerg_eval.report.sections.trend_data import goal_on_axis, trend_data
from tingbjerg_eval.report.words.estimates import value_text
from tingbjerg_eval.report.words.verdicts import goal_text, sentences
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.periods import compare_periods
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.targets.measurability import Alternative, Measurability


def action_areas(report: Report) -> Block:
    """Every action area in order of priority, with its targets."""
    strategy = report.study.strategy
    areas = sorted(strategy.action_areas.items(), key=lambda item: item[1].priority)
    return Group(tuple(_area(report, name) for name, _ in areas))


def _area(report: Report, name: str) -> Block:
    area = report.study.strategy.action_areas[name]
    results = [one for one in report.results if one.target.action_area == name]
    lead = (Prose(area.problem), Prose(report.words("area.evidence", evidence=area.evidence)))
    if not results:
        return Section(area.title, (*lead, Prose(report.words("area.no_targets"))), level=3)
    drawn: set[str] = set()
    parts = [_target(report, one, drawn) for one in results]
    return Section(area.title, (*lead, *parts), level=3)


def _target(report: Report, result: TargetResult, drawn: set[str]) -> Block:
    """One target; an indicator that several targets share is drawn once."""
    parts = [Prose(_aim(report, result))]
    if result.target.indicator:
        if result.target.indicator not in drawn:
            parts.append(_trend(report, result))
            drawn.add(result.target.indicator)
        parts += _measurable(report, result) if report.kind == "baseline" else _answers(
            report, result
        )  # fmt: skip
    if report.kind != "baseline":
        said = sentences(shown_verdict(report, result), report.words)
        parts.append(Prose(" ".join(said), "callout"))
    return Section(result.target.title, tuple(parts), level=4)


def _aim(report: Report, result: TargetResult) -> str:
    words, study = report.words, report.study
    sources = study.settings.data
    kind = study.indicator(result.target.indicator).kind if result.target.indicator else ""
    table = {"count": sources.incidents, "share": sources.survey}.get(kind, sources.activities)
    return words(
        "area.aim",
        goal=goal_text(result.verdict, words),
        responsible=party_names(report)[result.target.responsible],
        source=(table.source if table else None) or words("missing.value"),
    )


def _trend(report: Report, result: TargetResult) -> Block:
    name = result.target.indicator
    data, design = trend_data(report, name)
    return report.draw(
        "trend",
        data,
        design,
        goal=goal_on_axis(report, result),
        title=report.study.indicator(name).title,
        preliminary=young_quarters(report.study),
        threshold=report.study.settings.rules.disclosure_threshold,
    )


def _measurable(report: Report, result: TargetResult) -> Iterator[Block]:
    """Whether the goal is large enough to be seen, and what could be seen instead."""
    words, found = report.words, report.study.measurable(result.name)
    yield Prose(_measurable_said(report, found))
    if found.alternatives and found.measurable == "no":
        said = [_alternative(report, one) for one in found.alternatives]
        yield Prose(words("measurable.alternatives", alternatives=words.listed(said)))


def _measurable_said(report: Report, found: Measurability) -> str:
    words = report.words
    key = f"measurable.said_{found.measurable.replace(' ', '_')}"
    if found.measurable == "cannot be known":
        reason = words.first(f"refused.{found.reason}", "refused.generic", code=found.reason)
        return words(key, reason=reason)
    if found.measurable == "not asked":
        key += "_rise" if found.asks_rise else "_fall"
    return words(key, smallest=smallest_text(report, found))


def _alternative(report: Report, alternative: Alternative) -> str:
    words = report.words
    titles = [report.study.indicator(name).title for name in alternative.indicators]
    code = alternative.code.replace("-", "_")
    said = words(f"measurable.by_{code}", indicators=words.listed(titles) if titles else "")
    if alternative.smallest != alternative.smallest:
        return said
    shares = [report.study.indicator(name).kind == "share" for name in alternative.indicators]
    scale = "percentage points" if any(shares) else "rate ratio"
    smallest = value_text(alternative.smallest, scale, words)
    return words("measurable.alternative_size", alternative=said, smallest=smallest)


def _answers(report: Report, result: TargetResult) -> Iterator[Block]:
    """What happened, and whether it differs from the comparison areas."""
    withheld = shown_verdict(report, result).reason in ("hidden-count", "hidden-secondary")
    pairs = [("change", None if withheld else result.change), ("effect", result.effect)]
    asked = [(key, answer) for key, answer in pairs if answer is not None]
    if asked:
        notes = [*_adjusted(report, result)]
        yield answers_table(report, asked, name=f"answers-{result.name}", notes=notes)


def _adjusted(report: Report, result: TargetResult) -> Iterator[str]:
    """Interval and answer come from two procedures where the answer's p-value is adjusted."""
    verdict, words = result.verdict, report.words
    if verdict.p_adjusted > verdict.p_value:
        yield words("answer.adjusted", p=words.p_value(verdict.p_adjusted))


def answers_table(
    report: Report, asked: list[tuple[str, Answer]], *, name: str, notes: Sequence[str] = ()
) -> Block:
    """Questions with their answers, intervals and p-values; refusals are said in their row."""
    words = report.words
    return estimates_table(
        [answer for _, answer in asked],
        labels=[words(f"answer.{key}") for key, _ in asked],
        caption=words("answer.caption"),
        notes=notes,
        name=name,
        words=words,
    )


def activity_offences(report: Report) -> Block:
    """Offences that follow police activity, in a block of their own."""
    followed = activity_indicators(report.study.settings)
    if not followed:
        return Prose(report.words("activity.none"))
    return Group(tuple(_activity(report, name) for name in followed))


def activity_indicators(settings: StudySettings) -> list[str]:
    """The indicators that follow police activity."""
    return [name for name, one in settings.indicators_of("count").items() if one.activity]


def _activity(report: Report, name: str) -> Block:
    study = report.study
    data, design = trend_data(report, name)
    title = study.indicator(name).title
    figure = report.draw("trend", data, design, title=title, preliminary=young_quarters(study))
    if report.kind != "end_of_period":
        return Section(title, (figure,), level=3)
    windows = (study.design.baseline, study.design.period)
    methods = {"effect": difference_in_differences}
    if all(report.counts.shown(name, window) for window in windows):
        methods = {"change": compare_periods} | methods
    panel = study.panel(name)
    asked = [(key, study.ask(method, panel, study.design)) for key, method in methods.items()]
    return Section(title, (figure, answers_table(report, asked, name=f"answers-{name}")), level=3)
