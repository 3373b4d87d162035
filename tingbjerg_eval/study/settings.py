"""The model of ``study.yaml``: areas, windows, indicators, deliveries and rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.quarters import is_quarter, quarter_number, quarter_range
from tingbjerg_eval.inputs.scalars import Day, Money, Number, Quarter, Text, TimeText, Whole, YesNo
from tingbjerg_eval.inputs.strict_yaml import Document, read_yaml
from tingbjerg_eval.inputs.validation import Broken, Settings, read_model
from tingbjerg_eval.study.design import Break, Contamination, Design, Time, Window
from tingbjerg_eval.study.programme import Effort, Programme
from tingbjerg_eval.study.rules.programme import programme_rules
from tingbjerg_eval.study.sources import Data, source_rules

Good = Literal["lower", "higher"]


class Decided(Settings):
    """The days on which reports are decided upon; printed in their memo heads."""

    baseline: Day | None = None
    end_of_period: Day | None = None
    programme: Day | None = None


class Case(Settings):
    """The memo head."""

    sender: Text
    recipient: Text = "Økonomiudvalget"
    case_number: Text
    document_number: Text
    case_officer: Text
    decided: Decided = Decided()


class TreatedArea(Settings):
    """One area of a programme, with an effort of its own."""

    area: Text
    first: Quarter = Field(alias="from")
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
    comparison: Annotated[list[Text], Field(min_length=1)]
    adjacent: list[Text] = []
    excluded: list[Text] = []

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


class Periods(Settings):
    """Baseline and period in quarters, and the survey waves that belong to them."""

    baseline: Annotated[list[Quarter], Field(min_length=2, max_length=2)]
    period: Annotated[list[Quarter], Field(min_length=2, max_length=2)]
    survey_baseline: Annotated[list[Whole], Field(min_length=2, max_length=2)] | None = None
    survey_period: Annotated[list[Whole], Field(min_length=2, max_length=2)] | None = None


class ContaminationEntry(Settings):
    """An effort in another area."""

    area: Text
    first: Quarter = Field(alias="from")
    last: Quarter = Field(alias="to")
    effort: Text

    def on_scale_of(self, time: Time) -> Contamination:
        """The entry in quarters, or in years where ``time`` is a survey wave."""
        ends: Window = (self.first, self.last)
        if not is_quarter(time):
            ends = (int(self.first[:4]), int(self.last[:4]))
        return Contamination(area=self.area, first=ends[0], last=ends[1], effort=self.effort)


class BreakEntry(Settings):
    """A point from which a table's figures cannot be compared with earlier ones."""

    table: Literal["incidents", "survey"]
    first: TimeText = Field(alias="from")
    reason: Text
    offences: list[Text] = []


class GapEntry(Settings):
    """Quarters in which there truly were no reports, and why."""

    first: Quarter = Field(alias="from")
    last: Quarter = Field(alias="to")
    reason: Text
    area: Text | None = None
    offence: Text | None = None


class ExplainedEntry(Settings):
    """A doubt about a delivery that was looked into, and what the supplier answered."""

    doubt: Text
    reason: Text
    area: Text | None = None
    offence: Text | None = None


class Basket(Settings):
    """A named and versioned set of offence codes, all on one level."""

    version: Text
    codes: Annotated[list[Text], Field(min_length=1)]


class IndicatorBase(Settings):
    """What count and share indicators have in common."""

    title: Text
    good: Good = "lower"
    theme: Text | None = None


class CountIndicator(IndicatorBase):
    """Reports to the police in one basket of offences."""

    kind: Literal["count"]
    basket: Basket
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
    question: Text
    answers: Annotated[list[Text], Field(min_length=1), BeforeValidator(_cut_as_answers)]
    """The answers that count; of a scale also ``0-3``, every number from the first to the last."""

    @property
    def scale_cut(self) -> bool:
        """Whether the answers are several numbers in a row, of which some may be nobody's."""
        numbers = [int(one) for one in self.answers if one.isdecimal()]
        row = list(range(numbers[0], numbers[0] + len(numbers))) if numbers else []
        return len(numbers) == len(self.answers) > 1 and numbers == row


Indicator = Annotated[CountIndicator | ShareIndicator, Field(discriminator="kind")]


class StudyRules(Settings):
    """Limits that the locked plan fixes."""

    level: Number = 0.95
    disclosure_threshold: Whole = 5
    survey_minimum_answers: Whole = 30
    preliminary_days: Whole = 180


class StudySettings(Settings):
    """``study.yaml``, read and checked."""

    name: Annotated[Text, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Text
    simulated: YesNo = False
    language: Literal["da", "en"] = "da"
    strategy: Text = "strategy.yaml"
    case: Case
    areas: Areas
    periods: Periods
    contamination: list[ContaminationEntry] = []
    breaks: list[BreakEntry] = []
    gaps: list[GapEntry] = []
    explained: list[ExplainedEntry] = []
    accept_revisions: Day | None = None
    """The extract date whose corrections of the baseline's reports are accepted."""
    indicators: Annotated[dict[Text, Indicator], Field(min_length=1)]
    data: Data
    ledger: Text | None = None
    """A file that holds what was handed over, beside the one in the output folder; two studies
    that share areas may name the same."""
    rules: StudyRules = StudyRules()

    @property
    def quarters(self) -> tuple[str, ...]:
        """Every quarter from the start of the baseline to the end of the period."""
        return quarter_range(self.periods.baseline[0], self.periods.period[1])

    @property
    def period_quarters(self) -> tuple[str, ...]:
        """Every quarter of the period: one quarterly report each."""
        return quarter_range(*self.periods.period)

    def indicators_of(self, kind: Literal["count", "share"]) -> dict[str, Indicator]:
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
            Break(first=one.first, reason=one.reason) for one in self.breaks if one.table == table
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


def read_settings(path: str | Path) -> StudySettings:
    """Read ``study.yaml``.

    Raises
    ------
    InputRefused
        With every problem of the file: place, what was found, what was wanted, how to mend it.
    """
    return settings_from(read_yaml(Path(path)))


def settings_from(document: Document) -> StudySettings:
    """:func:`read_settings` for a document that is already read."""
    return read_model(StudySettings, document, rules=_broken_rules)


def _broken_rules(settings: StudySettings) -> Iterator[Broken]:
    yield from _area_rules(settings)
    yield from _period_rules(settings)
    yield from _limit_rules(settings.rules)
    yield from _survey_rules(settings)
    yield from programme_rules(settings)
    yield from source_rules(settings.data)


def _area_rules(settings: StudySettings) -> Iterator[Broken]:
    seen: set[str] = set()
    for area in settings.areas.all:
        if area in seen:
            yield Broken(code="area-two-roles", path=("areas",), found=f"{area!r} twice",
                         wanted="one role for each area", mend="Remove one of them.")  # fmt: skip
        seen.add(area)
    for number, entry in enumerate(() if settings.areas.programme else settings.contamination):
        if entry.area in settings.areas.comparison and _overlaps(entry, settings):
            yield Broken(
                code="contaminated-comparison", path=("contamination", number, "area"),
                found=f"{entry.area!r} as comparison area", wanted="areas without an effort",
                mend="Move it to areas.excluded.",
            )  # fmt: skip


def _overlaps(entry: ContaminationEntry, settings: StudySettings) -> bool:
    windows = (settings.periods.baseline, settings.periods.period)
    first, last = quarter_number(entry.first), quarter_number(entry.last)
    return any(first <= quarter_number(b) and quarter_number(a) <= last for a, b in windows)


def _period_rules(settings: StudySettings) -> Iterator[Broken]:
    periods = settings.periods
    pairs = (("baseline", "period"), ("survey_baseline", "survey_period"))
    for before, after in pairs:
        windows = getattr(periods, before), getattr(periods, after)
        for name, window in zip((before, after), windows, strict=True):
            if window and _number(window[0]) > _number(window[1]):
                yield Broken(code="window-order", path=("periods", name), found=str(window),
                             wanted="first before last", mend="Swap them.")  # fmt: skip
        if all(windows) and _number(windows[0][1]) >= _number(windows[1][0]):
            yield Broken(
                code="period-overlaps-baseline", path=("periods", after), found=str(windows[1]),
                wanted=f"a start after the baseline's end, {windows[0][1]}",
                mend="Let the baseline end before the effort starts.",
            )  # fmt: skip


def _limit_rules(rules: StudyRules) -> Iterator[Broken]:
    if not 0.5 < rules.level < 1:
        yield Broken(code="level", path=("rules", "level"), found=str(rules.level),
                     wanted="a level between 0.5 and 1", mend="Write 0.95.")  # fmt: skip
    if rules.disclosure_threshold < 3:
        yield Broken(
            code="threshold-too-low", path=("rules", "disclosure_threshold"),
            found=str(rules.disclosure_threshold), wanted="at least 3", mend="Write 5.",
        )  # fmt: skip


def _survey_rules(settings: StudySettings) -> Iterator[Broken]:
    waves = settings.periods.survey_baseline and settings.periods.survey_period
    if settings.indicators_of("share") and not waves:
        yield Broken(
            code="waves-missing", path=("periods",), found="share indicators without survey waves",
            wanted="periods.survey_baseline and periods.survey_period",
            mend="Add them, such as [2009, 2009].",
        )  # fmt: skip


def _number(time: Time) -> int:
    return quarter_number(time) if is_quarter(time) else int(time)
