"""What a trend figure is drawn from: the treated area's protected counts, the others pooled."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from tingbjerg_eval.evaluation.results import TargetResult
from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.presentation.blocks.pictures import Picture
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.late_figures import young_quarters
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.settings import ShareIndicator


def trend_data(report: Report, indicator: str) -> tuple[pd.DataFrame, Design]:
    """A protected table of one indicator and the design it is drawn by.

    Counts: the treated area's quarters, hidden where they are small, and all comparison areas
    together as one area, so that no single quarter of theirs is published. Shares: every area,
    hidden where few have answered.
    """
    study = report.study
    if isinstance(study.indicator(indicator), ShareIndicator):
        return report.publication.shown_shares(indicator), study.design_of(counts=False)
    pooled = report.words("table.pooled")
    frame = pd.concat(
        [_treated(report, indicator), _pooled(report, indicator, pooled)], ignore_index=True
    )
    return frame, study.design.with_(comparison=(pooled,), adjacent=(), contamination=())


def small_trend(report: Report, result: TargetResult, *, size: str = "half") -> Picture:
    """The course of a target's indicator in little room, its goal drawn where it has a level."""
    goal = goal_on_axis(report, result)
    return small_course(report, str(result.target.indicator), goal, size=size)


def small_course(
    report: Report, indicator: str, goal: float | None = None, *, size: str = "half"
) -> Picture:
    """An indicator's course in little room."""
    study = report.study
    data, design = trend_data(report, indicator)
    years = tuple(int(str(quarter)[:4]) for quarter in study.design.period)
    return report.draw(
        "trend", data, design, goal=goal, title=study.indicator(indicator).title, size=size,
        effort=years, preliminary=young_quarters(study),
        threshold=study.settings.rules.disclosure_threshold,
    )  # fmt: skip


def _treated(report: Report, indicator: str) -> pd.DataFrame:
    area = report.study.design.treated
    shown = report.publication.quarters(indicator)
    return shown.assign(area=area, population=_residents(report, (area,), shown))


def _pooled(report: Report, indicator: str, name: str) -> pd.DataFrame:
    """The course of the comparison areas, as even as they are told: a year where no quarter is."""
    known = report.publication.quarters(indicator, pooled=True)
    told = known["reckoned"].notna().map({True: "shown", False: "hidden-secondary"})
    shown = known.assign(value=known["reckoned"], status=told)
    others = report.study.design.comparison
    return shown.assign(area=name, population=_residents(report, others, shown))


def _residents(report: Report, areas: Sequence[str], shown: pd.DataFrame) -> pd.Series:
    """Residents of all ``areas`` in the quarters that are shown."""
    people = report.study.tables.population
    own = people[people["area"].isin(areas)]
    return shown["quarter"].map(own.groupby("quarter")["population"].sum())


def goal_on_axis(report: Report, result: TargetResult) -> float | None:
    """The goal in the unit of the figure's axis; ``None`` where it is no level of its own."""
    target, name = result.target, str(result.target.indicator)
    axis = target.of_kind.axis
    share = isinstance(report.study.indicator(name), ShareIndicator)
    before = level_before(report, name)
    level = math.nan if axis is None else axis(target.limit, before, not share)
    if math.isnan(level):
        return None
    if share:
        return round(level / 100, 3)
    return round(level / a_year(report.study.design.baseline[0]), 1)


def level_before(report: Report, indicator: str) -> float:
    """The level before the effort as it is shown: per cent, or per 1,000 and year."""
    if not isinstance(report.study.indicator(indicator), ShareIndicator):
        return _baseline_rate(report, indicator)
    shares, design = (
        report.publication.shown_shares(indicator),
        report.study.design_of(counts=False),
    )
    own = shares[(shares["area"] == design.treated) & shares["wave"].isin(design.baseline_times)]
    return 100 * float(own["share"].mean(skipna=False))


def _baseline_rate(report: Report, name: str) -> float:
    """Reports per 1,000 residents and year before the effort, where that may be shown."""
    panel, design = report.study.panel(name), report.study.design
    if not report.publication.shown(name, design.baseline):
        return math.nan
    own = panel[(panel["area"] == design.treated) & panel["quarter"].isin(design.baseline_times)]
    return float(1000 * a_year(design.baseline[0]) * own["count"].sum() / own["population"].sum())
