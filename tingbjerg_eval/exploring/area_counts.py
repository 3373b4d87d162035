"""Every area's counts as they may be looked at: one protected table per indicator.

It holds each area's quarters, whole years and windows and the comparison areas together, and is
protected against everything that the study's reports publish. Whatever is drawn or estimated
while exploring rests on cells that it shows, so that no choice of areas and quarters, and no
comparison of two choices, gives a hidden count away.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from tingbjerg_eval.disclosure import CountTable, ProtectedTable, protect_tables
from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.report.counts import linked_with, published_of
from tingbjerg_eval.study.design import Window, times

SHOWN_STATES = ("shown", "true zero")


@dataclass(frozen=True, kw_only=True, eq=False)
class AreaCounts:
    """The counts of one indicator that may be shown.

    Attributes
    ----------
    frame
        One row per area and quarter, the comparison areas together (``pooled``) among them:
        ``area, quarter, value, status, population``; ``value`` is missing where it is hidden.
    seen
        ``(area, time)`` of every shown cell, ``time`` being a quarter, a year or a window.
    pooled
        What the comparison areas together are called.
    """

    frame: pd.DataFrame
    seen: frozenset[tuple[str, str]]
    pooled: str

    def shows(self, area: str, window: Window) -> bool:
        """Whether the area's sum over ``window`` is made of shown cells only."""
        if (area, _named(window)) in self.seen:
            return True
        inside = set(times(window))
        years = {
            one[:4] for one in inside if set(times((f"{one[:4]}K1", f"{one[:4]}K4"))) <= inside
        }
        return all(
            (area, one) in self.seen or (one[:4] in years and (area, one[:4]) in self.seen)
            for one in inside
        )


def area_counts(
    study: Study, indicator: str, *, pooled: str, protected: bool = True
) -> dict[str, AreaCounts]:
    """The counts of ``indicator`` and of those that share offence codes with it, by name.

    They are protected together, or the difference of two would give a hidden count away. Where
    ``protected`` is false they are the true counts, all of them.
    """
    if protected:
        tables = protected_areas(study, indicator, pooled=pooled)
        frames = {table.name: table.frame for table in tables}
    else:
        frames = {table.name: _true(table) for table in _tables(study, indicator, pooled)}
    return {name: _visible(study, name, frame, pooled) for name, frame in frames.items()}


def protected_areas(study: Study, indicator: str, *, pooled: str) -> tuple[ProtectedTable, ...]:
    """The linked indicators' tables protected together, and against the reports where anything
    must be hidden."""
    threshold = study.settings.rules.disclosure_threshold
    tables = _tables(study, indicator, pooled)
    alone = protect_tables(tables, threshold=threshold)
    if all(table.frame["value"].notna().all() for table in alone):
        return alone
    ledger = Ledger()
    for name, published in published_of(study, indicator).items():
        ledger.add(name, published)
    return protect_tables(tables, threshold=threshold, ledger=ledger)


def _visible(study: Study, indicator: str, frame: pd.DataFrame, pooled: str) -> AreaCounts:
    population = _population(study, study.panel(indicator), pooled)
    shown = frame[frame["status"].isin(SHOWN_STATES)]
    quarters = frame[frame["quarter"].isin(population["quarter"])]
    return AreaCounts(
        frame=quarters[["area", "quarter", "value", "status"]]
        .merge(population, on=["area", "quarter"])
        .sort_values(["area", "quarter"], ignore_index=True),
        seen=frozenset(zip(shown["area"], shown["quarter"], strict=True)),
        pooled=pooled,
    )


def _tables(study: Study, indicator: str, pooled: str) -> list[CountTable]:
    return [_table(study, name, pooled) for name in linked_with(study, indicator)]


def _table(study: Study, indicator: str, pooled: str) -> CountTable:
    panel = study.panel(indicator)
    windows = (study.design.baseline, study.design.period)
    sums = {_named(window): times(window) for window in windows}
    years = sorted({quarter[:4] for quarter in panel["quarter"]})
    whole = {year: times((f"{year}K1", f"{year}K4")) for year in years}
    return CountTable(
        frame=panel[["area", "quarter", "count"]],
        dims=("area", "quarter"),
        name=indicator,
        groups={"area": {pooled: study.design.comparison}, "quarter": whole | sums},
        where={"offence": tuple(study.indicator(indicator).basket.codes)},
    )


def _true(table: CountTable) -> pd.DataFrame:
    rows = table.rows()
    return rows.assign(value=rows["count"].astype("Int64"), status="shown")


def _population(study: Study, panel: pd.DataFrame, pooled: str) -> pd.DataFrame:
    others = panel[panel["area"].isin(study.design.comparison)]
    together = others.groupby("quarter", sort=True)["population"].sum().reset_index()
    own = panel[["area", "quarter", "population"]]
    return pd.concat([own, together.assign(area=pooled)], ignore_index=True)


def _named(window: Window) -> str:
    return f"{window[0]}-{window[1]}"
