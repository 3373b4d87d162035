"""Parquet files and tables of a DuckDB file, as text; nothing in them is executed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import plain_heading
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.incidents.engines import (
    Connect,
    DuckEngine,
    duckdb_session,
    quoted_name,
    quoted_text,
    relation_engine,
)
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.study.sources import Source

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def read_columnar(path: Path, source: Source, found: Findings, *, keys: list[str]) -> RawTable:  # noqa: ARG001
    """Every row as text."""
    with duckdb_session() as connect:
        engine = columnar_engine(connect, path, source, found)
        columns = ", ".join(
            f"coalesce(CAST({quoted_name(one)} AS VARCHAR), '') AS {quoted_name(one)}"
            for one in engine.headings
        )
        frame = engine.fetch(f"SELECT {columns} FROM {engine.table.name}").astype(object)
    if frame.empty:
        found.refuse("header-only", found="columns and no rows")
    places = np.arange(1, len(frame) + 1)
    return RawTable(file=found.file, frame=frame, places=places, place_word="row", typed=True)


def columnar_engine(connect: Connect, path: Path, source: Source, found: Findings) -> DuckEngine:
    """An engine over the file; moments become days, which is what is counted."""
    import duckdb

    connection = connect()
    try:
        relation = _relation(connection, path, source)
        described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        connection.execute("SET enable_external_access = false")
    except duckdb.CatalogException:
        found.refuse("database-table", found=f"no table or view {source.query_table!r}")
    except duckdb.Error:
        found.refuse("file-damaged", found="a file that cannot be opened", format=source.format)
    _refuse_columns(connection, path, source, described, found)
    replaced = ", ".join(
        f"{text} AS {quoted_name(name)}"
        for name, kind, *_ in described
        if (text := _as(name, kind))
    )
    star = f"* REPLACE ({replaced})" if replaced else "*"
    return relation_engine(
        connect,
        f"(SELECT {star} FROM {relation})",
        [name for name, *_ in described],
        first=1,
        place_word="row",
        typed=True,
        explain=lambda: _damaged(source, found),
    )


def _as(name: str, kind: str) -> str | None:
    """SQL for a column whose own text would mislead: moments, and floating numbers.

    A whole number that is stored as a floating one is written without decimals, and a small one
    without an exponent, as in a workbook.
    """
    column = quoted_name(name)
    if kind.startswith("TIMESTAMP"):
        return f"CAST({column} AS DATE)"
    if kind not in ("DOUBLE", "FLOAT"):
        return None
    text = f"CAST({column} AS VARCHAR)"
    return (
        f"CASE WHEN isfinite({column}) AND {column} = trunc({column}) AND abs({column}) < 1e15 "
        f"THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) "
        f"WHEN isfinite({column}) AND abs({column}) < 1 AND contains({text}, 'e') "
        f"THEN rtrim(printf('%.30f', CAST({column} AS DOUBLE)), '0') ELSE {text} END"
    )


def _refuse_columns(
    connection: DuckDBPyConnection, path: Path, source: Source,
    described: Sequence[tuple[str, ...]], found: Findings,
) -> None:  # fmt: skip
    """Refuse moments with a time zone, and headings that DuckDB would number apart."""
    mapped = {plain_heading(one) for one in source.headings().values()}
    for name, kind, *_ in described:
        if "WITH TIME ZONE" in kind and plain_heading(name) in mapped:
            found.add("time-zone", column=name, found="moments with a time zone")
    if source.format == "parquet":
        schema = f"SELECT name FROM parquet_schema({quoted_text(str(path))}) OFFSET 1"
        names = [plain_heading(name) for (name,) in connection.execute(schema).fetchall()]
        for name in sorted({one for one in names if names.count(one) > 1}):
            if len(described) == len(names):  # nested columns have names of their own inside
                found.add("heading-twice", column=name, found=f"{name!r} twice")
    found.stop_if_refused()


def _relation(connection: DuckDBPyConnection, path: Path, source: Source) -> str:
    """The rows' SQL name. Access to other files ends once this one is attached or allowed."""
    if source.format == "parquet":
        connection.execute(f"SET allowed_paths = [{quoted_text(str(path))}]")
        return f"read_parquet({quoted_text(str(path))})"
    connection.execute(f"ATTACH {quoted_text(str(path))} AS delivered_file (READ_ONLY)")
    parts = ["delivered_file", *given(source.query_table).split(".")]
    return ".".join(map(quoted_name, parts))


def _damaged(source: Source, found: Findings) -> NoReturn:
    found.refuse(
        "file-damaged", found="a file that cannot be read to its end", format=source.format
    )
