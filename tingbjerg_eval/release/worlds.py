"""Other worlds: counts that would give the same tables, found by small moves from the true ones.

The finest cells are the reports of one part of the linked baskets, in one area and one quarter.
A move changes one hidden cell and makes up for it where a published sum asks for that: in
another quarter, in another area, in both, or in another part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

from tingbjerg_eval.disclosure.knowledge import Row, known_rows
from tingbjerg_eval.disclosure.published import CellId

World = np.ndarray
"""Reports by part, area and quarter."""
PARTNERS = 4
"""How many other areas are tried to make up for a change."""


@dataclass(frozen=True, eq=False)
class Units:
    """The finest cells of linked indicators and their true counts.

    ``parts`` are groups of offence codes that no indicator tells apart; ``members`` says for
    each indicator which parts it counts; ``roles`` numbers the areas' roles: treated,
    comparison, adjacent.
    """

    parts: tuple[frozenset[str], ...]
    members: Mapping[str, np.ndarray]
    areas: tuple[str, ...]
    quarters: tuple[str, ...]
    roles: np.ndarray
    windows: np.ndarray
    truth: World

    def mask(self, cell: CellId) -> np.ndarray:
        """Which units a published cell counts."""
        region = dict(cell[1])
        part = [not region.get("offence") or bool(one & set(region["offence"]))
                for one in self.parts]  # fmt: skip
        area = [name in region.get("area", self.areas) for name in self.areas]
        quarter = [name in region.get("quarter", self.quarters) for name in self.quarters]
        return np.array(part)[:, None, None] & np.array(area)[:, None] & np.array(quarter)

    def counts(self, world: World, indicator: str) -> np.ndarray:
        """Reports of an indicator by area and quarter."""
        return np.asarray(world[self.members[indicator]].sum(axis=0))


def units_of(
    incidents: pd.DataFrame,
    baskets: Mapping[str, Iterable[str]],
    panel: pd.DataFrame,
    *,
    roles: Mapping[str, int],
    windows: Sequence[tuple[str, ...]],
) -> Units:
    """The units of indicators that share codes, in the areas and quarters of ``panel``."""
    holders: dict[str, frozenset[str]] = {}
    for name, codes in baskets.items():
        for code in codes:
            holders[code] = holders.get(code, frozenset()) | {name}
    kinds = sorted(set(holders.values()), key=sorted)
    parts = tuple(frozenset(code for code, of in holders.items() if of == kind) for kind in kinds)
    areas, quarters = (tuple(dict.fromkeys(panel[name])) for name in ("area", "quarter"))
    index = pd.MultiIndex.from_product([areas, quarters], names=["area", "quarter"])
    truth = [
        incidents[incidents["offence"].isin(part)]
        .groupby(["area", "quarter"])["count"].sum().reindex(index, fill_value=0)
        .to_numpy(dtype=np.int64).reshape(len(areas), -1)
        for part in parts
    ]  # fmt: skip
    return Units(
        parts=parts,
        members={name: np.array([name in kind for kind in kinds]) for name in baskets},
        areas=areas,
        quarters=quarters,
        roles=np.array([roles.get(area, -1) for area in areas]),
        windows=np.array([[quarter in window for quarter in quarters] for window in windows]),
        truth=np.stack(truth),
    )


class Tables:
    """What published tables say of the units: ``low <= rows @ world <= high``."""

    def __init__(self, units: Units, reports: Sequence[Mapping[str, object]]):
        rows = [row for row in known_rows(reports) if self._on(units, row)]
        masks = [
            sum(factor * units.mask(cell) for cell, factor in row.terms).ravel()  # type: ignore[attr-defined]
            for row in rows
        ]
        every = np.array(masks, dtype=float).reshape(len(rows), units.truth.size)
        low, high = np.array([row.low for row in rows]), np.array([row.high for row in rows])
        sums = every @ units.truth.ravel()
        # What is told of other counts than today's (an edition since revised) binds nothing here.
        held = (sums >= low - 0.5) & (sums <= high + 0.5)
        once, at = np.unique(every[held], axis=0, return_inverse=True)
        self.rows = csr_array(once)
        self.low, self.high = np.full(len(once), -np.inf), np.full(len(once), np.inf)
        np.maximum.at(self.low, at.ravel(), low[held])
        np.minimum.at(self.high, at.ravel(), high[held])

    @staticmethod
    def _on(units: Units, row: Row) -> bool:
        known = set().union(*units.parts)
        return all(
            "@" not in cell[0] and set(dict(cell[1]).get("offence", known)) <= known
            for cell, _ in row.terms
        )

    def allow(self, world: World) -> bool:
        """Whether ``world`` gives the same published tables."""
        if world.min() < 0:
            return False
        sums = self.rows @ world.ravel()
        return bool((sums >= self.low - 1e-9).all() and (sums <= self.high + 1e-9).all())

    def nearest(self, mask: np.ndarray, value: int, truth: World) -> World | None:
        """The smallest change that makes the units of ``mask`` sum to ``value``, by a program.

        Only the areas of ``mask`` are changed; ``None`` where the tables do not allow it.
        """
        free = np.zeros(mask.shape, dtype=bool)
        free[:, mask.any(axis=(0, 2))] = True
        columns, start = np.flatnonzero(free), truth[free].astype(float)
        known, n = self.rows[:, columns], len(columns)
        shift = self.rows @ truth.ravel() - known @ start
        # Columns: what is added to each unit, and what is taken from it.
        both = vstack([known, csr_array(mask.ravel()[columns][None, :].astype(float))])
        rest = np.append(known @ start, mask.ravel()[columns] @ start)
        low = np.append(self.low - shift, value) - rest
        high = np.append(self.high - shift, value) - rest
        solved = milp(
            np.ones(2 * n),
            constraints=LinearConstraint(hstack([both, -both]), low, high),
            bounds=Bounds(0, np.concatenate([np.full(n, np.inf), start])),
            integrality=1,
            options={"time_limit": 1.0},
        )
        if solved.x is None:
            return None
        change = np.zeros(truth.size, dtype=np.int64)
        change[columns] = np.round(solved.x[:n] - solved.x[n:]).astype(np.int64)
        return change.reshape(truth.shape)


def moves(units: Units, mask: np.ndarray, by: int, world: World) -> Iterator[World]:
    """Changes that add ``by`` to the units of ``mask``, the plainest first.

    Less than a year is first made up for in time, which leaves the sums that most is made of.
    """
    orders = [_in_place(units, mask, by, world), _across_time(units, mask, by, world)]
    if mask.any(axis=(0, 1)).sum() < 4:
        orders.reverse()
    for order in orders:
        yield from order


def _in_place(units: Units, mask: np.ndarray, by: int, world: World) -> Iterator[World]:
    for alone in _shifts(mask, by, world, 3):
        yield alone
        yield from _made_up_in_parts(units, mask, alone)
        yield from _made_up_elsewhere(units, mask, alone)


def _across_time(units: Units, mask: np.ndarray, by: int, world: World) -> Iterator[World]:
    for within in _in_time(units, mask, by, world):
        yield within
        for other in _partners(units, within):
            yield within + _mirrored(within, other)


def _shifts(mask: np.ndarray, by: int, world: World, most: int) -> Iterator[World]:
    """``by`` added to single units of ``mask``, or taken from as many as it needs."""
    places = np.argwhere(mask)
    if by < 0:
        places = places[np.argsort(-world[mask], kind="stable")]
        if world[mask].sum() < -by:
            return
    for start in range(min(most, len(places))):
        change, left = np.zeros_like(world), by
        for place in map(tuple, np.roll(places, -start, axis=0)):
            step = left if left > 0 else -min(-left, world[place])
            change[place] += step
            left -= step
            if not left:
                break
        yield change


def _made_up_in_parts(units: Units, mask: np.ndarray, change: World) -> Iterator[World]:
    """The same places in another part of the baskets."""
    for part in range(len(units.parts)):
        if not mask[part].any():
            opposite = change.copy()
            opposite[part] -= change.sum(axis=0)
            yield opposite


def _made_up_elsewhere(units: Units, mask: np.ndarray, change: World) -> Iterator[World]:
    for other in _partners(units, change):
        if not mask[:, other].any():
            yield change + _mirrored(change, other)


def _in_time(units: Units, mask: np.ndarray, by: int, world: World) -> Iterator[World]:
    """Made up for in other quarters of the area: of its year, of its window, of any time."""
    for change in _shifts(mask, by, world, 4):
        part, area, quarter = (int(one[0]) for one in np.nonzero(change))
        for near in _times(units, quarter):
            rest = np.zeros_like(mask)
            rest[part, area] = near & ~mask[part, area]
            for back in _shifts(rest, -by, world, 2):
                yield change + back


def _times(units: Units, quarter: int) -> Iterator[np.ndarray]:
    yield np.array([one[:4] == units.quarters[quarter][:4] for one in units.quarters])
    for window in units.windows:
        if window[quarter]:
            yield window
    yield np.ones(len(units.quarters), dtype=bool)


def _partners(units: Units, change: World) -> list[int]:
    """Other areas of the same role, first those nearest in the list."""
    area = int(np.argwhere(change.any(axis=(0, 2)))[0][0])
    same = [at for at in range(len(units.areas)) if units.roles[at] == units.roles[area]]
    return sorted((at for at in same if at != area), key=lambda at: (at < area, at))[:PARTNERS]


def _mirrored(change: World, other: int) -> World:
    back = np.zeros_like(change)
    back[:, other] = -change.sum(axis=1)
    return back
