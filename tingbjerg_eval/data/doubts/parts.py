"""Totals among their parts: sums of other series, series that are one, running totals."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.gaps import compared_areas, crossed, series_by
from tingbjerg_eval.data.doubts.spelling import TOTALS
from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.headings import plain_text

FEWEST_CELLS = 6
"""Cells of different content in which a sum must hold before it is no chance."""
FEWEST_FIGURES = 3
"""The same of inhabitants, whose figures are large."""
MANY = 60
"""Series of a table that are tried as one another's parts."""
USUAL = 5.0
"""Mean of a cell from which equal cells are no chance: one in eight."""
SAME = 0.75
"""Share of equal cells from which two series are one that was pasted twice."""
MANY_REPORTS = 20.0
"""Mean of a cell from which equal quarters of one area are no chance."""
STEEP = 2.5
"""Times that a year's last quarter must exceed its first in a running total."""


def parts_of(table: pd.DataFrame, name: str, *, least: int = FEWEST_CELLS) -> tuple[str, ...]:
    """The rows of ``table`` that sum exactly to its row ``name``; none where there are not.

    A least-squares fit finds the only candidate (with no negative weight, where several sets of
    weights fit), whose weights are rounded to 0 and 1; it counts only if the sum is exact in every
    cell.
    """
    every = table.to_numpy(dtype=float)
    whole = every[table.index.get_loc(name)]
    others = (table.index != name) & (every <= whole).all(axis=1) & every.any(axis=1)
    if others.sum() < 2 or len(set(whole[whole > 0])) < least:
        return ()
    parts = every[others]
    for candidate in (np.ones(len(parts)), _rounded(parts, whole)):
        if candidate.sum() >= 2 and np.array_equal(candidate @ parts, whole):
            return tuple(map(str, table.index[others][candidate.astype(bool)]))
    return ()


def _rounded(parts: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The weights that fit best, as 0 and 1; their sign is free where only one set can fit."""
    free, _, rank, _ = np.linalg.lstsq(parts.T, whole, rcond=None)
    weights = free if rank == len(parts) else _positive(parts, whole)
    rounded: np.ndarray = np.clip(np.rint(weights), 0, 1)
    return rounded


def _positive(parts: np.ndarray, whole: np.ndarray) -> np.ndarray:
    from scipy.optimize import nnls  # a fifth of a second, and seldom needed

    try:
        weights: np.ndarray = nnls(parts.T, whole)[0]
    except RuntimeError:  # the fit did not settle: no exact sum
        return np.zeros(len(parts))
    return weights


def same_series(table: pd.DataFrame, *, least: int = FEWEST_CELLS) -> list[tuple[str, str, int]]:
    """Pairs of rows that are equal in nearly every cell, with the number of equal cells.

    A row all of whose figures have a divisor counts as equal to what it is a multiple of.
    """
    pairs = []
    rows = dict(zip(map(str, table.index), table.to_numpy().astype("int64"), strict=True))
    shares = {name: max(1, int(np.gcd.reduce(row))) for name, row in rows.items()}
    for (one, here), (other, there) in itertools.combinations(rows.items(), 2):
        filled = (here > 0) | (there > 0)
        equal = (here * shares[other] == there * shares[one]) & filled
        if equal.sum() < max(least, SAME * filled.sum()):
            continue
        if len(set(here[equal])) >= least - 1 and here[filled].mean() >= USUAL:
            pairs.append((one, other, int(equal.sum())))
    return pairs


def moved_series(table: pd.DataFrame) -> list[tuple[str, str, int, int]]:
    """Pairs of rows that lie one number apart in nearly every cell, with it and how many cells."""
    pairs = []
    rows = dict(zip(map(str, table.index), table.to_numpy().astype("int64"), strict=True))
    for (one, here), (other, there) in itertools.combinations(rows.items(), 2):
        apart, times = np.unique(here - there, return_counts=True)
        usual, equal = int(apart[times.argmax()]), int(times.max())
        if not usual or equal < max(FEWEST_CELLS, SAME * len(here)):
            continue
        different = len(set(here[here - there == usual])) >= FEWEST_CELLS - 1
        if different and min(here.mean(), there.mean()) >= USUAL:
            pairs.append((one, other, usual, equal))
    return pairs


def running_total(counts: np.ndarray, quarters: tuple[str, ...]) -> bool:
    """Whether a series counts on: within every year, or from its first quarter to its last."""
    if not counts.any() or len(counts) < 2 * 4:
        return False
    rising = (np.diff(counts) >= 0).all()
    if (
        rising
        and counts[-1] >= 2 * STEEP * max(1.0, counts[0])
        and len(set(counts)) > len(counts) / 2
    ):
        return True
    years = pd.Series(counts, index=list(quarters)).groupby(lambda one: one[:4])
    whole = np.array([year.to_numpy() for _, year in years if len(year) == 4])
    if len(whole) < 2 or (np.diff(whole, axis=1) < 0).any():
        return False
    return bool(whole[:, 3].sum() >= STEEP * max(1.0, whole[:, 0].sum()))


def doubt_parts(cells: pd.DataFrame, quarters: tuple[str, ...], doubts: Doubts) -> None:
    """Refuse areas and codes that hold others, are others, or count on through the year.

    ``cells`` has ``area, quarter, offence, count`` of every area that was delivered.
    """
    settings = doubts.settings
    codes = sorted({code for basket in basket_codes(settings).values() for code in basket})
    inside = cells[cells["quarter"].isin(quarters)]
    own = inside[inside["offence"].isin(codes)]
    areas = crossed(own, "area", ["quarter", "offence"])
    doubt_areas(areas, doubts)
    compared = [one for one in compared_areas(settings) if one in areas.index]
    for one, other, apart, equal in moved_series(areas.loc[compared]):
        doubts.add("area-moved-series", area=one, other=quoted(other), apart=f"{apart:+d}",
                   equal=str(equal), times=str(areas.shape[1]))  # fmt: skip
    _doubt_years(own, doubts)
    _doubt_codes(inside[inside["area"].isin(compared_areas(settings))], doubts)
    _doubt_running(own, quarters, doubts)


def doubt_areas(table: pd.DataFrame, doubts: Doubts, *, what: str = "area") -> None:
    """Refuse a compared area that is the sum of others or equal to another, in counts or people."""
    compared = [one for one in compared_areas(doubts.settings) if one in table.index]
    least = FEWEST_CELLS if what == "area" else FEWEST_FIGURES
    if len(table) > MANY:
        table = table.loc[compared]
    for area in compared:
        if parts := parts_of(table, area, least=least):
            doubts.add(f"{what}-holds-others", area=area, parts=listed([*map(quoted, parts)]),
                       number=str(len(parts)), times=str(table.shape[1]))  # fmt: skip
    for one, other, equal in same_series(table, least=least):
        if {one, other} & set(compared):
            doubts.add(f"{what}-same-series", area=one, other=quoted(other), equal=str(equal),
                       times=str(table.shape[1]))  # fmt: skip


def _doubt_codes(cells: pd.DataFrame, doubts: Doubts) -> None:
    """Only within a basket is a code counted twice."""
    for codes in basket_codes(doubts.settings).values():
        own = cells[cells["offence"].isin(codes)]
        table = crossed(own, "offence", ["area", "quarter"])
        for code in table.index:
            if parts := parts_of(table, code):
                doubts.add("code-holds-others", offence=code, parts=listed([*map(quoted, parts)]))
        for one, other, equal in same_series(table):
            doubts.add("code-same-series", offence=one, other=quoted(other), equal=str(equal),
                       times=str(table.shape[1]))  # fmt: skip


def _doubt_years(cells: pd.DataFrame, doubts: Doubts) -> None:
    """Note a year that may be pasted from another: in all areas, or with many reports in one."""
    parts = cells.assign(year=cells["quarter"].str[:4], part=cells["quarter"].str[5])
    if _add_years(crossed(parts, "year", ["area", "part", "offence"]), doubts, area=""):
        return
    years = pd.Index(sorted(parts["year"].unique()))
    for area in compared_areas(doubts.settings):
        rows = parts[(parts["area"] == area) & (parts["count"] > 0)]
        own = crossed(rows, "year", ["part", "offence"]).reindex(years, fill_value=0)
        if own.size and own.to_numpy().mean() >= MANY_REPORTS:
            _add_years(own, doubts, area=area)


def _add_years(table: pd.DataFrame, doubts: Doubts, *, area: str) -> bool:
    pairs = same_series(table)
    for one, other, equal in pairs:
        doubts.add("year-same-series", area=area, column="count", year=other, other=one,
                   who=area or "*", equal=str(equal), times=str(table.shape[1]))  # fmt: skip
    return bool(pairs)


def _doubt_running(cells: pd.DataFrame, quarters: tuple[str, ...], doubts: Doubts) -> None:
    totals = series_by(cells, "area", quarters, "quarter")
    everything = totals.sum().to_numpy()
    if running_total(everything, quarters):
        doubts.add("running-total", column="count", who="the areas together",
                   counts=listed([int(one) for one in everything], limit=8))  # fmt: skip
        return
    for area in compared_areas(doubts.settings):
        if area in totals.index and running_total(totals.loc[area].to_numpy(), quarters):
            doubts.add("running-total", area=area, who=area,
                       counts=listed([int(one) for one in totals.loc[area]], limit=8))  # fmt: skip


def doubt_summed(
    cells: pd.DataFrame, cell: list[str], columns: list[str], found: Findings, *, value: str
) -> None:
    """Refuse a value of a column that is summed over and is the sum of its other values.

    ``cells`` has the keys of a ``cell``, its ``value`` and ``columns``, a row per delivered row.
    """
    for column in columns:
        named = [one for one in cells[column].unique() if plain_text(one).casefold() in TOTALS]
        rest = [one for one in columns if one != column]
        table = crossed(cells, column, [*cell, *rest], value=value)
        totals = set(named) | {str(one) for one in table.index if parts_of(table, one)}
        same = {other for one, other, _ in same_series(table) if len(table) == 2}
        for total in sorted(totals | same if len(table) > 1 else set()):
            found.add("total-summed", column=column, value=quoted(total), others=listed(
                [quoted(str(one)) for one in table.index if one != total], limit=4))  # fmt: skip
