"""Several targets of one strategy, judged together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.refusal import MethodRefused

if TYPE_CHECKING:
    import pandas as pd

METHODS = {
    "holm": "holm",
    "bonferroni": "bonferroni",
    "hochberg": "simes-hochberg",
    "hommel": "hommel",
    "benjamini-hochberg": "fdr_bh",
    "benjamini-yekutieli": "fdr_by",
}
"""Names offered here and statsmodels' names for them."""


@estimator
def adjust_for_multiplicity(
    p_values: Sequence[float] | np.ndarray | pd.Series, *, method: str = "holm"
) -> np.ndarray | pd.Series:
    """Adjusted p-values of the targets of one strategy, in the order given.

    Parameters
    ----------
    p_values
        One p-value per target. ``nan`` (a target without a test) stays ``nan`` and does not
        count as a test.
    method
        ``"holm"`` (the plan's) holds the chance of one or more false findings under any
        dependence. Also ``"bonferroni"``, ``"hochberg"``, ``"hommel"``,
        ``"benjamini-hochberg"``, ``"benjamini-yekutieli"``.

    Returns
    -------
    array, or Series with the caller's index where a Series was given.

    Raises
    ------
    MethodRefused
        ``unknown-adjustment`` or ``no-p-value`` (a figure outside 0 to 1).

    Source: Holm (1979), Scandinavian Journal of Statistics 6:65-70; the others are computed by
    statsmodels.

    Examples
    --------
    >>> te.adjust_for_multiplicity([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    if method not in METHODS:
        raise MethodRefused(
            "unknown-adjustment",
            f"There is no adjustment called {method!r}.",
            f"Choose one of {', '.join(METHODS)}.",
        )
    given = np.array(p_values, dtype=float)
    tested = ~np.isnan(given)
    _check_range(given[tested])
    adjusted = np.full(given.shape, np.nan)
    if tested.any():
        adjusted[tested] = _adjusted(given[tested], method)
    return _as_given(p_values, adjusted)


def _adjusted(p_values: np.ndarray, method: str) -> np.ndarray:
    if method == "holm":
        return _holm(p_values)
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(p_values, method=METHODS[method])[1])


def _holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's step-down; statsmodels has it too, with a collection of all garbage each time."""
    order = np.argsort(p_values)
    left = np.arange(len(p_values), 0, -1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * left), 1)
    return adjusted


def _check_range(p_values: np.ndarray) -> None:
    outside = p_values[(p_values < 0) | (p_values > 1)]
    if len(outside):
        raise MethodRefused(
            "no-p-value",
            f"{outside[0]:g} is no p-value; p-values lie from 0 to 1.",
            "Pass the p_value of each estimate, nan where it has none.",
        )


def _as_given(p_values: Any, adjusted: np.ndarray) -> Any:
    index = getattr(p_values, "index", None)
    if index is None or callable(index):
        return adjusted
    import pandas as pd

    return pd.Series(adjusted, index=index, name=p_values.name)
