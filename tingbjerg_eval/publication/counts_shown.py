"""The tables of counts that a report shows, with what it hides in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from tingbjerg_eval.disclosure.published import WITHHELD, region_of
from tingbjerg_eval.disclosure.tables import SECONDARY, SHOWN, ProtectedTable
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.publication.merging import Cell
from tingbjerg_eval.publication.released import ReleasedCounts
from tingbjerg_eval.study.settings import CountIndicator

POOLED = " comparison"
"""Ends the name of the table of all comparison areas together."""


class Counted(Protocol):
    """A publication, for what is asked of it here."""

    @property
    def study(self) -> Study:
        """The study with everything that is known of it."""

    @property
    def last(self) -> bool:
        """Whether no other report comes after it."""

    @property
    def threshold(self) -> int:
        """Counts under it are not told."""

    def counts(self, indicator: str) -> ReleasedCounts:
        """What is released of a count indicator."""

    def known(self, indicator: str) -> list[str]:
        """The quarters of an indicator that the report knows."""


def tables_of(shown: Counted) -> tuple[ProtectedTable, ...]:
    made: list[ProtectedTable] = []
    if shown.study.settings.areas.programme:
        return ()
    for name in shown.study.settings.indicators_of("count"):
        found, design = shown.counts(name), shown.study.design
        own = found.areas[design.treated]
        quarters = _settled(shown, name)
        made.append(_table(shown, name, name, own, (design.treated,), quarters))
        covered = [quarter for one in found.together for quarter in one.times]
        made.append(_table(shown, name + POOLED, name, found.together, design.comparison, covered))
    return tuple(made)


def _settled(shown: Counted, indicator: str) -> list[str]:
    """Quarters of the treated area of which no later report tells more."""
    known = shown.known(indicator)
    if shown.last or shown.counts(indicator).by_quarter:
        return known
    start = quarter_number(shown.study.design.period[0])
    return [quarter for quarter in known if quarter_number(quarter) < start]


def _table(
    shown: Counted,
    table: str,
    indicator: str,
    cells: Sequence[Cell],
    areas: Sequence[str],
    quarters: Sequence[str],
) -> ProtectedTable:
    """The told cells, and those of ``quarters`` that are not, as hidden ones."""
    told = {one.times: one.count for one in (*cells, *_sums(cells)) if one.true}
    every = {(quarter,) for quarter in quarters} | set(told)
    rows = [(one, told.get(one)) for one in sorted(every, key=lambda one: (one[0], len(one)))]
    asked = shown.study.indicator(indicator)
    assert isinstance(asked, CountIndicator)
    where = {"area": tuple(areas), "offence": tuple(asked.basket.codes)}
    hidden = [count is None for _, count in rows]
    frame = pd.DataFrame({
        "quarter": [_name(one) for one, _ in rows],
        "value": pd.array([count for _, count in rows], dtype="Int64"),
        "status": [SECONDARY if one else SHOWN for one in hidden],
        "text": [WITHHELD if one else "" for one in hidden],
        "total": [len(one) > 1 for one, _ in rows],
        "key": [_name(one) for one, _ in rows],
    })  # fmt: skip
    return ProtectedTable(
        name=table, threshold=shown.threshold, frame=frame,
        cells=tuple(("reports", region_of({**where, "quarter": one})) for one, _ in rows),
    )  # fmt: skip


def quarters_of(shown: Counted, indicator: str, *, pooled: bool = False) -> pd.DataFrame:
    """``quarter, value, status, reckoned`` of the treated area, or of the comparison areas
    together, ``reckoned`` being the cell's count spread over its quarters."""
    found = shown.counts(indicator)
    cells = found.together if pooled else found.areas[shown.study.design.treated]
    rows = [
        {"quarter": time, "value": part if len(one.times) == 1 and one.true else None,
         "reckoned": one.count / len(one.times), "length": len(one.times)}
        for one in cells for time, part in one.spread().items()
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["quarter", "value", "reckoned", "length"])
    frame["value"] = frame["value"].astype("Int64")
    told = frame.merge(pd.DataFrame({"quarter": shown.known(indicator)}), how="right")
    status = told["value"].notna().map({True: SHOWN, False: SECONDARY})
    return told.assign(status=status)


def _sums(cells: Sequence[Cell]) -> list[Cell]:
    """Whole years of which every quarter is told, and runs of cells that make up a year."""
    found: list[Cell] = []
    for year in sorted({one.times[0][:4] for one in cells}):
        wanted = {f"{year}K{part}" for part in range(1, 5)}
        inside = [one for one in cells if set(one.times) <= wanted]
        told = {time for one in inside for time in one.times}
        if told == wanted and len(inside) > 1 and all(one.true for one in inside):
            count = sum(one.count for one in inside)
            found.append(Cell(times=tuple(sorted(wanted)), count=count))
    return found


def _name(quarters: Sequence[str]) -> str:
    """A quarter's own name, a calendar year's, or the first and last quarter."""
    first, last = quarters[0], quarters[-1]
    if len(quarters) == 1:
        return first
    whole_year = first.endswith("K1") and last == f"{first[:4]}K4"
    return first[:4] if whole_year else f"{first}-{last}"
