"""From a source to its rows as text, whatever the format."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from tingbjerg_eval.data.formats.delimited import read_delimited
from tingbjerg_eval.data.formats.files import check_file, locate
from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.headings import without_blank_columns
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.formats.shaping import (
    filled_down,
    joined,
    only_rows,
    refuse_values_as_headings,
    with_joined_columns,
    with_numbered_columns,
    without_ignored,
    without_repeated_headings,
)
from tingbjerg_eval.data.personal import refuse_personal
from tingbjerg_eval.study.sources import Source

Loader = Callable[..., RawTable]


def load_rows(
    source: Source, folder: Path, found: Findings, *, keys: list[str]
) -> tuple[RawTable, str]:
    """The rows of ``source`` as text, and the SHA-256 of what was read.

    Raises
    ------
    InputRefused
        When the file cannot be what ``source`` says it is.
    """
    if source.database:
        from tingbjerg_eval.data.formats.databases import read_database

        raw = read_database(source, found)
        return _shaped(raw, source, found, keys=keys), digest_of(raw)
    if source.files:
        return _load_files(source, folder, found, keys=keys)
    path = locate(source.name, folder, found)
    digest = check_file(path, source, found)
    raw = _loader(source.format)(path, source, found, keys=keys)
    return _shaped(raw, source, found, keys=keys), digest


def rows_as_delivered(source: Source, folder: Path, found: Findings) -> RawTable:
    """Every row and column of a file before any is chosen; headings may be blank."""
    path = locate(source.name, folder, found)
    check_file(path, source, found)
    return _loader(source.format)(path, source, found, keys=[])


def _shaped(raw: RawTable, source: Source, found: Findings, *, keys: list[str]) -> RawTable:
    """The rows and columns that are meant."""
    named = [*keys, *source.delivered(), *source.ignore_columns, *source.only]
    if source.header_line:
        refuse_values_as_headings(raw, named, found)
        raw = without_repeated_headings(raw, found)
    raw = with_numbered_columns(raw, named, found)
    if source.fill_down:
        raw = filled_down(raw, source.fill_down, found)
    if source.ignore_columns:
        refuse_personal(raw, found, mapped=[*keys, *source.delivered()], waived=source.not_personal)
        raw = without_ignored(raw, source.ignore_columns, found)
    raw = without_blank_columns(only_rows(raw, source, found), found)
    return with_joined_columns(raw, source, found)


def _load_files(
    source: Source, folder: Path, found: Findings, *, keys: list[str]
) -> tuple[RawTable, str]:
    """All files of a delivery in parts; the digest is of their digests in order."""
    missing = [name for name in source.files if not (folder / name).is_file()]
    if missing:
        found.refuse("files-missing", found=listed([quoted(one) for one in missing], limit=20))
    parts, digests = [], hashlib.sha256()
    for name in source.files:
        own = Findings(file=name)
        one = source.model_copy(update={"file": name, "files": [], "sha256": None})
        try:
            raw, digest = load_rows(one, folder, own, keys=keys)
        finally:
            found.items.extend(own.items)
        parts.append(raw)
        digests.update(digest.encode())
    return joined(parts, found), digests.hexdigest()


def _loader(form: str) -> Loader:
    if form == "excel":
        from tingbjerg_eval.data.formats.workbooks import read_workbook as loader
    elif form in ("spss", "stata"):
        from tingbjerg_eval.data.formats.labelled import read_labelled as loader
    elif form in ("parquet", "duckdb"):
        from tingbjerg_eval.data.formats.columnar import read_columnar as loader
    elif form == "jsonstat":
        from tingbjerg_eval.data.formats.jsonstat import read_jsonstat as loader
    else:
        loader = read_delimited
    return loader


def digest_of(raw: RawTable) -> str:
    """SHA-256 of a table's texts, for what has no file."""
    rows = "\n".join("\x1f".join(row) for row in raw.frame.itertuples(index=False, name=None))
    return hashlib.sha256("\x1f".join(map(str, raw.frame)).encode() + rows.encode()).hexdigest()
