"""Editions: how counts that were told before are told again when they were corrected since,
or by other rules.

A reader keeps every edition. Where a corrected delivery let the joins of counts change, the old
sums and the new ones could be subtracted. So the blocks that an earlier edition told, or hid, stay
the blocks for good: each is told if it holds enough now, and reckoned with as any small count
otherwise. What is told of a block then depends on its own count alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.publication.classes import CodeClass
from tingbjerg_eval.publication.merging import Cell, Times, cell, stand_in
from tingbjerg_eval.publication.timeline import Stretch

Counts = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Former:
    """The blocks in which earlier editions told one class of codes.

    Attributes
    ----------
    areas
        The finest blocks of each area, told or hidden.
    pools
        Those of comparison areas together, by the areas.
    """

    areas: Mapping[str, tuple[Times, ...]]
    pools: Mapping[frozenset[str], tuple[Times, ...]]


def record(
    of: CodeClass,
    cells: Mapping[str, Sequence[Cell]],
    pool: tuple[Collection[str], Sequence[Cell]],
    *,
    until: str,
    digest: str,
) -> dict[str, Any]:
    """What the ledger keeps of one class of codes: blocks, and whether their counts are told."""
    areas, together = pool
    return {
        "codes": list(of.codes), "without": list(of.without), "until": until, "digest": digest,
        "areas": {area: [_kept(one) for one in own] for area, own in cells.items()},
        "pool": {"areas": sorted(areas), "cells": [_kept(one) for one in together]},
    }  # fmt: skip


def _kept(one: Cell) -> list[Any]:
    return [list(one.times), one.count if one.true else None]


def digest_of(counts: Mapping[str, Counts], until: str, rules: Sequence[object]) -> str:
    """Stands for every area's counts up to ``until``, and the ``rules`` by which they are told."""
    last = quarter_number(until)
    known = {
        area: {time: int(n) for time, n in sorted(own.items()) if quarter_number(time) <= last}
        for area, own in sorted(counts.items())
    }
    return hashlib.sha256(json.dumps([known, rules]).encode()).hexdigest()


def former(records: Iterable[Mapping[str, Any]]) -> Former:
    """The finest blocks of all ``records`` of one class."""
    areas: dict[str, list[Times]] = {}
    pools: dict[frozenset[str], list[Times]] = {}
    for one in records:
        for area, own in one["areas"].items():
            areas.setdefault(area, []).extend(tuple(times) for times, _ in own)
        pool = pools.setdefault(frozenset(one["pool"]["areas"]), [])
        pool.extend(tuple(times) for times, _ in one["pool"]["cells"])
    return Former(
        areas={area: finest(blocks) for area, blocks in areas.items()},
        pools={names: finest(blocks) for names, blocks in pools.items()},
    )


def finest(blocks: Iterable[Times]) -> tuple[Times, ...]:
    """Blocks that share no quarter, from blocks of which some hold, or overlap, others.

    What a block holds beyond others is a block too, for its sum can be worked out; blocks that
    overlap otherwise are joined.

    >>> finest([("1", "2", "3"), ("1",), ("5", "6"), ("6", "7")])
    (('1',), ('2', '3'), ('5', '6', '7'))
    """
    atoms: list[frozenset[str]] = []
    for block in sorted({frozenset(one) for one in blocks}, key=lambda one: (len(one), min(one))):
        touched = [one for one in atoms if one & block]
        inside = frozenset[str]().union(*touched)
        if inside <= block:
            atoms += [block - inside] if block - inside else []
        else:
            atoms = [one for one in atoms if one not in touched] + [block | inside]
    return tuple(sorted(tuple(sorted(one)) for one in atoms))


def free(stretches: Sequence[Stretch], blocks: Sequence[Times]) -> tuple[Stretch, ...]:
    """What no block covers, in stretches of neighbouring quarters."""
    held = {time for block in blocks for time in block}
    found: list[Stretch] = []
    for stretch in stretches:
        run: list[Times] = []
        for unit in stretch.units:
            for part in _runs(unit, held):
                if run and quarter_number(run[-1][-1]) + 1 != quarter_number(part[0]):
                    found.append(Stretch(units=tuple(run), growing=stretch.growing))
                    run = []
                run.append(part)
        if run:
            found.append(Stretch(units=tuple(run), growing=stretch.growing))
    return tuple(found)


def _runs(unit: Times, held: Collection[str]) -> list[Times]:
    runs: list[list[str]] = [[]]
    for time in unit:
        if time in held:
            runs.append([])
        else:
            runs[-1].append(time)
    return [tuple(one) for one in runs if one]


def unit_again(counts: Counts, unit: Times, blocks: Sequence[Times], threshold: int) -> list[Cell]:
    """An area's unit in its former blocks; not told where these go beyond it."""
    touching = [one for one in blocks if set(one) & set(unit)]
    if not touching:
        return [cell(unit, _sum(counts, unit), threshold)]
    if {time for one in touching for time in one} != set(unit):
        return [untold(unit, threshold)]
    return [cell(one, _sum(counts, one), threshold) for one in touching]


def pool_again(
    counts: Counts,
    cells: Sequence[Cell],
    unit: Times,
    pools: Mapping[frozenset[str], Sequence[Times]],
    areas: Collection[str],
    threshold: int,
) -> list[Cell] | None:
    """Several areas' unit together, ``cells`` being all of theirs.

    ``None`` where an earlier edition told it in blocks of which one is small now: no total of
    the unit may be told then, of all areas or by adding them up.
    """
    if not all(one.true for one in cells):
        return [Cell(times=unit, count=sum(one.count for one in cells), true=False)]
    touching = {
        names: here for names, blocks in pools.items()
        if (here := [one for one in blocks if set(one) & set(unit)])
    }  # fmt: skip
    own = touching.pop(frozenset(areas), [])
    inside = [one for one in own if set(one) <= set(unit)]
    parts = [cell(one, _sum(counts, one), threshold) for one in inside]
    if not all(one.true for one in parts):
        return None
    if touching or {time for one in own for time in one} != set(unit):
        return [Cell(times=unit, count=sum(one.count for one in cells))]
    return parts


def untold(unit: Times, threshold: int) -> Cell:
    """A unit of which nothing is told."""
    return Cell(times=unit, count=stand_in(threshold), true=False)


def _sum(counts: Counts, times: Sequence[str]) -> int:
    return sum(counts[time] for time in times)
