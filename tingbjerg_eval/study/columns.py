"""Which heading of a delivered table is which, table by table."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tingbjerg_eval.inputs.scalars import Text
from tingbjerg_eval.inputs.validation import Settings

Parts = Annotated[list[Text], Field(min_length=2, max_length=3)]
"""Columns that together say a time: year and month or quarter, or year, month and day."""


class IncidentColumns(Settings):
    """Headings of the police extract."""

    area: Text | None = None
    """The heading of the area's name."""
    area_code: Text | None = None
    """The heading of the area's code beside its name; an area of two codes is refused."""
    offence: Text | None = None
    """The heading of the offence code."""
    date: Text | Parts | None = None
    """The heading of the day of the offence, one row a report; a list where year, month and day
    have columns of their own."""
    quarter: Text | Parts | None = None
    """The heading of the quarter, in a counted table; a list where year and quarter have
    columns of their own."""
    year: Text | None = None
    """The heading of the year, in place of the quarter, in a study in years."""
    count: Text | None = None
    """The heading of the number of reports, in a counted table."""
    case: Text | None = None
    """The heading of the case number, by which repeated reports are found."""
    registered: Text | None = None
    """The heading of the day on which the report was registered."""
    population: Text | None = None
    """The heading of the inhabitants, in a table that holds them beside the count."""
    rate: Text | None = None
    """The heading of a delivered rate, which is checked against count and inhabitants."""


class PopulationColumns(Settings):
    """Headings of the population table."""

    area: Text | None = None
    """The heading of the area's name."""
    area_code: Text | None = None
    """The heading of the area's code beside its name."""
    quarter: Text | Parts | None = None
    """The heading of the quarter; a list where year and quarter have columns of their own."""
    year: Text | None = None
    """The heading of the year, in place of the quarter: its figure stands for the year's
    quarters."""
    population: Text | None = None
    """The heading of the number of inhabitants."""


class SurveyColumns(Settings):
    """Headings of the survey; questions keep the headings that the indicators name."""

    area: Text
    """The heading of the respondent's area."""
    wave: Text
    """The heading of the survey's year or wave."""
    weight: Text | None = None
    """The heading of the respondent's weight."""
    stratum: Text | None = None
    """The heading of the stratum from which the respondent was drawn."""
    cluster: Text | None = None
    """The unit that was drawn, where people were drawn in groups."""


class ActivityColumns(Settings):
    """Headings of the parties' quarterly returns."""

    measure: Text
    """The heading of the measure, whose values are the names under ``measures`` in the strategy."""
    quarter: Text | None = None
    """The heading of the quarter."""
    year: Text | None = None
    """The heading of the year, in place of the quarter, in a study in years."""
    planned: Text
    """The heading of the amount that was planned."""
    delivered: Text
    """The heading of the amount that was delivered."""
    spent_dkk: Text
    """The heading of what was spent, in kroner."""


class ConsultationColumns(Settings):
    """Headings of what residents and local actors raised."""

    quarter: Text | None = None
    """The heading of the quarter."""
    year: Text | None = None
    """The heading of the year, in place of the quarter, in a study in years."""
    source: Text
    """The heading of who raised it: a meeting, a survey, a local actor."""
    theme: Text
    """The heading of the theme."""
    area: Text
    """The heading of the area."""
    mentions: Text
    """The heading of how often the theme was raised."""


class PublishedColumns(Settings):
    """Headings of figures that others have published."""

    area: Text
    """The heading of the area."""
    year: Text
    """The heading of the year."""
    measure: Text
    """The heading of what is measured."""
    value: Text
    """The heading of the figure."""
    unit: Text
    """The heading of its unit."""
    published_in: Text
    """The heading of the publication."""
    source: Text
    """The heading of where it can be read."""
