"""The root of every error this package foresees, and the exit codes they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

DONE, FAILED, BAD_INPUT, DISCLOSURE, DEVIATION, IN_USE = 0, 1, 2, 3, 4, 75

Value = TypeVar("Value")


class TingbjergError(Exception):
    """Something foreseen went wrong; its text says what to do and holds nothing personal.

    ``exit_code`` is what the command line ends with.
    """

    exit_code: int = FAILED

    def said(self, language: str) -> str:  # noqa: ARG002 - most are for who types, in English
        """The text in ``language``, where it has one."""
        return str(self)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message, which says what to do, and no traceback."""
        return [f"{type(self).__name__}:", *str(self).splitlines()]


class BadInput(TingbjergError):
    """What was given or asked for cannot be used."""

    exit_code = BAD_INPUT


class WrongArgument(BadInput, TypeError, ValueError):
    """A function was given something of another kind than it wanted."""


class UnknownName(BadInput, LookupError, ValueError):
    """There is nothing of that name; the text gives the nearest."""


class UnknownAttribute(UnknownName, AttributeError):
    """An object has nothing of that name."""


class DisclosureStop(TingbjergError):
    """Something would show what nobody may see."""

    exit_code = DISCLOSURE


class Deviates(TingbjergError):
    """What is done is not what was locked."""

    exit_code = DEVIATION


class InUse(TingbjergError):
    """Somebody else is at it."""

    exit_code = IN_USE


def exit_code_of(name: str) -> int:
    """The exit code of the error class called ``name``, as a kernel names it.

    Where no class that is loaded has the name, some report failed and no more is known.
    """
    codes = {one.__name__: one.exit_code for one in _below(TingbjergError)}
    return codes.get(name, FAILED)


def _below(error: type[TingbjergError]) -> Iterator[type[TingbjergError]]:
    for one in error.__subclasses__():
        yield one
        yield from _below(one)


def given(value: Value | None) -> Value:
    """``value``, which a rule of the study's settings has made sure of."""
    if value is None:
        raise AssertionError("the rules let a study pass without it")
    return value
