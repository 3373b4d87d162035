"""Exact intervals of bare counts, for Poisson counting error alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Remark


@estimator
def exact_rate_ratio(
    period_count: int,
    baseline_count: int,
    *,
    period_exposure: float = 1.0,
    baseline_exposure: float = 1.0,
    level: float = 0.95,
) -> Estimate:
    """Ratio of two rates from the bare counts, with the exact conditional interval.

    Given the sum of the counts the first is binomial; its Clopper-Pearson limits are turned into
    limits of the ratio (Przyborowski & Wilenski 1940; as R's ``poisson.test``). It knows counting
    error only: real series vary more, so beside a series it is shown and never concluded from.

    Parameters
    ----------
    period_count
        Reports in the period.
    baseline_count
        Reports in the baseline.
    period_exposure
        Inhabitants times quarters in the period, or any other measure of size.
    baseline_exposure
        The same in the baseline.

    Returns
    -------
    Estimate
        The ratio with its exact interval.

    Raises
    ------
    MethodRefused
        ``no-reports`` when both counts are 0, ``unusable-value`` for counts that are no whole
        numbers of 0 or more or exposures that are not above 0.

    Examples
    --------
    >>> te.exact_rate_ratio(12, 24)
    <Estimate exact_rate_ratio: rate ratio 0.5 [0.228; 1.04] at 95 %>
    """
    from scipy.stats import binomtest

    refuse_level(level)
    _refuse_unusable((period_count, baseline_count), (period_exposure, baseline_exposure))
    both = int(period_count + baseline_count)
    if not both:
        raise MethodRefused(
            "no-reports", "Neither window holds a report.", "Use longer windows or a wider basket."
        )
    chance = period_exposure / (period_exposure + baseline_exposure)
    test = binomtest(int(period_count), both, chance)
    interval = test.proportion_ci(confidence_level=level, method="exact")
    value, lower, upper = (
        _odds(part) * baseline_exposure / period_exposure
        for part in (period_count / both, interval.low, interval.high)
    )
    return _estimate(
        "exact_rate_ratio", "ratio of two rates, a description and not an effect",
        (value, lower, upper), level, test.pvalue,
        remark="counting-error",
    )  # fmt: skip


def exact_observed_to_expected(count: int, expected: float, *, level: float = 0.95) -> Estimate:
    """A count over what was expected, with Garwood's exact interval (1936).

    ``expected`` counts as known without error. As R's ``poisson.test`` with one count.
    """
    from scipy.stats import chi2

    refuse_level(level)
    _refuse_unusable((count,), (expected,))
    tail = (1 - level) / 2
    lower = chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    upper = chi2.ppf(1 - tail, 2 * (count + 1)) / 2
    return _estimate(
        "exact_observed_to_expected", "observed over expected reports",
        (count / expected, lower / expected, upper / expected), level,
        _poisson_p_value(int(count), expected),
        remark="expected-as-known",
    )  # fmt: skip


def _poisson_p_value(count: int, expected: float) -> float:
    """Two-sided: all counts no likelier than the one seen, as R's ``poisson.test``."""
    from scipy.stats import poisson

    seen = poisson.pmf(count, expected) * (1 + 1e-7)
    if count == expected:
        return 1.0
    if count < expected:
        other = np.arange(int(np.ceil(expected)), _far(expected))
        beyond = int((poisson.pmf(other, expected) <= seen).sum())
        tail = poisson.sf(other[-1] - beyond, expected) if beyond else 0.0
        return float(min(1.0, poisson.cdf(count, expected) + tail))
    other = np.arange(0, int(np.floor(expected)) + 1)
    beyond = int((poisson.pmf(other, expected) <= seen).sum())
    tail = poisson.cdf(beyond - 1, expected) if beyond else 0.0
    return float(min(1.0, poisson.sf(count - 1, expected) + tail))


def _far(expected: float) -> int:
    return int(expected + 40 * np.sqrt(expected) + 100)


def _odds(chance: float) -> float:
    return chance / (1 - chance) if chance < 1 else np.inf


def _refuse_unusable(counts: Sequence[float], exposures: Sequence[float]) -> None:
    for count in counts:
        if not (count >= 0 and float(count).is_integer()):
            raise MethodRefused(
                "unusable-value", f"{count!r} is no count.", "Give whole numbers, 0 or more."
            )
    for exposure in exposures:
        if not (exposure > 0 and np.isfinite(exposure)):
            raise MethodRefused(
                "unusable-value", f"{exposure!r} is no exposure.", "Give a number above 0."
            )


def _estimate(
    method: str,
    estimand: str,
    figures: Iterable[float],
    level: float,
    p_value: float,
    *,
    remark: str,
) -> Estimate:
    value, lower, upper = map(float, figures)
    return Estimate(
        estimand=estimand, scale="rate ratio", value=value, lower=lower, upper=upper, level=level,
        p_value=float(p_value), method=method, n_treated=1, n_comparison=0,
        remarks=(Remark(remark),),
    )  # fmt: skip
