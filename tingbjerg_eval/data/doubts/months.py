"""Holes within quarters, where reports come with their dates: empty months, empty days."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.gaps import (
    IMPOSSIBLE,
    Stretch,
    compared_areas,
    empty_stretches,
    series_by,
    share_of,
)
from tingbjerg_eval.data.formats.findings import listed

USUAL_MONTH = 5.0
"""Reports a month from which an empty one is not common: exp(-5), one month in twelve years."""
NOTED = 10.0
"""Reports to be expected where none are: said."""
WEEK = 7
"""Days without a report from which a hole is judged by days; months say the rest."""
DAYS_OF_MONTH = 20
"""Different days of the month from which dates are taken for true days."""
FIRST_DOZEN = 12
FEWEST = 60
"""Reports from which it is no chance that none is dated after the twelfth: 0.4 to the power."""

Days = Mapping[dt.date, int]


def doubt_months(rows: pd.DataFrame, quarters: tuple[str, ...], doubts: Doubts) -> None:
    """Refuse months that are empty in the whole table, or too many of them in an area."""
    settings = doubts.settings
    compared = rows["area"].isin(compared_areas(settings)) & rows["quarter"].isin(quarters)
    inside = rows[compared].astype({"count": "int64"})
    months = months_of(quarters)
    table = series_by(inside.assign(table="all"), "table", months, "month").to_numpy()
    if not len(table) or doubts.found.problems or _days_of_quarters(inside):
        return
    lacking = [one for one in empty_stretches(table[0], steady=True) if one.expected >= NOTED]
    open_ones = [one for one in lacking if not _declared(one, months, "", doubts)]
    if sum(one.expected for one in open_ones) >= IMPOSSIBLE:
        _add("gap-months", open_ones, months, doubts)
        return
    codes = {code for basket in basket_codes(settings).values() for code in basket}
    for cells in (inside, inside[inside["offence"].isin(codes)]):
        _doubt_areas(cells, months, doubts)


def _days_of_quarters(rows: pd.DataFrame) -> bool:
    """Whether dates only name quarters: the first or last day of one month of each."""
    parts = {(int(one[4:]) - 1) % 3 for one in rows["month"].unique()}
    return len(parts) == 1 and bool(rows["day"].ne("").all())


def months_of(quarters: tuple[str, ...]) -> tuple[str, ...]:
    """``201004`` and the like, for every month of ``quarters``."""
    return tuple(
        f"{quarter[:4]}{3 * int(quarter[5]) - 2 + number:02d}"
        for quarter in quarters
        for number in range(3)
    )


def _doubt_areas(rows: pd.DataFrame, months: tuple[str, ...], doubts: Doubts) -> None:
    totals = series_by(rows, "area", months, "month")
    everything = totals.sum().to_numpy()
    for area, own in zip(totals.index, totals.to_numpy(), strict=True):
        said = {one.column for one in doubts.found.items if one.code.startswith("gap-month")}
        if area in said:
            continue
        lacking = [
            one
            for one in empty_stretches(own, share_of(everything - own))
            if one.expected / (one.last - one.first + 1) >= USUAL_MONTH
            and not _declared(one, months, str(area), doubts)
        ]
        if sum(one.expected for one in lacking) >= IMPOSSIBLE:
            _add("gap-months-area", lacking, months, doubts, area=str(area))
        elif any(one.expected >= NOTED for one in lacking):
            _add("gap-month-noted", lacking, months, doubts, area=str(area))


def _declared(stretch: Stretch, months: tuple[str, ...], area: str, doubts: Doubts) -> bool:
    there = months[stretch.first : stretch.last + 1]
    return all(doubts.declared(area, (), quarter_of_month(one)) for one in there)


def quarter_of_month(month: str) -> str:
    """``2010K2`` of ``201004``."""
    return f"{month[:4]}K{(int(month[4:]) + 2) // 3}"


def _add(
    code: str, lacking: list[Stretch], months: tuple[str, ...], doubts: Doubts, *, area: str = ""
) -> None:
    empty = [month for one in lacking for month in months[one.first : one.last + 1]]
    doubts.add(
        code, area=area, column="months",
        months=listed([f"{one[:4]}-{one[4:]}" for one in empty], limit=12),
        expected=f"{sum(one.expected for one in lacking):.0f}",
        count=str(sum(one.count for one in lacking)),
        first=quarter_of_month(empty[0]), last=quarter_of_month(empty[-1]),
    )  # fmt: skip


def doubt_days(days: Days, first: dt.date, last: dt.date, doubts: Doubts) -> None:
    """Refuse a stretch of the coverage without any dated report where many are to be expected."""
    inside = {day: n for day, n in days.items() if first <= day <= last}
    if doubts.found.problems or len({day.day for day in inside}) < DAYS_OF_MONTH:
        return
    rate = sum(inside.values()) / ((last - first).days + 1)
    edges = [first - dt.timedelta(days=1), *sorted(inside), last + dt.timedelta(days=1)]
    for before, after in itertools.pairwise(edges):
        empty = (after - before).days - 1
        if empty * rate >= IMPOSSIBLE and empty >= WEEK:
            start, end = before + dt.timedelta(days=1), after - dt.timedelta(days=1)
            quarters = (
                f"{start.year}K{(start.month + 2) // 3}",
                f"{end.year}K{(end.month + 2) // 3}",
            )
            if all(doubts.declared("", (), one) for one in quarters):
                continue
            doubts.add(
                "gap-days", column="coverage", start=str(start), end=str(end),
                expected=f"{empty * rate:.0f}", first=quarters[0], last=quarters[1],
            )  # fmt: skip


def doubt_weekdays(days: Days, quarters: tuple[str, ...], doubts: Doubts) -> None:
    """Refuse a day of the week without reports over quarters that have all the others."""
    if len({day.day for day in days}) < DAYS_OF_MONTH or doubts.found.problems:
        return
    dated = [(f"{d.year}K{(d.month + 2) // 3}", d.weekday(), n) for d, n in days.items()]
    counts = pd.DataFrame(dated, columns=["quarter", "weekday", "count"])
    table = series_by(counts, "weekday", quarters, "quarter")
    everything = table.sum().to_numpy()
    for weekday, own in table.iterrows():
        others = share_of(everything - own.to_numpy())
        for one in empty_stretches(own.to_numpy(), others):
            if one.expected >= IMPOSSIBLE:
                doubts.add(
                    "weekdays-missing", column="date", days=calendar.day_name[int(str(weekday))],
                    first=quarters[one.first], last=quarters[one.last], count=str(one.count),
                    expected=f"{one.expected:.0f}",
                )  # fmt: skip


def doubt_day_order(days: Days, doubts: Doubts) -> None:
    """Refuse dates of which none is after the twelfth: days and months may be swapped."""
    there = {day.day for day in days}
    if sum(days.values()) >= FEWEST and len(there) > 1 and max(there) <= FIRST_DOZEN:
        doubts.add("days-and-months", column="date_format", count=str(sum(days.values())),
                   last_day=str(max(there)))  # fmt: skip


PILE = 30
TIMES_USUAL = 10.0


def doubt_piles(days: Days, doubts: Doubts) -> None:
    """Note days that hold many times a usual day's reports, as stand-ins for unknown dates do."""
    if len({day.day for day in days}) < DAYS_OF_MONTH:
        return
    usual = float(np.mean(sorted(days.values())[: max(1, int(0.98 * len(days)))]))
    piled = {day: n for day, n in days.items() if n >= PILE + TIMES_USUAL * usual}
    if piled:
        said = [f"{day}: {n}" for day, n in sorted(piled.items(), key=lambda one: -one[1])]
        doubts.add("day-piled", column="date", days=listed(said), usual=f"{usual:.1f}")
