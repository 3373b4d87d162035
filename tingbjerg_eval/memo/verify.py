"""``tingbjerg verify``: what an edited memo says that its report does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tingbjerg_eval.memo import carried, document
from tingbjerg_eval.memo.carried import Carried
from tingbjerg_eval.memo.compare import Answers, Difference, compare, sentences
from tingbjerg_eval.memo.lexicon import lexicon
from tingbjerg_eval.memo.meaning import Reader
from tingbjerg_eval.presentation.words.sentences import LANGUAGES, Words
from tingbjerg_eval.report.pages.index import file_names

FREE_PLACES = ("head",)
NUMBERS = re.compile(r"\w*\d[\w-]*")
ROW_ANSWERS = 2
"""Columns from which a row holds verdicts, whose words must be the report's."""


@dataclass(frozen=True)
class Verified:
    """What was found in an edited memo."""

    differences: tuple[Difference, ...]
    language: str

    @property
    def exit_code(self) -> int:
        """0 where the memo says what the report says, otherwise 1."""
        return int(bool(self.differences))

    def __str__(self) -> str:
        words = Words(self.language)
        if not self.differences:
            return words("verify.same")
        said = [words("verify.lead", times=len(self.differences))]
        for number, one in enumerate(self.differences, start=1):
            key = f"verify.{one.kind}" + ("" if one.wanted or one.kind not in PAIRED else "_alone")
            line = words(key, found=one.found, wanted=one.wanted)
            said.append(f"{number}. {line}\n   {words('verify.place', place=one.place)}")
        return "\n".join(said)


PAIRED = frozenset({"number", "target", "name", "meaning", "caveat"})
"""Kinds of which the report may have nothing in the same place."""


def verify(memo: Path, report: Path | None = None) -> Verified:
    """Hold the edited ``memo`` against the report it was made from.

    ``report`` is the report's folder; without one, the sentences that the memo carries are what
    it is held against.

    Raises
    ------
    InputRefused
        Where the memo cannot be read, or there is nothing to hold it against.
    """
    text, own = document.read(memo), carried.read(memo)
    wanted = own if report is None else _of_report(report)
    if wanted is None:
        raise document.not_readable(memo, "nothing of the report in the document")
    return Verified(held(text, own, wanted), wanted.language)


def held(text: document.Text, own: Carried | None, wanted: Carried) -> tuple[Difference, ...]:
    """What the read memo says otherwise than ``wanted``, each once."""
    found = list(_edition(own, wanted))
    reader = reader_of(wanted)
    old = [one for place, line in wanted.lines if place not in FREE_PLACES
           for one in sentences(reader, line)]  # fmt: skip
    head = tuple(line.partition(":")[0] for place, line in wanted.lines if place == "head")
    new = [one for line in (*text.paragraphs, *text.edges)
           if line not in wanted.template and not _of_head(line, head)
           for one in sentences(reader, line)]  # fmt: skip
    found += _head(wanted, text.paragraphs)
    answers = _answers(reader, wanted)
    found += compare(reader, old, new, answers)
    found += _pictures(reader, wanted.pictures, text.pictures, answers)
    for rows in wanted.tables:
        found += _rows(reader, rows, text.rows)
    return tuple(dict.fromkeys(found))


def _of_head(line: str, head: Sequence[str]) -> bool:
    name, colon, _ = line.partition(":")
    return bool(colon) and name in head


def _head(wanted: Carried, paragraphs: Sequence[str]) -> Iterator[Difference]:
    """The dates and numbers of the memo head; names in it, and days not yet fixed, are free."""
    edited = {name: line for line in paragraphs for name, colon, _ in [line.partition(":")]
              if colon}  # fmt: skip
    for place, line in wanted.lines:
        numbers, name = NUMBERS.findall(line), line.partition(":")[0]
        there = edited.get(name, "")
        if place == "head" and numbers and NUMBERS.findall(there) != numbers:
            yield Difference("head", there, line, name)


def _answers(reader: Reader, wanted: Carried) -> Answers:
    """What the rows of the table answer about each target."""
    said = {cell: kind for kind, cell in reader.words.answers.items()}

    def kinds(cell: str) -> set[str]:
        return {said.get(cell.casefold(), ""), *(token.kind for token in reader.read(cell).tokens)}

    return {
        row[0].partition("\n")[0]: frozenset[str]().union(*map(kinds, row[ROW_ANSWERS:]))
        for rows in wanted.tables for row in rows[1:]
    }  # fmt: skip


def _pictures(
    reader: Reader, wanted: Sequence[str], edited: Sequence[str], answers: Answers
) -> Iterator[Difference]:
    """The alternative texts, each held against the one in its place."""
    for at, alt in enumerate(wanted):
        if at < len(edited) and edited[at]:
            old, new = sentences(reader, alt), sentences(reader, edited[at])
            yield from compare(reader, old, new, answers)
        else:
            yield Difference("picture_lost", "", alt, alt)


def _of_report(folder: Path) -> Carried:
    for language in LANGUAGES:
        path = folder / file_names(language)["memo"]
        if path.is_file() and (found := carried.read(path)) is not None:
            return found
    raise document.not_readable(folder, "no memo in the report's folder")


def _edition(own: Carried | None, wanted: Carried) -> Iterator[Difference]:
    if own is not None and own.reference != wanted.reference:
        yield Difference("edition", own.reference, wanted.reference, own.reference)


@lru_cache(maxsize=1)
def reader_of(wanted: Carried) -> Reader:
    """A reader that knows the memo's targets, parties and areas."""
    targets = [row[0].partition("\n")[0] for rows in wanted.tables for row in rows[1:]]
    parties = [
        row[0].rpartition("·")[2].strip()
        for rows in wanted.tables for row in rows[1:] if "·" in row[0]
    ]  # fmt: skip
    bare = Reader(lexicon(wanted.language), targets, parties)
    said = " ".join(line for _, line in wanted.lines)
    names = {
        str(token.value)
        for _, line in wanted.lines for one in sentences(bare, line) for token in one.of("name")
        if not re.search(rf"\b{re.escape(str(token.value))}\b", said)
    }  # fmt: skip
    return Reader(lexicon(wanted.language), targets, [*parties, *sorted(names)])


def _rows(
    reader: Reader, wanted: Sequence[Sequence[str]], edited: Sequence[Sequence[str]]
) -> Iterator[Difference]:
    """Each target's row held against the row of that name."""
    by_name: dict[str, Sequence[str]] = {}
    for row in edited:
        by_name.setdefault(_plain(row[0].partition("\n")[0]) if row else "", row)
    for row in wanted:
        name = row[0].partition("\n")[0]
        there = by_name.get(_plain(name))
        if there is None:
            yield Difference("row", "", name, name)
            continue
        if len(there) != len(row):
            yield Difference("row_changed", name, "", name)
            continue
        for column, (old, new) in enumerate(zip(row, there, strict=True)):
            yield from _cell(reader, old, new, name, answer=column >= ROW_ANSWERS)


def _cell(reader: Reader, old: str, new: str, name: str, *, answer: bool) -> Iterator[Difference]:
    if _plain(old) == _plain(new):
        return
    before, after = (reader.read(text.replace("\n", "; ")) for text in (old, new))
    keys = [[token.key for token in of.tokens if token.kind != "number"] for of in (before, after)]
    numbers = [[(one.value, one.unit) for one in of.of("number")] for of in (before, after)]
    if (
        sorted(map(str, keys[0])) != sorted(map(str, keys[1]))
        or numbers[0] != numbers[1]
        or (answer and not (before.tokens and after.tokens))
    ):
        yield Difference("cell", new.replace("\n", "; "), old.replace("\n", "; "), name)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[\w%]+|(?<!\w)-(?=\d)", text.casefold().replace("−", "-")))
