"""What the same method says where there is nothing to find, and how the answer moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import AreaChanges, area_changes, refuse_few, refuse_windows
from tingbjerg_eval.stats.did import SHOWN, effects_of, shown, told
from tingbjerg_eval.stats.dispersion import Resolution, each_widening, widening, widening_of
from tingbjerg_eval.stats.predictive import effects, predictive_without_each
from tingbjerg_eval.stats.units import Unit, baseline_pieces, cut, held
from tingbjerg_eval.study.design import Design, Time


@dataclass(frozen=True, kw_only=True, eq=False)
class PlaceboAreas:
    """Every area in turn as if treated.

    Attributes
    ----------
    table
        One row per area, most surprising first: ``area, role, value, lower, upper, p_value, rank``.
    rank, n_areas
        The treated area's place: k of J + 1.
    p_value
        ``rank / n_areas``, the permutation p-value.
    smallest_p
        ``1 / n_areas``: no smaller p-value can come out, whatever the effect.
    """

    table: pd.DataFrame
    rank: int
    n_areas: int
    p_value: float
    smallest_p: float


@estimator
def placebo_areas(
    data: pd.DataFrame,
    design: Design,
    *,
    level: float = 0.95,
    resolution: Resolution = "quarter",
) -> PlaceboAreas:
    """Each area in turn set against all the others, by the headline's method, in one pass.

    Areas are ranked by how surprising their change is (the predictive p-value), so a small noisy
    area does not come first merely because it is small. The treated area is among the others when
    a comparison area is tried: only so is each area treated alike and the rank a permutation test
    (Conley & Taber 2011; MacKinnon & Webb 2020).

    Returns
    -------
    PlaceboAreas
        A ``table`` with a row per area, and the treated area's rank in it.

    Raises
    ------
    MethodRefused
        As :func:`tingbjerg_eval.stats.changes.area_changes`.

    Examples
    --------
    >>> te.placebo_areas(study.panel("burglary"), study.design).rank
    1
    """
    changes = area_changes(data, design)
    return ranked(changes, level=level, ratio=each_widening(data, design, resolution))


def ranked(
    changes: AreaChanges, *, level: float = 0.95, ratio: float | np.ndarray = 1.0
) -> PlaceboAreas:
    """The placebo areas from changes already made; the first area is the treated one."""
    predicted = predictive_without_each(
        changes.change, changes.variance, changes.variance, ratio=ratio
    )
    table = pd.DataFrame(told(effects(changes.change, predicted, level=level), changes))
    table.insert(0, "area", changes.areas)
    table.insert(1, "role", ["treated", *["comparison"] * changes.n_comparison])
    table["rank"] = _ranks(table["p_value"].to_numpy())
    rank, n = int(table["rank"].iloc[0]), len(table)
    return PlaceboAreas(
        table=table.sort_values(["rank", "area"], kind="stable", ignore_index=True),
        rank=rank,
        n_areas=n,
        p_value=rank / n,
        smallest_p=1 / n,
    )


def _ranks(p: np.ndarray) -> np.ndarray:
    """How many areas are at least as surprising; equal p-values share the larger number."""
    ordered = np.sort(p)
    return np.searchsorted(ordered, p * (1 + 1e-9) + 1e-15, side="right")


@estimator
def placebo_dates(
    data: pd.DataFrame,
    design: Design,
    *,
    level: float = 0.95,
    resolution: Resolution = "quarter",
) -> pd.DataFrame:
    """The headline with the start moved to each whole year (or wave) inside the baseline.

    Columns ``start, baseline_first, baseline_last, period_first, period_last, value, lower, upper,
    p_value, note``; one row per fake start, with the quarters before it as baseline and those from
    it to the end of the true baseline as period. No effort had begun, so intervals should hold no
    change. A row that cannot be computed (no report in so short a window) says why in ``note``.

    Returns
    -------
    DataFrame
        One row per start.

    Raises
    ------
    MethodRefused
        As :func:`tingbjerg_eval.stats.changes.area_changes`, and where the baseline holds only one
        year or wave.

    Examples
    --------
    >>> te.placebo_dates(study.panel("burglary"), study.design)['start'].tolist()
    ['2009K1']
    """
    cells = _baseline_cells(data, design)
    pieces = baseline_pieces(cells, design)
    splits = [(sum(pieces[:at], ()), sum(pieces[at:], ())) for at in range(1, len(pieces))]
    return pd.DataFrame(
        [
            {
                "start": after[0],
                **_ends("baseline", before),
                **_ends("period", after),
                **_row(cells, design, before, after, level, resolution),
            }
            for before, after in splits
        ]
    )


@estimator
def leave_one_out(
    data: pd.DataFrame,
    design: Design,
    *,
    level: float = 0.95,
    resolution: Resolution = "quarter",
) -> pd.DataFrame:
    """The headline, then the headline without each comparison area.

    Columns ``left_out, value, lower, upper, p_value``; the first row leaves nobody out
    (``left_out`` is empty), the others stand in the design's order. With five comparison areas the
    rows rest on four, which the headline itself would refuse: look at the range only.

    Returns
    -------
    DataFrame
        The headline, and one row per comparison area left out.

    Raises
    ------
    MethodRefused
        As :func:`tingbjerg_eval.stats.changes.area_changes`.

    Examples
    --------
    >>> len(te.leave_one_out(study.panel("burglary"), study.design))
    13
    """
    changes = area_changes(data, design)
    ratio = widening(data, design, resolution)
    whole = told(effects_of(changes, level=level, ratio=ratio), changes)
    size = np.repeat(changes.variance[0], changes.n_comparison)
    predicted = predictive_without_each(changes.change[1:], changes.variance[1:], size, ratio=ratio)
    rest = told(effects(changes.change[0], predicted, level=level), changes)
    rows = {name: np.append(whole[name], rest[name]) for name in SHOWN}
    return pd.DataFrame({"left_out": ["", *changes.areas[1:]], **rows})


@estimator
def baseline_sensitivity(
    data: pd.DataFrame,
    design: Design,
    *,
    level: float = 0.95,
    resolution: Resolution = "quarter",
) -> pd.DataFrame:
    """The headline with baselines of growing length, all ending where the design's baseline ends.

    Columns ``length`` (years or waves), ``baseline_first, baseline_last, value, lower, upper,
    p_value, note``. An area chosen after a bad year falls back by itself: an effect that shrinks as
    the baseline grows is the mark of regression to the mean. A length that cannot be computed says
    why in ``note``.

    Returns
    -------
    DataFrame
        One row per length.

    Raises
    ------
    MethodRefused
        As :func:`tingbjerg_eval.stats.changes.area_changes`.

    Examples
    --------
    >>> te.baseline_sensitivity(study.panel("burglary"), study.design)['length'].tolist()
    [1, 2]
    """
    refuse_few(len(design.comparison))
    refuse_windows(design, design.areas)
    cells = read_cells(data, design)
    pieces, after = cut(cells, design.baseline), held(cells, design.period)
    lengths = range(1, len(pieces) + 1)
    baselines = {length: sum(pieces[-length:], ()) for length in lengths}
    return pd.DataFrame(
        [
            {
                "length": length,
                **_ends("baseline", before),
                **_row(cells, design, before, after, level, resolution),
            }
            for length, before in baselines.items()
        ]
    )


def _row(
    cells: Cells, design: Design, before: Unit, after: Unit, level: float, resolution: Resolution
) -> dict[str, object]:
    """The headline between two stretches of time, its restlessness seen in the first."""
    ratio = widening_of(
        cells,
        design.with_(baseline=(before[0], before[-1]), period=(after[0], after[-1])),
        resolution,
    )
    return shown(cells, before, after, level=level, ratio=ratio)


def _baseline_cells(data: pd.DataFrame, design: Design) -> Cells:
    refuse_few(len(design.comparison))
    refuse_windows(design, design.areas)
    return read_cells(data, design, windows=[design.baseline])


def _ends(name: str, times: Unit) -> dict[str, Time]:
    return {f"{name}_first": times[0], f"{name}_last": times[-1]}
