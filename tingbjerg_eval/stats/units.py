"""Years and waves: the pieces into which a window is cut."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tingbjerg_eval.inputs.quarters import a_year, quarter_number
from tingbjerg_eval.stats.cells import Cells
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Design, Time, Window

Unit = tuple[Time, ...]


def held(cells: Cells, window: Window) -> Unit:
    """The times of ``window`` that the cells hold."""
    return tuple(t for t, within in zip(cells.times, cells.within(window), strict=True) if within)


def cut(cells: Cells, window: Window, step: int | None = None) -> list[Unit]:
    """``window`` in pieces of ``step`` times: by default years, or waves."""
    step = step or a_year(next(iter(cells.times), 0))
    times = held(cells, window)
    return [times[at : at + step] for at in range(0, len(times), step)]


def baseline_pieces(cells: Cells, design: Design) -> list[Unit]:
    """The baseline's years or waves, refusing a baseline of only one."""
    pieces = cut(cells, design.baseline)
    if len(pieces) < 2:
        raise MethodRefused(
            "short-baseline",
            "The baseline holds only one year or wave, so nothing can be compared inside it.",
            "Give a longer baseline.",
        )
    return pieces


def mask(cells: Cells, times: Iterable[Time]) -> np.ndarray:
    """Which of the cells' times are ``times``."""
    return np.isin(cells.times, list(times))


def years(times: Iterable[Time]) -> np.ndarray:
    """Times as years on a line; a quarter is a fourth of a year."""
    return np.array([_year(time) for time in times])


def quarter_numbers(times: Iterable[Time]) -> np.ndarray:
    """Periods on a line without gaps: neighbours differ by one."""
    return np.array([quarter_number(time) for time in times])


def _year(time: Time) -> float:
    return quarter_number(time) / a_year(time)


def years_between(before: Iterable[Time], after: Iterable[Time]) -> float:
    """Years from the middle of ``before`` to the middle of ``after``."""
    return float(years(after).mean() - years(before).mean())
