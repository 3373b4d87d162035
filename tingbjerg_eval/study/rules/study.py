"""Rules of a study's areas, windows and limits, and of everything else in ``study.yaml``."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.inputs.quarters import is_quarter, quarter_number
from tingbjerg_eval.inputs.validation import Broken
from tingbjerg_eval.study.design import Time
from tingbjerg_eval.study.entries import ContaminationEntry
from tingbjerg_eval.study.rules.programme import programme_rules
from tingbjerg_eval.study.rules.sources import source_rules
from tingbjerg_eval.study.settings import LEAST_THRESHOLD, StudyRules, StudySettings


def study_rules(settings: StudySettings) -> Iterator[Broken]:
    """Every broken rule of ``study.yaml``."""
    yield from _area_rules(settings)
    yield from _period_rules(settings)
    yield from _limit_rules(settings.rules)
    yield from _survey_rules(settings)
    yield from programme_rules(settings)
    yield from source_rules(settings.data)


def _area_rules(settings: StudySettings) -> Iterator[Broken]:
    seen: set[str] = set()
    for area in settings.areas.all:
        if area in seen:
            yield Broken(code="area-two-roles", path=("areas",), found=f"{area!r} twice",
                         wanted="one role for each area", mend="Remove one of them.")  # fmt: skip
        seen.add(area)
    for number, entry in enumerate(() if settings.areas.programme else settings.contamination):
        if entry.area in settings.areas.comparison and _overlaps(entry, settings):
            yield Broken(
                code="contaminated-comparison", path=("contamination", number, "area"),
                found=f"{entry.area!r} as comparison area", wanted="areas without an effort",
                mend="Move it to areas.excluded.",
            )  # fmt: skip


def _overlaps(entry: ContaminationEntry, settings: StudySettings) -> bool:
    windows = (settings.periods.baseline, settings.periods.period)
    first, last = quarter_number(entry.first), quarter_number(entry.last)
    return any(first <= quarter_number(b) and quarter_number(a) <= last for a, b in windows)


def _period_rules(settings: StudySettings) -> Iterator[Broken]:
    periods = settings.periods
    pairs = (("baseline", "period"), ("survey_baseline", "survey_period"))
    for before, after in pairs:
        windows = getattr(periods, before), getattr(periods, after)
        for name, window in zip((before, after), windows, strict=True):
            if window and _number(window[0]) > _number(window[1]):
                yield Broken(code="window-order", path=("periods", name), found=str(window),
                             wanted="first before last", mend="Swap them.")  # fmt: skip
        if all(windows) and _number(windows[0][1]) >= _number(windows[1][0]):
            yield Broken(
                code="period-overlaps-baseline", path=("periods", after), found=str(windows[1]),
                wanted=f"a start after the baseline's end, {windows[0][1]}",
                mend="Let the baseline end before the effort starts.",
            )  # fmt: skip


def _limit_rules(rules: StudyRules) -> Iterator[Broken]:
    if not 0.5 < rules.level < 1:
        yield Broken(code="level", path=("rules", "level"), found=str(rules.level),
                     wanted="a level between 0.5 and 1", mend="Write 0.95.")  # fmt: skip
    if rules.disclosure_threshold < LEAST_THRESHOLD:
        yield Broken(
            code="threshold-too-low", path=("rules", "disclosure_threshold"),
            found=str(rules.disclosure_threshold), wanted=f"at least {LEAST_THRESHOLD}",
            mend=f"Write {LEAST_THRESHOLD}: a hidden count must have that many possible values.",
        )  # fmt: skip


def _survey_rules(settings: StudySettings) -> Iterator[Broken]:
    waves = settings.periods.survey_baseline and settings.periods.survey_period
    if settings.indicators_of("share") and not waves:
        yield Broken(
            code="waves-missing", path=("periods",), found="share indicators without survey waves",
            wanted="periods.survey_baseline and periods.survey_period",
            mend="Add them, such as [2009, 2009].",
        )  # fmt: skip


def _number(time: Time) -> int:
    return quarter_number(time) if is_quarter(time) else int(time)
