"""Protected tables: what figures, tables, sentences and workbooks are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.disclosure.before import hide_after
from tingbjerg_eval.disclosure.counts import CountTable, check_threshold
from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.disclosure.published import UNDER, WITHHELD, CellId, region_json
from tingbjerg_eval.disclosure.suppress import CannotProtect, Rules

SHOWN, HIDDEN, SECONDARY, ZERO = "shown", "hidden", "hidden-secondary", "true zero"


@dataclass(frozen=True, kw_only=True)
class ProtectedTable:
    """One table as it may be shown.

    ``frame`` has one row per cell: the dimensions, ``value`` (Int64, missing where hidden),
    ``status`` ("shown", "hidden", "hidden-secondary", "true zero"), ``text`` (the key of the
    words for a hidden cell: "under threshold" or "withheld", empty where shown), ``total``
    and ``key`` (the cell's name in ``published.json`` and in HTML). Only where ``text`` says
    "under threshold" is the status "hidden", so that it tells a reader no more than the text.
    Nothing in it holds the value of a hidden cell.
    """

    name: str
    dims: tuple[str, ...]
    measure: str
    threshold: int
    zeros: str
    signs: str
    frame: pd.DataFrame
    cells: tuple[CellId, ...]

    def cell(self, **values: str) -> pd.Series:
        """The one row with these values of the dimensions."""
        where = np.logical_and.reduce([self.frame[dim] == values[dim] for dim in self.dims])
        if where.sum() != 1:
            raise KeyError(f"table {self.name} has no single cell for the values given")
        return self.frame[where].iloc[0]

    def rates(
        self, population: pd.Series | Mapping[str, Any], *, per: int = 1000, digits: int = 1
    ) -> pd.DataFrame:
        """The frame with ``rate`` (count per ``per`` inhabitants), missing where it is hidden.

        ``population`` holds the exposure of each cell by ``key``. A rate of a hidden count is
        hidden: times the population it would give the count back.
        """
        exposure = self.frame["key"].map(dict(population)).astype(float)
        rate = self.frame["value"].astype("Float64") * per / exposure
        return self.frame.assign(rate=rate.round(digits))

    def published(self) -> dict[str, Any]:
        """This table as it stands in ``published.json``."""
        rows = zip(
            self.frame["key"], self.frame["value"], self.frame["text"], self.cells, strict=True
        )
        return {
            "name": self.name,
            "measure": self.measure,
            "signs": self.signs,
            "cells": [
                {
                    "key": key,
                    "value": None if pd.isna(value) else int(value),
                    "sign": text,
                    "region": region_json(region),
                }
                for key, value, text, (_, region) in rows
            ],
        }


def protect(
    table: pd.DataFrame,
    *,
    dims: Sequence[str],
    value: str = "count",
    threshold: int = 5,
    zeros: str = "hidden",
    margins: Sequence[str] = (),
    ledger: Ledger | None = None,
    **described: Any,
) -> ProtectedTable:
    """Protect one table of counts that is linked to no other.

    ``table`` has one row per cell. ``described`` are further fields of :class:`CountTable`
    (``name``, ``groups``, ``where``, ``measure``, ``weights``). Tables that stand in one
    report belong into one call of :func:`protect_tables`, because two harmless tables can
    give each other's cells away.
    """
    counts = CountTable(frame=table, dims=dims, value=value, margins=margins, **described)
    return protect_tables([counts], threshold=threshold, zeros=zeros, ledger=ledger)[0]


def protect_tables(
    tables: Sequence[CountTable],
    *,
    threshold: int = 5,
    zeros: str = "hidden",
    ledger: Ledger | None = None,
) -> tuple[ProtectedTable, ...]:
    """Protect all tables of one report together, and against what was published before.

    ``zeros="hidden"``: a zero is under the threshold like any small count, and a small inner
    cell says so ("under 5", that is 0 to 4). ``zeros="shown"``: zeros are shown and every
    hidden cell is "withheld", because "under 5 and not 0" would leave four values. Where
    the two signs cannot be kept apart safely, all hidden cells are "withheld". Raises
    :class:`CannotProtect` where earlier reports give a cell away whatever is hidden now.
    """
    check_threshold(threshold)
    if zeros not in ("hidden", "shown"):
        raise ValueError(f'zeros are "hidden" or "shown", not {zeros!r}')
    _check_names(tables)
    rows = [table.rows() for table in tables]
    ids = [_ids(table, own) for table, own in zip(tables, rows, strict=True)]
    for signs in ("two", "one") if zeros == "hidden" else ("one",):
        rules = Rules(threshold=threshold, zeros=zeros, signs=signs)
        try:
            hidden, totals = _hide_all(tables, rows, ids, rules, ledger)
            break
        except CannotProtect:
            if signs == "one":
                raise
    return tuple(
        _protected(table, own, of, rules, hidden, totals)
        for table, own, of in zip(tables, rows, ids, strict=True)
    )


def _check_names(tables: Sequence[CountTable]) -> None:
    names = [table.name for table in tables]
    if len(set(names)) != len(names):
        raise ValueError("every table of a report needs a name of its own")


def _ids(table: CountTable, rows: pd.DataFrame) -> list[CellId]:
    return [table.cell_id(values) for values in _named(table, rows)]


def _named(table: CountTable, rows: pd.DataFrame) -> Iterator[dict[str, str]]:
    """The values of the dimensions, cell by cell."""
    values = zip(*(rows[dim].tolist() for dim in table.dims), strict=True)
    return (dict(zip(table.dims, of, strict=True)) for of in values)


def _hide_all(
    tables: Sequence[CountTable],
    rows: Sequence[pd.DataFrame],
    ids: Sequence[Sequence[CellId]],
    rules: Rules,
    ledger: Ledger | None,
) -> tuple[set[CellId], set[CellId]]:
    """Hidden cells and totals, each as a set of what the cells count."""
    worth: dict[CellId, float] = {}
    value: dict[CellId, float] = {}
    for table, own, of in zip(tables, rows, ids, strict=True):
        for cell, values, count in zip(of, _named(table, own), own["count"].tolist(), strict=True):
            if value.setdefault(cell, count) != count:
                raise ValueError(f"table {table.name}: a cell differs from the same cell elsewhere")
            worth[cell] = worth.get(cell, 0) + table.worth(values)
    if _nothing_to_hide(value, ledger, rules):
        return set(), set()
    return hide_after(value, worth, ledger, rules)


def _nothing_to_hide(value: Mapping[CellId, float], ledger: Ledger | None, rules: Rules) -> bool:
    """Whether no cell is small and none was ever hidden, so that there is nothing to work out."""
    if rules.small(np.array(list(value.values()))).any():
        return False
    return not any(
        cell["value"] is None
        for report in (ledger.earlier() if ledger else ())
        for table in report["tables"]
        for cell in table["cells"]
    )


def _protected(
    table: CountTable,
    rows: pd.DataFrame,
    ids: Sequence[CellId],
    rules: Rules,
    hidden: set[CellId],
    totals: set[CellId],
) -> ProtectedTable:
    counts = rows["count"].to_numpy()
    small = rules.small(counts)
    is_hidden = np.array([cell in hidden for cell in ids], dtype=bool)
    is_total = np.array([cell in totals for cell in ids], dtype=bool)
    says_small = is_hidden & small & ~is_total & (rules.signs == "two")
    text = np.select([says_small, is_hidden], [UNDER, WITHHELD], "")
    frame = pd.DataFrame(
        {dim: rows[dim] for dim in table.dims}
        | {
            "value": pd.arrays.IntegerArray(np.where(is_hidden, 0, counts), is_hidden),
            "status": _status(counts, text),
            "text": text,
            "total": rows["total"],
            "key": ["|".join(values.values()) for values in _named(table, rows)],
        }
    )
    return ProtectedTable(
        name=table.name,
        dims=tuple(table.dims),
        measure=table.measure,
        threshold=rules.threshold,
        zeros=rules.zeros,
        signs=rules.signs,
        frame=frame,
        cells=tuple(ids),
    )


def _status(counts: np.ndarray, text: np.ndarray) -> np.ndarray:
    """What may be known of each cell: only a cell that says it is small is "hidden"."""
    cases = [text == UNDER, text == WITHHELD, counts == 0]
    return np.select(cases, [HIDDEN, SECONDARY, ZERO], SHOWN)


def publish(
    report: str, tables: Sequence[ProtectedTable], statements: Sequence[Any] = ()
) -> dict[str, Any]:
    """The content of ``published.json``: everything countable the report shows.

    ``statements`` are the admitted :class:`~...statements.Statement` (rates, shares, ratios).
    """
    zeros = {table.zeros for table in tables} or {"hidden"}
    thresholds = {table.threshold for table in tables} or {5}
    if max(len(zeros), len(thresholds)) > 1:
        raise ValueError("the tables of one report are protected with one policy")
    return {
        "report": report,
        "threshold": thresholds.pop(),
        "zeros": zeros.pop(),
        "signs": "one" if any(table.signs == "one" for table in tables) else "two",
        "tables": [table.published() for table in tables],
        "statements": [statement.published() for statement in statements],
    }


@dataclass(frozen=True, kw_only=True)
class HiddenValue:
    """A value that must not stand beside these words; for the leak scan, never written down."""

    words: tuple[str, ...]
    value: int


def hidden_values(counts: CountTable, table: ProtectedTable) -> tuple[HiddenValue, ...]:
    """The raw counts of the hidden inner cells of ``table``, to be looked for in its files."""
    hidden = table.frame["text"].ne("") & ~table.frame["total"]
    rows = counts.rows()[hidden.to_numpy()]
    fixed = tuple(of[0] for of in counts.where.values() if len(of) == 1)
    return tuple(
        HiddenValue(words=(*fixed, *(row[dim] for dim in table.dims)), value=int(row["count"]))
        for row in rows.to_dict("records")
    )
