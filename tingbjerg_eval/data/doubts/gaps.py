"""Holes: stretches without reports where the series itself lets many be expected.

Reports that come independently fail to come with probability exp(-expected), so that 40 expected
and none delivered is not chance. A series' level is a median, which neither an outbreak nor the
hole itself moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.doubts.declared import Doubts, span
from tingbjerg_eval.data.formats.findings import listed
from tingbjerg_eval.study.settings import StudySettings

IMPOSSIBLE = 40.0
"""Reports to be expected where none are: refused."""
NEAR = 4
"""Filled times on each side that may lower the level, as in a series that dies out."""
TRACE = 0.05
"""Share of the level up to which a time counts as empty: a few rows are left of it."""
SPARSE = 1 / 3
"""Share of filled times below which a series is taken for an outbreak, not for full of holes."""


CERTAIN = 20.0
"""Reports to be expected in a stretch from which its emptiness is no chance: exp(-20)."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Empty times in succession, how many reports were expected in them and how many came."""

    first: int
    last: int
    expected: float
    count: int


def empty_stretches(
    counts: np.ndarray, share: np.ndarray | None = None, *, steady: bool = False
) -> Iterator[Stretch]:
    """Every stretch of nearly empty times in ``counts``, with what was to be expected there.

    Parameters
    ----------
    counts
        Reports by time, in order.
    share
        How much of its level the series can be expected to have at each time, at most 1: what
        the other areas had. All of it where nothing is given.
    steady
        Whether few filled times are holes rather than an outbreak: of a whole table.
    """
    filled = counts[counts > 0]
    if not len(filled):
        return
    empty = counts <= TRACE * np.median(filled)
    share = np.ones(len(counts)) if share is None else np.minimum(share, 1.0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], empty.astype(int), [0]])))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        level = _level(counts, empty, int(first), int(end), steady=steady)
        expected = float(level * share[first:end].sum())
        count = int(counts[first:end].sum())
        yield Stretch(first=int(first), last=int(end) - 1, expected=expected, count=count)


def _level(counts: np.ndarray, empty: np.ndarray, first: int, end: int, *, steady: bool) -> float:
    """The median of the filled times, or of those near the stretch where they are lower."""
    outside = np.concatenate([counts[:first], counts[end:]])
    filled = np.flatnonzero(~empty)
    if not steady and len(filled) < SPARSE * len(counts):
        return float(np.median(outside)) if len(outside) else 0.0
    before, after = filled[filled < first][-NEAR:], filled[filled >= end][:NEAR]
    levels = [float(np.median(counts[near])) for near in (before, after) if len(near)]
    return min(float(np.median(counts[filled])), max(levels))


def series_by(cells: pd.DataFrame, by: str, times: tuple[str, ...], time: str) -> pd.DataFrame:
    """Reports by ``by`` (rows) and time (columns); 0 where there is no row."""
    columns = pd.Index(times)
    return _summed(cells, by, columns, columns.get_indexer(cells[time]), "count")


def crossed(
    cells: pd.DataFrame, by: str, columns: list[str], *, value: str = "count"
) -> pd.DataFrame:
    """Sums of ``value`` by ``by`` (rows) and what there is of ``columns``; 0 where nothing is."""
    groups = cells.groupby(columns)
    at = groups.ngroup().fillna(-1).to_numpy(dtype=int)
    return _summed(cells, by, pd.RangeIndex(groups.ngroups), at, value)


def _summed(
    cells: pd.DataFrame, by: str, columns: pd.Index, at: np.ndarray, value: str
) -> pd.DataFrame:
    """Sums by ``by`` and the place ``at`` of each cell among the ``columns``."""
    rows, names = pd.factorize(cells[by], sort=True)
    inside = (rows >= 0) & (at >= 0)
    place = rows[inside] * len(columns) + at[inside]
    values, size = cells[value].to_numpy(dtype=float)[inside], len(names) * len(columns)
    sums = np.bincount(place, weights=values, minlength=size).reshape(len(names), len(columns))
    return pd.DataFrame(sums, index=pd.Index(names, name=by), columns=columns)


def compared_areas(settings: StudySettings) -> tuple[str, ...]:
    """The areas whose figures answer the study's questions."""
    areas = settings.areas
    return (*areas.with_effort, *areas.comparison, *areas.adjacent)


def doubt_gaps(cells: pd.DataFrame, quarters: tuple[str, ...], doubts: Doubts) -> None:
    """Refuse impossible holes in the table, in an area, in a code, and of one kind in an area."""
    settings = doubts.settings
    inside = cells[cells["quarter"].isin(quarters) & cells["area"].isin(compared_areas(settings))]
    table = series_by(inside.assign(table="all"), "table", quarters, "quarter")
    if not table.to_numpy().any():
        return
    for stretch in _impossible(empty_stretches(table.iloc[0].to_numpy(), steady=True)):
        _add("gap-table", stretch, quarters, doubts)
    told = _doubt_areas(inside, quarters, doubts, offences=(), told=set())
    for codes in map(tuple, basket_codes(settings).values()):
        own = inside[inside["offence"].isin(codes)]
        _doubt_areas(own, quarters, doubts, offences=codes, told=told)
    _doubt_codes(inside, quarters, doubts)


def _doubt_areas(
    cells: pd.DataFrame,
    quarters: tuple[str, ...],
    doubts: Doubts,
    *,
    offences: tuple[str, ...],
    told: set[str],
) -> set[str]:
    """Holes of single areas; those in ``told`` were said already. Returns all areas with one."""
    totals = series_by(cells, "area", quarters, "quarter")
    holes, everything = set(told), totals.sum().to_numpy()
    for area in compared_areas(doubts.settings):
        if area not in totals.index or not totals.loc[area].any():
            if not offences:
                doubts.found.add("area-zero", column=area, found="0 reports in every quarter")
            continue
        if area in told:
            continue
        counts = totals.loc[area].to_numpy()
        code = "gap-offence-area" if offences else "gap-area"
        for stretch in _impossible(empty_stretches(counts, share_of(everything - counts))):
            if _add(code, stretch, quarters, doubts, area=area, offences=offences):
                holes.add(area)
    return holes


def share_of(others: np.ndarray) -> np.ndarray:
    """Each time's share of the usual; 1 throughout where there is nothing to compare with."""
    filled = others[others > 0]
    return others / np.median(filled) if len(filled) else np.ones(len(others))


def _doubt_codes(cells: pd.DataFrame, quarters: tuple[str, ...], doubts: Doubts) -> None:
    settings = doubts.settings
    totals = series_by(cells, "offence", quarters, "quarter")
    broken = {code for one in settings.breaks if one.table == "incidents" for code in one.offences}
    used = sorted({code for codes in basket_codes(settings).values() for code in codes})
    everything = share_of(totals.sum().to_numpy())
    for code in used:
        if code not in totals.index or code in broken:
            continue
        counts = totals.loc[code].to_numpy()
        usual = np.minimum(_seasonal(counts, quarters), everything)
        for stretch in _impossible(empty_stretches(counts, usual)):
            _add("gap-offence", stretch, quarters, doubts, offences=(code,))
    if broken & set(used):
        doubts.found.add("offence-break", found=listed(sorted(broken & set(used))))


def _impossible(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The stretches that no chance leaves empty, by themselves or several together."""
    certain = [one for one in stretches if one.expected >= CERTAIN]
    return certain if sum(one.expected for one in certain) >= IMPOSSIBLE else []


def _seasonal(counts: np.ndarray, quarters: tuple[str, ...]) -> np.ndarray:
    """What other years had in the same quarter, as a share of the level: fireworks in summer."""
    filled = counts[counts > 0]
    parts = np.array([quarter[-1] for quarter in quarters])
    shares = np.ones(len(counts))
    for number in range(len(counts)):
        same = parts == parts[number]
        same[number] = False
        if same.sum() >= 2 and len(filled):
            shares[number] = np.median(counts[same]) / np.median(filled)
    return shares


def _add(
    code: str,
    stretch: Stretch,
    quarters: tuple[str, ...],
    doubts: Doubts,
    *,
    area: str = "",
    offences: tuple[str, ...] = (),
) -> bool:
    there = quarters[stretch.first : stretch.last + 1]
    offence = ", ".join(offences)
    if all(doubts.declared(area, offences, quarter) for quarter in there):
        reason = doubts.reason(area, offences, there[0])
        doubts.found.add("gap-declared", column=area or offence, quarters=span(there),
                         reason=reason)  # fmt: skip
        return False
    doubts.add(
        code, area=area, offence=offence, quarters=there, expected=f"{stretch.expected:.0f}",
        count=str(stretch.count), first=there[0], last=there[-1],
    )  # fmt: skip
    return True
