"""The checked tables of a study, as every later stage sees them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from tingbjerg_eval.inputs.problems import Problem


@dataclass(frozen=True, kw_only=True)
class SourceDigest:
    """Which bytes a table came from.

    ``sha256`` is of the file; for a database table it is of the counted rows that were fetched.
    """

    table: str
    file: str
    sha256: str
    rows: int
    extract_date: dt.date | None = None
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Clean frames (``None`` where the study has no such delivery) and what to say about them.

    ``covered`` are the whole quarters that the police extract covers, ``preliminary`` those of
    them that are younger than the study's limit at the extract date. ``late_registration`` has
    one row per age in quarters (``age, quarter, reports, later, factor, expected``) where two
    extracts were given; ``revisions`` one row per cell that differs between them.
    """

    incidents: pd.DataFrame
    population: pd.DataFrame
    survey: pd.DataFrame | None = None
    activities: pd.DataFrame | None = None
    consultation: pd.DataFrame | None = None
    published: pd.DataFrame | None = None
    notes: tuple[Problem, ...] = ()
    sources: tuple[SourceDigest, ...] = ()
    covered: tuple[str, ...] = ()
    preliminary: tuple[str, ...] = ()
    late_registration: pd.DataFrame | None = None
    revisions: pd.DataFrame | None = None
