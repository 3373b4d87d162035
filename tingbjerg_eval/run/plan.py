"""Lock a study's analysis plan."""

from __future__ import annotations

from pathlib import Path

from tingbjerg_eval.evaluation import open_study
from tingbjerg_eval.report.report import LOCK, plan_of
from tingbjerg_eval.study.plan import write_lock


def lock_study(path: Path, *, data: Path | None = None) -> tuple[Path, str]:
    """Write ``plan.lock.json`` beside the study and return its path and SHA-256.

    Raises
    ------
    InputRefused
        When the study cannot be read, or another plan is locked already.
    """
    study = open_study(path, data=data)
    target = study.path.parent / LOCK
    return target, write_lock(target, plan_of(study)).digest
