"""The search for values that a hidden count may have: worlds are proposed and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

VALUES = 5
"""How many possible values every hidden count must keep."""


@dataclass(eq=False, kw_only=True)
class Hidden:
    """A hidden count.

    Attributes
    ----------
    place
        The words that say where it stands.
    seen
        The values that it was seen to have.
    ways
        Further values that it might have, each with what is otherwise where it has it.
    """

    place: tuple[str, str]
    seen: set[int] = field(default_factory=set)
    ways: Iterator[tuple[int, Any]] = field(default_factory=lambda: iter(()))


class Block(Protocol):
    """Hidden counts that can make up for each other, and the ``table`` they belong to."""

    @property
    def table(self) -> str: ...

    @property
    def hidden(self) -> Sequence[Hidden]: ...

    def differing(self, change: Any) -> int:
        """How many of its hidden counts a change moves; what each of them has then is noted."""
        ...


@dataclass(frozen=True)
class Proposal:
    """One other value of a hidden count, and what is otherwise in its block then."""

    block: Block
    value: int
    change: Any


class Search:
    """Worlds tried for all blocks at once, until each hidden count has its five values.

    Attributes
    ----------
    worlds
        How many were tried.
    farthest
        The world that differs most of those that could not be told from the true one.
    """

    def __init__(self, blocks: Sequence[Block], same: Callable[[Sequence[Proposal]], bool]):
        self.blocks, self.same, self.worlds = blocks, same, 0
        self.farthest: Sequence[Proposal] = ()
        self._differing = 0

    def narrow(self) -> Iterator[tuple[Block, Hidden]]:
        """The hidden counts for which fewer than five values were found."""
        while batch := [one for block in self.blocks if (one := _next(block))]:
            self._together(batch)
        for block in self.blocks:
            yield from ((block, one) for one in block.hidden if len(one.seen) < VALUES)

    def _together(self, batch: Sequence[Proposal]) -> None:
        """All proposals in one world; where it gives itself away, half of them at a time."""
        self.worlds += 1
        if self.same(batch):
            differing = sum(one.block.differing(one.change) for one in batch)
            if differing > self._differing:
                self.farthest, self._differing = batch, differing
        elif len(batch) > 1:
            middle = len(batch) // 2
            self._together(batch[:middle])
            self._together(batch[middle:])


def _next(block: Block) -> Proposal | None:
    """A value not yet seen of a hidden count that lacks some."""
    for one in block.hidden:
        if len(one.seen) < VALUES:
            for value, change in one.ways:
                if value not in one.seen:
                    return Proposal(block, value, change)
    return None
