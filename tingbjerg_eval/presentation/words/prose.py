"""The notebooks' prose in the language of the report.

Notebooks are written in Danish. A report in another language takes the text of each prose cell
from ``texts/<language>_prose.toml``, by the kind of report and the cell's id.
"""

from __future__ import annotations

import copy
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from tingbjerg_eval.inputs.errors import TingbjergError
from tingbjerg_eval.presentation.words.years import of_years

WRITTEN_IN = "da"
"""The language of the notebooks."""
EVERY = "every"


class ProseMissing(TingbjergError, LookupError):
    """A cell of prose has no text in the language of the report."""


def in_language(cells: list[Any], language: str, kind: str, *, in_years: bool = False) -> list[Any]:
    """``cells`` with their prose in ``language``; the given cells are left as they are.

    Of a study ``in_years`` what is said of quarters is said of years.

    Parameters
    ----------
    cells
        The cells that a reader sees, of the notebook of ``kind``.
    kind
        The kind of report; empty for a notebook of another kind, whose prose stays as written.

    Raises
    ------
    ProseMissing
        When a cell has no text in ``language``: half a report in each language helps nobody.
    """
    if kind and language != WRITTEN_IN:
        said = prose(language, kind)
        cells = [_said(cell, said, language) if _is_prose(cell) else cell for cell in cells]
    if in_years:
        cells = [_of_years(cell, language) if _is_prose(cell) else cell for cell in cells]
    return cells


def _is_prose(cell: Any) -> bool:
    return bool(cell.cell_type == "markdown")


def _of_years(cell: Any, language: str) -> Any:
    told = copy.copy(cell)
    told.source = of_years(cell.source, language)
    return told


@lru_cache
def prose(language: str, kind: str) -> dict[str, str]:
    """The prose of the report ``kind`` in ``language``, by cell id."""
    path = files("tingbjerg_eval.presentation") / "texts" / f"{language}_prose.toml"
    written = tomllib.loads(path.read_text("utf-8"))
    every: dict[str, str] = written[EVERY]
    own: dict[str, str] = written.get(kind, {})
    return every | own


def _said(cell: Any, said: dict[str, str], language: str) -> Any:
    if cell.id not in said:
        raise ProseMissing(
            f"the cell {cell.id!r} has no text in texts/{language}_prose.toml; write one under "
            f"[{EVERY}], or under the kind of report that the cell belongs to"
        )
    translated = copy.copy(cell)
    translated.source = said[cell.id].strip()
    return translated
