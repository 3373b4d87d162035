"""A table of counts as it is before protection: cells, totals and what each of them counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations

import numpy as np
import pandas as pd

from tingbjerg_eval.report.published import CellId, region_of

TOTAL = "total"
SMALLEST_THRESHOLD = 3


@dataclass(frozen=True, kw_only=True)
class CountTable:
    """One table to be published, with its raw counts.

    ``frame`` has one row per cell: the columns ``dims`` and the count in ``value``.
    ``margins`` names the dimensions that get totals (every combination of them), ``groups``
    the values that are sums of others (``{"quarter": {"2010": ("2010K1", ...)}}``): their rows
    are added where all members are there and none was delivered. ``where`` says what the
    whole table is restricted to (``{"offence": ("1320",)}``); without it a table counts
    everything. ``measure`` keeps numbers of different kinds (reports, answers) apart.
    ``weights`` says how much a value is worth (``{"area": {"Tingbjerg": 5}}``; 1 if not
    named): cells of low worth are hidden first when others must be hidden. ``stands_for``
    says which finest members a value of a dimension counts when it is not itself one of them
    and its parts stand nowhere in the table (a basket of offence codes, a merged group).
    """

    frame: pd.DataFrame
    dims: Sequence[str]
    name: str = "table"
    value: str = "count"
    margins: Sequence[str] = ()
    groups: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    measure: str = "reports"
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    stands_for: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    def __post_init__(self):
        check_counts(self)

    def rows(self) -> pd.DataFrame:
        """``dims``, ``count`` and ``total``: the cells as delivered, then groups, then totals."""
        cells = self.frame[[*self.dims, self.value]].rename(columns={self.value: "count"})
        cells = cells.astype(dict.fromkeys(self.dims, str)).reset_index(drop=True)
        for dim in self.dims:
            cells = pd.concat([cells, *self._sums_of_groups(cells, dim)], ignore_index=True)
        cells["count"] = cells["count"].astype("int64")
        marked = cells.assign(total=self._is_group(cells))
        return pd.concat([marked, *self._totals(cells)], ignore_index=True)

    def _sums_of_groups(self, cells: pd.DataFrame, dim: str) -> list[pd.DataFrame]:
        present = set(cells[dim])
        return [
            self._sum(cells[cells[dim].isin([str(m) for m in members])], dim, name)
            for name, members in self.groups.get(dim, {}).items()
            if name not in present and present.issuperset(map(str, members))
        ]

    def _sum(self, cells: pd.DataFrame, dim: str, name: str) -> pd.DataFrame:
        others = [other for other in self.dims if other != dim]
        summed = (
            cells.groupby(others, sort=False)["count"].sum().reset_index()
            if others
            else pd.DataFrame({"count": [cells["count"].sum()]})
        )
        return summed.assign(**{dim: name})[[*self.dims, "count"]]

    def _is_group(self, cells: pd.DataFrame) -> pd.Series:
        marks = [cells[dim].isin(list(self.groups.get(dim, {}))) for dim in self.dims]
        return pd.concat(marks, axis=1).any(axis=1)

    def _totals(self, cells: pd.DataFrame) -> list[pd.DataFrame]:
        totals = []
        for dims in chain.from_iterable(
            combinations(self.margins, n) for n in range(1, len(self.margins) + 1)
        ):
            part = cells
            for dim in dims:
                base = part[~part[dim].isin(list(self.groups.get(dim, {})))]
                part = self._sum(base, dim, TOTAL)
            totals.append(part.assign(total=True))
        return totals

    def base_members(self, dim: str) -> tuple[str, ...]:
        """The values of ``dim`` that are no groups: what its total is the total of."""
        groups = self.groups.get(dim, {})
        values = self.frame[dim].astype(str).unique()
        return tuple(sorted(value for value in values if value not in groups))

    def cell_id(self, values: Mapping[str, str]) -> CellId:
        """What the cell with these values counts."""
        members = {dim: self._members(dim, value) for dim, value in values.items()}
        return self.measure, region_of({**self.where, **members})

    def _members(self, dim: str, value: str) -> Sequence[str]:
        if value == TOTAL and dim in self.margins:
            values = self.base_members(dim)
        else:
            values = self.groups.get(dim, {}).get(value, (value,))
        stands_for = self.stands_for.get(dim, {})
        return [member for of in values for member in stands_for.get(of, (of,))]

    def worth(self, values: Mapping[str, str]) -> float:
        """How much it would cost the reader to lose this cell."""
        return float(
            np.prod([self.weights.get(dim, {}).get(value, 1.0) for dim, value in values.items()])
        )


def check_counts(table: CountTable) -> None:
    """Refuse what cannot be a table of counts, without ever naming a value."""
    frame, dims = table.frame, list(table.dims)
    missing = [column for column in (*dims, table.value) if column not in frame.columns]
    if missing:
        raise ValueError(f"table {table.name}: no column {', '.join(map(repr, missing))}")
    if not set(table.margins) <= set(dims):
        raise ValueError(f"table {table.name}: margins must be among the dims {dims}")
    counts = pd.to_numeric(frame[table.value], errors="coerce")
    if counts.isna().any() or (counts < 0).any() or (counts % 1 != 0).any():
        raise ValueError(
            f"table {table.name}: column {table.value!r} must hold whole numbers of 0 or more; "
            "leave out the rows of cells that were not delivered"
        )
    if frame[dims].isna().any(axis=None) or frame.duplicated(dims).any():
        raise ValueError(f"table {table.name}: one row per cell of {dims}, none empty or twice")
    if (table.margins or table.groups) and len(frame) != frame[dims].nunique().prod():
        raise ValueError(
            f"table {table.name}: with totals or groups every combination of {dims} needs a row "
            "(a true zero is a row with 0)"
        )
    for dim in table.margins:
        if (frame[dim].astype(str) == TOTAL).any():
            raise ValueError(f"table {table.name}: {dim!r} already holds a value {TOTAL!r}")


def check_threshold(threshold: int) -> None:
    if threshold < SMALLEST_THRESHOLD:
        raise ValueError(f"the threshold is at least {SMALLEST_THRESHOLD}, not {threshold}")
