"""The headline: predictive difference-in-differences for one treated area."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.inputs.quarters import a_year
from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells
from tingbjerg_eval.stats.changes import AreaChanges, area_changes, changes_between
from tingbjerg_eval.stats.dispersion import Resolution, widening
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.predictive import Effects, effects, predictive
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Remark
from tingbjerg_eval.study.design import Design, Time

SHOWN = ("value", "lower", "upper", "p_value")
WANTED_COMPARISON = 12
WANTED_YEARS = 2

CLUSTER = (
    "With one treated area cluster-robust errors of any kind rest on that area's residual, which "
    "is zero by construction: they come out several times too small."
)
POISSON = (
    "A Poisson or quasi-Poisson interval knows only the counting error, not how much areas change "
    "by themselves: far too many areas without an effort would be called changed."
)
REFUSED = {
    "cluster": CLUSTER,
    "crv1": CLUSTER,
    "crv3": CLUSTER,
    "wild-bootstrap": (
        "With one treated cluster the wild cluster bootstrap rejects far too often or never, "
        "depending on its variant."
    ),
    "bootstrap": "Areas cannot be drawn anew when only one of them is treated.",
    "hc": (
        "Heteroskedasticity-robust errors take quarters of one area as independent of each other."
    ),
    "poisson": POISSON,
    "quasi-poisson": POISSON,
    "twfe": CLUSTER,
}
ALIASES = {
    "cluster-robust": "cluster",
    "clustered": "cluster",
    "robust": "hc",
    "hetero": "hc",
    "wild": "wild-bootstrap",
    "wild-cluster": "wild-bootstrap",
    "wild-cluster-bootstrap": "wild-bootstrap",
    "two-way-fixed-effects": "twfe",
    **{f"hc{kind}": "hc" for kind in range(5)},
    **{f"cr{kind}": "cluster" for kind in range(4)},
    **{f"crv{kind}": "cluster" for kind in (0, 2)},
}


@estimator
def difference_in_differences(
    data: pd.DataFrame,
    design: Design,
    *,
    level: float = 0.95,
    method: str = "predictive",
    errors: str = "predictive",
    resolution: Resolution = "quarter",
) -> Estimate:
    """How far the treated area's change lies from what an untreated area of its size would show.

    The comparison areas' changes give the predictive distribution of an untreated area's change
    (see :mod:`tingbjerg_eval.stats.predictive`); the effect is the treated area's change minus its
    median, the interval comes from its quantiles, the p-value from its tails. Where the treated
    area's counts were more restless in the baseline than the comparison areas', tau2 counts that
    many times for it (:func:`tingbjerg_eval.stats.dispersion.dispersion_ratio`, never below 1
    and never above 10), and a remark says so.

    Parameters
    ----------
    data
        A panel (``area, quarter, count, population``) for a design in quarters: the estimate is a
        rate ratio. A shares table (``area, wave, share, variance``) for a design in waves: the
        estimate is in percentage points.
    method, errors
        Only ``"predictive"``. Anything else is refused with the reason.
    resolution
        In what the areas' restlessness is seen: ``"quarter"``, or ``"year"`` where only yearly
        totals may be used (with one baseline year nothing is seen then, and nothing widened).

    Returns
    -------
    Estimate
        The change beyond that of the comparison areas.

    Raises
    ------
    MethodRefused
        See :func:`tingbjerg_eval.stats.changes.area_changes`; and for errors that do not hold with
        one treated area.

    References
    ----------
    Higgins, Thompson & Spiegelhalter 2009 (prediction interval); Nagashima, Noma & Furukawa 2019
    (confidence distribution of tau2); Conley & Taber 2011 and Ferman & Pinto 2019 (one treated
    area).

    Examples
    --------
    >>> te.difference_in_differences(study.panel("burglary"), study.design)
    <Estimate difference_in_differences: rate ratio 0.663 [0.556; 0.79] at 95 %>
    """
    for asked in (method, errors):
        refuse_method(asked)
    changes = area_changes(data, design)
    ratio = widening(data, design, resolution)
    remarks = _remarks(changes, design, ratio)
    return headline(changes, level=level, remarks=remarks, ratio=ratio)


def headline(
    changes: AreaChanges,
    *,
    level: float = 0.95,
    remarks: tuple[Remark, ...] = (),
    ratio: float = 1.0,
) -> Estimate:
    """The headline from changes already made; the first area is the treated one."""
    found = effects_of(changes, level=level, ratio=ratio)
    return Estimate(
        estimand="change beyond that of the comparison areas",
        scale=changes.scale,
        level=level,
        method="difference_in_differences",
        n_treated=1,
        n_comparison=changes.n_comparison,
        remarks=remarks,
        **{name: float(values[0]) for name, values in told(found, changes).items()},
    )


def effects_of(changes: AreaChanges, *, level: float = 0.95, ratio: float = 1.0) -> Effects:
    """The first area's change against the predictive distribution from the others."""
    change, variance = changes.change, changes.variance
    predicted = predictive(change[1:], variance[1:], variance[0], ratio=ratio)
    return effects(changes.change[:1], predicted, level=level)


def shown(
    cells: Cells,
    before: Iterable[Time],
    after: Iterable[Time],
    *,
    level: float,
    ratio: float = 1.0,
) -> dict[str, Any]:
    """The headline between any two sets of times, as one row; ``note`` says why it is empty."""
    masks = (np.isin(cells.times, list(times)) for times in (before, after))
    try:
        found = asdict(headline(changes_between(cells, *masks), level=level, ratio=ratio))
    except MethodRefused as refused:
        if refused.code != "all-zero-baseline":
            raise
        return {**dict.fromkeys(SHOWN, np.nan), "note": refused.cause}
    return {**{name: found[name] for name in SHOWN}, "note": ""}


def told(found: Effects, changes: AreaChanges) -> dict[str, np.ndarray]:
    """``value, lower, upper, p_value`` on the scale of an estimate, one number per row."""
    on_scale = changes.on_scale
    limits = {name: on_scale(getattr(found, name)) for name in ("value", "lower", "upper")}
    return {**limits, "p_value": found.p_value}


def refuse_method(asked: str) -> None:
    """Refuse every method but the predictive one, with the reason."""
    name = str(asked).strip().lower().replace("_", "-").replace(" ", "-")
    if name == "predictive":
        return
    name = ALIASES.get(name, name)
    if name not in REFUSED:
        near = get_close_matches(name, [*REFUSED, "predictive"], n=1, cutoff=0.5)
        said = f" (nearest: {near[0]!r})" if near else ""
        raise MethodRefused(
            "unknown-method", f"There is no method {asked!r}{said}.", "Use 'predictive'."
        )
    raise MethodRefused(
        "refused-method",
        f"{asked!r} is not offered for one treated area. {REFUSED[name]}",
        "Use 'predictive' (the default), and look at placebo_areas for your own data.",
    )


def _remarks(changes: AreaChanges, design: Design, ratio: float) -> tuple[Remark, ...]:
    found = []
    if changes.n_comparison < WANTED_COMPARISON:
        numbers = {"found": changes.n_comparison, "wanted": WANTED_COMPARISON}
        found.append(Remark("few-comparison-areas", **numbers))
    wanted = WANTED_YEARS * a_year(design.baseline[0])
    if design.in_quarters and (length := len(design.baseline_times)) < wanted:
        found.append(Remark("short-baseline", found=length, wanted=wanted))
    if ratio > 1:
        found.append(Remark("restless", ratio=round(ratio, 1)))
    if design.in_quarters and changes.variance.max() > 1 / 5:
        found.append(Remark("few-reports"))
    return tuple(found)
