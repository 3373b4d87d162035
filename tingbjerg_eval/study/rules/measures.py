"""Rules of one measure: a unit, commitments inside the period, a level that can be held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from tingbjerg_eval.inputs.quarters import quarter_number, quarter_text
from tingbjerg_eval.inputs.strict_yaml import Path_
from tingbjerg_eval.inputs.validation import Broken
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.strategy import Measure


def unknown(code: str, path: Path_, name: str, known: Iterable[str], what: str) -> Iterator[Broken]:
    """A rule that ``name`` is one of ``known``."""
    if name in known:
        return
    near = get_close_matches(name, list(known), n=1)
    yield Broken(
        code=code, path=path, found=repr(name), wanted=f"{what} of this study",
        mend=f"Did you mean {near[0]!r}?" if near else f"Correct the name, or add the {what}.",
    )  # fmt: skip


def measure_rules(name: str, measure: Measure, settings: StudySettings) -> Iterator[Broken]:
    """Every broken rule of one measure."""
    path = ("measures", name)
    if measure.unit is None:
        yield Broken(code="no-unit", path=(*path, "unit"), found="nothing",
                     wanted="what is counted, such as hours or meetings",
                     mend="Add unit:.")  # fmt: skip
    if not measure.commitments:
        yield Broken(
            code="no-commitment", path=(*path, "commitments"), found="nothing",
            wanted="the amount that is committed to, by year or quarter",
            mend="Add commitments:, such as 2010: 120.",
        )  # fmt: skip
    yield from commitment_rules((*path, "commitments"), measure.commitments, settings)
    yield from _hold_rules(path, measure, settings)
    for year, amount in measure.budget.items():
        if amount < 0:
            yield Broken(code="negative-amount", path=(*path, "budget", str(year)),
                         found=str(amount), wanted="0 or more", mend="Correct it.")  # fmt: skip


def commitment_rules(
    path: Path_, commitments: dict[str | int, float], settings: StudySettings
) -> Iterator[Broken]:
    """Commitments lie inside the period and are not negative."""
    years = {int(quarter[:4]) for quarter in settings.period_quarters}
    for time, amount in commitments.items():
        if time not in settings.period_quarters and time not in years:
            yield _outside((*path, str(time)), str(time), settings)
        if amount < 0:
            yield Broken(code="negative-amount", path=(*path, str(time)), found=f"{amount:g}",
                         wanted="0 or more", mend="Correct it.")  # fmt: skip


def _outside(path: Path_, found: str, settings: StudySettings) -> Broken:
    first, last = settings.periods.period
    return Broken(
        code="outside-period", path=path, found=found, wanted=f"a time from {first} to {last}",
        mend="Move it into the period.",
    )  # fmt: skip


def _hold_rules(path: Path_, measure: Measure, settings: StudySettings) -> Iterator[Broken]:
    hold = measure.hold
    if hold is None:
        return
    last = hold.last or settings.periods.period[1]
    for key, quarter in (("from", hold.first), ("to", last)):
        if quarter not in settings.period_quarters:
            yield _outside((*path, "hold", key), quarter, settings)
    if quarter_number(last) < quarter_number(hold.first):
        yield Broken(code="hold-order", path=(*path, "hold", "to"), found=f"{hold.first} to {last}",
                     wanted="from before to", mend="Swap them.")  # fmt: skip
    if hold.level <= 0:
        yield Broken(code="hold-level", path=(*path, "hold", "level"), found=f"{hold.level:g}",
                     wanted="more than 0", mend="Write the level to hold.")  # fmt: skip
    held = map(quarter_text, range(quarter_number(hold.first), quarter_number(last) + 1))
    below = [q for q in held if measure.planned(q) < hold.level]
    if below:
        yield Broken(
            code="hold-above-commitment", path=(*path, "hold", "level"),
            found=f"a commitment under {hold.level:g} in {below[0]}",
            wanted="commitments that reach the level to hold",
            mend="Raise the commitments, or lower the level.",
        )  # fmt: skip
