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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from tingbjerg_eval.publication.editions import Former
from tingbjerg_eval.publication.joined import FEW, Counts, Moment, a_quarter_before, own_cells
from tingbjerg_eval.publication.merging import Cell, common
from tingbjerg_eval.publication.timeline import Stretch
from tingbjerg_eval.publication.units import UnitCells, units_of


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
            a_quarter_before(counts, stretches, threshold) >= FEW * threshold
            for counts in streams[treated]
        ),
        streams=tuple(one.cells for one in by_class),
        pools=tuple(one.together for one in by_class),
        population=population,
        compared=(treated, *comparison),
    )


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
    panel = pd.DataFrame(rows, columns=["area", "quarter", "count"]).astype({"count": "int64"})
    area, quarter, persons = (population[one].tolist() for one in population)
    people = dict(zip(zip(area, quarter, strict=True), persons, strict=True))
    panel["population"] = [people.get((area, quarter), math.nan) for area, quarter, _ in rows]
    every = [one for area in areas for stream in cells[area] for one in stream]
    single = all(len(one.times) == 1 and one.true for one in every)
    panel.attrs["resolution"] = "quarter" if single else "year"
    return panel
