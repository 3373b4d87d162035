"""Tables for publication: semantic HTML, plain text, and the published values for the workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

import pandas as pd

from tingbjerg_eval.presentation.words.numbers import MISSING, is_missing, rounded
from tingbjerg_eval.presentation.words.sentences import Words

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


class Head(TypedDict):
    """The head of a laid out column."""

    key: str
    heading: str
    kind: str
    decimals: int | None
    align: str
    language: str


Value = str | float | None
"""What a published cell holds."""


class Published(TypedDict):
    """A table as it is kept in a notebook's output for the workbook."""

    name: str
    caption: str
    columns: list[Head]
    rows: list[list[Value]]
    notes: list[str]


@dataclass(frozen=True)
class Cell:
    """One cell as it is shown; ``published`` is what the workbook gets.

    ``signal`` and ``icon`` make it a mark: a shape and a word, never a colour alone. ``key``
    names the cell of a protected table that it shows.
    """

    text: str
    align: str
    published: Value
    mark: str = ""
    signal: str = ""
    icon: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A laid out table; ``counts`` names the protected table whose counts it shows."""

    caption: str
    columns: tuple[Head, ...]
    cells: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...]
    name: str
    look: str = "plain"
    counts: str = ""

    def published(self) -> Published:
        """The table as it is kept in a notebook's output for the workbook."""
        return {
            "name": self.name,
            "caption": self.caption,
            "columns": [column.copy() for column in self.columns],
            "rows": [[cell.published for cell in row] for row in self.cells],
            "notes": list(self.notes),
        }

    def text(self) -> str:
        """The table in plain text."""
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


def lay_out(
    frame: pd.DataFrame,
    words: Words,
    *,
    caption: str,
    columns: Mapping[str, Any] | Sequence[str] | None = None,
    notes: Sequence[str] = (),
    threshold: int = 5,
    name: str = "",
    counts: str = "",
    look: str = "plain",
) -> Shown:
    """Write every cell of ``frame`` in the report's language.

    Raises
    ------
    KeyError
        When ``columns`` names one the frame has not.
    """
    chosen = _chosen(frame, columns, words)
    states = frame["status"] if "status" in frame.columns else pd.Series("shown", frame.index)
    rows = tuple(
        tuple(
            _named(_cell(row[key], column, state, words, threshold), key, row)
            for key, column in chosen.items()
        )
        for row, state in zip(frame.to_dict("records"), states, strict=True)
    )
    heads = tuple(_head(key, column, words) for key, column in chosen.items())
    return Shown(
        caption=caption,
        columns=heads,
        cells=rows,
        notes=(*notes, *_hidden_notes(states, words, threshold)),
        name=name or slug(caption),
        counts=counts,
        look=look,
    )


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


def _head(key: str, column: Column, words: Words) -> Head:
    align = _align(column.kind)
    return {
        "key": key,
        "heading": column.heading,
        "kind": column.kind,
        "decimals": column.decimals,
        "align": align,
        "language": words.language,
    }


def _align(kind: str) -> str:
    if kind in NUMERIC:
        return "figure"
    return "words time" if kind in ("time", "date") else "words"


def _cell(value: Any, column: Column, state: str, words: Words, threshold: int) -> Cell:
    if column.kind not in NUMERIC:
        text = _plain(value, column.kind, words)
        return Cell(text=text, align=_align(column.kind), published=text)
    if state in (*UNDER_STATES, *WITHHELD_STATES) and _is_absent(value):
        text = hidden_text(state, words, threshold)
        return Cell(text=text, align="figure", published=text, mark="hidden")
    if _is_absent(value):
        return Cell(text=MISSING, align="figure", published=None)
    return Cell(
        text=_write(value, column, words), align="figure", published=_published(value, column)
    )


def hidden_text(state: str, words: Words, threshold: int) -> str:
    """What stands where a figure is hidden."""
    if state in UNDER_STATES:
        return words("hidden.under", threshold=words.number(threshold))
    return words("hidden.secondary")


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
