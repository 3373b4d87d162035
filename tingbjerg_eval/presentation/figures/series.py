"""From a panel, a shares table or a protected table to the points a figure may draw.

One row per area and time: ``area, time, x, value, lower, upper, hidden``. ``x`` counts years,
``value`` is missing where the figure is hidden; the interval is that of the figure alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tingbjerg_eval.inputs.quarters import is_quarter, quarter_number
from tingbjerg_eval.study.design import Design, times

if TYPE_CHECKING:
    from tingbjerg_eval.disclosure.tables import ProtectedTable

POINTS = ["area", "time", "x", "value", "lower", "upper", "hidden"]
PER = 1000
NORMAL_QUANTILE = 1.959963984540054
"""Of 95 per cent."""
SHOWN_STATES = ("shown", "true zero")


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """Points of every area and the unit they are told in."""

    points: pd.DataFrame
    unit: str
    threshold: int = 5
    _kept: dict[object, pd.DataFrame] = field(default_factory=dict, init=False, repr=False)

    def of(self, *areas: str) -> pd.DataFrame:
        """Points of some areas in order of time; not to be changed, for it is kept."""
        return self.kept(areas, lambda: self._ordered[np.isin(self._names, areas)])

    def kept(self, key: object, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """What ``make`` gives, made once: a figure and its text ask for the same."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    @cached_property
    def _ordered(self) -> pd.DataFrame:
        return self.points.sort_values(["area", "x"], kind="stable")

    @cached_property
    def _names(self) -> np.ndarray:
        names: np.ndarray = self._ordered["area"].to_numpy(dtype="U")
        return names

    @property
    def is_share(self) -> bool:
        """Whether values are shares (0-1)."""
        return self.unit == "share"


def series(
    data: pd.DataFrame | ProtectedTable,
    design: Design,
    *,
    measure: str = "rate",
    threshold: int = 5,
) -> Series:
    """Points of the design's areas.

    Parameters
    ----------
    data
        A protected table (or its frame: ``area, quarter, value, status`` and, for rates,
        ``population`` or ``rate``), a raw panel, which is protected here, or a shares table
        (``area, wave, share, variance``, and ``status`` if protected).
    measure
        ``"rate"`` (per 1,000 residents), ``"index"`` (baseline mean is 100) or ``"count"``.
    """
    frame: pd.DataFrame = getattr(data, "frame", data)
    if "wave" in frame.columns:
        points, unit = _share_points(frame), "share"
    else:
        points, unit = _count_points(frame, measure, threshold)
    points = points[points["area"].isin([*design.areas, *design.adjacent])]
    made = Series(points=points[POINTS].reset_index(drop=True), unit=unit, threshold=threshold)
    return _indexed(made, design) if measure == "index" else made


def position(time: str | int) -> float:
    """Years since year 0; a quarter lies in its middle."""
    return (quarter_number(time) + 0.5) / 4 if is_quarter(time) else float(time)


def left_edge(time: str | int) -> float:
    """Where the quarter or wave begins."""
    return position(time) - (0.125 if is_quarter(time) else 0.5)


def right_edge(time: str | int) -> float:
    """Where the quarter or wave ends."""
    return position(time) + (0.125 if is_quarter(time) else 0.5)


def comparison_mean(of: Series, design: Design) -> pd.DataFrame:
    """Mean over the comparison areas, missing where one of them is hidden: ``x, time, value``."""

    def mean() -> pd.DataFrame:
        own = of.of(*design.comparison)
        return own.groupby(["x", "time"], sort=True)["value"].mean(skipna=False).reset_index()

    return of.kept(("mean", design.comparison), mean)


def _count_points(frame: pd.DataFrame, measure: str, threshold: int) -> tuple[pd.DataFrame, str]:
    if "status" not in frame.columns:
        frame = _protected(frame, threshold)
    if "total" in frame.columns:
        frame = frame[~frame["total"].astype(bool)]
    count = frame["value"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    lower, upper = count_interval(count)
    factor = _factor(frame, count) if measure != "count" else 1.0
    points = pd.DataFrame(
        {
            "area": frame["area"].astype(str),
            "time": frame["quarter"],
            "x": frame["quarter"].map(position),
            "value": count * factor,
            "lower": lower * factor,
            "upper": upper * factor,
            "hidden": ~frame["status"].isin(SHOWN_STATES),
        }
    )
    return points, measure


def _factor(frame: pd.DataFrame, count: np.ndarray) -> np.ndarray:
    if "population" in frame.columns:
        population: np.ndarray = frame["population"].to_numpy(dtype=float)
        return PER / population
    rate = frame["rate"].to_numpy(dtype=float, na_value=np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(count > 0, rate / count, 0.0)


def _protected(panel: pd.DataFrame, threshold: int) -> pd.DataFrame:
    from tingbjerg_eval.disclosure.tables import protect

    frame = protect(panel, dims=("area", "quarter"), threshold=threshold)
    return frame.merge(panel[["area", "quarter", "population"]], on=["area", "quarter"])


def count_interval(count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Exact 95 % Poisson interval of a count (Garwood 1936)."""
    from scipy.stats import chi2

    tail = (1 - 0.95) / 2
    lower = np.where(count == 0, 0.0, chi2.ppf(tail, 2 * count) / 2)
    return lower, chi2.ppf(1 - tail, 2 * count + 2) / 2


def _share_points(frame: pd.DataFrame) -> pd.DataFrame:
    share = frame["share"].to_numpy(dtype=float, na_value=np.nan)
    spread = NORMAL_QUANTILE * np.sqrt(frame["variance"].to_numpy(dtype=float, na_value=np.nan))
    status = frame["status"] if "status" in frame.columns else pd.Series("shown", frame.index)
    hidden = ~status.isin(SHOWN_STATES)
    value = np.where(hidden, np.nan, share)
    return pd.DataFrame(
        {
            "area": frame["area"].astype(str),
            "time": frame["wave"].astype(int),
            "x": frame["wave"].map(position),
            "value": value,
            "lower": _bounded(frame, "lower", value - spread),
            "upper": _bounded(frame, "upper", value + spread),
            "hidden": hidden,
        }
    )


def _bounded(frame: pd.DataFrame, column: str, otherwise: np.ndarray) -> np.ndarray:
    if column in frame.columns:
        given: np.ndarray = frame[column].to_numpy(dtype=float, na_value=np.nan)
        return given
    bounded: np.ndarray = np.clip(otherwise, 0, 1)
    return bounded


def _indexed(of: Series, design: Design) -> Series:
    points = of.points.copy()
    before = points[points["time"].isin(times(design.baseline))]
    base = before.groupby("area")["value"].mean()
    scale = 100 / points["area"].map(base)
    for column in ("value", "lower", "upper"):
        points[column] = points[column] * scale
    return Series(points=points, unit="index", threshold=of.threshold)
