"""What is released of a programme: every area's counts in blocks that fit the windows.

Each area of the programme has windows of its own, and whoever is compared with it is read over
them. So the panel's time is cut where any window, or a year of it, begins or ends, and small
counts are joined with their neighbours (:mod:`merging`): a treated area's within its own windows,
a comparison area's within its time. Streams are released one by one, and no sum over areas is
told, so that none can be subtracted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from tingbjerg_eval.inputs.quarters import a_year, quarter_number
from tingbjerg_eval.publication.editions import Former
from tingbjerg_eval.publication.joined import Counts, Moment, own_cells
from tingbjerg_eval.publication.merging import Cell, Times, common
from tingbjerg_eval.publication.released import ReleasedCounts
from tingbjerg_eval.publication.timeline import Stretch
from tingbjerg_eval.study.design import Design, Window, times
from tingbjerg_eval.study.programme import Programme


def release_programme(
    streams: Mapping[str, Sequence[Counts]],
    population: pd.DataFrame,
    quarters: Sequence[str],
    programme: Programme,
    *,
    threshold: int,
    former: Sequence[Former | None],
) -> ReleasedCounts:
    """The released counts of one indicator of a programme.

    Parameters
    ----------
    streams
        For each area its counts by quarter, one mapping for each class of codes in one order.
    population
        ``area, quarter, population``.
    quarters
        All that are known, in order.
    former
        How earlier editions told each class, where the counts were corrected since.
    """
    moment = Moment(until=quarters[-1], last=True)
    stretches = {area: area_stretches(area, quarters, programme) for area in streams}
    by_class = [
        {
            area: own_cells(of[at], stretches[area], moment, threshold,
                            former=held.areas.get(area, ()) if held else ())
            for area, of in streams.items()
        }
        for at, held in enumerate(former)
    ]  # fmt: skip
    return ReleasedCounts(
        areas={area: common([of[area] for of in by_class]) for area in streams},
        together=(),
        by_quarter=False,
        streams=tuple(by_class),
        pools=tuple(() for _ in by_class),
        population=population,
        compared=tuple(streams),
    )


def area_stretches(area: str, quarters: Sequence[str], programme: Programme) -> tuple[Stretch, ...]:
    """The time of one area in units that no window crosses; a treated area's windows apart."""
    cuts = {at for design in programme.designs for at in _cuts(design)}
    own = set()
    if area in programme.areas:
        design = programme.design(area)
        own = {end for window in (design.baseline, design.period) for end in _ends(window)}
    found: list[list[Times]] = []
    for unit in _units(quarters, cuts | own):
        if not found or quarter_number(unit[0]) in own:
            found.append([])
        found[-1].append(unit)
    return tuple(Stretch(units=tuple(units)) for units in found)


def _cuts(design: Design) -> Iterator[int]:
    """Where a window or a year of it begins, and where it is over."""
    for window in (design.baseline, design.period):
        first, over = _ends(window)
        yield from range(first, over, a_year(window[0]))
        yield over


def _ends(window: Window) -> tuple[int, int]:
    return quarter_number(window[0]), quarter_number(window[1]) + 1


def _units(quarters: Sequence[str], cuts: set[int]) -> list[Times]:
    units: list[list[str]] = []
    for quarter in quarters:
        if not units or quarter_number(quarter) in cuts or len(units[-1]) == a_year(quarter):
            units.append([])
        units[-1].append(quarter)
    return [tuple(one) for one in units]


def own_roughness(found: ReleasedCounts, design: Design) -> tuple[float, float]:
    """The part of a treated area's reports, before and after, that is only reckoned with."""
    before, after = (
        found.rough((design.treated,), tuple(map(str, times(window))))
        for window in (design.baseline, design.period)
    )
    return before, after


def roughness(found: ReleasedCounts, programme: Programme) -> tuple[float, ...]:
    """The part of the reports in the windows that is only reckoned with: of the treated areas
    together before and after, and of each area's comparison areas together.

    A comparison area's block that reaches over the end of a window is spread over its quarters;
    what lies inside is then as good as a guess.
    """
    shares = []
    for side in ("baseline", "period"):
        windows = [(design.treated, getattr(design, side)) for design in programme.designs]
        shares.append(_guessed(found, windows))
        shares += [
            _guessed(found, [(area, getattr(design, side)) for area in design.comparison])
            for design in programme.designs
        ]
    return tuple(shares)


def rough_next_door(found: ReleasedCounts, programme: Programme) -> float:
    """The part of the adjacent areas' reports, before or after, that is only reckoned with."""
    return max(
        _guessed(found, [(name, getattr(programme.design(area), side))
                         for area, own in programme.next_door.items() for name in own])
        for side in ("baseline", "period")
    )  # fmt: skip


def _guessed(found: ReleasedCounts, windows: Sequence[tuple[str, Window]]) -> float:
    guessed = total = 0.0
    for area, window in windows:
        inside = set(map(str, times(window)))
        for cell in found.areas[area]:
            share = _share_inside(cell, inside)
            total += share * cell.count
            guessed += share * cell.count * (not cell.true or share < 1)
    return guessed / total if total else math.inf


def _share_inside(cell: Cell, inside: set[str]) -> float:
    return sum(time in inside for time in cell.times) / len(cell.times)
