"""Each target on its own, and the reports that follow police activity."""

from __future__ import annotations

from tingbjerg_eval.presentation.blocks.display import Block, Group, Prose
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.report.sections.target_cards import target_cards
from tingbjerg_eval.report.sections.target_courses import activity_courses, target_courses
from tingbjerg_eval.study.settings import StudySettings


def action_areas(report: Report) -> Block:
    """Every target on its own: with its answers, or before they can be given with its course."""
    if report.kind == "end_of_period":
        return Group(tuple(target_cards(report)))
    return Group(tuple(target_courses(report)))


def activity_offences(report: Report) -> Block:
    """Offences that follow police activity, in a block of their own."""
    followed = activity_indicators(report.study.settings)
    if not followed:
        return Prose(report.words("activity.none"))
    return activity_courses(report, followed)


def activity_indicators(settings: StudySettings) -> list[str]:
    """The indicators that follow police activity."""
    return [name for name, one in settings.indicators_of("count").items() if one.activity]
