"""seaborn in the look of the reports, for figures of an evaluator's own."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from tingbjerg_eval.presentation.figures import style


def seaborn() -> ModuleType:
    """seaborn, set to the look of the reports' figures: fonts, colours, axes.

    Loaded only here; no report is drawn with it. The look stays for the session.

    Returns
    -------
    module
        seaborn itself.

    Examples
    --------
    >>> sns = te.figures.seaborn()
    >>> rates = study.rates("burglary").query("role == 'treated'")
    >>> sns.relplot(rates, x="quarter", y="rate", kind="line").ax.get_ylabel()
    'rate'
    """
    sns = import_module("seaborn")
    style.add_fonts()
    sns.set_theme(style="white", palette=PALETTE, rc=style.RC)
    return sns


PALETTE = (style.ACCENT, style.COMPARISON, style.GOAL, style.COMPARISON_MEAN, style.PALE)
"""The treated area's colour first."""
