"""Log-linear regression of counts on their exposure, with errors that know overdispersion.

One fit for both descriptions of a single area, period against baseline and the segmented trend.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.refusal import MethodRefused


@dataclass(frozen=True, kw_only=True, eq=False)
class CountFit:
    """A fitted log-linear model of counts.

    Attributes
    ----------
    coefficients
        One row per term: ``term, estimate`` (log rate ratio), ``standard_error`` (of the
        quasi-Poisson model), ``poisson_error`` (dispersion 1), ``hac_error`` (Newey-West;
        ``nan`` when not asked for).
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
    lags: int | None = None,
) -> CountFit:
    """``E(count) = exposure * exp(terms)`` with variance proportional to the mean.

    Parameters
    ----------
    terms
        One column per term; the intercept is added in front as ``intercept``.
    lags
        Number of lags of the Newey-West errors (Bartlett weights, times n / (n - k)).

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
    fit = _fitted(model, lags)
    poisson_error = np.sqrt(np.diag(fit.normalized_cov_params))
    dispersion = float(fit.pearson_chi2 / fit.df_resid)
    return CountFit(
        coefficients=pd.DataFrame(
            {
                "term": list(columns),
                "estimate": fit.params,
                "standard_error": poisson_error * np.sqrt(dispersion),
                "poisson_error": poisson_error,
                "hac_error": np.full(len(columns), np.nan) if lags is None else fit.bse,
            }
        ),
        dispersion=dispersion,
        deviance=float(fit.deviance),
        degrees_of_freedom=int(fit.df_resid),
    )


def _fitted(model: Any, lags: int | None) -> Any:
    """The fit; with ``lags`` its ``bse`` are Newey-West's.

    Without the warning of a perfect prediction, which equal counts bring on rightly.
    """
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    newey_west = {"cov_type": "HAC", "cov_kwds": {"maxlags": lags, "use_correction": True}}
    options = {} if lags is None else newey_west
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return model.fit(tol=1e-12, maxiter=100, **options)


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
