"""What is told of areas beside the treated one: whole units, and finer where nothing is small."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tingbjerg_eval.publication.editions import Former, pool_again, unit_again, untold
from tingbjerg_eval.publication.joined import Counts, quarter_cells
from tingbjerg_eval.publication.merging import Cell, Times
from tingbjerg_eval.publication.timeline import Stretch


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
            found += quarter_cells(counts, times, threshold)
        else:
            found.append(Cell(times=times, count=sum(one.count for one in areas), true=False))
    return tuple(found)
