"""Two extracts of the same quarters: what changed, and how late reports come in."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tingbjerg_eval.data.coverage import last_day
from tingbjerg_eval.data.findings import Findings, listed, many
from tingbjerg_eval.data.incidents import read_incidents
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource, PreviousExtract

CELL = ["area", "quarter", "offence"]
QUARTER_DAYS = 91.3
OLDEST_AGE = 8
"""Ages are counted up to two years; what is older is taken as complete."""


def compare_extracts(
    cells: pd.DataFrame, settings: StudySettings, folder: Path, found: Findings
) -> dict[str, pd.DataFrame]:
    """``revisions`` and ``late_registration`` from the study's previous extract."""
    source = settings.data.incidents
    earlier = earlier_source(source)
    scratch = Findings(file=earlier.file or earlier.query_table)
    try:
        before, _ = read_incidents(earlier, settings, folder, scratch)
    finally:
        found.items.extend(scratch.problems)
    if earlier.extract_date > source.extract_date:
        found.add("edition-older", found=str(source.extract_date), other=str(earlier.extract_date))
    differences = revisions(before, cells)
    if len(differences):
        quarters = listed(sorted(differences["quarter"].unique()))
        found.add("revised", found=many(len(differences), "cell"), quarters=quarters)
    return {
        "revisions": differences,
        "late_registration": late_registration(before, cells, earlier.extract_date),
    }


def earlier_source(source: IncidentSource) -> IncidentSource:
    """The previous extract as a source of its own, read as ``source`` is."""
    previous: PreviousExtract = source.previous
    changes = {"previous": None, "extract_date": previous.extract_date, "sha256": None}
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


def late_registration(before: pd.DataFrame, after: pd.DataFrame, extract_date) -> pd.DataFrame:
    """``age, reports, factor``: how far a quarter of that age grew until the later extract.

    ``age`` is whole quarters between the quarter's end and the earlier extract, ``reports`` the
    earlier count over all areas and offences, ``factor`` the later count divided by it: the chain
    ladder's development factor of one step (Mack 1993, equation 2). The later extract is itself
    not final, so the factor is a lower limit of what is still to come.
    """
    totals = pd.concat(
        {"before": before.groupby("quarter")["count"].sum(),
         "after": after.groupby("quarter")["count"].sum()}, axis=1,
    ).dropna()  # fmt: skip
    days = [(extract_date - last_day(quarter)).days for quarter in totals.index]
    age = pd.Series([int(one // QUARTER_DAYS) for one in days], index=totals.index)
    totals = totals.assign(age=age)[age.between(0, OLDEST_AGE)]
    summed = totals.groupby("age", as_index=False)[["before", "after"]].sum()
    summed = summed[summed["before"] > 0]
    factor = summed["after"] / summed["before"]
    return summed.assign(reports=summed["before"].astype("int64"), factor=factor)[
        ["age", "reports", "factor"]
    ].reset_index(drop=True)
