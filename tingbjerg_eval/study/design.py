"""Which areas and which windows are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import many, refuse_unknown
from tingbjerg_eval.inputs.quarters import (
    as_quarter,
    is_quarter,
    quarter_number,
    quarter_range,
    shift,
)

if TYPE_CHECKING:
    import pandas as pd

Time = str | int
"""A quarter (``"2010K1"``) for counts, a wave (``2009``) for survey shares."""

Window = tuple[Time, Time]


@dataclass(frozen=True, kw_only=True)
class Break:
    """Figures before and from ``first`` cannot be compared (new supplier, new law).

    Parameters
    ----------
    first
        The first quarter or wave of the new figures.
    reason
        Why, in a few words.
    """

    first: Time
    reason: str


@dataclass(frozen=True, kw_only=True)
class Contamination:
    """``area`` had an effort of its own from ``first`` to ``last``.

    Parameters
    ----------
    area
        Name of the area.
    first, last
        The effort's first and last quarter, or wave.
    effort
        What it was.
    """

    area: str
    first: Time
    last: Time
    effort: str


@dataclass(frozen=True, kw_only=True, repr=False)
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

    Examples
    --------
    >>> Design(treated="T", comparison=("A", "B"), baseline=("2008Q1", "2009Q4"),
    ...        period=("2010Q1", "2012Q4"))
    <Design T against 2 comparison areas; baseline 2008K1-2009K4 (8 quarters),
    period 2010K1-2012K4 (12 quarters)>
    """

    treated: str
    comparison: tuple[str, ...]
    baseline: Window
    period: Window
    adjacent: tuple[str, ...] = ()
    breaks: tuple[Break, ...] = ()
    contamination: tuple[Contamination, ...] = ()

    def __post_init__(self) -> None:
        for field in ("comparison", "adjacent"):
            _refuse_text(field, getattr(self, field))
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

    @property
    def left_out(self) -> tuple[Time, ...]:
        """The quarters or waves between baseline and period that neither window holds."""
        between = range(_number(self.baseline[1]) + 1, _number(self.period[0]))
        if not self.in_quarters:
            return tuple(between)
        return tuple(shift(str(self.baseline[1]), 1 + step) for step in range(len(between)))

    def rows(self, data: pd.DataFrame) -> pd.DataFrame:
        """The rows of a panel or a shares table that lie in the two windows.

        What comes later is left out, so that the question of a year is the same in every report.

        Examples
        --------
        >>> len(study.design.replace(period=("2010K1", "2010K4")).rows(study.panel("burglary")))
        204
        """
        time = "quarter" if self.in_quarters else "wave"
        inside = data[time].isin({*self.baseline_times, *self.period_times})
        return data[inside].reset_index(drop=True)

    @property
    def windows(self) -> str:
        """Baseline and period with their lengths, and what is left out between them."""
        unit = "quarter" if self.in_quarters else "wave"
        said = [
            f"{name} {_span(window)} ({many(len(times(window)), unit)})"
            for name, window in (("baseline", self.baseline), ("period", self.period))
        ]
        left = f"; left out between them: {', '.join(map(str, self.left_out))}"
        return ", ".join(said) + (left if self.left_out else "")

    def __repr__(self) -> str:
        areas = [many(len(self.comparison), "comparison area")]
        areas += [f"{len(self.adjacent)} adjacent"] if self.adjacent else []
        return f"<Design {self.treated} against {', '.join(areas)}; {self.windows}>"

    def replace(self, **changes: Any) -> Design:
        """A copy with some fields changed.

        Parameters
        ----------
        **changes
            Fields of the design with their new values.

        Raises
        ------
        UnknownName
            Where the design has no such field.
        ValueError
            Where the changed design is no design.

        Examples
        --------
        >>> Design(treated="T", comparison=("A", "B"), baseline=(2009, 2009),
        ...        period=(2013, 2013)).replace(comparison=("A",)).comparison
        ('A',)
        """
        for name in changes:
            refuse_unknown(name, [field.name for field in fields(self)], what="field of a design")
        return replace(self, **changes)

    with_ = replace

    def with_comparison(self, *areas: str) -> Design:
        """A copy that compares with ``areas`` instead.

        Examples
        --------
        >>> design = Design(treated="T", comparison=("A", "B"), baseline=(2009, 2009),
        ...                 period=(2013, 2013))
        >>> design.with_comparison("C", "D").areas
        ('T', 'C', 'D')
        """
        given = areas[0] if len(areas) == 1 and not isinstance(areas[0], str) else areas
        return self.replace(comparison=tuple(given))

    def around(self, start: str, *, years: tuple[int, int] = (2, 3), leave_out: int = 0) -> Design:
        """A copy with windows of whole years before and after ``start``, New Year or not.

        A year is four quarters in a row, so both windows hold every season equally often.
        :attr:`windows` says which quarters they became.

        Parameters
        ----------
        start
            The quarter in which the effort began, such as ``"2009K2"``, or the month, such as
            ``"2009-05"``. The baseline ends with the quarter before it. A quarter that began
            without the effort belongs to neither window, so it is left out too.
        years
            Number of years before and after.
        leave_out
            Number of quarters from ``start`` on that belong to no window: the effort was being
            set up.

        Raises
        ------
        WrongArgument
            For a design of survey waves, a start that is no quarter, or no whole years.

        Examples
        --------
        >>> design = Design(treated="T", comparison=("A",), baseline=("2008K1", "2008K4"),
        ...                 period=("2009K1", "2009K4"))
        >>> design.around("2009K2", years=(1, 1), leave_out=1).windows
        'baseline 2008K2-2009K1 (4 quarters), period 2009K3-2010K2 (4 quarters); \
left out between them: 2009K2'
        >>> design.around("2009-05", years=(1, 1)).windows
        'baseline 2008K2-2009K1 (4 quarters), period 2009K3-2010K2 (4 quarters); \
left out between them: 2009K2'
        """
        start, mixed = _start(str(start))
        _refuse_around(self, start, years, leave_out)
        before, after = (4 * int(length) for length in years)
        first = shift(start, max(leave_out, mixed))
        return self.replace(
            baseline=(shift(start, -before), shift(start, -1)),
            period=(first, shift(first, after - 1)),
        )


def times(window: Window) -> tuple[Time, ...]:
    """Every quarter or wave in ``window``."""
    first, last = window
    if is_quarter(first):
        return quarter_range(first, str(last))
    return tuple(range(int(first), int(last) + 1))


def _span(window: Window) -> str:
    return "-".join(str(one) for one in dict.fromkeys(window))


def _refuse_text(name: str, areas: Iterable[str]) -> None:
    """A text is a sequence of letters, and each would be taken for an area."""
    if isinstance(areas, str):
        raise WrongArgument(f"{name} is a list of areas; write [{areas!r}].")


MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def _start(given: str) -> tuple[str, int]:
    """The quarter of a start, and the number of quarters that began before it (0 or 1)."""
    found = MONTH.fullmatch(given.strip())
    if found is None:
        return as_quarter(given), 0
    later, into = divmod(int(found[2]) - 1, 3)
    return f"{found[1]}K{later + 1}", int(into > 0)


def _refuse_around(design: Design, start: str, years: object, leave_out: object) -> None:
    if not design.in_quarters:
        raise WrongArgument("around() makes windows of quarters; survey waves are given by hand.")
    if not is_quarter(start):
        raise WrongArgument(
            f"start is a quarter such as '2009K2' or a month such as '2009-05', not {start!r}."
        )
    if not (isinstance(years, tuple | list) and len(years) == 2 and all(map(_is_length, years))):
        raise WrongArgument(
            f"years is two whole numbers, such as (2, 3) for before and after, not {years!r}."
        )
    if not (_is_length(leave_out) or leave_out == 0):
        raise WrongArgument(f"leave_out is a number of quarters, 0 or more, not {leave_out!r}.")


def _is_length(number: object) -> bool:
    return isinstance(number, Integral) and not isinstance(number, bool) and int(number) > 0


def _plain(time: object) -> object:
    """A wave read from a frame is a NumPy integer; as a plain one it compares and prints."""
    if isinstance(time, str):
        return as_quarter(time)
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
