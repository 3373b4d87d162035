"""Everything that keeps a study from being run, said before it is run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tingbjerg_eval.data.check import CheckResult, check_study
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.run.printable import lacking_signs, unprintable
from tingbjerg_eval.study.settings import read_settings
from tingbjerg_eval.targets.needs import unmet_needs


def check_all(path: Path, *, data: Path | None = None) -> CheckResult:
    """The problems of the settings, the strategy, every table, and what the methods lack."""
    result = check_study(path, data=data, lacking=lacking_signs)
    try:
        settings = read_settings(path)
        lacking = [*unmet_needs(path), *unprintable(path)]
        lacking += unprintable(path.parent / settings.strategy)
    except InputRefused:  # said by check_study
        return result
    return replace(result, problems=(*lacking, *result.problems))
