"""A segmented trend in the treated area alone: shown, and not for conclusions.

It is a log-linear regression of counts on their exposure, with errors that know overdispersion.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import read_cells
from tingbjerg_eval.stats.changes import refuse_windows
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Remark
from tingbjerg_eval.stats.units import quarter_numbers
from tingbjerg_eval.study.design import Design


@estimator
def interrupted_time_series(
    panel: pd.DataFrame,
    design: Design,
    *,
    level: float = 0.95,
    area: str | None = None,
    slope: bool = False,
) -> Estimate:
    """Step of one area's reports at the start of the period, beside its own straight trend.

    ``log E(count) = log population + a + step * after + trend * time + seasons``, quasi-Poisson,
    seasons as two harmonic pairs; the estimate is ``exp(step)`` with Student's t on quarters
    less terms, its error never below Poisson's. Anything else that changed with the effort is
    taken for it, and neighbouring quarters count as independent, so the result is a picture and
    never the verdict.

    Parameters
    ----------
    panel
        ``area, quarter, count, population``.
    area
        The area shown; the treated one when not given.
    slope
        Let the trend bend at the start of the period; the step is then the one at that start.

    Returns
    -------
    Estimate
        The step (or slope) of the area's own series.

    Raises
    ------
    MethodRefused
        ``counts-only`` for a design in waves, ``part-years``, ``break``, ``all-zero-baseline``,
        ``few-quarters``, or rows missing, twice or unusable.

    Source: Bernal, Cummins & Gasparrini (2017), International Journal of Epidemiology 46:348-355.

    Examples
    --------
    >>> te.interrupted_time_series(study.panel("burglary"), study.design)
    <Estimate interrupted_time_series: rate ratio 1.13 [0.616; 2.08] at 95 %>
    """
    from scipy.stats import t

    refuse_level(level)
    fit = _fitted(panel, design, design.treated if area is None else area, slope)
    step, degrees = fit.of("step"), fit.degrees_of_freedom
    error = max(step.standard_error, step.poisson_error)
    half = t.ppf((1 + level) / 2, degrees) * error
    value, lower, upper = np.exp(step.estimate + np.array([0, -half, half]))
    return Estimate(
        estimand="step at the start of the period beside the area's own trend",
        scale="rate ratio", value=float(value), lower=float(lower), upper=float(upper),
        level=level, p_value=float(2 * t.sf(abs(step.estimate) / error, degrees)),
        method="interrupted_time_series", n_treated=1, n_comparison=0,
        remarks=(Remark("not-for-conclusions"),),
    )  # fmt: skip


def _fitted(panel: pd.DataFrame, design: Design, area: str, slope: bool) -> CountFit:
    _refuse_shares(design)
    refuse_windows(design, (area,))
    cells = read_cells(panel, design, areas=(area,))
    _refuse_zero(cells["count"][0], cells.within(design.period), area)
    number = quarter_numbers(cells.times)
    start = quarter_numbers(design.period)[0]
    return segmented_counts(
        cells["count"][0],
        exposure=cells["population"][0],
        step=number >= start,
        time=number - start,
        season=number % 4 if a_year(cells.times[0]) == 4 else None,
        season_length=4,
        bend_at=0 if slope else None,
    )


def segmented_counts(
    counts: Sequence[float],
    *,
    exposure: Sequence[float],
    step: Sequence[float],
    time: Sequence[float],
    season: Sequence[float] | np.ndarray | None = None,
    season_length: int = 12,
    pairs: int = 2,
    bend_at: float | None = None,
) -> CountFit:
    """The segmented quasi-Poisson model of any series of counts.

    Terms: ``step`` (0 before, 1 after), ``time``, harmonic pairs of ``season`` in a year of
    ``season_length`` (left out when ``season`` is not given), and ``bend`` =
    step x (time - ``bend_at``) where the trend may bend.
    """
    after, line = np.asarray(step, dtype=float), np.asarray(time, dtype=float)
    terms = {"step": after, "time": line}
    if season is not None:
        terms |= harmonics(season, length=season_length, pairs=pairs)
    if bend_at is not None:
        terms["bend"] = after * (line - bend_at)
    return fit_counts(counts, terms, exposure=exposure)


def _refuse_shares(design: Design) -> None:
    if not design.in_quarters:
        raise MethodRefused(
            "counts-only",
            "A segmented trend needs a series of quarters; waves are too few.",
            "Use compare_periods for shares.",
        )


def _refuse_zero(count: np.ndarray, inside: np.ndarray, area: str) -> None:
    for part, name in ((~inside, "baseline"), (inside, "period")):
        if not count[part].any():
            raise MethodRefused(
                f"all-zero-{name}",
                f"The {name} of {area} holds no report at all, so no step can be fitted.",
                "Use longer windows or a wider basket of offences.",
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class CountFit:
    """A fitted log-linear model of counts.

    Attributes
    ----------
    coefficients
        One row per term: ``term, estimate`` (log rate ratio), ``standard_error`` (of the
        quasi-Poisson model), ``poisson_error`` (dispersion 1).
    dispersion
        Pearson's chi-squared over the degrees of freedom; 1 for Poisson counts.
    deviance, degrees_of_freedom
        Of the residuals; two nested fits give an F test.
    """

    coefficients: pd.DataFrame
    dispersion: float
    deviance: float
    degrees_of_freedom: int

    def of(self, term: str) -> pd.Series:
        """The row of one term."""
        return self.coefficients.set_index("term").loc[term]


def fit_counts(
    counts: Sequence[float],
    terms: dict[str, np.ndarray],
    *,
    exposure: Sequence[float],
) -> CountFit:
    """``E(count) = exposure * exp(terms)`` with variance proportional to the mean.

    Parameters
    ----------
    terms
        One column per term; the intercept is added in front as ``intercept``.

    Raises
    ------
    MethodRefused
        ``few-quarters`` when there are no more observations than terms.
    """
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    columns = {"intercept": np.ones(len(counts)), **terms}
    _refuse_few(len(counts), len(columns))
    model = GLM(
        np.asarray(counts, dtype=float),
        np.column_stack(list(columns.values())),
        family=Poisson(),
        exposure=np.asarray(exposure, dtype=float),
    )
    fit = _solved(model)
    poisson_error = np.sqrt(np.diag(fit.normalized_cov_params))
    dispersion = float(fit.pearson_chi2 / fit.df_resid)
    return CountFit(
        coefficients=pd.DataFrame(
            {
                "term": list(columns),
                "estimate": fit.params,
                "standard_error": poisson_error * np.sqrt(dispersion),
                "poisson_error": poisson_error,
            }
        ),
        dispersion=dispersion,
        deviance=float(fit.deviance),
        degrees_of_freedom=int(fit.df_resid),
    )


def _solved(model: Any) -> Any:
    """The fit, without the warning of a perfect prediction, which equal counts bring on rightly."""
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return model.fit(tol=1e-12, maxiter=100)


def _refuse_few(observations: int, terms: int) -> None:
    if observations <= terms:
        raise MethodRefused(
            "few-quarters",
            f"{observations} quarters cannot carry {terms} terms.",
            "Use longer windows.",
        )


def harmonics(
    season: Sequence[float] | np.ndarray, *, length: int, pairs: int
) -> dict[str, np.ndarray]:
    """Sine and cosine of each pair, in a year of ``length`` seasons.

    The sine of the highest pair of an even year is 0 everywhere and left out: with quarters two
    pairs are three terms, the same as one per quarter.
    """
    turn = 2 * np.pi * np.asarray(season, dtype=float) / length
    terms = {}
    for pair in range(1, pairs + 1):
        if 2 * pair != length:
            terms[f"sine {pair}"] = np.sin(pair * turn)
        terms[f"cosine {pair}"] = np.cos(pair * turn)
    return terms
