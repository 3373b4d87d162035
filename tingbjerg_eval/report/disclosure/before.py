"""What readers know already: the cells of earlier reports beside the present ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tingbjerg_eval.report.disclosure.suppress import Cells, Rules, agree
from tingbjerg_eval.report.ledger import Ledger
from tingbjerg_eval.report.published import (
    WITHHELD,
    CellId,
    cells_of,
    region_json,
    rename_edition,
    said,
    separate_revisions,
)


@dataclass(frozen=True)
class _Known:
    """What earlier reports said of one cell."""

    low: float = 0.0
    high: float = np.inf
    low_inner: float = 0.0
    hidden: bool = False
    shown: bool = False

    def and_(self, other: _Known) -> _Known:
        return _Known(
            low=max(self.low, other.low),
            high=min(self.high, other.high),
            low_inner=max(self.low_inner, other.low_inner),
            hidden=self.hidden or other.hidden,
            shown=self.shown or other.shown,
        )


def cells_with_earlier(
    values: Mapping[CellId, float],
    worth: Mapping[CellId, float],
    ledger: Ledger | None,
    rules: Rules,
) -> Cells:
    """The present cells, and those of the ledger that are about the same measures.

    Figures revised since are numbers of their own; a ledger that cannot be reconciled with
    the present counts is not linked to them at all.
    """
    earlier = ledger.earlier() if ledger else []
    linked = separate_revisions(earlier, _as_report(values, rules))
    cells = _combined(values, worth, linked)
    if earlier and not agree(cells):
        cells = _combined(values, worth, [rename_edition(report) for report in earlier])
    shown = {cell for report in earlier for _, cell, of in cells_of(report) if _shown(of)}
    shown_before = np.array([cell in shown for cell in cells.ids], dtype=bool)
    return Cells(**{**vars(cells), "shown_before": shown_before})


def _shown(cell: Mapping) -> bool:
    return cell["value"] is not None


def _as_report(values: Mapping[CellId, float], rules: Rules) -> dict:
    tables = [
        {
            "name": "",
            "measure": measure,
            "cells": [{"key": "", "value": value, "sign": "", "region": region_json(region)}],
        }
        for (measure, region), value in values.items()
    ]
    return {"report": "", "threshold": rules.threshold, "tables": tables}


def _combined(values: Mapping, worth: Mapping, earlier: Sequence[Mapping]) -> Cells:
    known = _known(earlier)
    ids = list(dict.fromkeys([*values, *known]))
    said_of = [known.get(cell, _Known()) for cell in ids]
    return Cells(
        ids=ids,
        values=np.array([values.get(cell, np.nan) for cell in ids], dtype=float),
        worth=np.array([worth.get(cell, 1.0) for cell in ids], dtype=float),
        low=np.array([of.low for of in said_of], dtype=float),
        high=np.array([of.high for of in said_of], dtype=float),
        low_inner=np.array([of.low_inner for of in said_of], dtype=float),
        hidden_before=np.array([of.hidden for of in said_of], dtype=bool),
        shown_before=np.array([of.shown for of in said_of], dtype=bool),
    )


def _known(reports: Sequence[Mapping]) -> dict[CellId, _Known]:
    known: dict[CellId, _Known] = {}
    for report in reports:
        for _, cell_id, cell in cells_of(report):
            known[cell_id] = known.get(cell_id, _Known()).and_(_read(cell, report))
    return known


def _read(cell: Mapping, report: Mapping) -> _Known:
    low, high = said(cell, threshold=report["threshold"])
    if cell["value"] is not None:
        return _Known(low=low, high=high, shown=True)
    if report["zeros"] == "shown":
        return _Known(low=1, high=high, hidden=True)
    inner = report["threshold"] if cell["sign"] == WITHHELD and report["signs"] == "two" else 0
    return _Known(low=low, high=high, low_inner=inner, hidden=True)
