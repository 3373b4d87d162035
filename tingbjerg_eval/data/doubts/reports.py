"""What single reports give away by their rows and days, before they are counts."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

from tingbjerg_eval.data.areas import is_unplaced
from tingbjerg_eval.data.coverage import partial_quarters, study_quarters, whole_quarters
from tingbjerg_eval.data.doubts.day_order import doubt_days_outside, doubt_early_days
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.losses import (
    doubt_losses,
    doubt_outside,
    doubt_stand_ins,
    ignored_counts,
)
from tingbjerg_eval.data.doubts.months import (
    Days,
    doubt_day_order,
    doubt_days,
    doubt_months,
    doubt_piles,
    doubt_weekdays,
)
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

MONTH = re.compile(r"\d{6}")


def doubt_reports(
    rows: pd.DataFrame, days: Days, settings: StudySettings, source: IncidentSource,
    found: Findings,
) -> None:  # fmt: skip
    """Judge the rows that fall out, and the months and days without any.

    Parameters
    ----------
    rows
        One row per delivered area, month and code: ``delivered`` (the area's text), ``area`` (of
        the study, or nothing), ``month`` (``201004``, or the quarter's text), ``quarter``,
        ``offence``, ``count``.
    days
        Reports by day; nothing where reports come by quarter.
    """
    if source != settings.data.incidents:  # an earlier extract was doubted in its time
        return
    doubts = Doubts(settings=settings, found=found)
    rows = rows.dropna(subset=["quarter", "offence"])
    name_ignored(rows, source, found)
    within = inside_coverage(rows, source)
    if source.coverage is not None and len(rows) and not within.any():
        found.refuse("coverage-elsewhere", column="coverage", first=str(source.coverage.first),
                     last=str(source.coverage.last), earliest=rows["quarter"].min(),
                     latest=rows["quarter"].max())  # fmt: skip
    doubt_losses(rows[within], source, doubts)
    if source.coverage is not None:
        doubt_stand_ins(days, source, doubts)
        doubt_outside(rows, within, source, doubts)
        _note_partial(rows, source, found)
    if days and source.coverage is not None:
        doubt_day_order(days, doubts)
        doubt_early_days(days, doubts)
        doubt_days_outside(days, source.coverage.first, source.coverage.last, doubts)
        doubt_piles({day: n for day, n in days.items() if _covered(day, source)}, doubts)
        quarters = study_quarters(settings, whole_quarters(source.coverage))
        used = rows[rows["area"].notna()].assign(day=_one_day(days))
        doubt_months(used, quarters, doubts)
        doubt_days(days, source.coverage.first, source.coverage.last, doubts)
        doubt_weekdays(days, quarters, doubts)


def _covered(day: dt.date, source: IncidentSource) -> bool:
    return source.coverage is None or source.coverage.first <= day <= source.coverage.last


def _one_day(days: Days) -> str:
    """The only day of the month on which reports fall, the first or last, if there is one."""
    there = {day.day for day in days}
    if there == {1}:
        return "01"
    return "30" if there <= {30, 31} else ""


def inside_coverage(rows: pd.DataFrame, source: IncidentSource) -> pd.Series:
    """Whether each row's month, or quarter, reaches into the coverage."""
    if source.coverage is None:
        return pd.Series(True, index=rows.index)
    first, last = source.coverage.first, source.coverage.last
    if rows["month"].map(lambda one: bool(MONTH.fullmatch(str(one)))).all():
        return rows["month"].between(f"{first:%Y%m}", f"{last:%Y%m}")
    spans = {*whole_quarters(source.coverage), *partial_quarters(source.coverage)}
    return rows["quarter"].isin(spans)


def _note_partial(rows: pd.DataFrame, source: IncidentSource, found: Findings) -> None:
    partial = partial_quarters(source.coverage) if source.coverage else ()
    counts = rows.groupby("quarter")["count"].sum()
    if partial:
        found.add("quarter-partial", quarters=", ".join(partial),
                  count=str(int(counts.reindex(partial).fillna(0).sum())))  # fmt: skip


def name_ignored(rows: pd.DataFrame, source: IncidentSource, found: Findings) -> None:
    """Say which areas outside the study were left out, and how many reports each had."""
    outside = rows[rows["area"].isna()]
    names = {one for one in outside["delivered"].unique() if not is_unplaced(one, source)}
    if names - {source.total}:
        every = int(rows["count"].sum())
        left = outside[outside["delivered"].isin(names - {source.total})]
        count = int(left["count"].sum())
        found.add("area-ignored", column=source.columns.area or "area", count=str(count),
                  share=f"{100 * count / max(1, every):.1f}",
                  areas=ignored_counts(rows, names - {source.total}))  # fmt: skip
