"""The changes of every area over every window of a programme, and how they hang together.

Two areas of a programme are compared with the same comparison areas over windows that overlap:
their estimates share errors. Each area's changes over the programme's windows are laid side by
side here, with the exact sampling covariance that their common quarters make, and with the two
shapes that an area's own unrest can give them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.cells import Cells, read_cells
from tingbjerg_eval.stats.changes import bare_changes, refuse_few, refuse_windows
from tingbjerg_eval.stats.estimate import Scale
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.units import years
from tingbjerg_eval.study.design import Design, Window
from tingbjerg_eval.study.programme import Programme

Windows = tuple[Window, Window, tuple[str, ...]]
"""Baseline, period and the comparison areas over them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Stacked:
    """Changes of areas over windows.

    Attributes
    ----------
    areas, windows
        All areas, and the distinct baselines and periods with their comparison areas.
    change, variance
        Windows x areas; the variance is infinite where an area is no comparison over a window.
    own_change, own_variance
        Of the treated areas, each over its own window.
    place, window
        Each treated area's place among the areas and its window's among the windows.
    covariance
        Areas x windows x windows: sampling covariance of one area's changes.
    brief, lasting
        Windows x windows: the shape that unrest of single quarters, and that of drift, gives to
        one area's changes; each with mean 1 over the treated areas' windows.
    planned_variance
        Of the treated areas: as ``own_variance``, had each changed as its comparison areas did.
    """

    areas: tuple[str, ...]
    windows: tuple[Windows, ...]
    change: np.ndarray
    variance: np.ndarray
    own_change: np.ndarray
    own_variance: np.ndarray
    place: np.ndarray
    window: np.ndarray
    covariance: np.ndarray
    brief: np.ndarray
    lasting: np.ndarray
    planned_variance: np.ndarray
    scale: Scale

    @property
    def compared(self) -> np.ndarray:
        """Windows x areas: who is a comparison area."""
        return np.asarray(np.isfinite(self.variance))


def stack(data: pd.DataFrame, programme: Programme) -> Stacked:
    """The programme's changes from a panel or a shares table, refused as for one area.

    Raises
    ------
    MethodRefused
        As :func:`tingbjerg_eval.stats.changes.area_changes` for the design of a treated area,
        naming it; an area without any report in its baseline is kept as long as another has one.
    """
    designs = programme.designs
    for design in designs:
        _refuse(design, alone=len(designs) == 1)
    areas = tuple(dict.fromkeys(area for one in designs for area in one.areas))
    cells = _cells(data, designs, areas)
    _refuse_zero(cells, designs)
    return _stacked(cells, designs)


def stacked_cells(cells: Cells, programme: Programme) -> Stacked:
    """As :func:`stack`, from cells already read and looked at."""
    return _stacked(cells, programme.designs)


def _refuse(design: Design, *, alone: bool) -> None:
    try:
        refuse_few(len(design.comparison))
        refuse_windows(design, design.areas)
    except MethodRefused as refused:
        if alone:
            raise
        cause = f"{design.treated}: {refused.cause}"
        raise MethodRefused(refused.code, cause, refused.way_out) from None


def _cells(data: pd.DataFrame, designs: Sequence[Design], areas: tuple[str, ...]) -> Cells:
    """All areas over all times; what no window of an area needs may be absent there."""
    read = [
        read_cells(data, design, windows=[design.baseline, design.period]) for design in designs
    ]
    if len(read) == 1:
        return read[0]
    times = sorted({time for cells in read for time in cells.times}, key=str)
    laid = {
        name: np.full((len(areas), len(times)), np.nan) for name in read[0].measures
    }  # fmt: skip
    for cells in read:
        rows = [areas.index(area) for area in cells.areas]
        columns = [times.index(time) for time in cells.times]
        for name, values in laid.items():
            values[np.ix_(rows, columns)] = cells[name]
    return Cells(areas=areas, times=tuple(times), measures=laid)


def _refuse_zero(cells: Cells, designs: Sequence[Design]) -> None:
    """Every treated area without a report, or a window without one in any comparison area."""
    if "count" not in cells.measures:
        return
    empty = [_baseline_sums(cells, design) == 0 for design in designs]
    if all(one[0] for one in empty):
        whose = "the programme's areas" if len(designs) > 1 else designs[0].treated
    elif void := [d for d, one in zip(designs, empty, strict=True) if one[1:].all()]:
        whose = f"every comparison area of {void[0].treated}"
    else:
        return
    raise MethodRefused(
        "all-zero-baseline",
        f"The baseline of {whose} holds no report at all, so there is nothing to change from.",
        "Use a longer baseline or a wider basket of offences.",
    )


def _baseline_sums(cells: Cells, design: Design) -> np.ndarray:
    rows = [cells.areas.index(area) for area in design.areas]
    return np.asarray(cells["count"][rows][:, cells.within(design.baseline)].sum(axis=1))


def _key(design: Design) -> Windows:
    return design.baseline, design.period, design.comparison


def _stacked(cells: Cells, designs: Sequence[Design]) -> Stacked:
    windows = tuple(dict.fromkeys(map(_key, designs)))
    masks = [(cells.within(before), cells.within(after)) for before, after, _ in windows]
    changes = [bare_changes(cells, *mask) for mask in masks]
    change, variance = (
        np.stack([getattr(one, name) for one in changes]) for name in ("change", "variance")
    )
    place = np.array([cells.areas.index(design.treated) for design in designs])
    window = np.array([windows.index(_key(design)) for design in designs])
    compared = np.array([np.isin(cells.areas, names) for _, _, names in windows])
    brief, lasting = _shapes(cells, masks, window)
    return Stacked(
        areas=cells.areas, windows=windows, place=place, window=window, brief=brief,
        lasting=lasting, scale=changes[0].scale, covariance=_covariance(cells, masks),
        change=np.where(compared, change, 0.0), variance=np.where(compared, variance, np.inf),
        own_change=change[window, place], own_variance=variance[window, place],
        planned_variance=_planned(cells, masks, change, variance, compared)[window, place],
    )  # fmt: skip


Masks = Sequence[tuple[np.ndarray, np.ndarray]]
"""The times of each window's baseline and period."""


def _covariance(cells: Cells, masks: Masks) -> np.ndarray:
    """Areas x windows x windows: what common quarters, or waves, make of the sampling errors."""
    if "count" not in cells.measures:
        weight = 100 * _contrasts(masks)
        found = np.einsum("vt,wt,at->avw", weight, weight, np.nan_to_num(cells["variance"]))
        return np.asarray(found)
    parts = np.array([part for mask in masks for part in mask], dtype=float)
    signs = np.tile([-1.0, 1.0], len(masks))
    size = np.sqrt(parts.sum(axis=1))
    alike = parts @ parts.T / np.outer(size, size)
    counts = np.nan_to_num(cells["count"])
    shared = np.einsum("vt,wt,at->avw", parts, parts, counts) + 0.5 * alike
    weight = signs / (counts @ parts.T + 0.5)
    each = shared * weight[:, :, None] * weight[:, None, :]
    return np.asarray(each.reshape(len(counts), len(masks), 2, len(masks), 2).sum(axis=(2, 4)))


def _contrasts(masks: Masks) -> np.ndarray:
    """Windows x times: the mean of the period less the mean of the baseline."""
    return np.array([after / after.sum() - before / before.sum() for before, after in masks])


def _shapes(cells: Cells, masks: Masks, window: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The covariance of one area's changes if its quarters stray each for itself, or drift."""
    contrast, at = _contrasts(masks), years(cells.times)
    apart = np.abs(at[:, None] - at)
    shapes = contrast @ contrast.T, -contrast @ apart @ contrast.T
    brief, lasting = (shape / np.diag(shape)[window].mean() for shape in shapes)
    return brief, lasting


def _planned(
    cells: Cells, masks: Masks, change: np.ndarray, variance: np.ndarray, compared: np.ndarray
) -> np.ndarray:
    """Variances with each area's reports divided between its windows as the others' are.

    A weight made from the counts themselves would lean to the areas that fell, or rose, by chance.
    """
    if "count" not in cells.measures:
        return variance
    usual = np.nanmean(np.where(compared, change, np.nan), axis=1, keepdims=True)
    (count_b, count_p), (exposure_b, exposure_p) = (
        [np.array([cells[name][:, mask[side]].sum(axis=1) for mask in masks]) for side in (0, 1)]
        for name in ("count", "population")
    )
    expected = exposure_p * np.exp(usual)
    part = expected / (exposure_b + expected)
    return np.asarray(1 / ((count_b + count_p + 1) * part * (1 - part)))
