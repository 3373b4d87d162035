"""Every sentence the code can say, by key and language, and the notebooks' prose.

Sentences live in ``texts/<language>.toml``; a sentence found nowhere, or a field left out, is
an error of the program and raises.
"""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from importlib.resources import files
from typing import Any

from tingbjerg_eval.inputs import speaking
from tingbjerg_eval.inputs.errors import TingbjergError
from tingbjerg_eval.inputs.quarters import is_quarter
from tingbjerg_eval.presentation.words import numbers

LANGUAGES = ("da", "en")
WRITTEN_IN = "da"
"""The language of the notebooks."""
EVERY = "every"


class Words:
    """The sentences and the number forms of one language.

    >>> words = Words("da")
    >>> words("hidden.under", threshold=5)
    'under 5'
    >>> words.percent(0.125) == "12,5\\xa0%"
    True
    """

    number: Callable[..., str]
    percent: Callable[..., str]
    signed: Callable[..., str]
    money: Callable[..., str]
    p_value: Callable[..., str]
    quarter: Callable[..., str]
    date: Callable[..., str]

    def __init__(self, language: str = "da", *, in_years: bool | None = None) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no texts in {language!r}; there are {', '.join(LANGUAGES)}")
        self.language = language
        self.in_years = speaking.in_years() if in_years is None else in_years
        self._sentences = sentences(language, in_years=self.in_years)
        for name in ("number", "percent", "signed", "money", "p_value", "quarter", "date"):
            setattr(self, name, partial(getattr(numbers, name), language=language))

    def __call__(self, key: str, **fields: object) -> str:
        """The sentence ``key`` with its fields filled in.

        Raises
        ------
        KeyError
            When there is no such sentence, or a field is left out.
        """
        if key not in self._sentences:
            raise KeyError(f"no sentence {key!r} in texts/{self.language}.toml")
        said = self._sentences[key].format_map(_Fields(key, fields))
        return said[:-1] if said.endswith("..") else said

    def __contains__(self, key: str) -> bool:
        return key in self._sentences

    def signed_percent(self, change: float) -> str:
        """A change in whole per cent with its sign.

        >>> Words("en").signed_percent(0.25)
        '+25%'
        """
        sign = "+" if round(100 * change) > 0 else ""
        return sign + self.percent(change, decimals=0)

    def first(self, *keys: str, **fields: object) -> str:
        """The sentence of the first of ``keys`` there is, so that a code unknown here still
        gets the general sentence of its kind."""
        return self(next((key for key in keys if key in self), keys[-1]), **fields)

    def short(self, period: str) -> str:
        """A quarter or year in the head of a narrow column."""
        if not is_quarter(period):
            return period
        return self("index.short", part=period[-1:], year=period[2:4])

    def time(self, time: str | int) -> str:
        """A quarter or a survey wave in words."""
        return self.quarter(time) if isinstance(time, str) else str(int(time))

    def window(self, window: tuple[Any, ...]) -> str:
        """A window in words; whole years as years.

        >>> Words("da").window(("2008K1", "2009K4"))
        '2008–2009'
        """
        first, last = window
        if str(first).endswith("K1") and str(last).endswith("K4"):
            first, last = first[:4], last[:4]
        if first == last:
            return self.time(first)
        if not is_quarter(first) and not is_quarter(last):
            return f"{first}–{last}"
        return self("window", first=self.time(first), last=self.time(last))

    def counted(self, number: int) -> str:
        """A number of things in a sentence: in words up to twelve.

        >>> Words("da").counted(1), Words("da").counted(13)
        ('ét', '13')
        """
        return self.first(f"counted.{number}", "counted.more", number=str(number))

    def ordinal(self, number: int) -> str:
        """Which in a row, in words.

        >>> Words("da").ordinal(2)
        'andet'
        """
        return self.first(f"ordinal.{number}", "ordinal.more")

    @staticmethod
    def capital(sentence: str) -> str:
        """A sentence with a capital letter first."""
        return sentence[:1].upper() + sentence[1:]

    def listed(self, items: list[str]) -> str:
        """``items`` as a list in a sentence."""
        *head, tail = items
        return self("list.and", head=", ".join(head), tail=tail) if head else tail


class _Fields(dict[str, object]):
    def __init__(self, key: str, fields: Mapping[str, object]):
        super().__init__(fields)
        self._key = key

    def __missing__(self, field: str) -> str:
        raise KeyError(f"sentence {self._key!r} needs the field {field!r}")


@lru_cache
def sentences(language: str, *, in_years: bool = False) -> dict[str, str]:
    """Every sentence of ``language`` by its dotted key."""
    text = (files("tingbjerg_eval.presentation") / "texts" / f"{language}.toml").read_text("utf-8")
    said = dict(_flat(tomllib.loads(text)))
    return {key: of_years(one, language) for key, one in said.items()} if in_years else said


def _flat(tree: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def current() -> Words:
    """The words figures and tables speak unless they are given others."""
    return Words(speaking.language())


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


class ProseMissing(TingbjergError, LookupError):
    """A cell of prose has no text in the language of the report."""


def in_language(cells: list[Any], language: str, kind: str, *, in_years: bool = False) -> list[Any]:
    """``cells`` with their prose in ``language``; the given cells are left as they are.

    Notebooks are written in Danish; the text in another language is that of the cell's id in
    ``texts/<language>_prose.toml``, under the kind of report. Of a study ``in_years`` what is said
    of quarters is said of years.

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
