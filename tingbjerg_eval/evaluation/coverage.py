"""How far the deliveries reach: a report is only made for time that they cover."""

from __future__ import annotations

from tingbjerg_eval.evaluation.readings import Readings
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import quarter_number


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
