"""Synthetic control and synthetic difference-in-differences: a second picture, not the verdict.

Weights are of at least 0, sum to 1 and make one series follow another, at the exact minimum.
Minimising ``|columns w - target|^2 + ridge |w|^2`` over such weights is minimising ``|M w|^2``
with ``M`` the columns less the target above ``sqrt(ridge)`` times the identity. The minimum of
``|M u|^2 + (sum(u) - 1)^2`` over ``u >= 0`` lies on the same ray: at ``u = s w`` it is
``s^2 |M w|^2 + (s - 1)^2``, least over s at ``|M w|^2 / (1 + |M w|^2)``, which grows with
``|M w|^2``. So one non-negative least squares problem (Lawson & Hanson 1974, active set) gives the
weights without a step that could stop too early.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import changes_between, refuse_few, refuse_windows
from tingbjerg_eval.stats.estimate import Estimate, Scale
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Remark
from tingbjerg_eval.study.design import Design

Kind = Literal["synthetic difference-in-differences", "synthetic control"]
SDID: Kind = "synthetic difference-in-differences"
SC: Kind = "synthetic control"
TINY = 1e-6
"""Regularisation that only makes weights unique, in units of the noise."""


@estimator
def synthetic_difference_in_differences(
    data: pd.DataFrame, design: Design, *, level: float = 0.95
) -> Estimate:
    """Difference-in-differences with weights on areas and on baseline times.

    The comparison areas are weighted so that together they run parallel to the treated area in
    the baseline, the baseline's times so that they resemble the period. Outcome: the log of
    (count + 1/2) per inhabitant for each quarter, or the share in per cent for each wave; the
    estimate is a rate ratio or percentage points.

    There is no interval: with one treated area its error can only be read off the placebo areas,
    each comparison area in turn as if treated. ``p_value`` is the treated area's place among
    them by absolute size, k / (J + 1).

    Parameters
    ----------
    level
        Kept with the result; the method has no interval.

    Returns
    -------
    Estimate
        Without an interval; ``p_value`` is the place among placebo areas.

    Raises
    ------
    MethodRefused
        As :func:`~tingbjerg_eval.stats.changes.area_changes`, and ``few-baseline-times``.

    Source: Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review
    111:4088-4118, algorithm 1; the weights are the exact minimum, where their R package stops
    before it.

    Examples
    --------
    >>> te.synthetic_difference_in_differences(study.panel("burglary"), study.design).n_comparison
    12
    """
    return _estimate(data, design, SDID, level)


@estimator
def synthetic_control(data: pd.DataFrame, design: Design, *, level: float = 0.95) -> Estimate:
    """The treated area against the mixture of comparison areas that follows it in the baseline.

    As :func:`synthetic_difference_in_differences` without weights on times and without a
    constant difference: an area whose level lies outside all others cannot be followed.

    Parameters
    ----------
    level
        Kept with the result; the method has no interval.

    Returns
    -------
    Estimate
        Without an interval; ``p_value`` is the place among placebo areas.

    Raises
    ------
    MethodRefused
        As :func:`synthetic_difference_in_differences`.

    Source: Abadie, Diamond & Hainmueller (2010); outcomes only, as ``sc_estimate`` in the R
    package ``synthdid``.

    Examples
    --------
    >>> te.synthetic_control(study.panel("burglary"), study.design).n_comparison
    12
    """
    return _estimate(data, design, SC, level)


def synthetic_placebos(data: pd.DataFrame, design: Design, *, kind: Kind = SDID) -> pd.DataFrame:
    """The estimate of every area as if treated, without the treated one among the others.

    Returns ``area, role, effect, value, rank``: ``effect`` in the unit of the outcome (log rate
    or percentage points), ``value`` on the estimate's scale, ``rank`` 1 for the largest absolute
    effect. Ordered treated area first, then as in the design.
    """
    cells = _read(data, design)
    effects = all_effects(_outcomes(cells), _before(cells, design), kind=kind)
    return pd.DataFrame(
        {
            "area": cells.areas,
            "role": ["treated", *["comparison"] * (len(effects) - 1)],
            "effect": effects,
            "value": np.exp(effects) if design.in_quarters else effects,
            "rank": _rank(effects),
        }
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class SyntheticFit:
    """An effect in the unit of the outcome, with the weights it rests on."""

    effect: float
    area_weights: np.ndarray
    time_weights: np.ndarray


def synthetic_effect(
    outcomes: np.ndarray, before: Sequence[bool] | np.ndarray, *, kind: Kind = SDID
) -> SyntheticFit:
    """The estimate of any areas x times matrix; the first row is the treated area.

    Parameters
    ----------
    before
        Which columns lie before the effort; all others lie in it.
    """
    early, outcomes = np.asarray(before, dtype=bool), np.asarray(outcomes, dtype=float)
    _refuse_few_times(early)
    effect, area, time = _solved(outcomes[1:], outcomes[:1], np.array([-1]), early, kind)
    return SyntheticFit(effect=float(effect[0]), area_weights=area[0], time_weights=time[0])


def all_effects(
    outcomes: np.ndarray, before: Sequence[bool] | np.ndarray, *, kind: Kind = SDID
) -> np.ndarray:
    """The effect of each row as if treated, in one pass; only rows after the first are compared.

    The first figure is the treated area's estimate, the others are the placebos, each compared
    with the other comparison areas.
    """
    early, outcomes = np.asarray(before, dtype=bool), np.asarray(outcomes, dtype=float)
    _refuse_few_times(early)
    left_out = np.arange(-1, len(outcomes) - 1)
    return _solved(outcomes[1:], outcomes, left_out, early, kind)[0]


def _solved(
    others: np.ndarray, own: np.ndarray, left_out: np.ndarray, before: np.ndarray, kind: Kind
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects, area weights and time weights; row p of ``own`` is compared with ``others``
    without row ``left_out[p]``."""
    area = np.zeros((len(own), len(others)))
    time = np.zeros((len(own), int(before.sum())))
    for row, (path, out) in enumerate(zip(own, left_out, strict=True)):
        kept = np.arange(len(others)) != out
        noise = float(np.diff(others[kept][:, before], axis=1).std(ddof=1))
        area[row, kept] = _area_weights(others[kept], path, noise, before, kind)
        if kind == SDID:
            time[row] = _time_weights(others[kept], noise, before)
    gap = own - area @ others
    return gap[:, ~before].mean(axis=1) - (gap[:, before] * time).sum(axis=1), area, time


def _area_weights(
    others: np.ndarray, own: np.ndarray, noise: float, before: np.ndarray, kind: Kind
) -> np.ndarray:
    columns, target = others[:, before].T, own[before]
    strength = (~before).sum() ** 0.25 if kind == SDID else TINY
    if kind == SDID:
        columns, target = columns - columns.mean(axis=0), target - target.mean()
    return simplex_weights(columns, target, ridge=len(target) * (strength * noise) ** 2)


def _time_weights(others: np.ndarray, noise: float, before: np.ndarray) -> np.ndarray:
    """Each baseline time a column, the period's mean the target, one row per area compared."""
    columns, target = others[:, before], others[:, ~before].mean(axis=1)
    return simplex_weights(
        columns - columns.mean(axis=0), target - target.mean(),
        ridge=len(target) * (TINY * noise) ** 2,
    )  # fmt: skip


def _rank(effects: np.ndarray) -> np.ndarray:
    size = np.abs(effects)
    return np.asarray((size[None, :] >= size[:, None]).sum(axis=1))


def _estimate(data: pd.DataFrame, design: Design, kind: Kind, level: float) -> Estimate:
    placebos = synthetic_placebos(data, design, kind=kind)
    scale: Scale = "rate ratio" if design.in_quarters else "percentage points"
    rank, areas = int(placebos["rank"].iloc[0]), len(placebos)
    return Estimate(
        estimand="change beyond that of the weighted comparison areas",
        scale=scale, value=float(placebos["value"].iloc[0]), lower=np.nan, upper=np.nan,
        level=level, p_value=rank / areas, method=kind.replace(" ", "_").replace("-", "_"),
        n_treated=1, n_comparison=areas - 1,
        remarks=(Remark("second-picture"), Remark("rank", rank=rank, areas=areas)),
    )  # fmt: skip


def _read(data: pd.DataFrame, design: Design) -> Cells:
    refuse_few(len(design.comparison))
    refuse_windows(design, design.areas)
    cells = read_cells(data, design)
    before = _before(cells, design)
    _refuse_few_times(before)
    changes_between(cells, before, ~before)  # refuses all-zero baselines in the headline's words
    return cells


def _before(cells: Cells, design: Design) -> np.ndarray:
    return cells.within(design.baseline)


def _outcomes(cells: Cells) -> np.ndarray:
    if "count" in cells.measures:
        return np.asarray(np.log((cells["count"] + 0.5) / cells["population"]))
    return 100 * cells["share"]


def _refuse_few_times(before: np.ndarray) -> None:
    if before.sum() < 2 or before.all():
        raise MethodRefused(
            "few-baseline-times",
            f"{int(before.sum())} times in the baseline and {int((~before).sum())} in the period; "
            "weights need at least 2 and 1.",
            "Use a longer baseline, or difference_in_differences.",
        )


def simplex_weights(columns: np.ndarray, target: np.ndarray, *, ridge: float) -> np.ndarray:
    """The minimum of ``|columns w - target|^2 + ridge |w|^2`` with w >= 0 and sum(w) = 1.

    Parameters
    ----------
    columns
        rows x weights.
    target
        One per row.
    ridge
        0 or more; above 0 the minimum is unique.
    """
    number = columns.shape[1]
    rows = np.vstack([columns - target[:, None], np.sqrt(ridge) * np.eye(number)])
    scale = np.sqrt((rows**2).sum() / number)
    system = np.vstack([rows / (scale or 1.0), np.ones(number)])
    found: np.ndarray
    found, _ = nnls(system, np.r_[np.zeros(len(rows)), 1.0], maxiter=100 * number)
    found /= found.sum()
    return found
