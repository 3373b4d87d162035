"""An area whose series follows the other areas a quarter, or a year, too early or too late."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.gaps import compared_areas, series_by

LAGS = (-4, -1, 1, 4)
"""Quarters by which a series may lie wrong: spreadsheets are moved by a row, or by a year."""
SHORTEST = 16
"""Quarters that must be compared, and the mean of reports a quarter (area and others) below."""
FEWEST = 20.0
MARGIN = 0.3
"""How much better the correlation must be than the one without a shift."""
LIKE = 0.5
"""Correlation that the shifted series must have with the others."""
SURE = 4.0
"""Standard errors of the difference between two correlations that share a series."""


def doubt_shifts(cells: pd.DataFrame, quarters: tuple[str, ...], doubts: Doubts) -> None:
    """Note areas whose reports clearly follow those of the others with a shift of their own."""
    settings = doubts.settings
    codes = {code for basket in basket_codes(settings).values() for code in basket}
    inside = cells[cells["area"].isin(compared_areas(settings)) & cells["offence"].isin(codes)]
    totals = series_by(inside, "area", quarters, "quarter")
    if len(totals) < 3:
        return
    everything = totals.sum().to_numpy()
    for area, counts in zip(totals.index, totals.to_numpy(), strict=True):
        others = (everything - counts) / (len(totals) - 1)
        if (shift := shift_of(counts, others)) is not None:
            lag, moved, still = shift
            doubts.add("area-shifted", area=str(area), lag=f"{lag:+d}", moved=f"{moved:.2f}",
                       still=f"{still:.2f}", first=quarters[0], last=quarters[-1])  # fmt: skip


def shift_of(counts: np.ndarray, others: np.ndarray) -> tuple[int, float, float] | None:
    """The shift that makes a series follow the others, with both correlations; ``None`` if none.

    Twice the square roots of the counts are compared, less their straight lines. The correlation
    with the shift must be ``LIKE`` or more, ``MARGIN`` better than without and ``SURE`` standard
    errors of their difference above it (Williams' test of two dependent correlations).
    """
    if min(counts.mean(), others.mean()) < FEWEST:
        return None
    shifts = [(lag, *correlations(counts, others, lag)) for lag in LAGS]
    clear = [one for one in shifts if one[1] >= max(LIKE, one[2] + MARGIN) and one[3] >= SURE]
    best = max(clear, key=lambda one: one[1], default=None)
    return best[:3] if best else None


def correlations(counts: np.ndarray, others: np.ndarray, lag: int) -> tuple[float, float, float]:
    """Correlation with the others ``lag`` quarters before, with those of the time, and Williams' t.

    Williams, E. J. (1959). The comparison of regression variables. J. R. Stat. Soc. B, 21, 396-399.
    """
    n = len(counts) - abs(lag)
    if n < SHORTEST:
        return 0.0, 0.0, 0.0
    here = slice(max(0, lag), max(0, lag) + n)
    there = slice(max(0, -lag), max(0, -lag) + n)
    series = [_risen(one) for one in (counts[here], others[here], others[there])]
    if min(float(one.std()) for one in series) < 1e-9:
        return 0.0, 0.0, 0.0
    table = np.corrcoef(series)
    still, moved, between = float(table[0, 1]), float(table[0, 2]), float(table[1, 2])
    return moved, still, williams(moved, still, between, n)


def _risen(counts: np.ndarray) -> np.ndarray:
    """Twice the square roots, less their straight line."""
    roots, times = 2 * np.sqrt(counts), np.arange(len(counts))
    straight: np.ndarray = roots - np.polyval(np.polyfit(times, roots, 1), times)
    return straight


def williams(one: float, other: float, between: float, n: int) -> float:
    """Student's t (n - 3 degrees) of the difference of two correlations that share a series."""
    rest = 1 - one**2 - other**2 - between**2 + 2 * one * other * between
    mean = (one + other) / 2
    below = 2 * (n - 1) / (n - 3) * max(rest, 1e-12) + mean**2 * (1 - between) ** 3
    return float((one - other) * np.sqrt((n - 1) * (1 + between) / below))
