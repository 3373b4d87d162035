"""The model of ``strategy.yaml``: who does what, with which money, and towards which targets."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr
from pydantic_core import PydanticCustomError, PydanticKnownError

from tingbjerg_eval.inputs.quarters import is_period
from tingbjerg_eval.inputs.scalars import Money, Number, Quarter, Text, TimeText, Whole, YesNo
from tingbjerg_eval.inputs.validation import Settings
from tingbjerg_eval.study.decisions import Decision
from tingbjerg_eval.study.kinds import KINDS, Kind


def _known_kind(name: str) -> str:
    if name not in KINDS:
        *others, last = (repr(one) for one in KINDS)
        expected = f"{', '.join(others)} or {last}"
        raise PydanticKnownError("literal_error", {"expected": expected})
    return name


KindName = Annotated[Text, AfterValidator(_known_kind)]


def _one_name(value: object) -> object:
    if isinstance(value, list):
        raise PydanticCustomError("one", "exactly one party, not a list of them")
    return value


OneParty = Annotated[Text, BeforeValidator(_one_name)]


class Party(Settings):
    """An organisation that takes part; never a person."""

    name: Text
    """The organisation's name in reports."""
    role: Text | None = None
    """What it is there for."""


class ActionArea(Settings):
    """A prioritised action area: the problem, what shows it, and the themes it answers."""

    title: Text
    """The action area's name."""
    priority: Whole
    """Its place in the order of priority, 1 first."""
    problem: Text
    """The problem that it answers, in a sentence."""
    evidence: Text
    """What shows the problem."""
    themes: list[Text] = []
    """Themes of residents and indicators that belong to it."""


class Target(Settings):
    """One target.

    Attributes
    ----------
    short
        A name of a few words for the first page; the indicator's title where none is given.
    kind, goal
        ``level``: at most (at least, where higher is better) ``goal``, in percent for shares, in
        reports per 1,000 inhabitants a year for counts. ``relative_change``: percent.
        ``point_change``: percentage points. ``yearly_change``: percent a year for counts,
        points a year for shares. ``gap_to``: percent by which the distance to ``reference``
        changes (-50 halves it). ``not_worse``: the worsening that is tolerated, 0 unless given.
        ``delivered``: percent of what ``measure`` has committed to; for a measure with a level
        to hold, percent of the quarters in which it was held; 100 unless given.
    reference
        For ``gap_to``: an area of the study, or ``comparison`` for the mean of them.
    by
        The deadline: a quarter for counts and deliveries, a survey wave for shares.
    over
        ``period``: the whole period up to the deadline is compared with the baseline;
        ``last_year``: only the last four quarters. Where it is not given, ``level`` and
        ``gap_to`` are read off the last year, the others off the period.
    primary
        Whether the target belongs to the main conclusion, over which multiplicity is adjusted.
    why_more
        Why more reports are what the effort should bring (people trust the police more and
        report more); the plan locks it, and the programme's report says it beside the answer.
    """

    title: Text
    """The target in words, as it was adopted."""
    short: Text | None = None
    """A name of a few words for the first page; the indicator's title where none is given."""
    action_area: Text
    """The action area it belongs to."""
    kind: KindName
    """What is held against the goal: ``level``, ``relative_change``, ``point_change``,
    ``yearly_change``, ``gap_to``, ``not_worse`` or ``delivered``."""
    indicator: Text | None = None
    """The indicator it is measured by."""
    measure: Text | None = None
    """For ``delivered``: the measure whose commitments are counted."""
    goal: Number | None = None
    """The limit, in the kind's own unit: per cent, percentage points, a level, or reports per
    1,000 inhabitants a year."""
    reference: Text | None = None
    """For ``gap_to``: an area of the study, or ``comparison`` for the mean of them."""
    by: TimeText | None = None
    """The deadline: a quarter for counts and deliveries, a survey wave for shares."""
    over: Literal["period", "last_year"] | None = None
    """Whether the whole period up to the deadline is read, or only its last year; ``level`` and
    ``gap_to`` read the last year unless told otherwise."""
    responsible: OneParty | None = None
    """The one party that answers for it."""
    primary: YesNo = False
    """Whether the main conclusion rests on it; the more there are, the stricter each is tried."""
    why_more: Text | None = None
    """Why more reports are what the effort should bring, such as more trust in the police."""

    @property
    def of_kind(self) -> Kind:
        """What its kind means."""
        return KINDS[self.kind]

    @property
    def limit(self) -> float:
        """The goal, or what the kind means where none is written."""
        return self.goal if self.goal is not None else self.of_kind.default or 0.0

    @property
    def window(self) -> Literal["period", "last_year"]:
        """Which part of the period is measured."""
        return self.over or self.of_kind.reads


class Hold(Settings):
    """A level that must be held in every quarter, not only reached once."""

    level: Number
    """The level that must be held."""
    first: Quarter = Field(alias="from")
    """The first quarter of holding it."""
    last: Quarter | None = Field(alias="to", default=None)
    """The last quarter of holding it; the end of the period where none is given."""

    model_config = Settings.model_config | {"populate_by_name": True}


class Measure(Settings):
    """What one party commits to, with the others that contribute.

    ``commitments`` are amounts per quarter in ``unit``. A year as key stands for each of its
    quarters; a quarter as key goes before its year.
    """

    title: Text
    """The measure's name."""
    action_area: Text
    """The action area it belongs to."""
    responsible: OneParty | None = None
    """The one party that answers for it."""
    contributing: list[Text] = []
    """Other parties that take part."""
    unit: Text | None = None
    """What is counted, such as hours of patrol."""
    commitments: dict[TimeText, Number] = {}
    """What is promised in each quarter; a year as key stands for each of its quarters."""
    hold: Hold | None = None
    """A level that must be held in every quarter, in place of an amount."""
    budget: dict[Whole, Money] = {}
    """The measure's money by year, in kroner."""

    @property
    def by_quarter(self) -> dict[str, float]:
        """The committed amount of every quarter that has one, in order of time."""
        years = {k: v for k, v in self.commitments.items() if not is_period(k)}
        spread = {f"{year}K{part}": v for year, v in years.items() for part in range(1, 5)}
        exact = {str(k): v for k, v in self.commitments.items() if is_period(k)}
        return dict(sorted((spread | exact).items()))

    def planned(self, quarter: str) -> float:
        """The committed amount of one quarter; 0 where there is none."""
        return self.by_quarter.get(quarter, 0.0)


class Strategy(Settings):
    """``strategy.yaml``, read and checked, as it was first written.

    :func:`tingbjerg_eval.study.amendments.amended` gives it as the decisions have made it.
    """

    title: Text
    """The strategy's title."""
    parties: Annotated[dict[Text, Party], Field(min_length=1)]
    """The organisations that take part, each under a short name."""
    budget: dict[Whole, Money] = {}
    """The whole effort's money by year, in kroner."""
    action_areas: Annotated[dict[Text, ActionArea], Field(min_length=1)]
    """The prioritised problems, each under a short name."""
    targets: Annotated[dict[Text, Target], Field(min_length=1)]
    """What is to be reached, each under a short name."""
    measures: dict[Text, Measure] = {}
    """What the parties do, each under the name that the activity file uses."""
    recommendation: list[Text] = []
    """What the committee is recommended to decide, a sentence each."""
    decisions: list[Decision] = []
    """What the steering group has changed since, in order of date."""
    _written: Strategy | None = PrivateAttr(default=None)

    def __repr__(self) -> str:
        held = f"{len(self.targets)} targets, {len(self.measures)} measures"
        return f"<Strategy {self.title!r}: {held}, {len(self.parties)} parties>"

    __str__ = __repr__

    @property
    def themes(self) -> set[str]:
        """The themes that the action areas answer."""
        return {theme for area in self.action_areas.values() for theme in area.themes}

    @property
    def written(self) -> Strategy:
        """The strategy as the file has it, from before any decision was applied."""
        return self._written or self

    def amended_from(self, written: Strategy) -> Strategy:
        """This strategy, remembering what it was made from."""
        self._written = written
        return self

    @property
    def primary_targets(self) -> tuple[str, ...]:
        """The targets over which multiplicity is adjusted."""
        return tuple(name for name, one in self.targets.items() if one.primary)

    @property
    def total_budget(self) -> Decimal:
        """The frame of all years together, in kroner."""
        return sum(self.budget.values(), Decimal(0))
