"""Lock a study's analysis plan."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tingbjerg_eval.evaluation.coverage import refuse_unmet_needs
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.report.report import plan_of
from tingbjerg_eval.study.house_key import ensure_key
from tingbjerg_eval.study.plan import LOCK_FILE, moment_of, write_lock


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
