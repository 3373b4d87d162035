"""A study opened for evaluation: its settings, strategy and tables, and what follows from them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tingbjerg_eval.data.panels import build_panel
from tingbjerg_eval.data.reading import read_tables
from tingbjerg_eval.data.tables import Tables
from tingbjerg_eval.data.together import theme_items
from tingbjerg_eval.evaluation.answers import Answers
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.periods import compare_periods
from tingbjerg_eval.stats.power import MinimumDetectableChange, minimum_detectable_change
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.survey import survey_shares
from tingbjerg_eval.study.decisions import amended, decision_on
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.settings import Indicator, ShareIndicator, StudySettings, read_settings
from tingbjerg_eval.study.strategy import Strategy, Target, read_strategy
from tingbjerg_eval.targets.deliveries import observe_delivery
from tingbjerg_eval.targets.measurability import Measurability, measurability
from tingbjerg_eval.targets.observed import Observed, observe, target_design
from tingbjerg_eval.targets.verdicts import Verdict, adjusted_p_values, judge

if TYPE_CHECKING:
    import pandas as pd

Answer = Estimate | MethodRefused | None


@dataclass(frozen=True, kw_only=True, eq=False)
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


@dataclass(frozen=True, kw_only=True, eq=False)
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
    answers, drawings
        What estimators have answered, and what was drawn, for this study and every view of it at
        a quarter.
    """

    settings: StudySettings
    written: Strategy
    tables: Tables
    path: Path
    until: str | None = None
    answers: Answers = field(default_factory=Answers, repr=False)
    drawings: Answers = field(default_factory=Answers, repr=False)
    _kept: dict = field(default_factory=dict, init=False, repr=False)
    _common: dict = field(default_factory=dict, init=False, repr=False)

    @property
    def strategy(self) -> Strategy:
        """The strategy as the decisions known at ``until`` have made it."""
        return self._once("strategy", lambda: amended(self.written, until=self.until))

    @property
    def design(self) -> Design:
        """The design of the counts."""
        return self.settings.design()

    @property
    def survey_design(self) -> Design | None:
        """The design of the survey shares; ``None`` without survey waves."""
        return self.settings.survey_design()

    @property
    def level(self) -> float:
        """The level of every interval."""
        return self.settings.rules.level

    def indicator(self, name: str) -> Indicator:
        """The indicator called ``name``."""
        return self.settings.indicators[name]

    def as_of(self, quarter: str) -> Study:
        """The study as it was known after ``quarter``: nothing later is seen."""
        return self._view(until=quarter)

    @property
    def whole(self) -> Study:
        """The study with everything that is known today."""
        return self if self.until is None else self._view(until=None)

    def _view(self, **changed) -> Study:
        """The same study seen otherwise; what does not depend on the view is not made again."""
        view = replace(self, **changed)
        object.__setattr__(view, "_common", self._common)
        return view

    def panel(self, indicator: str) -> pd.DataFrame:
        """The count indicator's panel: ``area, quarter, count, population``."""
        return self._once(("panel", indicator), lambda: self._known(
            self.common(
                ("panel", indicator), lambda: build_panel(self.tables, self.settings, indicator)
            ),
            "quarter",
        ))  # fmt: skip

    def shares(self, indicator: str) -> pd.DataFrame:
        """The share indicator's table: ``area, wave, share, variance, n`` and the interval."""
        return self._once(("shares", indicator), lambda: self._known(
            self.common(("shares", indicator), lambda: self._every_share(indicator)), "wave"
        ))  # fmt: skip

    def _every_share(self, indicator: str) -> pd.DataFrame:
        asked = self.indicator(indicator)
        found = self.answers.ask(
            survey_shares, self.tables.survey, asked.question, answers=asked.answers,
            level=self.level,
        )  # fmt: skip
        if isinstance(found, MethodRefused):
            raise found
        return found

    def data(self, indicator: str) -> tuple[pd.DataFrame, Design]:
        """The table of an indicator of either kind, and the design that goes with it."""
        if isinstance(self.indicator(indicator), ShareIndicator):
            return self.shares(indicator), self.survey_design
        return self.panel(indicator), self.design

    def ask(self, method: Callable, data: pd.DataFrame, design: Design, **more) -> Answer:
        """What ``method`` says at the study's level, or its refusal.

        One question's refusal does not stop a report, and no question is worked out twice.
        """
        return self.answers.ask(method, data, design, level=self.level, **more)

    def evaluate(self) -> tuple[TargetResult, ...]:
        """Every target judged; provisionally where not everything is known yet."""
        return self._once("evaluation", lambda: _evaluate(self))

    def result(self, target: str) -> TargetResult:
        """What was found about one target."""
        return next(one for one in self.evaluate() if one.name == target)

    def verdict(self, target: str) -> Verdict:
        """The verdict on one target."""
        return self.result(target).verdict

    def measurable(self, target: str) -> Measurability:
        """Whether the goal of ``target`` is large enough to be seen, from the baseline alone."""
        return self._once(("measurable", target), lambda: self.answers.ask(
            measurability,
            target,
            self.strategy.targets[target],
            self.settings,
            {name: self.panel(name) for name in self.settings.indicators_of("count")},
            {name: self.shares(name) for name in self.settings.indicators_of("share")},
        ))  # fmt: skip

    @property
    def provisional(self) -> bool:
        """Whether verdicts are provisional: some of the study is not known yet."""
        return self.until is not None

    def digest(self, table: str) -> str:
        """SHA-256 of one clean table as it is known at ``until``."""
        frame = self._known_table(getattr(self.tables, table))
        if frame is None:
            return hashlib.sha256(b"").hexdigest()
        # What is known is the table up to a time, so its length says which part it is.
        return self.common(("digest", table, len(frame)), lambda: _digest_of(frame))

    def _known_table(self, frame: pd.DataFrame | None) -> pd.DataFrame | None:
        columns = () if frame is None else frame.columns
        column = next((one for one in ("quarter", "wave") if one in columns), None)
        return frame if column is None else self._known(frame, column)

    def _known(self, frame: pd.DataFrame, column: str) -> pd.DataFrame:
        if self.until is None:
            return frame
        if column == "wave":
            return frame[frame["wave"] <= int(self.until[:4])].reset_index(drop=True)
        numbers = frame[column].map(quarter_number)
        return frame[numbers <= quarter_number(self.until)].reset_index(drop=True)

    def common(self, key: object, make: Callable):
        """What ``make`` gives, made once for the study and every view of it at a quarter."""
        if key not in self._common:
            self._common[key] = make()
        return self._common[key]

    @property
    def made_common(self) -> dict:
        """All that :meth:`common` has made so far."""
        return dict(self._common)

    def _once(self, key: object, make: Callable):
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


def open_study(path: str | Path, *, data: str | Path | None = None) -> Study:
    """Read a study: its settings, its strategy and every delivered table.

    Parameters
    ----------
    path
        ``study.yaml``, or the folder that holds it; a relative path counts from the working
        folder or, where nothing is there, from the nearest folder above it.
    data
        The data folder, where it is another than the study names.

    Raises
    ------
    InputRefused
        With every problem of every file.
    """
    path = _found(Path(path))
    path = path / "study.yaml" if path.is_dir() else path
    ready = _READY.get(_key(path, data))
    return ready._view(path=path) if ready else _read(path, data)


_READY: dict[tuple[str, str], Study] = {}


def have_ready(study: Study, path: str, data: str = "") -> None:
    """Let :func:`open_study` find ``study`` read, in this process and those forked from it, with
    the panels and shares that every view of it needs.

    Whoever says so answers for the files not changing meanwhile; the batch holds their digests.
    """
    _READY[_key(Path(path), data)] = study
    for indicator in study.settings.indicators:
        study.data(indicator)


def have_common(path: str, data: str, made: dict) -> None:
    """Let a study that is ready find what :meth:`Study.common` made elsewhere."""
    for key, value in made.items():
        _READY[_key(Path(path), data)].common(key, lambda value=value: value)


def _digest_of(frame: pd.DataFrame) -> str:
    text = frame.to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()


def _key(path: Path, data: str | Path | None) -> tuple[str, str]:
    return str(path.resolve()), str(Path(data).resolve()) if data else ""


def _read(path: Path, data: str | Path | None) -> Study:
    settings = read_settings(path).with_data(_found(Path(data)) if data else None)
    written = read_strategy(path.parent / settings.strategy, settings)
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


def _evaluate(study: Study) -> tuple[TargetResult, ...]:
    found = {name: _figures(study, target) for name, target in study.strategy.targets.items()}
    effects = {name: one["effect"] for name, one in found.items()}
    adjusted = adjusted_p_values(effects, study.strategy.primary_targets)
    return tuple(
        TargetResult(name=name, target=study.strategy.targets[name], **one,
                     verdict=_verdict(study, name, one, adjusted[name]))
        for name, one in found.items()
    )  # fmt: skip


def _figures(study: Study, target: Target) -> dict:
    if target.indicator is None:
        return _nothing(_delivered(study, target))
    data, design = study.data(target.indicator)
    moment = {
        "until": study.until,
        "start": study.settings.periods.period[0],
    }
    good = study.indicator(target.indicator).good
    observed = study.answers.ask(
        observe, target, data, design, good=good, level=study.level, **moment
    )
    waves = None if design.in_quarters else tuple(sorted(map(int, data["wave"].unique())))
    measured = target_design(target, design, waves=waves, **moment)
    asked = measured is not None
    effect = asked and not study.provisional and not _follows_activity(study, target)
    windows = measured or design
    asked_of = _within(data, windows)
    return {
        "observed": observed,
        "data": data,
        "design": measured,
        "change": study.ask(compare_periods, asked_of, measured) if asked else None,
        "effect": study.ask(difference_in_differences, asked_of, measured) if effect else None,
        "smallest": study.ask(minimum_detectable_change, asked_of, windows),
    }


def _within(data: pd.DataFrame, design: Design) -> pd.DataFrame:
    """The rows of the design's windows, on which all of its answers rest.

    Later quarters are left out, so that the question of a year is the same in every report.
    """
    time = "quarter" if design.in_quarters else "wave"
    inside = data[time].isin({*design.baseline_times, *design.period_times})
    return data[inside].reset_index(drop=True)


def _nothing(observed: Observed) -> dict:
    empty = dict.fromkeys(("data", "design", "change", "effect", "smallest"))
    return {"observed": observed, **empty}


def _delivered(study: Study, target: Target) -> Observed:
    if study.tables.activities is None:
        return Observed(reason="delivery-missing")
    return observe_delivery(target, study.written, study.tables.activities, until=study.until)


def _follows_activity(study: Study, target: Target) -> bool:
    return getattr(study.indicator(target.indicator), "activity", False)


def _verdict(study: Study, name: str, found: dict, p_adjusted: float) -> Verdict:
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
        provisional=study.provisional,
        retired=decision_on(study.strategy, "retire-target", name) is not None,
    )
