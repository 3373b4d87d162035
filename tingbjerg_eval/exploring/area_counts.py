"""Every area's counts as they may be looked at: what the study's last report releases of them.

Whatever is drawn or estimated while exploring rests on that table, so no choice of areas and
quarters, and no comparison of two choices, gives a hidden count away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.publication.merging import Cell
from tingbjerg_eval.publication.publication import Publication
from tingbjerg_eval.study.design import Window


@dataclass(frozen=True, kw_only=True, eq=False)
class AreaCounts:
    """The counts of one indicator that may be shown.

    Attributes
    ----------
    frame
        One row per area and quarter, the comparison areas together (``pooled``) among them:
        ``area, quarter, value, status, population``. Where only a longer time is told, each of
        its quarters has its even part; ``value`` is missing where nothing is told.
    pooled
        What the comparison areas together are called.
    released
        What it is read off; ``None`` where everything is shown.
    """

    frame: pd.DataFrame
    pooled: str
    indicator: str
    released: Publication | None = None

    def shows(self, area: str, window: Window) -> bool:
        """Whether the area's sum over ``window`` may be shown."""
        return self.released is None or self.released.shown(self.indicator, window, area=area)


def area_counts(study: Study, indicator: str, *, pooled: str) -> AreaCounts:
    """The counts of ``indicator``: the released ones of a study seen through its publication,
    the true ones, all of them, of any other."""
    population = _population(study, indicator, pooled)
    shown = study.released
    if isinstance(shown, Publication):
        found = shown.counts(indicator)
        rows = [row for area, cells in found.areas.items() for row in _rows(area, cells)]
        rows += _rows(pooled, found.together)
    else:
        shown, rows = None, _true_rows(study, indicator, pooled)
    told = pd.DataFrame(rows, columns=["area", "quarter", "value"])
    frame = population.merge(told, how="left", on=["area", "quarter"])
    status = frame["value"].notna().map({True: "shown", False: "hidden-secondary"})
    frame = frame.assign(status=status).sort_values(["area", "quarter"], ignore_index=True)
    return AreaCounts(frame=frame, pooled=pooled, indicator=indicator, released=shown)


def _rows(area: str, cells: Sequence[Cell]) -> list[tuple[str, str, float]]:
    return [
        (area, quarter, one.count / len(one.times))
        for one in cells if one.true for quarter in one.times
    ]  # fmt: skip


def _true_rows(study: Study, indicator: str, pooled: str) -> list[tuple[str, str, float]]:
    panel = study.panel(indicator)
    others = panel[panel["area"].isin(study.design.comparison)]
    together = others.groupby("quarter")["count"].sum().reset_index().assign(area=pooled)
    both = pd.concat([panel, together])[["area", "quarter", "count"]]
    return [(str(a), str(q), float(n)) for a, q, n in both.itertuples(index=False)]


def _population(study: Study, indicator: str, pooled: str) -> pd.DataFrame:
    panel = study.panel(indicator)
    others = panel[panel["area"].isin(study.design.comparison)]
    together = others.groupby("quarter", sort=True)["population"].sum().reset_index()
    own = panel[["area", "quarter", "population"]]
    return pd.concat([own, together.assign(area=pooled)], ignore_index=True)
