"""Which cells to hide so that no hidden cell can be worked out.

Cells under the threshold are hidden first. Others are then hidden with them: for each cell
that could be bounded too narrowly a linear program finds the cheapest change of the table
that leaves every shown number as it is and moves the cell as far as it must be able to move;
what the change touches is hidden (the linear relaxation of the cell suppression problem,
Kelly, Golden & Assad 1992; Fischetti & Salazar 2001). Hidden cells cost nothing, so later
programs reuse them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array, csr_array, eye_array, hstack

from tingbjerg_eval.disclosure.published import CellId
from tingbjerg_eval.disclosure.system import holds_another, incidence, parts
from tingbjerg_eval.inputs.errors import DisclosureStop

Marks = np.ndarray
"""Cell by cell whether something is so."""

VALUES = 5
"""How many possible values a hidden cell must keep."""
MOVED = 1e-6
CELLS_PER_TARGET = 150
MOST_TARGETS = 12
"""One program moves one waiting cell for so many cells of the part, and at most so many: few
at a time hide less, many at a time are faster."""
NUDGE = 1e-3
"""What moving a waiting cell by one is worth; hiding another for it costs at least 1."""
TOTAL_WORTH = 4.0
"""How many times an inner cell a total is worth."""


class CannotProtect(DisclosureStop, ValueError):
    """No choice of hidden cells protects these; what was published earlier gives them away."""

    def __init__(self, cells: Sequence[CellId]):
        self.cells = tuple(cells)
        super().__init__(
            f"{len(self.cells)} cells under the threshold can be worked out whatever is hidden "
            "now, from earlier reports or from totals that were given as shown; leave the table "
            "out, or merge groups or quarters"
        )


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The policy: the threshold, whether zeros are shown, and the signs a reader sees.

    With ``signs="two"`` small cells carry their own sign ("under 5"), so the reader knows
    that they are 0 to 4 and that an inner cell withheld without that sign is not. With
    ``"one"`` every hidden cell carries the same sign.
    """

    threshold: int = 5
    zeros: str = "hidden"
    signs: str = "two"

    @property
    def needed(self) -> int:
        return min(VALUES, self.threshold) if self.signs == "two" else VALUES

    @property
    def least(self) -> int:
        """What a hidden cell is at least: not zero where zeros are shown."""
        return 1 if self.zeros == "shown" else 0

    def small(self, values: np.ndarray) -> np.ndarray:
        return (values >= self.least) & (values < self.threshold)


@dataclass(frozen=True, kw_only=True)
class Cells:
    """All linked cells: what they count, their values and worth, and what readers know already.

    ``values`` is missing for cells that only earlier reports published. ``low`` and ``high``
    are the range an earlier report gave (0 and infinity where none did), ``low_inner`` what a
    reader takes as the least of a cell that was withheld and turns out not to be a total.
    ``hidden_before`` stay hidden; ``shown_before`` cannot be hidden any more.
    """

    ids: Sequence[CellId]
    values: np.ndarray
    worth: np.ndarray
    low: np.ndarray
    high: np.ndarray
    low_inner: np.ndarray
    hidden_before: np.ndarray
    shown_before: np.ndarray

    def some(self, rows: np.ndarray) -> Cells:
        """The cells of these rows."""
        own = {name: of[rows] for name, of in vars(self).items() if name != "ids"}
        return Cells(ids=[self.ids[row] for row in rows], **own)


class Disagree(ValueError):
    """Earlier reports and the present figures cannot be true of one table."""


def hide(cells: Cells, rules: Rules) -> tuple[np.ndarray, np.ndarray]:
    """Which cells are hidden, and which of them are totals.

    Raises :class:`CannotProtect`, or :class:`Disagree` where no table agrees with what was
    published earlier and what would be shown now.
    """
    units = incidence(cells.ids)
    totals = holds_another(units)
    hidden = cells.hidden_before | rules.small(np.nan_to_num(cells.values, nan=-1.0))
    for rows in parts(units):
        known = np.isnan(cells.values[rows]).any() or cells.shown_before[rows].any()
        if hidden[rows].any() and (len(rows) > 1 or known):
            own = units[rows]
            own = own[:, np.flatnonzero(own.sum(axis=0))]
            part = _Part(own, cells.some(rows), rules, totals[rows], hidden[rows])
            hidden[rows] = part.protect()
    return hidden, totals


class _Part:
    """One set of linked cells, and the program that finds what to hide with them."""

    def __init__(self, units: csr_array, cells: Cells, rules: Rules, totals: Marks, hidden: Marks):
        self.units, self.cells, self.rules, self.totals = units, cells, rules, totals
        self.hidden, self.values = hidden.copy(), cells.values
        self.only_before = np.isnan(cells.values)
        self.cost = _cost(cells.worth, self.values, totals)
        self.floor, self.ceiling = self._reader_knows()
        self.start = self._start()
        self.lowest, self.highest = self.start, self.start
        self.programs = 0
        n = len(self.values)
        self.matrix = _sums(hstack([units, -eye_array(n), eye_array(n)]))

    def _start(self) -> np.ndarray:
        """A table that readers hold possible: the true one, if nothing was published before."""
        if not self.only_before.any() and (self.cells.high == np.inf).all():
            return self.values
        units = _solve(_sums(self.units), *self._limits())
        if units is None:
            raise Disagree
        start: np.ndarray = self.units @ units
        return start

    def _limits(self) -> tuple[np.ndarray, np.ndarray]:
        """What readers know of each cell, given what is hidden now."""
        free = self.hidden | self.only_before
        low, high = (
            np.where(free, self.floor, self.values),
            np.where(free, self.ceiling, self.values),
        )
        return low, high

    def _reader_knows(self) -> tuple[np.ndarray, np.ndarray]:
        """The range the sign of each cell would give, were it hidden."""
        cells, rules = self.cells, self.rules
        floor = np.full(len(self.values), float(rules.least))
        ceiling = np.full(len(self.values), np.inf)
        inner = ~self.totals & ~self.only_before
        if rules.signs == "two":
            small = inner & (self.values < rules.threshold)
            floor[inner & ~small] = rules.threshold
            ceiling[small] = rules.threshold - 1
        floor[~self.totals] = np.maximum(floor, cells.low_inner)[~self.totals]
        floor[self.only_before & self.totals] = 0
        return np.maximum(floor, cells.low), np.minimum(ceiling, cells.high)

    def protect(self) -> np.ndarray:
        """Hide until no hidden cell is too narrow; says which cells are hidden."""
        tried: set[int] = set()
        while waiting := self._too_narrow(tried):
            some = waiting[:: -(-len(waiting) // self._together())]
            if len(some) > 1:
                self._widen_together(some)
            for cell in some:
                self._widen(cell)
            tried.update(some)
        if left := self._too_narrow(set()):
            raise CannotProtect([self.cells.ids[cell] for cell in left])
        return self.hidden

    def _too_narrow(self, tried: set[int]) -> list[int]:
        """Hidden cells with too few values, the smallest first."""
        found = [int(cell) for cell in np.flatnonzero(self.hidden) if self._narrow(int(cell))]
        return sorted(set(found) - tried, key=lambda cell: (self.start[cell], cell))

    def _narrow(self, cell: int) -> bool:
        low, high = self.lowest[cell], self.highest[cell]
        return bool(np.floor(high + MOVED) - np.ceil(low - MOVED) + 1 < self.rules.needed)

    def _together(self) -> int:
        return max(1, min(MOST_TARGETS, len(self.values) // CELLS_PER_TARGET))

    def _widen_together(self, cells: Sequence[int]) -> None:
        """Move several cells at once, every other one up, then all the other way."""
        able = [cell for cell in cells if self._windows(cell)]
        windows = [self._windows(cell)[0] for cell in able]
        for up in (0, 1):
            ends = [window[(at + up) % 2] for at, window in enumerate(windows)]
            self._move(able, ends)

    def _widen(self, cell: int) -> None:
        for low, high in self._windows(cell):
            if self._narrow(cell):
                self._reach(cell, high)
                self._reach(cell, low)

    def _reach(self, cell: int, target: float) -> None:
        if not self.lowest[cell] - MOVED <= target <= self.highest[cell] + MOVED:
            self._move([cell], [target])

    def _windows(self, cell: int) -> list[tuple[float, float]]:
        """Ranges of enough values around the start that the sign allows, the best one first."""
        wide, value = self.rules.needed - 1, self.start[cell]
        floor, ceiling = self.floor[cell], self.ceiling[cell]
        lows = [value - below for below in (0, wide, *range(1, wide))]
        if value < self.rules.threshold:
            lows.insert(0, min(np.floor(value) - wide // 2, self.rules.threshold - 1 - wide))
        lows = [max(low, floor) for low in lows]
        return [(low, low + wide) for low in lows if low + wide <= ceiling]

    def _move(self, cells: list[int], targets: list[float]) -> None:
        answer = self._cheapest(cells, targets)
        if answer is None:
            return
        units, up, down = np.split(answer, np.cumsum([self.units.shape[1], len(self.values)]))
        self.hidden |= up + down > MOVED
        reached = self.units @ units
        self.lowest = np.minimum(self.lowest, reached)
        self.highest = np.maximum(self.highest, reached)

    def _cheapest(self, cells: list[int], targets: list[float]) -> np.ndarray | None:
        """The cheapest table with these ``cells`` at ``targets``: units, cells up, cells down."""
        low, high = self._limits()
        low[cells] = high[cells] = targets
        up, down = self._may_change()
        units = np.full(self.units.shape[1], _far(self.start))
        costs = np.concatenate([self._nudge(), self.cost, self.cost])
        return _solve(self.matrix, low, high, costs=costs, upper=np.concatenate([units, up, down]))

    def _nudge(self) -> np.ndarray:
        """A pull on the other cells that are still too narrow, too weak to hide anything."""
        narrow = np.array(self._too_narrow(set()), dtype=int)
        self.programs += 1
        pull = np.random.default_rng(self.programs).choice([-NUDGE, NUDGE], len(narrow))
        nudge: np.ndarray = pull @ self.units[narrow]
        return nudge

    def _may_change(self) -> tuple[np.ndarray, np.ndarray]:
        """How far each shown cell could rise and fall, were it hidden."""
        fixed = self.hidden | self.only_before | self.cells.shown_before
        fixed = fixed | (self.values < self.rules.least)
        up = np.where(fixed, 0.0, np.inf)
        return up, np.where(fixed, 0.0, np.maximum(self.values - self.floor, 0.0))


def _sums(rows: csr_array) -> csc_array:
    """``rows`` with the sums as variables of their own, so that only bounds differ between
    programs."""
    return hstack([rows, -eye_array(rows.shape[0])], format="csc")


def _solve(
    sums: csc_array,
    low: np.ndarray,
    high: np.ndarray,
    *,
    costs: np.ndarray | None = None,
    upper: np.ndarray | None = None,
) -> np.ndarray | None:
    """Cheapest nonnegative ``x`` with its sums between ``low`` and ``high``; None without one."""
    n = len(low)
    size = sums.shape[1] - n
    costs = np.zeros(size) if costs is None else costs
    upper = np.full(size, np.inf) if upper is None else upper
    found = linprog(
        np.concatenate([costs, np.zeros(n)]),
        A_eq=sums,
        b_eq=np.zeros(n),
        bounds=np.column_stack([np.append(np.zeros(size), low), np.append(upper, high)]),
        method="highs-ds",
    )
    return found.x[:size] if found.x is not None else None


def _far(values: np.ndarray) -> float:
    """Above any sum of published cells, so that no unit is without a bound."""
    return float(10 * values.max(initial=100) + 1000)


def _cost(worth: np.ndarray, values: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """The price of moving a shown cell by one: worth more when it is large, and as a total."""
    size = 1 + np.log1p(np.nan_to_num(values))
    cost: np.ndarray = worth * size * np.where(totals, TOTAL_WORTH, 1.0)
    return cost
