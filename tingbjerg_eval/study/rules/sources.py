"""What the keys of each delivery must agree on."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.inputs.validation import Broken
from tingbjerg_eval.study.sources import (
    Codes,
    Data,
    IncidentSource,
    PopulationSource,
    Source,
    SurveySource,
)


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
    wide = source.wide
    if wide and [bool(wide.pattern), bool(wide.offences), bool(wide.areas)].count(True) != 1:
        yield Broken(
            code="wide-pattern", path=("data", name, "wide"), found="several or none of them",
            wanted="pattern (headings are times), offences or areas (headings are those)",
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


def _area_rules(name: str, source: IncidentSource | PopulationSource) -> Iterator[Broken]:
    if (source.columns.area is None) != bool(source.wide and source.wide.areas):
        yield Broken(
            code="source-area", path=("data", name, "columns"), found="both or neither of them",
            wanted="columns.area, or wide.areas where the headings are areas",
            mend="Say which area a figure is of.",
        )  # fmt: skip


def _incident_rules(source: IncidentSource) -> Iterator[Broken]:
    columns, path = source.columns, ("data", "incidents")
    yield from _area_rules("incidents", source)
    if source.count == "cases" and columns.case is None:
        yield Broken(
            code="cases-unnamed", path=(*path, "count"), found="count: cases without columns.case",
            wanted="the column of case numbers, by which rows of one case are known",
            mend="Map columns.case; without case numbers ask for one row per report.",
        )  # fmt: skip
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
    if source.unknown:
        yield from _unknown_rules(source)
        return
    yield from _area_rules("population", source)
    timed = bool(source.wide and source.wide.pattern) or source.format == "statbank"
    times = [columns.quarter, columns.year, source.population_year]
    if not timed and times.count(None) != 2:
        yield Broken(
            code="population-time", path=("data", "population", "columns"),
            found="both or neither of them", wanted="quarter or year", mend="Map one of the two.",
        )  # fmt: skip
    if not timed and source.wide is None and columns.population is None:
        yield Broken(
            code="missing-key", path=("data", "population", "columns"), found="nothing",
            wanted="the key 'population'", mend="Add it here.",
        )  # fmt: skip


def _unknown_rules(source: PopulationSource) -> Iterator[Broken]:
    """What is not delivered has no place and no headings."""
    if source.file or source.files or source.database or source.delivered():
        yield Broken(
            code="population-not-unknown", path=("data", "population", "unknown"),
            found="a file or headings beside it", wanted="unknown alone, where none are delivered",
            mend="Remove unknown, or the other keys of population.",
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
