"""What the methods need of a study, asked before any of its figures is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.strict_yaml import read_yaml
from tingbjerg_eval.inputs.validation import Broken, broken_problem
from tingbjerg_eval.stats.changes import FEWEST_COMPARISON
from tingbjerg_eval.study.settings import CountIndicator, StudySettings
from tingbjerg_eval.study.settings_file import settings_from


def unmet_needs(path: Path) -> tuple[Problem, ...]:
    """What the headline method lacks in the ``study.yaml`` at ``path``.

    Raises
    ------
    InputRefused
        When the settings cannot be read.
    """
    document = read_yaml(path)
    lacking = _lacking(settings_from(document))
    return tuple(broken_problem(document, one) for one in lacking)


def refuse_unmet_needs(path: Path) -> None:
    """Raise :class:`InputRefused` where :func:`unmet_needs` finds anything."""
    if problems := unmet_needs(path):
        raise InputRefused(problems)


def _lacking(settings: StudySettings) -> Iterator[Broken]:
    found = len(settings.areas.comparison)
    if settings.areas.programme:
        found = min(len(design.comparison) for design in settings.programme().designs)
    if found < FEWEST_COMPARISON and _asks_for_effects(settings):
        yield Broken(
            "comparison-areas-few",
            ("areas", "comparison"),
            areas=many(found, "comparison area"),
            least=FEWEST_COMPARISON,
        )


def _asks_for_effects(settings: StudySettings) -> bool:
    """Whether any indicator is compared; reports that follow police activity are not."""
    return any(
        not (isinstance(one, CountIndicator) and one.activity)
        for one in settings.indicators.values()
    )
