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
    for name, table in (("activities", data.activities), ("consultation", data.consultation)):
        if table and (table.columns.quarter is None) == (table.columns.year is None):
            yield Broken("return-time", ("data", name, "columns"))
    yield from _population_rules(data.population)
    if data.survey:
        yield from _survey_rules(data.survey)


def _place_rules(name: str, source: Source) -> Iterator[Broken]:
    if [source.file, source.database, source.files or None].count(None) != 2:
        yield Broken("source-place", ("data", name))
    if (source.database or source.format == "duckdb") and source.query_table is None:
        yield Broken("query-table-missing", ("data", name))
    if source.database and _has_password(source.database):
        yield Broken("password-in-file", ("data", name, "database"))


def _heading_rules(name: str, source: Source) -> Iterator[Broken]:
    """A heading has one meaning; only a survey's strata or clusters may be its areas."""
    named: dict[str, str] = {}
    shared = {"stratum", "cluster"}
    for column, heading in source.headings().items():
        other = named.setdefault(heading.casefold(), column)
        if other != column and not shared & {other, column}:
            yield Broken(
                "heading-mapped-twice",
                ("data", name, "columns", column),
                one=other,
                other=column,
                heading=repr(heading),
            )


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
        yield Broken("wide-pattern", ("data", name))
    wide = source.wide
    if wide and [bool(wide.pattern), bool(wide.offences), bool(wide.areas)].count(True) != 1:
        yield Broken("wide-pattern", ("data", name, "wide"))
    if source.decimal and source.decimal == source.thousands:
        yield Broken("number-marks", ("data", name, "thousands"), sign=repr(source.thousands))
    if len(source.separator) != 1 and source.separator != "\\t":
        yield Broken("separator-sign", ("data", name, "separator"), sign=repr(source.separator))


def _area_rules(name: str, source: IncidentSource | PopulationSource) -> Iterator[Broken]:
    if (source.columns.area is None) != bool(source.wide and source.wide.areas):
        yield Broken("source-area", ("data", name, "columns"))


def _incident_rules(source: IncidentSource) -> Iterator[Broken]:
    columns, path = source.columns, ("data", "incidents")
    yield from _area_rules("incidents", source)
    if source.count == "cases" and columns.case is None:
        yield Broken("cases-unnamed", (*path, "count"))
    timed = bool(source.wide and source.wide.pattern) or source.format == "statbank"
    times = [columns.date, columns.quarter, columns.year]
    if not timed and times.count(None) != len(times) - 1:
        yield Broken("incident-time", (*path, "columns"))
    if (columns.date and columns.count) or (columns.year and not source.counted):
        yield Broken("incident-time", (*path, "columns", "count"))
    says = [columns.offence, source.one_offence, source.wide_offences or None]
    if says.count(None) != len(says) - 1:
        yield Broken("incident-offence", path)
    if source.extract_date is None:
        yield Broken("extract-date-missing", path)
    if not source.counted and source.coverage is None:
        yield Broken("coverage-missing", path)
    if source.coverage and source.coverage.first > source.coverage.last:
        yield Broken("coverage-order", (*path, "coverage"))


def _population_rules(source: PopulationSource) -> Iterator[Broken]:
    columns = source.columns
    if source.unknown:
        yield from _unknown_rules(source)
        return
    yield from _area_rules("population", source)
    timed = bool(source.wide and source.wide.pattern) or source.format == "statbank"
    times = [columns.quarter, columns.year, source.population_year]
    if not timed and times.count(None) != 2:
        yield Broken("population-time", ("data", "population", "columns"))
    if not timed and source.wide is None and columns.population is None:
        yield Broken("missing-key", ("data", "population", "columns"), key=repr("population"))


def _unknown_rules(source: PopulationSource) -> Iterator[Broken]:
    """What is not delivered has no place and no headings."""
    if source.file or source.files or source.database or source.delivered():
        yield Broken("population-not-unknown", ("data", "population", "unknown"))


def _survey_rules(source: SurveySource) -> Iterator[Broken]:
    if source.sampling == "weighted" and source.columns.weight is None:
        yield Broken("survey-design-missing", ("data", "survey", "columns"))
    for question, change in _changed_codes(source.wave_codes).items():
        if question not in source.scale_changed:
            yield Broken(
                "scale-reversed", ("data", "survey", "wave_codes"), question=question, **change
            )


def _changed_codes(wave_codes: dict[str, Codes]) -> dict[str, dict[str, str]]:
    first: dict[tuple[str, str], tuple[str, str]] = {}
    changed = {}
    for wave, questions in wave_codes.items():
        for question, codes in questions.items():
            for code, label in codes.items():
                earlier, before = first.setdefault((question, code), (wave, label))
                if before != label:
                    changed[question] = {
                        "answer": code, "before": repr(before), "earlier": earlier,
                        "after": repr(label), "later": wave,
                    }  # fmt: skip
    return changed
