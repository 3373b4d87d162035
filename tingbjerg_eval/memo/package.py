"""The tables as a data package: CSV files, what their columns are, and their digests.

The description follows Data Package v1 and Table Schema (Frictionless Data), so that any reader
of the standard can check the files against it.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from tingbjerg_eval.memo.sources import slug
from tingbjerg_eval.presentation.blocks.workbook import STAMP
from tingbjerg_eval.presentation.words.numbers import decimal_mark
from tingbjerg_eval.presentation.words.sentences import Words

DESCRIPTION = "datapackage.json"


def data_package(
    tables: Sequence[Mapping[str, Any]],
    sheets: Mapping[str, bytes],
    words: Words,
    context: Mapping[str, Any],
) -> bytes:
    """A zip of ``sheets`` (file name to CSV) with ``datapackage.json``, always the same bytes."""
    described = json.dumps(
        describe(tables, sheets, words, context), ensure_ascii=False, indent=1, sort_keys=True
    )
    return _zipped({DESCRIPTION: f"{described}\n".encode(), **sheets})


def describe(
    tables: Sequence[Mapping[str, Any]],
    sheets: Mapping[str, bytes],
    words: Words,
    context: Mapping[str, Any],
) -> dict[str, Any]:
    """The content of ``datapackage.json``."""
    simulated = bool(context.get("simulated"))
    return {
        "profile": "tabular-data-package",
        "name": slug(str(context.get("name") or context["title"])),
        "title": str(context["title"]),
        "description": words("simulated.sentence") if simulated else "",
        "simulated": simulated,
        "resources": [
            _resource(table, sheets[f"{table['name']}.csv"], words, simulated) for table in tables
        ],
    }


def _resource(
    table: Mapping[str, Any], content: bytes, words: Words, simulated: bool
) -> dict[str, Any]:
    fields = [_field(column, table, at, words) for at, column in enumerate(table["columns"])]
    if simulated:
        fields.append({"name": words("simulated.column"), "type": "string"})
    return {
        "profile": "tabular-data-resource",
        "name": slug(table["name"]),
        "path": f"{table['name']}.csv",
        "title": table["caption"],
        "description": " ".join(table["notes"]),
        "encoding": "utf-8-sig",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"delimiter": _delimiter(words), "lineTerminator": "\r\n"},
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _field(
    column: Mapping[str, Any], table: Mapping[str, Any], at: int, words: Words
) -> dict[str, Any]:
    """A column: a number only where every cell of it is one or blank."""
    named = {"name": column["heading"], "title": column["heading"], "description": column["key"]}
    cells = [row[at] for row in table["rows"]]
    figures = [cell for cell in cells if cell is not None]
    if not figures or any(isinstance(cell, str) for cell in figures):
        return {**named, "type": "string"}
    return {**named, "type": "number", "decimalChar": decimal_mark(words.language)}


def _delimiter(words: Words) -> str:
    return ";" if decimal_mark(words.language) == "," else ","


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return out.getvalue()
