"""How results show themselves in a notebook.

The classes know nothing of it: IPython is told by name, so nothing is loaded that a notebook
does not use, and ``stats`` and ``study`` need not know that reports exist.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

SHOWN_BY = {
    "tingbjerg_eval.stats.estimate.Estimate": "estimate",
    "tingbjerg_eval.stats.refusal.MethodRefused": "estimate",
    "tingbjerg_eval.targets.verdicts.Verdict": "estimate",
    "tingbjerg_eval.inputs.problems.Problem": "problems",
    "tingbjerg_eval.data.check.CheckResult": "check",
    "tingbjerg_eval.study.design.Design": "design",
    "tingbjerg_eval.study.programme.Programme": "programme",
    "tingbjerg_eval.stats.programme.PooledEffects": "pooled_effects",
    "tingbjerg_eval.study.strategy.Strategy": "strategy",
    "tingbjerg_eval.evaluation.results.TargetResult": "target_result",
    "tingbjerg_eval.evaluation.study.Study": "study",
    "tingbjerg_eval.report.report.Report": "report",
    "tingbjerg_eval.exploring.explorer.Explorer": "explorer",
    "tingbjerg_eval.presentation.blocks.display.Block": "block",
}
"""Each class and the function of ``exploring.overviews`` that makes its block."""

_told: list[object] = []


def greet_notebook() -> None:
    """Tell IPython how to show results, once, where there is an IPython to tell."""
    ipython = sys.modules.get("IPython")
    asked = getattr(ipython, "get_ipython", None)
    shell = asked() if asked else None
    if shell is None or any(shell is one for one in _told):
        return
    _told.append(shell)
    for path, maker in SHOWN_BY.items():
        module, name = path.rsplit(".", 1)
        formatter = shell.display_formatter.mimebundle_formatter
        formatter.for_type_by_name(module, name, partial(_bundle, maker))


def _bundle(maker: str, thing: object, **_: object) -> dict[str, Any]:
    from tingbjerg_eval.exploring.dress import for_a_person

    overviews = import_module("tingbjerg_eval.exploring.overviews")
    make: Callable[[object], Any] = getattr(overviews, maker)
    return for_a_person(make(thing)._repr_mimebundle_())
