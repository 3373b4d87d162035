"""The attacker: what can a reader work out from everything that is published?

It knows only what the reports say (:mod:`tingbjerg_eval.disclosure.published`), writes each
shown number, each sign and each rounded rate as a line of a linear program over the finest
units, and asks for the smallest and the largest value every hidden cell can have
(Fischetti & Salazar 2001, the attacker's subproblems). It shares no code with the part that
chooses what to hide, so that an error there cannot hide itself here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

from tingbjerg_eval.disclosure.knowledge import Asked, asked_cells, known_rows, matrix_of, units_of
from tingbjerg_eval.disclosure.published import CellId, rename_edition, separate_revisions

TOLERANCE = 1e-6
WORTHWHILE = 4
"""As long as one program for all open cells settles this many, single cells need not be asked."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One published thing that must not be handed over; it never holds a hidden value."""

    table: str
    cell: str
    reason: str

    def __str__(self) -> str:
        return f"{self.table}, {self.cell}: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class AuditResult:
    """What the attacker found: no ``findings`` means that every hidden cell stays hidden.

    ``checked`` counts the hidden cells, ``programs`` the linear programs solved, ``notes``
    says what was taken as not linked, such as an earlier report whose figures were revised.
    """

    findings: tuple[Finding, ...]
    checked: int
    programs: int
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.findings


def audit(
    published: Mapping[str, Any],
    *,
    earlier: Sequence[Mapping[str, Any]] = (),
    values: int = 5,
) -> AuditResult:
    """Bound every hidden cell of ``published`` and of the ``earlier`` reports.

    A cell is a finding where fewer than ``values`` whole numbers are left for it (where the
    sign itself leaves fewer, as "under 3" does, fewer than that).
    Figures of earlier reports that were revised since are taken as numbers of their own; an
    earlier report that cannot be reconciled at all is attacked on its own and noted.
    """
    notes: list[str] = []
    linked = list(separate_revisions(earlier, published))
    attack = _Attack([*linked, published], values=values)
    if linked and not attack.possible():
        apart = [rename_edition(report) for report in earlier]
        notes.append("earlier reports contradict the present figures and were not linked to them")
        attack = _Attack([*apart, published], values=values)
    attack.programs = 0
    findings = attack.findings()
    return AuditResult(
        findings=tuple(findings),
        checked=len(attack.asked),
        programs=attack.programs,
        notes=tuple(notes),
    )


def bounds(
    published: Mapping[str, Any], *, earlier: Sequence[Mapping[str, Any]] = ()
) -> dict[CellId, tuple[float, float]]:
    """Smallest and largest value of every hidden cell, each by its own pair of programs."""
    attack = _Attack([*separate_revisions(earlier, published), published], values=10**9)
    attack.findings()
    rows = {asked.cell: attack.cell_row[asked.cell] for asked in attack.asked}
    return {cell: (attack.lowest[row], attack.highest[row]) for cell, row in rows.items()}


class _Attack:
    """The linear program over all reports, split into parts that do not touch."""

    def __init__(self, reports: Sequence[Mapping[str, Any]], *, values: int):
        self.programs = 0
        rows = list(dict.fromkeys(known_rows(reports)))  # most is said again by every report
        self.asked = list(dict.fromkeys(asked_cells(reports, values=values)))
        cells = list(dict.fromkeys(cell for row in rows for cell, _ in row.terms))
        self.cell_row = {cell: at for at, cell in enumerate(cells)}
        self.units_of = units_of(cells)
        self.knowledge = matrix_of(rows, self.cell_row) @ self.units_of
        self.low = np.array([row.low for row in rows], dtype=float)
        self.high = np.array([row.high for row in rows], dtype=float)
        self.lowest = np.full(len(cells), np.inf)
        self.highest = np.full(len(cells), -np.inf)
        self.contradicted = False

    def possible(self) -> bool:
        """Whether any table of units agrees with everything that is published."""
        parts = list(self._parts())
        return not self.contradicted and all(
            part.solve(np.zeros(part.size)) is not None for part in parts
        )

    def findings(self) -> list[Finding]:
        if not self.asked:
            return []
        for part in self._parts():
            self._attack_part(part)
        return [found for asked in self.asked if (found := self._judge(asked))]

    def _judge(self, asked: Asked) -> Finding | None:
        row = self.cell_row[asked.cell]
        low, high = self.lowest[row], self.highest[row]
        if self.contradicted or low > high:
            reason = "the published figures contradict each other, so nothing can be promised"
        elif _count(low, high) < asked.needed:
            reason = f"can be worked out to fewer than {asked.needed} possible values"
        else:
            return None
        return Finding(table=asked.table, cell=asked.key, reason=reason)

    def _parts(self) -> Iterable[_Part]:
        known, fixed = _peel(self.knowledge, self.low, self.high)
        free = np.flatnonzero(~fixed)
        base = self.units_of @ known
        self.contradicted |= self._broken(known, free)
        wanted = np.array(sorted({self.cell_row[asked.cell] for asked in self.asked}), dtype=int)
        settled = wanted[self.units_of[wanted][:, free].sum(axis=1) == 0] if len(wanted) else wanted
        self._seen(settled, base[settled])
        return self._split(free, self.knowledge @ known, base, wanted)

    def _broken(self, known: np.ndarray, free: np.ndarray) -> bool:
        """Whether units that are known contradict a row, or cannot be a count."""
        closed = np.abs(self.knowledge[:, free]).sum(axis=1) == 0
        sums = (self.knowledge @ known)[closed]
        off = (sums < self.low[closed] - 1e-4) | (sums > self.high[closed] + 1e-4)
        return bool(off.any() or (known < -TOLERANCE).any())

    def _split(
        self, free: np.ndarray, shift: np.ndarray, base: np.ndarray, wanted: np.ndarray
    ) -> Iterator[_Part]:
        rows = self.knowledge[:, free]
        label = _touching(rows)
        for part in range(label.max(initial=-1) + 1):
            units = np.flatnonzero(label == part)
            mine = np.flatnonzero(np.abs(rows[:, units]).sum(axis=1))
            cells = self.units_of[wanted][:, free[units]]
            here = np.flatnonzero(cells.sum(axis=1))
            yield _Part(
                rows=rows[mine][:, units],
                low=(self.low - shift)[mine],
                high=(self.high - shift)[mine],
                cells=cells[here],
                base=base[wanted[here]],
                cell_rows=wanted[here],
                attack=self,
            )

    def _seen(self, rows: np.ndarray, values: np.ndarray) -> None:
        self.lowest[rows] = np.minimum(self.lowest[rows], values)
        self.highest[rows] = np.maximum(self.highest[rows], values)

    def _attack_part(self, part: _Part) -> None:
        needed = np.ones(len(self.lowest))
        for asked in self.asked:
            at = self.cell_row[asked.cell]
            needed[at] = max(needed[at], asked.needed)
        sweep = 0
        while part.sweep(needed, sweep):
            sweep += 1
        part.one_by_one(needed)


@dataclass(frozen=True)
class _Part:
    """One part of the program: rows over its free units, and the hidden cells in it."""

    rows: csr_array
    low: np.ndarray
    high: np.ndarray
    cells: csr_array
    base: np.ndarray
    cell_rows: np.ndarray
    attack: _Attack

    @property
    def size(self) -> int:
        return int(self.rows.shape[1])

    def open(self, needed: np.ndarray) -> np.ndarray:
        """The cells not yet seen to take enough values."""
        at = self.cell_rows
        taken = _counts(self.attack.lowest[at], self.attack.highest[at])
        return np.flatnonzero(taken < needed[at])

    def sweep(self, needed: np.ndarray, number: int) -> bool:
        """Push all open cells at once, some up and some down; whether that was worthwhile."""
        still = self.open(needed)
        if not len(still):
            return False
        pull = _pull(len(still), number) @ self.cells[still]
        if self._push(pull) is None or self._push(-pull) is None:
            return False
        return len(still) - len(self.open(needed)) >= WORTHWHILE

    def one_by_one(self, needed: np.ndarray) -> None:
        for at in self.open(needed):
            if at in self.open(needed):
                objective = self.cells[[at]].toarray()[0]
                self._push(objective)
                self._push(-objective)

    def _push(self, objective: np.ndarray) -> np.ndarray | None:
        units = self.solve(objective)
        if units is not None:
            self.attack._seen(self.cell_rows, self.base + self.cells @ units)
        return units

    def solve(self, objective: np.ndarray) -> np.ndarray | None:
        """A point that makes ``objective`` smallest, None where none agrees with the rows."""
        self.attack.programs += 1
        far = self._far()
        exact = self.low == self.high
        below, above = ~exact & np.isfinite(self.high), ~exact & self._binding_below()
        found: np.ndarray | None = linprog(
            objective,
            A_ub=vstack([self.rows[below], -self.rows[above]]),
            b_ub=np.concatenate([self.high[below], -self.low[above]]),
            A_eq=self.rows[exact],
            b_eq=self.low[exact],
            bounds=(0, far),
            method="highs-ds",
        ).x
        return found

    def _binding_below(self) -> np.ndarray:
        """Rows whose lower end says more than that counts are not negative."""
        negative = self.rows.min(axis=1).toarray().ravel() < 0
        binding: np.ndarray = np.isfinite(self.low) & ((self.low > 0) | negative)
        return binding

    def _far(self) -> float:
        """A bound for units without one: far above anything published, so never in the way."""
        finite = np.abs(np.concatenate([self.low[np.isfinite(self.low)], [100.0]]))
        return float(10 * finite.max() + 1000)


def _pull(size: int, number: int) -> np.ndarray:
    """Unlike strengths for an objective: all one way at first, then to both sides."""
    draw = np.random.default_rng(number).uniform(0.5, 1.5, size)
    return (
        draw if number == 0 else draw * np.random.default_rng(-number % 997).choice([-1, 1], size)
    )


def _peel(rows: csr_array, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Units that follow at once: the last open unit of a shown number, and parts of a zero."""
    known, fixed = np.zeros(rows.shape[1]), np.zeros(rows.shape[1], dtype=bool)
    exact = np.flatnonzero((low == high) & (rows.min(axis=1).toarray().ravel() >= 0))
    exact_rows = rows[exact]
    while len(exact):
        left = low[exact] - exact_rows @ np.where(fixed, known, 0.0)
        open_units = (exact_rows != 0).astype(float) @ (~fixed).astype(float)
        now = np.flatnonzero((open_units > 0) & ((open_units == 1) | (np.abs(left) < TOLERANCE)))
        if not len(now):
            break
        for row in now:
            columns = exact_rows[[row]].indices
            columns = columns[~fixed[columns]]
            known[columns] = left[row] if len(columns) == 1 else 0.0
            fixed[columns] = True
    return known, fixed


def _touching(rows: csr_array) -> np.ndarray:
    """The part each unit belongs to: units that stand in one row are in one part."""
    graph = block_array([[None, rows], [rows.T, None]])
    _, label = connected_components(graph, directed=False)
    return np.unique(label[rows.shape[0] :], return_inverse=True)[1]


def _count(low: float, high: float) -> float:
    return float(_counts(np.array([low]), np.array([high]))[0])


def _counts(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """How many whole numbers lie between; below zero where nothing was seen yet."""
    with np.errstate(invalid="ignore"):
        return np.floor(high + TOLERANCE) - np.ceil(low - TOLERANCE) + 1
