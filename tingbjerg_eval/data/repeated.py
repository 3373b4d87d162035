"""Rows that say one thing twice: repeated ones, those of a further dimension, and totals."""

from __future__ import annotations

import pandas as pd

from tingbjerg_eval.data.doubts.spelling import TOTALS
from tingbjerg_eval.data.formats.findings import Findings, as_yaml, listed, quoted
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.study.sources import Source

MOST_VALUES = 12
"""Different values up to which a column is taken for a dimension."""
REPORTS = {"anmeldt", "anmeldte", "reported", "recorded"}
"""Values of a dimension that name what a study counts."""


def refuse_repeated(
    raw: RawTable, frame: pd.DataFrame, keys: list[str], found: Findings, *, value: str | None
) -> None:
    """Refuse rows of ``frame`` that are equal in ``keys``, in one line for each kind.

    ``frame`` has the rows of ``raw`` by position. Rows with one ``value`` are repeated, others
    differ; where a column that nobody mapped tells all of them apart, it is named instead.
    """
    keyed = frame.dropna(subset=keys)
    repeated = keyed[keyed.duplicated(keys, keep=False)]
    if repeated.empty:
        return
    if (name := _dimension(raw, repeated, keys)) is not None:
        _add_dimension(raw, repeated, name, found)
        return
    kinds: dict[str, list[tuple[list[int], str]]] = {}
    for key, rows in repeated.groupby(keys, sort=False):
        own = rows[value] if value else rows.drop(columns=keys).apply(tuple, axis=1)
        code = "duplicate-row" if own.nunique() <= 1 else "duplicate-cell"
        said = ", ".join(str(one) for one in key if str(one))
        if value:
            said += f": {listed([f'{one:g}' for one in own])}"
        kinds.setdefault(code, []).append((rows.index.tolist(), said))
    for code, groups in kinds.items():
        places = "; ".join(raw.where(rows) for rows, _ in groups[:5])
        found.add(code, place=places, found=listed([said for _, said in groups]))


def _dimension(raw: RawTable, repeated: pd.DataFrame, keys: list[str]) -> str | None:
    """The unmapped column of few values of which no repeated cell has one twice."""
    if raw.others is None:
        return None
    own = raw.others.loc[raw.places[repeated.index.to_numpy()]]
    cells = len(repeated.drop_duplicates(keys))
    for name in own.columns:
        texts = own[name].map(plain_text).to_numpy()
        counts = pd.Series(texts).value_counts()
        few = 2 <= len(counts) <= MOST_VALUES and (counts * 2 >= cells).all()
        if few and "" not in counts and not repeated.assign(other=texts).duplicated(
            [*keys, "other"]
        ).any():  # fmt: skip
            return str(name)
    return None


def _add_dimension(raw: RawTable, repeated: pd.DataFrame, name: str, found: Findings) -> None:
    texts = raw.others.loc[raw.places[repeated.index.to_numpy()], name].map(plain_text)  # type: ignore[union-attr]
    values = list(dict.fromkeys(texts))
    wanted = next((one for one in values if one.casefold() in TOTALS | REPORTS), None)
    found.add(
        "dimension-undeclared", column=name, found=listed([quoted(one) for one in values]),
        values=many(len(values), "row"), heading=as_yaml(name), value=as_yaml(wanted or values[0]),
        sure=wanted or "",
    )  # fmt: skip


def without_totals(
    raw: RawTable, cells: pd.DataFrame, source: Source, found: Findings, *, value: str,
    keys: list[str],
) -> tuple[RawTable, pd.DataFrame]:  # fmt: skip
    """``raw`` and ``cells`` without the rows of the area ``source.total``.

    Each total must be the sum of all delivered areas with the same ``keys``, those outside the
    study too.
    """
    if source.total is None:
        return raw, cells
    total = (cells["delivered"] == plain_text(source.total)).to_numpy()
    stated = cells[total].groupby(keys)[value].sum()
    parts = cells[~total].groupby(keys)[value].sum().reindex(stated.index, fill_value=0)
    for key in stated.index[stated != parts]:
        label = ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
        found.add("total-differs", column=raw.heading(value),
                  found=f"{label}: total {stated[key]:g}, parts {parts[key]:g}")  # fmt: skip
    if total.any() and not found.problems:
        found.add("total-checked", found=many(total.sum(), "row"))
    return raw.rows(~total), cells[~total].reset_index(drop=True)
