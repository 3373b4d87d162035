"""Everything that keeps a study from being run, said before it is run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tingbjerg_eval.data.check import CheckResult, check_study
from tingbjerg_eval.needs import unmet_needs
from tingbjerg_eval.study.problems import InputRefused


def check_all(path: Path, *, data: Path | None = None) -> CheckResult:
    """The problems of the settings, the strategy, every table, and what the methods lack."""
    result = check_study(path, data=data)
    try:
        lacking = unmet_needs(path)
    except InputRefused:  # said by check_study
        return result
    return replace(result, problems=(*lacking, *result.problems))
