"""Problems and notes collected while tables are read."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from tingbjerg_eval.inputs.catalogue import worded
from tingbjerg_eval.inputs.problems import InputRefused, Problem

SHOWN_PLACES = 5
LONGEST = 60


@dataclass
class Findings:
    """What one table's reading has found so far."""

    file: str
    items: list[Problem] = field(default_factory=list)

    def add(
        self, code: str, *, place: str = "", column: str = "", found: str | None = "", **fields: str
    ) -> None:
        """Record ``code``; ``fields`` fill the catalogue's sentences."""
        self.items.append(
            worded(code, file=self.file, place=place, column=column, found=found, **fields)
        )

    @property
    def problems(self) -> list[Problem]:
        """What refuses the table."""
        return [one for one in self.items if not one.note]

    @property
    def notes(self) -> list[Problem]:
        """What the report says beside the figures."""
        return [one for one in self.items if one.note]

    def stop_if_refused(self) -> None:
        """Raise :class:`InputRefused` when there is any problem; later checks would mislead."""
        if self.problems:
            raise InputRefused(self.items)

    def refuse(
        self, code: str, *, place: str = "", column: str = "", found: str | None = "", **fields: str
    ) -> NoReturn:
        """Record ``code`` and raise at once, for what makes further reading impossible."""
        self.add(code, place=place, column=column, found=found, **fields)
        raise InputRefused(self.items)


def quoted(text: str) -> str:
    """``text`` in quotes and cut to a readable length."""
    return repr(text if len(text) <= LONGEST else text[:LONGEST] + "...")


def as_yaml(value: object) -> str:
    """``value`` as it is written in ``study.yaml``, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_yaml(k)}: {as_yaml(one)}" for k, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    text = str(value)
    plain = re.fullmatch(r"[\w.]+( [\w.]+)*", text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def listed(items: Sequence[object], *, limit: int = SHOWN_PLACES) -> str:
    """The first ``items`` and how many more there are."""
    shown = ", ".join(map(str, items[:limit]))
    left = len(items) - limit
    return f"{shown} and {left} more" if left > 0 else shown
