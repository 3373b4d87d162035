"""JSON-stat (versions 1 and 2) as PxWeb and StatBank give it: one row for each value."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

from tingbjerg_eval.data.formats.encodings import decode
from tingbjerg_eval.data.formats.files import content_of
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.raw import RawTable, text_table
from tingbjerg_eval.data.formats.workbooks import cell_text
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.study.sources import Source

VALUE = "value"
CODE = " code"
"""Ends the heading of the column that holds a dimension's codes beside its texts."""
LARGEST = 5_000_000
"""Cells up to which a cube is unfolded."""


def read_jsonstat(path: Path, source: Source, found: Findings, *, keys: list[str]) -> RawTable:
    """Every cell as a row: the text of each dimension, its codes where mapped, and ``value``.

    A cell without a value is the sign that its status gives, or blank; it is never 0.
    """
    data = _dataset(decode(content_of(path, source, found), source, found), found)
    try:
        names, categories = _dimensions(data)
        cells = _cells(data, names, categories, found)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        found.refuse("file-damaged", found="no JSON-stat data set", format="JSON-stat")
    coded = [one for one in names if f"{one}{CODE}".casefold() in {k.casefold() for k in keys}]
    header = [*names, *(one + CODE for one in coded), VALUE]
    at = {name: number for number, name in enumerate(names)}
    rows = [
        [*(text for _, text in places), *(places[at[one]][0] for one in coded), cell]
        for places, cell in zip(product(*categories), cells, strict=True)
    ]
    if not rows:
        found.refuse("header-only", found="dimensions and no cells")
    return text_table(found.file, header, rows, range(1, len(rows) + 1), place_word="cell",
                      typed=True)  # fmt: skip


def _dataset(text: str, found: Findings) -> dict[str, Any]:
    data: Any
    try:
        data = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        found.refuse("file-damaged", found="text that is no JSON", format="JSON-stat")
    if isinstance(data, dict) and "dimension" not in data:
        sets = [one for one in data.values() if isinstance(one, dict) and "dimension" in one]
        data = sets[0] if len(sets) == 1 else data
    if not isinstance(data, dict) or "dimension" not in data:
        found.refuse("file-damaged", found="no JSON-stat data set", format="JSON-stat")
    return data


def _dimensions(data: dict[str, Any]) -> tuple[list[str], list[list[tuple[str, str]]]]:
    """The dimensions' names, and the code and text of each category in order."""
    dimensions = data["dimension"]
    names = data.get("id") or dimensions["id"]
    return list(names), [_categories(dimensions[one]["category"]) for one in names]


def _categories(category: dict[str, Any]) -> list[tuple[str, str]]:
    labels, index = category.get("label", {}), category.get("index")
    if index is None:
        index = list(labels)
    codes = sorted(index, key=lambda one: int(index[one])) if isinstance(index, dict) else index
    return [(str(one), str(labels.get(one, one))) for one in codes]


def _cells(
    data: dict[str, Any], names: list[str], categories: list[list[tuple[str, str]]], found: Findings
) -> list[str]:
    number = 1
    for one in categories:
        number *= len(one)
    if number > LARGEST:
        found.refuse("file-swells", found=many(number, "cell"))
    values, status = data[VALUE], data.get("status") or {}
    if isinstance(values, list) and len(values) != number:
        raise ValueError(names)
    return [_cell(values, status, at) for at in range(number)]


def _cell(values: Any, status: Any, at: int) -> str:
    value = values.get(str(at)) if isinstance(values, dict) else values[at]
    if value is not None:
        return cell_text(float(value)) if "e" in str(value).lower() else str(value)
    sign = status.get(str(at)) if isinstance(status, dict) else status
    if isinstance(sign, list):
        sign = sign[at]
    return str(sign or "")
