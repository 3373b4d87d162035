"""Two extracts of the same quarters: what changed, and how late reports come in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import pandas as pd

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.development import development
from tingbjerg_eval.data.formats.findings import Findings, listed
from tingbjerg_eval.data.incidents.read import read_incidents
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.inputs.quarters import quarter_number, quarter_of
from tingbjerg_eval.study.extracts import PreviousExtract
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

CELL = ["area", "quarter", "offence"]
OLDEST_AGE = 8
"""Ages are counted up to two years; what is older is taken as complete."""


def compare_extracts(
    cells: pd.DataFrame,
    settings: StudySettings,
    folder: Path,
    found: Findings,
    *,
    counted: Callable[[pd.DataFrame], pd.DataFrame],
) -> dict[str, pd.DataFrame]:
    """``revisions`` since the latest earlier extract, and ``late_registration`` of the baskets.

    ``counted`` gives the study's own cells, by quarter or by year, from those of an extract. Of
    years no late registration is told: it is counted in quarters.
    """
    source = settings.data.incidents
    before = [counted(_read_earlier(one, settings, folder, found)) for one in source.earlier]
    drawn = [one.extract_date for one in source.earlier]
    if drawn[-1] > source.drawn:
        found.add("edition-older", found=str(source.extract_date), other=str(drawn[-1]))
    differences = revisions(before[-1], cells)
    if len(differences):
        quarters = listed(sorted(differences["quarter"].unique()))
        found.add("revised", found=many(len(differences), "cell"), quarters=quarters)
    codes = {code for basket in basket_codes(settings).values() for code in basket}
    used = [frame[frame["offence"].isin(codes)] for frame in (*before, cells)]
    return {
        "revisions": differences,
        "late_registration": growth_by_age(used, [*drawn, source.drawn]),
    }


def _read_earlier(
    extract: PreviousExtract, settings: StudySettings, folder: Path, found: Findings
) -> pd.DataFrame:
    """An earlier extract's cells; a quarter under way when it was drawn is no revision."""
    source = earlier_source(settings.data.incidents, extract)
    scratch = Findings(file=source.name)
    try:
        cells, _ = read_incidents(source, settings, folder, scratch)
    finally:
        found.items.extend(scratch.problems)
    return cells[[age_of(one, source.drawn) >= 0 for one in cells["quarter"]]]


def earlier_source(source: IncidentSource, extract: PreviousExtract) -> IncidentSource:
    """An earlier extract as a source of its own, read as ``source`` is."""
    changes: dict[str, object] = {"previous": None, "sha256": None}
    changes["extract_date"] = extract.extract_date
    changes |= {"file": extract.file} if extract.file else {}
    changes |= {"query_table": extract.query_table} if extract.query_table else {}
    changes |= {"coverage": extract.coverage} if extract.coverage else {}
    return source.model_copy(update=changes)


def growth_by_age(extracts: Sequence[pd.DataFrame], drawn: Sequence[dt.date]) -> pd.DataFrame:
    """:func:`late_registration` of the last two extracts, and what all of them say of each age.

    With three extracts or more also ``pairs, pooled, lower, upper`` of
    :func:`tingbjerg_eval.data.development.development`, from every two that lie as many quarters
    apart as the last two.
    """
    last = late_registration(*extracts[-2:], earlier=drawn[-2], later=drawn[-1])
    if len(extracts) == len(drawn[-2:]) or last.empty:
        return last
    step = step_of(drawn[-2], drawn[-1])
    pairs = [
        late_registration(before, after, earlier=earlier, later=later)
        for (before, earlier), (after, later) in combinations(zip(extracts, drawn, strict=True), 2)
        if earlier < later and step_of(earlier, later) == step
    ]
    now = extracts[-1].groupby("quarter")["count"].sum()
    current = {age_of(str(quarter), drawn[-1]): int(count) for quarter, count in now.items()}
    return last.merge(development(pairs, current, step=step), on="age", how="left")


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
