"""Answers already given, kept by what was asked: the function, its arguments and its code.

Estimates are asked for here, so that a report that is made again because a sentence has
changed does not estimate again, and a revised quarter moves only what rests on it. An answer is
a file of JSON under its own digest; one that was changed or cannot be read is worked out anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tingbjerg_eval.evaluation.plain import digest, dumps, loads
from tingbjerg_eval.stats.refusal import MethodRefused

MOST_KEPT = 20_000
"""Answers kept in a folder; those longest unused go first."""


@dataclass(kw_only=True, eq=False)
class Answers:
    """Answers of functions whose result follows from their arguments alone.

    Attributes
    ----------
    folder
        Where answers outlast the process, for one state of the code; ``None`` for memory alone.
    worked_out, found
        How many were worked out here, and how many found in ``folder``.
    """

    folder: Path | None = None
    worked_out: int = 0
    found: int = 0
    _held: dict[str, Any] = field(default_factory=dict, repr=False)

    def ask(self, function: Callable, *arguments: Any, **options: Any) -> Any:
        """``function(*arguments, **options)``, worked out once for equal content.

        A refusal (:class:`MethodRefused`) is an answer too: it is returned, not raised.
        """
        name = f"{function.__module__}.{function.__qualname__}"
        key = digest((name, arguments, dict(sorted(options.items()))))
        if key not in self._held:
            self._held[key] = self._answer(key, function, arguments, options)
        return self._held[key]

    def _answer(self, key: str, function: Callable, arguments: tuple, options: dict) -> Any:
        path = None if self.folder is None else self.folder / f"{key}.json"
        if path is not None:
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                answer = _kept(path)
                self.found += 1
                os.utime(path)
                return answer
        try:
            answer = function(*arguments, **options)
        except MethodRefused as refused:
            answer = refused
        self.worked_out += 1
        if path is not None:
            _keep(path, answer)
        return answer


def _kept(path: Path) -> Any:
    """The answer in a file; raises ``ValueError`` where it is not to the letter what was kept."""
    seal, _, text = path.read_text(encoding="ascii").partition("\n")
    if seal != _seal(text):
        raise ValueError("a kept answer was changed")
    return loads(text)


def _seal(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _keep(path: Path, answer: Any) -> None:
    """Write whole or not at all; an answer that cannot be kept is given all the same."""
    partial = path.with_suffix(f".{os.getpid()}.part")
    with contextlib.suppress(OSError, TypeError):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = dumps(answer)
        partial.write_text(f"{_seal(text)}\n{text}", encoding="ascii")
        partial.replace(path)
    with contextlib.suppress(OSError):
        partial.unlink(missing_ok=True)


def tidy(folder: Path, *, keep: Path, most: int = MOST_KEPT) -> None:
    """Remove from ``folder`` the answers of other states of the code than ``keep``, what was
    left half-written, and the answers longest unused beyond ``most``."""
    for other in folder.iterdir() if folder.exists() else ():
        if other.name != keep.name:
            shutil.rmtree(other, ignore_errors=True)
    for partial in keep.glob("*.part"):
        partial.unlink(missing_ok=True)
    kept = sorted(keep.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    for path in kept[: max(0, len(kept) - most)]:
        path.unlink(missing_ok=True)
