"""Counted cells: one row per area, quarter and offence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tingbjerg_eval.data.areas import area_names
from tingbjerg_eval.data.baskets import basket_codes, check_offence_list
from tingbjerg_eval.data.findings import Findings, listed
from tingbjerg_eval.data.headings import plain_text
from tingbjerg_eval.data.parsing import (
    Rejected,
    decimal_number,
    parse_column,
    quarter,
    whole_number,
)
from tingbjerg_eval.data.raw import RawTable
from tingbjerg_eval.data.text_rules import note_quarter_forms, number_form
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

CELL = ["area", "quarter", "offence"]


def count_cells(
    raw: RawTable, settings: StudySettings, source: IncidentSource, found: Findings
) -> pd.DataFrame:
    """The delivered cells as ``area, quarter, offence, count``, after every check on them."""
    areas = area_names(settings, source)
    where = _where(raw, "area")
    names = areas.read(raw.frame["area"].unique(), found, column=raw.heading("area"), where=where)
    _refuse_blank_areas(raw, found)
    cells = pd.DataFrame(
        {
            "area": raw.frame["area"].map(names),
            "quarter": parse_column(raw, "quarter", quarter, found),
            "offence": parse_column(raw, "offence", _offence(source), found),
        }
    )
    note_quarter_forms(raw, "quarter", found)
    _check_offences(raw, cells, source, found)
    raw, cells = _without_unused_suppressed(raw, cells, settings, source, found)
    form = number_form(source, raw)
    cells = cells.assign(count=parse_column(raw, "count", whole_number(form), found).to_numpy())
    found.stop_if_refused()
    used = cells["area"].notna().to_numpy()
    _check_duplicates(raw.rows(used), cells[used], source, found)
    _check_rates(raw.rows(used), cells[used], source, found)
    found.stop_if_refused()
    summed = cells[used].groupby(CELL, as_index=False)["count"].sum()
    return summed.astype({"count": "int64"})


def _where(raw: RawTable, column: str):
    return lambda text: raw.where((raw.frame[column] == text).to_numpy())


def _offence(source: IncidentSource):
    def read(text: str) -> str:
        code = plain_text(text)
        if "offence" in source.code_and_text:
            code = code.split(" ", 1)[0]
        if code == "":
            raise Rejected("blank-offence")
        return code

    return read


def _refuse_blank_areas(raw: RawTable, found: Findings) -> None:
    blank = (raw.frame["area"] == "").to_numpy()
    if blank.any():
        found.add("blank-area", place=raw.where(blank), column=raw.heading("area"), found="a blank")


def _check_offences(raw, cells, source: IncidentSource, found: Findings) -> None:
    codes = source.codes.get("offence", {})
    if not codes:
        return
    unknown = {
        code: raw.where((cells["offence"] == code).to_numpy())
        for code in cells["offence"].dropna().unique()
        if code not in codes
    }
    check_offence_list(codes, unknown, raw.heading("offence"), found)


def _without_unused_suppressed(
    raw: RawTable, cells: pd.DataFrame, settings: StudySettings, source, found: Findings
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
        found.add("suppressed-unused", column=raw.heading("count"), found=f"{unused.sum()} cells")
    keep = ~unused.to_numpy()
    return raw.rows(keep), cells[keep].reset_index(drop=True)


def _check_duplicates(raw: RawTable, cells: pd.DataFrame, source, found: Findings) -> None:
    keys = cells.reset_index(drop=True)
    extra = [one for one in (*source.sum_over, "time") if one in raw.frame]
    keys = pd.concat([keys, raw.frame[extra]], axis=1)
    repeated = keys.duplicated([*CELL, *extra], keep=False).to_numpy()
    if not repeated.any():
        return
    for number, (key, rows) in enumerate(keys[repeated].groupby([*CELL, *extra], sort=False)):
        if number == 20:
            break
        code = "duplicate-row" if rows["count"].nunique() == 1 else "duplicate-cell"
        counts = listed(rows["count"].tolist())
        said = f"{', '.join(map(str, key))}: {counts}"
        found.add(code, place=raw.where(rows.index.to_numpy()), found=said)


def _check_rates(raw: RawTable, cells: pd.DataFrame, source, found: Findings) -> None:
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
