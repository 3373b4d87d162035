"""How many of very many texts differ, in bounded memory: by a 64-bit hash of each."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)
HELD = 1 << 24
"""Numbers that are held before they are put on disk (128 MB)."""
PARTS = 64
SHIFT = np.uint64(64 - 6)


class Fingerprints:
    """Numbers that are added block by block and counted, each once, at the end.

    Up to ``held`` of them stay in memory. Beyond that they are sorted and written to a folder of
    their own, parted by their highest bits so that equal ones meet in one file; the folder is
    gone when the ``with`` block ends.
    """

    def __init__(self, *, held: int = HELD):
        self._numbers = np.empty(held, dtype=np.uint64)
        self._filled = 0
        self._folder: tempfile.TemporaryDirectory | None = None

    def __enter__(self) -> Fingerprints:
        return self

    def __exit__(self, *error: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, numbers: np.ndarray) -> None:
        """Take in a block of unsigned 64-bit numbers."""
        while len(numbers):
            room = len(self._numbers) - self._filled
            taken, numbers = numbers[:room], numbers[room:]
            self._numbers[self._filled : self._filled + len(taken)] = taken
            self._filled += len(taken)
            if self._filled == len(self._numbers):
                self._spill()

    def different(self) -> int:
        """How many different numbers were added."""
        if self._folder is None:
            return _different(self._numbers[: self._filled])
        self._spill()
        return sum(_different(np.fromfile(part, dtype=np.uint64)) for part in self._parts())

    def _parts(self) -> list[Path]:
        return [Path(self._folder.name) / f"{part:02d}" for part in range(PARTS)]

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory()
        numbers = self._numbers[: self._filled]
        numbers.sort()
        firsts = np.arange(1, PARTS, dtype=np.uint64) << SHIFT
        for part, some in zip(
            self._parts(), np.split(numbers, np.searchsorted(numbers, firsts)), strict=True
        ):
            with part.open("ab") as file:
                some.tofile(file)
        self._filled = 0


def _different(numbers: np.ndarray) -> int:
    """The count of different numbers; sorts them where they lie."""
    numbers.sort()
    return len(numbers[:1]) + int(np.count_nonzero(numbers[1:] != numbers[:-1]))


def text_hashes(column: pa.Array) -> np.ndarray:
    """A 64-bit hash of every text or byte string that is not blank, in no order.

    Equal texts have equal hashes. Different ones may share one, though hardly ever.
    """
    data, ends = bytes_of(column)
    lengths = np.diff(ends)
    return np.concatenate(
        [np.empty(0, dtype=np.uint64)]
        + [
            _mixed(_of_length(data, ends[:-1], lengths, length))
            for length in np.flatnonzero(np.bincount(lengths))
            if length
        ]
    )


def bytes_of(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """All texts' bytes in a row, and where each begins, with the end of the last."""
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    if data is None:
        return np.empty(0, dtype=np.uint8), ends
    return np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]], ends - ends[0]


def _of_length(
    data: np.ndarray, starts: np.ndarray, lengths: np.ndarray, length: int
) -> np.ndarray:
    """The texts of one length, each in a row of its own."""
    there = lengths == length
    if there.all():
        return data.reshape(-1, length)
    return np.lib.stride_tricks.sliding_window_view(data, length)[starts[there]]


def _mixed(texts: np.ndarray) -> np.ndarray:
    """Eight bytes at a time: exclusive or, multiplication by an odd number, half folded down."""
    rows, length = texts.shape
    padded = np.zeros((rows, -(-length // 8) * 8), dtype=np.uint8)
    padded[:, :length] = texts
    hashes = np.full(rows, length, dtype=np.uint64)
    for eight in padded.view(np.uint64).T:
        hashes = (hashes ^ eight) * MULTIPLIER
        hashes ^= hashes >> HALF
    return hashes
