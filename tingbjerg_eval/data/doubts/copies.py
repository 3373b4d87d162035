"""Rows that are equal in everything more often than chance, where no case number tells them apart.

Reports of one area and code that fall on their days by chance give n(n-1)/2 pairs over the days,
so that this many pairs of equal rows are to be expected; real days differ, which the limit allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader
import numpy as np
import pandas as pd

from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.formats.findings import listed

if TYPE_CHECKING:
    from sqlalchemy import FromClause, Select

sa = lazy_loader.load("sqlalchemy")

TIMES = 1.5
"""Times the pairs to be expected that are said."""
SURE = 6.0
"""Standard deviations of a count of pairs."""
FEWEST = 10


def equal_rows(table: FromClause, *, area: str, offence: str | None) -> Select[*tuple[object, ...]]:
    """``area, offence, copies, groups``: how many different rows are there how often."""
    columns = [sa.func.coalesce(sa.cast(one, sa.String()), "") for one in table.c]
    named = [one.label(f"c{number}") for number, one in enumerate(columns)]
    keys = list(table.c.keys())
    inner = sa.select(*named, sa.func.count().label("copies")).group_by(*named).subquery("rows")
    where = inner.c[f"c{keys.index(area)}"].label("area")
    code = inner.c[f"c{keys.index(offence)}"] if offence else sa.literal("")
    chosen = (where, code.label("offence"), inner.c.copies)
    grouped = sa.select(*chosen, sa.func.count().label("groups"))
    counted: Select[*tuple[object, ...]] = grouped.group_by(where, code, inner.c.copies)
    return counted


def doubt_copies(equal: pd.DataFrame, days: int, doubts: Doubts, *, column: str) -> None:
    """Note areas and codes with many more equal rows than chance.

    Parameters
    ----------
    equal
        ``area, offence, copies, groups`` of :func:`equal_rows`.
    days
        Days over which the reports fall.
    """
    said = []
    for (area, code), own in equal.groupby(["area", "offence"]):
        copies = own["copies"].to_numpy(dtype=float)
        groups = own["groups"].to_numpy(dtype=float)
        rows = float((copies * groups).sum())
        pairs = float((copies * (copies - 1) / 2 * groups).sum())
        expected = rows * (rows - 1) / 2 / max(1, days)
        limit = max(TIMES * expected, expected + SURE * np.sqrt(expected) + FEWEST)
        if pairs > limit:
            extra = int((groups * (copies - 1)).sum())
            most = int(copies.max())
            said.append((extra, f"{area} {code}: {extra} copies ({most} of one row)"))
    if said:
        ordered = [text for _, text in sorted(said, reverse=True)]
        doubts.add("rows-equal", column=column, rows=listed(ordered))
