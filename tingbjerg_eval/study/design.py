"""Which areas and which windows are compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any

from tingbjerg_eval.inputs.quarters import is_quarter, quarter_number, quarter_range

Time = str | int
"""A quarter (``"2010K1"``) for counts, a wave (``2009``) for survey shares."""

Window = tuple[Time, Time]


@dataclass(frozen=True, kw_only=True)
class Break:
    """Figures before and from ``first`` cannot be compared (new supplier, new law)."""

    first: Time
    reason: str


@dataclass(frozen=True, kw_only=True)
class Contamination:
    """``area`` had an effort of its own from ``first`` to ``last``."""

    area: str
    first: Time
    last: Time
    effort: str


@dataclass(frozen=True, kw_only=True)
class Design:
    """The treated area, the comparison areas and the two windows, declared once.

    Parameters
    ----------
    treated
        Name of the area with the effort.
    comparison
        Names of areas without it.
    baseline, period
        First and last quarter (``("2008K1", "2009K4")``) or wave (``(2009, 2009)``), both included.
    adjacent
        Areas next to the treated one, used only by ``displacement``.
    breaks, contamination
        Known breaks of the series and efforts in other areas. Methods refuse a window with a
        break inside, and a comparison area with an effort of its own inside a window.

    Raises
    ------
    ValueError
        When areas overlap, a window is no window, or the period does not follow the baseline.
    """

    treated: str
    comparison: tuple[str, ...]
    baseline: Window
    period: Window
    adjacent: tuple[str, ...] = ()
    breaks: tuple[Break, ...] = ()
    contamination: tuple[Contamination, ...] = ()

    def __post_init__(self) -> None:
        for field in ("comparison", "adjacent", "breaks", "contamination"):
            object.__setattr__(self, field, tuple(getattr(self, field)))
        for field in ("baseline", "period"):
            object.__setattr__(self, field, tuple(map(_plain, getattr(self, field))))
        _check_areas(self.treated, self.comparison, self.adjacent)
        for name in ("baseline", "period"):
            _check_window(name, getattr(self, name))
        if is_quarter(self.baseline[0]) != is_quarter(self.period[0]):
            raise ValueError("baseline and period must both be quarters or both be waves")
        if _number(self.baseline[1]) >= _number(self.period[0]):
            raise ValueError(
                f"the period {self.period} must start after the baseline {self.baseline} ends"
            )

    @property
    def in_quarters(self) -> bool:
        """Whether windows are quarters (counts) rather than waves (shares)."""
        return is_quarter(self.baseline[0])

    @property
    def baseline_times(self) -> tuple[Time, ...]:
        """Every quarter or wave of the baseline."""
        return times(self.baseline)

    @property
    def period_times(self) -> tuple[Time, ...]:
        """Every quarter or wave of the period."""
        return times(self.period)

    @property
    def areas(self) -> tuple[str, ...]:
        """Treated area first, then the comparison areas."""
        return (self.treated, *self.comparison)

    def with_(self, **changes: Any) -> Design:
        """A copy with some fields changed.

        >>> Design(treated="T", comparison=("A", "B"), baseline=(2009, 2009),
        ...        period=(2013, 2013)).with_(comparison=("A",)).comparison
        ('A',)
        """
        return replace(self, **changes)


def times(window: Window) -> tuple[Time, ...]:
    """Every quarter or wave in ``window``."""
    first, last = window
    if is_quarter(first):
        return quarter_range(first, str(last))
    return tuple(range(int(first), int(last) + 1))


def _plain(time: object) -> object:
    """A wave read from a frame is a NumPy integer; as a plain one it compares and prints."""
    return int(time) if isinstance(time, Integral) and not isinstance(time, bool) else time


def _number(time: Time) -> int:
    return quarter_number(time) if is_quarter(time) else int(time)


def _check_areas(treated: str, comparison: tuple[str, ...], adjacent: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for area in (treated, *comparison, *adjacent):
        if area in seen:
            raise ValueError(
                f"area {area!r} has two roles; each area is treated, comparison or adjacent, once"
            )
        seen.add(area)


def _check_window(name: str, window: Window) -> None:
    if len(window) != 2:
        raise ValueError(f"{name} needs a first and a last time, got {window!r}")
    quarters = [is_quarter(time) for time in window]
    waves = [isinstance(time, int) and not isinstance(time, bool) for time in window]
    if not (all(quarters) or all(waves)):
        raise ValueError(
            f"{name} must be two quarters (2010K1) or two waves (2009), got {window!r}"
        )
    if _number(window[0]) > _number(window[1]):
        raise ValueError(f"{name} ends before it starts: {window!r}")
