"""What was worked out once, for a study and every view of it at a quarter.

It is held in memory and goes with the study: a process that is forked from one that holds the
study, or is sent it, finds what was worked out before. Nothing is written to a disk.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from tingbjerg_eval.stats.refusal import MethodRefused

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
        """What ``make`` gives, worked out once for equal ``content``.

        Equal digests mean equal content; equal content that is laid out otherwise in memory may
        have another digest, and is then only worked out again.
        """
        digest = hashlib.sha256(pickle.dumps(content, protocol=5)).digest()
        return self.get(_Content(name, digest), make)

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
