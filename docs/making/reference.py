"""The reference page: everything that ``te.`` offers, from its docstrings."""

from __future__ import annotations

import inspect
import re

GROUPS = {
    "Data and designs": ("evaluation", "study", "inputs"),
    "Estimators": ("stats",),
    "Targets and verdicts": ("targets",),
    "Reports, figures and looking around": ("presentation", "report", "exploring"),
}
"""Headings of the reference and the rooms whose names stand under them."""


def reference() -> str:
    """Everything that ``te.`` offers by group, each with its signature and its docstring."""
    import tingbjerg_eval as te

    names = sorted(te.__all__, key=str.lower)
    parts = ["# The library", "`import tingbjerg_eval as te`"]
    for heading, rooms in GROUPS.items():
        inside = [name for name in names if _room(getattr(te, name)) in rooms]
        parts += [f"## {heading}", *(_entry(name, getattr(te, name)) for name in inside)]
    return "\n\n".join(parts) + "\n"


def _room(thing: object) -> str:
    module = thing.__name__ if inspect.ismodule(thing) else inspect.unwrap(thing).__module__
    return module.split(".")[1]


def _entry(name: str, thing: object) -> str:
    if inspect.ismodule(thing):
        inner = [_entry(f"{name}.{one}", getattr(thing, one)) for one in thing.__all__]
        return "\n\n".join([f"### te.{name}", _said(thing), *inner])
    signature = re.sub(r" at 0x[0-9a-f]+", "", str(inspect.signature(thing)))
    return "\n\n".join([f"### te.{name}", _block(f"te.{name}{signature}"), _said(thing)])


def _said(thing: object) -> str:
    return _block(inspect.getdoc(thing) or "")


def _block(text: str) -> str:
    return f"```text\n{text}\n```"
