"""A study's settings, strategy and tables, read once and seen at a quarter or as released."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from inspect import signature
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar, cast

import pandas as pd

from tingbjerg_eval.data.panels import build_panel
from tingbjerg_eval.data.tables import Tables
from tingbjerg_eval.evaluation.baskets import (
    own_panel,
    refuse_basket,
    refuse_count,
    refuse_share,
)
from tingbjerg_eval.evaluation.memo import Memo
from tingbjerg_eval.inputs.calls import guided
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import refuse_unknown
from tingbjerg_eval.inputs.quarters import (
    as_quarter,
    is_period,
    not_a_quarter,
    quarter_number,
    wave_known,
)
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.survey import survey_shares
from tingbjerg_eval.study.amendments import amended
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.programme import Programme
from tingbjerg_eval.study.settings import Indicator, ShareIndicator, StudySettings
from tingbjerg_eval.study.strategy import Strategy, Target

Result = TypeVar("Result")


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

    def next_door_withheld(self, indicator: str) -> MethodRefused | None:
        """Why nothing is told of the areas next to a programme's areas."""


@guided()
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Readings:
    """What a study was read from, and its tables as they are known or released; its fields are
    told at :class:`..study.Study`."""

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
        return self.memo.here(("design",), self.settings.design)

    @property
    def programme(self) -> Programme:
        """The areas with an effort, each with its windows and those it is compared with; one
        area for a study of one.

        Examples
        --------
        >>> study.programme
        <Programme of 1 area against 12 comparison areas; start 2010K1>
        """
        return self.memo.here(("programme",), self.settings.programme)

    @property
    def survey_design(self) -> Design | None:
        """The design of the survey shares; ``None`` without survey waves."""
        return self.settings.survey_design()

    def design_of(self, *, counts: bool) -> Design:
        """The study's own design for its counts, or for the shares of its survey.

        Raises
        ------
        WrongArgument
            For shares of a study without survey waves.
        """
        design = self.design if counts else self.survey_design
        if design is None:
            raise WrongArgument("The study has no survey waves before and after.")
        return design

    @property
    def level(self) -> float:
        """The level of every interval."""
        return self.settings.rules.level

    def indicator(self, name: str) -> Indicator:
        """The indicator called ``name``; ``UnknownName`` with the nearest where there is none."""
        titles = {key: one.title for key, one in self.settings.indicators.items()}
        refuse_unknown(name, titles, what="indicator")
        return self.settings.indicators[name]

    def as_of(self, quarter: str) -> Self:
        """The study as it was known after ``quarter``: nothing later is seen."""
        until = as_quarter(quarter)
        if not is_period(until):
            raise WrongArgument(
                f"as_of takes a quarter such as '2011K2', not {not_a_quarter(quarter)}."
            )
        return self._view(until=until)

    @property
    def whole(self) -> Self:
        """The study with everything that is known today."""
        return self._view(until=None) if self.until or self.released else self

    def seen_through(self, released: Released) -> Self:
        """The study of which only what is ``released`` can be seen."""
        return self._view(released=released)

    def _view(self, **changed: Any) -> Self:
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

    def of_activities(
        self, table: Callable[..., pd.DataFrame], *, until: str | None = None
    ) -> pd.DataFrame:
        """What ``table`` makes of the strategy and the delivered activities; worked out once.

        ``until`` is the last quarter counted, this view's own when not given.
        """
        known = self.until if until is None else until
        return cast(
            "pd.DataFrame",
            self.memo.ask(table, self.written, self.tables.activities, until=known),
        )

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
            released = self.released is not None
            refuse_basket(self.settings, indicator, codes, released=released)
            return own_panel(self.tables, self.settings, codes, until=self.until)
        refuse_share(indicator, self.indicator(indicator))
        if self.released is not None:
            return self.released.panel(indicator)
        return self.once(_panel, indicator)

    def shares(self, indicator: str) -> pd.DataFrame:
        """The share indicator's table: ``area, wave, share, variance, n`` and the interval."""
        refuse_count(indicator, self.indicator(indicator))
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
        last = quarter_number(self.until)
        return quarters.isin([one for one in quarters.unique() if quarter_number(one) <= last])


def _csv(frame: pd.DataFrame) -> str:
    return cast(str, frame.to_csv(index=False, lineterminator="\n"))


def _digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _amended(study: Readings) -> Strategy:
    return amended(study.written, until=study.until)


def _panel(study: Readings, indicator: str) -> pd.DataFrame:
    if study.until is None:
        return build_panel(study.tables, study.settings, indicator)
    return study._known(study.whole.panel(indicator), "quarter")


def _shares(study: Readings, indicator: str) -> pd.DataFrame:
    if study.until is not None:
        return study._known(study.whole.shares(indicator), "wave")
    asked = study.indicator(indicator)
    if not isinstance(asked, ShareIndicator):
        raise TypeError(f"{indicator} is no share")
    # Under a key of its own: the attack puts other answers here without reading a survey anew.
    return study.memo.get(
        ("shares", indicator), lambda: shares_of(study, asked, study.tables.survey)
    )


def shares_of(
    study: Readings,
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
