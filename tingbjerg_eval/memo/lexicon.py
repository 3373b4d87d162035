"""How a language says what a memo states: kinds of statement, units, numerals, dates."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Any

SCALES = {"thousand_million": 1e9, "million": 1e6, "thousand": 1e3, "crowns": 1.0}
CROWNS = "kr."


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """A language's patterns, all for small letters."""

    language: str
    statements: dict[str, str]
    answers: dict[str, str]
    units: dict[str, str]
    numerals: dict[str, int]
    months: dict[str, int]
    ordinals: dict[str, int]
    joints: dict[str, str]

    @property
    def number(self) -> str:
        """Digits with their separators, or a numeral."""
        words = "|".join(sorted(map(re.escape, self.numerals), key=len, reverse=True))
        return rf"(?<![\w.,])(?:\d+(?:[.,\u00a0 ]\d{{3}}(?!\d))*(?:[.,]\d+)?|(?:{words})(?!\w))"

    def value(self, written: str) -> float:
        """The number ``written``; either mark may be the decimal one where it is clear."""
        if written in self.numerals:
            return float(self.numerals[written])
        plain = re.sub(r"[\u00a0 ]", "", written)
        decimal = "," if self.language == "da" else "."
        other = "." if decimal == "," else ","
        if other in plain and not re.fullmatch(rf"\d{{1,3}}(?:\{other}\d{{3}})+(?:\{decimal}\d+)?",
                                               plain):  # fmt: skip
            plain = plain.replace(other, decimal)
        return float(plain.replace(other, "").replace(decimal, "."))


@lru_cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of ``language``."""
    text = (files("tingbjerg_eval.memo") / "texts" / f"{language}.toml").read_text("utf-8")
    read: dict[str, Any] = tomllib.loads(text)
    return Lexicon(language=language, **read | {"numerals": _numerals(read)})


def _numerals(read: dict[str, Any]) -> dict[str, int]:
    """The numerals listed, and those between the tens."""
    listed: dict[str, int] = read["numerals"]
    form: str = read["joints"].pop("compound")
    small = {word: value for word, value in listed.items() if 0 < value < 10}
    tens = {word: value for word, value in listed.items() if value in range(20, 100, 10)}
    between = {
        form.format(small=one, tens=ten): listed[one] + listed[ten]
        for one, ten in product(small, tens)
    }
    return listed | between
