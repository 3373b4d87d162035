"""What every estimator is given, looked at once before anything is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from numbers import Real
from typing import ParamSpec, TypeVar

import pandas as pd

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.names import nearest
from tingbjerg_eval.stats.predictive import refuse_level
from tingbjerg_eval.study.design import Design
from tingbjerg_eval.study.programme import Programme

P = ParamSpec("P")
R = TypeVar("R")

TABLES = ("data", "panel", "survey")
"""The names under which estimators take their table, always first."""


def estimator(method: Callable[P, R]) -> Callable[P, R]:
    """``method``, saying in one line what it wants where it is given something else.

    Raises
    ------
    WrongArgument
        For a table, design or level of another kind, an option that there is not, or too little.
    """
    known = signature(method)

    @wraps(method)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            given = known.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise WrongArgument(_misfit(method, kwargs, error)) from None
        _refuse_wrong(method, given)
        return method(*args, **kwargs)

    return checked


def _refuse_wrong(method: Callable[..., object], given: Mapping[str, object]) -> None:
    for name in TABLES:
        if name in given and not _is_table(given[name]):
            raise WrongArgument(f"{_usage(method)} {_mistaken(name, given[name])}")
    if "design" in given and not isinstance(given["design"], Design):
        raise WrongArgument(f"{_usage(method)} {_mistaken('design', given['design'])}")
    if "programme" in given and not isinstance(given["programme"], Programme):
        raise WrongArgument(f"{_usage(method)} {_mistaken('programme', given['programme'])}")
    if "level" in given:
        _refuse_level(given["level"])


def _is_table(value: object) -> bool:
    """A frame, or a result that some methods take in its place."""
    return isinstance(value, pd.DataFrame) or type(value).__name__ == "ReportsAvoided"


def _refuse_level(level: object) -> None:
    if isinstance(level, bool) or not isinstance(level, Real):
        raise WrongArgument(f"level is a number such as 0.95, not {level!r}.")
    refuse_level(float(level))


def _usage(method: Callable[..., object]) -> str:
    """How the method is called, with what it cannot do without."""
    needed = [
        name for name, one in signature(method).parameters.items() if one.default is one.empty
    ]
    return f"Call {method.__name__}({', '.join(needed)})."


def _mistaken(name: str, value: object) -> str:
    kind = type(value).__name__
    if name == "programme":
        one = " For one area: Programme.single(design)." if isinstance(value, Design) else ""
        return f"programme is a Programme, not {kind}.{one}"
    if isinstance(value, pd.DataFrame):
        return f"{name} is a Design and stands after the table; it was given a table."
    if isinstance(value, Design):
        return f"{name} is a table and stands before the design; it was given a design."
    if kind == "Study":
        wanted = "study.design" if name == "design" else "study.panel(indicator)"
        return f"{name} was given the whole study; give {wanted}."
    if value is None and name == "design":
        return "design is missing (None); a study without survey waves has no survey_design."
    wanted = "a Design such as study.design" if name == "design" else "a table (DataFrame)"
    return f"{name} is {wanted}, not {'text' if kind == 'str' else kind}."


def _misfit(method: Callable[..., object], given: Mapping[str, object], error: TypeError) -> str:
    names = list(signature(method).parameters)
    for unknown in (one for one in given if one not in names):
        near = nearest(unknown, names)
        meant = f" Did you mean {near}?" if near else ""
        return f"{method.__name__} has no option {unknown!r}.{meant} It has: {', '.join(names)}."
    if "too many positional" in str(error):
        options = [name for name, one in signature(method).parameters.items()
                   if one.kind is one.KEYWORD_ONLY]  # fmt: skip
        return f"{_usage(method)} Options are given by name: {', '.join(options)}."
    return f"{_usage(method)} Here: {error}."
