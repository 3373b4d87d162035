"""Lock a study's analysis plan."""

from __future__ import annotations

from pathlib import Path

from tingbjerg_eval.study.plan import LOCK_FILE, build_plan, write_lock
from tingbjerg_eval.study.settings import read_settings
from tingbjerg_eval.study.strategy import read_strategy


def lock_study(path: Path, *, replace: bool = False) -> tuple[Path, str]:
    """Write the plan of the study at ``path`` beside it; no data are read.

    Parameters
    ----------
    path
        ``study.yaml``.
    replace
        Whether another plan that is locked there may be replaced; its digest stays in the file.

    Returns
    -------
    The lock's path and its SHA-256.

    Raises
    ------
    InputRefused
        Where the study or the strategy has errors, or another plan is locked.
    """
    settings = read_settings(path)
    strategy = read_strategy(path.parent / settings.strategy, settings)
    lock = write_lock(path.parent / LOCK_FILE, build_plan(settings, strategy), replace=replace)
    return path.parent / LOCK_FILE, lock.digest
