"""Tables of counts as they may be shown, and what a report publishes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.disclosure.published import UNDER, CellId, region_json

SHOWN, HIDDEN, SECONDARY = "shown", "hidden", "hidden-secondary"
SMALLEST_THRESHOLD = 3


@dataclass(frozen=True, kw_only=True)
class ProtectedTable:
    """One table of a report as it may be shown.

    ``frame`` has one row per cell: ``value`` (Int64, missing where hidden), ``status`` ("shown",
    "hidden-secondary"), ``text`` (the key of the words for a hidden cell, empty where shown),
    ``total`` and ``key`` (the cell's name in ``published.json`` and in HTML). Nothing in it holds
    the value of a hidden cell.
    """

    name: str
    threshold: int
    frame: pd.DataFrame
    cells: tuple[CellId, ...]

    def published(self) -> dict[str, Any]:
        """This table as it stands in ``published.json``."""
        columns = (self.frame[one] for one in ("key", "value", "text"))
        return {
            "name": self.name,
            "measure": "reports",
            "signs": "one",
            "cells": [
                {
                    "key": key,
                    "value": None if pd.isna(value) else int(value),
                    "sign": text,
                    "region": region_json(region),
                }
                for key, value, text, (_, region) in zip(*columns, self.cells, strict=True)
            ],
        }


def publish(report: str, tables: Sequence[ProtectedTable]) -> dict[str, Any]:
    """The content of ``published.json``: every count the report shows, or hides in its place."""
    return {
        "report": report,
        "threshold": max((table.threshold for table in tables), default=5),
        "zeros": "hidden",
        "signs": "one" if tables else "two",
        "tables": [table.published() for table in tables],
        "statements": [],
    }


def protect(
    table: pd.DataFrame, *, dims: Sequence[str], value: str = "count", threshold: int = 5
) -> pd.DataFrame:
    """A table of counts with every one under the ``threshold`` hidden, zeros among them.

    Parameters
    ----------
    table
        One row per cell: the columns ``dims`` and the count in ``value``.

    Returns
    -------
    DataFrame
        ``dims`` as text, ``value`` (Int64, missing where hidden), ``status`` ("shown", "hidden"),
        ``text`` ("under threshold", or empty) and ``key``. No cell is hidden for another's sake: a
        table that stands beside its sums is told by a publication, which joins in time.

    Raises
    ------
    ValueError
        For what is no table of counts, and a threshold under 3. No value is named.
    """
    if threshold < SMALLEST_THRESHOLD:
        raise ValueError(f"the threshold is at least {SMALLEST_THRESHOLD}, not {threshold}")
    _check_counts(table, dims, value)
    counts = table[value].to_numpy(dtype="int64")
    named: Mapping[str, list[str]] = {dim: table[dim].astype(str).tolist() for dim in dims}
    small = counts < threshold
    return pd.DataFrame({
        **{dim: pd.Series(of, dtype=str) for dim, of in named.items()},
        "value": pd.arrays.IntegerArray(np.where(small, 0, counts), small),
        "status": np.where(small, HIDDEN, SHOWN),
        "text": np.where(small, UNDER, ""),
        "total": False,
        "key": ["|".join(of) for of in zip(*named.values(), strict=True)],
    })  # fmt: skip


def _check_counts(table: pd.DataFrame, dims: Sequence[str], value: str) -> None:
    missing = [column for column in (*dims, value) if column not in table.columns]
    if missing:
        raise ValueError(f"table: no column {', '.join(map(repr, missing))}")
    counts = pd.to_numeric(table[value], errors="coerce")
    if counts.isna().any() or (counts < 0).any() or (counts % 1 != 0).any():
        raise ValueError(
            f"table: column {value!r} must hold whole numbers of 0 or more; "
            "leave out the rows of cells that were not delivered"
        )
    places = table[list(dims)]
    if places.isna().any(axis=None) or places.duplicated().any():
        raise ValueError(f"table: one row per cell of {list(dims)}, none empty or twice")
