"""Other worlds: counts that a reader of the finished files cannot tell from the true ones.

A world is proposed for one hidden count at a time: another value of it, and of its neighbours in
time or of other areas what makes up for it. Nothing here is trusted: whether a world leads to the
same files is found by making them anew (:mod:`tingbjerg_eval.release.attack`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import eye_array, kron

Place = tuple[str, str]
"""An area and a quarter."""
Counts = Mapping[Place, int]


@dataclass(eq=False, kw_only=True)
class Hidden:
    """A hidden count: its place and the values that it was seen to have."""

    place: Place
    seen: set[int] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)


@dataclass(eq=False, kw_only=True)
class Block:
    """Counts of one class of codes that can make up for each other.

    Attributes
    ----------
    table, at
        The indicator, and the place of the class among its classes.
    areas, quarters
        What the block covers.
    truth
        The counts, areas by quarters.
    total
        Whether the sum of each area is told; where it is not each count is free but small.
    together
        Quarters whose sum over all areas is told as well.
    small
        Counts under it are hidden.
    hidden
        The hidden counts in it.
    """

    table: str
    at: int
    areas: tuple[str, ...]
    quarters: tuple[str, ...]
    truth: np.ndarray
    total: bool
    small: int
    together: tuple[tuple[str, ...], ...] = ()
    hidden: list[Hidden] = field(default_factory=list)

    def true(self, place: Place) -> int:
        """The true count of a place."""
        return int(self.truth[self.areas.index(place[0]), self.quarters.index(place[1])])

    def propose(self, one: Hidden, value: int) -> Counts | None:
        """The block with ``value`` for a hidden count; ``None`` where that cannot be."""
        row, column = self.areas.index(one.place[0]), self.quarters.index(one.place[1])
        make = self._table if self.together else self._series
        made = make(row, column, value)
        return None if made is None else self._counts(made)

    def _counts(self, made: np.ndarray) -> Counts:
        places = product(self.areas, self.quarters)
        return dict(zip(places, map(int, made.ravel()), strict=True))

    def _series(self, row: int, column: int, value: int) -> np.ndarray | None:
        """All else at the block's last quarter (or first, for the last one itself)."""
        made = self.truth.copy()
        own, total = np.zeros(len(self.quarters), dtype=int), int(self.truth[row].sum())
        last = len(own) - 1
        own[column] = value
        if self.total and column != last:
            own[last] = total - value
        elif self.total:
            own[0] = total - value
        made[row] = own
        return made if (own >= 0).all() else None

    def _table(self, row: int, column: int, value: int) -> np.ndarray | None:
        """A table with the same told sums, still with a small count."""
        swapped = self._swapped(row, column, value)
        return self._solved(row, column, value) if swapped is None else swapped

    def _swapped(self, row: int, column: int, value: int) -> np.ndarray | None:
        """What one count gains another of its quarter loses, and the other way round in another
        quarter."""
        more = value - int(self.truth[row, column])
        for other, beside in product(range(len(self.areas)), range(len(self.quarters))):
            if other != row and beside != column:
                made = self.truth.copy()
                made[row, column] = value
                made[other, beside] += more
                made[other, column] -= more
                made[row, beside] -= more
                if made.min() >= 0 and made.min() < self.small:
                    return made
        return None

    def _solved(self, row: int, column: int, value: int) -> np.ndarray | None:
        """Any such table, sought as an integer program."""
        shape, truth = self.truth.shape, self.truth.ravel().astype(float)
        at, low, high = row * shape[1] + column, np.zeros(truth.size), np.full(truth.size, np.inf)
        low[at] = high[at] = value
        for kept in np.flatnonzero(truth < self.small):
            if kept == at and value >= self.small:
                continue
            most = high.copy()
            most[kept] = min(most[kept], self.small - 1)
            solved = milp(np.where(truth > 0, -1e-3, 1e-3), constraints=self._told(truth),
                          bounds=Bounds(low, most), integrality=1)  # fmt: skip
            if solved.x is not None:
                made: np.ndarray = np.round(solved.x).astype(int).reshape(shape)
                return made
        return None

    def _told(self, truth: np.ndarray) -> list[LinearConstraint]:
        """The sums of areas, and of parts of the year over all areas."""
        rows, columns = self.truth.shape
        parts = np.array([[float(one in part) for one in self.quarters] for part in self.together])
        sums = [kron(eye_array(rows), np.ones((1, columns))), kron(np.ones((1, rows)), parts)]
        return [LinearConstraint(one, one @ truth, one @ truth) for one in sums]


def candidates(block: Block, one: Hidden) -> Iterator[int]:
    """Values that a hidden count may have, the likeliest to be possible first."""
    row, column = block.areas.index(one.place[0]), block.quarters.index(one.place[1])
    true, last = int(block.truth[row, column]), column == len(block.quarters) - 1
    total = int(block.truth[row].sum())
    joined = block.total and not block.together and last and len(block.quarters) > 1
    plain = range(total, total - block.small, -1) if joined else range(block.small)
    near = sorted(range(max(0, true - block.small), true + block.small + 1),
                  key=lambda value: abs(value - true))  # fmt: skip
    yield from dict.fromkeys([*plain, *near] if block.together else plain)


def hidden_in(block: Block, places: Sequence[Place]) -> list[Hidden]:
    """The hidden counts at ``places``, each seen with its true value."""
    counts = dict(zip(product(block.areas, block.quarters), block.truth.ravel(), strict=True))
    return [Hidden(place=place, seen={int(counts[place])}) for place in places]
