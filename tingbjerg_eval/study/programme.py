"""One effort in many areas, each with a start of its own, and who they are compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tingbjerg_eval.inputs.calls import guided
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.inputs.quarters import a_year, as_quarter, quarter_range, shift
from tingbjerg_eval.study.design import (
    Break,
    Contamination,
    Design,
    Time,
    Window,
    times,
)


@guided()
@dataclass(frozen=True, kw_only=True)
class Effort:
    """The effort in one area of a programme.

    Parameters
    ----------
    area
        Name of the area.
    baseline, period
        First and last quarter (``("2008K1", "2009K4")``) or wave before and during the effort.
    start, end
        First and last quarter or wave of the effort itself; by default those of the period. From
        ``start`` on, set-up included, the area is no comparison for any other.
    adjacent
        Areas next to it; they are no comparison for it.
    """

    area: str
    baseline: Window
    period: Window
    start: Time | None = None
    end: Time | None = None
    adjacent: tuple[str, ...] = ()

    @property
    def began(self) -> Time:
        """The first quarter or wave of the effort."""
        return self.period[0] if self.start is None else _time(self.start)

    @classmethod
    def of(
        cls, area: str, first: str, last: str, *, quarters: int, adjacent: Iterable[str] = ()
    ) -> Effort:
        """An effort from ``first`` to ``last`` with a baseline of ``quarters`` before it.

        The period is as many whole years as the effort holds.

        Examples
        --------
        >>> Effort.of("N", "2010K2", "2012K3", quarters=8).period
        ('2010K2', '2012K1')
        """
        first, last = as_quarter(first), as_quarter(last)
        length = len(quarter_range(first, last)) // a_year(first) * a_year(first)
        if not length:
            raise ValueError(f"the effort in {area} ({first}-{last}) is shorter than a year")
        return cls(
            area=area,
            baseline=(shift(first, -quarters), shift(first, -1)),
            period=(first, shift(first, length - 1)),
            start=first,
            end=last,
            adjacent=tuple(adjacent),
        )


@guided()
@dataclass(frozen=True, kw_only=True, repr=False)
class Programme:
    """One effort in several areas, compared with areas that they share.

    An area of the programme is itself a comparison area for the others until its own effort
    starts. A comparison area with an effort of its own is none for windows that the effort
    touches; adjacent areas are none for the area they lie next to.

    Parameters
    ----------
    treated
        The areas with the effort, each with its windows.
    comparison
        Names of areas without it.
    breaks, contamination
        As in :class:`~tingbjerg_eval.study.design.Design`.

    Raises
    ------
    ValueError
        Where areas overlap or a window is no window.

    Examples
    --------
    >>> efforts = [Effort(area=area, baseline=(f"{year - 2}K1", f"{year - 1}K4"),
    ...                   period=(f"{year}K1", f"{year + 1}K4"))
    ...            for area, year in (("N", 2010), ("S", 2012))]
    >>> programme = Programme(treated=efforts, comparison=("A", "B"))
    >>> programme.design("N").comparison
    ('A', 'B', 'S')
    """

    treated: tuple[Effort, ...]
    comparison: tuple[str, ...]
    breaks: tuple[Break, ...] = ()
    contamination: tuple[Contamination, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.comparison, str):
            raise WrongArgument(f"comparison is a list of areas; write [{self.comparison!r}].")
        for field in ("treated", "comparison", "breaks", "contamination"):
            object.__setattr__(self, field, tuple(getattr(self, field)))
        if not self.treated:
            raise ValueError("a programme has at least one treated area")
        _refuse_repeated([*self.areas, *self.comparison])
        if len({design.in_quarters for design in self.designs}) > 1:
            raise ValueError("all efforts of a programme are in quarters, or all in waves")

    @classmethod
    def single(cls, design: Design) -> Programme:
        """The programme of one area that ``design`` describes."""
        effort = Effort(
            area=design.treated,
            baseline=design.baseline,
            period=design.period,
            adjacent=design.adjacent,
        )
        return cls(
            treated=(effort,),
            comparison=design.comparison,
            breaks=design.breaks,
            contamination=design.contamination,
        )

    @property
    def areas(self) -> tuple[str, ...]:
        """The treated areas, in the order given."""
        return tuple(effort.area for effort in self.treated)

    @property
    def next_door(self) -> dict[str, tuple[str, ...]]:
        """The adjacent areas of each treated area that has any.

        Treated areas are none, and an area next to several counts with the one whose effort
        began first.
        """
        taken = {*self.areas}
        found: dict[str, tuple[str, ...]] = {}
        for effort in sorted(self.treated, key=lambda one: str(one.began)):
            own = tuple(area for area in effort.adjacent if area not in taken)
            taken.update(own)
            found |= {effort.area: own} if own else {}
        return found

    @property
    def in_quarters(self) -> bool:
        """Whether windows are quarters (counts) rather than waves (shares)."""
        return self.designs[0].in_quarters

    def effort(self, area: str) -> Effort:
        """The effort in one treated area."""
        for effort in self.treated:
            if effort.area == area:
                return effort
        raise WrongArgument(f"{area!r} is no treated area of the programme.")

    @cached_property
    def designs(self) -> tuple[Design, ...]:
        """The design of each treated area alone: its windows, and who is still untreated then."""
        return tuple(map(self._design, self.treated))

    def design(self, area: str) -> Design:
        """The design of one treated area alone."""
        return self.designs[self.treated.index(self.effort(area))]

    def _design(self, effort: Effort) -> Design:
        area = effort.area
        alone = Design(
            treated=area,
            comparison=tuple(
                name
                for name in (*self.comparison, *_later(effort, self.treated))
                if name not in effort.adjacent
            ),
            baseline=effort.baseline,
            period=effort.period,
            adjacent=tuple(name for name in effort.adjacent if name not in self.areas),
            breaks=self.breaks,
            contamination=self.contamination,
        )
        return alone.replace(comparison=_untouched(alone, self))

    def __repr__(self) -> str:
        first, last = (pick(map(str, self._starts())) for pick in (min, max))
        own, among = (
            many(len(areas), kind)
            for areas, kind in ((self.treated, "area"), (self.comparison, "comparison area"))
        )
        starts = f"start {first}" if first == last else f"starts {first}-{last}"
        return f"<Programme of {own} against {among}; {starts}>"

    def _starts(self) -> list[Time]:
        return [effort.began for effort in self.treated]


def _later(effort: Effort, efforts: Iterable[Effort]) -> list[str]:
    """Areas of the programme whose own effort starts after this one's period."""
    last = _time(effort.period[1])
    return [o.area for o in efforts if o is not effort and str(o.began) > str(last)]


def _untouched(design: Design, programme: Programme) -> list[str]:
    """Comparison areas without an effort of their own between the design's first and last time.

    An area that has one in the windows of every treated area stays and is refused as for one area:
    it can be no comparison at all.
    """
    if not design.contamination:
        return list(design.comparison)
    touched = {area: _touched(design, area) for area in design.comparison}
    return [area for area in design.comparison if not touched[area] or _useless(area, programme)]


def _touched(design: Design, area: str) -> bool:
    span = set(times((design.baseline[0], design.period[1])))
    return any(
        span & set(times((effort.first, effort.last)))
        for effort in design.contamination
        if effort.area == area
    )


def _useless(area: str, programme: Programme) -> bool:
    spans = [
        set(times((_time(effort.baseline[0]), _time(effort.period[1]))))
        for effort in programme.treated
    ]
    own = [set(times((e.first, e.last))) for e in programme.contamination if e.area == area]
    return all(any(span & one for one in own) for span in spans)


def _time(time: Time) -> Time:
    return as_quarter(time) if isinstance(time, str) else time


def _refuse_repeated(areas: list[str]) -> None:
    for area in areas:
        if areas.count(area) > 1:
            raise ValueError(f"area {area!r} has two roles; each area is treated or comparison")
