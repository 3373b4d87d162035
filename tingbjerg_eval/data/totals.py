"""Total rows that a delivery states: checked against their parts, then left out."""

from __future__ import annotations

import pandas as pd

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.study.sources import Source


def without_totals(
    raw: RawTable, cells: pd.DataFrame, source: Source, found: Findings, *, value: str,
    keys: list[str],
) -> tuple[RawTable, pd.DataFrame]:  # fmt: skip
    """``raw`` and ``cells`` without the rows of the area ``source.total``.

    Each total must be the sum of all delivered areas with the same ``keys``, those outside the
    study too.
    """
    if source.total is None:
        return raw, cells
    total = (cells["delivered"] == plain_text(source.total)).to_numpy()
    stated = cells[total].groupby(keys)[value].sum()
    parts = cells[~total].groupby(keys)[value].sum().reindex(stated.index, fill_value=0)
    for key in stated.index[stated != parts]:
        label = ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
        found.add("total-differs", column=raw.heading(value),
                  found=f"{label}: total {stated[key]:g}, parts {parts[key]:g}")  # fmt: skip
    if total.any() and not found.problems:
        found.add("total-checked", found=many(total.sum(), "row"))
    return raw.rows(~total), cells[~total].reset_index(drop=True)
