"""Every delivered table of a study, read and checked together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from tingbjerg_eval.data.baskets import check_baskets
from tingbjerg_eval.data.coverage import (
    by_year,
    preliminary_quarters,
    read_by,
    study_quarters,
    whole_years,
)
from tingbjerg_eval.data.crosswalk import read_crosswalk
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import name_columns
from tingbjerg_eval.data.formats.loading import load_rows
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.formats.wide import lengthen, quarters_as_written
from tingbjerg_eval.data.incidents.read import check_incidents, read_incidents
from tingbjerg_eval.data.personal import refuse_personal
from tingbjerg_eval.data.population import (
    check_population_complete,
    clean_population,
    population_times,
)
from tingbjerg_eval.data.published import clean_published
from tingbjerg_eval.data.returns import clean_activities, clean_consultation
from tingbjerg_eval.data.schemas import checked
from tingbjerg_eval.data.survey import clean_survey, questions_of
from tingbjerg_eval.data.survey_notes import check_weight_sums
from tingbjerg_eval.data.tables import SourceDigest, Tables
from tingbjerg_eval.data.together import check_together, note_names_inside
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import (
    IncidentSource,
    PopulationSource,
    Source,
    SurveySource,
)

ALIKE = 1000
"""Inhabitants of an area of which none are delivered."""

Clean = Callable[[RawTable, StudySettings, Findings], pd.DataFrame]
Delivery = TypeVar("Delivery", bound=Source)
Read = Callable[[Delivery, Findings], tuple[pd.DataFrame, str]]


@dataclass
class _Reading:
    """The tables as they come in, with everything found on the way."""

    settings: StudySettings
    folder: Path
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    items: list[Problem] = field(default_factory=list)
    sources: list[SourceDigest] = field(default_factory=list)
    covered: tuple[str, ...] = ()
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def data_folder(self) -> Path:
        return self.folder / self.settings.data.folder

    def attempt(self, table: str, read: Read[Delivery], source: Delivery | None) -> None:
        """Read one table; what is refused does not keep the others from being read."""
        if source is None:
            return
        found = Findings(file=source.name)
        try:
            frame, digest = read(source, found)
        except InputRefused:
            pass
        else:
            self.frames[table] = checked(table, frame)
            self.sources.append(
                SourceDigest(table=table, file=found.file, sha256=digest, rows=len(frame),
                             extract_date=source.extract_date, source=source.source)
            )  # fmt: skip
        self.items.extend(found.items)


def read_tables(settings: StudySettings, folder: Path) -> Tables:
    """Read every table that ``settings`` names; ``folder`` is the folder of ``study.yaml``.

    Raises
    ------
    InputRefused
        With the problems of all tables at once.
    """
    reading = inspect_tables(settings, Path(folder))
    problems = [one for one in reading.items if not one.note]
    if problems:
        raise InputRefused(problems)
    return Tables(
        **reading.frames,
        **reading.extras,
        notes=tuple(reading.items),
        sources=tuple(reading.sources),
        covered=reading.covered,
        preliminary=preliminary_quarters(settings, reading.covered),
    )


def inspect_tables(settings: StudySettings, folder: Path) -> _Reading:
    """Read what can be read and keep every problem and note; raises for none of them."""
    reading = _Reading(settings=settings, folder=folder)
    for table in settings.data.tables():
        _attempt(reading, table)
    if settings.data.population.unknown:
        reading.frames["population"] = checked("population", _alike(reading))
    _check_settings(reading)
    check_together(reading)
    return reading


def table_problems(settings: StudySettings, folder: Path, table: str) -> list[Problem]:
    """What refuses one table, read by itself."""
    reading = _Reading(settings=settings, folder=folder)
    _attempt(reading, table)
    return [one for one in reading.items if not one.note]


def _attempt(reading: _Reading, table: str) -> None:
    data = reading.settings.data
    if table == "incidents":
        reading.attempt(table, partial(_incidents, reading), data.incidents)
    elif table == "population":
        reading.attempt(table, partial(_population, reading), data.population)
    elif table == "survey":
        reading.attempt(table, partial(_survey, reading), data.survey)
    else:
        reading.attempt(table, partial(_plain, reading, PLAIN[table]), data.tables().get(table))


PLAIN: dict[str, Clean] = {
    "activities": clean_activities,
    "consultation": clean_consultation,
    "published": clean_published,
}


def _incidents(
    reading: _Reading, source: IncidentSource, found: Findings
) -> tuple[pd.DataFrame, str]:
    from tingbjerg_eval.data.revisions import compare_extracts

    settings = read_by(reading.settings, quarters=not source.yearly)
    delivered, digest = read_incidents(source, settings, reading.data_folder, found)
    covered = check_incidents(delivered, settings, found)
    reading.covered = covered if settings is reading.settings else whole_years(covered)

    def counted(cells: pd.DataFrame, covered: tuple[str, ...] = ()) -> pd.DataFrame:
        if settings is reading.settings:
            return cells
        years = covered or whole_years(cells["quarter"].unique())
        inside = cells[cells["quarter"].str[:4].isin(years)]
        return by_year(inside, reading.settings, {"count": "sum"}, whole=False)

    cells = counted(delivered, reading.covered)
    if source.previous and not found.problems:
        reading.extras = compare_extracts(
            cells, settings, reading.data_folder, found, counted=counted
        )
    found.stop_if_refused()
    return cells, digest


def _population(
    reading: _Reading, source: PopulationSource, found: Findings
) -> tuple[pd.DataFrame, str]:
    keys = [*source.headings().values(), *source.sum_over]
    raw, digest = load_rows(source, reading.data_folder, found, keys=keys)
    refuse_personal(raw, found, mapped=source.headings().values(), waived=source.not_personal)
    wanted = source.headings()
    if source.wide or source.format == "statbank":
        raw = lengthen(raw, source, found, value="population")
        wanted |= {one: one for one in ("time", "area", "population") if one in raw.frame}
    raw = name_columns(raw, wanted, found, keep=tuple(source.sum_over))
    raw = population_times(raw, source, found)
    if source.population_year:
        raw = _every_year(raw, source.population_year, reading.settings, found)
    pairs = read_crosswalk(source, reading.settings, reading.data_folder, found)
    settings = read_by(reading.settings, quarters="quarter" in raw.frame)
    frame = clean_population(raw, settings, found, pairs=pairs)
    frame = by_year(frame, reading.settings, {"population": "mean"})
    quarters = study_quarters(reading.settings, reading.covered)
    check_population_complete(frame, reading.settings, quarters, found)
    found.stop_if_refused()
    return frame, digest


def _alike(reading: _Reading) -> pd.DataFrame:
    """The same number of inhabitants everywhere and always, where none is delivered."""
    settings = reading.settings
    found = Findings(file="study.yaml")
    found.add("population-unknown", found=settings.data.population.unknown)
    reading.items.extend(found.items)
    quarters = study_quarters(settings, reading.covered)
    every = pd.MultiIndex.from_product([settings.areas.all, quarters], names=["area", "quarter"])
    people = np.full(len(every), ALIKE)
    return every.to_frame(index=False).astype("str").assign(population=people)


def _every_year(raw: RawTable, year: int, settings: StudySettings, found: Findings) -> RawTable:
    """The figures of a table without time, of ``year``, for every year of the study."""
    years = sorted({quarter[:4] for quarter in settings.quarters})
    found.add("population-one-year", found=str(year))
    frames = [raw.frame.assign(year=one) for one in years]
    return replace(raw, frame=pd.concat(frames, ignore_index=True),
                   places=np.tile(raw.places, len(years)))  # fmt: skip


def _survey(reading: _Reading, source: SurveySource, found: Findings) -> tuple[pd.DataFrame, str]:
    headings = source.headings()
    if source.respondent:
        headings = headings | {"respondent": source.respondent}
    questions = questions_of(reading.settings)
    raw, digest = load_rows(
        source, reading.data_folder, found, keys=[*headings.values(), *questions]
    )
    mapped = [*headings.values(), *questions]
    refuse_personal(raw, found, mapped=mapped, waived=source.not_personal, free_text=False)
    raw = name_columns(raw, headings, found, keep=questions)
    if source.waves:
        waves = raw.frame["wave"].map(lambda text: source.waves.get(text, text))
        raw = raw.with_frame(raw.frame.assign(wave=waves))
    frame = clean_survey(raw, reading.settings, found)
    found.stop_if_refused()
    if "population" in reading.frames:
        check_weight_sums(frame, reading.frames["population"], reading.settings, found)
    return frame, digest


def _plain(
    reading: _Reading, clean: Clean, source: Source, found: Findings
) -> tuple[pd.DataFrame, str]:
    headings = source.headings()
    raw, digest = load_rows(source, reading.data_folder, found, keys=list(headings.values()))
    refuse_personal(raw, found, mapped=headings.values(), waived=source.not_personal)
    named = name_columns(raw, headings, found)
    if source.time and "quarter" in named.frame:
        named = quarters_as_written(named, source.time, found)
    return clean(named, reading.settings, found), digest


def _check_settings(reading: _Reading) -> None:
    found = Findings(file="study.yaml")
    check_baskets(reading.settings, found)
    note_names_inside(reading.settings.areas.all, found)
    reading.items.extend(found.items)
