"""The released table: every count that anything shown may rest on.

The finest thing told is a *stream*: the reports of one area in one class of offence codes, codes
being of one class where the same indicators count them. Streams are released one by one, so that
no sum over areas or codes, and no difference of two indicators, tells more than they do.

The treated area's own stream is joined in time (:mod:`merging`), the windows before their years
and the years before their quarters. Of every other area only whole units (years) are reckoned
with. Where they all are true their quarters together are told as well, and each area's own where
none of them is small.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.publication.editions import Former, free, pool_again, unit_again, untold
from tingbjerg_eval.publication.merging import (
    Cell,
    Times,
    at_once,
    cell,
    common,
    in_order,
)
from tingbjerg_eval.publication.timeline import Stretch

FEW = 2
"""Times the threshold. An area with fewer reports a quarter before the effort is told of by whole
years until the last report, with fewer a year not before the last report: what falls under the
threshold at the end could not be joined to what is told already, and the period's own total would
be lost."""
YEAR = 4

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
    a_year = YEAR * _a_quarter_before(counts, stretches, threshold, former=kept)
    for stretch in free(stretches, former) if former else stretches:
        if stretch.growing:
            found += _growing(counts, stretch, moment, threshold, a_year=a_year)
        elif moment.knows(stretch.quarters):
            found += _at_once(counts, stretch.units, threshold)
    return tuple(sorted(found, key=lambda one: one.times))


def together_cells(
    counts: Counts, units: Iterable[Sequence[Cell]], threshold: int
) -> tuple[Cell, ...]:
    """Several areas' quarters together, ``counts``, where each of their units is true.

    ``units`` are the areas' cells of one stream, unit by unit. A unit of which one area's
    count is not told is told as the sum of what is reckoned with.
    """
    found: list[Cell] = []
    for areas in units:
        times = areas[0].times
        if all(one.true for one in areas):
            found += _quarters(counts, times, threshold)
        else:
            found.append(Cell(times=times, count=sum(one.count for one in areas), true=False))
    return tuple(found)


def _a_quarter_before(
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
    counts: Counts, stretch: Stretch, moment: Moment, threshold: int, *, a_year: float
) -> list[Cell]:
    """Cells of the period, joined in the order in which it becomes known."""
    by_quarter = a_year >= YEAR * FEW * threshold
    pieces = tuple((quarter,) for quarter in stretch.quarters) if by_quarter else stretch.units
    known = [piece for piece in pieces if moment.knows(piece)]
    if a_year < FEW * threshold:
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
    return _quarters(counts, one.times, threshold) if one.times in pieces else [one]


def _at_once(counts: Counts, units: Sequence[Times], threshold: int) -> list[Cell]:
    joins = at_once([_sum(counts, unit) for unit in units], threshold)
    cells = [_joined(counts, units[join], threshold) for join in joins]
    return [part for one in cells for part in _parts(counts, one, units, threshold)]


def _quarters(counts: Counts, times: Times, threshold: int) -> list[Cell]:
    quarters = tuple((time,) for time in times)
    joins = at_once([_sum(counts, one) for one in quarters], threshold)
    return [_joined(counts, quarters[join], threshold) for join in joins]


def _joined(counts: Counts, pieces: Sequence[Times], threshold: int) -> Cell:
    times = tuple(time for piece in pieces for time in piece)
    return cell(times, _sum(counts, times), threshold)


def _sum(counts: Counts, times: Sequence[str]) -> int:
    return sum(counts[time] for time in times)


@dataclass(frozen=True, kw_only=True)
class ReleasedCounts:
    """What is released of one indicator: the cells of each area, and of all comparison areas.

    Attributes
    ----------
    areas
        The cells of each area, the finest times that all its streams tell.
    together
        The cells of the comparison areas together.
    by_quarter
        Whether the treated area's quarters are told report by report, and not later.
    streams, pools
        The cells of each class of codes by area, and of the comparison areas together.
    population
        ``area, quarter, population``.
    compared
        The treated and the comparison areas.
    """

    areas: dict[str, tuple[Cell, ...]]
    together: tuple[Cell, ...]
    by_quarter: bool
    streams: tuple[Mapping[str, tuple[Cell, ...]], ...]
    pools: tuple[tuple[Cell, ...], ...]
    population: pd.DataFrame
    compared: tuple[str, ...]

    @cached_property
    def panel(self) -> pd.DataFrame:
        """``area, quarter, count, population``: each stream's cells spread over their quarters.

        Sums over whole cells are those that are released, others are no more than a guess.
        """
        cells = {area: [of[area] for of in self.streams] for area in self.areas}
        return _panel(cells, self.population, self.compared)

    def rough(self, areas: Sequence[str], times: Sequence[str]) -> float:
        """The part of the areas' sum over ``times`` that is only reckoned with; infinite where
        the sum is not made of whole cells."""
        wanted = set(times)
        inside = [one for area in areas for one in self.areas[area] if wanted & set(one.times)]
        covered = [time for one in inside for time in one.times]
        if set(covered) != wanted or len(covered) != len(areas) * len(wanted):
            return math.inf
        total = sum(one.count for one in inside)
        return sum(one.count for one in inside if not one.true) / total if total else math.inf

    def is_true(self, area: str, times: Sequence[str]) -> bool:
        """Whether every count of the area in ``times`` is told as it is."""
        inside = [one for one in self.areas[area] if set(one.times) & set(times)]
        return bool(inside) and all(one.true for one in inside)


def release(
    streams: Mapping[str, Sequence[Counts]],
    population: pd.DataFrame,
    stretches: Sequence[Stretch],
    moment: Moment,
    *,
    treated: str,
    comparison: Sequence[str],
    threshold: int,
    former: Sequence[Former | None] = (),
    units: Sequence[Sequence[UnitCells]] | None = None,
) -> ReleasedCounts:
    """The released counts of one indicator from the ``streams`` of each area.

    Parameters
    ----------
    streams
        For each area its counts by quarter, one mapping for each class of codes in one order.
    population
        ``area, quarter, population``.
    former
        How earlier editions told each class, where the counts were corrected since.
    units
        What :func:`units_of` gives, where it is worked out already.
    """
    held = former or [None] * len(streams[treated])
    if units is None:
        units = units_of(
            streams, stretches,
            treated=treated, comparison=comparison, threshold=threshold, former=held,
        )  # fmt: skip
    by_class = [
        _class(own, units[at], stretches, moment, treated=treated, threshold=threshold,
               former=held[at])
        for at, own in enumerate(streams[treated])
    ]  # fmt: skip
    cells = {area: [one.cells[area] for one in by_class] for area in streams}
    return ReleasedCounts(
        areas={area: common(of) for area, of in cells.items()},
        together=common([one.together for one in by_class]),
        by_quarter=all(
            _a_quarter_before(counts, stretches, threshold) >= FEW * threshold
            for counts in streams[treated]
        ),
        streams=tuple(one.cells for one in by_class),
        pools=tuple(one.together for one in by_class),
        population=population,
        compared=(treated, *comparison),
    )


@dataclass(frozen=True)
class UnitCells:
    """What is told of one unit beside the treated area, in every report that knows it.

    Attributes
    ----------
    unit
        Its quarters.
    others
        The cells of each other area.
    together
        Those of the comparison areas together.
    """

    unit: Times
    others: Mapping[str, Sequence[Cell]]
    together: Sequence[Cell]


def units_of(
    streams: Mapping[str, Sequence[Counts]],
    stretches: Sequence[Stretch],
    *,
    treated: str,
    comparison: Sequence[str],
    threshold: int,
    former: Sequence[Former | None] = (),
) -> tuple[tuple[UnitCells, ...], ...]:
    """The delivered units of each class of codes; also those that a report does not know yet.

    No report has anything to do with how they are told, so that they are worked out once for all.
    The parameters are those of :func:`release`.
    """
    held = former or [None] * len(streams[treated])
    delivered = set(streams[treated][0]) if streams[treated] else set()
    return tuple(
        tuple(
            _unit(
                {area: of[at] for area, of in streams.items() if area != treated},
                comparison, unit, threshold, former_one,
            )
            for stretch in stretches for unit in stretch.units if delivered.issuperset(unit)
        )
        for at, former_one in enumerate(held)
    )  # fmt: skip


@dataclass(frozen=True)
class _Class:
    """One class of codes: each area's cells, and those of the comparison areas together."""

    cells: Mapping[str, tuple[Cell, ...]]
    together: tuple[Cell, ...]


def _class(
    own: Counts,
    units: Sequence[UnitCells],
    stretches: Sequence[Stretch],
    moment: Moment,
    *,
    treated: str,
    threshold: int,
    former: Former | None,
) -> _Class:
    blocks = former.areas.get(treated, ()) if former else ()
    known = [one for one in units if moment.knows(one.unit)]
    areas = units[0].others if units else {}
    return _Class(
        {
            treated: own_cells(own, stretches, moment, threshold, former=blocks),
            **{area: tuple(c for one in known for c in one.others[area]) for area in areas},
        },
        tuple(c for one in known for c in one.together),
    )


def _unit(
    counts: Mapping[str, Counts],
    comparison: Sequence[str],
    unit: Times,
    threshold: int,
    former: Former | None,
) -> UnitCells:
    blocks = former.areas if former else {}
    others = {
        area: unit_again(one, unit, blocks.get(area, ()), threshold) for area, one in counts.items()
    }
    compared = {area: counts[area] for area in comparison}
    here = {area: others[area] for area in comparison}
    finer, together = _compared(compared, here, unit, threshold, former)
    return UnitCells(unit, {**others, **finer}, together)


def _compared(
    counts: Mapping[str, Counts],
    cells: Mapping[str, list[Cell]],
    unit: Times,
    threshold: int,
    former: Former | None,
) -> tuple[Mapping[str, list[Cell]], list[Cell]]:
    """The comparison areas' cells in one unit, and those of all of them together."""
    summed = _summed(list(counts.values()), unit)
    if former is None or not _touched(former, counts.keys(), unit):
        single = [of[0] for of in cells.values()]
        full = in_full(list(counts.values()), [single], threshold)
        finer = {area: list(own) for area, own in zip(cells, full, strict=True)}
        return finer, list(together_cells(summed, [single], threshold))
    every = [one for of in cells.values() for one in of]
    pooled = pool_again(summed, every, unit, former.pools, counts.keys(), threshold)
    if pooled is not None:
        return cells, pooled
    hidden = {area: [untold(unit, threshold)] for area in cells}
    reckoned = sum(of[0].count for of in hidden.values())
    return hidden, [Cell(times=unit, count=reckoned, true=False)]


def _touched(former: Former, areas: Iterable[str], unit: Times) -> bool:
    """Whether an earlier edition told anything of the unit."""
    blocks = [one for area in areas for one in former.areas.get(area, ())]
    blocks += [one for pool in former.pools.values() for one in pool]
    return any(set(one) & set(unit) for one in blocks)


def in_full(
    counts: Sequence[Counts], units: Sequence[Sequence[Cell]], threshold: int
) -> list[tuple[Cell, ...]]:
    """The comparison areas' cells, by quarters in units where none of their quarters is small.

    Nothing is hidden there. In any other unit no area's quarters are told.
    """
    found: list[list[Cell]] = [[] for _ in counts]
    for areas in units:
        times = areas[0].times
        full = all(one[time] >= threshold for one in counts for time in times)
        for own, one, cells in zip(counts, areas, found, strict=True):
            cells += [Cell(times=(t,), count=own[t]) for t in times] if full else [one]
    return [tuple(cells) for cells in found]


def _summed(counts: Sequence[Counts], unit: Times) -> Counts:
    return {time: sum(one[time] for one in counts) for time in unit}


def _panel(
    cells: Mapping[str, Sequence[Sequence[Cell]]], population: pd.DataFrame, areas: Sequence[str]
) -> pd.DataFrame:
    """Quarters of which one stream is not told have no row; the attribute ``resolution`` says
    whether every count of the ``areas`` is told by its quarter."""
    rows = []
    for area, streams in cells.items():
        spread = [{t: n for one in of for t, n in one.spread().items()} for of in streams]
        told = set.intersection(*(set(one) for one in spread))
        rows += [(area, time, sum(one[time] for one in spread)) for time in sorted(told)]
    frame = pd.DataFrame(rows, columns=["area", "quarter", "count"]).astype({"count": "int64"})
    panel = frame.merge(population, on=["area", "quarter"], how="left")
    every = [one for area in areas for stream in cells[area] for one in stream]
    single = all(len(one.times) == 1 and one.true for one in every)
    panel.attrs["resolution"] = "quarter" if single else "year"
    return panel
