"""The model of ``study.yaml``: areas, windows, indicators, deliveries and rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, overload

from pydantic import BeforeValidator, Discriminator, Field, Tag

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.quarters import as_window, is_quarter, quarter_range
from tingbjerg_eval.inputs.scalars import Day, Money, Number, Quarter, Text, Whole, YesNo
from tingbjerg_eval.inputs.validation import Settings
from tingbjerg_eval.study.design import Break, Design, Time
from tingbjerg_eval.study.entries import BreakEntry, ContaminationEntry, ExplainedEntry, GapEntry
from tingbjerg_eval.study.programme import Effort, Programme
from tingbjerg_eval.study.sources import Data

Good = Literal["lower", "higher"]


class Decided(Settings):
    """The days on which reports are decided upon; printed in their memo heads."""

    baseline: Day | None = None
    """The day on which the baseline report is decided upon."""
    end_of_period: Day | None = None
    """The day on which the final evaluation is decided upon."""
    programme: Day | None = None
    """The day on which the report of a programme in several areas is decided upon."""


class Case(Settings):
    """The memo head."""

    sender: Text
    """The office that sends the report."""
    recipient: Text = "Økonomiudvalget"
    """The committee or board that decides on it."""
    case_number: Text
    """The case number of the municipality's records system."""
    document_number: Text
    """The document's number in the same system."""
    case_officer: Text
    """Initials or title of the case officer; printed in the head."""
    decided: Decided = Decided()
    """The days on which the reports are decided upon, where they are known."""
    memo_template: Text | None = None
    """The municipality's own Word document, beside the study's file; the memo takes its styles."""


class TreatedArea(Settings):
    """One area of a programme, with an effort of its own."""

    area: Text
    """The area, named as in the deliveries."""
    first: Quarter = Field(alias="from")
    """The first quarter of its effort."""
    last: Quarter | None = Field(alias="to", default=None)
    """The end of the period where none is given."""
    adjacent: list[Text] = []
    """Areas of the study next to it: no comparison for it."""
    budget: Money | None = None
    """Kroner for the whole effort in the area."""


def _one_or_many(value: object) -> str:
    return "many" if isinstance(value, list) else "one"


Treated = Annotated[
    Annotated[Text, Tag("one")] | Annotated[list[TreatedArea], Field(min_length=2), Tag("many")],
    Discriminator(_one_or_many),
]
"""The area with the effort, or a programme's areas each with a start of its own."""


class Areas(Settings):
    """Every area of the study by its role."""

    treated: Treated
    """The area with the effort, named as in the deliveries; of a programme a list of areas."""
    comparison: Annotated[list[Text], Field(min_length=1)]
    """Areas without an effort that tell what would have happened: at least five, better twelve."""
    adjacent: list[Text] = []
    """Neighbouring areas, used only to see whether crime moved there."""
    excluded: list[Text] = []
    """Areas that are left out, such as one with an effort of its own."""

    @property
    def all(self) -> tuple[str, ...]:
        """All areas, the treated ones first."""
        return (*self.with_effort, *self.comparison, *self.adjacent, *self.excluded)

    @property
    def programme(self) -> tuple[TreatedArea, ...]:
        """The areas of a programme; empty for an effort in one area."""
        return () if isinstance(self.treated, str) else tuple(self.treated)

    @property
    def with_effort(self) -> tuple[str, ...]:
        """Names of the areas with an effort."""
        if isinstance(self.treated, str):
            return (self.treated,)
        return tuple(one.area for one in self.treated)

    @property
    def next_door(self) -> tuple[str, ...]:
        """Areas without an effort next to one with it."""
        near = [*self.adjacent, *(area for one in self.programme for area in one.adjacent)]
        return tuple(area for area in dict.fromkeys(near) if area not in self.with_effort)


class Periods(Settings):
    """Baseline and period in quarters or in years, and the survey waves that belong to them."""

    baseline: Annotated[list[Quarter], Field(min_length=2, max_length=2)]
    """First and last quarter before the effort, whole years: ``[2008K1, 2009K4]``; of counts by
    year the years: ``[2008, 2009]``."""
    period: Annotated[list[Quarter], Field(min_length=2, max_length=2)]
    """First and last quarter of the effort, whole years, or its years."""
    survey_baseline: Annotated[list[Whole], Field(min_length=2, max_length=2)] | None = None
    """First and last survey wave (year) before the effort."""
    survey_period: Annotated[list[Whole], Field(min_length=2, max_length=2)] | None = None
    """First and last survey wave (year) during the effort."""


class Basket(Settings):
    """A named and versioned set of offence codes, all on one level."""

    version: Text
    """The version of the basket, raised when its codes change."""
    codes: Annotated[list[Text], Field(min_length=1)]
    """The offence codes whose reports are counted, all on one level of the code list."""


class IndicatorBase(Settings):
    """What count and share indicators have in common."""

    title: Text
    """The indicator's name in reports."""
    good: Good = "lower"
    """Which way is better: ``lower`` for crime and fear, ``higher`` for safety."""
    theme: Text | None = None
    """The theme by which it is held beside what residents raise."""


class CountIndicator(IndicatorBase):
    """Reports to the police in one basket of offences."""

    kind: Literal["count"]
    """Says that reports to the police are counted."""
    basket: Basket
    """Which offences are counted."""
    activity: YesNo = False
    """Whether reports follow police activity (drugs, weapons): never a safety verdict."""


def _cut_as_answers(value: object) -> object:
    """The numbers of a part of a scale that is written by its ends."""
    cut = (
        re.fullmatch(r"(\d{1,3})\s*[-–]\s*(\d{1,3})", value.strip())
        if isinstance(value, str)
        else None
    )
    if cut and int(cut[1]) < int(cut[2]):
        return [str(one) for one in range(int(cut[1]), int(cut[2]) + 1)]
    return value


class ShareIndicator(IndicatorBase):
    """Share of the survey's respondents who gave one of ``answers`` to ``question``."""

    kind: Literal["share"]
    """Says that a share of the survey's answers is measured."""
    question: Text
    """The question's heading in the survey file."""
    answers: Annotated[list[Text], Field(min_length=1), BeforeValidator(_cut_as_answers)]
    """The answers that count; of a scale also ``0-3``, every number from the first to the last."""

    @property
    def scale_cut(self) -> bool:
        """Whether the answers are several numbers in a row, of which some may be nobody's."""
        numbers = [int(one) for one in self.answers if one.isdecimal()]
        row = list(range(numbers[0], numbers[0] + len(numbers))) if numbers else []
        return len(numbers) == len(self.answers) > 1 and numbers == row


Indicator = Annotated[CountIndicator | ShareIndicator, Field(discriminator="kind")]


LEAST_THRESHOLD = 5
"""A hidden count is one of 0 to threshold - 1, and must have five possible values."""


class StudyRules(Settings):
    """Limits that the locked plan fixes."""

    level: Number = 0.95
    """The level of confidence of every interval."""
    disclosure_threshold: Whole = 5
    """Counts of people or reports below this number are not shown; at least 3."""
    survey_minimum_answers: Whole = 30
    """A share on fewer answers than this is not shown."""
    preliminary_days: Whole = 180
    """A quarter that ended fewer days before the extract is preliminary."""


class StudySettings(Settings):
    """``study.yaml``, read and checked."""

    name: Annotated[Text, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    """A short name in small letters, digits and hyphens; used in file names."""
    title: Text
    """The study's title on every report."""
    simulated: YesNo = False
    """Whether the figures are made up; every page then says so."""
    language: Literal["da", "en"] = "da"
    """The language of the reports, Danish or English."""
    strategy: Text = "strategy.yaml"
    """The file that holds the strategy, beside this one."""
    case: Case
    """What the head of the report to the committee says."""
    areas: Areas
    """Which area had the effort, and which are compared with it."""
    periods: Periods
    """When the effort was, and the time before it."""
    contamination: list[ContaminationEntry] = []
    """Efforts in other areas; a comparison area with one is refused."""
    breaks: list[BreakEntry] = []
    """Points from which figures are counted in another way."""
    gaps: list[GapEntry] = []
    """Quarters that truly had no reports, each with its reason."""
    explained: list[ExplainedEntry] = []
    """Doubts about a delivery that the supplier has answered."""
    accept_revisions: Day | None = None
    """The extract date whose corrections of the baseline's reports are accepted."""
    indicators: Annotated[dict[Text, Indicator], Field(min_length=1)]
    """What is measured, each under a short name that the targets use."""
    data: Data
    """Where the deliveries lie and how each is read."""
    ledger: Text | None = None
    """A file that holds what was handed over, beside the one in the output folder; two studies
    that share areas may name the same."""
    rules: StudyRules = StudyRules()
    """Limits that hold for every report and that the locked plan fixes."""

    @property
    def quarters(self) -> tuple[str, ...]:
        """Every quarter from the start of the baseline to the end of the period."""
        return quarter_range(self.periods.baseline[0], self.periods.period[1])

    @property
    def period_quarters(self) -> tuple[str, ...]:
        """Every quarter of the period: one quarterly report each."""
        return quarter_range(*self.periods.period)

    @property
    def in_years(self) -> bool:
        """Whether reports are counted by year: a period is a year, and so is a status report."""
        return not is_quarter(self.periods.period[0])

    def counted_by(self, period: str) -> StudySettings:
        """The settings with windows in the unit of ``period``, a quarter or a year: a delivery is
        read by its own."""
        windows = {
            name: list(as_window(first, last, period))
            for name in ("baseline", "period")
            for first, last in [getattr(self.periods, name)]
        }
        return self.model_copy(update={"periods": self.periods.model_copy(update=windows)})

    @overload
    def indicators_of(self, kind: Literal["count"]) -> dict[str, CountIndicator]: ...

    @overload
    def indicators_of(self, kind: Literal["share"]) -> dict[str, ShareIndicator]: ...

    def indicators_of(self, kind: Literal["count", "share"]) -> Mapping[str, Indicator]:
        """The indicators of one kind, in the order of the file."""
        return {name: one for name, one in self.indicators.items() if one.kind == kind}

    @property
    def revisions_accepted(self) -> bool:
        """Whether the present extract's corrections of old reports are accepted."""
        accepted = self.accept_revisions
        return accepted is not None and accepted == self.data.incidents.extract_date

    def breaks_of(self, table: str) -> tuple[Break, ...]:
        """Breaks of one table as the design wants them."""
        return tuple(
            Break(first=one.first_of(self.in_years), reason=one.reason)
            for one in self.breaks
            if one.table == table
        )

    def with_data(self, folder: str | Path | None) -> StudySettings:
        """The settings with another data folder; as they are where none is given."""
        if folder is None:
            return self
        moved = self.data.model_copy(update={"folder": str(Path(folder).resolve())})
        return self.model_copy(update={"data": moved})

    def design(self) -> Design:
        """The design of the counts."""
        return self._design(self.periods.baseline, self.periods.period, "incidents")

    def programme(self) -> Programme:
        """The areas with an effort, each with as many quarters before it as the baseline holds."""
        if not self.areas.programme:
            return Programme.single(self.design())
        efforts = (self._effort(one) for one in self.areas.programme)
        return Programme(treated=tuple(efforts), **self._shared(self.periods.baseline, "incidents"))

    def _effort(self, one: TreatedArea) -> Effort:
        return Effort.of(
            one.area, one.first, one.last or self.periods.period[1],
            quarters=len(quarter_range(*self.periods.baseline)), adjacent=one.adjacent,
        )  # fmt: skip

    def survey_design(self) -> Design | None:
        """The design of the survey shares; ``None`` where the study has no survey waves."""
        if not (self.periods.survey_baseline and self.periods.survey_period):
            return None
        if self.areas.programme:
            return None
        return self._design(self.periods.survey_baseline, self.periods.survey_period, "survey")

    def _design(self, baseline: Sequence[Time], period: Sequence[Time], table: str) -> Design:
        if not isinstance(self.areas.treated, str):
            raise WrongArgument(
                "The effort is in several areas: study.programme has the design of each."
            )
        return Design(
            treated=self.areas.treated,
            adjacent=tuple(self.areas.adjacent),
            baseline=(baseline[0], baseline[1]),
            period=(period[0], period[1]),
            **self._shared(baseline, table),
        )

    def _shared(self, baseline: Sequence[Time], table: str) -> dict[str, Any]:
        """What a design of one area and one of several hold alike."""
        return {
            "comparison": tuple(self.areas.comparison),
            "breaks": self.breaks_of(table),
            "contamination": tuple(one.on_scale_of(baseline[0]) for one in self.contamination),
        }
