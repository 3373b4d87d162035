"""Is the promised change found? The promise tried on years that are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import read_cells
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.dispersion import Resolution
from tingbjerg_eval.stats.power import minimum_detectable_change
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design


@estimator
def plant(panel: pd.DataFrame, design: Design, ratio: float) -> pd.DataFrame:
    """``panel`` with the treated area's counts of the period times ``ratio``, and nothing else.

    Running totals are rounded, so that the period's total is exactly ``ratio`` times what it was,
    to the nearest report; no chance is added.

    Parameters
    ----------
    ratio
        Rate ratio that is planted; 0.7 takes 30 % of the reports away.

    Returns
    -------
    DataFrame
        A copy of the panel; the given one stays as it is.

    Raises
    ------
    MethodRefused
        ``unusable-value`` for a ratio below 0 or without a value, and the refusals of unusable
        rows.

    Examples
    --------
    >>> planted = te.plant(study.panel("burglary"), study.design, 0.5)
    >>> te.compare_periods(planted, study.design)
    <Estimate compare_periods: rate ratio 0.328 [0.266; 0.402] at 95 %>
    """
    if not 0 <= ratio < np.inf:
        raise MethodRefused(
            "unusable-value", f"ratio is {ratio!r}.", "Give a rate ratio of 0 or above."
        )
    cells = read_cells(panel, design, areas=(design.treated,), windows=[design.period])
    running = np.floor(cells["count"][0].cumsum() * ratio + 0.5)
    counts = dict(zip(cells.times, np.diff(running, prepend=0.0).astype(int), strict=True))
    planted = panel.copy()
    rows = (planted["area"] == design.treated) & planted["quarter"].isin(cells.times)
    planted.loc[rows, "count"] = planted.loc[rows, "quarter"].map(counts).to_numpy()
    return planted


@estimator
def try_promise(
    panel: pd.DataFrame,
    design: Design,
    *,
    power: float = 0.8,
    level: float = 0.95,
    primary: int = 1,
    drift: bool = True,
    resolution: Resolution = "quarter",
) -> pd.DataFrame:
    """Each area in turn as if treated: the promised fall is planted and looked for.

    ``design.baseline`` makes the promise, ``design.period`` are years in which nothing happened.
    In the area's counts there exactly the fall that
    :func:`~tingbjerg_eval.stats.power.minimum_detectable_change` promises is planted; found means
    that the headline, at the level of Holm's first step among ``primary`` targets, excludes no
    change to the side of a fall.

    Parameters
    ----------
    power
        How often such a fall shall be found.
    primary
        Number of primary targets, over which the level is shared.
    drift
        Whether areas are taken to move from year to year, as in the minimum detectable change.

    Returns
    -------
    pandas.DataFrame
        ``area, fall, found``; ``fall`` is the planted rate ratio, ``nan`` (and ``found`` missing)
        where even a fall to nothing would be missed, or the methods refuse the area.

    Raises
    ------
    WrongArgument
        For something else than a panel and a design; an area that is refused has its row.

    Examples
    --------
    >>> te.try_promise(study.panel("burglary"), study.design, resolution='year').columns.tolist()
    ['area', 'fall', 'found']
    """
    asked = {"power": power, "level": level, "primary": primary, "drift": drift}
    rows = []
    for area in design.areas:
        others = tuple(one for one in design.areas if one != area)
        turned = design.with_(treated=area, comparison=others)
        rows.append({"area": area, **_tried(panel, turned, resolution, asked)})
    return pd.DataFrame(rows).astype({"found": "boolean"})


def _tried(
    panel: pd.DataFrame, design: Design, resolution: Resolution, asked: dict[str, Any]
) -> dict[str, float | bool | None]:
    try:
        promised = minimum_detectable_change(panel, design, resolution=resolution, **asked)
        if np.isnan(promised.fall):
            return {"fall": np.nan, "found": None}
        planted = plant(panel, design, promised.fall)
        estimate = difference_in_differences(
            planted, design, level=promised.level, resolution=resolution
        )
    except MethodRefused:
        return {"fall": np.nan, "found": None}
    return {"fall": promised.fall, "found": bool(estimate.upper < 1)}
