"""What was worked out once, for a study and every view of it at a quarter.

It is held in memory and goes with the study: a process that is forked from one that holds the
study, or is sent it, finds what was worked out before. Nothing is written to a disk.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from tingbjerg_eval.stats.refusal import MethodRefused

if TYPE_CHECKING:
    import pandas as pd

Result = TypeVar("Result")


class _Content(NamedTuple):
    """What was asked, and the digest of the content it was asked of."""

    name: str
    digest: bytes


Answers = dict[_Content, Any]
"""What was worked out of content alone."""


@dataclass(eq=False)
class Memo:
    """Results by what was asked.

    Of two threads that ask the same at once both may work it out, and both are given the same
    result: the one that was there first.
    """

    _held: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    _here: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {"_held": self._held, "_here": {}}

    def here(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """:meth:`get` for what is too large to be sent to another process, and quickly made."""
        if key not in self._here:
            self._here.setdefault(key, make())
        result: Result = self._here[key]
        return result

    def get(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """What is held under ``key``; at first what ``make`` gives."""
        if key not in self._held:
            self._held.setdefault(key, make())
        result: Result = self._held[key]
        return result

    def ask(
        self, function: Callable[..., Result], *arguments: Any, **options: Any
    ) -> Result | MethodRefused:
        """``function(*arguments, **options)``, worked out once for equal content.

        A refusal is an answer too: it is returned, not raised, and met only once.
        """
        name = f"{function.__module__}.{function.__qualname__}"

        def answer() -> Result | MethodRefused:
            try:
                return function(*arguments, **options)
            except MethodRefused as refused:
                return refused

        return self.of_content(name, (arguments, sorted(options.items())), answer)

    def of_content(self, name: str, content: object, make: Callable[[], Result]) -> Result:
        """What ``make`` gives, worked out once for equal ``content``."""
        return self.get(_Content(name, _digest(content)), make)

    def clear(self) -> None:
        """Hold nothing any more; results may point back at their study."""
        self._held.clear()
        self._here.clear()

    def answers(self) -> Answers:
        """What was worked out of content alone: it is as true of any other study."""
        return {key: held for key, held in list(self._held.items()) if isinstance(key, _Content)}

    def take(self, answers: Answers) -> None:
        """Hold ``answers`` that were worked out elsewhere."""
        for key, answer in answers.items():
            self._held.setdefault(key, answer)


def _digest(value: Any) -> bytes:
    """Of a value's content. Equal digests mean equal content; equal content may have another digest
    where it holds what is laid out otherwise in memory, and is then only worked out again."""
    written = io.BytesIO()
    _Writer(written).dump(value)
    return hashlib.sha256(written.getbuffer()).digest()


class _Writer(pickle.Pickler):
    """Pickles content alone: not what else was worked out of it, nor which parts are one object.

    So it is the same of a study in the process that read it and in one that it was sent to.
    """

    def __init__(self, file: io.BytesIO):
        super().__init__(file, protocol=5)
        self.fast = True

    def reducer_override(self, thing: object) -> Any:
        """What a table, a model or a dataclass is made of."""
        import pandas as pd

        if isinstance(thing, pd.DataFrame):
            return tuple, (thing.columns, thing.index, thing.attrs,
                           [_values(column) for _, column in thing.items()])  # fmt: skip
        if isinstance(thing, pd.Series):
            return tuple, (thing.name, thing.index, thing.attrs, _values(thing))
        if isinstance(thing, pd.Index):
            return type(thing), (*thing.names, *_values(thing))
        if is_dataclass(thing) and not isinstance(thing, type):
            return type(thing), tuple(getattr(thing, one.name) for one in fields(thing))
        if (model := getattr(type(thing), "model_fields", None)) is not None:
            return type(thing), tuple(getattr(thing, one) for one in model)
        return NotImplemented


def _values(column: pd.Series | pd.Index) -> tuple[object, object]:
    """What stands in a column, however it is held."""
    numeric = isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf"
    return column.dtype, column.to_numpy().tobytes() if numeric else column.tolist()
