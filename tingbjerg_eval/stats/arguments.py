"""What every estimator is given, looked at once before anything is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import ParamSpec, TypeVar

from tingbjerg_eval.inputs.calls import checked
from tingbjerg_eval.stats.predictive import refuse_level

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
        if "level" in (given := known.bind(*args, **kwargs).arguments):
            refuse_level(float(given["level"]))
        return method(*args, **kwargs)

    return asked
