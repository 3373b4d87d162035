"""How results show themselves in a notebook.

The classes know nothing of it: IPython is told by name, so nothing is loaded that a notebook
does not use, and ``stats`` and ``study`` need not know that reports exist.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
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
SESSION = "JPY_SESSION_NAME"
"""Set by a Jupyter server for the kernels that it starts for a person's notebook."""
EDITOR = "VSCODE_PID"


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
    overviews = import_module("tingbjerg_eval.exploring.overviews")
    make: Callable[[object], Any] = getattr(overviews, maker)
    return for_a_person(make(thing)._repr_mimebundle_())


def has_frontend() -> bool:
    """Whether controls would have somebody to use them.

    Papermill, nbval and the batch start kernels themselves; they have no session of a server.
    """
    return "ipykernel" in sys.modules and bool({SESSION, EDITOR} & os.environ.keys())


def dressed(html: str) -> str:
    """``html`` in the notebook's colours: JupyterLab's own, light or dark.

    A report's page has a style of its own and takes no other.
    """
    return f'<div class="tingbjerg"><style>{_style()}</style>{html}</div>'


def for_a_person(bundle: dict[str, Any]) -> dict[str, Any]:
    """The bundle, dressed where a person looks at it."""
    if "text/html" not in bundle or not has_frontend():
        return bundle
    return {**bundle, "text/html": dressed(bundle["text/html"])}


@lru_cache
def _style() -> str:
    return Path(__file__).with_name("notebook.css").read_text(encoding="utf-8")
