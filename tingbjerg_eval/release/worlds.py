"""Other worlds: counts that a reader of the finished files cannot tell from the true ones.

A world is proposed for one hidden count at a time: another value of it, and of its neighbours in
time or of other areas what makes up for it. Nothing here is trusted: whether a world leads to the
same files is found by making them anew (:mod:`tingbjerg_eval.release.attack`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import eye_array, kron

from tingbjerg_eval.release.search import Hidden

Place = tuple[str, str]
"""An area and a quarter."""
Counts = Mapping[Place, int]


@dataclass(eq=False, kw_only=True)
class CountBlock:
    """Counts of one class of codes, or of one theme, that can make up for each other.

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

    def hide(self, places: Iterable[Place]) -> None:
        """Count the ``places`` as hidden, each seen with its true value."""
        self.hidden = [
            Hidden(place=one, seen={self.true(one)}, ways=self._ways(one)) for one in places
        ]

    def differing(self, change: Counts) -> int:
        """How many hidden counts ``change`` moves; what each of them has then is noted."""
        for one in self.hidden:
            one.seen.add(change[one.place])
        return sum(change[one.place] != self.true(one.place) for one in self.hidden)

    def _ways(self, place: Place) -> Iterator[tuple[int, Counts]]:
        for value in self._candidates(place):
            if (counts := self._propose(place, value)) is not None:
                yield value, counts

    def _propose(self, place: Place, value: int) -> Counts | None:
        """The block with ``value`` at a place; ``None`` where that cannot be."""
        row, column = self.areas.index(place[0]), self.quarters.index(place[1])
        make = self._table if self.together else self._series
        made = make(row, column, value)
        return None if made is None else self._counts(made)

    def _candidates(self, place: Place) -> Iterable[int]:
        """Values that a hidden count may have, the likeliest to be possible first."""
        true, total = self.true(place), int(self.truth[self.areas.index(place[0])].sum())
        last = place[1] == self.quarters[-1]
        joined = self.total and not self.together and last and len(self.quarters) > 1
        plain = range(total, total - self.small, -1) if joined else range(self.small)
        near = sorted(range(max(0, true - self.small), true + self.small + 1),
                      key=lambda value: abs(value - true))  # fmt: skip
        return dict.fromkeys([*plain, *near] if self.together else plain)

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
        """A table with the same told sums, still with a small count, and the same quarters small
        for all areas together: these were joined to their neighbours."""
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
                if 0 <= made.min() < self.small and self._joins_alike(made):
                    return made
        return None

    def _joins_alike(self, made: np.ndarray) -> bool:
        small: np.ndarray = made.sum(axis=0) < self.small
        return bool((small == (self.truth.sum(axis=0) < self.small)).all())

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
        """The sums of areas, and of parts of the year over all areas; which of these are small."""
        rows, columns = self.truth.shape
        parts = np.array([[float(one in part) for one in self.quarters] for part in self.together])
        sums = [kron(eye_array(rows), np.ones((1, columns))), kron(np.ones((1, rows)), parts)]
        told = [LinearConstraint(one, one @ truth, one @ truth) for one in sums]
        small = self.truth.sum(axis=0) < self.small
        joins = LinearConstraint(
            kron(np.ones((1, rows)), eye_array(columns)),
            np.where(small, 0, self.small), np.where(small, self.small - 1, np.inf),
        )  # fmt: skip
        return [*told, joins]
