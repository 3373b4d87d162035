"""Which whole quarters or years an extract covers, and which of them are still young."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import pandas as pd

from tingbjerg_eval.data.formats.findings import Findings, listed
from tingbjerg_eval.inputs.quarters import (
    first_day,
    is_quarter,
    last_day,
    quarter_number,
    quarter_of,
    quarter_range,
    shift,
)
from tingbjerg_eval.study.extracts import Coverage
from tingbjerg_eval.study.settings import StudySettings


def whole_quarters(coverage: Coverage, like: str = "") -> tuple[str, ...]:
    """The quarters that lie wholly between the first and the last day of ``coverage``; the years
    where ``like`` is a year."""
    first, last = quarter_of(coverage.first, like), quarter_of(coverage.last, like)
    if coverage.first > first_day(first):
        first = shift(first, 1)
    if coverage.last < last_day(last):
        last = shift(last, -1)
    return quarter_range(first, last)


def partial_quarters(coverage: Coverage, like: str = "") -> tuple[str, ...]:
    """The quarters (or years) at either end that ``coverage`` holds only a part of."""
    whole = set(whole_quarters(coverage, like))
    ends = {quarter_of(coverage.first, like), quarter_of(coverage.last, like)}
    return tuple(one for one in sorted(ends) if one not in whole)


def study_quarters(settings: StudySettings, covered: tuple[str, ...]) -> tuple[str, ...]:
    """The quarters of the study window that the extract covers."""
    there = set(covered)
    return tuple(quarter for quarter in settings.quarters if quarter in there)


def preliminary_quarters(settings: StudySettings, covered: tuple[str, ...]) -> tuple[str, ...]:
    """Covered quarters that ended less than ``preliminary_days`` before the extract."""
    extract = settings.data.incidents.drawn
    limit = dt.timedelta(days=settings.rules.preliminary_days)
    return tuple(q for q in study_quarters(settings, covered) if extract - last_day(q) < limit)


def check_coverage(settings: StudySettings, covered: tuple[str, ...], found: Findings) -> None:
    """Refuse an extract without the whole baseline; note what else the window lacks."""
    if not covered:
        found.refuse("coverage-none", found="no whole quarter")
    baseline = quarter_range(*settings.periods.baseline)
    said = f"{covered[0]} to {covered[-1]}"
    if quarter_number(covered[0]) > quarter_number(settings.periods.period[0]):
        found.add("effort-outside-series", found=said, start=settings.periods.period[0])
    elif not set(baseline) <= set(covered):
        wanted = f"{baseline[0]} to {baseline[-1]}"
        found.add("baseline-not-covered", found=said, baseline=wanted)
    lacking = [quarter for quarter in settings.period_quarters if quarter not in set(covered)]
    if lacking:
        found.add("period-not-covered", found=listed(lacking, limit=4))


def check_lag(settings: StudySettings, covered: tuple[str, ...], found: Findings) -> None:
    """Note young quarters, and refuse a period that is younger than its baseline unless waived."""
    source = settings.data.incidents
    young = preliminary_quarters(settings, covered)
    if not young:
        return
    days = str(settings.rules.preliminary_days)
    found.add("preliminary", found=listed(young, limit=6), days=days)
    in_period = set(young) & set(settings.period_quarters)
    in_baseline = set(young) & set(quarter_range(*settings.periods.baseline))
    waived = source.different_lag == "accept" or bool(source.earlier)
    if in_period and not in_baseline and not waived:
        found.add("lag-differs", found=listed(sorted(in_period)))


def check_extract_date(settings: StudySettings, latest: dt.date, found: Findings) -> None:
    """Refuse an extract that is not drawn yet, and coverage that runs past its day."""
    extract = settings.data.incidents.drawn
    if extract > dt.date.today():
        found.add("extract-in-future", column="extract_date", found=str(extract))
    if latest > extract:
        found.add("coverage-after-extract", found=f"coverage to {latest}", extract=str(extract))


def first_and_last(quarters: list[str]) -> tuple[str, ...]:
    """Every quarter from the first to the last of ``quarters``."""
    ordered = sorted(quarters, key=quarter_number)
    return quarter_range(ordered[0], ordered[-1]) if ordered else ()


def whole_years(quarters: Collection[str]) -> tuple[str, ...]:
    """The years of which every quarter is there.

    >>> whole_years(["2009K4", "2010K1", "2010K2", "2010K3", "2010K4"])
    ('2010',)
    """
    there = set(quarters)
    years = sorted({one[:4] for one in there})
    return tuple(y for y in years if all(f"{y}K{part}" in there for part in range(1, 5)))


def by_year(
    frame: pd.DataFrame, settings: StudySettings, how: dict[str, str], *, whole: bool = True
) -> pd.DataFrame:
    """``frame`` with a row a year where the study is in years and the delivery in quarters.

    ``how`` says what becomes of each figure, ``sum`` or ``mean``. Where a year must be ``whole``,
    one that lacks a quarter is left out: a part of it would be read as all of it.
    """
    if not (settings.in_years and frame["quarter"].map(is_quarter).any()):
        return frame
    keys = [one for one in frame.columns if one not in how]
    years = frame.assign(quarter=frame["quarter"].str[:4]).groupby(keys, sort=False)
    # A figure that one quarter lacks is lacking in the year: absent is never zero.
    figures = {name: getattr(years[name], way)(skipna=False) for name, way in how.items()}
    summed = pd.DataFrame(figures).reset_index()
    if whole:
        summed = summed[(years.size() == 4).to_numpy()]
    return summed[list(frame.columns)].astype(dict(frame.dtypes)).reset_index(drop=True)


def read_by(settings: StudySettings, *, quarters: bool) -> StudySettings:
    """The settings by which one delivery is read: its own quarters are held against quarters."""
    return settings.counted_by("2000K1") if settings.in_years and quarters else settings
