"""The police extract, from any delivery to counts by area, quarter and offence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from tingbjerg_eval.data.baskets import basket_codes, check_codes_present
from tingbjerg_eval.data.coverage import (
    check_coverage,
    check_extract_date,
    check_lag,
    first_and_last,
    last_day,
    partial_quarters,
    study_quarters,
    whole_quarters,
)
from tingbjerg_eval.data.crosswalk import read_crosswalk
from tingbjerg_eval.data.doubts.counts import doubt_counts
from tingbjerg_eval.data.doubts.gaps import compared_areas
from tingbjerg_eval.data.formats.delimited import separator_of
from tingbjerg_eval.data.formats.files import check_file, locate
from tingbjerg_eval.data.formats.findings import Findings, listed
from tingbjerg_eval.data.formats.headings import name_columns
from tingbjerg_eval.data.formats.loading import digest_of, load_rows
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.formats.wide import lengthen, quarters_of_times
from tingbjerg_eval.data.incidents.cells import count_cells
from tingbjerg_eval.data.incidents.engines import (
    Connect,
    DuckEngine,
    Engine,
    database_session,
    duckdb_session,
    frame_engine,
    large_csv,
    relation_engine,
)
from tingbjerg_eval.data.incidents.large_files import (
    ByteSigns,
    codec_of,
    explain_refusal,
    header_of,
    refuse_irregular,
)
from tingbjerg_eval.data.incidents.plain_file import Doubtful, PlainFile
from tingbjerg_eval.data.incidents.rows import count_reports
from tingbjerg_eval.data.personal import holds_cpr, refuse_personal
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

QUICK = 300_000
"""Bytes from which a plain file of single reports is first tried in one reading."""

LARGE = 16_000_000
"""Bytes from which a file of single reports is counted out of core."""


def read_incidents(
    source: IncidentSource, settings: StudySettings, folder: Path, found: Findings
) -> tuple[pd.DataFrame, str]:
    """Counts by ``area, quarter, offence`` and the SHA-256 of what was read.

    Raises
    ------
    InputRefused
        With every problem of the extract.
    """
    read = _read_cells if source.counted else _read_reports
    cells, digest = read(source, settings, folder, found)
    return _ordered(cells), digest


def _ordered(cells: pd.DataFrame) -> pd.DataFrame:
    columns = ["area", "quarter", "offence", "count"]
    return cells[columns].sort_values(columns[:3], ignore_index=True).astype({"count": "int64"})


def check_incidents(
    cells: pd.DataFrame, settings: StudySettings, found: Findings
) -> tuple[str, ...]:
    """What an extract must hold for this study; returns the whole quarters that it covers."""
    source = settings.data.incidents
    whole = source.coverage is None or whole_quarters(source.coverage)
    if whole and not cells["area"].isin(compared_areas(settings)).any():
        found.refuse("area-none", column=source.columns.area)
    covered = _covered(cells, source, found)
    check_extract_date(settings, last_day(covered[-1]) if covered else source.extract_date, found)
    check_coverage(settings, covered, found)
    check_lag(settings, covered, found)
    check_codes_present(settings, cells["offence"], found)
    if source.counted:
        _check_complete(cells, settings, covered, found)
    if not found.problems:
        doubt_counts(cells, settings, study_quarters(settings, covered), found)
    return covered


def _covered(cells: pd.DataFrame, source: IncidentSource, found: Findings) -> tuple[str, ...]:
    if source.coverage is None:
        return first_and_last(list(cells["quarter"].unique()))
    if source.counted and (partial := partial_quarters(source.coverage)):
        count = int(cells.loc[cells["quarter"].isin(partial), "count"].sum())
        found.add("quarter-partial", quarters=listed(partial), count=str(count))
    return whole_quarters(source.coverage)


def _check_complete(
    cells: pd.DataFrame, settings: StudySettings, covered: tuple[str, ...], found: Findings
) -> None:
    """Counted cells must be there, zeros too, for every area, quarter and basket code."""
    codes = sorted({code for basket in basket_codes(settings).values() for code in basket})
    areas = (settings.areas.treated, *settings.areas.comparison, *settings.areas.adjacent)
    there = set(zip(cells["area"], cells["quarter"], cells["offence"], strict=True))
    for area in areas:
        lacking = [
            f"{quarter} {code}"
            for code in codes
            for quarter in study_quarters(settings, covered)
            if (area, quarter, code) not in there
        ]
        if lacking:
            found.add("cell-missing", column=area, found=listed(lacking, limit=4))


def _read_cells(source, settings, folder, found) -> tuple[pd.DataFrame, str]:
    raw, digest = load_rows(source, folder, found, keys=_keys(source))
    refuse_personal(raw, found, mapped=source.headings().values(), waived=source.not_personal)
    if source.wide or source.format == "statbank":
        raw = _named_wide(raw, source, found)
    else:
        raw = name_columns(raw, source.headings(), found, keep=tuple(source.sum_over))
    if source.one_offence:
        raw = raw.with_frame(raw.frame.assign(offence=source.one_offence))
    pairs = read_crosswalk(source, settings, folder, found)
    return count_cells(raw, settings, source, found, pairs=pairs), digest


def _named_wide(raw: RawTable, source: IncidentSource, found: Findings) -> RawTable:
    long = lengthen(raw, source, found, value="count")
    wanted = source.headings() | {"time": "time", "count": "count"}
    named = name_columns(long, wanted, found, keep=tuple(source.sum_over))
    return quarters_of_times(named, found)


def _keys(source: IncidentSource) -> list[str]:
    return [*source.headings().values(), *source.sum_over]


def _read_reports(source, settings, folder, found) -> tuple[pd.DataFrame, str]:
    quick = _read_quickly(source, settings, folder, found.file)
    if quick is not None:
        return quick
    with _engine(source, folder, found) as (engine, digest):
        cells = _count(engine, source, settings, folder, found)
    return cells, digest or digest_of(_as_raw(cells, found))


def _read_quickly(source, settings, folder, file: str) -> tuple[pd.DataFrame, str] | None:
    """A plain file of middle size, read once; ``None`` where there is anything to say of it.

    The reader of small files then says it, line by line. What passes here without a word passes
    there without a word, and to the same counts.
    """
    if source.database or source.format != "csv":
        return None
    found = Findings(file=file)
    try:
        path = locate(source.file, folder, found)
        if not QUICK < path.stat().st_size <= LARGE:
            return None
        signs, digest = _byte_signs(path, source, found)
        if signs.irregular or not signs.plain:
            return None
        with duckdb_session() as connect:
            engine = _large_engine(connect, path, source, signs, found, wary=True)
            cells = _count(engine, source, settings, folder, found)
    except (InputRefused, Doubtful):
        return None
    return None if found.items or holds_cpr(cells["offence"]) else (cells, digest)


def _count(engine: Engine, source, settings, folder, found: Findings) -> pd.DataFrame:
    headings = _engine_headings(engine, source, found)
    if source.one_offence:
        found.refuse("one-offence-reports", found=source.one_offence)
    pairs = read_crosswalk(source, settings, folder, found)
    return count_reports(engine, settings, source, found, headings=headings, pairs=pairs)


def _as_raw(cells: pd.DataFrame, found: Findings) -> RawTable:
    ordered = _ordered(cells).astype(str)
    return RawTable(file=found.file, frame=ordered, places=ordered.index.to_numpy())


def _engine_headings(engine: Engine, source: IncidentSource, found: Findings) -> dict[str, str]:
    """Internal names to the engine's columns, judged by the same rules as any table's headings."""
    empty = pd.DataFrame(columns=pd.Index(engine.headings, dtype=object), dtype=object)
    raw = RawTable(file=found.file, frame=empty, places=empty.index.to_numpy())
    wanted = source.headings()
    refuse_personal(raw, found, mapped=wanted.values(), waived=source.not_personal)
    return name_columns(raw, wanted, found).headings


@contextmanager
def _engine(
    source: IncidentSource, folder: Path, found: Findings
) -> Iterator[tuple[Engine, str | None]]:
    if source.database:
        mapped = source.headings().values()
        with database_session(source.database, source.query_table, found, mapped=mapped) as engine:
            yield engine, None
        return
    path = locate(source.file, folder, found)
    with duckdb_session() as connect:
        if source.format in ("parquet", "duckdb"):
            from tingbjerg_eval.data.formats.columnar import columnar_engine

            digest = check_file(path, source, found)
            yield columnar_engine(connect, path, source, found), digest
        elif source.format == "csv" and path.stat().st_size > LARGE:
            signs, digest = _byte_signs(path, source, found)
            if signs.irregular:
                refuse_irregular(path, source, found)
            yield _large_engine(connect, path, source, signs, found), digest
        else:
            raw, digest = load_rows(source, folder, found, keys=_keys(source))
            refuse_personal(raw, found, mapped=source.headings().values(),
                            waived=source.not_personal)  # fmt: skip
            _refuse_repeated(raw, source, found)
            yield frame_engine(connect, raw), digest


def _refuse_repeated(raw: RawTable, source: IncidentSource, found: Findings) -> None:
    scratch = Findings(file=found.file)
    try:
        name_columns(raw, source.headings(), scratch)
    finally:
        found.items.extend(scratch.problems)


def _byte_signs(path: Path, source: IncidentSource, found: Findings) -> tuple[ByteSigns, str]:
    """What the file's bytes hold, and their digest, in one reading."""
    signs = ByteSigns(codec_of(source, found))
    return signs, check_file(path, source, found, see=signs.see)


def _large_engine(
    connect: Connect,
    path: Path,
    source: IncidentSource,
    signs: ByteSigns,
    found: Findings,
    *,
    wary: bool = False,
) -> DuckEngine:
    separator, codec = separator_of(source), signs.codec
    headings = header_of(path, source, found, separator=separator, codec=codec)
    engine = relation_engine(
        connect,
        large_csv(path, separator, headings, codec),
        headings,
        first=2,
        place_word="line",
        typed=False,
        explain=lambda: explain_refusal(path, source, found),
    )
    engine.expected_rows = signs.rows
    if signs.plain:
        engine.plain = PlainFile(
            path=path, separator=separator, headings=headings, codec=codec, wary=wary
        )
    return engine
