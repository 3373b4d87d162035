"""One stream joined in time: the treated area's cells, in the order in which they become known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tingbjerg_eval.inputs.quarters import a_year, quarter_number
from tingbjerg_eval.publication.editions import free
from tingbjerg_eval.publication.merging import Cell, Times, at_once, cell, in_order
from tingbjerg_eval.publication.timeline import Stretch

FEW = 2
"""Times the threshold. An area with fewer reports a quarter before the effort is told of by whole
years until the last report, with fewer a year not before the last report: what falls under the
threshold at the end could not be joined to what is told already, and the period's own total would
be lost."""

Counts = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Moment:
    """How much a report knows: its last quarter, and whether no other report comes after it."""

    until: str
    last: bool

    def knows(self, times: Sequence[str]) -> bool:
        """Whether all of ``times`` are known."""
        return quarter_number(times[-1]) <= quarter_number(self.until)


def own_cells(
    counts: Counts,
    stretches: Sequence[Stretch],
    moment: Moment,
    threshold: int,
    *,
    former: Sequence[Times] = (),
) -> tuple[Cell, ...]:
    """The treated area's released cells of one stream.

    What earlier editions told in the blocks ``former`` is told in them again.
    """
    kept = [one for one in former if set(one) <= counts.keys()]
    found = [cell(one, _sum(counts, one), threshold) for one in kept if moment.knows(one)]
    yearly = a_year(moment.until) * a_quarter_before(counts, stretches, threshold, former=kept)
    for stretch in free(stretches, former) if former else stretches:
        if stretch.growing:
            found += _growing(counts, stretch, moment, threshold, yearly=yearly)
        elif moment.knows(stretch.quarters):
            found += _at_once(counts, stretch.units, threshold)
    return tuple(sorted(found, key=lambda one: one.times))


def a_quarter_before(
    counts: Counts,
    stretches: Sequence[Stretch],
    threshold: int,
    *,
    former: Sequence[Times] = (),
) -> float:
    """Reports a quarter before the period as they are told, the same in every report."""
    growing = next((at for at, one in enumerate(stretches) if one.growing), len(stretches))
    before = {quarter for one in stretches[:growing] for quarter in one.quarters}
    kept = [one for one in former if set(one) <= before]
    told = [cell(one, _sum(counts, one), threshold) for one in kept]
    for stretch in free(stretches[:growing], former) if former else stretches[:growing]:
        told += _at_once(counts, stretch.units, threshold)
    return sum(one.count for one in told) / len(before) if before else math.inf


def _growing(
    counts: Counts, stretch: Stretch, moment: Moment, threshold: int, *, yearly: float
) -> list[Cell]:
    """Cells of the period, joined in the order in which it becomes known."""
    by_quarter = yearly >= a_year(moment.until) * FEW * threshold
    pieces = tuple((quarter,) for quarter in stretch.quarters) if by_quarter else stretch.units
    known = [piece for piece in pieces if moment.knows(piece)]
    if yearly < FEW * threshold:
        return _at_once(counts, known, threshold) if moment.last else []
    sums = [_sum(counts, piece) for piece in known]
    closed, rest = in_order(sums, threshold)
    found = [_joined(counts, known[join], threshold) for join in closed]
    if moment.last:
        found = [part for one in found for part in _parts(counts, one, known, threshold)]
        if rest.start < rest.stop:
            found.append(_joined(counts, known[rest], threshold))
    return found


def _parts(counts: Counts, one: Cell, pieces: Sequence[Times], threshold: int) -> list[Cell]:
    """A unit told as such, in its quarters; a join of several stays one."""
    return quarter_cells(counts, one.times, threshold) if one.times in pieces else [one]


def _at_once(counts: Counts, units: Sequence[Times], threshold: int) -> list[Cell]:
    joins = at_once([_sum(counts, unit) for unit in units], threshold)
    cells = [_joined(counts, units[join], threshold) for join in joins]
    return [part for one in cells for part in _parts(counts, one, units, threshold)]


def quarter_cells(counts: Counts, times: Times, threshold: int) -> list[Cell]:
    quarters = tuple((time,) for time in times)
    joins = at_once([_sum(counts, one) for one in quarters], threshold)
    return [_joined(counts, quarters[join], threshold) for join in joins]


def _joined(counts: Counts, pieces: Sequence[Times], threshold: int) -> Cell:
    times = tuple(time for piece in pieces for time in piece)
    return cell(times, _sum(counts, times), threshold)


def _sum(counts: Counts, times: Sequence[str]) -> int:
    return sum(counts[time] for time in times)
