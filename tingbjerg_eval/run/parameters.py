"""Parameters of a notebook, checked before anything pastes them into code."""

from __future__ import annotations

import ast
import difflib
import json
import keyword
import math
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from tingbjerg_eval.inputs.problems import InputRefused, Problem

TAG = "parameters"
INJECTED = "injected-parameters"
SCALARS = (str, int, float, bool, type(None))


def defaults(notebook: NotebookNode) -> dict[str, Any]:
    """Names and default values of the tagged parameters cell; ``...`` where not a plain value."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and TAG in cell.metadata.get("tags", ()):
            return assigned(cell.source)
    return {}


def assigned(source: str) -> dict[str, Any]:
    """What simple assignments in ``source`` assign, read without running any of it."""
    found = {}
    for statement in ast.parse(source).body:
        targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
        for target in targets:
            value = getattr(statement, "value", None)
            if isinstance(target, ast.Name) and value is not None:
                found[target.id] = _literal(value)
    return found


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ...


def check_parameters(
    notebook: NotebookNode, given: Mapping[str, Any], *, file: str
) -> dict[str, Any]:
    """The given parameters, unchanged, if the notebook knows them all and their types fit.

    Nothing is converted: the text ``"0123"`` stays text, and a number where the notebook has
    text is refused. Raises ``InputRefused`` with every problem at once.
    """
    known = defaults(notebook)
    problems = [
        problem
        for name, value in given.items()
        if (problem := _problem(name, value, known, file)) is not None
    ]
    if problems:
        raise InputRefused(problems)
    return dict(given)


def _problem(name: Any, value: Any, known: dict[str, Any], file: str) -> Problem | None:
    said: dict[str, Any] = {"file": file, "place": "parameters"}
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        wanted = "a plain name of letters, digits and underscores"
        return Problem(code="parameter-name", found=repr(name), wanted=wanted, **said)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        mend = f"Did you mean {near[0]}?" if near else ""
        wanted = "one of " + (", ".join(sorted(known)) or "none: it has no parameters cell")
        return Problem(code="parameter-unknown", found=name, wanted=wanted, mend=mend, **said)
    if not _plain(value):
        wanted = "text, a whole or finite number, true, false, null, or a list of these"
        found = type(value).__name__
        return Problem(code="parameter-value", column=name, found=found, wanted=wanted, **said)
    if not _fits(value, known[name]):
        found, wanted = _kind(value), _kind(known[name])
        mend = "Values are not converted; quote text, and write numbers without quotes."
        said["column"] = name
        return Problem(code="parameter-type", found=found, wanted=wanted, mend=mend, **said)
    return None


def _plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(type(item) in SCALARS and _plain(item) for item in value)
    return type(value) in SCALARS and not (isinstance(value, float) and not math.isfinite(value))


def _fits(value: Any, default: Any) -> bool:
    if default is None or default is ...:
        return True
    if isinstance(default, list | tuple):
        return isinstance(value, list)
    return type(value) is type(default) or (type(value) is int and type(default) is float)


def _kind(value: Any) -> str:
    names = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    return names.get(type(value), "nothing (null)" if value is None else "a list")


def as_asked(notebook: NotebookNode, asked: Mapping[str, Any]) -> bool:
    """Whether the executed notebook was given exactly these parameters."""
    injected = [cell.source for cell in notebook.cells if INJECTED in cell.metadata.get("tags", ())]
    given = assigned(injected[0]) if injected else {}
    return len(injected) <= 1 and json.dumps(given, sort_keys=True) == json.dumps(
        dict(asked), sort_keys=True
    )
