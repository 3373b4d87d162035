"""Rules of an effort in several areas: their starts, who is left to compare with, the targets."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.inputs.strict_yaml import Path_
from tingbjerg_eval.inputs.validation import Broken
from tingbjerg_eval.study.settings import StudySettings, TreatedArea
from tingbjerg_eval.study.strategy import Target

YEAR = 4
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
            code="adjacent-of-whom", path=("areas", "adjacent"),
            found=", ".join(settings.areas.adjacent),
            wanted="the areas beside each area of the programme",
            mend="Move it into the entries of areas.treated that the areas lie next to.",
        )  # fmt: skip
    first, last = map(quarter_number, settings.periods.baseline)
    if last >= first and (last - first + 1) % YEAR:
        yield Broken(
            code="baseline-part-years", path=("periods", "baseline"),
            found=f"{last - first + 1} quarters", wanted="whole years: 4, 8 or 12 quarters",
            mend="Each area is compared with as many quarters before its own start.",
        )  # fmt: skip
    for name in settings.indicators_of("share"):
        yield Broken(
            code="programme-share", path=("indicators", name), found="a survey share",
            wanted="reports to the police: several areas are judged together on counts only",
            mend="Judge the survey in a study of its own.",
        )  # fmt: skip


def _start_rules(path: Path_, one: TreatedArea, settings: StudySettings) -> Iterator[Broken]:
    """An effort begins in the period and lasts a year of it."""
    begins, ends = settings.periods.period
    last = one.last or ends
    within = range(quarter_number(begins), quarter_number(ends) + 1)
    outside = {"from": one.first, "to": last}
    wrong = [key for key, quarter in outside.items() if quarter_number(quarter) not in within]
    for key in wrong:
        yield Broken(
            code="start-outside-period", path=(*path, key), found=f"{one.area}: {outside[key]}",
            wanted=f"a quarter of the study's period, {begins} to {ends}",
            mend="Correct it, or let periods.period hold every area's effort.",
        )  # fmt: skip
    length = quarter_number(last) - quarter_number(one.first) + 1
    if not wrong and length < YEAR:
        yield Broken(
            code="effort-too-short", path=(*path, "to" if one.last else "from"),
            found=f"{one.area}: {one.first} to {last}", wanted="an effort of a year or more",
            mend="Leave the area out, or wait until the figures hold a year of its effort.",
        )  # fmt: skip


def _adjacent_rules(path: Path_, one: TreatedArea, settings: StudySettings) -> Iterator[Broken]:
    known = [area for area in settings.areas.all if area != one.area]
    for area in one.adjacent:
        if area not in known:
            near = get_close_matches(area, known, n=1)
            yield Broken(
                code="unknown-area", path=(*path, "adjacent"), found=repr(area),
                wanted=f"another area of the study, beside {one.area}",
                mend=f"Did you mean {near[0]!r}?" if near else "Remove it, or give it a role.",
            )  # fmt: skip


def _comparison_rules(settings: StudySettings) -> Iterator[Broken]:
    """Somebody without an effort then is left for every area."""
    programme = settings.programme()
    for number, design in enumerate(programme.designs):
        if not design.comparison:
            yield Broken(
                code="nobody-to-compare", path=("areas", "treated", number),
                found=f"{design.treated}: every comparison area is adjacent or has an effort then",
                wanted="areas that are not, or not yet, treated",
                mend="Add comparison areas, or leave the area out.",
            )  # fmt: skip


def programme_target_rules(
    path: Path_, target: Target, settings: StudySettings
) -> Iterator[Broken]:
    """A programme's target is read off every area's own years, so it has one deadline."""
    if not settings.areas.programme:
        return
    last = settings.periods.period[1]
    if target.kind not in KINDS:
        yield Broken(
            code="programme-kind", path=(*path, "kind"), found=target.kind,
            wanted="one of " + ", ".join(KINDS) + ", where several areas are judged together",
            mend="Write relative_change.",
        )  # fmt: skip
    elif target.indicator and (target.by != last or target.over == "last_year"):
        key = "by" if target.by != last else "over"
        yield Broken(
            code="programme-window", path=(*path, key), found=str(getattr(target, key)),
            wanted=f"by: {last} and the whole period: each area is read off its own whole years",
            mend="Correct the line.",
        )  # fmt: skip


def rise_rules(path: Path_, target: Target, settings: StudySettings) -> Iterator[Broken]:
    """More reports are only expected where more of them is good."""
    indicator = settings.indicators.get(target.indicator or "")
    if target.why_more is not None and (indicator is None or indicator.good != "higher"):
        yield Broken(
            code="rise-is-not-good", path=(*path, "why_more"),
            found="more reports expected of an indicator of which fewer is good",
            wanted="good: higher with the indicator, where reports rise because trust rises",
            mend="Correct the indicator, or remove the line.",
        )  # fmt: skip
