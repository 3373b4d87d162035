"""The study's counts as they may be shown: protected once, in the order reports are handed over.

A report shows the treated area's quarters, whole years and the baseline, and at the end the
period. What an earlier report has shown can be subtracted from what a later one shows, so each
report is protected against all before it; the chain is the same wherever it is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tingbjerg_eval.evaluation import Study
from tingbjerg_eval.report.disclosure import CountTable, ProtectedTable, protect_tables, publish
from tingbjerg_eval.report.ledger import Ledger
from tingbjerg_eval.study.design import Window, times
from tingbjerg_eval.study.quarters import quarter_number

BASELINE, END = "baseline", "end_of_period"
WORTH = {"window": 50.0, "year": 5.0}
"""The windows are worth most to a reader, then the years, then the single quarter."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The protected counts of one report, by indicator, of the treated area."""

    tables: dict[str, ProtectedTable]

    def shown(self, indicator: str, window: Window) -> bool:
        """Whether a figure made of the sum over ``window`` gives no hidden count away."""
        frame = self.tables[indicator].frame
        seen = set(frame.loc[frame["value"].notna(), "quarter"])
        return all(_covered(quarter, window, seen) for quarter in times(window)) or (
            _named(window) in seen
        )

    def published(self, name: str) -> dict:
        """What the report says of counts, for the audit and the ledger."""
        return publish(name, tuple(self.tables.values()))


def _covered(quarter: str, window: Window, seen: set[str]) -> bool:
    """Whether the quarter, or its whole year inside ``window``, is shown."""
    year = quarter[:4]
    inside = set(times((f"{year}K1", f"{year}K4"))) <= set(times(window))
    return quarter in seen or (inside and year in seen)


def _named(window: Window) -> str:
    return f"{window[0]}-{window[1]}"


def protected_counts(study: Study, name: str) -> Counts:
    """The counts that the report ``name`` (``baseline``, ``2011K2``, ``end_of_period``) shows."""
    names = report_names(study)
    indicators = list(study.settings.indicators_of("count"))
    tables = {one: _protected(study, one, names[: names.index(name) + 1]) for one in indicators}
    return Counts(tables=tables)


def report_names(study: Study) -> tuple[str, ...]:
    """Every report of the study in the order they are handed over."""
    return (BASELINE, *study.settings.period_quarters, END)


def known_until(study: Study, name: str) -> str:
    """The last quarter that the report ``name`` knows."""
    ends = {BASELINE: study.settings.periods.baseline[1], END: study.settings.periods.period[1]}
    return ends.get(name, name)


def _protected(study: Study, indicator: str, names: Sequence[str]) -> ProtectedTable:
    """The last of ``names``'s table, protected against those before it."""
    own = _own(study, indicator)
    if (own["count"] >= study.settings.rules.disclosure_threshold).all():
        names = names[-1:]  # where nothing was ever small, nothing was ever hidden
    return _chain(study, indicator, names)[-1]


def _chain(study: Study, indicator: str, names: Sequence[str]) -> list[ProtectedTable]:
    """The table of each report, protected against those before it."""
    own, ledger, tables = _own(study, indicator), Ledger(), []
    for name in names:
        table = _table(study, indicator, own, name)
        threshold = study.settings.rules.disclosure_threshold
        tables += protect_tables([table], threshold=threshold, ledger=ledger)
        ledger.add(name, publish(name, tables[-1:]))
    return tables


def _own(study: Study, indicator: str) -> pd.DataFrame:
    panel = study.panel(indicator)
    return panel[panel["area"] == study.design.treated]


def _table(study: Study, indicator: str, own: pd.DataFrame, name: str) -> CountTable:
    until = quarter_number(known_until(study, name))
    known = own[own["quarter"].map(quarter_number) <= until]
    groups = _groups(study, list(known["quarter"]), name)
    worth = {group: WORTH["window" if "-" in group else "year"] for group in groups}
    return CountTable(
        frame=known[["quarter", "count"]],
        dims=("quarter",),
        name=indicator,
        groups={"quarter": groups},
        where={"area": (study.design.treated,), "offence": _codes(study, indicator)},
        weights={"quarter": worth},
    )


def _codes(study: Study, indicator: str) -> tuple[str, ...]:
    return tuple(study.indicator(indicator).basket.codes)


def published_of(study: Study, indicator: str) -> dict[str, dict]:
    """What every report of the study publishes of one indicator, in order."""
    names = report_names(study)
    chain = _chain(study, indicator, names)
    return {name: publish(name, [table]) for name, table in zip(names, chain, strict=True)}


def _groups(study: Study, quarters: list[str], name: str) -> dict[str, tuple[str, ...]]:
    years = sorted({quarter[:4] for quarter in quarters})
    groups = {
        year: whole for year in years
        if set(whole := times((f"{year}K1", f"{year}K4"))) <= set(quarters)
    }  # fmt: skip
    windows = [study.design.baseline, *([study.design.period] if name == END else [])]
    return groups | {
        _named(window): inside for window in windows
        if set(inside := times(window)) <= set(quarters)
    }  # fmt: skip


def published_chain(study: Study, names: Sequence[str]) -> dict[str, dict]:
    """What each report up to the last of ``names`` publishes of counts, in order."""
    every = report_names(study)
    last = max(every.index(name) for name in names)
    wanted = every[: last + 1]
    chain: dict[str, list[ProtectedTable]] = {name: [] for name in wanted}
    for indicator in study.settings.indicators_of("count"):
        for name, table in zip(wanted, _chain(study, indicator, wanted), strict=True):
            chain[name].append(table)
    return {name: publish(name, tables) for name, tables in chain.items()}
