"""Single figures far outside their series, swapped digits, and codes that replace one another."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.gaps import TRACE, compared_areas, series_by
from tingbjerg_eval.data.formats.findings import listed
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.study.settings import StudySettings

FAR = 6.0
"""Robust standard deviations on the scale of square roots, where reports vary alike."""
TIMES = 3.0
"""Times the neighbours' median that a figure must be to be said."""
IMPOSSIBLE_TIMES = 20.0
"""Times from which a count is refused until it is explained."""
SPIKE = 0.15
"""Change of inhabitants there and back that is said."""
SWAPPED = 0.02
"""Change there and back from which two swapped digits are looked for."""
FEWEST = 40
SWAP = 0.5
"""How well one code's rise must match another's fall, as a share of the rise."""


def doubt_jumps(cells: pd.DataFrame, quarters: tuple[str, ...], doubts: Doubts) -> None:
    """Say which counts lie far outside the series of their area and kind."""
    settings = doubts.settings
    inside = cells[cells["quarter"].isin(quarters) & cells["area"].isin(compared_areas(settings))]
    for codes in basket_codes(settings).values():
        totals = series_by(inside[inside["offence"].isin(codes)], "area", quarters, "quarter")
        everything = totals.sum().to_numpy()
        for area, counts in totals.iterrows():
            others = everything - counts.to_numpy()
            _doubt_counts(str(area), counts.to_numpy(), others, quarters, codes, doubts)
        _doubt_table(everything, quarters, codes, doubts)


def _doubt_counts(
    area: str,
    counts: np.ndarray,
    others: np.ndarray,
    quarters: tuple[str, ...],
    codes: list[str],
    doubts: Doubts,
) -> None:
    far: dict[str, list[int]] = {}
    for number in outliers(counts):
        shared = others[number] / max(1.0, float(np.median(others)))
        times = counts[number] / max(1.0, _usual(counts, number))
        if times <= TRACE or max(times, 1 / times) < TIMES or _follows(shared, times):
            continue  # what is empty is a hole, which is judged as such
        code = "count-impossible" if times >= IMPOSSIBLE_TIMES else "count-jump"
        far.setdefault(code, []).append(number)
    for code, numbers in far.items():
        figures = [f"{quarters[one]}: {int(counts[one])}" for one in numbers]
        doubts.add(code, area=area, figures=listed(figures), codes=listed(codes),
                   usual=f"{_usual(counts, numbers[0]):.0f}")  # fmt: skip


def _doubt_table(
    counts: np.ndarray, quarters: tuple[str, ...], codes: list[str], doubts: Doubts
) -> None:
    """Say quarters of which every area has a part only, as a delivery that was cut short has."""
    low = []
    for number in outliers(counts):
        usual = _usual(counts, number)
        same = [n for n, one in enumerate(quarters) if one[-1] == quarters[number][-1]]
        others = [counts[one] for one in same if one != number]
        season = float(np.median(others)) if others else usual
        if TRACE * usual < counts[number] <= min(usual, season) / TIMES:
            low.append(number)
    if low:
        figures = [f"{quarters[one]}: {int(counts[one])}" for one in low]
        doubts.add("count-low", column="count", figures=listed(figures), codes=listed(codes),
                   usual=f"{_usual(counts, low[0]):.0f}")  # fmt: skip


def _usual(counts: np.ndarray, number: int) -> float:
    return float(np.median(np.delete(counts, number)))


def _follows(shared: float, times: float) -> bool:
    """Whether the other areas jumped as well, which is news rather than a slip."""
    return shared >= TIMES / 2 if times > 1 else shared <= 2 / TIMES


def outliers(counts: np.ndarray) -> list[int]:
    """Places of counts more than FAR robust deviations from the median.

    The deviation is 1.4826 times the median absolute deviation of twice the square roots, and at
    least 1, which is what reports that come independently have.
    """
    roots = 2 * np.sqrt(counts.astype(float))
    away = np.abs(roots - np.median(roots))
    spread = max(1.0, 1.4826 * float(np.median(away)))
    return [int(one) for one in np.flatnonzero(away > FAR * spread)]


def doubt_population(people: pd.DataFrame, doubts: Doubts) -> None:
    """Say figures that leave their neighbours and return, and those with two digits swapped.

    ``people`` has ``area, time, population``, one row per figure as delivered.
    """
    for area, own in people.groupby("area"):
        figures = own.sort_values("time")
        figures = figures[figures["population"].ne(figures["population"].shift())]
        times, numbers = figures["time"].tolist(), figures["population"].to_numpy()
        for number in range(len(numbers)):
            _doubt_figure(str(area), times, numbers, number, doubts)


def _doubt_figure(
    area: str, times: list[object], numbers: np.ndarray, number: int, doubts: Doubts
) -> None:
    if len(numbers) < 3:
        return
    inner = 0 < number < len(numbers) - 1
    places = (number - 1, number + 1) if inner else ((1, 2) if number == 0 else (-2, -3))
    near = [int(numbers[at]) for at in places]
    here = int(numbers[number])
    if not (all(here > one for one in near) or all(here < one for one in near)):
        return
    wanted = sum(near) / len(near)
    away = abs(here - wanted) / wanted
    steady = abs(near[0] - near[1]) / wanted <= away / 2
    fields = {"time": str(times[number]), "count": str(here),
              "neighbours": listed(near)}  # fmt: skip
    swap = _swapped(here, wanted)
    if swap is not None and steady and away >= (SWAPPED if inner else 5 * SWAPPED):
        doubts.add("population-swapped", area=area, fields=fields, swap=str(swap))
    elif inner and steady and away >= SPIKE:
        doubts.add("population-spike", area=area, fields=fields)


def _swapped(here: int, wanted: float) -> int | None:
    """The number with two digits swapped that fits the neighbours far better, if there is one."""
    digits = str(here)
    if len(digits) != len(str(round(wanted))):
        return None
    fits = []
    for one, other in itertools.combinations(range(len(digits)), 2):
        if other - one > 1:
            continue
        signs = list(digits)
        signs[one], signs[other] = signs[other], signs[one]
        fits.append(int("".join(signs)))
    best = min(fits, key=lambda one: abs(one - wanted), default=here)
    return best if abs(best - wanted) <= abs(here - wanted) / 8 else None


def doubt_replaced(cells: pd.DataFrame, quarters: tuple[str, ...], doubts: Doubts) -> None:
    """Refuse a code outside a basket that comes as the basket falls, or goes as it rises."""
    settings = doubts.settings
    inside = cells[cells["quarter"].isin(quarters) & cells["area"].isin(compared_areas(settings))]
    treated = inside[inside["area"].isin(settings.areas.with_effort)]
    told: set[str] = set()
    for place in (inside, treated):
        table = series_by(place, "offence", quarters, "quarter")
        for codes in basket_codes(settings).values():
            own = table.reindex(codes).fillna(0).sum().to_numpy()
            for code in table.index.difference([*codes, *told]):
                at = _replaces(table.loc[code].to_numpy(), own)
                if at is not None and not _known_break(quarters[at], settings):
                    told.add(code)
                    doubts.add("code-replaced", offence=code, first=quarters[at],
                               basket=listed(codes))  # fmt: skip


def _known_break(quarter: str, settings: StudySettings) -> bool:
    return any(
        one.table == "incidents" and quarter_number(one.first) == quarter_number(quarter)
        for one in settings.breaks
        if "K" in str(one.first)
    )


def _replaces(code: np.ndarray, basket: np.ndarray) -> int | None:
    """Where ``code`` begins or ends while the basket moves as much the other way."""
    filled = np.flatnonzero(code)
    if not len(filled) or code.sum() < FEWEST:
        return None
    first, last = int(filled[0]), int(filled[-1]) + 1
    for at in (first, last):
        if not 2 <= at <= len(code) - 2:
            continue
        moved = code[at:].mean() - code[:at].mean()
        basket_moved = basket[at:].mean() - basket[:at].mean()
        noise = np.sqrt((basket[:at].mean() + 1) / at + (basket[at:].mean() + 1) / (len(code) - at))
        matches = abs(moved + basket_moved) <= SWAP * abs(moved)
        if matches and abs(basket_moved) > 4 * noise:
            return at
    return None
