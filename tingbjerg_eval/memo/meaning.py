"""A sentence read for what it states: names, numbers with units, dates, verdicts, caveats.

All other words are passed over, so that a sentence may be put in other words as long as it
states the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tingbjerg_eval.memo.lexicon import CROWNS, SCALES, Lexicon

WHO_DELIVERED = "delivered"
"""The kind of token that says that somebody delivered something."""
_WORD = re.compile(r"[^\W\d_]+")
_STEM = 6
_NEAR = 5
"""Words between a number and the word that says which way it went."""
DIRECTIONS = ("up", "down")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-") | {0xA0: " ", 0x202F: " ", 0x2192: "-", 0xAD: ""}


@dataclass(frozen=True)
class Token:
    """Something stated: its kind, what it is, and where in the sentence."""

    kind: str
    value: object
    unit: str = ""
    start: int = 0
    end: int = 0
    written: str = ""

    @property
    def key(self) -> tuple[str, object]:
        """What it states, wherever it stands and however it is written."""
        return self.kind, self.value


@dataclass(frozen=True)
class Sentence:
    """A sentence, plain and in small letters, and what it states."""

    said: str
    plain: str
    tokens: tuple[Token, ...]
    about: frozenset[object] = frozenset()
    """The targets named last before it in its paragraph, which it speaks of if it names none."""

    @cached_property
    def named(self) -> frozenset[object]:
        """The targets it speaks of."""
        return frozenset(token.value for token in self.of("target")) or self.about

    @cached_property
    def stems(self) -> frozenset[str]:
        """Beginnings of its words."""
        return frozenset(word[:_STEM] for word in _WORD.findall(self.plain))

    def of(self, *kinds: str) -> list[Token]:
        """Its tokens of these kinds, in order."""
        return [token for token in self.tokens if token.kind in kinds]

    @cached_property
    def keys(self) -> Counter[tuple[str, object]]:
        """How often it states what."""
        return Counter(token.key for token in self.tokens)

    def around(self, token: Token) -> frozenset[str]:
        """Beginnings of the words next to ``token``: two before, three after."""
        before = _WORD.findall(self.plain[: token.start])[-2:]
        after = _WORD.findall(self.plain[token.end :])[:3]
        return frozenset(word[:_STEM] for word in before + after)

    def direction(self, number: Token) -> str:
        """Which way ``number`` went, by the nearest word that says so; empty where none is near."""
        near = [(self._between(number, token), token.kind) for token in self.of(*DIRECTIONS)]
        within = [(words, kind) for words, kind in near if words <= _NEAR]
        return min(within)[1] if within else ""

    def _between(self, one: Token, other: Token) -> int:
        first, last = sorted((one, other), key=lambda token: token.start)
        between = self.plain[first.end : last.start]
        return len(between.split()) + 3 * between.count(",")


class Reader:
    """Reads sentences of one language, knowing the names that can stand in them."""

    def __init__(self, words: Lexicon, targets: Iterable[str], names: Iterable[str]) -> None:
        self.words = words
        self._read: dict[str, Sentence] = {}
        self.known = {alias: ("target", target) for alias, target in aliases(targets).items()}
        self.known |= {name.casefold(): ("name", name.casefold()) for name in names}
        self.pattern = re.compile("|".join(self._patterns()))
        units = (f"(?P<u{at}>{pattern})" for at, pattern in enumerate(words.units.values()))
        self.unit = re.compile(rf"[ ]?(?:{'|'.join(units)})")

    def _patterns(self) -> Iterable[str]:
        words, joints = self.words, self.words.joints
        months = "|".join(sorted(map(re.escape, words.months), key=len, reverse=True))
        ordinals = "|".join(words.ordinals)
        yield (rf"(?P<pointing>^\d{{1,2}}[.)] (?!{months}|{joints['quarter']})(?=[^\W\d])"
               rf"|(?:\b(?:{joints['pointing']}) |§+ ?)\d[\w.-]*)")  # fmt: skip
        yield rf"(?P<day>(?<!\d)\d{{1,2}})\.? (?P<month>{months})\b\.?(?: (?P<year>\d{{4}}))?"
        yield rf"\b(?P<month3>{months}) (?P<day3>\d{{1,2}}),? (?P<year3>\d{{4}})"
        yield r"(?<!\d)(?P<day2>\d{1,2})[./-](?P<month2>\d{1,2})[./ -]{1,2}(?P<year2>\d{4})(?!\d)"
        yield r"(?<!\d)(?P<year4>\d{4})-(?P<month4>\d{2})-(?P<day4>\d{2})(?!\d)"
        yield (rf"(?P<part>[1-4]|{ordinals})\.? (?:{joints['quarter']}) (?P<of>\d{{4}})"
               r"|(?P<of2>\d{4})[kq](?P<part2>[1-4])")  # fmt: skip
        yield r"(?<![\d.,])(?P<calendar>(?:19|20)\d{2})(?![\d.,]*\d)"
        names = sorted(self.known, key=len, reverse=True)
        yield rf"(?P<known>(?<!\w)(?:{'|'.join(map(re.escape, names)) or '(?!)'})(?!\w))"
        yield rf"(?P<sign>(?<![\w%])[-+])?(?P<number>{words.number})"
        yield from (f"(?P<s_{kind}>{pattern})" for kind, pattern in words.statements.items())

    def read(self, said: str) -> Sentence:
        """``said`` with what it states; most of an edited memo is the report's, and read once."""
        if said not in self._read:
            self._read[said] = self._sentence(said)
        return self._read[said]

    def _sentence(self, said: str) -> Sentence:
        level = " ".join(said.translate(_DASHES).split())
        plain = level.lower()
        tokens: list[Token] = []
        at = 0
        while found := self.pattern.search(plain, at):
            made = self._tokens(found, plain)
            tokens += made
            at = max(found.end(), found.start() + 1, *(token.end for token in made), 0)
        tokens += self._strangers(level, tokens)
        return Sentence(said, plain, tuple(self._shared_units(tokens, plain)))

    def _tokens(self, found: re.Match[str], plain: str) -> list[Token]:
        named = {name: part for name, part in found.groupdict().items() if part}
        span = (found.start(), found.end(), found[0])
        if "pointing" in named:
            return []
        if "known" in named:
            kind, value = self.known[named["known"]]
            return [Token(kind, value, "", *span)]
        if "number" in named:
            return self._number(named, found, plain)
        if "calendar" in named:
            return [Token("year", int(named["calendar"]), "", *span)]
        if "of" in named or "of2" in named:
            return [Token("quarter", self._quarter(named), "", *span)]
        if date := self._date(named):
            return [Token("date", date, "", *span)]
        kind = next(name for name in named if name.startswith("s_"))
        return [Token(kind.removeprefix("s_"), "", "", *span)]

    def _quarter(self, named: dict[str, str]) -> tuple[int, int]:
        part = named.get("part") or named["part2"]
        return int(named.get("of") or named["of2"]), self.words.ordinals.get(part) or int(part)

    def _date(self, named: dict[str, str]) -> tuple[int | None, int, int] | None:
        for end in ("", "2", "3", "4"):
            if f"day{end}" in named:
                month, year = named[f"month{end}"], named.get(f"year{end}")
                number = int(month) if month.isdigit() else self.words.months[month]
                return (int(year) if year else None), number, int(named[f"day{end}"])
        return None

    def _number(self, named: dict[str, str], found: re.Match[str], plain: str) -> list[Token]:
        """A number with its unit; a minus in front of a change says that it went down."""
        value, (unit, end) = self.words.value(named["number"]), self._unit(plain, found.end())
        start = found.start("number")
        if unit in SCALES:
            value, unit = round(value * SCALES[unit], 2), CROWNS
        token = Token("number", value, unit, start, end, plain[start:end])
        if sign := named.get("sign"):
            way = "down" if sign == "-" else "up"
            return [Token(way, "", "", found.start(), start, sign), token]
        return [token]

    def _unit(self, plain: str, at: int) -> tuple[str, int]:
        found = self.unit.match(plain, at)
        if found is None:
            return "", at
        place = next(int(name[1:]) for name, part in found.groupdict().items() if part)
        return list(self.words.units)[place], found.end()

    def _shared_units(self, tokens: list[Token], plain: str) -> Iterable[Token]:
        """«4,6 of 6,0 million»: the first has the unit of the second."""
        ordered = sorted(tokens, key=lambda token: (token.start, token.end))
        joints = f"{self.words.joints['of']}|{self.words.joints['to']}"
        for token, following in zip(ordered, [*ordered, None][1:], strict=True):
            if (
                following is not None and {token.kind, following.kind} == {"number"}
                and not token.unit and following.unit
                and re.fullmatch(rf" ?(?:{joints}) ?", plain[token.end : following.start])
            ):  # fmt: skip
                scale = _scale(following, self.words)
                value = round(float(str(token.value)) * scale, 2)
                yield Token("number", value, following.unit, token.start, token.end, token.written)
            else:
                yield token

    def _strangers(self, level: str, tokens: list[Token]) -> list[Token]:
        """Words with a capital letter inside a sentence, or first before «delivered»: names."""
        taken = [(token.start, token.end) for token in tokens]
        ends = {token.start for token in tokens if token.kind == WHO_DELIVERED}
        return [
            Token("name", found[0].lower(), "", found.start(), found.end(), found[0])
            for found in re.finditer(r"(?:^|(?<=[\w,;)] ))[^\W\d_][\w/-]*", level)
            if (found[0][0].isupper() if found.start() else found.end() + 1 in ends)
            and not any(start <= found.start() < end for start, end in taken)
        ]


def _scale(token: Token, words: Lexicon) -> float:
    if token.unit != CROWNS:
        return 1.0
    for name, scale in SCALES.items():
        if re.search(words.units[name], token.written):
            return scale
    return 1.0


def aliases(targets: Iterable[str]) -> dict[str, str]:
    """Each target's name and its beginnings that no other target shares.

    >>> sorted(aliases(["Afraid at night", "Afraid at home"]))
    ['afraid at home', 'afraid at night']
    """
    names = list(dict.fromkeys(targets))
    made: dict[str, set[str]] = {}
    for name in names:
        words = name.casefold().split()
        for size in range(1, len(words) + 1):
            made.setdefault(" ".join(words[:size]), set()).add(name)
    whole = {name.casefold(): name for name in names}
    short = {part: of.copy().pop() for part, of in made.items() if len(of) == 1 and len(part) > 3}
    return {
        part: name for part, name in short.items() if not part.endswith((" og", " and"))
    } | whole
