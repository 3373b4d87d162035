"""Rules of a study's areas, windows and limits, and of everything else in ``study.yaml``."""

from __future__ import annotations

from collections.abc import Iterator

from tingbjerg_eval.inputs.quarters import as_window, is_quarter, quarter_number
from tingbjerg_eval.inputs.validation import Broken
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
            yield Broken("area-two-roles", ("areas",), area=repr(area))
        seen.add(area)
    for number, entry in enumerate(() if settings.areas.programme else settings.contamination):
        if entry.area in settings.areas.comparison and _overlaps(entry, settings):
            yield Broken(
                "contaminated-comparison", ("contamination", number, "area"), area=repr(entry.area)
            )


def _overlaps(entry: ContaminationEntry, settings: StudySettings) -> bool:
    windows = (settings.periods.baseline, settings.periods.period)
    ends = as_window(entry.first, entry.last, windows[0][0])
    first, last = (quarter_number(one) for one in ends)
    return any(first <= quarter_number(b) and quarter_number(a) <= last for a, b in windows)


def _period_rules(settings: StudySettings) -> Iterator[Broken]:
    periods = settings.periods
    efforts = [end for one in settings.areas.programme for end in (one.first, one.last) if end]
    if len({is_quarter(one) for one in (*periods.baseline, *periods.period, *efforts)}) > 1:
        yield Broken("period-kinds", ("periods",))
        return
    pairs = (("baseline", "period"), ("survey_baseline", "survey_period"))
    for before, after in pairs:
        windows = getattr(periods, before), getattr(periods, after)
        for name, window in zip((before, after), windows, strict=True):
            if window and quarter_number(window[0]) > quarter_number(window[1]):
                yield Broken("window-order", ("periods", name), first=window[0], last=window[1])
        if all(windows) and quarter_number(windows[0][1]) >= quarter_number(windows[1][0]):
            yield Broken(
                "period-overlaps-baseline",
                ("periods", after),
                first=windows[1][0],
                last=windows[1][1],
                end=windows[0][1],
            )


def _limit_rules(rules: StudyRules) -> Iterator[Broken]:
    if not 0.5 < rules.level < 1:
        yield Broken("level", ("rules", "level"), level=rules.level)
    if rules.disclosure_threshold < LEAST_THRESHOLD:
        yield Broken(
            "threshold-too-low",
            ("rules", "disclosure_threshold"),
            threshold=rules.disclosure_threshold,
            least=LEAST_THRESHOLD,
        )


def _survey_rules(settings: StudySettings) -> Iterator[Broken]:
    waves = settings.periods.survey_baseline and settings.periods.survey_period
    if settings.indicators_of("share") and not waves:
        yield Broken("waves-missing", ("periods",))
