"""Small counts told together with their neighbours in time, so that nothing else needs hiding.

Counts that follow each other are joined until they hold at least the threshold; only the sums
are told. Whoever knows the rule and every sum still finds five values for each count that was
joined: any number of 0 to 4 of it leads, with its neighbours making up for it, to the same
joins and the same sums. Nothing is hidden because of the size of a *hidden* count, so the choice
tells nothing either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

Times = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A released count: the times it covers, what is told of it, and whether that is true.

    Where ``true`` is false the count was under the threshold and could not be joined to another;
    :func:`stand_in` is told in its place, whatever it was.
    """

    times: Times
    count: int
    true: bool = True

    def spread(self) -> dict[str, int]:
        """The count in whole numbers over its times, as evenly as they allow."""
        n = len(self.times)
        if n == 1:
            return {self.times[0]: self.count}
        ends = [self.count * step // n for step in range(n + 1)]
        return {
            time: after - before
            for time, before, after in zip(self.times, ends, ends[1:], strict=False)
        }


def stand_in(threshold: int) -> int:
    """What is reckoned with for a count under the threshold: the middle of 0 to threshold - 1."""
    return (threshold - 1) // 2


def in_order(counts: Sequence[int], threshold: int) -> tuple[list[slice], slice]:
    """The joins made one after another, each closed as soon as it holds enough, and the open rest.

    A join never changes when counts follow, so it may be told before they are known.

    >>> in_order([7, 3, 1, 9, 2], threshold=5)
    ([slice(0, 1, None), slice(1, 4, None)], slice(4, 5, None))
    """
    closed, start = [], 0
    for stop in range(1, len(counts) + 1):
        if sum(counts[start:stop]) >= threshold:
            closed.append(slice(start, stop))
            start = stop
    return closed, slice(start, len(counts))


def at_once(counts: Sequence[int], threshold: int) -> list[slice]:
    """The joins of counts that are all known: what is left open goes to the join before it.

    >>> at_once([7, 3, 1, 9, 2], threshold=5)
    [slice(0, 1, None), slice(1, 5, None)]
    """
    closed, rest = in_order(counts, threshold)
    if rest.start == rest.stop:
        return closed
    return [*closed[:-1], slice(closed[-1].start if closed else 0, rest.stop)]


def cell(times: Times, count: int, threshold: int) -> Cell:
    """The count, or what stands in for it where it is under the threshold."""
    if count >= threshold:
        return Cell(times=times, count=count)
    return Cell(times=times, count=stand_in(threshold), true=False)


def common(streams: Sequence[Sequence[Cell]]) -> tuple[Cell, ...]:
    """The sums of several streams over the finest times that all of them tell."""
    if len(streams) == 1:
        return tuple(streams[0])
    told = [{time for one in stream for time in one.times} for stream in streams]
    ends = set.intersection(*({one.times[-1] for one in stream} for stream in streams))
    starts = set.intersection(*({one.times[0] for one in stream} for stream in streams))
    found: list[Cell] = []
    for one in _between(sorted(set.intersection(*told)), starts, ends):
        inside = [[c for c in cells if set(c.times) <= set(one)] for cells in streams]
        if any({time for c in cells for time in c.times} != set(one) for cells in inside):
            continue
        parts = [c for cells in inside for c in cells]
        total, true = sum(c.count for c in parts), all(c.true for c in parts)
        found.append(Cell(times=one, count=total, true=true))
    return tuple(found)


def _between(times: Sequence[str], starts: set[str], ends: set[str]) -> list[Times]:
    found, at = [], 0
    for stop in [number for number, time in enumerate(times, 1) if time in ends]:
        if times[at] in starts:
            found.append(tuple(times[at:stop]))
        at = stop
    return found


def running(counts: Sequence[int], threshold: int) -> list[int]:
    """After each count the sum of the joins closed by then: what may be told of a running total.

    >>> running([6, 2, 1, 4], threshold=5)
    [6, 6, 6, 13]
    """
    closed, _ = in_order(counts, threshold)
    told = {one.stop: sum(counts[one]) for one in closed}
    return list(accumulate(told.get(stop, 0) for stop in range(1, len(counts) + 1)))
