"""The kinds of report: one table, from which names, order, times and options follow.

A further kind is a record here, a notebook of its name, and its words in ``presentation/texts``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tingbjerg_eval.study.settings import StudySettings

BASELINE, QUARTERLY, END, PROGRAMME = "baseline", "quarterly", "end_of_period", "programme"


@dataclass(frozen=True, kw_only=True)
class ReportKind:
    """One kind of report.

    Attributes
    ----------
    names
        The reports of this kind that a study has.
    until
        The last quarter that the report of a name knows.
    last
        Whether it knows everything, and no other report comes after it.
    effort
        How much longer it takes than a quarterly one, roughly.
    """

    names: Callable[[StudySettings], tuple[str, ...]]
    until: Callable[[StudySettings, str], str]
    last: bool = False
    effort: float = 1.0


def _of_one_area(*names: str) -> Callable[[StudySettings], tuple[str, ...]]:
    return lambda settings: () if settings.areas.programme else names


def _each_quarter(settings: StudySettings) -> tuple[str, ...]:
    return () if settings.areas.programme else settings.period_quarters


def _of_programmes(settings: StudySettings) -> tuple[str, ...]:
    return (PROGRAMME,) if settings.areas.programme else ()


def _end(settings: StudySettings, _name: str) -> str:
    return settings.periods.period[1]


REPORT_KINDS: dict[str, ReportKind] = {
    BASELINE: ReportKind(
        names=_of_one_area(BASELINE), until=lambda settings, _: settings.periods.baseline[1]
    ),
    QUARTERLY: ReportKind(names=_each_quarter, until=lambda _, name: name),
    END: ReportKind(names=_of_one_area(END), until=_end, last=True, effort=3.0),
    PROGRAMME: ReportKind(names=_of_programmes, until=_end, last=True, effort=3.0),
}
"""In the order in which their reports are handed over."""


def kind_of(name: str) -> str:
    """The kind of the report called ``name``: its own name, or a quarter's."""
    return name if name in REPORT_KINDS else QUARTERLY


def report_names(settings: StudySettings) -> tuple[str, ...]:
    """Every report of the study in the order they are handed over."""
    return tuple(name for kind in REPORT_KINDS.values() for name in kind.names(settings))
