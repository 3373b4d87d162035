"""Results as JSON and back, without loss and without running anything that is read.

Known are the values a result is made of: plain values, tuples, dictionaries, arrays, frames,
days, refused methods and this package's own frozen dataclasses. Anything else is a TypeError.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from tingbjerg_eval.stats.refusal import MethodRefused

PACKAGE = __name__.partition(".")[0]


def digest(value: Any) -> str:
    """SHA-256 of a value's content: equal content, equal digest, in any process."""
    return hashlib.sha256(dumps(value).encode()).hexdigest()


def dumps(value: Any) -> str:
    """``value`` as JSON text; settings and other models can be written but not read back."""
    return json.dumps(_plain(value), ensure_ascii=True, separators=(",", ":"))


def loads(text: str) -> Any:
    """The value that :func:`dumps` wrote.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        When it did not write ``text``.
    """
    return _value(json.loads(text))


def _plain(value: Any) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    for kinds, tag, write in _WRITERS:
        if isinstance(value, kinds):
            return {tag: write(value)}
    if is_dataclass(value):
        return {"made": [_name(type(value)), [_plain(part) for part in _parts(value)]]}
    raise TypeError(f"{type(value).__name__} is no part of a result")


def _parts(value: Any) -> list:
    return [getattr(value, field.name) for field in fields(value)]


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def _many(values) -> list:
    return [_plain(one) for one in values]


def _array(values: np.ndarray) -> list:
    flat = values.ravel().tolist()
    return [values.dtype.str, list(values.shape), _many(flat) if values.dtype == object else flat]


def _column(values: pd.Series | pd.Index) -> list:
    lacking = values.isna()
    kept = values.tolist()
    if isinstance(values.dtype, pd.api.extensions.ExtensionDtype):
        kept = [None if gone else one for one, gone in zip(kept, lacking, strict=True)]
    return [str(values.dtype), _many(kept) if values.dtype == object else kept]


def _frame(frame: pd.DataFrame) -> dict:
    columns = [_column(frame.iloc[:, at]) for at in range(frame.shape[1])]
    return {"names": _many(frame.columns), "rows": _index(frame.index), "columns": columns}


def _index(index: pd.Index) -> dict:
    if isinstance(index, pd.MultiIndex):
        raise TypeError("a result's frame has one level of rows")
    named = {"name": _plain(index.name)}
    if isinstance(index, pd.RangeIndex):
        return named | {"range": [index.start, index.stop, index.step]}
    return named | {"values": _column(index)}


_WRITERS = (
    (np.generic, "scalar", lambda one: [one.dtype.str, _plain(one.item())]),
    (np.ndarray, "array", _array),
    (pd.DataFrame, "frame", _frame),
    (pd.Series, "series", lambda one: _frame(one.to_frame())),
    (tuple, "tuple", _many),
    (list, "list", _many),
    (frozenset, "set", lambda one: sorted(map(json.dumps, _many(one)))),
    (dict, "dict", lambda one: [[_plain(key), _plain(part)] for key, part in one.items()]),
    (dt.date, "day", lambda one: one.isoformat()),
    (MethodRefused, "refused", lambda one: [one.code, one.cause, one.way_out]),
    (BaseModel, "model", lambda one: [_name(type(one)), one.model_dump(mode="json")]),
)


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    ((tag, told),) = plain.items()
    return _READERS[tag](told)


def _values(told: list) -> list:
    return [_value(one) for one in told]


def _read_array(told: list) -> np.ndarray:
    kind, shape, values = told
    return np.array(_values(values), dtype=np.dtype(kind)).reshape(shape)


def _read_column(told: list) -> pd.api.extensions.ExtensionArray:
    kind, values = told
    return pd.array(_values(values), dtype=kind)


def _read_frame(told: dict) -> pd.DataFrame:
    names, columns = _values(told["names"]), told["columns"]
    rows = _read_index(told["rows"])
    read = {at: pd.Series(_read_column(one), index=rows, dtype=one[0])
            for at, one in enumerate(columns)}  # fmt: skip
    return pd.DataFrame(read, index=rows).set_axis(names, axis=1)


def _read_index(told: dict) -> pd.Index:
    name = _value(told["name"])
    if "range" in told:
        return pd.RangeIndex(*told["range"], name=name)
    return pd.Index(_read_column(told["values"]), dtype=told["values"][0], name=name)


def _read_series(told: dict) -> pd.Series:
    return _read_frame(told).iloc[:, 0]


def _made(told: list) -> Any:
    """One of this package's own frozen dataclasses, as it was, without its checks."""
    name, parts = told
    module, _, kind = name.partition(":")
    made = getattr(import_module(module), kind) if module.startswith(f"{PACKAGE}.") else None
    if not (isinstance(made, type) and is_dataclass(made) and _name(made) == name):
        raise ValueError(f"{name} is no result of this package")
    value = object.__new__(made)
    for field, part in zip(fields(made), _values(parts), strict=True):
        object.__setattr__(value, field.name, part)
    return value


_READERS = {
    "scalar": lambda told: np.dtype(told[0]).type(_value(told[1])),
    "array": _read_array,
    "frame": _read_frame,
    "series": _read_series,
    "tuple": lambda told: tuple(_values(told)),
    "list": _values,
    "set": lambda told: frozenset(_value(json.loads(one)) for one in told),
    "dict": lambda told: {_value(key): _value(part) for key, part in told},
    "day": dt.date.fromisoformat,
    "refused": lambda told: MethodRefused(*told),
    "made": _made,
}
