"""The rows of a panel or a shares table laid out as areas x times, and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design, Time, times

COUNT_COLUMNS = ("area", "quarter", "count", "population")
SHARE_COLUMNS = ("area", "wave", "share", "variance")
VALUE_RULES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = {
    "count": (lambda x: (x >= 0) & (x == np.floor(x)), "a whole number, 0 or more"),
    "population": (lambda x: x > 0, "above 0"),
    "share": (lambda x: (x >= 0) & (x <= 1), "between 0 and 1"),
    "variance": (lambda x: x >= 0, "0 or more"),
}


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


def _nearest(name: str, known: Iterable[Time]) -> str:
    near = get_close_matches(str(name), [str(one) for one in known], n=1, cutoff=0.5)
    return f" (nearest: {near[0]!r})" if near else ""
