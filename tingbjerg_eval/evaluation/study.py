"""A study in the hand: its targets judged, and all it holds as tidy tables for pandas.

The tables are the working view of the house: counts stand as they were delivered. What a report
may show is made in :mod:`tingbjerg_eval.publication`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from tingbjerg_eval.evaluation.judging import evaluated, measurable, verdict_of
from tingbjerg_eval.evaluation.readings import Readings
from tingbjerg_eval.evaluation.results import Answer, TargetResult, verdict_table
from tingbjerg_eval.inputs.calls import guided
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import refuse_unknown
from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.stats.estimate import Estimate, tidy
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.settings import ShareIndicator
from tingbjerg_eval.targets.answers import adjusted_p_values
from tingbjerg_eval.targets.measurability import Measurability
from tingbjerg_eval.targets.verdicts import Verdict

if TYPE_CHECKING:
    from tingbjerg_eval.study.design import Window
    from tingbjerg_eval.study.settings import Indicator

ROLES = ("treated", "comparison", "adjacent", "excluded")


@guided("design", "tables", "strategy", "settings",
        instead="Its tables: study.targets, study.verdicts, study.estimates(); one target: "
                "study.result(target); one indicator: study.panel(indicator).")  # fmt: skip
class Study(Readings):
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

    def evaluate(self) -> tuple[TargetResult, ...]:
        """Every target judged; provisionally where not everything is known yet."""
        return evaluated(self)

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
        if not isinstance(effect, Estimate | MethodRefused | None):
            raise WrongArgument("effect is an Estimate such as study.result(target).effect.")
        known = self.result(target)
        effects = {one.name: one.effect for one in self.evaluate()} | {target: effect}
        adjusted = adjusted_p_values(effects, self.strategy.primary_targets)[target]
        return verdict_of(self, target, replace(known, effect=effect), adjusted)

    def measurable(self, target: str) -> Measurability:
        """Whether the goal of ``target`` is large enough to be seen, from the baseline alone."""
        self._target(target)
        return self.once(measurable, target)

    def _target(self, name: str) -> None:
        """Refuse a name that no target has, with the nearest."""
        titles = {key: one.title for key, one in self.strategy.targets.items()}
        refuse_unknown(name, titles, what="target")

    @property
    def targets(self) -> pd.DataFrame:
        """The targets as the decisions have made them, one row each.

        Returns
        -------
        DataFrame
            Indexed by ``target``: ``title, action_area, kind, indicator, measure, goal, by,
            primary, responsible``. Empty text where a target has none.
        """
        rows = {
            name: {
                "title": one.title, "action_area": one.action_area, "kind": one.kind,
                "indicator": one.indicator or "", "measure": one.measure or "", "goal": one.limit,
                "by": one.by or "", "primary": one.primary, "responsible": one.responsible or "",
            }
            for name, one in self.strategy.targets.items()
        }  # fmt: skip
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("target")

    @property
    def indicators(self) -> pd.DataFrame:
        """The indicators, one row each.

        Returns
        -------
        DataFrame
            Indexed by ``indicator``: ``title, kind, good, theme, made_of`` (offence codes, or the
            question and its answers).
        """
        rows = {
            name: {
                "title": one.title, "kind": one.kind, "good": one.good, "theme": one.theme or "",
                "made_of": _made_of(one),
            }
            for name, one in self.settings.indicators.items()
        }  # fmt: skip
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("indicator")

    @property
    def areas(self) -> pd.DataFrame:
        """Every area of the study and its role.

        Returns
        -------
        DataFrame
            ``area, role``, the treated area first.
        """
        return pd.DataFrame(list(_roles(self).items()), columns=["area", "role"])

    @property
    def verdicts(self) -> pd.DataFrame:
        """The verdict on every target.

        Returns
        -------
        DataFrame
            Indexed by ``target``, columns as the other fields of
            :class:`~tingbjerg_eval.targets.verdicts.Verdict`.
        """
        return verdict_table(*(one.verdict for one in evaluated(self))).set_index("target")

    def estimates(self, *methods: Callable[..., Any]) -> pd.DataFrame:
        """Every estimate of every target that has an indicator, one row each.

        Parameters
        ----------
        *methods
            More methods to ask beside those on which verdicts stand (``compare_periods``,
            ``difference_in_differences`` and ``displacement``), such as ``te.synthetic_control``.
            They are given the target's own data and windows.

        Returns
        -------
        DataFrame
            ``target, indicator, baseline, period, area``, the fields of
            :class:`~tingbjerg_eval.stats.estimate.Estimate`, ``note`` and ``refused``. ``area``
            is whose change it is; of a programme all its areas, each with windows of its own, and
            no other method is asked. A method that was refused has a row without figures and the
            reason in ``refused``; a question that is not asked has no row.

        Raises
        ------
        WrongArgument
            For a method whose result is no estimate, and for more methods where only what is
            released of the study can be seen.
        """
        if not all(map(callable, methods)):
            raise WrongArgument("estimates takes methods one by one, as te.synthetic_control.")
        if methods and self.released is not None:
            raise WrongArgument("More methods are for work in the house; none is released.")

        rows = [row for result in evaluated(self) for row in _rows(self, result, methods)]
        columns = ["target", "indicator", "baseline", "period", "area", *tidy().columns, "refused"]
        return pd.DataFrame(rows, columns=columns)

    def rates(self, indicator: str) -> pd.DataFrame:
        """How often something was reported in every area and quarter.

        Parameters
        ----------
        indicator
            Name of a count indicator.

        Returns
        -------
        DataFrame
            ``area, quarter, count, population, rate, role``, one row per area and quarter. ``rate``
            is reports per 1,000 inhabitants and year (four times the quarter's); it is ``nan``
            where nobody lives or a number is not known.

        Raises
        ------
        UnknownName
            Where there is no such indicator.
        WrongArgument
            For a share indicator.
        """
        panel = self.panel(indicator)
        people = panel["population"].astype(float)
        a_thousand = 1000 * a_year(self.settings.periods.period[0])
        rate = a_thousand * panel["count"].astype(float) / people.where(people > 0, math.nan)
        return panel.assign(rate=rate, role=panel["area"].map(_roles(self)))

    def describe(self) -> pd.DataFrame:
        """What the study is, in a few lines.

        Returns
        -------
        DataFrame
            Indexed by ``what``, one column ``value`` of text.
        """
        settings, survey = self.settings, self.survey_design
        several = bool(settings.areas.programme)
        held = {
            "study": settings.name,
            "title": settings.title,
            "figures": "simulated" if settings.simulated else "delivered",
            "seen": f"as of {self.until}" if self.until else "the whole period",
            "treated areas" if several else "treated area": ", ".join(settings.areas.with_effort),
            **{f"{role} areas": ", ".join(a for a, r in _roles(self).items() if r == role)
               for role in ROLES[1:]},
            "counts": repr(self.programme).strip("<>") if several else self.design.windows,
            "survey": survey.windows if survey else "none",
            "indicators": ", ".join(settings.indicators),
            "targets": ", ".join(self.strategy.targets),
            "level": f"{self.level:g}",
        }  # fmt: skip
        return pd.DataFrame({"value": held}).rename_axis("what")

    def __repr__(self) -> str:
        held = f"{len(self.strategy.targets)} targets, {len(self.settings.indicators)} indicators"
        seen = f", as of {self.until}" if self.until else ""
        simulated = ", simulated" if self.settings.simulated else ""
        several = bool(self.settings.areas.programme)
        windows = repr(self.programme).strip("<>") if several else self.design.windows
        return f"<Study {self.settings.name}{simulated}: {held}{seen}; {windows}>"


def _made_of(indicator: Indicator) -> str:
    if isinstance(indicator, ShareIndicator):
        return f"{indicator.question}: {', '.join(indicator.answers)}"
    return ", ".join(indicator.basket.codes)


def _roles(study: Readings) -> dict[str, str]:
    named = study.settings.areas
    held = (named.with_effort, named.comparison, named.adjacent, named.excluded)
    return {area: role for role, group in zip(ROLES, held, strict=True) for area in group}


def _rows(
    study: Readings, result: TargetResult, methods: tuple[Callable[..., Any], ...]
) -> Iterator[dict[str, Any]]:
    design = result.design
    if study.settings.areas.programme and result.effect is not None:
        yield from _of_programme(study, result)
    if design is None:
        return
    asked = {
        "target": result.name, "indicator": result.target.indicator or "",
        "baseline": _span(design.baseline), "period": _span(design.period),
    }  # fmt: skip
    planned = (
        ("compare_periods", design.treated, result.change),
        ("difference_in_differences", design.treated, result.effect),
        ("displacement", " + ".join(design.adjacent), result.beside),
    )
    more = [(one.__name__, design.treated, study.ask(one, result.rows, design)) for one in methods]
    for method, area, answer in (*planned, *more):
        if answer is not None:
            yield asked | {"area": area} | _told(method, answer)


def _of_programme(study: Readings, result: TargetResult) -> Iterator[dict[str, Any]]:
    """The effect in all areas together, whose windows are their own, and next door."""
    asked = {"target": result.name, "indicator": result.target.indicator, "baseline": "",
             "period": "", "area": " + ".join(study.programme.areas)}  # fmt: skip
    yield asked | _told("pooled_difference_in_differences", result.effect)
    if result.beside is not None:
        area = " + ".join(study.settings.areas.next_door)
        yield asked | {"area": area} | _told("pooled_displacement", result.beside)


def _span(window: Window) -> str:
    return "-".join(str(one) for one in dict.fromkeys(window))


def _told(method: str, answer: object) -> dict[str, Any]:
    if isinstance(answer, MethodRefused):
        return {"method": method, "note": "", "refused": str(answer)}
    if isinstance(answer, Estimate):
        return {**tidy(answer).iloc[0].to_dict(), "refused": ""}
    raise WrongArgument(f"{method} gives no Estimate; call it by itself.")
