"""Late registration over several extracts: pooled factors, and how sure what is to come is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
from scipy.special import stdtrit

LEVEL = 0.95


def development(
    pairs: Sequence[pd.DataFrame], current: Mapping[int, int], *, step: int, level: float = LEVEL
) -> pd.DataFrame:
    """What will be registered in the end for each report at each age, with limits.

    The chain ladder with over-dispersed Poisson increments: a factor is all later reports by all
    earlier ones of its age; what came in beyond it has a variance of ``phi`` times its mean, with
    one ``phi`` (at least 1) over all ages. The limits are for the quarter that has the age now:
    they hold its own chance and that of the factors.

    Parameters
    ----------
    pairs
        ``age, reports, later`` of each pair of extracts that lie ``step`` quarters apart.
    current
        By age, the reports that the quarter of that age has now.
    level
        Of the limits, by Student's t on the degrees of freedom of ``phi``.

    Returns
    -------
    By ``age``: ``pairs`` (how many quarters its factor rests on), ``pooled`` (reports in the end
    for each one at that age), ``lower`` and ``upper`` (missing where no age was seen twice, and
    where no quarter has the age now).

    Notes
    -----
    Mack (1993), *ASTIN Bulletin* 23:213-225, equations 2 and 7; Renshaw and Verrall (1998),
    *British Actuarial Journal* 4:903-923, for the variance.
    """
    seen = pd.concat(pairs, ignore_index=True)
    sums = seen.groupby("age")[["reports", "later"]].sum()
    factors = (sums["later"] / sums["reports"]).to_dict()
    phi, freedom = _dispersion(seen, factors)
    rows = []
    for age, quarters in seen.groupby("age").size().items():
        chain = _chain(int(age), factors, step)
        pooled = math.prod(factors[one] for one in chain)
        sure = bool(freedom) and current.get(int(age), 0) > 0
        deviation = _deviation(chain, factors, sums["reports"], phi, current[age]) if sure else 0.0
        limits = _limits(pooled, deviation, freedom, level) if sure else (math.nan, math.nan)
        rows.append((age, quarters, pooled, *limits))
    return pd.DataFrame(rows, columns=["age", "pairs", "pooled", "lower", "upper"])


def _chain(age: int, factors: Mapping[int, float], step: int) -> list[int]:
    """The ages that a quarter passes from ``age`` on, as far as their factors are known."""
    ages = [age]
    while ages[-1] + step in factors:
        ages.append(ages[-1] + step)
    return ages


def _dispersion(seen: pd.DataFrame, factors: Mapping[int, float]) -> tuple[float, float]:
    """``phi`` and its degrees of freedom, weighted by where the reports come in.

    The squares of all ages together by what they would be by chance alone; the degrees of freedom
    of such a sum are Satterthwaite's.
    """
    expected, freedoms, squares = [], [], 0.0
    for age, own in seen.groupby("age"):
        factor = factors[age]
        if len(own) == 1 or factor == 1:
            continue
        share = own["reports"] / own["reports"].sum()
        expected.append(abs(factor - 1) * float((own["reports"] * (1 - share)).sum()))
        freedoms.append(len(own) - 1)
        squares += float(((own["later"] - factor * own["reports"]) ** 2).sum())
    if not expected:
        return 1.0, 0.0
    parts = sum(one**2 / freedom for one, freedom in zip(expected, freedoms, strict=True))
    return max(1.0, squares / sum(expected)), sum(expected) ** 2 / parts


def _deviation(
    chain: list[int], factors: Mapping[int, float], earlier: pd.Series, phi: float, now: int
) -> float:
    """Standard error of the product of ``chain``'s factors for a quarter of ``now`` reports."""
    relative, reports, product = 0.0, float(now), 1.0
    for age in chain:
        variance = phi * abs(factors[age] - 1) / factors[age] ** 2
        relative += variance * (1 / reports + 1 / float(earlier[age]))
        reports *= factors[age]
        product *= factors[age]
    return product * math.sqrt(relative)


def _limits(pooled: float, deviation: float, freedom: float, level: float) -> tuple[float, float]:
    """Limits on the log scale of what is to come, which has the sign of its estimate."""
    if pooled == 1:
        return 1.0, 1.0
    half = float(stdtrit(freedom, (1 + level) / 2)) * deviation / abs(pooled - 1)
    ends = sorted(1 + (pooled - 1) * math.exp(sign * half) for sign in (-1, 1))
    return ends[0], ends[1]
