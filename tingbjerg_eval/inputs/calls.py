"""What is typed that cannot be answered: one line that says what was wanted instead."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import Parameter, isfunction, signature
from numbers import Integral, Real
from typing import Any, ParamSpec, TypeVar

from tingbjerg_eval.inputs.errors import TingbjergError, UnknownAttribute, WrongArgument
from tingbjerg_eval.inputs.names import nearest

P = ParamSpec("P")
R = TypeVar("R")
Class = TypeVar("Class")

KINDS = {
    "DataFrame": "a table (DataFrame)",
    "ReportsAvoided": "what reports_avoided gives",
    "Design": "a Design such as study.design",
    "Programme": "a Programme such as study.programme",
    "Strategy": "a Strategy such as study.strategy",
    "StudySettings": "settings such as study.settings",
    "Readings": "an opened study, such as te.open_study(folder) gives",
    "Verdict": "a Verdict such as study.verdict(target) gives",
}
"""Classes that an argument can be asked to be of, by name, and how each is come by."""
OF_A_STUDY = {"DataFrame": "study.panel(indicator)", "Design": "study.design",
              "Strategy": "study.strategy", "StudySettings": "study.settings"}  # fmt: skip
LACKING = ("__len__", "__lt__", "__float__", "__round__")
"""What Python asks of numbers and lists, which results are not."""
COMMANDS = ("check", "lock", "run", "status", "lab", "notebook")


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """``function``, saying in one line what it wants where it is given something else.

    Raises
    ------
    WrongArgument
        For a missing or unknown argument, or one of another kind than its annotation says.
    """
    known = signature(function).parameters

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        for name, value in _given(function, args, kwargs).items():
            if wrong := _mistaken(known[name], value):
                raise WrongArgument(f"{usage(function)} {wrong}")
        return function(*args, **kwargs)

    return called


def _given(
    function: Callable[..., object], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, object]:
    """The arguments by name.

    Raises
    ------
    WrongArgument
        Where they are not those that the function takes.
    """
    try:
        return signature(function).bind(*args, **kwargs).arguments
    except TypeError as error:
        raise WrongArgument(_misfit(function, kwargs, error)) from None


def _named(function: Callable[..., object]) -> dict[str, Parameter]:
    return {name: one for name, one in signature(function).parameters.items() if name != "self"}


def usage(function: Callable[..., object]) -> str:
    """How a function is called, with what it cannot do without."""
    needed = [
        name
        for name, one in _named(function).items()
        if one.default is one.empty and "VAR_" not in one.kind.name
    ]
    called = function.__qualname__.removesuffix(".__init__").split(".")[-1]
    return f"Call {called}({', '.join(needed)})."


def _misfit(function: Callable[..., object], given: Mapping[str, object], error: TypeError) -> str:
    names = list(_named(function))
    called = usage(function)[5:].split("(")[0]
    for unknown in (one for one in given if one not in names):
        near = nearest(unknown, names)
        meant = f" Did you mean {near}?" if near else ""
        return f"{called} has no option {unknown!r}.{meant} It has: {', '.join(names) or 'none'}."
    if "too many positional" in str(error):
        by_name = [name for name, one in _named(function).items() if one.kind is one.KEYWORD_ONLY]
        options = f" Options are given by name: {', '.join(by_name)}." if by_name else ""
        return f"{usage(function)}{options}"
    return f"{usage(function)} Here: {error}."


def _mistaken(parameter: Parameter, value: object) -> str:
    """Why ``value`` cannot be what the annotation asks for; empty where it can."""
    name, wanted = parameter.name, str(parameter.annotation).replace("pd.", "").split(" | ")
    if value is None and ("None" in wanted or parameter.default is None):
        return ""
    if wanted == ["float"] and (isinstance(value, bool) or not isinstance(value, Real)):
        usual = 0.95 if parameter.default is parameter.empty else parameter.default
        return f"{name} is a number such as {usual}, not {_said(value)}."
    if wanted == ["int"] and (isinstance(value, bool) or not isinstance(value, Integral)):
        return f"{name} is a whole number, not {_said(value)}."
    if set(wanted) <= {"str", "None"} and not isinstance(value, str):
        return f"{name} is text, not {_kind(value)}."
    if wanted[0].startswith("Sequence[float") and not _is_list(value):
        return f"{name} is a list of numbers, not {_kind(value)}."
    if parameter.kind is parameter.VAR_POSITIONAL or not set(wanted) - {"None"} <= KINDS.keys():
        return ""
    above = {one.__name__ for one in type(value).__mro__}
    return "" if above & set(wanted) else _other_kind(name, wanted[0], value)


def _is_list(value: object) -> bool:
    return isinstance(value, Iterable) and _kind(value) not in ("DataFrame", "text", "dict")


def _other_kind(name: str, wanted: str, value: object) -> str:
    kind = _kind(value)
    if value is None and wanted == "Design":
        return f"{name} is missing (None); a study without survey waves has no survey_design."
    if kind == "Study" and wanted in OF_A_STUDY:
        return f"{name} was given the whole study; give {OF_A_STUDY[wanted]}."
    if (wanted, kind) == ("Design", "DataFrame"):
        return f"{name} is a Design and stands after the table; it was given a table."
    if (wanted, kind) == ("DataFrame", "Design"):
        return f"{name} is a table and stands before the design; it was given a design."
    single = (wanted, kind) == ("Programme", "Design")
    more = " For one area: Programme.single(design)." if single else ""
    return f"{name} is {KINDS[wanted]}, not {kind}.{more}"


def _said(value: object) -> str:
    return repr(value) if isinstance(value, str | Real) else _kind(value)


def _kind(value: object) -> str:
    return "text" if isinstance(value, str) else type(value).__name__


def guided(*parts: str, instead: str = "") -> Callable[[type[Class]], type[Class]]:
    """A class whose objects answer a wrong name or call in one line.

    Parameters
    ----------
    parts
        Attributes in which a name is looked for that the object itself has not.
    instead
        What to write where a table, a length, an order or a number was wanted.
    """

    def guide(kind: type[Class]) -> type[Class]:
        for name, method in list(vars(kind).items()):
            if isfunction(method) and (name == "__init__" or not name.startswith("_")):
                setattr(kind, name, _plain(method))
        if "__getattr__" not in vars(kind):
            setattr(kind, "__getattr__", _lacks(parts, instead))  # noqa: B010
        for name in LACKING:
            setattr(kind, name, _lacking(name.strip("_"), instead))
        setattr(kind, "__getitem__", _lacking("item", instead))  # noqa: B010
        setattr(kind, "__bool__", lambda _: True)  # noqa: B010
        return kind

    return guide


def _plain(method: Callable[P, R]) -> Callable[P, R]:
    """``method``; where it is called with other arguments than it takes, one line says so."""

    @wraps(method)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except TypeError as error:
            if not isinstance(error, TingbjergError):
                _given(method, args, kwargs)
            raise

    return called


def _lacks(parts: tuple[str, ...], instead: str) -> Callable[[object, str], Any]:
    def lacks(self: object, name: str) -> Any:
        if name.startswith("_") or hasattr(type(self), name):
            raise AttributeError(name)  # Python's own question, or an error inside a property
        raise missing(self, name, parts, instead)

    return lacks


def missing(
    thing: object, name: str, parts: Iterable[str] = (), instead: str = ""
) -> UnknownAttribute:
    """The error that ``thing`` has no ``name``, with what was probably meant."""
    kind = type(thing).__name__
    there = [one for one in dir(thing) if not one.startswith("_")]
    own = kind.lower()
    within = next((one for one in parts if hasattr(getattr(thing, one, None), name)), None)
    near = nearest(name, there)
    if within:
        meant = f" Write {own}.{within}.{name}."
    elif door := _at_the_door(name):
        meant = f" Write te.{door}(...)."
    elif name in COMMANDS:
        meant = f" In a terminal: tingbjerg {name}."
    else:
        meant = (f" Did you mean {near}?" if near else "") + (instead and f" {instead}")
    return UnknownAttribute(f"{kind} has no {name!r}.{meant} It has: {', '.join(there)}.")


def _at_the_door(name: str) -> str | None:
    """The function of the library that has the name for a word, as ``report`` open_report."""
    door = sys.modules.get("tingbjerg_eval")
    names = [one for one in getattr(door, "__all__", ()) if one.islower()]
    return next((one for one in names if name in (one, one.partition("_")[2])), None)


def _lacking(asked: str, instead: str) -> Callable[..., Any]:
    def refuse(self: object, *given: object) -> Any:
        kind, name = type(self).__name__, str(given[0]) if given else ""
        if asked == "item" and not name.startswith("_") and hasattr(self, name):
            raise WrongArgument(f"{kind} is not indexed; write {kind.lower()}.{name}.")
        raise WrongArgument(f"{kind} has no {ASKED[asked]}. {instead}".strip())

    return refuse


ASKED = {"len": "length", "lt": "order", "float": "single number", "round": "single number",
         "item": "items"}  # fmt: skip
