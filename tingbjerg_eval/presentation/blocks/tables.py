"""Tables for publication: semantic HTML, plain text, and the published values for the workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from tingbjerg_eval.presentation.blocks import templates
from tingbjerg_eval.presentation.blocks.display import Block
from tingbjerg_eval.presentation.blocks.workbook import Head, Published, Value
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.numbers import MISSING, is_missing, rounded
from tingbjerg_eval.presentation.words.sentences import Words

if TYPE_CHECKING:
    from tingbjerg_eval.disclosure.tables import ProtectedTable

UNDER_STATES = ("hidden",)
WITHHELD_STATES = ("hidden-secondary",)
BESIDE = ("status", "text", "total", "key", "cell")
"""Columns of a protected table that are no figures of their own."""

KINDS = {
    "quarter": "time",
    "wave": "time",
    "time": "time",
    "spent_dkk": "money",
    "budget_dkk": "money",
    "spent": "money",
    "budget": "money",
    "share": "percent",
    "rate": "rate",
    "p_value": "p",
    "p_adjusted": "p",
}
DECIMALS = {"number": 0, "rate": 1, "percent": 1, "signed": 1, "money": 0, "p": 3}
NUMERIC = tuple(DECIMALS)
LONGEST_NAME = 44
KNOWN = ("text", "time", "date", *NUMERIC)


@dataclass(frozen=True)
class Column:
    """How one column is headed and written.

    ``kind`` is text, time, date, number, rate, signed, percent (a share 0-1), money or p;
    ``decimals`` None is the kind's own. One column has one number of decimals, so that commas
    stand under each other.
    """

    heading: str = ""
    kind: str = ""
    decimals: int | None = None

    def __post_init__(self) -> None:
        if self.kind and self.kind not in KNOWN:
            raise ValueError(f"no kind {self.kind!r}; there are {', '.join(KNOWN)}")


Columns = Mapping[str, str | Column]
"""Columns of a table, each headed by the key of a sentence."""


@dataclass(frozen=True)
class Cell:
    """One cell as it is shown; ``published`` is what the workbook gets.

    ``signal`` and ``icon`` make it a mark: a shape and a word, never a colour alone. ``key``
    names the cell of a protected table that it shows.
    """

    text: str
    published: Value
    mark: str = ""
    signal: str = ""
    icon: str = ""
    key: str = ""


class Table(Block):
    """A table for publication.

    Parameters
    ----------
    frame
        Rows to show. A protected table (or its frame, with ``status``) shows words where a
        figure is hidden; nothing else is hidden here.
    caption
        What the table shows.
    columns
        Columns in order: names, or names with a heading or a :class:`Column`. By default all,
        headed and written by their names.
    notes
        Sentences under the table.
    name
        Sheet and file name; by default made of the caption.
    look
        ``compact`` for one of many rows.

    Raises
    ------
    KeyError
        When ``columns`` names one the frame has not.
    """

    kind = "table"
    counts = ""
    """The protected table whose counts it shows."""
    caption: str
    columns: list[Head]
    cells: list[list[Cell]]
    notes: list[str]
    name: str
    look: str

    def __init__(
        self,
        frame: pd.DataFrame | ProtectedTable,
        caption: str,
        columns: Mapping[str, Any] | Sequence[str] | None = None,
        notes: Sequence[str] = (),
        *,
        name: str = "",
        threshold: int | None = None,
        look: str = "plain",
        words: Words | None = None,
    ):
        words = words or wording.current()
        rows = frame if isinstance(frame, pd.DataFrame) else frame.frame
        under: int = getattr(frame, "threshold", 5)
        under = threshold or under
        chosen = _chosen(rows, columns, words)
        states = rows["status"] if "status" in rows.columns else pd.Series("shown", rows.index)
        self.caption, self.name, self.look = caption, name or slug(caption), look
        if hasattr(frame, "cells"):
            self.counts = getattr(frame, "name", "")
        self.columns = [head(key, column, words) for key, column in chosen.items()]
        self.cells = [
            [_named(_cell(row[key], column, state, words, under), key, row)
             for key, column in chosen.items()]
            for row, state in zip(rows.to_dict("records"), states, strict=True)
        ]  # fmt: skip
        self.notes = [*notes, *_hidden_notes(states, words, under)]

    @classmethod
    def headed(
        cls,
        rows: pd.DataFrame | Sequence[Mapping[str, object]],
        caption: str,
        columns: Columns,
        notes: Sequence[str] = (),
        *,
        words: Words,
        **more: Any,
    ) -> Table:
        """A table whose columns are headed by the keys of sentences."""
        headings = {
            key: replace(column, heading=words(column.heading))
            if isinstance(column, Column) else words(column)
            for key, column in columns.items()
        }  # fmt: skip
        return cls(pd.DataFrame(rows), caption, headings, notes, words=words, **more)

    def html(self) -> Markup:
        return templates.html("table", self)

    def tables(self) -> list[Published]:
        rows = [[cell.published for cell in row] for row in self.cells]
        columns = [column.copy() for column in self.columns]
        return [{"name": self.name, "caption": self.caption, "columns": columns, "rows": rows,
                 "notes": list(self.notes)}]  # fmt: skip

    def text(self) -> str:
        rows = [[column["heading"] for column in self.columns]]
        rows += [[cell.text for cell in row] for row in self.cells]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        aligned = [column["align"] == "figure" for column in self.columns]
        lines = [
            "  ".join(
                text.rjust(width) if right else text.ljust(width)
                for text, width, right in zip(row, widths, aligned, strict=True)
            ).rstrip()
            for row in rows
        ]
        return "\n".join([self.caption, "", *lines, *(["", *self.notes] if self.notes else [])])


def _named(cell: Cell, column: str, row: Mapping[str, Any]) -> Cell:
    """The cell of a protected table with its name, by which the audit finds it."""
    return replace(cell, key=row["key"]) if column == "value" and "key" in row else cell


def slug(text: str) -> str:
    """A file name made of ``text``: a-z, 0-9 and hyphens."""
    import re
    import unicodedata

    spelled = text.lower().translate({0xE6: "ae", 0xF8: "oe", 0xE5: "aa"})
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) > LONGEST_NAME:
        words = words[:LONGEST_NAME].rpartition("-")[0] or words[:LONGEST_NAME]
    return words or "table"


def _chosen(
    frame: pd.DataFrame, columns: Mapping[str, Any] | Sequence[str] | None, words: Words
) -> dict[str, Column]:
    names = columns if columns is not None else [c for c in frame.columns if c not in BESIDE]
    given = names if isinstance(names, Mapping) else dict.fromkeys(names, Column())
    missing = [name for name in given if name not in frame.columns]
    if missing:
        raise KeyError(f"the table has no column {missing[0]!r}; it has {list(frame.columns)}")
    return {name: _completed(name, column, frame[name], words) for name, column in given.items()}


def _completed(name: str, column: Column | str, values: pd.Series, words: Words) -> Column:
    column = Column(heading=column) if isinstance(column, str) else column
    heading = column.heading or (words(f"table.{name}") if f"table.{name}" in words else str(name))
    kind = column.kind or KINDS.get(name) or _kind_of(values)
    decimals = DECIMALS.get(kind) if column.decimals is None else column.decimals
    return Column(heading=heading, kind=kind, decimals=decimals)


def _kind_of(values: pd.Series) -> str:
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return "text"
    return "number" if pd.api.types.is_integer_dtype(values) else "rate"


def head(key: str, column: Column, words: Words) -> Head:
    """The head of a column, numbers to the right."""
    moments = "words time" if column.kind in ("time", "date") else "words"
    return {
        "key": key,
        "heading": column.heading,
        "kind": column.kind,
        "decimals": column.decimals,
        "align": "figure" if column.kind in NUMERIC else moments,
        "language": words.language,
    }


def _cell(value: Any, column: Column, state: str, words: Words, threshold: int) -> Cell:
    if column.kind not in NUMERIC:
        text = _plain(value, column.kind, words)
        return Cell(text, text)
    if state in (*UNDER_STATES, *WITHHELD_STATES) and _is_absent(value):
        under = state in UNDER_STATES
        text = words("hidden.under" if under else "hidden.secondary",
                     threshold=words.number(threshold))  # fmt: skip
        return Cell(text, text, mark="hidden")
    if _is_absent(value):
        return Cell(MISSING, None)
    return Cell(_write(value, column, words), _published(value, column))


def _is_absent(value: Any) -> bool:
    return value is pd.NA or is_missing(value)


def _plain(value: Any, kind: str, words: Words) -> str:
    if value is None or value is pd.NA or value != value:
        return MISSING
    if kind == "time":
        return words.time(value if isinstance(value, str) else int(value))
    return words.date(value) if kind == "date" else str(value)


def _write(value: float, column: Column, words: Words) -> str:
    if column.kind == "money":
        return words.money(value)
    if column.kind == "p":
        return words.p_value(value)
    way = {"percent": words.percent, "signed": words.signed}.get(column.kind, words.number)
    return way(value, decimals=column.decimals)


def _published(value: float, column: Column) -> float | int:
    """The value as precisely as it is shown, and no more."""
    decimals = (column.decimals or 0) + (2 if column.kind == "percent" else 0)
    exact = rounded(float(value), decimals)
    return int(exact) if decimals == 0 else float(exact)


def _hidden_notes(states: pd.Series, words: Words, threshold: int) -> list[str]:
    notes = []
    if states.isin(UNDER_STATES).any():
        notes.append(words("hidden.note_under", threshold=words.number(threshold)))
    if states.isin(WITHHELD_STATES).any():
        notes.append(words("hidden.note_secondary"))
    return notes
