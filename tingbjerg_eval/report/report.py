"""One report of a study: what it knows, and the blocks that its notebook shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tingbjerg_eval.evaluation.coverage import refuse_not_covered
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.evaluation.results import TargetResult
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.calls import checked, guided, missing
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import refuse_unknown
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import Quarter, as_quarter, called, last_day
from tingbjerg_eval.inputs.speaking import speak
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.publication.earlier import earlier_editions
from tingbjerg_eval.publication.publication import Publication, publication
from tingbjerg_eval.publication.timeline import known_until
from tingbjerg_eval.report.sections import OF_ONE_KIND, SECTIONS, parts_of
from tingbjerg_eval.study.deviations import (
    DeclaredDeviation,
    check_deviations,
    read_deviations,
    refuse_contradicted,
)
from tingbjerg_eval.study.house_key import keyed, read_key
from tingbjerg_eval.study.plan import (
    LOCK_FILE,
    Difference,
    Lock,
    Moment,
    Plan,
    build_plan,
    compare_plans,
    moment_of,
    read_lock,
)
from tingbjerg_eval.study.reports import BASELINE, REPORT_KINDS

if TYPE_CHECKING:
    import pandas as pd

    from tingbjerg_eval.presentation.blocks.display import Block
    from tingbjerg_eval.presentation.blocks.pictures import Picture
    from tingbjerg_eval.presentation.blocks.tables import Columns, Table

Kind = Literal["baseline", "quarterly", "end_of_period", "programme"]
BASELINE_TABLES = ("incidents", "population", "survey")
"""Deliveries whose baseline part the plan fixes."""

DEVIATIONS = "deviations.yaml"
REVISABLE = "baseline_data.incidents"
"""The plan's key that a new extract changes where it corrects old reports."""


@guided()
@dataclass(frozen=True, eq=False)
class Report:
    """A report of one kind; its parts are methods, listed by ``dir``.

    Attributes
    ----------
    study
        The study as it was known when the report was due, and of it only what may be shown: its
        panels, shares and answers are those of the publication.
    kind, quarter
        Which report; ``quarter`` only for a quarterly one.
    """

    study: Study
    kind: Kind
    quarter: str | None = None

    def __post_init__(self) -> None:
        """Whoever made the report, it sees the study through its publication alone."""
        shown = publication(self.study, self.quarter or self.kind)
        object.__setattr__(self, "study", shown.view())

    def __getattr__(self, name: str) -> Callable[[], Block]:
        if name not in SECTIONS:
            raise AttributeError(name) if name.startswith("_") else missing(self, name, ("study",))
        if name not in self.parts:
            whose = OF_ONE_KIND.get(name, "report on one area's")
            raise AttributeError(f"{name!r} is a part of a {whose} report only")
        module = import_module(f"tingbjerg_eval.report.sections.{SECTIONS[name]}")
        make = getattr(module, name)
        part: Callable[[], Block] = partial(make, self)
        part.__doc__ = make.__doc__
        return part

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.parts})

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its parts."""
        return parts_of(self.kind)

    @property
    def name(self) -> str:
        """The name it is handed over under."""
        return self.quarter or self.kind

    def of_quarter(self, quarter: str) -> Report:
        """The same study's report of a quarter, as it was released then."""
        return Report(self.study.whole, "quarterly", quarter)

    def earlier_editions(self) -> list[Mapping[str, Any]]:
        """What was handed over of this study before."""
        name = self.study.settings.name
        return [one for one in earlier_editions(self.study.whole) if one.get("study") == name]

    @cached_property
    def words(self) -> Words:
        """The report's language."""
        return Words(self.study.settings.language, in_years=self.study.settings.in_years)

    @cached_property
    def results(self) -> tuple[TargetResult, ...]:
        """Every target and what was found about it."""
        return self.study.evaluate()

    @property
    def publication(self) -> Publication:
        """The released tables, on which everything in the report rests."""
        shown = self.study.released
        assert isinstance(shown, Publication)
        return shown

    def answers(self, indicator: str) -> pd.DataFrame:
        """The treated area's own shares that may be told, a row a wave."""
        shown = self.publication.shown_shares(indicator)
        return shown[(shown["area"] == self.study.design.treated) & (shown["status"] == "shown")]

    @cached_property
    def lock(self) -> Lock | None:
        """The locked plan; ``None`` where none is locked yet."""
        path = self.study.path.parent / LOCK_FILE
        return read_lock(path) if path.exists() else None

    @property
    def plan_digest(self) -> str:
        """The locked plan's digest as it is handed over; empty where none is locked."""
        return self.public_digest(self.lock.digest) if self.lock else ""

    def public_digest(self, digest: str) -> str:
        """``digest`` made anew with the study's key, so that nobody can try counts against it."""
        return keyed(self.house_key, digest)

    @cached_property
    def house_key(self) -> bytes | None:
        """The key beside the study; ``None`` before it is locked or run."""
        return read_key(self.study.path.parent)

    @cached_property
    def deviations(self) -> tuple[DeclaredDeviation, ...]:
        """Declared deviations from the locked plan.

        Raises
        ------
        UndeclaredDeviation
            Where the study deviates and nobody has said why.
        InputRefused
            Where a declaration says that the period's figures were not seen, and they were.
        """
        if self.lock is None:
            return ()
        now = plan_of(self.study)
        declared = read_deviations(self.study.path.parent / DEVIATIONS)
        refuse_contradicted(declared, self._moments(), self.study.settings.periods.period)
        different = compare_plans(self.lock.plan, now)
        return check_deviations([one for one in different if not self._accepted(one)], declared)

    @property
    def revised(self) -> bool:
        """Whether the baseline's reports were corrected since the plan, as was accepted."""
        if self.lock is None:
            return False
        return any(map(self._accepted, compare_plans(self.lock.plan, plan_of(self.study))))

    def _accepted(self, difference: Difference) -> bool:
        return difference.key == REVISABLE and self.study.settings.revisions_accepted

    def _moments(self) -> list[Moment]:
        """What is known of which figures were there when: at the lock, and in the last extract."""
        study = self.study
        extract = study.settings.data.incidents.extract_date
        found = [moment_of(study.tables.covered, extract, on=extract)] if extract else []
        return [*found, *([self.lock.moment] if self.lock and self.lock.moment else [])]

    def draw(self, kind: str, *data: object, **options: object) -> Picture:
        """The figure ``te.figures.<kind>(*data, **options)`` in the report's language, drawn once
        for equal data."""
        from tingbjerg_eval.presentation import figures
        from tingbjerg_eval.presentation.blocks.pictures import Figure, from_released

        def drawn() -> Picture:
            with from_released():
                return Figure(getattr(figures, kind)(*data, words=self.words, **options))

        spoken = (self.words.language, self.words.in_years)
        return self.study.memo.of_content(kind, (spoken, data, sorted(options.items())), drawn)

    def table(
        self,
        rows: pd.DataFrame | Sequence[Mapping[str, object]],
        caption: str,
        columns: Columns,
        *,
        name: str,
        notes: Sequence[str] = (),
        look: str = "compact",
    ) -> Table:
        """A table in the report's language, its columns headed by the keys of sentences."""
        from tingbjerg_eval.presentation.blocks.tables import Table

        return Table.headed(rows, caption, columns, notes, name=name, look=look, words=self.words)

    def title(self) -> str:
        """The report's title."""
        quarter = self.words.quarter(self.quarter) if self.quarter else ""
        title = self.study.settings.title
        return self.words(f"report.title_{self.kind}", study=title, quarter=quarter)

    def head_fields(self) -> dict[str, Any]:
        """The memo head; a quarterly follow-up is not for decision and has no date of one."""
        case = self.study.settings.case
        return {
            "sender": case.sender,
            "recipient": case.recipient,
            "date": getattr(case.decided, self.kind, ""),
            "as_of": last_day(self.quarter).isoformat() if self.quarter else "",
            "case_number": case.case_number,
            "document_number": case.document_number,
            "case_officer": case.case_officer,
            "plan_digest": self.plan_digest,
        }

    def context(self) -> dict[str, object]:
        """What rendering needs beside the notebook; plain data."""
        settings = self.study.settings
        date = self.head_fields()["date"]
        return self.head_fields() | {
            "kind": self.kind,
            "date": date.isoformat() if date else date,
            "title": self.title(),
            "language": settings.language,
            "simulated": settings.simulated,
            "in_years": settings.in_years,
            "name": self.name,
            "dated": self._dated().isoformat(),
        }

    def _dated(self) -> dt.date:
        """The day the report is dated: of the decision, or the last that it knows of."""
        decided = self.head_fields()["date"]
        if isinstance(decided, dt.date):
            return decided
        return last_day(known_until(self.study, self.quarter or self.kind))


@checked
def open_report(
    study: str | Path | Study,
    kind: Kind,
    *,
    quarter: Quarter | None = None,
    data: str | Path | None = None,
) -> Report:
    """Open a study for one report: what came later than the report is not seen.

    Parameters
    ----------
    study
        Path of ``study.yaml``, or a study already opened.
    kind, quarter
        ``"baseline"``, ``"end_of_period"``, or ``"quarterly"`` with a quarter of the period; for
        an effort in several areas ``"programme"``.
    data
        The data folder, where it is another than the study names.

    Returns
    -------
    Report
        Its sections are shown by their names.

    Raises
    ------
    InputRefused
        When the study cannot be read, ``quarter`` is not one of its period, or the deliveries
        do not reach the report's last quarter.
    UnknownName
        When there is no such kind of report.

    Examples
    --------
    >>> te.open_report(study, "quarterly", quarter="2011K2").quarter
    '2011K2'
    """
    if isinstance(kind, Study):
        raise WrongArgument("The study stands before the kind: open_report(study, kind).")
    refuse_unknown(kind, list(REPORT_KINDS), what="kind of report")
    quarter = as_quarter(quarter) if quarter else None
    opened = study if isinstance(study, Study) else open_study(study, data=data)
    if not REPORT_KINDS[kind].names(opened.settings):
        areas = "several areas" if opened.settings.areas.programme else "one area"
        raise WrongArgument(
            f"The effort is in {areas}, so the study has no report of kind {kind!r}."
        )
    if kind != "quarterly" and quarter:
        raise WrongArgument(f"A report of kind {kind!r} has no quarter; 'quarterly' has.")
    if kind == "quarterly" and quarter not in opened.settings.period_quarters:
        raise _unknown_quarter(opened, quarter)
    name = str(quarter) if kind == "quarterly" else kind
    refuse_not_covered(opened, known_until(opened, name), asked=name)
    spoken = opened.settings
    speak(spoken.language, simulated=spoken.simulated, in_years=spoken.in_years)
    return Report(opened, kind, quarter)


def plan_of(study: Study) -> Plan:
    """The study's analysis plan, the data of its baseline included: one for every view of it."""
    return study.whole.once(_plan)


def _plan(study: Study) -> Plan:
    before = study.as_of(known_until(study, BASELINE))
    fixed = [one.table for one in study.tables.sources if one.table in BASELINE_TABLES]
    digests = {table: before.digest(table) for table in fixed}
    return build_plan(study.settings, study.written, baseline_digests=digests)


def _unknown_quarter(study: Study, quarter: str | None) -> InputRefused:
    first, last = study.settings.periods.period
    return InputRefused([
        Problem(
            code="quarter-outside-period", file="parameters", column="quarter",
            found=repr(quarter), wanted=f"a {called(first)} from {first} to {last}",
            mend="Correct the parameter.",
        )
    ])  # fmt: skip
