"""Verdicts as one tidy table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.targets.verdicts import Verdict

if TYPE_CHECKING:
    import pandas as pd


def verdict_table(*verdicts: Verdict) -> pd.DataFrame:
    """One row per verdict, columns as the fields of :class:`Verdict`.

    Parameters
    ----------
    verdicts
        Verdicts, one row each.

    Returns
    -------
    DataFrame
        In the order given.

    Raises
    ------
    WrongArgument
        Where something else than a verdict is given.

    Examples
    --------
    >>> te.verdict_table(study.verdict("vold-10"))["target"].tolist()
    ['vold-10']
    """
    from dataclasses import asdict, fields

    import pandas as pd

    for one in verdicts:
        if not isinstance(one, Verdict):
            raise WrongArgument(
                "verdict_table takes verdicts one by one, such as study.verdict(target) gives; "
                f"not {type(one).__name__}. All of a study: study.verdicts."
            )
    names = [field.name for field in fields(Verdict)]
    return pd.DataFrame([asdict(one) for one in verdicts], columns=names)
