"""Sentences about quarters, said of the years of a study in years."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files


def of_years(text: str, language: str) -> str:
    """``text`` about quarters as it is said of years.

    >>> of_years("Each quarter grows by what {quarter} lacks.", "en")
    'Each year grows by what {quarter} lacks.'
    """
    forms = _forms(language)
    longest = "|".join(sorted(map(re.escape, forms), key=len, reverse=True))
    # What stands in braces is a field's name.
    words = re.compile(rf"(\{{[^}}]*\}})|\b({longest})\b", re.IGNORECASE)
    return words.sub(lambda found: found[1] or _as(found[2], forms[found[2].lower()]), text)


@lru_cache
def _forms(language: str) -> dict[str, str]:
    text = (files("tingbjerg_eval.presentation") / "texts" / "years.toml").read_text("utf-8")
    forms: dict[str, str] = tomllib.loads(text)[language]
    return forms


def _as(written: str, said: str) -> str:
    return said[0].upper() + said[1:] if written[0].isupper() else said
