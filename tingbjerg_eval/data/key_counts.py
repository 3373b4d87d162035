"""Counting rows by the texts of a few columns, block by block."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

BITS = 21
PENDING = 1 << 20


class TooVaried(Exception):
    """A column has more different texts than are kept in memory."""


class Numbered:
    """The different texts of one column, numbered as they appear; ``read`` makes them texts."""

    def __init__(self, read: Callable[[bytes], str]):
        self._read = read
        self._numbers: dict[bytes, int] = {}
        self.texts: list[str] = []
        """Every text, at its number."""

    def numbers(self, column: pa.DictionaryArray) -> np.ndarray:
        """The number of each row's text."""
        known = self._numbers
        here = column.dictionary.to_numpy(zero_copy_only=False)
        numbers = np.array([known.setdefault(one, len(known)) for one in here], dtype=np.int64)
        if len(known) > len(self.texts):
            self._learn()
        return numbers[column.indices.to_numpy()]

    def _learn(self) -> None:
        if len(self._numbers) > 1 << BITS:
            raise TooVaried
        self.texts += map(self._read, list(self._numbers)[len(self.texts) :])


class Shortened:
    """The texts of a numbered column cut shorter, and numbered anew."""

    def __init__(self, whole: Numbered, cut: Callable[[str], str]):
        self._whole, self._cut = whole, cut
        self._numbers: dict[str, int] = {}
        self._of_whole = np.empty(0, dtype=np.int64)
        self.texts: list[str] = []
        """Every short text, at its number."""

    def numbers(self, whole: np.ndarray) -> np.ndarray:
        """The number of each row's short text, from that of the whole."""
        known = self._numbers
        if new := self._whole.texts[len(self._of_whole) :]:
            more = [known.setdefault(self._cut(one), len(known)) for one in new]
            self._of_whole = np.append(self._of_whole, more)
            self.texts = list(known)
        return self._of_whole[whole]


class KeyCounts:
    """Rows counted by the numbers of their texts in none to three columns."""

    def __init__(self, columns: dict[str, Numbered | Shortened]):
        self._columns = columns
        self._pending: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, numbers: dict[str, np.ndarray]) -> None:
        """Count the rows of a block, given the numbers of their texts by column."""
        if not self._columns:
            return
        rows = [numbers[name] for name in self._columns]
        sizes = [len(one.texts) for one in self._columns.values()]
        self._pending.append(_counted(rows, sizes))
        if sum(len(one) for one, _ in self._pending) > PENDING:
            self._pending = [self._merged()]

    def frame(self) -> pd.DataFrame:
        """The columns' texts, and ``n`` rows of each combination."""
        keys, counts = self._merged()
        texts = {}
        for name, numbered in reversed(self._columns.items()):
            texts[name] = np.array(numbered.texts, dtype=object)[keys & ((1 << BITS) - 1)]
            keys = keys >> BITS
        frame = pd.DataFrame({name: texts[name] for name in self._columns}, dtype=object)
        return frame.assign(n=counts)

    def _merged(self) -> tuple[np.ndarray, np.ndarray]:
        none = np.empty(0, dtype=np.int64)
        keys = np.concatenate([none, *[one for one, _ in self._pending]])
        counts = np.concatenate([none, *[one for _, one in self._pending]])
        different, places = np.unique(keys, return_inverse=True)
        totals = np.zeros(len(different), dtype=np.int64)
        np.add.at(totals, places, counts)
        return different, totals


def _counted(rows: list[np.ndarray], sizes: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Keys, and how often each is there, of rows given by the numbers of their columns."""
    if math.prod(sizes) > len(rows[0]):
        return np.unique(_packed(rows), return_counts=True)
    cells = rows[0]
    for one, size in zip(rows[1:], sizes[1:], strict=True):
        cells = cells * size + one
    counts = np.bincount(cells)
    present = np.flatnonzero(counts)
    return _packed(np.unravel_index(present, sizes)), counts[present]


def _packed(columns: Sequence[np.ndarray]) -> np.ndarray:
    keys = columns[0]
    for one in columns[1:]:
        keys = (keys << BITS) | one
    return keys
