"""SPSS and Stata files: values by their labels, so that code lists travel with the data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.formats.workbooks import cell_text
from tingbjerg_eval.study.sources import Source

Labels = Mapping[Any, object]
"""The texts of a variable's values."""


def read_labelled(path: Path, source: Source, found: Findings, *, keys: list[str]) -> RawTable:  # noqa: ARG001
    """The records as text; a value with a label is its label, one declared missing is blank."""
    import pyreadstat

    read = pyreadstat.read_sav if source.format == "spss" else pyreadstat.read_dta
    try:
        frame, meta = read(str(path))
    except Exception:  # the C library reports every kind of damage by its own error
        found.refuse("file-damaged", found="a file that cannot be opened", format=source.format)
    if frame.empty:
        found.refuse("header-only", found="variables and no records")
    labels = meta.variable_value_labels
    texts = {one: _texts(frame[one], labels.get(one, {})) for one in frame.columns}
    return RawTable(
        file=found.file,
        frame=pd.DataFrame(texts, dtype=object),
        places=np.arange(1, len(frame) + 1),
        place_word="record",
        typed=True,
        codes={one: _codes(own) for one, own in labels.items()},
    )


def _codes(labels: Labels) -> dict[str, str]:
    """Each label to its number as text."""
    return {plain_text(str(label)): _text(value, {}) for value, label in labels.items()}


def _texts(values: pd.Series, labels: Labels) -> list[str]:
    distinct = {one: _text(one, labels) for one in values.unique()}
    return ["" if pd.isna(one) else distinct[one] for one in values]


def _text(value: object, labels: Labels) -> str:
    if pd.isna(value):
        return ""
    plain = value.item() if isinstance(value, np.generic) else value
    return str(labels[plain]) if plain in labels else cell_text(plain)
