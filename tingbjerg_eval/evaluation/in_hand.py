"""A study in the hand: what it holds and what was found, as tidy tables for pandas.

These are the working view of the house: counts stand as they were delivered. What a report may
show is made in :mod:`tingbjerg_eval.publication`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tingbjerg_eval.evaluation.judging import evaluated
from tingbjerg_eval.evaluation.readings import Readings
from tingbjerg_eval.evaluation.results import TargetResult
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.stats.estimate import Estimate, tidy
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.settings import ShareIndicator
from tingbjerg_eval.targets.verdict_table import verdict_table

if TYPE_CHECKING:
    import pandas as pd

    from tingbjerg_eval.study.design import Window
    from tingbjerg_eval.study.settings import Indicator

ROLES = ("treated", "comparison", "adjacent", "excluded")


def targets(study: Readings) -> pd.DataFrame:
    """The targets as the decisions have made them, one row each.

    Returns
    -------
    DataFrame
        Indexed by ``target``: ``title, action_area, kind, indicator, measure, goal, by, primary,
        responsible``. Empty text where a target has none.
    """
    import pandas as pd

    rows = {
        name: {
            "title": one.title, "action_area": one.action_area, "kind": one.kind,
            "indicator": one.indicator or "", "measure": one.measure or "", "goal": one.limit,
            "by": one.by or "", "primary": one.primary, "responsible": one.responsible or "",
        }
        for name, one in study.strategy.targets.items()
    }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("target")


def indicators(study: Readings) -> pd.DataFrame:
    """The indicators, one row each.

    Returns
    -------
    DataFrame
        Indexed by ``indicator``: ``title, kind, good, theme, made_of`` (offence codes, or the
        question and its answers).
    """
    import pandas as pd

    rows = {
        name: {
            "title": one.title, "kind": one.kind, "good": one.good, "theme": one.theme or "",
            "made_of": _made_of(one),
        }
        for name, one in study.settings.indicators.items()
    }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("indicator")


def _made_of(indicator: Indicator) -> str:
    if isinstance(indicator, ShareIndicator):
        return f"{indicator.question}: {', '.join(indicator.answers)}"
    return ", ".join(indicator.basket.codes)


def areas(study: Readings) -> pd.DataFrame:
    """Every area of the study and its role.

    Returns
    -------
    DataFrame
        ``area, role``, the treated area first.
    """
    import pandas as pd

    return pd.DataFrame(list(_roles(study).items()), columns=["area", "role"])


def _roles(study: Readings) -> dict[str, str]:
    named = study.settings.areas
    held = (named.with_effort, named.comparison, named.adjacent, named.excluded)
    return {area: role for role, group in zip(ROLES, held, strict=True) for area in group}


def verdicts(study: Readings) -> pd.DataFrame:
    """The verdict on every target.

    Returns
    -------
    DataFrame
        Indexed by ``target``, columns as the other fields of
        :class:`~tingbjerg_eval.targets.verdicts.Verdict`.
    """
    return verdict_table(*(one.verdict for one in evaluated(study))).set_index("target")


def estimates(study: Readings, *methods: Callable[..., Any]) -> pd.DataFrame:
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
        :class:`~tingbjerg_eval.stats.estimate.Estimate`, ``note`` and ``refused``. ``area`` is
        whose change it is; of a programme all its areas, each with windows of its own, and no other
        method is asked. A method that was refused has a row without figures and the reason in
        ``refused``; a question that is not asked has no row.

    Raises
    ------
    WrongArgument
        For a method whose result is no estimate, and for more methods where only what is
        released of the study can be seen.
    """
    import pandas as pd

    for given in methods:
        if not callable(given):
            raise WrongArgument("estimates takes methods one by one, such as te.synthetic_control.")
    if methods and study.released is not None:
        raise WrongArgument("More methods are for work in the house; nothing of them is released.")

    rows = [row for result in evaluated(study) for row in _rows(study, result, methods)]
    columns = ["target", "indicator", "baseline", "period", "area", *tidy().columns, "refused"]
    return pd.DataFrame(rows, columns=columns)


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
    """The effect in all areas together, whose windows are their own."""
    asked = {"target": result.name, "indicator": result.target.indicator, "baseline": "",
             "period": "", "area": " + ".join(study.programme.areas)}  # fmt: skip
    yield asked | _told("pooled_difference_in_differences", result.effect)


def _span(window: Window) -> str:
    return "-".join(str(one) for one in dict.fromkeys(window))


def _told(method: str, answer: object) -> dict[str, Any]:
    if isinstance(answer, MethodRefused):
        return {"method": method, "note": "", "refused": str(answer)}
    if isinstance(answer, Estimate):
        return {**tidy(answer).iloc[0].to_dict(), "refused": ""}
    raise WrongArgument(f"{method} gives no Estimate; call it by itself.")


def rates(study: Readings, indicator: str) -> pd.DataFrame:
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
    panel = study.panel(indicator)
    people = panel["population"].astype(float)
    rate = (
        1000
        * a_year(study.settings.periods.period[0])
        * panel["count"].astype(float)
        / people.where(people > 0, math.nan)
    )
    return panel.assign(rate=rate, role=panel["area"].map(_roles(study)))


def describe(study: Readings) -> pd.DataFrame:
    """What the study is, in a few lines.

    Returns
    -------
    DataFrame
        Indexed by ``what``, one column ``value`` of text.
    """
    import pandas as pd

    settings, survey = study.settings, study.survey_design
    several = bool(settings.areas.programme)
    held = {
        "study": settings.name,
        "title": settings.title,
        "figures": "simulated" if settings.simulated else "delivered",
        "seen": f"as of {study.until}" if study.until else "the whole period",
        "treated areas" if several else "treated area": ", ".join(settings.areas.with_effort),
        **{f"{role} areas": ", ".join(a for a, r in _roles(study).items() if r == role)
           for role in ROLES[1:]},
        "counts": repr(study.programme).strip("<>") if several else study.design.windows,
        "survey": survey.windows if survey else "none",
        "indicators": ", ".join(settings.indicators),
        "targets": ", ".join(study.strategy.targets),
        "level": f"{study.level:g}",
    }  # fmt: skip
    return pd.DataFrame({"value": held}).rename_axis("what")
