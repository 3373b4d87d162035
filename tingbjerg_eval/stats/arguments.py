"""What every estimator is given, looked at once before anything is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

import pandas as pd

from tingbjerg_eval.inputs.calls import checked
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.study.design import Design

P = ParamSpec("P")
R = TypeVar("R")


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

    return asked


def _by_year(given: dict[str, Any]) -> dict[str, Any]:
    """A panel with ``year`` in place of ``quarter``, and a design in years, as periods."""
    tables = {name: one for name, one in given.items() if isinstance(one, pd.DataFrame)}
    yearly = {
        name: one.assign(quarter=one["year"].astype(str)) for name, one in tables.items()
        if {"year", "count"} <= set(one.columns) and "quarter" not in one.columns
    }  # fmt: skip
    designs = {name: one for name, one in given.items() if yearly and isinstance(one, Design)}
    return yearly | {name: one.of_counts() for name, one in designs.items()}
