"""What the areas of a programme would have done together, with the errors that they share.

Each comparison area goes into the programme's expected change once, as the sum of its own changes
over all windows, each with the weight it has there. How much such sums differ between comparison
areas is seen directly, and its variance has the confidence distribution of the headline's
(:mod:`tingbjerg_eval.stats.predictive`), with as many degrees of freedom as there are areas. How
much one area strays over one window is seen in all windows; the two distributions are carried
quantile by quantile. With one window they are one, and the result is the headline's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import chdtrc, chdtri

from tingbjerg_eval.stats.predictive import (
    Predictive,
    mixture_of,
    moments_of,
    nodes_of,
    prepared,
    q_and_slope,
)
from tingbjerg_eval.stats.stacked import Stacked

GRID = 200
LEAST_UNREST = 1e-3
SHAPES = np.linspace(0, 1, 21)
"""How much of an area's unrest lasts, tried from none to all."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SharedErrors:
    """The distribution of the two variances, and what follows from it, node by node.

    Attributes
    ----------
    stacked
        The changes.
    ratio
        How many times the variance counts for the treated areas, or for each of them.
    weight
        Of each treated area in the programme; sums to 1.
    lasting
        How much of an area's unrest lasts, from the comparison areas: 0 to 1.
    own, joint
        Between-area variance of one window's change, and the one that the areas' sums over all
        windows tell; one per node.
    mass
        Probability of each node.
    """

    stacked: Stacked
    ratio: float | np.ndarray
    weight: np.ndarray
    lasting: float
    own: np.ndarray
    joint: np.ndarray
    mass: np.ndarray

    @cached_property
    def shape(self) -> np.ndarray:
        """Windows x windows: covariance of one area's changes per unit of variance."""
        return _shape(self.stacked, self.lasting)

    @property
    def expected(self) -> Predictive:
        """The programme's change without the effort: one row, a normal at each node."""
        parts = comparison_weights(self.stacked, self.shape, self.own)
        centre = (self.on_windows * (parts * self.stacked.change).sum(axis=2)).sum(axis=1)
        return Predictive(
            centre=centre[None, :],
            spread=np.sqrt(self._variance(parts))[None, :],
            mass=self.mass[None, :],
            tau2=self.own[None, :],
        )

    @property
    def observed(self) -> np.ndarray:
        """The programme's change: one number in a row."""
        return np.array([self.weight @ self.stacked.own_change])

    @cached_property
    def on_windows(self) -> np.ndarray:
        """The treated areas' weights summed by window."""
        return _on_windows(self.stacked, self.weight)

    def _variance(self, parts: np.ndarray) -> np.ndarray:
        """Of observed less expected change, at each node."""
        stacked, own = self.stacked, self._own_variance()
        share = self.on_windows[:, None] * parts
        areas = _sums_variance(stacked, share, self.shape)
        compared = areas[0].sum(axis=1) * self.joint + areas[1].sum(axis=1)
        later = share[:, :, stacked.place]
        to_own = _to_own(stacked, self.shape)
        both = [np.einsum("nwk,wk,k->n", later, part, self.weight) for part in to_own]
        crossed = both[0] * self.joint + both[1]
        alone = own @ self.weight**2
        return np.asarray(np.maximum(alone + compared - 2 * crossed, 1e-3 * alone))

    def _own_variance(self) -> np.ndarray:
        """Nodes x treated areas: sampling and unrest of each treated area's own change."""
        scale = np.diag(self.shape)[self.stacked.window] * self.ratio
        return np.asarray(self.own[:, None] * scale + self.stacked.own_variance)

    def estimates(self, parts: np.ndarray) -> np.ndarray:
        """Nodes x treated areas: each area's change less what was expected of it."""
        expected = (parts * self.stacked.change).sum(axis=2)
        return np.asarray(self.stacked.own_change - expected[:, self.stacked.window])

    def covariance(self, parts: np.ndarray) -> np.ndarray:
        """Nodes x treated areas x treated areas: of those estimates, errors they share included."""
        stacked, at = self.stacked, self.stacked.window
        shared = np.einsum("nva,nwa,vw->nvw", parts, parts, self.shape)
        shared *= self.joint[:, None, None]
        shared += np.einsum("nva,nwa,avw->nvw", parts, parts, stacked.covariance)
        found = shared[:, at][:, :, at]
        later = parts[:, :, stacked.place][:, at]
        free, sampled = (part[at] for part in _to_own(stacked, self.shape))
        crossed = later * (free * self.joint[:, None, None] + sampled)
        found -= crossed + crossed.transpose(0, 2, 1)
        diagonal = np.arange(len(at))
        found[:, diagonal, diagonal] += self._own_variance()
        return np.asarray(found)


def shared_errors(stacked: Stacked, ratio: float | np.ndarray) -> SharedErrors:
    """The two variances' distribution from the comparison areas' changes."""
    own = _own_variance_of_windows(stacked)
    weight = _weights(stacked, own.middle)
    pool = _Pool.of(stacked, _on_windows(stacked, weight), own.middle)
    lasting = pool.lasting(stacked, own.middle)
    joint, mass, below = pool.nodes(_shape(stacked, lasting))
    carried = joint if len(stacked.windows) == 1 else own.quantiles(below)
    return SharedErrors(
        stacked=stacked, ratio=ratio, weight=weight, lasting=lasting,
        own=carried, joint=joint, mass=mass,
    )  # fmt: skip


def comparison_weights(stacked: Stacked, shape: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Nodes x windows x areas: what each comparison area counts for over each window."""
    scale = np.diag(shape)
    weight = 1 / (own[:, None, None] * scale[:, None] + stacked.variance)
    return np.asarray(weight / weight.sum(axis=2, keepdims=True))


def _on_windows(stacked: Stacked, weight: np.ndarray) -> np.ndarray:
    return np.bincount(stacked.window, weight, minlength=len(stacked.windows))


def _shape(stacked: Stacked, lasting: float) -> np.ndarray:
    return (1 - lasting) * stacked.brief + lasting * stacked.lasting


def _to_own(stacked: Stacked, shape: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Windows x treated areas: unrest and sampling errors that an area compared over a window
    has in common with its own change later."""
    sampled = stacked.covariance[stacked.place, :, stacked.window].T
    compared = stacked.compared[:, stacked.place]
    return shape[:, stacked.window] * compared, sampled * compared


def _sums_variance(
    stacked: Stacked, share: np.ndarray, shape: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Nodes x areas: variance of each area's sum, per unit of unrest and by sampling."""
    by_area = share.transpose(2, 0, 1)
    free = ((by_area @ shape) * by_area).sum(axis=2)
    sampled = ((by_area @ stacked.covariance) * by_area).sum(axis=2)
    return free.T, sampled.T


def _weights(stacked: Stacked, middle: float) -> np.ndarray:
    """Precise areas count for more, never more for having fallen or risen."""
    scale = np.diag(_shape(stacked, 0.5))[stacked.window]
    weight = 1 / (middle * scale + stacked.planned_variance)
    return np.asarray(weight / weight.sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class _Windows:
    """Generalised Q over all windows, with the degrees of freedom that are left of them."""

    change: np.ndarray
    variance: np.ndarray
    scale: np.ndarray
    wanted: int
    degrees: float
    middle: float

    def q(self, t: np.ndarray) -> np.ndarray:
        spread = t[None, :] * self.scale[:, None]
        return np.asarray(
            q_and_slope(moments_of(spread, self.change, self.variance))[0].sum(axis=0)
        )

    def quantiles(self, below: np.ndarray) -> np.ndarray:
        """The variances with probability ``below`` under them."""
        asked = chdtri(self.degrees, np.clip(below, 1e-300, 1)) * self.wanted / self.degrees
        base = self.variance.min()
        top = (self.change**2 / self.scale[:, None]).sum() / max(asked.min(), 1e-9)
        t = base * np.expm1(np.linspace(0, np.log1p(top / base), GRID))
        return np.asarray(np.interp(-asked, -self.q(t), t))


def _own_variance_of_windows(stacked: Stacked) -> _Windows:
    held = stacked.compared
    centred = stacked.change - _mean(stacked.change, held)
    change = np.where(held, centred, 0.0)
    size = (change**2).sum(axis=1) / held.sum(axis=1)
    floor = 1e-10 * (size.mean() + stacked.variance[held].max())
    found = _Windows(
        change=change, variance=np.maximum(stacked.variance, floor),
        scale=np.diag(_shape(stacked, 0.5)), wanted=int((held.sum(axis=1) - 1).sum()),
        degrees=np.nan, middle=np.nan,
    )  # fmt: skip
    middle = _middle(found)
    return _Windows(
        **{**vars(found), "middle": middle, "degrees": _degrees(stacked, found, middle)}
    )


def _mean(values: np.ndarray, held: np.ndarray) -> np.ndarray:
    mean = (values * held).sum(axis=1) / held.sum(axis=1)
    return np.asarray(mean[:, None])


def _middle(windows: _Windows) -> float:
    """The variance at which Q equals its mean (Paule & Mandel)."""
    low, high = 0.0, float((windows.change**2 / windows.scale[:, None]).sum() / windows.wanted)
    if windows.q(np.zeros(1))[0] <= windows.wanted:
        return 0.0
    for _ in range(60):
        middle = (low + high) / 2
        above = windows.q(np.array([middle]))[0] > windows.wanted
        low, high = (middle, high) if above else (low, middle)
    return (low + high) / 2


def _degrees(stacked: Stacked, windows: _Windows, middle: float) -> float:
    """Of Q over overlapping windows: twice its mean squared over its variance (Satterthwaite)."""
    weight = 1 / (middle * windows.scale[:, None] + windows.variance)
    total = weight.sum(axis=1)
    c = (middle * _shape(stacked, 0.5) + stacked.covariance).transpose(1, 2, 0)
    once = np.einsum("va,wa,vwa->vw", weight, weight, c)
    twice = np.einsum("va,wa,vwa->vw", weight, weight, c**2)
    more = np.einsum("va,wa,vwa->vw", weight**2, weight, c**2) / total[:, None]
    products = twice - more - more.T + once**2 / np.outer(total, total)
    return float(min(windows.wanted, windows.wanted**2 / products.sum()))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pool:
    """Each comparison area's sum over the windows, less that of all."""

    change: np.ndarray
    sampled: np.ndarray
    part: np.ndarray
    share: np.ndarray
    places: np.ndarray

    @classmethod
    def of(cls, stacked: Stacked, on_windows: np.ndarray, middle: float) -> _Pool:
        share = on_windows[:, None] * comparison_weights(
            stacked, _shape(stacked, 0.5), np.array([middle])
        )
        part = share[0].sum(axis=0)
        places = np.flatnonzero(part > 0)
        mean = (share[0] / on_windows[:, None] * stacked.change).sum(axis=1, keepdims=True)
        sums = (share[0] * (stacked.change - mean)).sum(axis=0)
        _, sampled = _sums_variance(stacked, share, stacked.brief)
        return cls(
            change=(sums / np.where(part > 0, part, 1))[places],
            sampled=(sampled[0] / np.where(part > 0, part, 1) ** 2)[places],
            part=part[places], share=share, places=places,
        )  # fmt: skip

    def unrest(self, shape: np.ndarray) -> np.ndarray:
        """Variance of each area's sum per unit of between-area variance."""
        by_area = self.share[0].T
        free = ((by_area @ shape) * by_area).sum(axis=1)
        return np.asarray(np.maximum(free[self.places] / self.part**2, LEAST_UNREST))

    def lasting(self, stacked: Stacked, middle: float) -> float:
        """How much of the unrest lasts: where the sums differ as much as they should."""
        if len(stacked.windows) == 1 or middle == 0:
            return 0.5
        wanted = len(self.change) - 1
        misses = [abs(self._q(stacked, one, middle) - wanted) for one in SHAPES]
        return float(SHAPES[int(np.argmin(misses))])

    def _q(self, stacked: Stacked, lasting: float, middle: float) -> float:
        variance = middle * self.unrest(_shape(stacked, lasting)) + self.sampled
        weight = 1 / variance
        mean = (weight * self.change).sum() / weight.sum()
        return float((weight * (self.change - mean) ** 2).sum())

    def nodes(self, shape: np.ndarray) -> tuple[np.ndarray, ...]:
        """Variances, their masses and the probability up to each, as in the headline."""
        unrest = self.unrest(shape)
        part, df = 1 / unrest, len(self.change) - 1
        y, v, _ = prepared(self.change, self.sampled / unrest)

        def moments(t: np.ndarray) -> np.ndarray:
            return moments_of(t, y, v, part)

        base, nodes, weights = nodes_of(moments, y * np.sqrt(part), v, df)
        m = moments(nodes)
        mass = mixture_of(m, nodes, weights * (nodes + base), df, 0.0, 0.0, 1.0).mass
        below = chdtrc(df, q_and_slope(m)[0])
        return nodes[0], mass[0], below[0]
