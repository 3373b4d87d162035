"""The police extract, from any delivery to counts by area, quarter and offence."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tingbjerg_eval.data.baskets import basket_codes, check_codes_present
from tingbjerg_eval.data.coverage import (
    check_coverage,
    check_extract_date,
    check_lag,
    first_and_last,
    partial_quarters,
    study_quarters,
    whole_quarters,
)
from tingbjerg_eval.data.crosswalk import read_crosswalk
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.gaps import compared_areas, doubt_gaps
from tingbjerg_eval.data.doubts.jumps import doubt_jumps, doubt_replaced
from tingbjerg_eval.data.doubts.parts import doubt_parts
from tingbjerg_eval.data.doubts.shifts import doubt_shifts
from tingbjerg_eval.data.formats.findings import Findings, listed
from tingbjerg_eval.data.formats.headings import name_columns
from tingbjerg_eval.data.formats.loading import load_rows
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.formats.wide import lengthen, quarters_as_written, quarters_of_times
from tingbjerg_eval.data.incidents.cells import count_cells
from tingbjerg_eval.data.incidents.reports import in_order, read_reports
from tingbjerg_eval.data.personal import refuse_personal
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.inputs.quarters import last_day
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource


def read_incidents(
    source: IncidentSource, settings: StudySettings, folder: Path, found: Findings
) -> tuple[pd.DataFrame, str]:
    """Counts by ``area, quarter, offence`` and the SHA-256 of what was read.

    Raises
    ------
    InputRefused
        With every problem of the extract.
    """
    read = _read_cells if source.counted else read_reports
    cells, digest = read(source, settings, folder, found)
    return in_order(cells), digest


def check_incidents(
    cells: pd.DataFrame, settings: StudySettings, found: Findings
) -> tuple[str, ...]:
    """What an extract must hold for this study; returns the whole quarters that it covers."""
    source = settings.data.incidents
    like = settings.periods.period[0]
    whole = source.coverage is None or whole_quarters(source.coverage, like)
    if whole and not cells["area"].isin(compared_areas(settings)).any():
        found.refuse("area-none", column=source.columns.area or "area")
    covered = _covered(cells, source, like, found)
    check_extract_date(settings, last_day(covered[-1]) if covered else source.drawn, found)
    check_coverage(settings, covered, found)
    check_lag(settings, covered, found)
    check_codes_present(settings, cells["offence"], found)
    if source.counted:
        _check_complete(cells, settings, covered, found)
    if not found.problems:
        doubts, quarters = Doubts(settings=settings, found=found), study_quarters(settings, covered)
        for doubt in (doubt_gaps, doubt_parts, doubt_jumps, doubt_replaced, doubt_shifts):
            doubt(cells, quarters, doubts)
    return covered


def _covered(
    cells: pd.DataFrame, source: IncidentSource, like: str, found: Findings
) -> tuple[str, ...]:
    if source.coverage is None:
        return first_and_last(list(cells["quarter"].unique()))
    if source.counted and (partial := partial_quarters(source.coverage, like)):
        count = int(cells.loc[cells["quarter"].isin(partial), "count"].sum())
        found.add("quarter-partial", quarters=listed(partial), count=str(count))
    return whole_quarters(source.coverage, like)


def _check_complete(
    cells: pd.DataFrame, settings: StudySettings, covered: tuple[str, ...], found: Findings
) -> None:
    """Counted cells must be there, zeros too, for every area, quarter and basket code."""
    codes = sorted({code for basket in basket_codes(settings).values() for code in basket})
    areas = (*settings.areas.with_effort, *settings.areas.comparison, *settings.areas.adjacent)
    there = set(cells[["area", "quarter", "offence"]].itertuples(index=False, name=None))
    delivered = {code for code in codes if code in set(cells["offence"])}
    lacking: dict[tuple[str, ...], list[str]] = {}
    for area in areas:
        own = tuple(
            f"{quarter} {code}"
            for code in codes
            if code in delivered  # the others are said by name
            for quarter in study_quarters(settings, covered)
            if (area, quarter, code) not in there
        )
        if own:
            lacking.setdefault(own, []).append(area)
    for own, alike in lacking.items():
        found.add("cell-missing", column=listed(alike), found=listed(own, limit=4))


def _read_cells(
    source: IncidentSource, settings: StudySettings, folder: Path, found: Findings
) -> tuple[pd.DataFrame, str]:
    raw, digest = load_rows(source, folder, found, keys=_keys(source))
    refuse_personal(raw, found, mapped=source.headings().values(), waived=source.not_personal)
    if source.wide or source.format == "statbank":
        raw = _named_wide(raw, source, found)
    else:
        raw = name_columns(raw, source.headings(), found, keep=tuple(source.sum_over))
    if source.time and "quarter" in raw.frame:
        raw = quarters_as_written(raw, source.time, found)
    if source.one_offence:
        raw = raw.with_frame(raw.frame.assign(offence=source.one_offence))
    pairs = read_crosswalk(source, settings, folder, found)
    cells = count_cells(raw, settings, source, found, pairs=pairs)
    if source.absent == "zero":
        cells = _with_absent_zeros(cells, settings, found)
    return cells, digest


def _with_absent_zeros(
    cells: pd.DataFrame, settings: StudySettings, found: Findings
) -> pd.DataFrame:
    """Also the cells that a delivery without zeros leaves out, within its quarters."""
    codes = sorted({code for basket in basket_codes(settings).values() for code in basket})
    areas = (*settings.areas.with_effort, *settings.areas.comparison, *settings.areas.adjacent)
    quarters = first_and_last(list(cells["quarter"].unique()))
    keys = ["area", "quarter", "offence"]
    every = pd.MultiIndex.from_product([areas, quarters, codes], names=keys)
    absent = every.difference(pd.MultiIndex.from_frame(cells[keys]))
    if len(absent):
        found.add("absent-zero", found=f"{many(len(absent), 'cell')} of {len(every)}")
    return pd.concat([cells, absent.to_frame(index=False).assign(count=0)], ignore_index=True)


def _named_wide(raw: RawTable, source: IncidentSource, found: Findings) -> RawTable:
    long = lengthen(raw, source, found, value="count")
    wanted = source.headings() | {"count": "count"}
    wanted |= {one: one for one in ("time", "offence", "area") if one in long.frame}
    named = name_columns(long, wanted, found, keep=tuple(source.sum_over))
    return quarters_of_times(named, found) if "time" in named.frame else named


def _keys(source: IncidentSource) -> list[str]:
    return [*source.headings().values(), *source.sum_over]
