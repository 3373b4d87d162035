"""Boundary changes: which delivered areas make up an area of the study."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tingbjerg_eval.data.formats.delimited import read_delimited
from tingbjerg_eval.data.formats.files import locate
from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.headings import name_columns, plain_text
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import Crosswalk, Source

COLUMNS = {"from_area": "from_area", "to_area": "to_area"}


def read_crosswalk(
    source: Source, settings: StudySettings, folder: Path, found: Findings
) -> dict[str, str]:
    """Delivered area to area of the study, from a file with ``from_area`` and ``to_area``.

    An area that is split is refused: a report cannot be divided between two areas.
    """
    if source.crosswalk is None:
        return {}
    own = Findings(file=source.crosswalk.file)
    try:
        pairs = _pairs(source.crosswalk, settings, folder, own)
    finally:
        found.items.extend(own.items)
    return pairs


def _pairs(
    crosswalk: Crosswalk, settings: StudySettings, folder: Path, own: Findings
) -> dict[str, str]:
    path = locate(crosswalk.file, folder, own)
    keys = crosswalk.model_dump() | {"format": "csv", "columns": None}
    as_source = Source.model_construct(**keys)
    raw = name_columns(read_delimited(path, as_source, own, keys=list(COLUMNS)), COLUMNS, own)
    pairs: dict[str, str] = {}
    for number, row in enumerate(raw.frame.itertuples(index=False)):
        old, new = plain_text(row.from_area), plain_text(row.to_area)
        if new not in settings.areas.all:
            own.add("crosswalk-area", place=raw.where([number]), found=quoted(new))
        if pairs.setdefault(old, new) != new:
            both = f"{old!r} in {pairs[old]!r} and in {new!r}"
            own.add("crosswalk-split", place=raw.where([number]), found=both)
    own.stop_if_refused()
    own.add("crosswalk-used", found=listed([f"{old} to {new}" for old, new in pairs.items()]))
    return pairs


def check_members(cells: pd.DataFrame, pairs: dict[str, str], times: str, found: Findings) -> None:
    """Refuse a time at which an area is delivered by some of its parts only.

    ``cells`` has ``delivered`` (the area as delivered), ``area`` and the column ``times``.
    """
    parts: dict[str, set[str]] = {}
    for old, new in pairs.items():
        parts.setdefault(new, set()).add(old)
    for area, members in parts.items():
        rows = cells[cells["area"] == area]
        for time, there in rows.groupby(times)["delivered"].agg(set).items():
            if there not in ({area}, members - {area}, members):
                lacking = sorted(members - {area} - there)
                said = f"{time} without {listed(lacking)}" if lacking else f"{time}: all and parts"
                found.add("crosswalk-incomplete", column=area, found=said)
