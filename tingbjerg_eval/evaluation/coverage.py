"""What a report needs of its study: time that the deliveries cover, areas for its methods."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tingbjerg_eval.evaluation.readings import Readings
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.inputs.strict_yaml import read_yaml
from tingbjerg_eval.inputs.validation import Broken, broken_problem
from tingbjerg_eval.stats.changes import FEWEST_COMPARISON
from tingbjerg_eval.study.settings import CountIndicator, StudySettings
from tingbjerg_eval.study.settings_file import settings_from


def covered_until(study: Readings) -> str:
    """The last quarter up to which every quarter of the period has reports to the police.

    The baseline's last quarter where none of the period is covered yet.
    """
    covered = set(study.tables.covered)
    last = study.settings.periods.baseline[1]
    for quarter in study.settings.period_quarters:
        if quarter not in covered:
            break
        last = quarter
    return last


def is_covered(study: Readings, quarter: str) -> bool:
    """Whether a report that knows ``quarter`` has the figures for it."""
    return quarter_number(quarter) <= quarter_number(covered_until(study))


def refuse_not_covered(study: Readings, quarter: str, *, asked: str) -> None:
    """Refuse a report of time that the deliveries do not reach.

    Parameters
    ----------
    quarter
        The last quarter that the report would know.
    asked
        How the report was asked for.

    Raises
    ------
    InputRefused
        ``quarter-not-covered``.
    """
    if is_covered(study, quarter):
        return
    source = study.settings.data.incidents
    raise InputRefused([
        Problem(
            code="quarter-not-covered", file=source.file or source.query_table or "incidents",
            column=asked, found=f"whole quarters up to {covered_until(study)}",
            wanted=f"figures up to {quarter} for this report",
            mend="Wait for the next delivery, or ask for an earlier report.",
        )
    ])  # fmt: skip


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
