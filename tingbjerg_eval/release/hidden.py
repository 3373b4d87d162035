"""Hidden counts that stand in the open beside the words that say what they count."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

NEAR = 60
"""How many signs a number may stand from the words in prose; in a row it may be anywhere."""
Line = tuple[str, bool]
_BLANKS, _DIGIT = re.compile(r"\s+"), re.compile(r"\d")


@dataclass(frozen=True, kw_only=True)
class HiddenValue:
    """A value that must not stand beside the words that name its cell; never written down."""

    words: tuple[str, ...]
    value: int


def lines_giving_away(
    lines: Iterable[tuple[str, bool]],
    values: Sequence[HiddenValue],
    *,
    aliases: Mapping[str, Sequence[str]],
) -> list[frozenset[int]]:
    """For each hidden value the places in ``lines`` (text, whether a row) where it stands with
    the words that name its cell.

    Capitals and small letters are the same, and so are all kinds of blanks.
    """
    places = _with_numbers(lines)
    everything = _Joined(places)
    naming = {
        word: everything.naming(_alternatives(word, aliases))
        for word in sorted({word for hidden in values for word in hidden.words})
    }
    return [
        frozenset(
            at
            for line in sorted(_common(naming, hidden))
            if _gives_away(*line, hidden, aliases)
            for at in places[line]
        )
        for hidden in values
    ]


def _with_numbers(lines: Iterable[tuple[str, bool]]) -> dict[Line, list[int]]:
    """Lines with a digit, each once, and where they stand."""
    places: dict[Line, list[int]] = defaultdict(list)
    for at, (text, row) in enumerate(lines):
        if _DIGIT.search(text):
            places[_read(text), row].append(at)
    return places


def _common(naming: Mapping[str, frozenset[Line]], hidden: HiddenValue) -> frozenset[Line]:
    """The lines that name the value's cell with all its words."""
    return frozenset.intersection(*(naming[word] for word in hidden.words))


class _Joined:
    """Lines as one text, in which a name is looked for once for all of them."""

    def __init__(self, lines: Iterable[Line]):
        self.lines = list(lines)
        self.text = "".join(f"{text}\n" for text, _ in self.lines)
        self.ends = list(accumulate(len(text) + 1 for text, _ in self.lines))

    def naming(self, names: tuple[str, ...]) -> frozenset[Line]:
        """The lines with one of the names, alone."""
        pattern = _names(names)
        at = {line for name in names for line in self._with(name)}
        return frozenset(self.lines[one] for one in at if pattern.search(self.lines[one][0]))

    def _with(self, name: str) -> Iterator[int]:
        found = self.text.find(name)
        while found >= 0:
            line = bisect_right(self.ends, found)
            yield line
            found = self.text.find(name, self.ends[line])


def _alternatives(word: str, aliases: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(_read(name) for name in (word, *aliases.get(word, ())) if name)


def _read(text: str) -> str:
    """``text`` without capitals and with plain blanks."""
    return _BLANKS.sub(" ", text.casefold())


def _gives_away(
    text: str, row: bool, hidden: HiddenValue, aliases: Mapping[str, Sequence[str]]
) -> bool:
    pattern = _names(tuple(name for word in hidden.words for name in _alternatives(word, aliases)))
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
def _names(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the names, the longest first; a code or a year is no piece of a longer number."""
    longest = sorted(names, key=len, reverse=True)
    return re.compile("|".join(map(_whole, longest)))


def _whole(name: str) -> str:
    before = r"(?<!\w)" if name[0].isdigit() else ""
    after = r"(?!\w)" if name[-1].isdigit() else ""
    return before + re.escape(name) + after


@lru_cache(maxsize=4096)
def _number(value: int) -> re.Pattern[str]:
    """The number alone: no piece of a longer one, of a decimal, of a code, no ordinal."""
    grouped = f"{value:,}".replace(",", "[.  ]?")
    return re.compile(rf"(?<![\w.,/-]){grouped}(?!\w|[.,/-]\d|\.\s?[a-zæøå]| %| pct)")
