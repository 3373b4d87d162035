"""The part of ``study.yaml`` that says how each delivered table is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tingbjerg_eval.inputs.scalars import Day, Number, Text, Whole, YesNo
from tingbjerg_eval.inputs.validation import Broken, Settings

Format = Literal[
    "csv", "wide_csv", "excel", "spss", "stata", "parquet", "statbank", "jsonstat", "duckdb",
    "database",
]  # fmt: skip
Codes = dict[Text, dict[Text, Text]]
Parts = Annotated[list[Text], Field(min_length=2, max_length=3)]
"""Columns that together say a time: year and month or quarter, or year, month and day."""


class Coverage(Settings):
    """First and last day that an extract covers in every area it was drawn for."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")


class Wide(Settings):
    """How the headings of a wide file's value columns name their time, or their offence."""

    pattern: Text | None = None
    """The heading with ``{year}`` and ``{month}`` or ``{quarter}``, such as ``{year}{month}``;
    ``{offence}`` stands for the code."""
    offences: list[Text] = []
    """The headings that are offences, of a table with one column for each."""


class Crosswalk(Settings):
    """A file that says which delivered areas make up an area of the study, and when."""

    file: Text
    encoding: Text | None = None
    separator: Text = ";"


class IncidentColumns(Settings):
    """Headings of the police extract."""

    area: Text
    area_code: Text | None = None
    offence: Text | None = None
    date: Text | Parts | None = None
    quarter: Text | Parts | None = None
    count: Text | None = None
    case: Text | None = None
    registered: Text | None = None
    population: Text | None = None
    rate: Text | None = None


class PopulationColumns(Settings):
    """Headings of the population table."""

    area: Text
    area_code: Text | None = None
    quarter: Text | Parts | None = None
    year: Text | None = None
    population: Text | None = None


class SurveyColumns(Settings):
    """Headings of the survey; questions keep the headings that the indicators name."""

    area: Text
    wave: Text
    weight: Text | None = None
    stratum: Text | None = None
    cluster: Text | None = None
    """The unit that was drawn, where people were drawn in groups."""


class ActivityColumns(Settings):
    """Headings of the parties' quarterly returns."""

    measure: Text
    quarter: Text
    planned: Text
    delivered: Text
    spent_dkk: Text


class ConsultationColumns(Settings):
    """Headings of what residents and local actors raised."""

    quarter: Text
    source: Text
    theme: Text
    area: Text
    mentions: Text


class PublishedColumns(Settings):
    """Headings of figures that others have published."""

    area: Text
    year: Text
    measure: Text
    value: Text
    unit: Text
    published_in: Text
    source: Text


class Source(Settings):
    """How one delivered table is read; see ``docs/data.md`` for the formats."""

    file: Text | None = None
    files: list[Text] = []
    """Every file of a delivery in parts, in order; all must be there."""
    database: Text | None = None
    query_table: Text | None = None
    format: Format = "csv"
    encoding: Text | None = None
    separator: Annotated[str, StringConstraints(min_length=1)] = ";"
    decimal: Literal[",", "."] | None = None
    thousands: Literal[".", ",", " "] | None = None
    percent: YesNo = False
    sheet: Text | None = None
    sheets: Literal["as_area"] | None = None
    """Whether each sheet is an area, its name in a column headed ``sheet``."""
    header_line: Whole = 1
    footer_from: Text | None = None
    """How the first line below the table begins."""
    ignore_columns: list[Text] = []
    only: dict[Text, Text] = {}
    """Of a further dimension, the one value whose rows are wanted."""
    zero: list[Text] = []
    marks: list[Text] = []
    """Signs after a number that say something of it, such as ``*`` for provisional."""
    time: Text | None = None
    """How the texts of ``quarter`` are written, such as ``{year}M{month}``."""
    wide: Wide | None = None
    missing: list[Text] = []
    suppressed: list[Text] = []
    total: Text | None = None
    codes: Codes = {}
    code_and_text: list[Literal["area", "offence"]] = []
    area_names: dict[Text, Text] = {}
    other_areas: Literal["refuse", "ignore"] = "refuse"
    crosswalk: Crosswalk | None = None
    not_personal: list[Text] = []
    limit_mb: Whole = 2000
    sha256: Text | None = None
    extract_date: Day | None = None
    source: Text | None = None

    @property
    def name(self) -> str:
        """What messages call the delivery."""
        return self.file or self.query_table or (self.files[0] if self.files else "")

    @property
    def shaped(self) -> bool:
        """Whether rows or columns are to be chosen before the table can be read."""
        return bool(
            self.files or self.only or self.ignore_columns or self.footer_from
            or self.header_line != 1 or self.time or self.parts()
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
        columns: Settings = getattr(self, "columns")  # noqa: B009
        return {name: one for name, one in columns.model_dump().items() if one is not None}


def heading_of(parts: list[str]) -> str:
    """What messages call a column that is delivered in ``parts``."""
    return " + ".join(parts)


class PreviousExtract(Settings):
    """An earlier extract of the same table, read in the same way."""

    file: Text | None = None
    query_table: Text | None = None
    extract_date: Day
    coverage: Coverage | None = None


class IncidentSource(Source):
    """The police extract: one row per report, or counted cells."""

    columns: IncidentColumns
    date_format: Text | None = None
    sum_over: list[Text] = []
    absent: Literal["refuse", "zero"] = "refuse"
    """Whether counted cells that are zero are left out of the delivery."""
    count: Literal["rows", "cases"] = "rows"
    """Whether a report is a row, or all rows of one case number (a row is a person)."""
    one_offence: Text | None = None
    """The code that every row is about, where the delivery has no offence column."""
    coverage: Coverage | None = None
    previous: PreviousExtract | None = None
    different_lag: Literal["refuse", "accept"] = "refuse"
    blank_area_limit: Number = 0.02
    unplaced: list[Text] = []
    """Names of areas that say that the place is not known: judged as blank areas are."""
    rate_per: Number = 1000.0

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
    def counted(self) -> bool:
        """Whether rows are counted cells rather than single reports."""
        return self.columns.count is not None or self.wide is not None or self.format == "statbank"


class PopulationSource(Source):
    """Inhabitants by quarter, or by year carried to its quarters."""

    columns: PopulationColumns
    carry_back: YesNo = False
    population_year: Whole | None = None
    """The year of a table without one, whose figures stand for every year of the study."""


class SurveySource(Source):
    """The safety survey: one row per respondent."""

    columns: SurveyColumns
    respondent: Text | None = None
    waves: dict[Text, Text] = {}
    """The year of each wave that is delivered by its number."""
    sampling: Literal["weighted", "simple"] = "weighted"
    wave_codes: dict[Text, Codes] = {}
    scale_changed: list[Text] = []
    wording: Codes = {}
    suppliers: dict[Text, Text] = {}
    fielded: dict[Whole, Day] = {}
    """The day on which a wave's last answer came in; without it a wave is known at year's end."""


class ActivitySource(Source):
    """The parties' returns."""

    columns: ActivityColumns


class ConsultationSource(Source):
    """Themes raised by residents and local actors.

    ``themes`` are those of the closed list that no indicator or action area names.
    """

    columns: ConsultationColumns
    themes: list[Text] = []


class PublishedSource(Source):
    """Figures published by others, each with its edition and source."""

    columns: PublishedColumns


class Data(Settings):
    """The deliveries."""

    folder: Text = "data"
    incidents: IncidentSource
    population: PopulationSource
    survey: SurveySource | None = None
    activities: ActivitySource | None = None
    consultation: ConsultationSource | None = None
    published: PublishedSource | None = None

    def tables(self) -> dict[str, Source]:
        """The deliveries that the study has, by table."""
        return {
            name: one
            for name in type(self).model_fields
            if isinstance(one := getattr(self, name), Source)
        }

    def files(self) -> tuple[str, ...]:
        """Every file that is read: the deliveries, crosswalks and the earlier extract."""
        sources = self.tables().values()
        named = [name for source in sources for name in (source.file, *source.files)]
        named += [source.crosswalk.file for source in sources if source.crosswalk]
        named += [self.incidents.previous.file] if self.incidents.previous else []
        return tuple(dict.fromkeys(name for name in named if name))


def source_rules(data: Data) -> Iterator[Broken]:
    """What the keys of each delivery must agree on."""
    for name, source in data.tables().items():
        yield from _place_rules(name, source)
        yield from _form_rules(name, source)
        yield from _heading_rules(name, source)
    yield from _incident_rules(data.incidents)
    yield from _population_rules(data.population)
    if data.survey:
        yield from _survey_rules(data.survey)


def _place_rules(name: str, source: Source) -> Iterator[Broken]:
    if [source.file, source.database, source.files or None].count(None) != 2:
        yield Broken(
            code="source-place", path=("data", name),
            found="both file and database" if source.file else "neither file nor database",
            wanted="one of file and database", mend="Say where the table is.",
        )  # fmt: skip
    if (source.database or source.format == "duckdb") and source.query_table is None:
        yield Broken(
            code="query-table-missing", path=("data", name), found="no query_table",
            wanted="the name of the table or view", mend="Write query_table: schema.table.",
        )  # fmt: skip
    if source.database and _has_password(source.database):
        yield Broken(
            code="password-in-file", path=("data", name, "database"), found="a password in the URL",
            wanted="a URL without password",
            mend="Put the password in the database client's own password file or environment.",
        )  # fmt: skip


def _heading_rules(name: str, source: Source) -> Iterator[Broken]:
    """A heading has one meaning; only a survey's strata or clusters may be its areas."""
    named: dict[str, str] = {}
    shared = {"stratum", "cluster"}
    for column, heading in source.headings().items():
        other = named.setdefault(heading.casefold(), column)
        if other != column and not shared & {other, column}:
            yield Broken(
                code="heading-mapped-twice", path=("data", name, "columns", column),
                found=f"{other} and {column} are both {heading!r}",
                wanted="a heading of its own for each",
                mend=f"Correct one of {other} and {column}.",
            )  # fmt: skip


SECRETS = ("pass", "pwd", "secret", "token")
"""In the name of a URL's key: its value is nobody else's."""


def _has_password(url: str) -> bool:
    """Whether a secret stands in the URL, however it is written there."""
    import sqlalchemy as sa

    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        return "@" in url and ":" in url.partition("//")[2].rpartition("@")[0]
    named = any(word in key.lower() for key in parsed.query for word in SECRETS)
    return parsed.password is not None or named


def _form_rules(name: str, source: Source) -> Iterator[Broken]:
    if source.format == "wide_csv" and source.wide is None:
        yield Broken(
            code="wide-pattern", path=("data", name), found=f"format {source.format}",
            wanted="format: wide_csv together with wide.pattern",
            mend='Write wide: {pattern: "{year}{month}"}, or remove it.',
        )  # fmt: skip
    if source.wide and (source.wide.pattern is None) == (not source.wide.offences):
        yield Broken(
            code="wide-pattern", path=("data", name, "wide"), found="both or neither of them",
            wanted="pattern (headings are times) or offences (headings are offences)",
            mend='Write wide: {pattern: "{year}{month}"}, or wide: {offences: [1320, 1390]}.',
        )  # fmt: skip
    if source.decimal and source.decimal == source.thousands:
        yield Broken(
            code="number-marks", path=("data", name, "thousands"), found=repr(source.thousands),
            wanted="another sign than the decimal mark", mend="Correct one of them.",
        )  # fmt: skip
    if len(source.separator) != 1 and source.separator != "\\t":
        yield Broken(
            code="separator-sign", path=("data", name, "separator"), found=repr(source.separator),
            wanted='one sign, or "\\t" for tabs', mend='Write separator: ";".',
        )  # fmt: skip


def _incident_rules(source: IncidentSource) -> Iterator[Broken]:
    columns, path = source.columns, ("data", "incidents")
    timed = bool(source.wide and source.wide.pattern) or source.format == "statbank"
    if not timed and (columns.date is None) == (columns.quarter is None):
        yield Broken(
            code="incident-time", path=(*path, "columns"), found="both or neither of them",
            wanted="date (one row per report) or quarter", mend="Map one of the two.",
        )  # fmt: skip
    if columns.date and columns.count:
        yield Broken(
            code="incident-time", path=(*path, "columns", "count"), found="count beside date",
            wanted="count with quarter, or date alone", mend="Remove one of the two.",
        )  # fmt: skip
    says = [columns.offence, source.one_offence, source.wide_offences or None]
    if says.count(None) != len(says) - 1:
        yield Broken(
            code="incident-offence", path=path, found="both or neither of them",
            wanted="columns.offence or one_offence, or offences as headings",
            mend="Say which offence a row is about.",
        )  # fmt: skip
    if source.extract_date is None:
        yield Broken(
            code="extract-date-missing", path=path, found="no extract_date",
            wanted="the day on which the police drew the extract",
            mend="Write extract_date: 2013-02-15.",
        )  # fmt: skip
    if not source.counted and source.coverage is None:
        yield Broken(
            code="coverage-missing", path=path, found="single reports without coverage",
            wanted="coverage.from and coverage.to, so that no row can mean zero reports",
            mend="Ask the police which days the extract covers.",
        )  # fmt: skip
    if source.coverage and source.coverage.first > source.coverage.last:
        yield Broken(
            code="coverage-order", path=(*path, "coverage"), found="from after to",
            wanted="from before to", mend="Swap them.",
        )  # fmt: skip


def _population_rules(source: PopulationSource) -> Iterator[Broken]:
    columns = source.columns
    timed = source.wide is not None or source.format == "statbank"
    times = [columns.quarter, columns.year, source.population_year]
    if not timed and times.count(None) != 2:
        yield Broken(
            code="population-time", path=("data", "population", "columns"),
            found="both or neither of them", wanted="quarter or year", mend="Map one of the two.",
        )  # fmt: skip
    if not timed and columns.population is None:
        yield Broken(
            code="missing-key", path=("data", "population", "columns"), found="nothing",
            wanted="the key 'population'", mend="Add it here.",
        )  # fmt: skip


def _survey_rules(source: SurveySource) -> Iterator[Broken]:
    if source.sampling == "weighted" and source.columns.weight is None:
        yield Broken(
            code="survey-design-missing", path=("data", "survey", "columns"),
            found="no weight column", wanted="weight, or sampling: simple",
            mend="Ask the survey firm for weights and strata, or state that there are none.",
        )  # fmt: skip
    for question, change in _changed_codes(source.wave_codes).items():
        if question not in source.scale_changed:
            yield Broken(
                code="scale-reversed", path=("data", "survey", "wave_codes"), found=change,
                wanted="the same code for the same answer in every wave",
                mend=f"If it is meant, write scale_changed: [{question}].",
            )  # fmt: skip


def _changed_codes(wave_codes: dict[str, Codes]) -> dict[str, str]:
    first: dict[tuple[str, str], tuple[str, str]] = {}
    changed = {}
    for wave, questions in wave_codes.items():
        for question, codes in questions.items():
            for code, label in codes.items():
                before = first.setdefault((question, code), (wave, label))
                if before[1] != label:
                    then = f"{code} is {before[1]!r} in {before[0]}"
                    changed[question] = f"{question}: {then} and {label!r} in {wave}"
    return changed
