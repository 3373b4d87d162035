"""Counted cells: one row per area, quarter and offence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tingbjerg_eval.data.areas import area_names, read_areas
from tingbjerg_eval.data.baskets import basket_codes, check_offence_list, offence_reader
from tingbjerg_eval.data.coverage import first_and_last, study_quarters
from tingbjerg_eval.data.crosswalk import check_members
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.losses import doubt_losses
from tingbjerg_eval.data.doubts.months import doubt_months, months_of
from tingbjerg_eval.data.doubts.parts import doubt_summed
from tingbjerg_eval.data.doubts.reports import name_ignored
from tingbjerg_eval.data.formats.findings import Findings, listed
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.parsing import (
    decimal_number,
    parse_column,
    period,
    whole_number,
)
from tingbjerg_eval.data.repeated import refuse_repeated, without_totals
from tingbjerg_eval.data.text_rules import note_quarter_forms, number_form
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

CELL = ["area", "quarter", "offence"]


def count_cells(
    raw: RawTable,
    settings: StudySettings,
    source: IncidentSource,
    found: Findings,
    *,
    pairs: dict[str, str],
) -> pd.DataFrame:
    """The delivered cells as ``area, quarter, offence, count``, after every check on them."""
    times = period(years=settings.in_years, quarters=not settings.in_years)
    cells = pd.DataFrame(
        {
            "area": read_areas(raw, area_names(settings, source, pairs), found),
            "quarter": parse_column(raw, "quarter", times, found),
            "offence": parse_column(raw, "offence", offence_reader(source), found),
        }
    )
    note_quarter_forms(raw, "quarter", found)
    _check_offences(raw, cells, source, found)
    raw, cells = _without_unused_suppressed(raw, cells, settings, source, found)
    form = number_form(source, raw)
    cells = cells.assign(count=parse_column(raw, "count", whole_number(form), found).to_numpy())
    found.stop_if_refused()
    cells = cells.assign(delivered=raw.frame["area"].map(plain_text).to_numpy())
    raw, cells = without_totals(
        raw, cells, source, found, value="count", keys=["quarter", "offence"]
    )
    check_members(cells, pairs, "quarter", found)
    _doubt_cells(raw, cells, settings, source, found)
    used = cells["area"].notna().to_numpy()
    _check_duplicates(raw.rows(used), cells[used].reset_index(drop=True), source, found)
    _check_rates(raw.rows(used), cells[used], source, found)
    _note_uneven(raw.rows(used), cells[used].reset_index(drop=True), source, found)
    found.stop_if_refused()
    summed = cells[used].groupby(CELL, as_index=False)["count"].sum()
    return summed.astype({"count": "int64"})


def _doubt_cells(
    raw: RawTable,
    cells: pd.DataFrame,
    settings: StudySettings,
    source: IncidentSource,
    found: Findings,
) -> None:
    """What only the delivered cells show: what falls out of them, and totals that are summed."""
    if found.problems or source != settings.data.incidents:
        return
    rows = cells.assign(month=cells["quarter"])
    name_ignored(rows, source, found)
    doubts = Doubts(settings=settings, found=found)
    doubt_losses(rows, source, doubts)
    if "time" in raw.frame:
        months = raw.frame["time"].str.replace("M", "").to_numpy()
        covered = study_quarters(settings, first_and_last(list(cells["quarter"].unique())))
        placed = cells.assign(month=months, day="").dropna(subset="area")
        if set(placed["month"]) <= set(months_of(tuple(placed["quarter"].unique()))):
            doubt_months(placed, covered, doubts)
    extra = raw.frame[source.sum_over].reset_index(drop=True)
    summed = pd.concat([cells[[*CELL, "count"]], extra], axis=1)
    doubt_summed(summed, CELL, source.sum_over, found, value="count")


def _check_offences(
    raw: RawTable, cells: pd.DataFrame, source: IncidentSource, found: Findings
) -> None:
    codes = source.codes.get("offence", {})
    if not codes:
        return

    def where(code: str) -> str:
        return raw.where((cells["offence"] == code).to_numpy())

    there = cells["offence"].dropna().unique()
    check_offence_list(codes, there, where, raw.heading("offence"), found)


def _without_unused_suppressed(
    raw: RawTable,
    cells: pd.DataFrame,
    settings: StudySettings,
    source: IncidentSource,
    found: Findings,
) -> tuple[RawTable, pd.DataFrame]:
    """Suppressed cells outside every basket are left out with a note; inside they are refused."""
    declared = set(source.suppressed)
    if not declared:
        return raw, cells
    hidden = raw.frame["count"].isin(declared)
    codes = {code for basket in basket_codes(settings).values() for code in basket}
    unused = hidden & (
        ~cells["offence"].isin(codes)
        | cells["area"].isna()
        | cells["area"].isin(settings.areas.excluded)
        | ~cells["quarter"].isin(settings.quarters)
    )
    if unused.any():
        found.add(
            "suppressed-unused", column=raw.heading("count"), found=many(unused.sum(), "cell")
        )
    keep = ~unused.to_numpy()
    return raw.rows(keep), cells[keep].reset_index(drop=True)


def _check_duplicates(
    raw: RawTable, cells: pd.DataFrame, source: IncidentSource, found: Findings
) -> None:
    extra = [one for one in (*source.sum_over, "time") if one in raw.frame]
    keys = pd.concat([cells, raw.frame[extra]], axis=1)
    refuse_repeated(raw, keys, ["delivered", *CELL[1:], *extra], found, value="count")


def _note_uneven(
    raw: RawTable, cells: pd.DataFrame, source: IncidentSource, found: Findings
) -> None:
    """Say where an area has other sub-rows than most, for they are summed as they come."""
    if not source.sum_over:
        return
    keys = pd.concat([cells[["area", "offence"]], raw.frame[source.sum_over]], axis=1)
    rows = keys.drop_duplicates().groupby([*source.sum_over, "offence"])["area"].nunique()
    uneven = rows[rows < cells["area"].nunique()]
    if len(uneven):
        said = listed([f"{key[0]} ({many(n, 'area')})" for key, n in uneven.items()])
        found.add("sub-rows-uneven", found=said)


def _check_rates(
    raw: RawTable, cells: pd.DataFrame, source: IncidentSource, found: Findings
) -> None:
    if not {"rate", "population"} <= set(raw.frame):
        return
    form = number_form(source, raw)
    rate = parse_column(raw, "rate", decimal_number(form), found).to_numpy(float)
    people = parse_column(raw, "population", whole_number(form), found).to_numpy(float)
    found.stop_if_refused()
    decimals = raw.frame["rate"].str.extract(r"[.,](\d+)$")[0].str.len().fillna(0).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        worked = cells["count"].to_numpy(float) / people * source.rate_per
    wrong = ~(np.abs(worked - rate) <= 0.5000001 * 10.0**-decimals)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        found.add("rate-differs", place=raw.where(wrong), column=raw.heading("rate"),
                  found=f"{raw.frame['rate'].iloc[at]}, worked out {worked[at]:.4g}")  # fmt: skip
