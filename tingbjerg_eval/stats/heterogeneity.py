"""How much the areas of a programme differ in their effects, and what that tells of each.

The areas' estimates are ``N(theta_k, M)`` with the covariance M that their shared errors make,
and ``theta_k ~ N(theta, eta2)``. eta2 has, at each node of the between-area variance, the
confidence distribution that inverts the generalised Q statistic on K - 1 degrees of freedom;
everything here is a mixture over both, so the uncertainty of both is carried.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, chdtri

from tingbjerg_eval.stats.predictive import Predictive
from tingbjerg_eval.stats.shared_errors import SharedErrors, comparison_weights

LEAST_MASS = 1e-5
STEPS = 40
"""Equal parts into which the distribution of eta2 is cut."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Heterogeneity:
    """The treated areas' effects as draws from one distribution.

    Attributes
    ----------
    spread, lower, upper
        Standard deviation of the areas' true effects (median of its distribution) with its
        interval, in the unit of the changes.
    p_value
        Of no difference between the areas' effects.
    new_area
        Effect in one more area like these: one row.
    shrunken
        Effect in each area, with what the others tell: one row an area.
    """

    spread: float
    lower: float
    upper: float
    p_value: float
    new_area: Predictive
    shrunken: Predictive


@dataclass(frozen=True, kw_only=True, eq=False)
class _Differences:
    """Q as a function of eta2, one row per node: areas' differences along their own axes.

    The areas' common error lies in every difference from their mean no more, so the mean is
    projected out of the covariance first.
    """

    part: np.ndarray
    axis: np.ndarray

    @classmethod
    def of(cls, estimates: np.ndarray, covariance: np.ndarray) -> _Differences:
        basis = _contrasts(estimates.shape[1])
        variance, vectors = np.linalg.eigh(basis @ covariance @ basis.T)
        rotated = np.einsum("nik,ni->nk", vectors, estimates @ basis.T)
        return cls(part=rotated**2, axis=np.maximum(variance, 1e-12))

    def q(self, eta2: np.ndarray) -> np.ndarray:
        """Nodes x as many values of eta2 as given for each."""
        return np.asarray((self.part[:, None] / (self.axis[:, None] + eta2[..., None])).sum(axis=2))

    def quantiles(self, below: np.ndarray) -> np.ndarray:
        """Nodes x probabilities: eta2 with that probability under it."""
        asked = chdtri(self.part.shape[1], below)
        top = self.part.sum(axis=1, keepdims=True) / asked
        low, high = np.zeros_like(top), top.copy()
        for _ in range(50):
            middle = (low + high) / 2
            above = self.q(middle) > asked
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return np.where(self.q(np.zeros_like(top)) <= asked, 0.0, (low + high) / 2)


def heterogeneity(shared: SharedErrors, *, level: float) -> Heterogeneity:
    """The areas' differences, from the estimates and their covariance at every node."""
    parts = comparison_weights(shared.stacked, shared.shape, shared.own)
    kept = shared.mass > LEAST_MASS
    mass = shared.mass[kept] / shared.mass[kept].sum()
    estimates = shared.estimates(parts)[kept]
    covariance = shared.covariance(parts)[kept]
    differences = _Differences.of(estimates, covariance)
    at = (np.arange(STEPS) + 0.5) / STEPS
    eta2 = differences.quantiles(at)
    none = differences.q(np.zeros((len(mass), 1)))[:, 0]
    masses = np.repeat(mass / STEPS, STEPS)
    tail = (1 - level) / 2
    spread, lower, upper = np.sqrt(_quantile(eta2.ravel(), masses, (0.5, tail, 1 - tail)))
    each = [_given(*one, shared.weight) for one in zip(estimates, covariance, eta2, strict=True)]
    return Heterogeneity(
        spread=float(spread), lower=float(lower), upper=float(upper),
        p_value=float(mass @ chdtrc(estimates.shape[1] - 1, none)),
        new_area=_mixed([new for new, _ in each], masses),
        shrunken=_mixed([own for _, own in each], masses),
    )  # fmt: skip


Normal = tuple[np.ndarray, np.ndarray]
"""Means and variances, a row an area."""


def _given(
    estimates: np.ndarray, covariance: np.ndarray, eta2: np.ndarray, weight: np.ndarray
) -> tuple[Normal, Normal]:
    """A further area's effect and each area's own, at one node and every eta2.

    Both rest on the programme's mean with its weights: those of least squares would come from
    counts that the effects themselves made small or large.
    """
    areas = len(weight)
    mean = weight @ estimates
    sampled = weight @ covariance @ weight + eta2 * (weight @ weight)
    new = np.full_like(eta2, mean), eta2 + sampled
    variance, axes = np.linalg.eigh(covariance)
    kept = eta2[:, None] / (np.maximum(variance, 1e-12) + eta2[:, None])
    pull = (axes * kept[:, None, :]) @ axes.T
    toward = np.eye(areas) - np.outer(np.ones(areas), weight)
    linear = pull @ toward + np.outer(np.ones(areas), weight)
    left = np.eye(areas) - linear
    error = ((linear @ covariance) * linear).sum(axis=2) + eta2[:, None] * (left**2).sum(axis=2)
    return (new[0][None, :], new[1][None, :]), ((linear @ estimates).T, error.T)


def _mixed(normals: list[Normal], mass: np.ndarray) -> Predictive:
    """The normals of all nodes as one mixture a row."""
    mean, variance = (np.concatenate(side, axis=-1) for side in zip(*normals, strict=True))
    shape = np.broadcast_shapes(mean.shape, mass.shape)
    return Predictive(
        centre=mean, spread=np.sqrt(np.maximum(variance, 1e-14)),
        mass=np.broadcast_to(mass, shape), tau2=np.zeros(shape),
    )  # fmt: skip


def _quantile(values: np.ndarray, masses: np.ndarray, at: tuple[float, ...]) -> np.ndarray:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(masses[order])
    places = np.minimum(np.searchsorted(reached, at), len(values) - 1)
    return np.asarray(values[order][places])


def _contrasts(areas: int) -> np.ndarray:
    """Orthonormal rows that sum to nothing."""
    full = np.linalg.qr(np.column_stack([np.ones(areas), np.eye(areas)[:, 1:]]))[0]
    return np.asarray(full[:, 1:].T)
