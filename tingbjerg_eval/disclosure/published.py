"""What a report publishes, in a form that can be kept, compared and attacked.

A published report is a plain mapping, the content of ``published.json``::

    {"report": "2011K2", "threshold": 5, "zeros": "hidden", "signs": "two",
     "tables": [{"name": "burglary", "measure": "reports", "signs": "two",
                 "cells": [{"key": "Tingbjerg|2010K1", "value": 12, "sign": "",
                            "region": {"area": ["Tingbjerg"], "quarter": ["2010K1"]}}]}],
     "statements": [{"name": "...", "lower": 0.75, "upper": 0.85,
                     "terms": [{"measure": "reports", "region": {...}, "factor": 1.0}]}]}

A *region* says which finest units a number counts: each dimension with its members. Two
cells with one measure and one region are the same number wherever they stand, a total is
the region of all its members, and a dimension that is not named is not restricted. No value
of a hidden cell is ever in it. ``signs`` says whether small cells carry a sign of their own
("two") or every hidden cell carries the same ("one").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

UNDER = "under threshold"
WITHHELD = "withheld"

Region = tuple[tuple[str, tuple[str, ...]], ...]
CellId = tuple[str, Region]


def region_of(members: Mapping[str, Iterable[str]]) -> Region:
    """The canonical, hashable form of a region.

    >>> region_of({"quarter": ["2010K2", "2010K1"], "area": ["A"]})
    (('area', ('A',)), ('quarter', ('2010K1', '2010K2')))
    """
    return tuple(sorted((str(dim), tuple(sorted(map(str, of)))) for dim, of in members.items()))


def region_json(region: Region) -> dict[str, list[str]]:
    """Inverse of :func:`region_of`, for JSON."""
    return {dim: list(members) for dim, members in region}


def cells_of(report: Mapping[str, Any]) -> Iterator[tuple[str, CellId, Mapping[str, Any]]]:
    """Every published cell: the table's name, the cell's identity, the cell.

    The cell has its table's ``signs`` (the report's, where the table has none of its own).
    """
    for table in report["tables"]:
        signs = table.get("signs", report.get("signs", "two"))
        for cell in table["cells"]:
            cell_id = table["measure"], region_of(cell["region"])
            yield table["name"], cell_id, {**cell, "signs": signs}


def overlap(one: Region, other: Region) -> bool:
    """Whether two regions count at least one common unit."""
    right = dict(other)
    return all(dim not in right or not set(of).isdisjoint(right[dim]) for dim, of in one)


def said(cell: Mapping[str, Any], *, threshold: int) -> tuple[float, float]:
    """The range a published cell's own sign gives it."""
    if cell["value"] is not None:
        return cell["value"], cell["value"]
    return (0, threshold - 1) if cell["sign"] == UNDER else (0, float("inf"))


def separate_revisions(
    earlier: Sequence[Mapping[str, Any]], current: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The earlier reports, with figures that were revised later kept apart.

    Late registration changes counts: the number published a year ago and the number
    published now are then two different numbers of one place. Where any later report
    contradicts an earlier cell, the earlier report's cells overlapping it get a measure of
    their own edition; everything else stays linked.
    """
    later: dict[CellId, list[tuple[float, float]]] = {}
    _enter(later, _said_of(current))
    separated = []
    for report in reversed(earlier):
        own = _said_of(report)
        revised = [cell for cell, given in own if _contradicted(given, later.get(cell, ()))]
        separated.append(rename_edition(report, revised) if revised else dict(report))
        _enter(later, own)
    return separated[::-1]


def _said_of(report: Mapping[str, Any]) -> list[tuple[CellId, tuple[float, float]]]:
    """Every cell of a report with the range that it gives."""
    threshold = report["threshold"]
    return [(cell_id, said(cell, threshold=threshold)) for _, cell_id, cell in cells_of(report)]


def _enter(
    ranges: dict[CellId, list[tuple[float, float]]], own: list[tuple[CellId, tuple[float, float]]]
) -> None:
    for cell_id, given in own:
        ranges.setdefault(cell_id, []).append(given)


def _contradicted(own: tuple[float, float], others: Iterable[tuple[float, float]]) -> bool:
    return any(own[0] > high or own[1] < low for low, high in others)


def rename_edition(
    report: Mapping[str, Any], revised: Sequence[CellId] | None = None
) -> dict[str, Any]:
    """``report`` with the measure of cells overlapping ``revised`` (all if None) made its own."""
    edition = report["report"]

    def measure_of(measure: str, region: Mapping[str, Any]) -> str:
        own = revised is None or any(
            measure == other and overlap(region_of(region), of) for other, of in revised
        )
        return f"{measure}@{edition}" if own else measure

    tables = [
        {**table, "measure": measure_of(table["measure"], cell["region"]), "cells": [cell]}
        for table in report["tables"]
        for cell in table["cells"]
    ]
    statements = [
        {
            **statement,
            "terms": [
                {**term, "measure": measure_of(term["measure"], term["region"])}
                for term in statement["terms"]
            ],
        }
        for statement in report.get("statements", ())
    ]
    return {**report, "tables": tables, "statements": statements}
