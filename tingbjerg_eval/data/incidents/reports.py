"""Single reports from any delivery to counts by area, quarter and offence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path

import pandas as pd

from tingbjerg_eval.data.crosswalk import read_crosswalk
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.losses import doubt_only
from tingbjerg_eval.data.formats.files import check_file, locate
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import name_columns
from tingbjerg_eval.data.formats.loading import digest_of, load_rows
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.incidents.delimited_reports import Irregular, delimited_engine
from tingbjerg_eval.data.incidents.engines import (
    Engine,
    database_session,
    duckdb_session,
    frame_engine,
)
from tingbjerg_eval.data.incidents.rows import count_reports
from tingbjerg_eval.data.personal import refuse_personal
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

LARGE = 16_000_000
"""Bytes up to which a file that DuckDB cannot read is held in memory."""

Opened = AbstractContextManager[tuple[Engine, str]]
"""What answers queries about the delivered rows, and the SHA-256 of a file."""


def read_reports(
    source: IncidentSource, settings: StudySettings, folder: Path, found: Findings
) -> tuple[pd.DataFrame, str]:
    """Counts of single reports and the SHA-256 of what was read.

    DuckDB reads a delimited file where it can part the rows; else the thorough reader parts
    them, or says line by line why they cannot be.

    Raises
    ------
    InputRefused
        With every problem of the extract.
    """
    count = partial(_count_with, source=source, settings=settings, folder=folder)
    if source.shaped or source.count == "cases":
        cells, digest = count(_thorough, found=found)
        if source.only and source == settings.data.incidents:
            whole = source.model_copy(update={"only": {}})
            with suppress(InputRefused):  # what is left out need not be readable
                every, _ = read_reports(whole, settings, folder, Findings(file=found.file))
                doubt_only(cells, every, Doubts(settings=settings, found=found))
        return cells, digest
    if source.database:
        return count(_database, found=found)
    if source.format in ("parquet", "duckdb"):
        return count(_columnar, found=found)
    if source.format != "csv":
        return count(_thorough, found=found)
    regular = Findings(file=found.file)
    try:
        return count(_delimited, found=regular)
    except Irregular as irregular:
        regular.items.clear()
        return count(partial(_thorough, too_large=irregular), found=found)
    finally:
        found.items.extend(regular.items)


def in_order(cells: pd.DataFrame) -> pd.DataFrame:
    """``area, quarter, offence, count`` in the order of the first three."""
    columns = ["area", "quarter", "offence", "count"]
    return cells[columns].sort_values(columns[:3], ignore_index=True).astype({"count": "int64"})


def _count_with(
    opened: Callable[[IncidentSource, Path, Findings], Opened],
    *,
    source: IncidentSource,
    settings: StudySettings,
    folder: Path,
    found: Findings,
) -> tuple[pd.DataFrame, str]:
    with opened(source, folder, found) as (engine, digest):
        headings = _engine_headings(engine, source, found)
        pairs = read_crosswalk(source, settings, folder, found)
        cells = count_reports(engine, settings, source, found, headings=headings, pairs=pairs)
    return cells, digest or digest_of(_as_raw(cells, found))


def _as_raw(cells: pd.DataFrame, found: Findings) -> RawTable:
    ordered = in_order(cells).astype(str)
    return RawTable(file=found.file, frame=ordered, places=ordered.index.to_numpy())


def _engine_headings(engine: Engine, source: IncidentSource, found: Findings) -> dict[str, str]:
    """Internal names to the engine's columns, judged by the same rules as any table's headings."""
    empty = pd.DataFrame(columns=pd.Index(engine.headings, dtype=object), dtype=object)
    raw = RawTable(file=found.file, frame=empty, places=empty.index.to_numpy())
    wanted = source.headings()
    refuse_personal(raw, found, mapped=wanted.values(), waived=source.not_personal)
    return name_columns(raw, wanted, found).headings


@contextmanager
def _database(
    source: IncidentSource,
    folder: Path,  # noqa: ARG001
    found: Findings,
) -> Iterator[tuple[Engine, str]]:
    mapped = source.headings().values()
    with database_session(source, found, mapped=mapped) as engine:
        yield engine, ""


@contextmanager
def _columnar(
    source: IncidentSource, folder: Path, found: Findings
) -> Iterator[tuple[Engine, str]]:
    from tingbjerg_eval.data.formats.columnar import columnar_engine

    path = locate(source.name, folder, found)
    with duckdb_session() as connect:
        digest = check_file(path, source, found)
        yield columnar_engine(connect, path, source, found), digest


@contextmanager
def _delimited(
    source: IncidentSource, folder: Path, found: Findings
) -> Iterator[tuple[Engine, str]]:
    path = locate(source.name, folder, found)
    with duckdb_session() as connect:
        yield delimited_engine(connect, path, source, found)


@contextmanager
def _thorough(
    source: IncidentSource, folder: Path, found: Findings, *, too_large: Irregular | None = None
) -> Iterator[tuple[Engine, str]]:
    """An engine over rows of text; of a large file only what is wrong with it is said."""
    raw, digest = load_rows(source, folder, found, keys=list(source.headings().values()))
    refuse_personal(raw, found, mapped=source.headings().values(), waived=source.not_personal)
    _refuse_repeated(raw, source, found)
    if source.count == "cases":
        raw = _one_row_a_case(raw, source, found)
    if too_large and (folder / source.name).stat().st_size > LARGE:
        found.refuse(too_large.code, found=too_large.said)
    with duckdb_session() as connect:
        yield frame_engine(connect, raw), digest


def _one_row_a_case(raw: RawTable, source: IncidentSource, found: Findings) -> RawTable:
    """Of the rows of one case number that say the same of it, the first: rows are persons."""
    named = name_columns(raw, source.headings(), Findings(file=found.file)).frame
    facts = [one for one in ("case", "area", "date", "quarter", "offence") if one in named]
    again = (named.duplicated(facts) & (named["case"] != "")).to_numpy()
    if again.any():
        found.add("rows-are-cases", found=many(int(again.sum()), "row"))
    return raw.rows(~again)


def _refuse_repeated(raw: RawTable, source: IncidentSource, found: Findings) -> None:
    scratch = Findings(file=found.file)
    try:
        name_columns(raw, source.headings(), scratch)
    finally:
        found.items.extend(scratch.problems)
