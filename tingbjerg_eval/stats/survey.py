"""Weighted shares, means and totals of a survey, one per area and wave.

Variances are Taylor-linearised over strata, clusters and weights
(:mod:`tingbjerg_eval.stats.linearisation`). A share's interval is Wilson's at the effective sample
size ``n / deff`` (Franco, Little, Louis & Slud 2019), ``deff`` against a simple random sample of n
answers; with clusters that size is also multiplied by ``(t[n-1] / t[clusters - strata])^2`` (Korn
& Graubard 1998). Where the linearised variance is 0 (share 0 or 1) Kish's n takes its place, and
the variance is that of the share with half an answer added to either side, so that no area passes
for known without error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tingbjerg_eval.stats import linearisation
from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.linearisation import Domain, Figures, domain_rows
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.stats.survey_checks import (
    answers_never_given,
    check_survey,
    numbers_of,
)

SHARE_COLUMNS = [
    "area", "wave", "share", "variance", "n", "effective_n", "lower", "upper", "missing", "note",
]  # fmt: skip


@estimator
def survey_shares(
    survey: pd.DataFrame,
    question: str,
    *,
    answers: str | Iterable[str],
    level: float = 0.95,
    areas: Iterable[str] | None = None,
    cluster: str | None = None,
    finite_population: str | None = None,
) -> pd.DataFrame:
    """Weighted share of respondents who gave one of ``answers``, per area and wave.

    Wilson's interval at the effective sample size; see the module for the equations.

    Parameters
    ----------
    survey
        One row per respondent: ``area, wave, weight``, optionally ``stratum``, and ``question``.
        Each wave is its own sample; an area is a domain of it.
    question
        Column of the question.
    answers
        The answer, or answers, that count. A blank answer is left out and counted in ``missing``.
    areas
        Areas to report; all when not given. The variance uses every respondent either way.
    cluster
        Column of the primary sampling unit, where people were drawn in clusters.
    finite_population
        Column with the population's number of sampling units in the row's stratum; without it
        the sample counts as drawn with replacement.

    Returns
    -------
    DataFrame
        ``area, wave, share`` (0 to 1), ``variance`` (of the share), ``n`` (answers),
        ``effective_n, lower, upper, missing, note``, ordered by area and wave. An area and wave
        where nobody was asked, or nobody answered, has no row.

    Raises
    ------
    MethodRefused
        ``unknown-column``, ``bad-weight``, ``missing-design``, ``unknown-area``,
        ``no-answers``, ``answer-misspelt``, ``bad-population`` or ``level``.

    Examples
    --------
    >>> asked = study.indicator("unsafe_evening")
    >>> shares = te.survey_shares(study.tables.survey, asked.question, answers=asked.answers)
    >>> shares.columns[:3].tolist()
    ['area', 'wave', 'share']
    """
    refuse_level(level)
    check_survey(survey, question, cluster=cluster, finite_population=finite_population)
    wanted: list[Any] = [answers] if np.isscalar(answers) else list(answers)
    absent = answers_never_given(survey[question], question, wanted)
    given = survey[question].isin(wanted).to_numpy(dtype=float)

    def row(domain: Domain) -> Figures:
        return _share_row(domain, level, clustered=cluster is not None, absent=absent)

    rows = domain_rows(survey, question, given, areas, cluster, finite_population, row)
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


@estimator
def survey_mean(
    survey: pd.DataFrame,
    question: str,
    *,
    level: float = 0.95,
    areas: Iterable[str] | None = None,
    cluster: str | None = None,
    finite_population: str | None = None,
) -> pd.DataFrame:
    """Weighted mean of a numeric question (a score, a number of events), per area and wave.

    Parameters and errors as :func:`survey_shares`, and ``not-numeric``. Returns ``area, wave,
    mean, variance, n, design_effect, lower, upper, missing, note``; the interval is Student's t
    on clusters less strata. ``design_effect`` is the variance over that of a simple random
    sample of n answers (without replacement when ``finite_population`` is given).

    Parameters
    ----------
    survey
        One row per respondent: ``area, wave, weight, stratum`` and the questions.
    question
        Column of the question.
    areas
        Areas to report; all when not given.
    cluster
        Column of the primary sampling unit, where people were drawn in clusters.
    finite_population
        Column with the population's number of sampling units in the row's stratum.

    Returns
    -------
    DataFrame
        One row per area and wave in which somebody answered.

    Raises
    ------
    MethodRefused
        As :func:`survey_shares`, and ``not-numeric``.

    Examples
    --------
    >>> survey = study.tables.survey.assign(events=2.0)
    >>> round(float(te.survey_mean(survey, "events")["mean"].iloc[0]), 6)
    2.0
    """

    def row(domain: Domain) -> Figures:
        value, variance = linearisation.mean(domain.sample, domain.values, domain.inside)
        simple = _simple_variance(domain, value, finite=bool(finite_population))
        effect = variance / simple if simple > 0 else np.nan  # everybody answered the same
        return {"mean": value, "variance": variance, "n": domain.n, "design_effect": effect}

    return _numeric(survey, question, level, areas, cluster, finite_population, row)


@estimator
def survey_total(
    survey: pd.DataFrame,
    question: str,
    *,
    level: float = 0.95,
    areas: Iterable[str] | None = None,
    cluster: str | None = None,
    finite_population: str | None = None,
) -> pd.DataFrame:
    """Weighted total of a numeric question, per area and wave.

    A number of people or events in the population only where the weights sum to the population.
    Parameters and errors as :func:`survey_mean`. Returns ``area, wave, total, variance, n,
    lower, upper, missing, note``.

    Parameters
    ----------
    survey
        One row per respondent: ``area, wave, weight, stratum`` and the questions.
    question
        Column of the question.
    areas
        Areas to report; all when not given.
    cluster
        Column of the primary sampling unit, where people were drawn in clusters.
    finite_population
        Column with the population's number of sampling units in the row's stratum.

    Returns
    -------
    DataFrame
        One row per area and wave in which somebody answered.

    Raises
    ------
    MethodRefused
        As :func:`survey_mean`.

    Examples
    --------
    >>> survey = study.tables.survey.assign(people=1.0)
    >>> te.survey_total(survey, "people").columns[:3].tolist()
    ['area', 'wave', 'total']
    """

    def row(domain: Domain) -> Figures:
        value, variance = linearisation.total(domain.sample, domain.values, domain.inside)
        return {"total": value, "variance": variance, "n": domain.n}

    return _numeric(survey, question, level, areas, cluster, finite_population, row)


def wilson_interval(
    share: ArrayLike, effective_n: ArrayLike, *, level: float = 0.95
) -> tuple[Any, Any]:
    """Wilson's interval of a share at an effective sample size (Wilson 1927; Newcombe 1998)."""
    from statsmodels.stats.proportion import proportion_confint

    lower, upper = proportion_confint(
        np.multiply(share, effective_n), effective_n, alpha=1 - level, method="wilson"
    )
    return np.clip(lower, 0.0, 1.0), np.clip(upper, 0.0, 1.0)


def _share_row(domain: Domain, level: float, *, clustered: bool, absent: list[str]) -> Figures:
    share, variance = linearisation.mean(domain.sample, domain.values, domain.inside)
    notes = [f"answer {answer!r} was given by nobody" for answer in absent]
    certain = not 0 < domain.values[domain.inside].sum() < domain.n
    if certain or variance <= np.finfo(float).eps * share * (1 - share):
        effective = linearisation.kish_n(domain.weight)
        nearer = (share * effective + 0.5) / (effective + 1)
        variance = nearer * (1 - nearer) / effective
        notes.append("no variation among the answers: interval at Kish's n")
    else:
        effective = share * (1 - share) / variance * domain.n / (domain.n - 1)
    used = effective * (_few_clusters(domain, level) if clustered else 1.0)
    lower, upper = wilson_interval(share, used, level=level)
    return {
        "share": share, "variance": variance, "n": domain.n, "effective_n": effective,
        "lower": float(lower), "upper": float(upper), "notes": notes,
    }  # fmt: skip


def _few_clusters(domain: Domain, level: float) -> float:
    from scipy.stats import t

    tail = (1 + level) / 2
    degrees = max(domain.sample.degrees_of_freedom, 1)
    return float((t.ppf(tail, max(domain.n - 1, 1)) / t.ppf(tail, degrees)) ** 2)


def _simple_variance(domain: Domain, value: float, *, finite: bool) -> float:
    weight, n = domain.weight, domain.n
    spread = float(weight @ (domain.values[domain.inside] - value) ** 2 / weight.sum())
    drawn = n / weight.sum() if finite else 0.0
    return spread / (n - 1) * (1 - drawn) if n > 1 else np.nan


def _numeric(
    survey: pd.DataFrame,
    question: str,
    level: float,
    areas: Iterable[str] | None,
    cluster: str | None,
    finite_population: str | None,
    row: Callable[[Domain], Figures],
) -> pd.DataFrame:
    from scipy.stats import t

    refuse_level(level)
    check_survey(survey, question, cluster=cluster, finite_population=finite_population)
    values = numbers_of(survey[question], question)

    def with_interval(domain: Domain) -> Figures:
        figures = row(domain)
        value = figures["mean"] if "mean" in figures else figures["total"]
        reach = t.ppf((1 + level) / 2, domain.sample.degrees_of_freedom)
        half = float(reach * np.sqrt(figures["variance"]))
        return {**figures, "lower": value - half, "upper": value + half}

    return pd.DataFrame(
        domain_rows(survey, question, values, areas, cluster, finite_population, with_interval)
    )
