"""From checked tables to the panel of one count indicator."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tingbjerg_eval.data.baskets import overlapping
from tingbjerg_eval.data.coverage import study_quarters
from tingbjerg_eval.data.tables import Tables
from tingbjerg_eval.study.settings import CountIndicator, StudySettings


def build_panel(
    tables: Tables,
    settings: StudySettings,
    indicator_name: str,
    *,
    quarters: Sequence[str] | None = None,
) -> pd.DataFrame:
    """``area, quarter, count, population``: every area in every quarter, zeros written out.

    Areas stand in the order of the study (treated, comparison, adjacent, then those excluded
    areas whose population is known), quarters in order of time. Without ``quarters`` these are
    the quarters of the study window that the extract covers.

    Raises
    ------
    ValueError
        When the indicator is no count, its basket mixes levels, or a quarter is not covered.
    """
    codes = _codes(settings, indicator_name)
    wanted = tuple(quarters) if quarters is not None else study_quarters(settings, tables.covered)
    if uncovered := [one for one in wanted if one not in tables.covered]:
        raise ValueError(f"the extract does not cover {', '.join(uncovered)}")
    people = tables.population.set_index(["area", "quarter"])["population"]
    areas = _areas(settings, people, wanted)
    cells = tables.incidents[tables.incidents["offence"].isin(codes)]
    counts = cells.groupby(["area", "quarter"])["count"].sum()
    index = pd.MultiIndex.from_product([areas, wanted], names=["area", "quarter"])
    panel = pd.DataFrame(
        {"count": counts.reindex(index, fill_value=0), "population": people.reindex(index)}
    )
    return panel.astype({"count": "int64"}).reset_index()


def _codes(settings: StudySettings, name: str) -> list[str]:
    indicator = settings.indicators.get(name)
    if not isinstance(indicator, CountIndicator):
        counts = ", ".join(settings.indicators_of("count"))
        raise ValueError(f"{name!r} is not a count indicator of this study; these are: {counts}")
    if pairs := overlapping(indicator.basket.codes):
        raise ValueError(f"the basket of {name!r} counts reports twice: {pairs}")
    return indicator.basket.codes


def _areas(settings: StudySettings, people: pd.Series, quarters: Sequence[str]) -> list[str]:
    areas = settings.areas
    there = set(people.index)
    excluded = [a for a in areas.excluded if all((a, quarter) in there for quarter in quarters)]
    return [*areas.with_effort, *areas.comparison, *areas.adjacent, *excluded]
