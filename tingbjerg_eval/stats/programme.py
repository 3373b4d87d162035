"""One effort in many areas: the programme's effect, how areas differ, and each area's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.dispersion import Resolution, programme_widening
from tingbjerg_eval.stats.estimate import Estimate, Scale
from tingbjerg_eval.stats.heterogeneity import Heterogeneity, heterogeneity
from tingbjerg_eval.stats.multiplicity import adjust_for_multiplicity
from tingbjerg_eval.stats.predictive import Effects, Predictive, effects
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Remark
from tingbjerg_eval.stats.shared_errors import SharedErrors, comparison_weights, shared_errors
from tingbjerg_eval.stats.stacked import stack
from tingbjerg_eval.study.programme import Programme

METHOD = "pooled_difference_in_differences"
OF_ONE_AREA = ("restless",)
"""Remarks that concern one area only; they stand with that area."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PooledEffects:
    """What a programme did, and where.

    Attributes
    ----------
    effect
        The programme's effect: the mean of the effects in its own areas, precise areas counting
        for more (``areas["weight"]``).
    new_area
        Effect to be expected in one more area like these, with the areas' differences in its
        interval; ``None`` for one area.
    spread, spread_lower, spread_upper, spread_p_value
        Standard deviation of the true effects between areas, in log rate or percentage points,
        with its interval, and the p-value of no difference; ``nan`` for one area.
    areas
        One row per treated area: ``area, baseline, period, n_comparison``; its headline alone
        (``value, lower, upper, p_value``) with Holm's ``adjusted``; ``shrunken,
        shrunken_lower, shrunken_upper`` (with what the other areas tell); ``weight``;
        ``refused``, why it has no estimate alone, or empty.
    covariance
        Of the areas' estimates, in the unit of the changes squared, areas by areas.
    """

    effect: Estimate
    new_area: Estimate | None
    spread: float
    spread_lower: float
    spread_upper: float
    spread_p_value: float
    areas: pd.DataFrame
    covariance: pd.DataFrame

    def __repr__(self) -> str:
        return f"<PooledEffects of {len(self.areas)} areas: {self.effect!r}>"


@estimator
def pooled_difference_in_differences(
    data: pd.DataFrame,
    programme: Programme,
    *,
    level: float = 0.95,
    resolution: Resolution = "quarter",
) -> PooledEffects:
    """The effect of one effort in several areas that share their comparison areas.

    Each area is compared over its own windows with those that are not yet, or never, treated
    then. The areas' estimates share the comparison areas' errors, and windows overlap; the
    covariance that this makes is carried exactly. With one area it is
    :func:`~tingbjerg_eval.stats.did.difference_in_differences`.

    Parameters
    ----------
    data
        A panel (``area, quarter, count, population``): rate ratios. A shares table
        (``area, wave, share, variance``) for windows in waves: percentage points.
    programme
        The areas with their windows, and the comparison areas.
    level
        Of every interval.
    resolution
        As in :func:`~tingbjerg_eval.stats.did.difference_in_differences`.

    Returns
    -------
    PooledEffects
        Effect, prediction for a new area, differences between areas, and each area's own.

    Raises
    ------
    MethodRefused
        As for one area (fewer than 5 comparison areas, a break or a contaminated comparison
        area, windows that are not whole years, missing rows), naming the area; no report at all
        in any baseline.

    Examples
    --------
    >>> te.pooled_difference_in_differences(
    ...     study.panel("burglary"), te.Programme.single(study.design)
    ... ).effect
    <Estimate pooled_difference_in_differences: rate ratio 0.663 [0.556; 0.79] at 95 %>
    """
    stacked = stack(data, programme)
    ratio = programme_widening(data, programme.designs, resolution)
    shared = shared_errors(stacked, ratio)
    alone = [_alone(data, programme, area, level, resolution) for area in programme.areas]
    several = heterogeneity(shared, level=level) if len(alone) > 1 else None
    return PooledEffects(
        effect=programme_effect(shared, programme, level, _remarks(alone)),
        new_area=_new_area(several, programme, stacked.scale, level),
        areas=_areas(programme, alone, several, shared, level),
        covariance=_covariance(shared, programme),
        **_spread(several),
    )


Alone = Estimate | MethodRefused


def _alone(
    data: pd.DataFrame, programme: Programme, area: str, level: float, resolution: Resolution
) -> Alone:
    design = programme.design(area)
    try:
        return difference_in_differences(data, design, level=level, resolution=resolution)
    except MethodRefused as refused:
        if refused.code != "all-zero-baseline":
            raise
        return refused


def _remarks(alone: list[Alone]) -> tuple[Remark, ...]:
    """Each kind of remark once, as it stands with the area where it says most."""
    found = {
        remark.code: remark
        for one in reversed(alone)
        if isinstance(one, Estimate)
        for remark in one.remarks
        if len(alone) == 1 or remark.code not in OF_ONE_AREA
    }
    return tuple(reversed(found.values()))


def programme_effect(
    shared: SharedErrors, programme: Programme, level: float, remarks: tuple[Remark, ...]
) -> Estimate:
    """The mean of the areas' effects, with the errors that they share."""
    found = effects(shared.observed, shared.expected, level=level)
    what = "change beyond that of the comparison areas"
    return _estimate(found, programme, shared.stacked.scale, level, what, remarks)


def _estimate(
    found: Effects, programme: Programme, scale: Scale, level: float, what: str,
    remarks: tuple[Remark, ...] = (),
) -> Estimate:  # fmt: skip
    told = {name: _on_scale(getattr(found, name), scale) for name in ("value", "lower", "upper")}
    return Estimate(
        estimand=what,
        scale=scale,
        level=level,
        p_value=float(found.p_value[0]),
        method=METHOD,
        n_treated=len(programme.areas),
        n_comparison=min(len(design.comparison) for design in programme.designs),
        remarks=remarks,
        **{name: float(values[0]) for name, values in told.items()},
    )


def _on_scale(values: np.ndarray, scale: Scale) -> np.ndarray:
    return np.exp(values) if scale == "rate ratio" else values


def _interval(found: Predictive, level: float) -> Effects:
    """Median and interval of a distribution of effects, and twice its smaller side of none."""
    tail = (1 - level) / 2
    return Effects(
        value=found.quantile(0.5), lower=found.quantile(tail), upper=found.quantile(1 - tail),
        p_value=found.p_value(np.zeros(len(found.mass))),
    )  # fmt: skip


def _new_area(
    several: Heterogeneity | None, programme: Programme, scale: Scale, level: float
) -> Estimate | None:
    if several is None:
        return None
    what = "change to be expected in a further area"
    return _estimate(_interval(several.new_area, level), programme, scale, level, what)


def _spread(several: Heterogeneity | None) -> dict[str, float]:
    names = ("spread", "lower", "upper", "p_value")
    values = [np.nan if several is None else float(getattr(several, name)) for name in names]
    return dict(
        zip(("spread", "spread_lower", "spread_upper", "spread_p_value"), values, strict=True)
    )


def _areas(
    programme: Programme, alone: list[Alone], several: Heterogeneity | None,
    shared: SharedErrors, level: float,
) -> pd.DataFrame:  # fmt: skip
    rows = [
        {"area": design.treated, "baseline": design.baseline, "period": design.period,
         "n_comparison": len(design.comparison), **_row(one)}
        for design, one in zip(programme.designs, alone, strict=True)
    ]  # fmt: skip
    found = pd.DataFrame(rows)
    found["adjusted"] = adjust_for_multiplicity(found["p_value"].to_numpy())
    if several is None:
        shrunk = {name: found[name].to_numpy() for name in ("value", "lower", "upper")}
    else:
        scale = shared.stacked.scale
        told = _interval(several.shrunken, level)
        shrunk = {
            name: _on_scale(getattr(told, name), scale) for name in ("value", "lower", "upper")
        }
    found["shrunken"] = shrunk["value"]
    found["shrunken_lower"], found["shrunken_upper"] = shrunk["lower"], shrunk["upper"]
    found["weight"] = shared.weight
    return found


def _row(one: Alone) -> dict[str, object]:
    names = ("value", "lower", "upper", "p_value")
    if isinstance(one, Estimate):
        return {**{name: getattr(one, name) for name in names}, "refused": ""}
    return {**dict.fromkeys(names, np.nan), "refused": one.cause}


def _covariance(shared: SharedErrors, programme: Programme) -> pd.DataFrame:
    parts = comparison_weights(shared.stacked, shared.shape, shared.own)
    mean = np.einsum("n,nkl->kl", shared.mass, shared.covariance(parts))
    names = list(programme.areas)
    return pd.DataFrame(mean, index=names, columns=names)
