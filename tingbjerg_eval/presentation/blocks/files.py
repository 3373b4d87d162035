"""A shown table as a file of an evaluator's own: what is hidden on the screen is hidden there."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.presentation.blocks.tables import Published
from tingbjerg_eval.presentation.words import sentences as wording


class Tabular(Protocol):
    """A block, for what is asked of it here."""

    def tables(self) -> list[Published]:
        """Published values of its tables."""

    def sayings(self) -> list[str]:
        """What belongs beside them."""


def write_csv(block: Tabular, path: str | Path) -> Path:
    """The one table of ``block`` as a CSV file at ``path``; its notes are left to the screen."""
    from tingbjerg_eval.presentation.blocks.workbook import csv_files

    tables = _kept(block)
    if len(tables) > 1:
        raise WrongArgument(f"It holds {len(tables)} tables; write to_excel, a sheet for each.")
    (content,) = csv_files(tables, wording.current(), simulated=wording.simulated()).values()
    return _written(path, content)


def write_excel(block: Tabular, path: str | Path) -> Path:
    """The tables of ``block`` as a workbook at ``path``."""
    from tingbjerg_eval.presentation.blocks.workbook import workbook

    return _written(path, workbook(_kept(block), wording.current(), simulated=wording.simulated()))


def _kept(block: Tabular) -> list[Published]:
    tables = block.tables()
    if not tables:
        raise WrongArgument("There is no table in it to write; te.show(frame) makes one.")
    return [{**one, "notes": [*block.sayings(), *one["notes"]]} for one in tables]


def _written(path: str | Path, content: bytes) -> Path:
    path = Path(path)
    path.write_bytes(content)
    return path
