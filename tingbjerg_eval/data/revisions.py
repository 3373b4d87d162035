"""Two extracts of the same quarters: what changed, and how late reports come in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.formats.findings import Findings, listed
from tingbjerg_eval.data.incidents.read import read_incidents
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.inputs.quarters import quarter_number, quarter_of
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

CELL = ["area", "quarter", "offence"]
OLDEST_AGE = 8
"""Ages are counted up to two years; what is older is taken as complete."""


def compare_extracts(
    cells: pd.DataFrame, settings: StudySettings, folder: Path, found: Findings
) -> dict[str, pd.DataFrame]:
    """``revisions``, and ``late_registration`` of the baskets, from the previous extract."""
    source = settings.data.incidents
    earlier = earlier_source(source)
    scratch = Findings(file=earlier.name)
    try:
        before, _ = read_incidents(earlier, settings, folder, scratch)
    finally:
        found.items.extend(scratch.problems)
    if earlier.drawn > source.drawn:
        found.add("edition-older", found=str(source.extract_date), other=str(earlier.extract_date))
    whole = [age_of(one, earlier.drawn) >= 0 for one in before["quarter"]]
    before = before[whole]  # a quarter under way at the earlier extract is no revision
    differences = revisions(before, cells)
    if len(differences):
        quarters = listed(sorted(differences["quarter"].unique()))
        found.add("revised", found=many(len(differences), "cell"), quarters=quarters)
    codes = {code for basket in basket_codes(settings).values() for code in basket}
    used = (frame[frame["offence"].isin(codes)] for frame in (before, cells))
    late = late_registration(*used, earlier=earlier.drawn, later=source.drawn)
    return {"revisions": differences, "late_registration": late}


def earlier_source(source: IncidentSource) -> IncidentSource:
    """The previous extract as a source of its own, read as ``source`` is."""
    previous = given(source.previous)
    changes: dict[str, object] = {
        "previous": None,
        "extract_date": previous.extract_date,
        "sha256": None,
    }
    changes |= {"file": previous.file} if previous.file else {}
    changes |= {"query_table": previous.query_table} if previous.query_table else {}
    changes |= {"coverage": previous.coverage} if previous.coverage else {}
    return source.model_copy(update=changes)


def revisions(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """``area, quarter, offence, before, after`` of every cell that differs in shared quarters."""
    shared = set(before["quarter"]) & set(after["quarter"])
    both = (
        before[before["quarter"].isin(shared)]
        .merge(
            after[after["quarter"].isin(shared)], on=CELL, how="outer",
            suffixes=("_before", "_after"),
        )
        .rename(columns={"count_before": "before", "count_after": "after"})
        .fillna({"before": 0, "after": 0})
        .astype({"before": "int64", "after": "int64"})
    )  # fmt: skip
    changed = both[both["before"] != both["after"]]
    return changed.sort_values(CELL, ignore_index=True)


def late_registration(
    before: pd.DataFrame, after: pd.DataFrame, *, earlier: dt.date, later: dt.date
) -> pd.DataFrame:
    """How far a quarter of each age grew from one extract to the next, and how far it may yet.

    Parameters
    ----------
    before, after
        ``area, quarter, offence, count`` of the extracts drawn on ``earlier`` and ``later``.

    Returns
    -------
    One row per age: ``age`` (whole quarters from the quarter's end to the earlier extract),
    ``quarter``, ``reports`` and ``later`` (its reports over all areas and offences in the two
    extracts), ``factor`` (the later by the earlier: the chain ladder's development factor of one
    step; Mack 1993, equation 2), ``expected`` (:func:`chained`: reports to be expected in the end
    for each one at that age). No rows where the extracts are not in that order.
    """
    totals = pd.concat(
        {"reports": before.groupby("quarter")["count"].sum(),
         "later": after.groupby("quarter")["count"].sum()}, axis=1,
    ).dropna().astype("int64").rename_axis("quarter").reset_index()  # fmt: skip
    totals.insert(0, "age", [age_of(one, earlier) for one in totals["quarter"]])
    known = totals["age"].between(0, OLDEST_AGE) & (totals["reports"] > 0)
    table = totals[known & (earlier < later)].sort_values("age", ignore_index=True)
    table["factor"] = table["later"] / table["reports"]
    factors = dict(zip(table["age"], table["factor"], strict=True))
    return table.assign(expected=table["age"].map(chained(factors, step_of(earlier, later))))


def chained(factors: Mapping[int, float], step: int) -> dict[int, float]:
    """What is to be expected in the end for each report at each age.

    The factor of an age, times that of the age it then has reached, and so on: the chain
    ladder's cumulative factor. Ages without a factor count as complete, so that, where reports
    are only added, it is a lower limit.
    """
    whole: dict[int, float] = {}
    for age in sorted(factors, reverse=True):
        whole[age] = factors[age] * whole.get(age + step, 1.0)
    return whole


def age_of(quarter: str, extract_date: dt.date) -> int:
    """Whole quarters that had passed since the end of ``quarter`` when the extract was drawn."""
    return quarter_number(_under_way(extract_date)) - quarter_number(quarter) - 1


def step_of(earlier: dt.date, later: dt.date) -> int:
    """Quarters by which every report grew older between the extracts; at least one."""
    passed = quarter_number(_under_way(later)) - quarter_number(_under_way(earlier))
    return max(1, passed)


def _under_way(extract_date: dt.date) -> str:
    """The quarter of the next day: one that ends with the day of the extract is over."""
    return quarter_of(extract_date + dt.timedelta(days=1))
