"""Rows that fall out of the reading, judged where they fall.

What falls out at random is lost everywhere alike and moves no comparison. What falls out of one
window, or of one area, does: so each reason's share is compared between baseline and period and,
where the area is known, between the treated area and the others. The shift that is stated is the
largest possible one: as if all that fell out beyond the even share were the treated area's.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.data.areas import is_unplaced
from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.gaps import compared_areas
from tingbjerg_eval.data.formats.findings import listed, quoted
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

LARGE = 0.05
"""A shift of the treated area's change, on the log scale, that can move a verdict."""
SURE = 3.3
"""Standard errors between two shares that are no chance: one in a thousand."""
UNEVEN = 1.5
"""Times that one share must be the other to be called different."""
CHANGED = 3.0
"""Times by which reports of an area outside the study may change between the windows."""
FEWEST = 40
Baskets = list[tuple[np.ndarray, np.ndarray, np.ndarray]]
"""Of each basket the reports of every row in baseline and in period, and which rows are the treated
areas'; only baskets of which those have reports in both."""


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Rows in baseline and period: those that fell out, all, and the treated area's."""

    lost: tuple[int, int]
    every: tuple[int, int]
    treated: tuple[int, int]

    @property
    def shares(self) -> tuple[float, float]:
        """The shares that fell out."""
        return share(self.lost[0], self.every[0]), share(self.lost[1], self.every[1])

    @property
    def shift(self) -> float:
        """The largest shift of the treated area's change that the difference could make."""
        before, after = self.shares
        if after >= before:
            return math.log1p((after - before) * self.every[1] / (self.treated[1] + 0.5))
        return math.log1p((before - after) * self.every[0] / (self.treated[0] + 0.5))

    @property
    def sure(self) -> bool:
        """Whether the two shares differ by more than chance, and visibly."""
        return differs(self.lost, self.every)


def share(part: int, whole: int) -> float:
    """``part`` of ``whole``; nothing of nothing is 0."""
    return part / whole if whole else 0.0


def differs(parts: tuple[int, int], wholes: tuple[int, int]) -> bool:
    """Whether two shares differ by more than chance (pooled standard error) and visibly."""
    if not all(wholes):
        return False
    one, other = share(parts[0], wholes[0]), share(parts[1], wholes[1])
    pooled = sum(parts) / sum(wholes)
    error = math.sqrt(pooled * (1 - pooled) * (1 / wholes[0] + 1 / wholes[1]))
    return abs(one - other) > SURE * error and max(one, other) > UNEVEN * min(one, other)


def doubt_losses(rows: pd.DataFrame, source: IncidentSource, doubts: Doubts) -> None:
    """Judge every way in which a row can fall out for want of its area.

    ``rows`` are counts by ``delivered`` (the area's text), ``area`` (of the study, or nothing),
    ``offence`` and ``quarter``.
    """
    settings = doubts.settings
    unplaced = rows["delivered"].map(lambda name: is_unplaced(name, source)).astype(bool)
    study = set(compared_areas(settings))
    outside = ~rows["area"].isin(study) & ~unplaced
    baskets = _baskets(rows, settings)
    if unplaced.any():
        _doubt_unplaced(rows, unplaced & ~rows["area"].isin(study), baskets, source, doubts)
    for name in sorted(rows.loc[outside, "delivered"].unique()):
        _doubt_ignored(name, rows["delivered"] == name, baskets, doubts)


def _doubt_unplaced(
    rows: pd.DataFrame, lost: pd.Series, baskets: Baskets, source: IncidentSource, doubts: Doubts
) -> None:
    blank, every = int(rows.loc[lost, "count"].sum()), int(rows["count"].sum())
    if not blank:
        return
    worst = max(_by_basket(lost, baskets), key=lambda one: one.shift * one.sure, default=None)
    column = source.columns.area or "area"
    fields = {
        "count": str(blank), "share": f"{100 * share(blank, every):.1f}",
        "limit": f"{100 * source.blank_area_limit:g}",
    } | shown(worst)  # fmt: skip
    if blank / every > source.blank_area_limit:
        doubts.add("area-blank-many", column=column, fields=fields)
    elif worst is not None and worst.sure and worst.shift >= LARGE:
        doubts.add("area-blank-uneven", column=column, fields=fields)
    else:
        doubts.add("area-blank", column=column, fields=fields)


def shown(windows: Windows | None) -> dict[str, str]:
    """Counts, shares and shift as texts."""
    if windows is None:
        windows = Windows(lost=(0, 0), every=(0, 0), treated=(0, 0))
    before, after = windows.shares
    return {
        "before": f"{100 * before:.1f}", "after": f"{100 * after:.1f}",
        "lost_before": str(windows.lost[0]), "lost_after": str(windows.lost[1]),
        "shift": f"{100 * math.expm1(windows.shift):.0f}",
    }  # fmt: skip


def _baskets(rows: pd.DataFrame, settings: StudySettings) -> Baskets:
    spans = quarter_range(*settings.periods.baseline), settings.period_quarters
    inside = [rows["quarter"].isin(span).to_numpy() for span in spans]
    treated = rows["area"].isin(settings.areas.with_effort).to_numpy()
    found = []
    for codes in basket_codes(settings).values():
        own = rows["count"].to_numpy() * rows["offence"].isin(codes).to_numpy()
        before, after = (own * one for one in inside)
        if before[treated].any() and after[treated].any():
            found.append((before, after, treated))
    return found


def _by_basket(lost: pd.Series, baskets: Baskets) -> list[Windows]:
    there = lost.to_numpy()
    return [
        Windows(
            lost=(int(before[there].sum()), int(after[there].sum())),
            every=(int(before.sum()), int(after.sum())),
            treated=(int(before[treated].sum()), int(after[treated].sum())),
        )
        for before, after, treated in baskets
    ]


def _doubt_ignored(name: str, lost: pd.Series, baskets: Baskets, doubts: Doubts) -> None:
    """An area outside the study that appears or vanishes with the effort may hold its reports."""
    for one in _by_basket(lost, baskets):
        before, after = one.shares
        excess = abs(after - before) * one.every[after >= before]
        ratio = (max(before, after) + 1e-9) / (min(before, after) + 1e-9)
        if one.sure and one.shift >= LARGE and excess >= FEWEST and ratio >= CHANGED:
            doubts.add("area-appears", area=name, fields=shown(one))
            return


def doubt_only(kept: pd.DataFrame, every: pd.DataFrame, doubts: Doubts) -> None:
    """Refuse rows that ``only`` leaves out of the treated area's windows unlike the others'.

    ``kept`` and ``every`` count reports by ``area``, ``quarter`` and ``offence``, with ``only``
    and without it.
    """
    settings = doubts.settings
    for codes in basket_codes(settings).values():
        parts, shift = [], 0.0
        for effort in (True, False):
            sums = [_windows(one, codes, settings, effort=effort) for one in (kept, every)]
            if not all(map(all, sums)):
                return
            shares = [share(*pair) for pair in zip(*sums, strict=True)]
            shift += (1 if effort else -1) * math.log(shares[1] / shares[0])
            parts.append((sums[1][0] - sums[0][0], sums[1][1] - sums[0][1], *sums[1]))
        before, after, *wholes = parts[0]
        if abs(shift) >= LARGE and differs((before, after), (wholes[0], wholes[1])):
            doubts.add(
                "only-uneven", column="only", lost_before=str(before), lost_after=str(after),
                before=f"{100 * share(before, wholes[0]):.1f}",
                after=f"{100 * share(after, wholes[1]):.1f}",
                shift=f"{100 * math.expm1(abs(shift)):.0f}",
            )  # fmt: skip
            return


def _windows(
    cells: pd.DataFrame, codes: Collection[str], settings: StudySettings, *, effort: bool
) -> tuple[int, int]:
    """Reports in baseline and period, of the areas with an effort or of the others."""
    own = cells[cells["offence"].isin(codes) & cells["area"].isin(compared_areas(settings))]
    own = own[own["area"].isin(settings.areas.with_effort) == effort]
    spans = quarter_range(*settings.periods.baseline), settings.period_quarters
    before, after = (int(own.loc[own["quarter"].isin(one), "count"].sum()) for one in spans)
    return before, after


def doubt_outside(
    rows: pd.DataFrame,
    within: pd.Series,
    source: IncidentSource,
    doubts: Doubts,
) -> None:
    """Judge the rows dated outside the coverage: their share of the treated area and of others."""
    outside = rows[~within]
    count, every = int(outside["count"].sum()), int(rows["count"].sum())
    if not count:
        return
    settings = doubts.settings
    compared = compared_areas(settings)
    codes = {code for basket in basket_codes(settings).values() for code in basket}
    own = rows[rows["area"].isin(compared) & rows["offence"].isin(codes)]
    treated = own["area"].isin(settings.areas.with_effort).to_numpy()
    lost = ~within.loc[own.index].to_numpy()
    counts = own["count"].to_numpy()

    def total(of: object) -> int:
        return int(counts[of].sum())

    parts = total(treated & lost), total(~treated & lost)
    wholes = total(treated), total(~treated)
    period = own["quarter"].isin(settings.period_quarters).to_numpy()
    kept = [max(1, total(~lost & one & period)) for one in (treated, ~treated)]
    shift = abs(math.log1p(parts[0] / kept[0]) - math.log1p(parts[1] / kept[1]))
    coverage, headings = given(source.coverage), source.headings()
    fields = {
        "count": str(count), "share": f"{100 * share(count, every):.1f}",
        "times": listed(sorted(outside["quarter"].unique())),
        "treated": f"{100 * share(parts[0], wholes[0]):.1f}",
        "others": f"{100 * share(parts[1], wholes[1]):.1f}",
        "shift": f"{100 * math.expm1(shift):.0f}", "first": str(coverage.first),
        "last": str(coverage.last),
    }  # fmt: skip
    uneven = differs(parts, wholes) and shift >= LARGE
    doubts.add(
        "outside-coverage-uneven" if uneven else "outside-coverage",
        column=headings.get("date") or headings.get("quarter") or "coverage", fields=fields,
    )  # fmt: skip


def doubt_stand_ins(days: Mapping[dt.date, int], source: IncidentSource, doubts: Doubts) -> None:
    """Refuse many reports on one day outside the coverage: a stand-in for dates not known."""
    coverage = given(source.coverage)
    first, last = coverage.first, coverage.last
    inside = [n for day, n in days.items() if first <= day <= last]
    outside = {day: n for day, n in days.items() if not first <= day <= last}
    usual = sum(inside) / max(1, (last - first).days)
    piled = {day: n for day, n in outside.items() if n >= 20 and n >= 10 * usual}
    every = sum(days.values())
    if every and sum(piled.values()) / every > source.blank_area_limit:
        doubts.add(
            "date-stand-in", column=source.headings().get("date", ""),
            days=listed([f"{day}: {n}" for day, n in sorted(piled.items())]),
            share=f"{100 * sum(piled.values()) / every:.1f}",
            limit=f"{100 * source.blank_area_limit:g}",
        )  # fmt: skip


def ignored_counts(rows: pd.DataFrame, names: set[str]) -> str:
    """Names of areas outside the study with their reports, the largest first."""
    counts = rows[rows["delivered"].isin(names)].groupby("delivered")["count"].sum()
    ordered = counts.sort_values(ascending=False)
    return listed([f"{quoted(str(name))}: {n}" for name, n in ordered.items()], limit=10)
