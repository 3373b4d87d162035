"""What the attacker knows: every line that a reader can write down from the reports.

Part of the attacker and, like it, without any code of the part that hides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array

from tingbjerg_eval.disclosure.published import UNDER, CellId, Region, cells_of, region_of, said

Atom = tuple[int | str, ...]
"""Members of a dimension that no region tells apart: the regions that name them."""


@dataclass(frozen=True)
class Row:
    """One line the attacker knows: ``low <= sum of terms <= high``."""

    terms: tuple[tuple[CellId, float], ...]
    low: float
    high: float


@dataclass(frozen=True)
class Asked:
    """One hidden cell: where it stands and how many values it must keep."""

    table: str
    key: str
    cell: CellId
    needed: int


def known_rows(reports: Sequence[Mapping[str, Any]]) -> Iterable[Row]:
    listed = [[(cell_id, cell) for _, cell_id, cell in cells_of(report)] for report in reports]
    everything = {cell_id for cells in listed for cell_id, _ in cells}
    dims = {dim for _, region in everything for dim, _ in region}
    for report, cells in zip(reports, listed, strict=True):
        aggregates = _aggregates(cells, everything, dims)
        for cell_id, cell in cells:
            low, high = said(cell, threshold=report["threshold"])
            if cell["value"] is None and cell["sign"] != UNDER:
                low = _least(report, cell, cell_id in aggregates)
            yield Row(((cell_id, 1.0),), low, high)
        for statement in report.get("statements", ()):
            terms = tuple(
                ((term["measure"], region_of(term["region"])), float(term["factor"]))
                for term in statement["terms"]
            )
            yield Row(terms, _number(statement["lower"]), _number(statement["upper"]))


def _least(report: Mapping[str, Any], cell: Mapping[str, Any], aggregate: bool) -> float:
    """The smallest value of a withheld cell for a reader who knows the rules of hiding.

    Where zeros are shown, a hidden cell is not zero. Where "under 5" is written on small
    cells, one that is withheld without these words and is no total must be larger.
    """
    if report["zeros"] == "shown":
        return 1
    return report["threshold"] if cell["signs"] == "two" and not aggregate else 0


def _number(value: float | None) -> float:
    return float(value) if value is not None else np.inf


def asked_cells(reports: Sequence[Mapping[str, Any]], *, values: int) -> Iterable[Asked]:
    for report in reports:
        for table, cell_id, cell in cells_of(report):
            if cell["value"] is None:
                spoken = report["threshold"] if cell["signs"] == "two" else values
                yield Asked(table, cell["key"], cell_id, min(values, spoken))


def _aggregates(
    cells: Iterable[tuple[CellId, Mapping[str, Any]]], everything: set[CellId], dims: set[str]
) -> set[CellId]:
    """Hidden ones of a report's ``cells`` that hold another published cell as a part."""
    hidden = {cell_id for cell_id, cell in cells if cell["value"] is None and cell["sign"] != UNDER}
    wide = {cell for cell in hidden if _may_hold_parts(cell[1], dims)}
    return {
        cell
        for cell in wide
        if any(
            cell[0] == other[0] and cell != other and _part_of(other[1], cell[1])
            for other in everything
        )
    }


def _may_hold_parts(region: Region, dims: set[str]) -> bool:
    return any(len(of) > 1 for _, of in region) or len(region) < len(dims)


def _part_of(inner: Region, outer: Region) -> bool:
    parts = dict(inner)
    return all(dim in parts and set(parts[dim]) <= set(of) for dim, of in outer)


def units_of(cells: Sequence[CellId]) -> csr_array:
    """Which finest units each cell counts; units no table tells apart are one unit."""
    at: dict[tuple[object, ...], int] = {}
    rows, columns = [], []
    for measure in dict.fromkeys(measure for measure, _ in cells):
        atoms = _atoms([region for name, region in cells if name == measure])
        for row, (name, region) in enumerate(cells):
            if name == measure:
                for unit in product(*atoms(region)):
                    rows.append(row)
                    columns.append(at.setdefault((measure, unit), len(at)))
    ones = np.ones(len(rows))
    return coo_array((ones, (rows, columns)), shape=(len(cells), len(at))).tocsr()


def _atoms(regions: Sequence[Region]) -> Callable[[Region], list[list[Atom]]]:
    """For each dimension the smallest groups of members any region tells apart.

    A region that leaves a dimension open also counts members no table names: the rest.
    """
    dims = sorted({dim for region in regions for dim, _ in region})
    sets = {dim: sorted({dict(region).get(dim, ()) for region in regions}) for dim in dims}
    group: dict[str, dict[str, Atom]] = {dim: {} for dim in dims}
    for dim in dims:
        for number, members in enumerate(sets[dim]):
            for member in members:
                group[dim][member] = (*group[dim].get(member, ()), number)

    def of(region: Region) -> list[list[Atom]]:
        named = dict(region)
        return [
            sorted({group[dim][member] for member in named[dim]})
            if dim in named
            else [*sorted(set(group[dim].values())), ("rest",)]
            for dim in dims
        ]

    return of


def matrix_of(rows: Sequence[Row], cell_row: Mapping[CellId, int]) -> csr_array:
    entries = [
        (at, cell_row[cell], factor) for at, row in enumerate(rows) for cell, factor in row.terms
    ]
    at, columns, factors = zip(*entries, strict=True) if entries else ((), (), ())
    return coo_array((factors, (at, columns)), shape=(len(rows), len(cell_row))).tocsr()
