"""Rules of an effort in several areas: their starts, who is left to compare with, the targets."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.inputs.names import meant
from tingbjerg_eval.inputs.quarters import a_year, quarter_number
from tingbjerg_eval.inputs.strict_yaml import Path_
from tingbjerg_eval.inputs.validation import Broken
from tingbjerg_eval.study.settings import StudySettings, TreatedArea
from tingbjerg_eval.study.strategy import Target

KINDS = ("relative_change", "not_worse", "delivered")
"""Kinds of target that can be asked of several areas together."""


def programme_rules(settings: StudySettings) -> Iterator[Broken]:
    """Every broken rule of a programme; none for an effort in one area."""
    if not settings.areas.programme:
        return
    found = [*_whole(settings)]
    for number, one in enumerate(settings.areas.programme):
        path = ("areas", "treated", number)
        found += [*_start_rules(path, one, settings), *_adjacent_rules(path, one, settings)]
    yield from found
    if not found and len({*settings.areas.all}) == len(settings.areas.all):
        yield from _comparison_rules(settings)


def _whole(settings: StudySettings) -> Iterator[Broken]:
    """What a programme's study has otherwise than that of one area."""
    if settings.areas.adjacent:
        yield Broken(
            "adjacent-of-whom", ("areas", "adjacent"), areas=", ".join(settings.areas.adjacent)
        )
    first, last = map(quarter_number, settings.periods.baseline)
    if last >= first and (last - first + 1) % a_year(settings.periods.baseline[0]):
        yield Broken("baseline-part-years", ("periods", "baseline"), number=last - first + 1)
    for name in settings.indicators_of("share"):
        yield Broken("programme-share", ("indicators", name))


def _start_rules(path: Path_, one: TreatedArea, settings: StudySettings) -> Iterator[Broken]:
    """An effort begins in the period and lasts a year of it."""
    begins, ends = settings.periods.period
    last = one.last or ends
    within = range(quarter_number(begins), quarter_number(ends) + 1)
    outside = {"from": one.first, "to": last}
    wrong = [key for key, quarter in outside.items() if quarter_number(quarter) not in within]
    for key in wrong:
        yield Broken(
            "start-outside-period",
            (*path, key),
            area=one.area,
            quarter=outside[key],
            first=begins,
            last=ends,
        )
    length = quarter_number(last) - quarter_number(one.first) + 1
    if not wrong and length < a_year(last):
        yield Broken(
            "effort-too-short",
            (*path, "to" if one.last else "from"),
            area=one.area,
            first=one.first,
            last=last,
        )


def _adjacent_rules(path: Path_, one: TreatedArea, settings: StudySettings) -> Iterator[Broken]:
    known = [area for area in settings.areas.all if area != one.area]
    for area in one.adjacent:
        if area not in known:
            yield Broken(
                "unknown-area",
                (*path, "adjacent"),
                area=repr(area),
                beside=one.area,
                near=meant(area, known),
            )


def _comparison_rules(settings: StudySettings) -> Iterator[Broken]:
    """Somebody without an effort then is left for every area."""
    programme = settings.programme()
    for number, design in enumerate(programme.designs):
        if not design.comparison:
            yield Broken("nobody-to-compare", ("areas", "treated", number), area=design.treated)


def programme_target_rules(
    path: Path_, target: Target, settings: StudySettings
) -> Iterator[Broken]:
    """A programme's target is read off every area's own years, so it has one deadline."""
    if not settings.areas.programme:
        return
    last = settings.periods.period[1]
    if target.kind not in KINDS:
        yield Broken("programme-kind", (*path, "kind"), kind=target.kind, kinds=", ".join(KINDS))
    elif target.indicator and (target.by != last or target.over == "last_year"):
        key = "by" if target.by != last else "over"
        yield Broken("programme-window", (*path, key), value=getattr(target, key), last=last)


def rise_rules(path: Path_, target: Target, settings: StudySettings) -> Iterator[Broken]:
    """More reports are only expected where more of them is good."""
    indicator = settings.indicators.get(target.indicator or "")
    if target.why_more is not None and (indicator is None or indicator.good != "higher"):
        yield Broken("rise-is-not-good", (*path, "why_more"))
