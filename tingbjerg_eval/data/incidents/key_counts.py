"""Counting rows by the texts of a few columns, block by block."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

BITS = 21
PENDING = 1 << 20
DENSE = 4
"""Possible keys per row up to which all are counted, there or not."""
Coded = tuple[np.ndarray, np.ndarray]
"""The rows' codes in one block, and what each code's text is numbered in the whole file."""


class TooVaried(Exception):
    """A column has more different texts than are kept in memory."""


class Numbered:
    """The different texts of one column, numbered as they appear; ``read`` makes them texts."""

    def __init__(self, read: Callable[[bytes], str]):
        self._read = read
        self._numbers: dict[bytes, int] = {}
        self.texts: list[str] = []
        """Every text, at its number."""

    def coded(self, column: pa.DictionaryArray) -> Coded:
        """Each row's code, and the number of the text that each code stands for."""
        known = self._numbers
        here = column.dictionary.to_numpy(zero_copy_only=False)
        numbers = np.array([known.setdefault(one, len(known)) for one in here], dtype=np.int64)
        if len(known) > len(self.texts):
            self._learn()
        return column.indices.to_numpy(), numbers

    def _learn(self) -> None:
        if len(self._numbers) > 1 << BITS:
            raise TooVaried
        self.texts += map(self._read, list(self._numbers)[len(self.texts) :])


class Shortened:
    """The texts of a numbered column cut shorter, and numbered anew."""

    def __init__(self, whole: Numbered, cut: Callable[[str], str]):
        self._whole, self._cut = whole, cut
        self._numbers: dict[str, int] = {}
        self._of_whole = np.empty(0, dtype=np.int32)
        self.texts: list[str] = []
        """Every short text, at its number."""

    def coded(self, whole: Coded) -> Coded:
        """As of the whole texts, from theirs."""
        known = self._numbers
        if new := self._whole.texts[len(self._of_whole) :]:
            more = [known.setdefault(self._cut(one), len(known)) for one in new]
            self._of_whole = np.append(self._of_whole, np.array(more, dtype=np.int32))
            self.texts = list(known)
        codes, numbers = whole
        return self._of_whole[numbers][codes], np.arange(len(self.texts))


class KeyCounts:
    """Rows counted by the numbers of their texts in none to three columns."""

    def __init__(self, columns: dict[str, Numbered | Shortened]):
        self._columns = columns
        self._pending: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, rows: dict[str, Coded]) -> None:
        """Count the rows of a block, given by column."""
        if not self._columns:
            return
        self._pending.append(_counted([rows[name] for name in self._columns]))
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


def _counted(rows: list[Coded]) -> tuple[np.ndarray, np.ndarray]:
    """Keys, and how often each is there."""
    codes = [one for one, _ in rows]
    sizes = [len(numbers) for _, numbers in rows]
    if math.prod(sizes) > DENSE * len(codes[0]):
        return np.unique(_packed(rows, codes), return_counts=True)
    cells = codes[0]
    for one, size in zip(codes[1:], sizes[1:], strict=True):
        cells = cells * np.int32(size) + one
    counts = np.bincount(cells)
    present = np.flatnonzero(counts)
    return _packed(rows, np.unravel_index(present, sizes)), counts[present]


def _packed(rows: list[Coded], codes: Sequence[np.ndarray]) -> np.ndarray:
    keys = np.zeros(len(codes[0]), dtype=np.int64)
    for one, (_, numbers) in zip(codes, rows, strict=True):
        keys = (keys << BITS) | numbers[one]
    return keys
