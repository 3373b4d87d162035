"""A delimited file without quotation marks: every line is a row, every separator parts it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from tingbjerg_eval.data.incidents.fingerprints import bytes_of
from tingbjerg_eval.data.personal import any_cpr

BLOCK = 1 << 21
"""Bytes that are split at a time."""
KEPT = 31 << 20
"""Bytes; just under the largest piece for which glibc adapts (malloc(3), M_MMAP_THRESHOLD)."""
PIECE = 1 << 16
"""Bytes that are searched at a time: few enough to stay in the processor's cache."""
CODED = pa.dictionary(pa.int32(), pa.binary())
TEN_DIGITS = r"(^|\P{Nd})\p{Nd}{6}[- ]?\p{Nd}{4}(\P{Nd}|$)"
SEPARATED = r"(^|\P{Nd})\p{Nd}{6}[- ]\p{Nd}{4}(\P{Nd}|$)"
FIRST_NOT_ASCII = 0x80
FIRST_OTHER_DIGITS = 0xD9
"""The lowest first byte in UTF-8 of a digit of another script."""


LOST_ZERO = r"(^|[^\p{Nd}.,])[1-9]\p{Nd}{4}[- ]?\p{Nd}{4}([^\p{Nd}.,]|$)"


class Doubtful(ValueError):
    """A text that only the reader of small files judges."""


@dataclass(frozen=True, kw_only=True)
class PlainFile:
    """Where the file is and how its bytes are to be understood.

    In a ``wary`` reading nine digits, which may be a CPR number without its leading zero, are
    :class:`Doubtful`.
    """

    path: Path
    separator: str
    headings: list[str]
    codec: str
    wary: bool = False

    def blocks(self, coded: Container[str]) -> Iterator[pa.RecordBatch]:
        """Its rows, a bounded number at a time, in columns named as its headings.

        Blank lines are left out. Columns in ``coded`` come as codes and the different byte
        strings that they stand for.

        Raises
        ------
        pyarrow.ArrowInvalid
            When a row has more or fewer fields than there are headings.
        """
        names = list(map(str, range(len(self.headings))))
        kinds = [CODED if one in coded else pa.binary() for one in self.headings]
        csv = pyarrow.csv
        reader = csv.open_csv(
            self.path,
            read_options=csv.ReadOptions(
                use_threads=False, block_size=BLOCK, skip_rows=1, column_names=names
            ),
            parse_options=csv.ParseOptions(delimiter=self.separator, quote_char=False),
            convert_options=csv.ConvertOptions(
                column_types=dict(zip(names, kinds, strict=True)), strings_can_be_null=False
            ),
        )
        _keep_freed_memory()
        for block in reader:
            yield block.rename_columns(self.headings)

    def text(self, data: bytes) -> str:
        """Bytes as text.

        Raises
        ------
        UnicodeDecodeError
            When they are not the codec's.
        """
        return data.decode(self.codec)

    def checked(self, column: pa.Array) -> pa.Array:
        """A column that is not coded, its bytes proven to be the codec's.

        Raises
        ------
        pyarrow.ArrowInvalid
            When they are not.
        """
        ascii_only = bytes_of(column)[0].max(initial=0) < FIRST_NOT_ASCII
        return column if ascii_only or self.codec != "utf-8" else column.cast(pa.string())

    def cpr_shaped(self, column: pa.Array, *, separated_only: bool) -> str | None:
        """A text of ``column`` that is shaped as a CPR number, if there is one.

        Raises
        ------
        Doubtful
            In a wary reading.
        """
        lost = self.wary and not separated_only
        if lost and pc.any(pc.match_substring_regex(column, LOST_ZERO)).as_py():
            raise Doubtful
        if not _digits_possible(bytes_of(column)[0], separated_only=separated_only):
            return None
        pattern = SEPARATED if separated_only else TEN_DIGITS
        likely = column.filter(pc.match_substring_regex(column, pattern)).unique().to_pylist()
        texts = [self.text(one) if isinstance(one, bytes) else one for one in likely]
        return next((one for one in texts if any_cpr([one], separated_only=separated_only)), None)


def _keep_freed_memory() -> None:
    """Have the C library reuse the memory of a block for the next one.

    It gives large pieces back to the system at once until one of this size was freed.
    """
    np.empty(KEPT, dtype=np.uint8)


def _digits_possible(data: np.ndarray, *, separated_only: bool) -> bool:
    """Whether ``data`` has six digits and four, or signs that may be another script's digits.

    A cheap test that spares nearly all texts the regular expression; texts that adjoin in
    ``data`` can only make it say yes too often.
    """
    if data.max(initial=0) >= FIRST_OTHER_DIGITS:
        return True
    pieces = range(0, len(data), PIECE)
    return any(_ten_digits(data[at : at + PIECE + 10], separated_only) for at in pieces)


def _ten_digits(data: np.ndarray, separated_only: bool) -> bool:
    if len(data) < 10:
        return False
    digit = (data - np.uint8(ord("0"))) < 10
    two = digit[:-1] & digit[1:]
    four = two[:-2] & two[2:]
    six = four[:-2] & two[4:]
    if not separated_only and (six[:-4] & four[6:]).any():
        return True
    separator = (data == ord("-")) | (data == ord(" "))
    return bool((six[:-5] & separator[6:-4] & four[7:]).any())
