"""A delivered table as text: nothing guessed, every row's place known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from tingbjerg_eval.data.formats.findings import SHOWN_PLACES


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """Text columns, blanks as ``""``; ``places`` holds each row's line or row number."""

    file: str
    frame: pd.DataFrame
    places: np.ndarray
    place_word: str = "line"
    typed: bool = False
    headings: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of a file with value labels: each column's labels to the numbers they stand for."""

    others: pd.DataFrame | None = None
    """The columns that nobody mapped, by place."""

    def where(self, rows: Sequence[int] | np.ndarray) -> str:
        """The places of the rows that a mask (or positions) selects, in words."""
        places = self.places[np.asarray(rows)]
        shown = ", ".join(str(one) for one in places[:SHOWN_PLACES])
        left = len(places) - SHOWN_PLACES
        word = self.place_word if len(places) == 1 else f"{self.place_word}s"
        return f"{word} {shown}" + (f" and {left} more" if left > 0 else "")

    def heading(self, column: str) -> str:
        """The heading as delivered of the column called ``column`` here."""
        return self.headings.get(column, column)

    def rows(self, mask: np.ndarray) -> RawTable:
        """Only the rows of ``mask``."""
        mask = np.asarray(mask)
        frame = self.frame.loc[mask].reset_index(drop=True)
        return replace(self, frame=frame, places=self.places[mask])

    def with_frame(self, frame: pd.DataFrame) -> RawTable:
        """The same rows with other columns."""
        return replace(self, frame=frame)


def text_table(
    file: str, columns: Sequence[str], rows: Sequence[Sequence[str]], places: Sequence[int],
    *, place_word: str = "line", typed: bool = False,
) -> RawTable:  # fmt: skip
    """A raw table from lists of text; headings may repeat until they are checked."""
    values = np.array(rows, dtype=object).reshape(len(rows), len(columns))
    frame = pd.DataFrame(values, columns=pd.Index(list(columns), dtype=object), dtype=object)
    return RawTable(file=file, frame=frame, places=np.asarray(places),
                    place_word=place_word, typed=typed)  # fmt: skip
