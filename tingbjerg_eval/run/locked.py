"""Whether a study is what its locked plan says."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path
from typing import cast

from tingbjerg_eval.data.check import CheckResult
from tingbjerg_eval.evaluation.coverage import is_covered
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.inputs.catalogue import worded
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.publication.timeline import known_until, report_names
from tingbjerg_eval.report.report import DEVIATIONS, Kind, open_report
from tingbjerg_eval.study.deviations import DeclaredDeviation, UndeclaredDeviation
from tingbjerg_eval.study.plan import LOCK_FILE, Difference

LONGEST = 80


def held_to_lock(path: Path, data: Path | None, result: CheckResult) -> CheckResult:
    """``result`` with the problems and notes of the locked plan.

    A deviation that nobody has declared stops a run with an exit code of its own, so that here
    it is a note; a lock or a declaration that cannot be used is a problem.
    """
    if not (path.parent / LOCK_FILE).exists():
        return result
    study = open_study(path, data=data)
    first = report_names(study)[0]
    last = known_until(study, first)
    if not is_covered(study, last):
        return result
    try:
        declared = open_report(study, cast(Kind, first)).deviations
    except UndeclaredDeviation as undeclared:
        notes = tuple(map(_undeclared, undeclared.differences))
    except InputRefused as refused:
        return replace(result, problems=refused.problems)
    else:
        notes = tuple(map(_declared, declared))
    return replace(result, notes=(*notes, *result.notes))


def _undeclared(found: Difference) -> Problem:
    return worded("plan-deviates", file=LOCK_FILE, column=found.key, found=_short(found.done),
                  planned=_short(found.planned))  # fmt: skip


def _declared(found: DeclaredDeviation) -> Problem:
    return worded("plan-deviation-declared", file=DEVIATIONS, column=found.key,
                  found=_short(found.done), planned=_short(found.planned))  # fmt: skip


def _short(value: object) -> str:
    return "nothing" if value is None else textwrap.shorten(str(value), LONGEST)
