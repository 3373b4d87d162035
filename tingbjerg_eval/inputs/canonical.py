"""One way to write a plan down, so that equal plans have equal bytes."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import date
from decimal import Decimal


def canonical(value: object) -> object:
    """``value`` of plain JSON parts: whole floats as integers, dates and money as text."""
    if isinstance(value, dict):
        return {str(key): canonical(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(part) for part in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"a plan holds finite numbers only, not {value}")
        return int(value) if value.is_integer() else value
    if isinstance(value, Decimal | date):
        return str(value)
    return value


def canonical_json(value: object) -> str:
    """JSON with sorted keys, no spaces and one form for each number."""
    return json.dumps(
        canonical(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def digest_of(value: object) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode("utf-8")).hexdigest()


def as_text(value: object) -> object:
    """``value`` with every leaf as the text a person would write in YAML."""
    value = canonical(value)
    if isinstance(value, dict):
        return {key: as_text(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_text(part) for part in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(value)
