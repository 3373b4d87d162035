"""Where each number of the memo comes from, said in the tag of its content control."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tingbjerg_eval.presentation.words.sentences import Words

DIGITS = r"(?<![\w.,])[−-]?\d+(?:[.,]\d+)*(?!\w|[.,]\d)"
"""A number; digits within a word, such as a digest, are none."""
IN_WORDS = range(1, 13)
"""Numbers that a report writes in words."""
LONGEST_TAG = 64
"""Signs that Word allows a tag."""
MAIN = "main-targets"


@dataclass(frozen=True)
class Figure:
    """A published figure: the table, row and column it stands in, and how it is written."""

    tag: str
    name: str
    written: str


class Sources:
    """The published figures of the main targets, by the name of the target and as written."""

    def __init__(self, tables: Sequence[Mapping[str, Any]], words: Words) -> None:
        counted = "|".join(words.counted(number) for number in IN_WORDS)
        self.number = re.compile(rf"{DIGITS}|\b(?:{counted})\b", re.IGNORECASE)
        self.figures = tuple(
            figure for table in tables if table["name"].startswith(MAIN)
            for figure in _figures(table, words)
        )  # fmt: skip

    def tags(self, text: str, *, about: str, place: str) -> Iterator[tuple[str, str]]:
        """``text`` in pieces, each with the tag of its source; no tag for words between numbers.

        ``about`` is the text around it, by which the target is known.
        """
        end = 0
        for nth, found in enumerate(self.number.finditer(text), start=1):
            if found.start() > end:
                yield text[end : found.start()], ""
            yield found[0], self._tag(found[0], about) or f"{place}/{nth}"[-LONGEST_TAG:]
            end = found.end()
        if text[end:]:
            yield text[end:], ""

    def _tag(self, number: str, about: str) -> str:
        """The one figure that is written so and whose target is named; empty where none is."""
        size, said = number.lstrip("-−"), about.casefold()
        tags = [
            figure.tag for figure in self.figures
            if figure.written == size and figure.name.casefold() in said
        ]  # fmt: skip
        return tags[0] if len(tags) == 1 else ""


def _figures(table: Mapping[str, Any], words: Words) -> Iterator[Figure]:
    for row in table["rows"]:
        for value, column in zip(row, table["columns"], strict=True):
            if isinstance(value, int | float) and column["decimals"] is not None:
                tag = f"{table['name']}/{slug(str(row[0]))}/{column['key']}"
                written = words.number(abs(value), decimals=column["decimals"])
                yield Figure(tag[-LONGEST_TAG:], str(row[0]), written)


def slug(name: str) -> str:
    """A name in small letters and hyphens."""
    plain = name.casefold().translate({0xE6: "ae", 0xF8: "oe", 0xE5: "aa"})
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
