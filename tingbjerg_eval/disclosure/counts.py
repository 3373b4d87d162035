"""A table of counts as it is before protection: cells, totals and what each of them counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations
from math import prod

import numpy as np
import pandas as pd

from tingbjerg_eval.disclosure.published import CellId, region_of

TOTAL = "total"
SMALLEST_THRESHOLD = 3

_Cell = tuple[tuple[str, ...], int]
"""The values of the dimensions, and the count."""


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

    def __post_init__(self) -> None:
        check_counts(self)

    def rows(self) -> pd.DataFrame:
        """``dims``, ``count`` and ``total``: the cells as delivered, then groups, then totals."""
        cells = self._delivered()
        for place, dim in enumerate(self.dims):
            cells = cells + self._sums_of_groups(cells, place, self.groups.get(dim, {}))
        totals = list(self._totals(cells))
        named = list(zip(*(key for key, _ in cells + totals), strict=True)) or [()] * len(self.dims)
        return pd.DataFrame(
            {dim: pd.Series(of, dtype=str) for dim, of in zip(self.dims, named, strict=True)}
            | {
                "count": np.array([count for _, count in cells + totals], dtype="int64"),
                "total": [*map(self._is_group, cells), *[True] * len(totals)],
            }
        )

    def _delivered(self) -> list[_Cell]:
        named = [self.frame[dim].astype(str).tolist() for dim in self.dims]
        counts = self.frame[self.value].astype("int64").tolist()
        return list(zip(zip(*named, strict=True), counts, strict=True))

    def _sums_of_groups(
        self, cells: list[_Cell], place: int, groups: Mapping[str, Sequence[str]]
    ) -> list[_Cell]:
        present = {key[place] for key, _ in cells}
        sums: list[_Cell] = []
        for name, members in groups.items():
            wanted = set(map(str, members))
            if name not in present and wanted <= present:
                parts = [cell for cell in cells if cell[0][place] in wanted]
                sums += self._summed(parts, place, name)
        return sums

    def _is_group(self, cell: _Cell) -> bool:
        return any(
            value in self.groups.get(dim, {}) for dim, value in zip(self.dims, cell[0], strict=True)
        )

    def _totals(self, cells: list[_Cell]) -> Iterator[_Cell]:
        for dims in chain.from_iterable(
            combinations(self.margins, n) for n in range(1, len(self.margins) + 1)
        ):
            part = cells
            for dim in dims:
                place, groups = list(self.dims).index(dim), self.groups.get(dim, {})
                base = [cell for cell in part if cell[0][place] not in groups]
                part = self._summed(base, place, TOTAL)
            yield from part

    def _summed(self, cells: Sequence[_Cell], place: int, name: str) -> list[_Cell]:
        """The cells added up over the dimension at ``place``, which is then called ``name``."""
        sums: dict[tuple[str, ...], int] = {(name,): 0} if len(self.dims) == 1 else {}
        for key, count in cells:
            key = (*key[:place], name, *key[place + 1 :])
            sums[key] = sums.get(key, 0) + count
        return list(sums.items())

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
            values: Sequence[str] = self.base_members(dim)
        else:
            values = self.groups.get(dim, {}).get(value, (value,))
        stands_for = self.stands_for.get(dim, {})
        return [member for of in values for member in stands_for.get(of, (of,))]

    def worth(self, values: Mapping[str, str]) -> float:
        """How much it would cost the reader to lose this cell."""
        return float(prod(self.weights.get(dim, {}).get(one, 1.0) for dim, one in values.items()))


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
    members = [frame[dim].tolist() for dim in dims]
    twice = len(set(zip(*members, strict=True))) != len(frame)
    if any(frame[dim].isna().any() for dim in dims) or twice:
        raise ValueError(f"table {table.name}: one row per cell of {dims}, none empty or twice")
    if (table.margins or table.groups) and len(frame) != prod(map(len, map(set, members))):
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
