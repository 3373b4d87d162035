"""Days and months swapped in a part of the rows, where days up to the twelfth allow either."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd

from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.months import FEWEST, FIRST_DOZEN, Days

IN_ORDER = 100.0
"""Days that rows may lie from their neighbours where a delivery is in order of time, if loosely."""
NEAR = 15.0
"""Days from the neighbours that are never called out of order."""
KEPT = 0.98
"""Share of the rows that cannot be swapped which lie as near their neighbours as is allowed."""
SHARE = 0.05
"""Share of the rows that can be swapped from which those that would fit swapped are said."""
FEWEST_OUT = 10
FEWEST_OUTSIDE = 15
"""Reports outside the coverage from which four fifths that fit swapped are no chance (1e-4)."""
MOST = 0.8
EARLY = 0.5
"""Share of day 2 to 12 among day 2 to 28 from which days after the twelfth are missed: 0.41 is
to be expected. The first of the month stands for dates that are not known, and is left out."""
SURE = 5.0


def doubt_swapped(ordered: dict[str, np.ndarray], doubts: Doubts) -> None:
    """Refuse dates that are out of the delivery's order and in order with day and month swapped.

    Parameters
    ----------
    ordered
        Dates (datetime64[D]) in the order of the file, of the case numbers, or of the days of
        registration, by the order's name.
    """
    for order, dates in ordered.items():
        swapped, able = swapped_rows(dates)
        if swapped.sum() >= max(FEWEST_OUT, SHARE * able):
            doubts.add("dates-swapped", column="date_format", order=order,
                       count=str(int(swapped.sum())), able=str(able),
                       first=str(dates[swapped].min()), last=str(dates[swapped].max()))  # fmt: skip
            return


def swapped_rows(dates: np.ndarray) -> tuple[np.ndarray, int]:
    """Which dates are in order only with day and month swapped, and how many can be swapped.

    A row's neighbours are the nearest rows before and after it with a day after the twelfth, which
    nothing can swap. How far such rows themselves lie from theirs says how strict the order is;
    where that is more than ``IN_ORDER`` days, nothing is in order and no row is named.
    """
    years, months, days = parts_of_dates(dates)
    sure = days > FIRST_DOZEN
    able = ~sure & (days != months)
    none = np.zeros(len(dates), dtype=bool)
    if sure.sum() < FEWEST or able.sum() < FEWEST_OUT:
        return none, int(able.sum())
    numbers = dates.astype("datetime64[D]").astype("int64")
    turned = np.where(able, _numbers(years, days, months), numbers)
    before, after = _neighbours(numbers, sure)
    allowed = max(NEAR, float(np.quantile(_away(numbers, before, after)[sure], KEPT)))
    if allowed > IN_ORDER:
        return none, int(able.sum())
    out = able & (_away(numbers, before, after) > allowed)
    fits = out & (_away(turned, before, after) <= allowed)
    return fits if 2 * fits.sum() > out.sum() else none, int(able.sum())


def parts_of_dates(dates: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Year, month and day of the month of every date."""
    index = pd.DatetimeIndex(dates)
    return index.year.to_numpy(), index.month.to_numpy(), index.day.to_numpy()


def _numbers(years: np.ndarray, months: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Days since 1970 of dates in parts; months after the twelfth are left to the caller."""
    first = (years - 1970) * 12 + np.minimum(months, FIRST_DOZEN) - 1
    starts = first.astype("datetime64[M]").astype("datetime64[D]").astype("int64")
    numbers: np.ndarray = starts + days - 1
    return numbers


def _neighbours(numbers: np.ndarray, sure: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The last sure row before each row and the first after it; one of them at the ends."""
    series = pd.Series(np.where(sure, numbers, np.nan))
    before, after = series.ffill().shift(), series.bfill().shift(-1)
    return before.fillna(after).to_numpy(), after.fillna(before).to_numpy()


def _away(numbers: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Days from a row to the stretch between its neighbours; 0 within it."""
    low, high = np.minimum(before, after), np.maximum(before, after)
    away: np.ndarray = np.maximum(0.0, np.maximum(low - numbers, numbers - high))
    return away


def doubt_days_outside(days: Days, first: dt.date, last: dt.date, doubts: Doubts) -> None:
    """Refuse days outside the coverage that lie within it with day and month swapped."""
    outside = {day: n for day, n in days.items() if not first <= day <= last}
    years = range(first.year, last.year + 1)
    near = {day: n for day, n in outside.items() if day.year in years}
    inside = {day: n for day, n in near.items() if _fits_swapped(day, first, last)}
    count, every = sum(inside.values()), sum(near.values())
    if count >= max(FEWEST_OUTSIDE, MOST * every):
        doubts.add("dates-swapped-outside", column="date_format", count=str(count),
                   every=str(every), first=str(first), last=str(last))  # fmt: skip


def _fits_swapped(day: dt.date, first: dt.date, last: dt.date) -> bool:
    if day.day > FIRST_DOZEN or day.day == day.month:
        return False
    return first <= dt.date(day.year, day.day, day.month) <= last


def doubt_early_days(days: Days, doubts: Doubts) -> None:
    """Refuse dates of which far too many lie from the second to the twelfth of the month."""
    early = sum(n for day, n in days.items() if 2 <= day.day <= FIRST_DOZEN)
    every = sum(n for day, n in days.items() if 2 <= day.day <= 28)
    usual = (FIRST_DOZEN - 1) / 27
    if every < FEWEST or early == every:
        return
    error = math.sqrt(usual * (1 - usual) / every)
    if early / every >= EARLY and early / every - usual > SURE * error:
        doubts.add("days-early", column="date_format", count=str(every),
                   share=f"{100 * early / every:.1f}", usual=f"{100 * usual:.1f}")  # fmt: skip
