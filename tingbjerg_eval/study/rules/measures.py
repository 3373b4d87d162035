"""Rules of one measure: a unit, commitments inside the period, a level that can be held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tingbjerg_eval.inputs.names import meant
from tingbjerg_eval.inputs.quarters import quarter_number, quarter_text
from tingbjerg_eval.inputs.strict_yaml import Path_
from tingbjerg_eval.inputs.validation import Broken
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.strategy import Measure


def unknown(code: str, path: Path_, name: str, known: Iterable[str]) -> Iterator[Broken]:
    """A rule that ``name`` is one of ``known``."""
    if name not in known:
        yield Broken(code, path, name=repr(name), near=meant(name, known))


def measure_rules(name: str, measure: Measure, settings: StudySettings) -> Iterator[Broken]:
    """Every broken rule of one measure."""
    path = ("measures", name)
    if measure.unit is None:
        yield Broken("no-unit", (*path, "unit"))
    if not measure.commitments:
        yield Broken("no-commitment", (*path, "commitments"))
    yield from commitment_rules((*path, "commitments"), measure.commitments, settings)
    yield from _hold_rules(path, measure, settings)
    for year, amount in measure.budget.items():
        if amount < 0:
            yield Broken("negative-amount", (*path, "budget", str(year)), number=amount)


def commitment_rules(
    path: Path_, commitments: dict[str | int, float], settings: StudySettings
) -> Iterator[Broken]:
    """Commitments lie inside the period and are not negative."""
    years = {int(quarter[:4]) for quarter in settings.period_quarters}
    for time, amount in commitments.items():
        if time not in settings.period_quarters and time not in years:
            yield outside((*path, str(time)), str(time), settings)
        if amount < 0:
            yield Broken("negative-amount", (*path, str(time)), number=f"{amount:g}")


def outside(path: Path_, found: str, settings: StudySettings) -> Broken:
    first, last = settings.periods.period
    return Broken("outside-period", path, time=found, first=first, last=last)


def _hold_rules(path: Path_, measure: Measure, settings: StudySettings) -> Iterator[Broken]:
    hold = measure.hold
    if hold is None:
        return
    last = hold.last or settings.periods.period[1]
    for key, quarter in (("from", hold.first), ("to", last)):
        if quarter not in settings.period_quarters:
            yield outside((*path, "hold", key), quarter, settings)
    if quarter_number(last) < quarter_number(hold.first):
        yield Broken("hold-order", (*path, "hold", "to"), first=hold.first, last=last)
    if hold.level <= 0:
        yield Broken("hold-level", (*path, "hold", "level"), level=f"{hold.level:g}")
    held = map(quarter_text, range(quarter_number(hold.first), quarter_number(last) + 1))
    below = [q for q in held if measure.planned(q) < hold.level]
    if below:
        yield Broken(
            "hold-above-commitment",
            (*path, "hold", "level"),
            level=f"{hold.level:g}",
            quarter=below[0],
        )
