"""What every estimator is given, looked at once before anything is asked of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from inspect import Signature, cleandoc, signature
from typing import Any, ParamSpec, TypeVar

import pandas as pd

from tingbjerg_eval.inputs.calls import checked
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.study.design import Design

P = ParamSpec("P")
R = TypeVar("R")

GIVEN = {
    "data": """
    A panel (``area, quarter, count, population``) for a design in quarters, a shares table
    (``area, wave, share, variance``) for a design in waves.""",
    "panel": """
    ``area, quarter, count, population``: reports to the police, as ``study.panel`` gives them.""",
    "design": """
    Who is compared with whom, and when.""",
    "level": """
    Of the interval.""",
    "resolution": """
    In what the areas' restlessness is seen: ``"quarter"``, or ``"year"`` where only yearly
    totals may be used.""",
}
"""What the usual arguments are, told of every estimator whose own docstring tells nothing else."""
HEADING = re.compile(r"^\w+\n-+$", re.MULTILINE)


def estimator(method: Callable[P, R]) -> Callable[P, R]:
    """``method``, saying in one line what it wants where it is given something else.

    Raises
    ------
    WrongArgument
        For a table, design or number of another kind, an option that there is not, or too little.
    MethodRefused
        For a level that is none.
    """
    known = signature(method)

    @checked
    @wraps(method)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        bound = known.bind(*args, **kwargs)
        if "level" in (given := bound.arguments):
            refuse_level(float(given["level"]))
        given.update(_by_year(given))
        return method(*bound.args, **bound.kwargs)

    asked.__doc__ = _told(cleandoc(method.__doc__ or ""), known)
    return asked


def _told(doc: str, known: Signature) -> str:
    """A docstring in which every usual argument stands under "Parameters", in its place."""
    headings = list(HEADING.finditer(doc))
    if not headings:
        return doc
    heading, *later = headings
    listed = heading[0].startswith("Parameters")
    end = later[0].start() if listed else heading.start()
    entries = re.split(r"\n(?=\S)", doc[heading.end() : end].strip()) if listed else []
    own = {name: entry for entry in entries for name in entry.partition("\n")[0].split(", ")}
    usual = {name: name + said for name, said in GIVEN.items()} | own
    told = dict.fromkeys(usual[name] for name in known.parameters if name in usual)
    before = doc[: heading.start()] + "Parameters\n----------"
    return "\n".join([before, *told, "", doc[end:]])


def _by_year(given: dict[str, Any]) -> dict[str, Any]:
    """A panel with ``year`` in place of ``quarter``, and a design in years, as periods."""
    tables = {name: one for name, one in given.items() if isinstance(one, pd.DataFrame)}
    yearly = {
        name: one.assign(quarter=one["year"].astype(str)) for name, one in tables.items()
        if {"year", "count"} <= set(one.columns) and "quarter" not in one.columns
    }  # fmt: skip
    designs = {name: one for name, one in given.items() if yearly and isinstance(one, Design)}
    return yearly | {name: one.of_counts() for name, one in designs.items()}
