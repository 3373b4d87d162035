"""What one report of a study may show: the only way from raw tables to anything shown.

Whatever a report shows is made from the tables here: counts in blocks of time, shares, mentions.
They are the same for at least five values of every count that is not told, and so is all that
follows from them: estimates, answers, words, coordinates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

from tingbjerg_eval.disclosure.tables import ProtectedTable, publish
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.problems import Problem
from tingbjerg_eval.inputs.quarters import quarter_number, quarter_range
from tingbjerg_eval.publication import answers as answering
from tingbjerg_eval.publication import counts_shown, editions
from tingbjerg_eval.publication.classes import CodeClass, code_classes
from tingbjerg_eval.publication.earlier import (
    common_units,
    digest,
    former,
    quarters_of,
    stretches_of,
)
from tingbjerg_eval.publication.given import Answers
from tingbjerg_eval.publication.joined import Moment
from tingbjerg_eval.publication.programme import (
    own_roughness,
    release_programme,
    rough_next_door,
    roughness,
)
from tingbjerg_eval.publication.released import ReleasedCounts, release
from tingbjerg_eval.publication.streams import people_of, streams_of
from tingbjerg_eval.publication.timeline import is_last, known_until, report_names
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design, Window, times
from tingbjerg_eval.study.settings import ShareIndicator
from tingbjerg_eval.study.strategy import Target
from tingbjerg_eval.targets.observed import target_design

ROUGH = 0.25
"""The part of a sum that may be reckoned with for counts that are not told."""

TELLING = ("area-zero", "gap-month-noted")
"""Notes for the house alone: that nothing was reported is a small count like any other."""

Made = TypeVar("Made")


@dataclass(frozen=True, kw_only=True, eq=False)
class Publication:
    """The released tables of one report.

    Attributes
    ----------
    study
        The study with everything that is known of it; nothing of it is shown but through here.
    report
        Its name: ``baseline``, a quarter of the period, ``end_of_period``.
    """

    study: Study
    report: str

    @property
    def until(self) -> str:
        """The last quarter that the report knows."""
        return known_until(self.study, self.report)

    @property
    def last(self) -> bool:
        """Whether no other report comes after it."""
        return is_last(self.report)

    @property
    def threshold(self) -> int:
        """Counts under it are not told."""
        return self.study.settings.rules.disclosure_threshold

    def view(self) -> Study:
        """The study as the report knows it, its panels and shares being the released ones."""
        known = self.study if self.last else self.study.as_of(self.until)
        return known.seen_through(self)

    def counts(self, indicator: str) -> ReleasedCounts:
        """What is released of a count indicator."""
        return self._once(("counts", indicator), lambda: self._release(indicator))

    def panel(self, indicator: str) -> pd.DataFrame:
        """The released panel: ``area, quarter, count, population``."""
        return self.counts(indicator).panel

    def shown(self, indicator: str, window: Window, *, area: str = "") -> bool:
        """Whether the sum of the (treated) area over ``window`` is told."""
        areas = (area or self.study.design.treated,)
        return self.counts(indicator).rough(areas, _quarters(window)) <= ROUGH

    def by_quarter(self, indicator: str, window: Window) -> bool:
        """Whether each quarter of the treated area in ``window`` is told by itself."""
        own = self.counts(indicator).areas[self.study.design.treated]
        single = {one.times[0] for one in own if len(one.times) == 1 and one.true}
        return set(_quarters(window)) <= single

    def named_areas(self, indicator: str) -> frozenset[str]:
        """Areas every released figure of which, baseline to period, is the true one."""
        if isinstance(self.study.indicator(indicator), ShareIndicator):
            shown = self.shown_shares(indicator)
            hidden = shown.loc[shown["status"] != "shown", "area"]
            return frozenset(shown["area"]) - frozenset(hidden)
        design, found = self.study.design, self.counts(indicator)
        inside = [q for one in (design.baseline, design.period) for q in _quarters(one)]
        return frozenset(area for area in found.areas if found.is_true(area, inside))

    def shares(self, indicator: str) -> pd.DataFrame:
        """A share indicator's table as estimates may use it."""
        return self._of_waves(self._answers.reckoned, indicator)

    def shown_shares(self, indicator: str) -> pd.DataFrame:
        """A share indicator's table as it may be shown: ``status`` says what is hidden."""
        return self._of_waves(self._answers.shown, indicator)

    def _of_waves(self, told: Callable[[str], pd.DataFrame], indicator: str) -> pd.DataFrame:
        """What is told of an indicator, worked out once for all reports that know its waves."""
        waves = len(self._answers.known.shares(indicator))
        key = ("publication", told.__name__, indicator, waves)
        made: pd.DataFrame = self.study.memo.get(key, lambda: told(indicator))
        return made

    @property
    def _answers(self) -> Answers:
        known = self.study if self.last else self.study.as_of(self.until)
        return Answers(study=self.study, known=known, threshold=self.threshold)

    def share_design(self, indicator: str) -> Design | None:
        """The survey's design without areas that lack a wave."""
        design = self.study.survey_design
        return design and answering.complete_design(design, self.shares(indicator))

    def mentions(self) -> pd.DataFrame | None:
        """``area, theme, mentions`` as told by this report; ``None`` without a consultation.

        The last report tells again what was raised before the effort.
        """
        heard = self.study.tables.consultation
        if heard is None:
            return None
        return self._once(("mentions",), lambda: answering.told_mentions(
            heard, moments=self.moments(), threshold=self.threshold
        ))  # fmt: skip

    def work_out(self) -> None:
        """Work out what the report tells of shares and mentions, where it tells any."""
        asked = self.study.settings.indicators_of("share")
        for indicator in asked if self.study.tables.survey is not None else ():
            for told in (self.shown_shares, self.shares):
                with suppress(MethodRefused):
                    told(indicator)
        self.mentions()

    def moments(self) -> list[str]:
        """The last quarters of the reports whose mentions stand in this one, in order."""
        names = report_names(self.study)
        so_far = names[: names.index(self.report) + 1] if not self.last else names[:1]
        return [known_until(self.study, one) for one in so_far]

    def notes(self) -> tuple[Problem, ...]:
        """What a reader must know of the deliveries, without what tells a small count."""
        return tuple(one for one in self.study.tables.notes if one.code not in TELLING)

    def moment(self, target: Target) -> str | None:
        """The last quarter up to which ``target`` can be measured; ``None`` for all.

        A distance to other areas is told by their whole units, and so is an area's own figure
        where its newest reports are not told yet.
        """
        if self.last or target.indicator is None:
            return None if self.last else self.until
        if isinstance(self.study.indicator(target.indicator), ShareIndicator):
            return self.until
        found, design = self.counts(target.indicator), self.study.design
        areas = {design.treated}
        if target.of_kind.needs_reference:
            one = target.reference or ""
            areas |= {one} if one in found.areas else set(design.comparison)
        ends = [found.areas[area][-1].times[-1] for area in areas if found.areas[area]]
        last = min([self.until, *ends], key=quarter_number)
        return next((one for one in self._back_from(last) if self._told(target, one)), last)

    def _back_from(self, last: str) -> tuple[str, ...]:
        start = str(self.study.design.period[0])
        return quarter_range(start, last)[::-1]

    def _told(self, target: Target, until: str) -> bool:
        """Whether the windows of ``target`` that end at ``until`` are told."""
        measured = target_design(target, self.study.design, until=until)
        return measured is not None and self.refusal(target, measured) is None

    def refusal(self, target: Target, design: Design) -> MethodRefused | None:
        """Why nothing can be told of ``target`` over the windows of ``design``."""
        if target.indicator is None:
            return None
        if isinstance(self.study.indicator(target.indicator), ShareIndicator):
            shares = self.shares(target.indicator)
            return self._answers.too_few(target.indicator, shares, design)
        return self.withheld(target.indicator, design)

    def withheld(
        self, indicator: str, design: Design, *, areas: Sequence[str] = ()
    ) -> MethodRefused | None:
        """Why nothing is told of the ``areas`` (the treated one) over the windows of ``design``.

        Their sums must be made of whole cells, and be true but for :data:`ROUGH` of them.
        """
        found = self.counts(indicator)
        windows = [_quarters(one) for one in (design.baseline, design.period)]
        asked = [found.rough(areas or (design.treated,), one) for one in windows]
        if all(rough <= ROUGH for rough in asked):
            return None
        return _hidden()

    def tables(self) -> tuple[ProtectedTable, ...]:
        """The counts that the report shows, for its own tables and for what checks them."""
        return self._once(("tables",), lambda: counts_shown.tables_of(self))

    def published(self) -> dict[str, Any]:
        """What the report publishes of counts, the content of ``published.json``."""
        return publish(self.report, self.tables())

    def handed_over(self) -> dict[str, Any]:
        """What the ledger keeps of the report: ``published`` and the blocks of every class."""
        records: dict[CodeClass, dict[str, Any]] = {}
        for name in self.study.settings.indicators_of("count"):
            found, until = self.counts(name), self._until_known(name)
            for at, one in enumerate(code_classes(self.study.settings)[name]):
                pool = (self.study.settings.areas.comparison, found.pools[at])
                made = editions.record(
                    one, found.streams[at], pool, until=until,
                    digest=digest(self.study, name, at, until),
                )  # fmt: skip
                records.setdefault(one, made)
        study = self.study.settings.name
        return {**self.published(), "study": study, "released": list(records.values())}

    def quarters(self, indicator: str, *, pooled: bool = False) -> pd.DataFrame:
        """``quarter, value, status, reckoned`` of the treated area, or of the comparison areas
        together, ``reckoned`` being the cell's count spread over its quarters."""
        return self._once(
            ("quarters", indicator, pooled),
            lambda: counts_shown.quarters_of(self, indicator, pooled=pooled),
        )

    def _release(self, indicator: str) -> ReleasedCounts:
        if self.study.settings.areas.programme:
            return self._release_programme(indicator)
        design = self.study.design
        return release(
            streams_of(self.study, indicator),
            people_of(self.study, indicator),
            stretches_of(self.study),
            Moment(until=self._until_known(indicator), last=self.last),
            treated=design.treated,
            comparison=design.comparison,
            threshold=self.threshold,
            former=former(self.study, indicator),
            units=common_units(self.study, indicator),
        )

    def _release_programme(self, indicator: str) -> ReleasedCounts:
        return release_programme(
            streams_of(self.study, indicator),
            people_of(self.study, indicator),
            self.known(indicator),
            self.study.programme,
            threshold=self.threshold,
            former=former(self.study, indicator),
        )

    def programme_withheld(self, indicator: str) -> MethodRefused | None:
        """Why nothing is told of a programme's areas together."""
        rough = roughness(self.counts(indicator), self.study.programme)
        return _hidden() if max(rough) > ROUGH else None

    def next_door_withheld(self, indicator: str) -> MethodRefused | None:
        """Why nothing is told of the areas next to a programme's areas."""
        rough = rough_next_door(self.counts(indicator), self.study.programme)
        return _hidden() if rough > ROUGH else None

    def untold_areas(self, indicator: str) -> frozenset[str]:
        """Areas of a programme of which nothing is told alone: their windows are too small."""
        found, programme = self.counts(indicator), self.study.programme
        return frozenset(
            design.treated for design in programme.designs
            if max(own_roughness(found, design)) > ROUGH
        )  # fmt: skip

    def _until_known(self, indicator: str) -> str:
        quarters = quarters_of(self.study, indicator)
        return quarters[-1] if self.last else self.until

    def known(self, indicator: str) -> list[str]:
        """The quarters of an indicator that the report knows."""
        last = quarter_number(self._until_known(indicator))
        every = quarters_of(self.study, indicator)
        return [quarter for quarter in every if quarter_number(quarter) <= last]

    def _once(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        made: Made = self.study.memo.get(("publication", self.report, *key), make)
        return made


def _hidden() -> MethodRefused:
    return MethodRefused(
        "hidden-count",
        "So few reports stand behind the figure that persons could be pointed at.",
        "Use longer windows or a wider basket of offences.",
    )


def publication(study: Study, report: str) -> Publication:
    """What the report called ``report`` may show of ``study``.

    Raises
    ------
    ValueError
        When the study has no such report.
    """
    if report not in report_names(study):
        raise ValueError(f"the study has no report {report!r}")
    return Publication(study=study.whole, report=report)


def published_chain(study: Study, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What each report up to the last of ``names`` publishes of counts, in order."""
    every = report_names(study)
    wanted = every[: max(every.index(name) for name in names) + 1]
    return {name: publication(study, name).published() for name in wanted}


def _quarters(window: Window) -> tuple[str, ...]:
    return tuple(map(str, times(window)))
