"""What a series of counts gives away: renamed areas, changed codes, areas without reports."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.formats.findings import Findings, listed
from tingbjerg_eval.study.settings import StudySettings

SILENT_QUARTERS = 4
USUAL_REPORTS = 10
"""A mean of 10 reports a quarter leaves four empty quarters a chance below exp(-40)."""


def check_series(
    cells: pd.DataFrame, settings: StudySettings, quarters: tuple[str, ...], found: Findings
) -> None:
    """Refuse series that fall silent at one end; note areas that are zero throughout."""
    areas = settings.areas
    compared = [areas.treated, *areas.comparison, *areas.adjacent]
    inside = cells[cells["quarter"].isin(quarters)]
    totals = _wide(inside, "area", quarters)
    for area in compared:
        if area not in totals.index or not totals.loc[area].any():
            found.add("area-zero", column=area, found="0 reports in every quarter")
        elif silence := silent_end(totals.loc[area].to_numpy(), quarters):
            found.add("area-series-stops", column=area, found=f"no reports {silence}")
    _check_offence_series(inside[inside["area"].isin(compared)], settings, quarters, found)


def _wide(cells: pd.DataFrame, by: str, quarters: tuple[str, ...]) -> pd.DataFrame:
    table = cells.pivot_table(index=by, columns="quarter", values="count", aggfunc="sum")
    return table.reindex(columns=list(quarters)).fillna(0)


def _check_offence_series(cells, settings: StudySettings, quarters, found: Findings) -> None:
    totals = _wide(cells, "offence", quarters)
    broken = {code for one in settings.breaks if one.table == "incidents" for code in one.offences}
    used = sorted({code for codes in basket_codes(settings).values() for code in codes})
    for code in used:
        if code not in totals.index or code in broken:
            continue
        if silence := silent_end(totals.loc[code].to_numpy(), quarters):
            found.add("offence-series-stops", column=code, found=f"no reports {silence}")
    if broken & set(used):
        found.add("offence-break", found=listed(sorted(broken & set(used))))


def silent_end(counts: np.ndarray, quarters: tuple[str, ...]) -> str:
    """In words, the empty stretch at an end of a series that otherwise has many reports."""
    filled = np.flatnonzero(counts)
    if not len(filled):
        return ""
    first, last = filled[0], filled[-1]
    usual = counts[first : last + 1].mean()
    if usual < USUAL_REPORTS:
        return ""
    if len(counts) - 1 - last >= SILENT_QUARTERS:
        return f"from {quarters[last + 1]}"
    return f"before {quarters[first]}" if first >= SILENT_QUARTERS else ""
