"""The part of ``study.yaml`` that says how each delivered table is read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tingbjerg_eval.study.scalars import Day, Text
from tingbjerg_eval.study.validation import Settings


class Coverage(Settings):
    """First and last day that an extract covers in every area it was drawn for."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")


class Source(Settings):
    """How one delivered table is read; see ``docs/data.md`` for the formats."""

    file: Text | None = None
    database: Text | None = None
    query_table: Text | None = None
    format: Literal["csv", "excel", "spss", "stata", "parquet", "statbank", "wide_csv"] = "csv"
    encoding: Text | None = None
    separator: Text = ";"
    decimal: Literal[",", "."] | None = None
    thousands: Literal[".", ",", " "] | None = None
    sheet: Text | None = None
    columns: dict[Text, Text]
    date_format: Text | None = None
    missing: list[Text] = []
    suppressed: list[Text] = []
    codes: dict[Text, dict[Text, Text]] = {}
    respondent: Text | None = None
    extract_date: Day | None = None
    coverage: Coverage | None = None
    source: Text | None = None


class Data(Settings):
    """The deliveries."""

    folder: Text = "data"
    incidents: Source
    population: Source
    survey: Source | None = None
    activities: Source | None = None
    consultation: Source | None = None
