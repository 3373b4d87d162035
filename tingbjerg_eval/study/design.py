"""Which areas and which windows are compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

from tingbjerg_eval.inputs.calls import guided
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import many, refuse_unknown
from tingbjerg_eval.inputs.quarters import (
    a_year,
    as_quarter,
    is_period,
    is_quarter,
    not_a_quarter,
    quarter_number,
    quarter_range,
    shift,
)
from tingbjerg_eval.study.around import refuse_around, start_of

if TYPE_CHECKING:
    import pandas as pd

Time = str | int
"""A quarter (``"2010K1"``) for counts, a wave (``2009``) for survey shares."""

Window = tuple[Time, Time]


@guided()
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


@guided()
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


@guided(instead="What it holds: design.windows, design.areas.")
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
        First and last quarter (``("2008K1", "2009K4")``), year of counts (``("2008", "2009")``) or
        wave (``(2009, 2009)``), both included.
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
        lists: dict[str, tuple[type, str]] = {
            "comparison": (str, "areas"), "adjacent": (str, "areas"),
            "breaks": (Break, "Breaks"), "contamination": (Contamination, "Contaminations"),
        }  # fmt: skip
        for field, (kind, what) in lists.items():
            object.__setattr__(self, field, _members(field, getattr(self, field), kind, what))
        if not isinstance(self.treated, str):
            raise WrongArgument(f"treated is the name of one area, not {self.treated!r}.")
        _check_areas(self.treated, self.comparison, self.adjacent)
        for field in ("baseline", "period"):
            object.__setattr__(self, field, _window(field, getattr(self, field)))
        if _kind(self.baseline[0]) != _kind(self.period[0]):
            raise WrongArgument(
                "baseline and period must both be quarters, both years or both be waves."
            )
        if quarter_number(self.baseline[1]) >= quarter_number(self.period[0]):
            raise WrongArgument(
                f"the period {self.period} must start after the baseline {self.baseline} ends."
            )

    @property
    def in_quarters(self) -> bool:
        """Whether windows are quarters or years of counts rather than waves (shares)."""
        return is_period(self.baseline[0])

    def of_counts(self) -> Design:
        """The design with years of counts where its windows are whole numbers."""
        breaks = (replace(one, first=str(one.first)) for one in self.breaks)
        efforts = (replace(one, first=str(one.first), last=str(one.last))
                   for one in self.contamination)  # fmt: skip
        baseline, period = ((str(a), str(b)) for a, b in (self.baseline, self.period))
        return replace(self, baseline=baseline, period=period,
                       breaks=tuple(breaks), contamination=tuple(efforts))  # fmt: skip

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
        every = times((self.baseline[0], self.period[1]))
        return tuple(one for one in every if one not in {*self.baseline_times, *self.period_times})

    def rows(self, data: pd.DataFrame) -> pd.DataFrame:
        """The rows of a panel or a shares table that lie in the two windows.

        What comes later is left out, so that the question of a year is the same in every report.

        Examples
        --------
        >>> len(study.design.replace(period=("2010K1", "2010K4")).rows(study.panel("burglary")))
        204
        """
        time = "quarter" if self.in_quarters else "wave"
        if time not in getattr(data, "columns", ()):
            raise WrongArgument(f"rows takes a table with a column {time!r}, as study.panel gives.")
        inside = data[time].isin({*self.baseline_times, *self.period_times})
        return data[inside].reset_index(drop=True)

    @property
    def windows(self) -> str:
        """Baseline and period with their lengths, and what is left out between them."""
        unit = {"quarters": "quarter", "years": "year"}.get(_kind(self.period[0]), "wave")
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
        return self.replace(comparison=given)

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
        begun, mixed = start_of(start)
        refuse_around(self.in_quarters, start, years, leave_out)
        start = begun
        before, after = (a_year(start) * int(length) for length in years)
        first = shift(start, max(leave_out, mixed))
        return self.replace(
            baseline=(shift(start, -before), shift(start, -1)),
            period=(first, shift(first, after - 1)),
        )


def times(window: Window) -> tuple[Time, ...]:
    """Every quarter or wave in ``window``."""
    first, last = window
    if is_period(first):
        return quarter_range(first, str(last))
    return tuple(range(int(first), int(last) + 1))


def _kind(time: Time) -> str:
    if not is_period(time):
        return "waves"
    return "quarters" if is_quarter(time) else "years"


def _span(window: Window) -> str:
    return "-".join(str(one) for one in dict.fromkeys(window))


def _members(name: str, given: object, kind: type, what: str) -> tuple[object, ...]:
    """What is in a list; a text is none, as each of its letters would be taken for an area."""
    if isinstance(given, str):
        raise WrongArgument(f"{name} is a list of {what}; write [{given!r}].")
    members = sorted(given) if isinstance(given, set) else given
    if not isinstance(members, Iterable) or hasattr(members, "columns"):
        raise WrongArgument(f"{name} is a list of {what}, not {type(given).__name__}.")
    for one in (held := tuple(members)):
        if not isinstance(one, kind):
            raise WrongArgument(f"{name} is a list of {what}; {one!r} is none.")
    return held


def _plain(time: object) -> object:
    """A wave read from a frame is a NumPy integer; as a plain one it compares and prints."""
    if isinstance(time, Integral):
        return time if isinstance(time, bool) else int(time)
    return as_quarter(time) if is_period(as_quarter(time)) else time


def _check_areas(treated: str, comparison: tuple[str, ...], adjacent: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for area in (treated, *comparison, *adjacent):
        if area in seen:
            raise WrongArgument(
                f"area {area!r} has two roles; each area is treated, comparison or adjacent, once."
            )
        seen.add(area)


def _window(name: str, given: object) -> tuple[object, ...]:
    """The first and the last quarter or wave."""
    listed = isinstance(given, Iterable) and not isinstance(given, str)
    window: Any = tuple(map(_plain, given)) if listed else ()  # type: ignore[call-overload]
    waves = [isinstance(time, int) and not isinstance(time, bool) for time in window]
    periods = all(map(is_period, window)) and len(set(map(_kind, window))) == 1
    if len(window) != 2 or not (periods or all(waves)):
        odd = next((one for one in window if not is_quarter(one)), given)
        said = not_a_quarter(odd if len(window) == 2 else given)
        raise WrongArgument(
            f"{name} is a first and a last quarter or wave, such as ('2008K1', '2009K4') or "
            f"(2009, 2009); not {said}."
        )
    if quarter_number(window[0]) > quarter_number(window[1]):
        raise WrongArgument(f"{name} ends before it starts: {window!r}.")
    return tuple(window)
