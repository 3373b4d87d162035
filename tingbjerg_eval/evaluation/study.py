"""A study opened for evaluation: its settings, strategy and tables, and what follows from them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, TypeVar, cast

from tingbjerg_eval.data.panels import build_panel
from tingbjerg_eval.data.reading import read_tables
from tingbjerg_eval.data.tables import Tables
from tingbjerg_eval.data.together import theme_items
from tingbjerg_eval.evaluation import in_hand
from tingbjerg_eval.evaluation.baskets import own_panel, refuse_count, refuse_share
from tingbjerg_eval.evaluation.memo import Memo
from tingbjerg_eval.evaluation.programme import programme_figures
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.extras import named_extra
from tingbjerg_eval.inputs.names import refuse_unknown
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.quarters import as_quarter, is_quarter, quarter_number
from tingbjerg_eval.inputs.speaking import speak
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.displacement import displacement
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.periods import compare_periods
from tingbjerg_eval.stats.power import MinimumDetectableChange, minimum_detectable_change
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.survey import survey_shares
from tingbjerg_eval.study.amendments import amended, decision_on
from tingbjerg_eval.study.design import Design, Window
from tingbjerg_eval.study.programme import Programme
from tingbjerg_eval.study.settings import (
    Indicator,
    ShareIndicator,
    StudySettings,
    read_settings,
    template_problems,
)
from tingbjerg_eval.study.strategy import Strategy, Target
from tingbjerg_eval.study.strategy_file import read_strategy
from tingbjerg_eval.study.waves import wave_known
from tingbjerg_eval.targets.answers import adjusted_p_values
from tingbjerg_eval.targets.deliveries import observe_delivery
from tingbjerg_eval.targets.measurability import Measurability, measurability
from tingbjerg_eval.targets.observed import Observed, observe, target_design
from tingbjerg_eval.targets.verdicts import Verdict, judge

if TYPE_CHECKING:
    import pandas as pd

Answer = Estimate | MethodRefused | None
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TargetResult:
    """What was found about one target.

    Attributes
    ----------
    data, design
        The panel or shares table, and the design with the target's own windows; ``None`` for a
        delivery, and a design of ``None`` while it is too early.
    change, effect
        ``compare_periods`` and ``difference_in_differences``, or the refusal they met; ``None``
        where the question is not asked.
    smallest
        The smallest change that could be shown, judged from the baseline.
    beside
        ``displacement`` of the same windows, where there are adjacent areas.
    """

    name: str
    target: Target
    verdict: Verdict
    observed: Observed
    data: pd.DataFrame | None
    design: Design | None
    change: Answer
    effect: Answer
    smallest: MinimumDetectableChange | MethodRefused | None
    beside: Answer

    def __repr__(self) -> str:
        return f"<TargetResult {self.name}: {self.change!r}, {self.effect!r}, {self.verdict!r}>"

    @property
    def rows(self) -> pd.DataFrame | None:
        """The rows of ``data`` in the windows of ``design``, on which its answers rest."""
        if self.data is None or self.design is None:
            return self.data
        return self.design.rows(self.data)

    @property
    def question(self) -> tuple[str | None, Window | None]:
        """The indicator and the period that its estimates answer for; never the one alone."""
        return self.target.indicator, self.design.period if self.design else None


def one_each(results: Iterable[TargetResult]) -> list[TargetResult]:
    """The first result of each question: two targets of one indicator may ask the same."""
    return list({one.question: one for one in reversed(list(results))}.values())[::-1]


class Released(Protocol):
    """What may be shown of a study, as :mod:`tingbjerg_eval.publication` gives it."""

    @property
    def report(self) -> str:
        """The report that shows it."""

    def panel(self, indicator: str) -> pd.DataFrame:
        """A count indicator's released panel."""

    def shares(self, indicator: str) -> pd.DataFrame:
        """A share indicator's released table."""

    def share_design(self, indicator: str) -> Design | None:
        """The design that the released shares allow."""

    def moment(self, target: Target) -> str | None:
        """The last quarter up to which ``target`` can be measured."""

    def withheld(
        self, indicator: str, design: Design, *, areas: Sequence[str] = ()
    ) -> MethodRefused | None:
        """Why nothing is told of the ``areas`` over the windows of ``design``."""

    def refusal(self, target: Target, design: Design) -> MethodRefused | None:
        """Why nothing is told of ``target`` over the windows of ``design``."""

    def programme_withheld(self, indicator: str) -> MethodRefused | None:
        """Why nothing is told of a programme's areas together."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Study:
    """Everything an evaluation needs, read once.

    Attributes
    ----------
    settings, written, tables
        ``study.yaml``, ``strategy.yaml`` as it was first written, and the checked tables.
    path
        The study's file.
    until
        The last quarter that is known; ``None`` for the whole period.
    released
        What may be shown of the study, where it is seen through a publication: panels and shares
        are then the released ones, and so are all answers. ``None`` for work in the house.
    memo
        What was worked out for this study and every view of it at a quarter. A study made by
        ``dataclasses.replace`` has one of its own.
    """

    settings: StudySettings
    written: Strategy
    tables: Tables
    path: Path
    until: str | None = None
    released: Released | None = field(default=None, repr=False)
    memo: Memo = field(default_factory=Memo, init=False, repr=False)

    @property
    def strategy(self) -> Strategy:
        """The strategy as the decisions known at ``until`` have made it."""
        return self.once(_amended)

    @property
    def design(self) -> Design:
        """The design of the counts."""
        return self.settings.design()

    @property
    def programme(self) -> Programme:
        """The areas with an effort, each with its windows and those it is compared with; one
        area for a study of one.

        Examples
        --------
        >>> study.programme
        <Programme of 1 area against 12 comparison areas; start 2010K1>
        """
        return self.settings.programme()

    @property
    def survey_design(self) -> Design | None:
        """The design of the survey shares; ``None`` without survey waves."""
        return self.settings.survey_design()

    @property
    def level(self) -> float:
        """The level of every interval."""
        return self.settings.rules.level

    def indicator(self, name: str) -> Indicator:
        """The indicator called ``name``; ``UnknownName`` with the nearest where there is none."""
        titles = {key: one.title for key, one in self.settings.indicators.items()}
        refuse_unknown(name, titles, what="indicator")
        return self.settings.indicators[name]

    def as_of(self, quarter: str) -> Study:
        """The study as it was known after ``quarter``: nothing later is seen."""
        until = as_quarter(str(quarter))
        if not is_quarter(until):
            raise WrongArgument(f"as_of takes a quarter such as '2011K2', not {quarter!r}.")
        return self._view(until=until)

    @property
    def whole(self) -> Study:
        """The study with everything that is known today."""
        return self._view(until=None) if self.until or self.released else self

    def seen_through(self, released: Released) -> Study:
        """The study of which only what is ``released`` can be seen."""
        return self._view(released=released)

    def _view(self, **changed: Any) -> Study:
        """The same study seen otherwise, with the same memo."""
        view = replace(self, **{"released": None, **changed})
        object.__setattr__(view, "memo", self.memo)
        return view

    def once(self, make: Callable[..., Result], *arguments: Hashable) -> Result:
        """``make(study, *arguments)`` of this view, worked out once.

        What is the same in every view is asked of the :attr:`whole` study.
        """
        seen = self.released.report if self.released else None
        key = (make.__module__, make.__qualname__, self.until, seen, arguments)
        return self.memo.get(key, lambda: make(self, *arguments))

    def panel(self, indicator: str = "", *, codes: Sequence[str] = ()) -> pd.DataFrame:
        """A panel of reports: ``area, quarter, count, population``.

        Parameters
        ----------
        indicator
            Name of a count indicator.
        codes
            Offence codes of a basket of your own, in place of an indicator. It has no place in
            the plan, so it is exploratory, and only for work in the house.

        Raises
        ------
        UnknownName
            Where there is no such indicator, or no report has one of the codes.
        WrongArgument
            Without an indicator and codes, with both, for a share, or for codes of a study of
            which only what is released can be seen.
        """
        if codes or not indicator:
            return own_panel(self, indicator, codes)
        refuse_share(self, indicator)
        if self.released is not None:
            return self.released.panel(indicator)
        return self.once(_panel, indicator)

    def shares(self, indicator: str) -> pd.DataFrame:
        """The share indicator's table: ``area, wave, share, variance, n`` and the interval."""
        refuse_count(self, indicator)
        if self.released is not None:
            return self.released.shares(indicator)
        return self.once(_shares, indicator)

    def data(self, indicator: str) -> tuple[pd.DataFrame, Design]:
        """The table of an indicator of either kind, and the design that goes with it."""
        if self.settings.areas.programme:
            raise WrongArgument(
                "A programme has no one design; use study.panel and study.programme."
            )
        if isinstance(self.indicator(indicator), ShareIndicator):
            design: Design | None = self.survey_design
            if self.released is not None:
                design = self.released.share_design(indicator)
            return self.shares(indicator), cast(Design, design)
        return self.panel(indicator), self.design

    def ask(
        self,
        method: Callable[..., Any],
        data: pd.DataFrame,
        design: Design | Programme | None,
        **more: Any,
    ) -> Any:
        """What ``method`` says at the study's level, or its refusal.

        One question's refusal does not stop a report, and no question is worked out twice. What
        is released of other areas may be whole years; a method that can choose then rests on them.
        """
        if self.released is not None and "resolution" in signature(method).parameters:
            more = {"resolution": data.attrs.get("resolution", "year")} | more
        return self.memo.ask(method, data, design, level=self.level, **more)

    def evaluate(self) -> tuple[TargetResult, ...]:
        """Every target judged; provisionally where not everything is known yet."""
        return self.once(_evaluate)

    def result(self, target: str) -> TargetResult:
        """What was found about one target."""
        self._target(target)
        return next(one for one in self.evaluate() if one.name == target)

    def verdict(self, target: str) -> Verdict:
        """The verdict on one target."""
        return self.result(target).verdict

    def judged(self, target: str, effect: Answer) -> Verdict:
        """The verdict on one target if ``effect`` were what is found of it.

        The other primary targets keep their effects, so Holm's correction is the report's own
        where ``effect`` is.

        Parameters
        ----------
        target
            Name of the target.
        effect
            An estimate, a refusal, or ``None`` where the question is not asked.

        Returns
        -------
        Verdict
            The same as :meth:`verdict` for the effect that the report rests on.
        """
        known = self.result(target)
        effects = {one.name: one.effect for one in self.evaluate()} | {target: effect}
        adjusted = adjusted_p_values(effects, self.strategy.primary_targets)[target]
        found: Figures = {
            "observed": known.observed, "data": known.data, "design": known.design,
            "change": known.change, "effect": effect, "smallest": known.smallest,
            "beside": known.beside,
        }  # fmt: skip
        return _verdict(self, target, found, adjusted)

    def measurable(self, target: str) -> Measurability:
        """Whether the goal of ``target`` is large enough to be seen, from the baseline alone."""
        self._target(target)
        return self.once(_measurable, target)

    def _target(self, name: str) -> None:
        """Refuse a name that no target has, with the nearest."""
        titles = {key: one.title for key, one in self.strategy.targets.items()}
        refuse_unknown(name, titles, what="target")

    @property
    def targets(self) -> pd.DataFrame:
        """One row per target: see :func:`tingbjerg_eval.evaluation.in_hand.targets`."""
        return in_hand.targets(self)

    @property
    def indicators(self) -> pd.DataFrame:
        """One row per indicator: see :func:`tingbjerg_eval.evaluation.in_hand.indicators`."""
        return in_hand.indicators(self)

    @property
    def areas(self) -> pd.DataFrame:
        """One row per area with its ``role``, the treated one first."""
        return in_hand.areas(self)

    @property
    def verdicts(self) -> pd.DataFrame:
        """One row per target, its verdict: the fields of :class:`Verdict`."""
        return in_hand.verdicts(self)

    def estimates(self, *methods: Callable[..., Any]) -> pd.DataFrame:
        """Every estimate: see :func:`tingbjerg_eval.evaluation.in_hand.estimates`."""
        return in_hand.estimates(self, *methods)

    def rates(self, indicator: str) -> pd.DataFrame:
        """Rates of every area: see :func:`tingbjerg_eval.evaluation.in_hand.rates`."""
        return in_hand.rates(self, indicator)

    def describe(self) -> pd.DataFrame:
        """What it is, a line each: see :func:`tingbjerg_eval.evaluation.in_hand.describe`."""
        return in_hand.describe(self)

    def __repr__(self) -> str:
        held = f"{len(self.strategy.targets)} targets, {len(self.settings.indicators)} indicators"
        seen = f", as of {self.until}" if self.until else ""
        simulated = ", simulated" if self.settings.simulated else ""
        several = bool(self.settings.areas.programme)
        windows = repr(self.programme).strip("<>") if several else self.design.windows
        return f"<Study {self.settings.name}{simulated}: {held}{seen}; {windows}>"

    @property
    def provisional(self) -> bool:
        """Whether verdicts are provisional: some of the study is not known yet."""
        return self.until is not None

    def digest(self, table: str) -> str:
        """SHA-256 of one clean table, as CSV, as it is known at ``until``."""
        frame: pd.DataFrame | None = getattr(self.tables, table)
        if frame is None:
            return hashlib.sha256(b"").hexdigest()
        if self.until is not None and "quarter" in frame.columns:
            return self.memo.get(("digest", table, self.until), lambda: self._digest(table, frame))
        known = self._known(frame, "wave") if "wave" in frame.columns else frame
        # What is known is the table up to a time, so its length says which part it is.
        return self.memo.get(("digest", table, len(known)), lambda: _digest_of(_csv(known)))

    def _digest(self, table: str, frame: pd.DataFrame) -> str:
        """The digest of the rows known at ``until``; the table is written out once for all."""
        lines = self.memo.here(("lines", table), lambda: _csv(frame).split("\n"))
        rows = lines[1:-1]
        if len(rows) != len(frame):  # a text of several lines
            return _digest_of(_csv(self._known(frame, "quarter")))
        known = self._is_known(frame["quarter"])
        own = [row for row, is_known in zip(rows, known, strict=True) if is_known]
        return _digest_of("\n".join([lines[0], *own, ""]))

    def _known(self, frame: pd.DataFrame, column: str) -> pd.DataFrame:
        if self.until is None:
            return frame
        if column == "wave":
            survey = self.settings.data.survey
            fielded = survey.fielded if survey else {}
            known = [wave_known(wave, self.until, fielded) for wave in frame["wave"]]
            return frame[known].reset_index(drop=True)
        return frame[self._is_known(frame[column])].reset_index(drop=True)

    def _is_known(self, quarters: pd.Series) -> pd.Series:
        last = quarter_number(str(self.until))
        return quarters.isin([one for one in quarters.unique() if quarter_number(one) <= last])


def open_study(path: str | Path, *, data: str | Path | None = None) -> Study:
    """Read a study: its settings, its strategy and every delivered table.

    Parameters
    ----------
    path
        ``study.yaml``, or the folder that holds it; a relative path counts from the working
        folder or, where nothing is there, from the nearest folder above it.
    data
        The data folder, where it is another than the study names.

    Returns
    -------
    Study
        With every table read and checked.

    Raises
    ------
    InputRefused
        With every problem of every file.

    Examples
    --------
    >>> study.panel("burglary").columns.tolist()
    ['area', 'quarter', 'count', 'population']
    """
    path = _found(Path(path))
    path = path / "study.yaml" if path.is_dir() else path
    opened = _OPENED.get(_place(path, data))
    study = opened._view(path=path) if opened else _read(path, data)
    speak(study.settings.language, simulated=study.settings.simulated)
    return study


_OPENED: dict[tuple[str, str], Study] = {}


def keep_open(study: Study, data: str | Path | None = None) -> None:
    """Let :func:`open_study` find ``study`` in this process and those forked from it.

    Whoever says so answers for the files not changing meanwhile; the batch holds their digests.
    """
    _OPENED[_place(study.path, data)] = study


def let_go(path: Path, data: str | Path | None = None) -> None:
    """Undo :func:`keep_open`, and free what the study holds."""
    study = _OPENED.pop(_place(path, data), None)
    if study is not None:
        study.memo.clear()


def _csv(frame: pd.DataFrame) -> str:
    return cast(str, frame.to_csv(index=False, lineterminator="\n"))


def _digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _place(path: Path, data: str | Path | None) -> tuple[str, str]:
    return str(path.resolve()), str(Path(data).resolve()) if data else ""


def _read(path: Path, data: str | Path | None) -> Study:
    settings = read_settings(path).with_data(_found(Path(data)) if data else None)
    if wrong := template_problems(settings, path.parent):
        raise InputRefused(wrong)
    written = read_strategy(path.parent / settings.strategy, settings)
    with named_extra():
        tables = read_tables(settings, path.parent)
    if unknown := theme_items(tables.consultation, settings, written.themes):
        raise InputRefused(unknown)
    return Study(settings=settings, written=written, tables=tables, path=path)


def _found(path: Path) -> Path:
    """``path`` from the working folder or the nearest folder above it that holds it.

    A notebook runs from its own folder in JupyterLab and from the project's folder in a batch;
    the same parameter serves both.
    """
    here = Path.cwd()
    places = (folder / path for folder in (here, *here.parents))
    return path if path.exists() else next((one for one in places if one.exists()), path)


def _amended(study: Study) -> Strategy:
    return amended(study.written, until=study.until)


def _panel(study: Study, indicator: str) -> pd.DataFrame:
    if study.until is None:
        return build_panel(study.tables, study.settings, indicator)
    return study._known(study.whole.panel(indicator), "quarter")


def _shares(study: Study, indicator: str) -> pd.DataFrame:
    if study.until is not None:
        return study._known(study.whole.shares(indicator), "wave")
    asked = study.indicator(indicator)
    if not isinstance(asked, ShareIndicator):
        raise TypeError(f"{indicator} is no share")
    return study.memo.get(
        ("shares", indicator), lambda: shares_of(study, asked, study.tables.survey)
    )


def shares_of(
    study: Study,
    asked: ShareIndicator,
    survey: pd.DataFrame | None,
    *,
    areas: Sequence[str] | None = None,
) -> pd.DataFrame:
    """A share indicator's table from the rows of a ``survey``, for all its areas or some."""
    cluster = "cluster" if survey is not None and "cluster" in survey else None
    return survey_shares(
        survey, asked.question, answers=asked.answers, level=study.level, cluster=cluster,
        areas=areas,
    )  # fmt: skip


def _measurable(study: Study, target: str) -> Measurability:
    return measurability(
        target,
        study.strategy.targets[target],
        study.settings,
        {name: study.panel(name) for name in study.settings.indicators_of("count")},
        {name: study.shares(name) for name in study.settings.indicators_of("share")},
        primary=max(primary_tests(study), 1),
    )


def primary_tests(study: Study) -> int:
    """Primary targets whose effect is asked: the tests over which Holm shares the level."""
    targets = study.strategy.targets
    return sum(_is_tested(study, targets[name]) for name in study.strategy.primary_targets)


def _is_tested(study: Study, target: Target) -> bool:
    return target.indicator is not None and not _follows_activity(study, target)


def smallest_change(
    study: Study, target: Target, data: pd.DataFrame, design: Design
) -> MinimumDetectableChange | MethodRefused:
    """The smallest change of ``target`` that the procedure that decides would find."""
    primary = max(primary_tests(study), 1) if target.primary else 1
    smallest = study.ask(minimum_detectable_change, data, design, primary=primary)
    return cast(MinimumDetectableChange | MethodRefused, smallest)


class Figures(TypedDict):
    """What a :class:`TargetResult` holds beside its name, target and verdict."""

    observed: Observed
    data: pd.DataFrame | None
    design: Design | None
    change: Answer
    effect: Answer
    smallest: MinimumDetectableChange | MethodRefused | None
    beside: Answer


def _evaluate(study: Study) -> tuple[TargetResult, ...]:
    found = {name: _figures(study, target) for name, target in study.strategy.targets.items()}
    effects = {name: one["effect"] for name, one in found.items()}
    adjusted = adjusted_p_values(effects, study.strategy.primary_targets)
    return tuple(
        TargetResult(name=name, target=study.strategy.targets[name], **one,
                     verdict=_verdict(study, name, one, adjusted[name]))
        for name, one in found.items()
    )  # fmt: skip


def _figures(study: Study, target: Target) -> Figures:
    if target.indicator is None:
        return _nothing(_delivered(study, target))
    if study.settings.areas.programme:
        return programme_figures(study, target)
    data, design = study.data(target.indicator)
    survey = study.settings.data.survey
    until = study.released.moment(target) if study.released else study.until
    start = study.settings.periods.period[0]
    fielded = survey.fielded if survey else {}
    good = study.indicator(target.indicator).good
    seen = study.memo.ask(
        observe, target, data, design, good=good, level=study.level,
        until=until, start=start, fielded=fielded,
    )  # fmt: skip
    waves = None if design.in_quarters else tuple(sorted(map(int, data["wave"].unique())))
    measured = target_design(target, design, until=until, start=start, waves=waves, fielded=fielded)
    refused = study.released.refusal(target, measured or design) if study.released else None
    if refused is not None and measured is not None:
        return _refused(study, target, refused, data, measured)
    effect = measured and not study.provisional and not _follows_activity(study, target)
    windows = measured or design
    asked_of = windows.rows(data)
    beside = effect and design.in_quarters and bool(design.adjacent)
    return {
        "observed": cast(Observed, seen),
        "data": data,
        "design": measured,
        "change": study.ask(compare_periods, asked_of, measured) if measured else None,
        "effect": study.ask(difference_in_differences, asked_of, measured) if effect else None,
        "smallest": smallest_change(study, target, asked_of, windows),
        "beside": _beside(study, target, asked_of, windows) if beside else None,
    }


def _refused(
    study: Study, target: Target, refused: MethodRefused, data: pd.DataFrame, design: Design
) -> Figures:
    """Nothing is told of the target; what could have been shown is known beforehand."""
    effect = not study.provisional and not _follows_activity(study, target)
    return {
        "observed": Observed(reason=refused.code),
        "data": data,
        "design": design,
        "change": refused,
        "effect": refused if effect else None,
        "smallest": smallest_change(study, target, design.rows(data), design),
        "beside": None,
    }


def _beside(study: Study, target: Target, data: pd.DataFrame, design: Design) -> Answer:
    """What happened next door, where it may be told."""
    withheld = study.released and study.released.withheld(
        str(target.indicator), design, areas=design.adjacent
    )
    return withheld or study.ask(displacement, data, design)


def _nothing(observed: Observed) -> Figures:
    return {
        "observed": observed, "data": None, "design": None, "change": None, "effect": None,
        "smallest": None, "beside": None,
    }  # fmt: skip


def _delivered(study: Study, target: Target) -> Observed:
    if study.tables.activities is None:
        return Observed(reason="delivery-missing")
    return observe_delivery(target, study.written, study.tables.activities, until=study.until)


def _follows_activity(study: Study, target: Target) -> bool:
    indicator = study.indicator(target.indicator) if target.indicator else None
    return bool(getattr(indicator, "activity", False))


def _verdict(study: Study, name: str, found: Figures, p_adjusted: float) -> Verdict:
    target = study.strategy.targets[name]
    good = study.indicator(target.indicator).good if target.indicator else "higher"
    return judge(
        name,
        target,
        found["observed"],
        good=good,
        effect=found["effect"],
        p_adjusted=p_adjusted,
        smallest=found["smallest"],
        beside=found["beside"],
        provisional=study.provisional,
        retired=decision_on(study.strategy, "retire-target", name) is not None,
    )
