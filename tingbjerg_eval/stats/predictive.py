"""What would an untreated area of this size have done?

The comparison areas' changes follow ``change_j ~ N(mu, tau2 + v_j)``. A new area of sampling
variance ``v_0`` is then ``N(mu_hat, tau2 + v_0 + se(mu_hat)^2)``. tau2 is not known: it gets the
confidence distribution that inverts the generalised Q statistic,
``Q(tau2) = sum w_j (change_j - mu_hat)^2 ~ chi2(J - 1)`` with ``w_j = 1 / (tau2 + v_j)``
(Viechtbauer 2007; Nagashima, Noma & Furukawa 2019), and mu_hat and its error are taken anew at
each tau2. The mixture over tau2 is integrated by Gauss-Legendre quadrature: the same numbers
give the same answer, to about ten digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtr, chdtrc, chdtri, gammaln, ndtr, ndtri, xlogy

from tingbjerg_eval.stats.refusal import MethodRefused

NODES = 160
COARSE = 160
TAIL = 1e-12
FLOOR = 1e-10


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictive:
    """One predictive distribution per row, each a mixture of normals over tau2.

    Arrays are rows x nodes: ``tau2`` the between-area variance at each node, ``mass`` its
    probability (sums to 1 along a row), ``centre`` and ``spread`` mean and standard deviation of
    the change given it.
    """

    centre: np.ndarray
    spread: np.ndarray
    mass: np.ndarray
    tau2: np.ndarray

    def cdf(self, x: ArrayLike) -> np.ndarray:
        """Probability of a change up to ``x`` (one per row)."""
        below = self.mass * ndtr((_column(x) - self.centre) / self.spread)
        return np.asarray(below.sum(axis=1))

    def density(self, x: ArrayLike) -> np.ndarray:
        """Density at ``x`` (one per row)."""
        z = (_column(x) - self.centre) / self.spread
        parts = self.mass * np.exp(-z * z / 2) / self.spread
        return np.asarray(parts.sum(axis=1) / np.sqrt(2 * np.pi))

    def quantile(self, p: float) -> np.ndarray:
        """The change that an untreated area stays below with probability ``p``."""
        parts = self.centre + ndtri(p) * self.spread
        low, high = parts.min(axis=1), parts.max(axis=1)
        x = np.asarray((self.mass * parts).sum(axis=1))
        for _ in range(100):
            miss = self.cdf(x) - p
            low, high = np.where(miss < 0, x, low), np.where(miss < 0, high, x)
            step = x - miss / np.maximum(self.density(x), 1e-300)
            x, last = np.where((step > low) & (step < high), step, (low + high) / 2), x
            if (np.abs(x - last) <= 1e-12 * (np.abs(x) + self.spread[:, 0])).all():
                break
        return x

    def p_value(self, observed: ArrayLike) -> np.ndarray:
        """Two-sided: twice the smaller tail beyond ``observed`` (one per row)."""
        below = self.cdf(observed)
        return np.asarray(2 * np.minimum(below, 1 - below))


@dataclass(frozen=True, kw_only=True, eq=False)
class Effects:
    """Observed change minus predicted change, one per row, in the unit of the changes."""

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    p_value: np.ndarray


def effects(observed: np.ndarray, predicted: Predictive, *, level: float = 0.95) -> Effects:
    """Observed minus the predictive median, with the interval from the predictive quantiles."""
    refuse_level(level)
    tail = (1 - level) / 2
    return Effects(
        value=observed - predicted.quantile(0.5),
        lower=observed - predicted.quantile(1 - tail),
        upper=observed - predicted.quantile(tail),
        p_value=predicted.p_value(observed),
    )


def refuse_level(level: float) -> None:
    """Refuse a level that is no probability between 0 and 1."""
    if not 0 < level < 1:
        percent = level if 1 < level < 100 else 95
        raise MethodRefused(
            "level", f"level is {level!r}; it must lie between 0 and 1.",
            f"Write {percent / 100:g} for {percent:g} %.",
        )  # fmt: skip


def predictive(
    change: ArrayLike,
    variance: ArrayLike,
    new_variance: ArrayLike,
    *,
    ratio: float | np.ndarray = 1.0,
) -> Predictive:
    """Predictive distribution of a new area's change from the comparison areas'.

    Parameters
    ----------
    change, variance
        The comparison areas' changes and sampling variances: one set (J numbers) or one set per
        row (rows x J).
    new_variance
        Sampling variance of the new area, one number or one per row.
    ratio
        How many times tau2 the new area varies by itself, one number or a column with one per row;
        1 where it is as restless as the others.
    """
    y, v, shift = prepared(change, variance)
    base, nodes, weights = nodes_of(lambda t: moments_of(t, y, v), y, v, y.shape[1] - 1)
    step, df = weights * (nodes + base), y.shape[1] - 1
    return mixture_of(moments_of(nodes, y, v), nodes, step, df, new_variance, shift, ratio)


def predictive_without_each(
    change: ArrayLike,
    variance: ArrayLike,
    new_variance: ArrayLike,
    *,
    ratio: float | np.ndarray = 1.0,
) -> Predictive:
    """As :func:`predictive` for one set of areas, row i without area i; all rows in one pass.

    With ``new_variance=variance`` row i is the distribution of area i given all others (placebo
    areas); with the treated area's variance it is the headline without area i.
    """
    y, v, shift = prepared(change, variance)
    df = y.shape[1] - 2

    def moments(t: np.ndarray) -> np.ndarray:
        return np.asarray(moments_of(t, y, v) - moments_of(t, y.T, v.T))

    base, nodes, weights = nodes_of(moments, y, v, df, shared=True)
    step = weights * (nodes + base)
    return mixture_of(moments(nodes), nodes, step, df, new_variance, shift, ratio)


def between_area_variance(
    change: ArrayLike, variance: ArrayLike, *, probability: float | None = None
) -> float:
    """tau2 at which Q equals its mean (Paule & Mandel 1982), or a quantile of its distribution.

    ``probability`` 0.025 and 0.975 give the Q-profile interval (Viechtbauer 2007).
    """
    y, v, _ = prepared(change, variance)
    df = y.shape[1] - 1
    target = float(df) if probability is None else float(chdtri(df, probability))
    low, high = 0.0, float((y**2).sum() / target)
    if _q(np.array([[low]]), y, v) <= target:
        return 0.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _q(np.array([[middle]]), y, v) > target else (low, middle)
    return (low + high) / 2


def _column(x: ArrayLike) -> np.ndarray:
    return np.reshape(np.asarray(x, dtype=float), (-1, 1))


def prepared(change: ArrayLike, variance: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Changes centred in each row, variances kept off zero, and the centres."""
    y = np.atleast_2d(np.asarray(change, dtype=float))
    v = np.atleast_2d(np.asarray(variance, dtype=float))
    shift = y.mean(axis=1, keepdims=True)
    y = y - shift
    size = (y**2).mean(axis=1, keepdims=True) + v.max(axis=1, keepdims=True)
    rounding = (1e-14 * np.abs(y + shift).max(axis=1, keepdims=True)) ** 2
    if not (size > rounding).all():
        raise MethodRefused(
            "no-variation",
            "The comparison areas changed by exactly the same and carry no sampling variance, so "
            "nothing tells how much an area may change by itself.",
            "Give the variances of the shares, or counts.",
        )
    return y, np.maximum(v, FLOOR * size), shift


def moments_of(
    t: np.ndarray, y: np.ndarray, v: np.ndarray, part: float | np.ndarray = 1.0
) -> np.ndarray:
    """Sums of w, w y, w y^2, and of w^2 with the same, for t (rows x nodes); areas times part."""
    w = 1 / (t[:, :, None] + v[:, None, :])
    powers = np.stack([np.ones_like(y), y, y * y]) * part
    one = "krj,rgj->krg"
    return np.concatenate([np.einsum(one, powers, w), np.einsum(one, powers, w * w)])


def q_and_slope(m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = m[1] / m[0]
    q = np.maximum(m[2] - m[1] * mean, 0.0)
    return q, np.maximum(m[5] - 2 * mean * m[4] + mean**2 * m[3], 0.0)


def _q(t: np.ndarray, y: np.ndarray, v: np.ndarray) -> float:
    return float(q_and_slope(moments_of(t, y, v))[0][0, 0])


def nodes_of(
    moments: Callable[[np.ndarray], np.ndarray],
    y: np.ndarray,
    v: np.ndarray,
    df: int,
    *,
    shared: bool = False,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes in log(tau2 + base) over the stretch that holds all but TAIL."""
    base = v.min(axis=1, keepdims=True)
    top = (y**2).sum(axis=1, keepdims=True) / chdtri(df, 1 - TAIL)
    start, length = np.log(base), np.log1p(top / base)
    coarse = np.expm1(length * np.linspace(0, 1, COARSE)) * base
    q, _ = q_and_slope(moments(coarse))
    low, high = _stretch(chdtrc(df, q) < TAIL, chdtr(df, q) < TAIL, shared)
    low, high = (start + length * part / (COARSE - 1) for part in (low, high))
    point, weight = _legendre()
    half = (high - low) / 2
    inner = np.maximum(np.exp(low + half * (1 + point)) - base, 0.0)
    first = np.maximum(np.exp(low) - base, 0.0)
    return base, np.hstack([first, inner]), np.hstack([np.zeros_like(half), half * weight])


@cache
def _legendre() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(NODES)


def _stretch(below: np.ndarray, above: np.ndarray, shared: bool) -> tuple[np.ndarray, np.ndarray]:
    """Places on the coarse line between which the mass lies, for each row or for all at once."""
    if shared:
        below, above = (np.asarray(side.all(axis=0, keepdims=True)) for side in (below, above))
    low = np.maximum(below.sum(axis=1, keepdims=True) - 1, 0)
    high = np.minimum(COARSE - above.sum(axis=1, keepdims=True), COARSE - 1)
    return low, high


def mixture_of(
    m: np.ndarray,
    nodes: np.ndarray,
    step: np.ndarray,
    df: int,
    new_variance: ArrayLike,
    shift: float | np.ndarray,
    ratio: float | np.ndarray,
) -> Predictive:
    """Normals at each tau2 with the mass of tau2; the first node carries what lies below it."""
    q, slope = q_and_slope(m)
    log_density = xlogy(df / 2 - 1, q) - q / 2 - df / 2 * np.log(2) - gammaln(df / 2)
    mass = np.exp(log_density) * slope * step
    mass[:, 0] = chdtrc(df, q[:, 0])
    return Predictive(
        centre=shift + m[1] / m[0],
        spread=np.sqrt(ratio * nodes + _column(new_variance) + 1 / m[0]),
        mass=mass / mass.sum(axis=1, keepdims=True),
        tau2=nodes,
    )
