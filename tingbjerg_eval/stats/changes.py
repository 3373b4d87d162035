"""The one road in: from a panel or a shares table to the change of each area.

Every estimator starts here, so every check of windows, areas and rows is made once and in the
same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.arguments import estimator
from tingbjerg_eval.stats.estimate import Scale
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design, Time, times

FEWEST_COMPARISON = 5
"""Below this the spread among comparison areas cannot be told from the data."""

COUNT_COLUMNS = ("area", "quarter", "count", "population")
SHARE_COLUMNS = ("area", "wave", "share", "variance")


@dataclass(frozen=True, kw_only=True, eq=False)
class AreaChanges:
    """Each area's change from baseline to period; the first area is the treated one.

    Attributes
    ----------
    areas
        Names of the areas.
    change
        Log rate ratio (counts) or difference in percentage points (shares).
    variance
        Sampling variance of ``change``, in the same unit squared.
    scale
        The scale on which an estimate made from these changes is told.
    """

    areas: tuple[str, ...]
    change: np.ndarray
    variance: np.ndarray
    scale: Scale

    @property
    def on_scale(self) -> Callable[..., Any]:
        """From the unit of ``change`` to the unit of an estimate."""
        return np.exp if self.scale == "rate ratio" else np.asarray

    @property
    def n_comparison(self) -> int:
        """Number of areas beside the first."""
        return len(self.areas) - 1

    def frame(self) -> pd.DataFrame:
        """One row per area: ``area, change, variance, value`` (``value`` told on ``scale``)."""
        return pd.DataFrame(
            {
                "area": self.areas,
                "change": self.change,
                "variance": self.variance,
                "value": self.on_scale(self.change),
            }
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """A table laid out as areas x times, one array per measure."""

    areas: tuple[str, ...]
    times: tuple[Time, ...]
    measures: dict[str, np.ndarray]

    def __getitem__(self, measure: str) -> np.ndarray:
        return self.measures[measure]

    def within(self, window: Sequence[Time]) -> np.ndarray:
        """Which columns lie in ``window``."""
        first, last = window
        return np.isin(self.times, times((first, last)))


@estimator
def area_changes(
    data: pd.DataFrame,
    design: Design,
    *,
    areas: Sequence[str] | None = None,
    fewest: int = FEWEST_COMPARISON,
) -> AreaChanges:
    """Change of each area from ``design.baseline`` to ``design.period``.

    Counts (a design in quarters, a panel with ``area, quarter, count, population``): the log of
    the rate ratio, exposure = population summed over the quarters, 1/2 added to both counts;
    variance 1/(baseline count + 1/2) + 1/(period count + 1/2).
    Shares (a design in waves, a table with ``area, wave, share, variance``): the mean of the
    period's waves minus the mean of the baseline's, in percentage points.

    Parameters
    ----------
    data
        A panel (``area, quarter, count, population``) for a design in quarters, a shares table
        (``area, wave, share, variance``) for a design in waves.
    design
        Who is compared with whom, and when.
    areas
        Areas wanted, treated first; by default the design's treated and comparison areas.
    fewest
        Smallest number of comparison areas accepted.

    Returns
    -------
    AreaChanges
        One change and its sampling variance per area, the treated one first.

    Raises
    ------
    MethodRefused
        Too few comparison areas, a break or a contaminated comparison area between the first
        time of the baseline and the last of the period, windows that are not whole years,
        rows missing, twice or without a usable value, all-zero baselines.

    Examples
    --------
    >>> te.area_changes(study.panel("burglary"), study.design).n_comparison
    12
    """
    wanted = tuple(design.areas if areas is None else areas)
    refuse_few(len(wanted) - 1, fewest)
    refuse_windows(design, wanted)
    cells = read_cells(data, design, areas=wanted)
    return changes_between(cells, cells.within(design.baseline), cells.within(design.period))


def changes_between(cells: Cells, before: np.ndarray, after: np.ndarray) -> AreaChanges:
    """The changes between two sets of the cells' times, each given as a mask."""
    if "count" in cells.measures:
        _refuse_all_zero(cells.areas, cells["count"][:, before].sum(axis=1))
    return bare_changes(cells, before, after)


def bare_changes(cells: Cells, before: np.ndarray, after: np.ndarray) -> AreaChanges:
    """As :func:`changes_between`, whatever the first area's baseline holds."""
    make = _count_changes if "count" in cells.measures else _share_changes
    return make(cells, before, after)


def read_cells(
    data: pd.DataFrame,
    design: Design,
    *,
    areas: Sequence[str] | None = None,
    windows: Sequence[tuple[Time, Time]] | None = None,
) -> Cells:
    """The rows of ``areas`` in ``windows`` (the design's two) as areas x times.

    A wave that no area holds was not surveyed and is left out; any other absent row is refused.
    """
    columns = COUNT_COLUMNS if design.in_quarters else SHARE_COLUMNS
    _refuse_missing_columns(data, columns)
    areas = tuple(design.areas if areas is None else areas)
    windows = (design.baseline, design.period) if windows is None else windows
    wanted = [time for window in windows for time in times(window)]
    cells = _lay_out(data, columns, areas, wanted)
    _refuse_values(cells)
    return cells


def refuse_few(found: int, fewest: int = FEWEST_COMPARISON) -> None:
    """Refuse fewer than ``fewest`` comparison areas."""
    if found < fewest:
        raise MethodRefused(
            "few-comparison-areas",
            f"{found} comparison area{'s' if found != 1 else ''}; at least {fewest} are needed to "
            "see how much areas change without the effort.",
            "Name more comparison areas in the design, or describe the treated area alone with "
            "compare_periods.",
        )


def refuse_windows(design: Design, areas: Sequence[str]) -> None:
    """Refuse windows that are not whole years, are crossed by a break, or contaminated."""
    if design.in_quarters:
        for name in ("baseline", "period"):
            refuse_part_years(name, getattr(design, name))
    _refuse_breaks(design)
    _refuse_contamination(design, areas[1:])


def refuse_part_years(name: str, window: tuple[Time, Time]) -> None:
    """Refuse a window of quarters whose length is no multiple of four."""
    if (length := len(times(window))) % 4:
        raise MethodRefused(
            "part-years",
            f"The {name} {window[0]}-{window[1]} has {length} quarters, so seasons would be "
            "compared with other seasons.",
            "Give whole years: 4, 8, 12 ... quarters.",
        )


def _refuse_breaks(design: Design) -> None:
    within = set(_span(design)[1:])
    for found in design.breaks:
        if found.first in within:
            raise MethodRefused(
                "break",
                f"Figures before and from {found.first} cannot be compared ({found.reason}), and "
                f"the comparison {design.baseline[0]}-{design.period[1]} crosses it.",
                f"Choose both windows before {found.first}, or both from it.",
            )


def _refuse_contamination(design: Design, comparison: Sequence[str]) -> None:
    span = set(_span(design))
    found = [
        effort
        for effort in design.contamination
        if effort.area in comparison and span & set(times((effort.first, effort.last)))
    ]
    if found:
        said = "; ".join(f"{e.area} ({e.effort}, {e.first}-{e.last})" for e in found)
        raise MethodRefused(
            "contaminated-comparison",
            f"Comparison areas had an effort of their own in the windows: {said}.",
            "Leave them out of the design's comparison areas.",
        )


def _span(design: Design) -> tuple[Time, ...]:
    return times((design.baseline[0], design.period[1]))


def _refuse_missing_columns(data: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in data.columns]
    if missing:
        raise MethodRefused(
            "missing-column",
            f"The table has no column {missing[0]!r}{_nearest(missing[0], data.columns)}.",
            f"It needs the columns {', '.join(columns)}.{_other_kind(data, columns)}",
        )


def _other_kind(data: pd.DataFrame, columns: Sequence[str]) -> str:
    """What to give where a design of the one kind meets a table of the other."""
    if columns is COUNT_COLUMNS and "wave" in data.columns:
        return " Shares go with a design in waves: study.survey_design."
    if columns is SHARE_COLUMNS and "quarter" in data.columns:
        return " A panel of counts goes with a design in quarters: study.design."
    return ""


def _nearest(name: str, known: Iterable[Time]) -> str:
    near = get_close_matches(str(name), [str(one) for one in known], n=1, cutoff=0.5)
    return f" (nearest: {near[0]!r})" if near else ""


def _lay_out(
    data: pd.DataFrame, columns: Sequence[str], areas: tuple[str, ...], wanted: Sequence[Time]
) -> Cells:
    area, time, *measures = columns
    row, column = _places(data[area], areas), _places(data[time], wanted)
    used = (row >= 0) & (column >= 0)
    flat = row[used] * len(wanted) + column[used]
    seen = np.bincount(flat, minlength=len(areas) * len(wanted)).reshape(len(areas), -1)
    _refuse_absent_areas(areas, row, data[area])
    held = np.asarray(seen.any(axis=0)) if time == "wave" else np.full(len(wanted), True)
    _refuse_rows(seen, areas, wanted, time, held)
    laid = {name: _place(data[name], used, flat, seen.shape)[:, held] for name in measures}
    kept = tuple(one for one, keep in zip(wanted, held, strict=True) if keep)
    return Cells(areas=areas, times=kept, measures=laid)


def _places(column: pd.Series, wanted: Sequence[Time]) -> np.ndarray:
    """Where each value stands in ``wanted``; -1 for none."""
    place = {value: number for number, value in enumerate(wanted)}
    return np.array([place.get(value, -1) for value in column.tolist()], dtype=int)


def _place(
    column: pd.Series, used: np.ndarray, flat: np.ndarray, shape: tuple[int, ...]
) -> np.ndarray:
    values = np.full(shape[0] * shape[1], np.nan)
    values[flat] = _numbers(column, used)
    return values.reshape(shape)


def _numbers(column: pd.Series, used: np.ndarray) -> np.ndarray:
    """The used rows as floats; pandas is asked only where they are not numbers already."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf":
        return np.asarray(column.to_numpy()[used], dtype=float)
    numbers = pd.to_numeric(column[used], errors="coerce")
    return np.asarray(numbers.to_numpy(dtype=float, na_value=np.nan))


def _refuse_absent_areas(areas: Sequence[str], row: np.ndarray, column: pd.Series) -> None:
    found = set(row.tolist())
    absent = [area for number, area in enumerate(areas) if number not in found]
    if absent:
        raise MethodRefused(
            "missing-area",
            f"The table has no area {absent[0]!r}{_nearest(absent[0], column.unique())}.",
            "Write the design's areas as they stand in the table.",
        )


def _refuse_rows(
    seen: np.ndarray, areas: Sequence[str], wanted: Sequence[Time], time: str, held: np.ndarray
) -> None:
    if (seen > 1).any():
        raise MethodRefused(
            "duplicated-rows",
            f"The table has more than one row for {_first(seen > 1, areas, wanted)}.",
            f"Sum or choose, so that each area has one row per {time}.",
        )
    missing = (seen == 0) & held
    if missing.any():
        raise MethodRefused(
            "missing-rows",
            f"The table has no row for {_first(missing, areas, wanted)}.",
            "Add it (a true zero is a row with 0), or choose windows and areas that are complete.",
        )


def _first(where: np.ndarray, areas: Sequence[str], wanted: Sequence[Time]) -> str:
    area, time = np.argwhere(where)[0]
    more = where.sum() - 1
    return f"{areas[area]}, {wanted[time]}" + (f" (and {more} more)" if more else "")


VALUE_RULES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = {
    "count": (lambda x: (x >= 0) & (x == np.floor(x)), "a whole number, 0 or more"),
    "population": (lambda x: x > 0, "above 0"),
    "share": (lambda x: (x >= 0) & (x <= 1), "between 0 and 1"),
    "variance": (lambda x: x >= 0, "0 or more"),
}


def _refuse_values(cells: Cells) -> None:
    for name, values in cells.measures.items():
        rule, wanted = VALUE_RULES[name]
        wrong = ~(np.isfinite(values) & rule(values))
        if wrong.any():
            raise MethodRefused(
                "unusable-value",
                f"Column {name!r} must be {wanted}; it is not for "
                f"{_first(wrong, cells.areas, cells.times)}.",
                "Mend the table; a blank or suppressed cell is never 0.",
            )


def _count_changes(cells: Cells, before: np.ndarray, after: np.ndarray) -> AreaChanges:
    counts = [cells["count"][:, part].sum(axis=1) for part in (before, after)]
    exposure = [cells["population"][:, part].sum(axis=1) for part in (before, after)]
    earlier, later = counts[0] + 0.5, counts[1] + 0.5
    return AreaChanges(
        areas=cells.areas,
        change=np.log(later / earlier * (exposure[0] / exposure[1])),
        variance=1 / earlier + 1 / later,
        scale="rate ratio",
    )


def _refuse_all_zero(areas: Sequence[str], baseline: np.ndarray) -> None:
    treated_zero = baseline[0] == 0
    if treated_zero or (len(areas) > 1 and not baseline[1:].any()):
        whose = areas[0] if treated_zero else "every comparison area"
        raise MethodRefused(
            "all-zero-baseline",
            f"The baseline of {whose} holds no report at all, so there is nothing to change from.",
            "Use a longer baseline or a wider basket of offences.",
        )


def _share_changes(cells: Cells, before: np.ndarray, after: np.ndarray) -> AreaChanges:
    for part, name in ((before, "baseline"), (after, "period")):
        if not part.any():
            raise MethodRefused(
                "no-wave",
                f"No area has a wave in the {name}.",
                "Choose windows in which the survey was held.",
            )
    share = {"mean": cells["share"], "variance": cells["variance"]}
    change = share["mean"][:, after].mean(axis=1) - share["mean"][:, before].mean(axis=1)
    variance = sum(share["variance"][:, p].sum(axis=1) / p.sum() ** 2 for p in (before, after))
    return AreaChanges(
        areas=cells.areas,
        change=100 * change,
        variance=100**2 * variance,
        scale="percentage points",
    )
