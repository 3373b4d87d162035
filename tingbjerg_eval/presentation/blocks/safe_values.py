"""Values from data as what they are: text in HTML, text in a spreadsheet."""

from __future__ import annotations

import re

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_IN_XML = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|[\ud800-\udfff]"
)
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean_text(text: str) -> str:
    """``text`` without control signs and signs that turn the reading direction."""
    return _DIRECTION.sub("", _NOT_IN_XML.sub("", text))


def neutralise_formula(value: object) -> object:
    """Text that a spreadsheet would compute, made text; everything else unchanged.

    A leading apostrophe is what spreadsheets themselves use to mark text (OWASP, CSV
    injection). Numbers stay numbers.

    >>> neutralise_formula("=1+1"), neutralise_formula(-3), neutralise_formula("Tingbjerg")
    ("'=1+1", -3, 'Tingbjerg')
    """
    if not isinstance(value, str):
        return value
    stripped = value.lstrip(" \u00a0")
    return f"'{value}" if stripped.startswith(_STARTS_FORMULA) else value
