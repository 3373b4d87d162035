"""All cells of all linked tables as sums over the finest units that any of them tells apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from scipy.sparse import block_array, csr_array
from scipy.sparse.csgraph import connected_components

from tingbjerg_eval.disclosure.published import CellId, Region


def incidence(cells: Sequence[CellId]) -> csr_array:
    """Cells by units: 1 where the cell counts the unit.

    Members of a dimension that stand in the same regions throughout are taken as one. A
    region that leaves a dimension open counts in addition units that no table names.
    """
    by_measure: dict[str, list[int]] = defaultdict(list)
    for row, (measure, _) in enumerate(cells):
        by_measure[measure].append(row)
    rows, columns, units = [], [], 0
    for own in by_measure.values():
        found: dict[tuple[int, ...], int] = {}
        for row, sets in zip(own, _classes([cells[row][1] for row in own]), strict=True):
            for unit in product(*sets):
                rows.append(row)
                columns.append(units + found.setdefault(unit, len(found)))
        units += len(found)
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(cells), units))


def _classes(regions: Sequence[Region]) -> Iterator[list[set[int]]]:
    """For each region, for each dimension, the classes of members it holds."""
    named = [dict(region) for region in regions]
    dims = sorted(set().union(*named))
    class_of = {dim: _member_classes([region.get(dim) for region in named]) for dim in dims}
    for region in named:
        yield [
            {class_of[dim][member] for member in region[dim]}
            if dim in region
            else {-1, *class_of[dim].values()}
            for dim in dims
        ]


def _member_classes(sets: Sequence[tuple[str, ...] | None]) -> dict[str, int]:
    """A number for each member; members that are in the same sets share it."""
    where: dict[str, set[int]] = defaultdict(set)
    for number, members in enumerate(dict.fromkeys(filter(None, sets))):
        for member in members:
            where[member].add(number)
    numbers: dict[frozenset[int], int] = {}
    return {
        member: numbers.setdefault(frozenset(seen), len(numbers))
        for member, seen in sorted(where.items())
    }


def holds_another(cells_by_units: csr_array) -> np.ndarray:
    """Whether each cell holds another cell as a part, as a total does."""
    size = cells_by_units.sum(axis=1)
    common = (cells_by_units @ cells_by_units.T).tocoo()
    inside = (common.data == size[common.col]) & (size[common.col] < size[common.row])
    return np.isin(np.arange(len(size)), common.row[inside])


def parts(cells_by_units: csr_array) -> Iterator[np.ndarray]:
    """Rows of cells that are linked through units, one array for each part."""
    graph = block_array([[None, cells_by_units], [cells_by_units.T, None]])
    _, label = connected_components(graph, directed=False)
    own = label[: cells_by_units.shape[0]]
    order = np.argsort(own, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(own[order])) + 1)
