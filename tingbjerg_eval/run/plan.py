"""A study's analysis plan: locked, and held against what the study is now."""

from __future__ import annotations

import datetime as dt
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import cast

from tingbjerg_eval.data.check import CheckResult
from tingbjerg_eval.evaluation.coverage import is_covered, refuse_unmet_needs
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.inputs.catalogue import worded
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.publication.timeline import known_until, report_names
from tingbjerg_eval.report.report import DEVIATIONS, Kind, open_report, plan_of
from tingbjerg_eval.study.deviations import DeclaredDeviation, UndeclaredDeviation
from tingbjerg_eval.study.house_key import ensure_key
from tingbjerg_eval.study.plan import LOCK_FILE, Difference, moment_of, write_lock


def lock_study(
    path: Path, *, replace: bool = False, data: Path | None = None, on: dt.date | None = None
) -> tuple[Path, str]:
    """Write the plan of the study at ``path`` beside it, the baseline's data fixed with it.

    Parameters
    ----------
    path
        ``study.yaml``.
    replace
        Whether another plan that is locked there may be replaced; its digest stays in the file.
    data
        The data folder, where it is another than the study names.
    on
        The day on which the plan was locked elsewhere; today where not given. The reports say
        that the day was stated.

    Returns
    -------
    The lock's path and its SHA-256. The key that reports print it with is put beside it.

    Raises
    ------
    InputRefused
        Where the study, the strategy or the data have errors, the methods lack something, or
        another plan is locked.
    """
    refuse_unmet_needs(path)
    target = path.parent / LOCK_FILE
    study = open_study(path, data=data)
    extract = study.settings.data.incidents.extract_date
    moment = moment_of(study.tables.covered, extract, on=on)
    lock = write_lock(target, plan_of(study), moment=moment, replace=replace)
    ensure_key(path.parent)
    return target, lock.digest


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
