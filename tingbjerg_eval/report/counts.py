"""The study's counts as they may be shown: protected once, in the order reports are handed over.

A report shows the treated area's quarters, whole years and the baseline, and at the end the
period; comparison areas only all together. What an earlier report has shown can be subtracted
from what a later one shows, so each report is protected against all before it; the chain is the
same wherever it is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import RLock

import pandas as pd

from tingbjerg_eval.disclosure import CountTable, ProtectedTable, protect_tables, publish
from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.study.design import Window, times

BASELINE, END = "baseline", "end_of_period"
POOLED = " comparison"
"""Ends the name of the table of all comparison areas together."""

WORTH = {"window": 50.0, "year": 5.0}
"""The windows are worth most to a reader, then the years, then the single quarter."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The protected counts of one report: ``tables`` by indicator, of the treated area and,
    with :data:`POOLED` after the name, of the comparison areas together."""

    tables: dict[str, ProtectedTable]

    def shown(self, indicator: str, window: Window) -> bool:
        """Whether a figure made of the sum over ``window`` gives no hidden count away."""
        frame = self.tables[indicator].frame
        seen = set(frame.loc[frame["value"].notna(), "quarter"])
        return all(_covered(quarter, window, seen) for quarter in times(window)) or (
            _named(window) in seen
        )

    def small(self, indicator: str, window: Window) -> bool:
        """Whether ``window`` is withheld for a count below the threshold, and not only because
        it would give one elsewhere away."""
        frame = self.tables[indicator].frame.set_index("quarter")["status"]
        named = _named(window)
        cells = [named] if named in frame.index else [*times(window)]
        return any(frame.get(cell) == "hidden" for cell in cells)

    def quarters(self, indicator: str, *, pooled: bool = False) -> pd.DataFrame:
        """``quarter, value, status`` of the treated area, or of the comparison areas together."""
        frame = self.tables[indicator + POOLED * pooled].frame
        return frame.loc[~frame["total"], ["quarter", "value", "status"]]


def _covered(quarter: str, window: Window, seen: set[str]) -> bool:
    """Whether the quarter, or its whole year inside ``window``, is shown."""
    year = quarter[:4]
    inside = set(times((f"{year}K1", f"{year}K4"))) <= set(times(window))
    return quarter in seen or (inside and year in seen)


def _named(window: Window) -> str:
    return f"{window[0]}-{window[1]}"


def protected_counts(study: Study, name: str) -> Counts:
    """The counts that the report ``name`` (``baseline``, ``2011K2``, ``end_of_period``) shows."""
    made = [table for chain in chains(study) for table in chain.tables(study.whole, name)]
    return Counts(tables={table.name: table for table in made})


def published_chain(study: Study, names: Sequence[str]) -> dict[str, dict]:
    """What each report up to the last of ``names`` publishes of counts, in order."""
    every = report_names(study)
    wanted = every[: max(every.index(name) for name in names) + 1]
    return _published(study, chains(study), wanted)


def published_of(study: Study, indicator: str) -> dict[str, dict]:
    """What every report publishes of one indicator and those linked with it, in order."""
    own = [one for one in chains(study) if indicator in one.indicators]
    return _published(study, own, report_names(study))


def _published(study: Study, linked: Sequence[Chain], names: Sequence[str]) -> dict[str, dict]:
    whole = study.whole
    return {
        name: publish(name, [table for chain in linked for table in chain.tables(whole, name)])
        for name in names
    }


def linked_with(study: Study, indicator: str) -> tuple[str, ...]:
    """The count indicators that share offence codes with ``indicator``, itself among them."""
    return next(linked for linked in _linked(study) if indicator in linked)


def report_names(study: Study) -> tuple[str, ...]:
    """Every report of the study in the order they are handed over."""
    return (BASELINE, *study.settings.period_quarters, END)


def known_until(study: Study, name: str) -> str:
    """The last quarter that the report ``name`` knows."""
    ends = {BASELINE: study.settings.periods.baseline[1], END: study.settings.periods.period[1]}
    return ends.get(name, name)


def _linked(study: Study) -> list[tuple[str, ...]]:
    """The count indicators in groups that share offence codes and so are protected together."""
    groups: list[tuple[set[str], list[str]]] = []
    for name, one in study.settings.indicators_of("count").items():
        codes, names = set(one.basket.codes), [name]
        for group in [group for group in groups if group[0] & codes]:
            groups.remove(group)
            codes, names = codes | group[0], group[1] + names
        groups.append((codes, names))
    return [tuple(names) for _, names in groups]


def chains(study: Study) -> list[Chain]:
    """One chain for each group of linked indicators, the same for every view of the study."""
    return study.whole.once(_new_chains)


def _new_chains(study: Study) -> list[Chain]:
    return [Chain(linked) for linked in _linked(study)]


GROWING = RLock()
"""Held while a chain grows: an explorer asks for it from two threads, and a report that was
protected against itself or a later one would be another report."""


class Chain:
    """The tables of linked indicators, report after report, each protected against all before.

    It grows as far as it is asked for: a report needs those before it and none after.
    """

    def __init__(self, indicators: tuple[str, ...]):
        self.indicators = indicators
        self.counts: dict[str, pd.DataFrame] = {}
        self.made: dict[str, tuple[ProtectedTable, ...]] = {}
        self.ledger = Ledger()

    def tables(self, study: Study, report: str) -> tuple[ProtectedTable, ...]:
        """What ``report`` of the whole ``study`` shows of the indicators."""
        with GROWING:
            self._grow(study, report)
        return self.made[report]

    def _grow(self, study: Study, report: str) -> None:
        self.counts = self.counts or {name: _by_quarter(study, name) for name in self.indicators}
        every = report_names(study)
        for name in every[len(self.made) : every.index(report) + 1]:
            self.made[name] = self._protected(study, name)
            self.ledger.add(name, publish(name, self.made[name]))

    def _protected(self, study: Study, report: str) -> tuple[ProtectedTable, ...]:
        tables = [
            table
            for name, counts in self.counts.items()
            for table in _tables(study, name, counts, report)
        ]
        threshold = study.settings.rules.disclosure_threshold
        return protect_tables(tables, threshold=threshold, ledger=self.ledger)


def _by_quarter(study: Study, indicator: str) -> pd.DataFrame:
    """``quarter``, and reports: ``own`` of the treated area, ``pooled`` of the comparison areas."""
    panel, design = study.panel(indicator), study.design
    own = panel[panel["area"] == design.treated].groupby("quarter")["count"].sum()
    others = panel[panel["area"].isin(design.comparison)].groupby("quarter")["count"].sum()
    return pd.DataFrame({"own": own, "pooled": others}).reset_index()


def _tables(
    study: Study, indicator: str, counts: pd.DataFrame, report: str
) -> Iterator[CountTable]:
    until = quarter_number(known_until(study, report))
    known = counts.iloc[: sum(quarter_number(one) <= until for one in counts["quarter"])]
    groups = _groups(study, known["quarter"].tolist(), report)
    worth = {group: WORTH["window" if "-" in group else "year"] for group in groups}
    areas = {"own": (study.design.treated,), "pooled": study.design.comparison}
    for column, area in areas.items():
        yield CountTable(
            frame=known,
            value=column,
            dims=("quarter",),
            name=indicator if column == "own" else indicator + POOLED,
            groups={"quarter": groups if column == "own" else {}},
            where={"area": area, "offence": tuple(study.indicator(indicator).basket.codes)},
            weights={"quarter": worth},
        )


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
