"""The model of ``strategy.yaml``: who does what, with which money, and towards which targets."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr
from pydantic_core import PydanticCustomError, PydanticKnownError

from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import is_quarter
from tingbjerg_eval.inputs.scalars import Money, Number, Quarter, Text, TimeText, Whole, YesNo
from tingbjerg_eval.inputs.strict_yaml import Document, Path_, read_yaml
from tingbjerg_eval.inputs.validation import Settings, broken_problem, read_model
from tingbjerg_eval.study.decisions import Decision
from tingbjerg_eval.study.kinds import KINDS, Kind
from tingbjerg_eval.study.rules.strategy import broken_rules
from tingbjerg_eval.study.settings import StudySettings


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
    role: Text | None = None


class ActionArea(Settings):
    """A prioritised action area: the problem, what shows it, and the themes it answers."""

    title: Text
    priority: Whole
    problem: Text
    evidence: Text
    themes: list[Text] = []


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
    short: Text | None = None
    action_area: Text
    kind: KindName
    indicator: Text | None = None
    measure: Text | None = None
    goal: Number | None = None
    reference: Text | None = None
    by: TimeText | None = None
    over: Literal["period", "last_year"] | None = None
    responsible: OneParty | None = None
    primary: YesNo = False
    why_more: Text | None = None

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
    first: Quarter = Field(alias="from")
    last: Quarter | None = Field(alias="to", default=None)

    model_config = Settings.model_config | {"populate_by_name": True}


class Measure(Settings):
    """What one party commits to, with the others that contribute.

    ``commitments`` are amounts per quarter in ``unit``. A year as key stands for each of its
    quarters; a quarter as key goes before its year.
    """

    title: Text
    action_area: Text
    responsible: OneParty | None = None
    contributing: list[Text] = []
    unit: Text | None = None
    commitments: dict[TimeText, Number] = {}
    hold: Hold | None = None
    budget: dict[Whole, Money] = {}

    @property
    def by_quarter(self) -> dict[str, float]:
        """The committed amount of every quarter that has one, in order of time."""
        years = {k: v for k, v in self.commitments.items() if not is_quarter(k)}
        spread = {f"{year}K{part}": v for year, v in years.items() for part in range(1, 5)}
        exact = {str(k): v for k, v in self.commitments.items() if is_quarter(k)}
        return dict(sorted((spread | exact).items()))

    def planned(self, quarter: str) -> float:
        """The committed amount of one quarter; 0 where there is none."""
        return self.by_quarter.get(quarter, 0.0)


class Strategy(Settings):
    """``strategy.yaml``, read and checked, as it was first written.

    :func:`tingbjerg_eval.study.decisions.amended` gives it as the decisions have made it.
    """

    title: Text
    parties: Annotated[dict[Text, Party], Field(min_length=1)]
    budget: dict[Whole, Money] = {}
    action_areas: Annotated[dict[Text, ActionArea], Field(min_length=1)]
    targets: Annotated[dict[Text, Target], Field(min_length=1)]
    measures: dict[Text, Measure] = {}
    recommendation: list[Text] = []
    decisions: list[Decision] = []
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


def read_strategy(path: str | Path, settings: StudySettings) -> Strategy:
    """Read ``strategy.yaml`` and hold it against the study.

    Raises
    ------
    InputRefused
        With every problem of the file at once: wrong keys and values, and every broken rule
        that can be judged without them.
    """
    return strategy_from(read_yaml(Path(path)), settings)


def strategy_from(document: Document, settings: StudySettings) -> Strategy:
    """:func:`read_strategy` for a document that is already read."""
    try:
        strategy = read_model(Strategy, document)
    except InputRefused as refused:
        wrong = refused.problems
        raise InputRefused(_by_line([*wrong, *_hidden(document, settings, wrong)])) from None
    broken = [broken_problem(document, one) for one in broken_rules(strategy, settings)]
    if broken:
        raise InputRefused(_by_line(broken))
    return strategy


def _hidden(
    document: Document, settings: StudySettings, wrong: tuple[Problem, ...]
) -> list[Problem]:
    """The broken rules of the file where its wrong keys and values are left out."""
    by_column = {".".join(map(str, path)): path for path in document.lines}
    left_out = [by_column[one.column] for one in wrong if one.column in by_column]
    rest = Document(document.file, _without(document.value, left_out), document.lines)
    try:
        strategy = read_model(Strategy, rest)
    except InputRefused:
        return []
    return [
        broken_problem(document, one) for one in broken_rules(strategy, settings)
        if not any(one.path[: len(path)] == path for path in left_out)
    ]  # fmt: skip


def _by_line(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda one: int(one.place.removeprefix("line ")))


def _without(value: object, paths: list[Path_], here: Path_ = ()) -> object:
    if isinstance(value, dict):
        return {
            key: _without(part, paths, (*here, key))
            for key, part in value.items() if (*here, key) not in paths
        }  # fmt: skip
    if isinstance(value, list):
        return [_without(part, paths, (*here, number)) for number, part in enumerate(value)]
    return value
