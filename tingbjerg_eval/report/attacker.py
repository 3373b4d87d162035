"""The attacker: what can a reader work out from everything that is published?

It knows only what the reports say (:mod:`tingbjerg_eval.report.published`), writes each
shown number, each sign and each rounded rate as a line of a linear program over the finest
units, and asks for the smallest and the largest value every hidden cell can have
(Fischetti & Salazar 2001, the attacker's subproblems). It shares no code with the part that
chooses what to hide, so that an error there cannot hide itself here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import block_array, coo_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

from tingbjerg_eval.report.published import (
    UNDER,
    CellId,
    Region,
    cells_of,
    region_of,
    rename_edition,
    said,
    separate_revisions,
)

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


@dataclass(frozen=True)
class _Row:
    """One line the attacker knows: ``low <= sum of terms <= high``."""

    terms: tuple[tuple[CellId, float], ...]
    low: float
    high: float


@dataclass(frozen=True)
class _Asked:
    """One hidden cell: where it stands and how many values it must keep."""

    table: str
    key: str
    cell: CellId
    needed: int


def audit(
    published: Mapping, *, earlier: Sequence[Mapping] = (), values: int = 5, whole: bool = False
) -> AuditResult:
    """Bound every hidden cell of ``published`` and of the ``earlier`` reports.

    A cell is a finding where fewer than ``values`` whole numbers are left for it (where the
    sign itself leaves fewer, as "under 3" does, fewer than that). ``whole=True`` asks in
    addition with whole-number units (slow; three-way tables can be tighter in whole numbers).
    Figures of earlier reports that were revised since are taken as numbers of their own; an
    earlier report that cannot be reconciled at all is attacked on its own and noted.
    """
    notes: list[str] = []
    linked = list(separate_revisions(earlier, published))
    if linked and not _Attack([*linked, published], values=values).possible():
        linked = [rename_edition(report) for report in earlier]
        notes.append("earlier reports contradict the present figures and were not linked to them")
    attack = _Attack([*linked, published], values=values, whole=whole)
    findings = attack.findings()
    return AuditResult(
        findings=tuple(findings),
        checked=len(attack.asked),
        programs=attack.programs,
        notes=tuple(notes),
    )


def bounds(published: Mapping, *, earlier: Sequence[Mapping] = ()) -> dict[CellId, tuple]:
    """Smallest and largest value of every hidden cell, each by its own pair of programs."""
    attack = _Attack([*separate_revisions(earlier, published), published], values=10**9)
    attack.findings()
    rows = {asked.cell: attack.cell_row[asked.cell] for asked in attack.asked}
    return {cell: (attack.lowest[row], attack.highest[row]) for cell, row in rows.items()}


class _Attack:
    """The linear program over all reports, split into parts that do not touch."""

    def __init__(self, reports: Sequence[Mapping], *, values: int, whole: bool = False):
        self.programs, self.whole = 0, whole
        rows = list(_known(reports))
        self.asked = list(dict.fromkeys(_asked(reports, values=values)))
        cells = list(dict.fromkeys(cell for row in rows for cell, _ in row.terms))
        self.cell_row = {cell: at for at, cell in enumerate(cells)}
        self.units_of = _units(cells)
        self.knowledge = _matrix(rows, self.cell_row) @ self.units_of
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
        for part in self._parts():
            self._attack_part(part)
        return [found for asked in self.asked if (found := self._judge(asked))]

    def _judge(self, asked: _Asked) -> Finding | None:
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

    def _split(self, free, shift, base, wanted):
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
        return self.rows.shape[1]

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
        if self.attack.whole:
            within = LinearConstraint(self.rows, self.low - 1e-9, self.high + 1e-9)
            return milp(objective, constraints=within, bounds=(0, far), integrality=1).x
        exact = self.low == self.high
        below, above = ~exact & np.isfinite(self.high), ~exact & self._binding_below()
        return linprog(
            objective,
            A_ub=vstack([self.rows[below], -self.rows[above]]),
            b_ub=np.concatenate([self.high[below], -self.low[above]]),
            A_eq=self.rows[exact],
            b_eq=self.low[exact],
            bounds=(0, far),
            method="highs-ds",
        ).x

    def _binding_below(self) -> np.ndarray:
        """Rows whose lower end says more than that counts are not negative."""
        negative = self.rows.min(axis=1).toarray().ravel() < 0
        return np.isfinite(self.low) & ((self.low > 0) | negative)

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


def _known(reports: Sequence[Mapping]) -> Iterable[_Row]:
    for report in reports:
        aggregates = _aggregates(report, reports)
        for _, cell_id, cell in cells_of(report):
            low, high = said(cell, threshold=report["threshold"])
            if cell["value"] is None and cell["sign"] != UNDER:
                low = _least(report, cell, cell_id in aggregates)
            yield _Row(((cell_id, 1.0),), low, high)
        for statement in report.get("statements", ()):
            terms = tuple(
                ((term["measure"], region_of(term["region"])), float(term["factor"]))
                for term in statement["terms"]
            )
            yield _Row(terms, _number(statement["lower"]), _number(statement["upper"]))


def _least(report: Mapping, cell: Mapping, aggregate: bool) -> float:
    """The smallest value of a withheld cell for a reader who knows the rules of hiding.

    Where zeros are shown, a hidden cell is not zero. Where "under 5" is written on small
    cells, one that is withheld without these words and is no total must be larger.
    """
    if report["zeros"] == "shown":
        return 1
    return report["threshold"] if cell["signs"] == "two" and not aggregate else 0


def _number(value) -> float:
    return float(value) if value is not None else np.inf


def _asked(reports: Sequence[Mapping], *, values: int) -> Iterable[_Asked]:
    for report in reports:
        for table, cell_id, cell in cells_of(report):
            if cell["value"] is None:
                spoken = report["threshold"] if cell["signs"] == "two" else values
                yield _Asked(table, cell["key"], cell_id, min(values, spoken))


def _aggregates(report: Mapping, reports: Sequence[Mapping]) -> set[CellId]:
    """Hidden cells of ``report`` that hold another published cell as a part."""
    everything = {cell_id for other in reports for _, cell_id, _ in cells_of(other)}
    hidden = {
        cell_id
        for _, cell_id, cell in cells_of(report)
        if cell["value"] is None and cell["sign"] != UNDER
    }
    wide = {cell for cell in hidden if _may_hold_parts(cell[1], everything)}
    return {
        cell
        for cell in wide
        if any(
            cell[0] == other[0] and cell != other and _part_of(other[1], cell[1])
            for other in everything
        )
    }


def _may_hold_parts(region: Region, everything: set[CellId]) -> bool:
    dims = {dim for _, other in everything for dim, _ in other}
    return any(len(of) > 1 for _, of in region) or len(region) < len(dims)


def _part_of(inner: Region, outer: Region) -> bool:
    parts = dict(inner)
    return all(dim in parts and set(parts[dim]) <= set(of) for dim, of in outer)


def _units(cells: Sequence[CellId]) -> csr_array:
    """Which finest units each cell counts; units no table tells apart are one unit."""
    at: dict[tuple, int] = {}
    rows, columns = [], []
    for measure in dict.fromkeys(measure for measure, _ in cells):
        atoms = _atoms([region for name, region in cells if name == measure])
        for row, (name, region) in enumerate(cells):
            if name == measure:
                for unit in product(*atoms(region)):
                    rows.append(row)
                    columns.append(at.setdefault((measure, unit), len(at)))
    ones = np.ones(len(rows))
    return coo_array((ones, (rows, columns)), shape=(len(cells), len(at))).tocsr()


def _atoms(regions: Sequence[Region]):
    """For each dimension the smallest groups of members any region tells apart.

    A region that leaves a dimension open also counts members no table names: the rest.
    """
    dims = sorted({dim for region in regions for dim, _ in region})
    sets = {dim: sorted({dict(region).get(dim, ()) for region in regions}) for dim in dims}
    group: dict[str, dict[str, tuple]] = {dim: {} for dim in dims}
    for dim in dims:
        for number, members in enumerate(sets[dim]):
            for member in members:
                group[dim][member] = (*group[dim].get(member, ()), number)

    def of(region: Region) -> list[list[tuple]]:
        named = dict(region)
        return [
            sorted({group[dim][member] for member in named[dim]})
            if dim in named
            else [*sorted(set(group[dim].values())), ("rest",)]
            for dim in dims
        ]

    return of


def _matrix(rows: Sequence[_Row], cell_row: Mapping[CellId, int]) -> csr_array:
    entries = [
        (at, cell_row[cell], factor) for at, row in enumerate(rows) for cell, factor in row.terms
    ]
    at, columns, factors = zip(*entries, strict=True) if entries else ((), (), ())
    return coo_array((factors, (at, columns)), shape=(len(rows), len(cell_row))).tocsr()


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
