"""Everything that keeps a study from being run, said before it is run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tingbjerg_eval.data.check import CheckResult, check_study
from tingbjerg_eval.evaluation.coverage import unmet_needs
from tingbjerg_eval.inputs.catalogue import worded
from tingbjerg_eval.inputs.extras import NotInstalled, named_extra
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.study.settings_file import read_settings


def check_all(path: Path, *, data: Path | None = None) -> CheckResult:
    """The problems of the settings, the strategy, every table, and what the methods lack.

    Where the libraries of reports are not installed, what only a report could say is left out,
    and a note says so.
    """
    try:
        return _with_reports(path, data)
    except NotInstalled as missing:
        if "[report]" not in str(missing):
            raise
    result = check_study(path, data=data)
    try:
        lacking = unmet_needs(path)
    except InputRefused:  # said by check_study
        return result
    note = worded("reports-not-installed", file=path.name)
    return replace(result, problems=(*lacking, *result.problems), notes=(*result.notes, note))


def _with_reports(path: Path, data: Path | None) -> CheckResult:
    with named_extra():
        from tingbjerg_eval.run.plan import held_to_lock
        from tingbjerg_eval.run.printable import lacking_signs, unprintable

        result = check_study(path, data=data, lacking=lacking_signs)
    try:
        settings = read_settings(path)
        lacking = [*unmet_needs(path), *unprintable(path)]
        lacking += unprintable(path.parent / settings.strategy)
    except InputRefused:  # said by check_study
        return result
    result = replace(result, problems=(*lacking, *result.problems))
    return result if result.problems else held_to_lock(path, data, result)
