"""The attacker's enumeration: which values of each hidden cell agree with all that is told.

Counts are changed by small moves that keep every published table, everything that the finished
files say is worked out anew, and a world that would have given the same files, to the digit
printed and the point drawn, is one more value for each hidden cell in it. A cell for which
fewer than five values are found stops the hand-over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tingbjerg_eval.disclosure.attacker import Finding
from tingbjerg_eval.disclosure.knowledge import asked_cells
from tingbjerg_eval.disclosure.published import separate_revisions
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.release.claims import KINDS, Asked, Kind, Labels, Line, Points, Saying, asked_of
from tingbjerg_eval.release.told import DRAWN, Told, read_told
from tingbjerg_eval.release.worlds import Tables, Units, World, moves, units_of
from tingbjerg_eval.report.counts import linked_with
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.study.design import times

Road = Callable[[Study, str, np.ndarray], np.ndarray]
"""From an indicator's counts (area by quarter) to those that statements are made of."""


def as_counted(_: Study, __: str, counts: np.ndarray) -> np.ndarray:
    """Statements made of the counts themselves."""
    return counts


ROADS: tuple[Road, ...] = (as_counted,)
"""Where statements may come from; a statement is taken to come from the first that gives it."""

FARTHEST = 7
"""How far from the true value other values of a hidden cell are looked for."""
TRIALS = 80
PROGRAMS = 30
"""Integer programs solved for one group where no plain move is allowed by the tables."""
NEAREST = 6
"""How many values an integer program is asked for."""
"""Worlds that disagree with the files, for one group of indicators; more are not tried, and what
is open then counts as given away."""


@dataclass(frozen=True, eq=False)
class Claim:
    """One statement as the files make it: its kind, its road and how it is said."""

    kind: Kind
    asked: Asked
    road: Road
    said: tuple[tuple[int, Saying, float], ...]
    """Which of the kind's sayings stand in the files, and the points per unit of those drawn."""


@dataclass(eq=False)
class Hidden:
    """A hidden cell: its units, how many values it must keep, and those found."""

    place: str
    key: str
    mask: np.ndarray
    needed: int
    seen: set[int] = field(default_factory=set)
    reason: str = ""
    untried: bool = False

    @property
    def open(self) -> bool:
        """Whether values are still wanted."""
        return len(self.seen) < self.needed


def attack_statements(
    files: Mapping[str, bytes],
    report: Report,
    published: Mapping[str, object],
    *,
    earlier: Sequence[Mapping[str, object]] = (),
    roads: Sequence[Road] | None = None,
    values: int = 5,
) -> list[Finding]:
    """Every hidden cell that the statements in ``files`` leave fewer than ``values`` values.

    Hidden are the cells that ``published`` and ``earlier`` hide, and every count under the
    threshold of a comparison or adjacent area, in a window, a year or a quarter.
    """
    told = read_told(files)
    reports = [*separate_revisions(earlier, published), published]
    claims = list(_claims(told, report, ROADS if roads is None else roads))
    found: list[Finding] = []
    for linked in _groups(report.study):
        units = _units(report.study, linked)
        bound = [claim for claim in claims if claim.asked.indicator in linked]
        search = _Search(units, Tables(units, reports), bound, report.study.whole)
        found += search.findings(_hidden(report, units, reports, linked, values))
    return found


def _groups(study: Study) -> list[tuple[str, ...]]:
    names = study.settings.indicators_of("count")
    return list(dict.fromkeys(linked_with(study, name) for name in names))


def _units(study: Study, linked: Sequence[str]) -> Units:
    whole, areas = study.whole, study.settings.areas
    roles = {areas.treated: 0, **dict.fromkeys(areas.comparison, 1)}
    roles |= dict.fromkeys(areas.adjacent, 2)
    return units_of(
        whole.tables.incidents,
        {name: study.indicator(name).basket.codes for name in linked},
        whole.panel(linked[0]),
        roles=roles,
        windows=[times(study.design.baseline), times(study.design.period)],
    )


def _claims(told: Told, report: Report, roads: Sequence[Road]) -> Iterator[Claim]:
    """What the files say, each statement as made of the first road that gives it."""
    for asked in asked_of(report):
        counts = asked.study.whole.panel(asked.indicator)["count"].to_numpy()
        areas = asked.data["area"].nunique()
        truth = counts.reshape(areas, -1)
        for kind in KINDS:
            for road in roads:
                panel = asked.panel(road(asked.study.whole, asked.indicator, truth))
                if said := _said(told, kind.told(panel, asked)):
                    yield Claim(kind, asked, road, said)
                    break


def _said(told: Told, sayings: Sequence[Saying]) -> tuple[tuple[int, Saying, float], ...]:
    given = ((at, saying, _given(told, saying)) for at, saying in enumerate(sayings))
    return tuple((at, saying, scale) for at, saying, scale in given if scale is not None)


def _given(told: Told, saying: Saying) -> float | None:
    """Points per unit where the saying is drawn, 0 where it is written, None where it is not."""
    if isinstance(saying, Line):
        return 0.0 if told.says(saying.parts) else None
    if isinstance(saying, Labels):
        said = any(set(saying.parts) <= drawing.labels for drawing in told.drawings)
        return 0.0 if said else None
    values = np.array(saying.values)
    scales = [
        abs(axis.slope)
        for drawing in told.drawings
        for axis in drawing.axes
        if axis.ratio == saying.ratio and np.isfinite(values).all() and axis.shows(values)
    ]
    return max(scales, default=None)


def _hidden(
    report: Report,
    units: Units,
    reports: Sequence[Mapping[str, object]],
    linked: Sequence[str],
    values: int,
) -> list[Hidden]:
    found: dict[bytes, Hidden] = {}
    known = set().union(*units.parts)
    for asked in asked_cells(reports, values=values):
        region = dict(asked.cell[1])
        if "@" in asked.cell[0] or not set(region.get("offence", known)) <= known:
            continue
        mask = units.mask(asked.cell)
        found.setdefault(mask.tobytes(), Hidden(asked.table, asked.key, mask, asked.needed))
    for one in _small_elsewhere(report, units, linked, values):
        found.setdefault(one.mask.tobytes(), one)
    return list(found.values())


def _small_elsewhere(
    report: Report, units: Units, linked: Sequence[str], values: int
) -> Iterator[Hidden]:
    """Counts under the threshold of areas other than the treated one, the widest first."""
    threshold = report.study.settings.rules.disclosure_threshold
    until = report.study.until
    known = np.array([
        until is None or quarter_number(one) <= quarter_number(until) for one in units.quarters
    ])  # fmt: skip
    spans = {"baseline": units.windows[0], "period": units.windows[1]}
    spans |= {year: np.array([one[:4] == year for one in units.quarters])
              for year in dict.fromkeys(one[:4] for one in units.quarters)}  # fmt: skip
    spans |= {one: np.array(units.quarters) == one for one in units.quarters}
    for name in linked:
        for area in np.flatnonzero(units.roles > 0):
            for span, inside in spans.items():
                mask = np.zeros(units.truth.shape, dtype=bool)
                mask[np.ix_(units.members[name], [area], inside & known)] = True
                if mask.any() and units.truth[mask].sum() < threshold:
                    yield Hidden(name, f"{units.areas[area]}|{span}", mask, values)


class _Search:
    """Looks for other worlds that give the same tables and the same statements."""

    def __init__(self, units: Units, tables: Tables, claims: Sequence[Claim], study: Study):
        self.units, self.tables, self.claims, self.study = units, tables, claims, study
        self.trials, self.programs = 0, 0
        self.answers: dict[tuple[int, bytes], bool] = {}
        self.last = ""

    def findings(self, hidden: Sequence[Hidden]) -> list[Finding]:
        self.hidden = hidden
        self._record(self.units.truth)
        queues = {id(one): self._worlds(one) for one in hidden}
        waiting = [one for one in hidden if one.open]
        while waiting:
            batch = [(one, move) for one in waiting
                     if (move := next(queues[id(one)], None)) is not None]  # fmt: skip
            if not batch:
                break
            if self.trials > TRIALS:
                for one in waiting:
                    one.untried = True
                break
            self._together(batch)
            left = {id(one) for one, _ in batch}
            waiting = [one for one in waiting if one.open and id(one) in left]
        # Where no statement was in the way the tables are, and those are judged by themselves.
        return [self._finding(one) for one in hidden if one.open and (one.reason or one.untried)]

    def _worlds(self, one: Hidden) -> Iterator[World]:
        """Moves to each value not yet seen, the nearest values first."""
        true = int(self.units.truth[one.mask].sum())
        near = sorted(range(max(0, true - FARTHEST), true + FARTHEST + 1),
                      key=lambda value: (abs(value - true), value))  # fmt: skip
        for value in near[1:]:
            for move in moves(self.units, one.mask, value - true, self.units.truth):
                if value in one.seen or not one.open:
                    break
                if self.tables.allow(self.units.truth + move):
                    yield move
        for value in near[1 : NEAREST + 1]:
            if one.open and value not in one.seen and self.programs < PROGRAMS:
                self.programs += 1
                move = self.tables.nearest(one.mask, value, self.units.truth)
                if move is not None and self.tables.allow(self.units.truth + move):
                    yield move

    def _together(self, batch: Sequence[tuple[Hidden, World]]) -> None:
        """Many moves at once; where they do not agree with the files, half of them at a time."""
        world = self.units.truth.copy()
        for _, move in batch:
            if self.tables.allow(world + move):
                world += move
        if self._agrees(world):
            self._record(world)
        elif len(batch) > 1:
            middle = len(batch) // 2
            self._together(batch[:middle])
            self._together(batch[middle:])
        else:
            batch[0][0].reason = self.last

    def _record(self, world: World) -> None:
        for one in self.hidden:
            if one.open:
                one.seen.add(int(world[one.mask].sum()))

    def _agrees(self, world: World) -> bool:
        agrees = all(self._holds(at, claim, world) for at, claim in enumerate(self.claims))
        self.trials += not agrees
        return agrees

    def _holds(self, at: int, claim: Claim, world: World) -> bool:
        name = claim.asked.indicator
        counts = claim.road(self.study, name, self.units.counts(world, name))
        key = at, claim.kind.content(counts, claim.asked)
        if key not in self.answers:
            told = claim.kind.told(claim.asked.panel(counts), claim.asked)
            self.answers[key] = all(
                at < len(told) and _same(saying, told[at], scale)
                for at, saying, scale in claim.said
            )
        if not self.answers[key]:
            self.last = claim.kind.name
        return self.answers[key]

    def _finding(self, one: Hidden) -> Finding:
        by = f" from the statement '{one.reason}'" if one.reason else ""
        reason = (
            f"can be worked out to fewer than {one.needed} possible values{by}; "
            "leave that statement out, or tell it more coarsely"
        )
        return Finding(table=one.place, cell=one.key, reason=reason)


def _same(said: Saying, other: Saying, scale: float) -> bool:
    """Whether two sayings cannot be told apart in the file."""
    if isinstance(said, Points) and isinstance(other, Points):
        if len(said.values) != len(other.values):
            return False
        apart = np.abs(np.subtract(said.values, other.values))
        return bool((apart * scale <= DRAWN).all())
    return said == other
