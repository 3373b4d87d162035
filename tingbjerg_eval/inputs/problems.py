"""What is wrong with an input, said so that a person can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tingbjerg_eval.inputs.errors import BadInput

SHOWN = 50
"""How many problems an error prints; the rest are counted."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One problem, or one note, about one place of one input.

    Attributes
    ----------
    code
        A short stable word for its kind.
    file, place, column
        Where it is; empty where there is no such place.
    found
        What stands there; ``None`` where the value may be personal and is withheld.
    wanted, mend
        What should stand there, and what to do.
    note
        Whether it is only said and refuses nothing.
    """

    code: str
    file: str
    place: str = ""
    column: str = ""
    found: str | None = ""
    wanted: str = ""
    mend: str = ""
    note: bool = False
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """What the catalogue's sentences were filled with, to say them in another language."""

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place, self.column) if part)
        found = "value withheld" if self.found is None else self.found
        said = "; ".join(
            f"{name} {text}" for name, text in (("found", found), ("wanted", self.wanted)) if text
        )
        return f"[{self.code}] {where}: {said}." + (f" {self.mend}" if self.mend else "")


class InputRefused(BadInput, ValueError):
    """The inputs cannot be used as they are; ``problems`` says everything that is wrong.

    Attributes
    ----------
    problems
        Every :class:`Problem`; the text shows the first fifty.
    """

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems[:SHOWN]]
        left = len(self.problems) - SHOWN
        if left > 0:
            lines.append(f"... and {left} more")
        super().__init__("\n".join(lines))
