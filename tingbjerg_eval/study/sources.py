"""The part of ``study.yaml`` that says how each delivered table is read."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.inputs.scalars import Day, Number, Text, Whole, YesNo
from tingbjerg_eval.inputs.validation import Settings
from tingbjerg_eval.study.columns import (
    ActivityColumns,
    ConsultationColumns,
    IncidentColumns,
    PopulationColumns,
    PublishedColumns,
    SurveyColumns,
)
from tingbjerg_eval.study.extracts import Coverage, Previous, PreviousExtract

Format = Literal[
    "csv", "wide_csv", "excel", "spss", "stata", "parquet", "statbank", "jsonstat", "duckdb",
    "database",
]  # fmt: skip
Codes = dict[Text, dict[Text, Text]]


class Wide(Settings):
    """How the headings of a wide file's value columns name their time, or their offence."""

    pattern: Text | None = None
    """The heading with ``{year}`` and ``{month}`` or ``{quarter}``, such as ``{year}{month}``;
    ``{offence}`` stands for the code."""
    offences: list[Text] = []
    """The headings that are offences, of a table with one column for each."""
    areas: list[Text] = []
    """The headings that are areas, of a table with one column for each."""


class Crosswalk(Settings):
    """A file that says which delivered areas make up an area of the study, and when."""

    file: Text
    """A CSV file in the data folder with the headings ``from_area`` and ``to_area``; areas can
    be merged, not split."""
    encoding: Text | None = None
    """The file's encoding; without it the file must prove to be UTF-8."""
    separator: Text = ";"
    """The sign between the file's fields."""


class Source(Settings):
    """How one delivered table is read; see ``docs/data.md`` for the formats."""

    file: Text | None = None
    """The file's name inside the data folder."""
    files: list[Text] = []
    """Every file of a delivery in parts, in order; all must be there."""
    database: Text | None = None
    """A connection URL without a password, in place of a file."""
    query_table: Text | None = None
    """The database's table or view, such as ``schema.table``."""
    format: Format = "csv"
    """The kind of file or source."""
    encoding: Text | None = None
    """``utf-8``, ``cp1252`` or ``iso-8859-1``; without it the file must prove to be UTF-8."""
    separator: Annotated[str, StringConstraints(min_length=1)] = ";"
    """The sign between fields; ``"\\t"`` for tabs."""
    decimal: Literal[",", "."] | None = None
    """The decimal mark; without it numbers are whole digits only."""
    thousands: Literal[".", ",", " "] | None = None
    """The mark between thousands."""
    percent: YesNo = False
    """Whether numbers are followed by a per cent sign."""
    sheet: Text | None = None
    """The sheet of a workbook that has several."""
    sheets: Literal["as_area"] | list[Text] | None = None
    """The sheets that hold a part each (all of them for ``as_area``), named in a column headed
    ``sheet``."""
    header_line: Annotated[Whole, Field(ge=0)] = 1
    """The line of the headings; 0 where there are none and columns go by their numbers."""
    header_rows: Annotated[Whole, Field(ge=1)] = 1
    """Lines of headings; those of several are read as one, an upper one holding to the right."""
    fill_down: list[Text] = []
    """Columns of which a blank cell is as the one above."""
    footer_from: Text | None = None
    """How the first line below the table begins."""
    ignore_columns: list[Text] = []
    """Columns that are not wanted, by heading or position."""
    only: dict[Text, Text] = {}
    """Of a further dimension, the one value whose rows are wanted."""
    sum_over: list[Text] = []
    """Further dimensions whose rows are parts and are summed."""
    zero: list[Text] = []
    """Signs that mean 0, such as ``-``."""
    marks: list[Text] = []
    """Signs after a number that say something of it, such as ``*`` for provisional."""
    time: Text | None = None
    """How the texts of ``quarter`` are written, such as ``{year}M{month}``."""
    wide: Wide | None = None
    """How value columns are headed, where times or offences run across the table."""
    missing: list[Text] = []
    """Texts that mean no answer; a blank is never 0."""
    suppressed: list[Text] = []
    """Signs for hidden figures; they are never 0, and refused where an indicator needs them."""
    total: Text | None = None
    """The name of a total row, which is checked against its parts and left out."""
    codes: Codes = {}
    """Code lists: by column, the delivered code and its text."""
    code_and_text: list[Literal["area", "offence"]] = []
    """Columns whose values are a code followed by a text; the code is used of offences, the
    text of areas."""
    area_names: dict[Text, Text] = {}
    """A delivered name and the study's name for the same area."""
    other_areas: Literal["refuse", "ignore"] = "refuse"
    """What happens to areas that the study does not name."""
    crosswalk: Crosswalk | None = None
    """A file that says which delivered areas make up an area of the study."""
    not_personal: list[Text] = []
    """Columns whose ten digits are known not to be CPR numbers, or whose texts name nobody."""
    limit_mb: Whole = 2000
    """The largest size of the file, in megabytes."""
    sha256: Text | None = None
    """The digest that the file must have."""
    extract_date: Day | None = None
    """The day on which the delivery was drawn; needed for the police's reports."""
    source: Text | None = None
    """Who delivered it; printed in the report."""

    by_period: ClassVar[bool] = False
    """Whether the table goes by the study's periods: its ``year`` stands where a quarter would."""

    @property
    def name(self) -> str:
        """What messages call the delivery."""
        return self.file or self.query_table or (self.files[0] if self.files else "")

    @property
    def shaped(self) -> bool:
        """Whether rows or columns are to be chosen before the table can be read."""
        return bool(
            self.files or self.only or self.ignore_columns or self.footer_from
            or self.header_line != 1 or self.header_rows != 1 or self.fill_down
            or self.time or self.parts()
        )  # fmt: skip

    def headings(self) -> dict[str, str]:
        """Internal name of each column to its heading as delivered, or once its parts are one."""
        return {
            name: one if isinstance(one, str) else heading_of(one)
            for name, one in self._mapped().items()
        }

    def parts(self) -> dict[str, list[str]]:
        """Internal name of each column that is delivered in several, to their headings."""
        return {name: one for name, one in self._mapped().items() if not isinstance(one, str)}

    def delivered(self) -> list[str]:
        """The mapped headings as they stand in the delivery."""
        headings = self._mapped().values()
        return [one for own in headings for one in ([own] if isinstance(own, str) else own)]

    def _mapped(self) -> dict[str, str | list[str]]:
        columns: Settings = getattr(self, "columns")  # noqa: B009 - each table has its own
        named = {name: one for name, one in columns.model_dump().items() if one is not None}
        if "year" in named and self.by_period:
            named["quarter"] = named.pop("year")
        return named


def heading_of(parts: list[str]) -> str:
    """What messages call a column that is delivered in ``parts``."""
    return " + ".join(parts)


class IncidentSource(Source):
    """The police extract: one row per report, or counted cells."""

    by_period = True
    columns: IncidentColumns
    """Which heading is which."""
    date_format: Text | None = None
    """How days are written, such as ``%d-%m-%Y``, or ``%Y-%m`` where only the month is
    delivered."""
    absent: Literal["refuse", "zero"] = "refuse"
    """Whether counted cells that are zero are left out of the delivery."""
    count: Literal["rows", "cases"] = "rows"
    """Whether a report is a row, or all rows of one case number (a row is a person)."""
    one_offence: Text | None = None
    """The code that every row is about, where the delivery has no offence column."""
    coverage: Coverage | None = None
    """First and last day of an extract of single reports, so that no row can mean no report."""
    previous: Previous | None = None
    """An earlier extract of the same table, from which revisions and late registration are seen; a
    list of several gives what is still to be registered with limits."""
    different_lag: Literal["refuse", "accept"] = "refuse"
    """Whether baseline and period may have had different time to be registered; the report says
    so."""
    blank_area_limit: Number = 0.02
    """The share of reports without an area that is tolerated."""
    unplaced: list[Text] = []
    """Names of areas that say that the place is not known: judged as blank areas are."""
    rate_per: Number = 1000.0
    """The number of inhabitants that a delivered rate is per."""

    @property
    def earlier(self) -> tuple[PreviousExtract, ...]:
        """The earlier extracts, the oldest first."""
        listed = [self.previous] if isinstance(self.previous, PreviousExtract) else self.previous
        return tuple(sorted(listed or (), key=lambda one: one.extract_date))

    @property
    def drawn(self) -> dt.date:
        """The day on which the extract was drawn, which the rules ask of every extract."""
        return given(self.extract_date)

    @property
    def wide_offences(self) -> bool:
        """Whether the headings of the value columns say the offence."""
        wide = self.wide
        return wide is not None and (bool(wide.offences) or "{offence}" in (wide.pattern or ""))

    @property
    def day_form(self) -> str | None:
        """How dates are written; those that are delivered in parts are put together so."""
        return {2: "%Y-%m", 3: "%Y-%m-%d"}.get(len(self.parts().get("date", ())), self.date_format)

    @property
    def yearly(self) -> bool:
        """Whether a delivery of a study in years has years; it is read by quarters otherwise."""
        written = self.time or (self.wide.pattern if self.wide else None)
        if written is None:
            return self.columns.year is not None or self.format == "statbank"
        return not any(part in written for part in ("quarter}", "month}"))

    @property
    def counted(self) -> bool:
        """Whether rows are counted cells rather than single reports."""
        return self.columns.count is not None or self.wide is not None or self.format == "statbank"


class PopulationSource(Source):
    """Inhabitants by quarter, or by year carried to its quarters."""

    columns: PopulationColumns = PopulationColumns()
    """Which heading is which."""
    unknown: Text | None = None
    """Why there are no figures, in place of a file: every area then counts with the same number of
    inhabitants, always, so that areas are compared on their reports alone."""
    carry_back: YesNo = False
    """Whether the first year's figures stand for earlier quarters."""
    population_year: Whole | None = None
    """The year of a table without one, whose figures stand for every year of the study."""


class SurveySource(Source):
    """The safety survey: one row per respondent."""

    columns: SurveyColumns
    """Which heading is which."""
    respondent: Text | None = None
    """The heading of the respondent's number, by which nobody is counted twice."""
    waves: dict[Text, Text] = {}
    """The year of each wave that is delivered by its number."""
    sampling: Literal["weighted", "simple"] = "weighted"
    """How people were drawn; ``simple`` is a simple random sample without weights."""
    wave_codes: dict[Text, Codes] = {}
    """Code lists that differ between waves: by wave and question, the code and its text."""
    scale_changed: list[Text] = []
    """Questions whose codes are meant to differ between waves."""
    wording: Codes = {}
    """How a question was worded, by wave."""
    suppliers: dict[Text, Text] = {}
    """Who carried the survey out, by wave."""
    fielded: dict[Whole, Day] = {}
    """The day on which a wave's last answer came in; without it a wave is known at year's end."""


class ActivitySource(Source):
    """The parties' returns."""

    by_period = True
    columns: ActivityColumns
    """Which heading is which."""


class ConsultationSource(Source):
    """Themes raised by residents and local actors.

    ``themes`` are those of the closed list that no indicator or action area names.
    """

    by_period = True
    columns: ConsultationColumns
    """Which heading is which."""
    themes: list[Text] = []
    """Themes of the closed list that no indicator or action area names."""


class PublishedSource(Source):
    """Figures published by others, each with its edition and source."""

    columns: PublishedColumns
    """Which heading is which."""


class Data(Settings):
    """The deliveries."""

    folder: Text = "data"
    """The folder of the deliveries, from where this file lies, or a whole path."""
    incidents: IncidentSource
    """The police's reports."""
    population: PopulationSource
    """The inhabitants."""
    survey: SurveySource | None = None
    """The safety survey."""
    activities: ActivitySource | None = None
    """What the parties delivered."""
    consultation: ConsultationSource | None = None
    """What residents and local actors raised."""
    published: PublishedSource | None = None
    """Figures that others have published."""

    def tables(self) -> dict[str, Source]:
        """The deliveries that the study has, by table."""
        return {
            name: one
            for name in type(self).model_fields
            if isinstance(one := getattr(self, name), Source)
            and not (name == "population" and self.population.unknown)
        }

    def files(self) -> tuple[str, ...]:
        """Every file that is read: the deliveries, crosswalks and the earlier extract."""
        sources = self.tables().values()
        named = [name for source in sources for name in (source.file, *source.files)]
        named += [source.crosswalk.file for source in sources if source.crosswalk]
        named += [extract.file for extract in self.incidents.earlier]
        return tuple(dict.fromkeys(name for name in named if name))
