"""Hidden counts that stand in the open beside the words that say what they count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

NEAR = 60
"""How many signs a number may stand from the words in prose; in a row it may be anywhere."""


class Hidden(Protocol):
    """A hidden value and the words that name its cell, see ``disclosure.HiddenValue``."""

    words: tuple[str, ...]
    value: int


def hidden_count(
    lines: Iterable[tuple[str, bool]],
    values: Sequence[Hidden],
    *,
    aliases: Mapping[str, Sequence[str]],
) -> int:
    """How many hidden values stand in lines (text, whether a row) that name their cells."""
    lines = [(text, row) for text, row in lines if any(sign.isdigit() for sign in text)]
    return sum(
        any(
            _gives_away(text, row, hidden, aliases) for text, row in _naming(lines, hidden, aliases)
        )
        for hidden in values
    )


def _naming(lines, hidden: Hidden, aliases) -> Iterable[tuple[str, bool]]:
    names = [(word, *aliases.get(word, ())) for word in hidden.words]
    return (
        (text, row)
        for text, row in lines
        if all(any(name in text for name in alternatives) for alternatives in names)
    )


def _gives_away(text: str, row: bool, hidden: Hidden, aliases) -> bool:
    pattern = _names(
        tuple(name for word in hidden.words for name in (word, *aliases.get(word, ())))
    )
    spans = [found.span() for found in pattern.finditer(text)]
    rest = pattern.sub(lambda found: " " * len(found.group()), text)
    return any(
        row
        or any(
            abs(number.start() - end) < NEAR or abs(start - number.end()) < NEAR
            for start, end in spans
        )
        for number in _number(hidden.value).finditer(rest)
    )


@lru_cache(maxsize=4096)
def _names(names: tuple[str, ...]) -> re.Pattern:
    longest = sorted(filter(None, names), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)))


@lru_cache(maxsize=4096)
def _number(value: int) -> re.Pattern:
    """The number alone: no piece of a longer one, of a decimal, of a code, no ordinal."""
    grouped = f"{value:,}".replace(",", "[.  ]?")
    return re.compile(rf"(?<![\w.,/-]){grouped}(?!\w|[.,/-]\d|\.\s?[a-zæøå]| %| pct)")
