"""How a block looks in a notebook, by day and by night.

A report's page has a style of its own and takes no other, so the notebook's is added only where
a person looks.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tingbjerg_eval.exploring.frontend import has_frontend


def dressed(html: str) -> str:
    """``html`` in the notebook's colours: JupyterLab's own, light or dark."""
    return str(Markup('<div class="tingbjerg"><style>{}</style>{}</div>').format(
        Markup(_style()), Markup(html)
    ))  # fmt: skip


def for_a_person(bundle: dict[str, Any]) -> dict[str, Any]:
    """The bundle, dressed where a person looks at it."""
    if "text/html" not in bundle or not has_frontend():
        return bundle
    return {**bundle, "text/html": dressed(bundle["text/html"])}


@lru_cache
def _style() -> str:
    return Path(__file__).with_name("notebook.css").read_text(encoding="utf-8")
