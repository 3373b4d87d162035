"""What readers know already: the cells of earlier reports beside the present ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.disclosure.published import (
    UNDER,
    WITHHELD,
    CellId,
    cells_of,
    region_json,
    rename_edition,
    said,
    separate_revisions,
)
from tingbjerg_eval.disclosure.suppress import Cells, Disagree, Rules, hide

Reports = Sequence[Mapping[str, Any]]

ROUNDS = 6
"""How often hiding and linking are repeated; the audit looks at what came out in any case."""


@dataclass(frozen=True)
class _Known:
    """What earlier reports said of one cell."""

    low: float = 0.0
    high: float = np.inf
    low_inner: float = 0.0
    hidden: bool = False

    def and_(self, other: _Known) -> _Known:
        return _Known(
            low=max(self.low, other.low),
            high=min(self.high, other.high),
            low_inner=max(self.low_inner, other.low_inner),
            hidden=self.hidden or other.hidden,
        )


def hide_after(
    values: Mapping[CellId, float],
    worth: Mapping[CellId, float],
    ledger: Ledger | None,
    rules: Rules,
) -> tuple[set[CellId], set[CellId]]:
    """Hidden cells and totals, with what the ledger's readers know already.

    Readers link an earlier figure to a present one unless they see it revised, and what they
    see depends on what is hidden: so hiding and linking are repeated until they agree.
    Raises :class:`CannotProtect`.
    """
    earlier = ledger.earlier() if ledger else []
    linked = separate_revisions(earlier, _as_report(values, set(), set(), rules))
    hidden: set[CellId] = set()
    for _ in range(ROUNDS):
        hidden, totals = _hide_linked(values, worth, earlier, linked, hidden, rules)
        seen = separate_revisions(earlier, _as_report(values, hidden, totals, rules))
        if seen == linked:
            break
        linked = seen
    return hidden, totals


def _hide_linked(
    values: Mapping[CellId, float],
    worth: Mapping[CellId, float],
    earlier: Reports,
    linked: Reports,
    hidden_already: set[CellId],
    rules: Rules,
) -> tuple[set[CellId], set[CellId]]:
    try:
        cells = _combined(values, worth, earlier, linked, hidden_already)
        hidden, totals = hide(cells, rules)
    except Disagree:
        apart = [rename_edition(report) for report in earlier]
        cells = _combined(values, worth, earlier, apart, hidden_already)
        hidden, totals = hide(cells, rules)
    return _those(cells.ids, hidden), _those(cells.ids, totals)


def _those(ids: Sequence[CellId], marks: np.ndarray) -> set[CellId]:
    return {cell for cell, marked in zip(ids, marks, strict=True) if marked}


def _as_report(
    values: Mapping[CellId, float], hidden: set[CellId], totals: set[CellId], rules: Rules
) -> dict[str, Any]:
    """The present cells as a published report of which nothing but the figures matters."""
    tables = []
    for (measure, region), count in values.items():
        small = (measure, region) not in totals and count < rules.threshold
        cell = {
            "key": "",
            "value": None if (measure, region) in hidden else count,
            "sign": UNDER if small and rules.signs == "two" else WITHHELD,
            "region": region_json(region),
        }
        tables.append({"name": "", "measure": measure, "cells": [cell]})
    return {"report": "", "threshold": rules.threshold, "tables": tables}


def _combined(
    values: Mapping[CellId, float],
    worth: Mapping[CellId, float],
    earlier: Reports,
    linked: Reports,
    hidden_already: set[CellId],
) -> Cells:
    known = _known(linked)
    shown = {
        id_ for report in earlier for _, id_, of in cells_of(report) if of["value"] is not None
    }
    ids = list(dict.fromkeys([*values, *known]))
    said_of = [known.get(cell, _Known()) for cell in ids]
    return Cells(
        ids=ids,
        values=np.array([values.get(cell, np.nan) for cell in ids], dtype=float),
        worth=np.array([worth.get(cell, 1.0) for cell in ids], dtype=float),
        low=np.array([of.low for of in said_of], dtype=float),
        high=np.array([of.high for of in said_of], dtype=float),
        low_inner=np.array([of.low_inner for of in said_of], dtype=float),
        hidden_before=np.array([of.hidden for of in said_of], dtype=bool)
        | np.array([cell in hidden_already for cell in ids], dtype=bool),
        shown_before=np.array([cell in shown for cell in ids], dtype=bool),
    )


def _known(reports: Sequence[Mapping[str, Any]]) -> dict[CellId, _Known]:
    known: dict[CellId, _Known] = {}
    for report in reports:
        for _, cell_id, cell in cells_of(report):
            known[cell_id] = known.get(cell_id, _Known()).and_(_read(cell, report))
    return known


def _read(cell: Mapping[str, Any], report: Mapping[str, Any]) -> _Known:
    low, high = said(cell, threshold=report["threshold"])
    if cell["value"] is not None:
        return _Known(low=low, high=high)
    if report["zeros"] == "shown":
        return _Known(low=1, high=high, hidden=True)
    inner = report["threshold"] if cell["sign"] == WITHHELD and cell["signs"] == "two" else 0
    return _Known(low=low, high=high, low_inner=inner, hidden=True)
