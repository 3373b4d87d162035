"""The words of every problem and note, in both languages, by code and fields."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from tingbjerg_eval.inputs.problems import SHOWN, InputRefused, Problem

LONGEST = 180


@cache
def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files("tingbjerg_eval.inputs").joinpath(name).read_text(encoding="utf-8"))


def catalogue() -> dict[str, dict[str, str]]:
    """Every code with its kind, its meaning, what was found, what is wanted and how to mend it."""
    return _toml("problems.toml")


def _other_words(language: str) -> dict[str, dict[str, str]]:
    return {} if language == "en" else _toml(f"problems.{language}.toml")


def sentence(code: str, part: str, language: str) -> str:
    """``meaning``, ``found``, ``ask`` or ``mend`` of a code, with its fields open.

    What has no words in ``language`` is said in English; a code of another catalogue is blank.
    """
    english = catalogue().get(code, {}).get(part, "")
    return _other_words(language).get(code, {}).get(part, english)


def page_texts(language: str) -> dict[str, str]:
    """What stands around problems and notes."""
    page = _toml("check_page.toml")[language]
    return {name: text for name, text in page.items() if isinstance(text, str)}


def worded(
    code: str,
    *,
    file: str,
    place: str = "",
    column: str = "",
    found: str | None = "",
    **fields: Any,
) -> Problem:
    """A problem or note of the catalogue; ``fields`` fill its sentences.

    A note has nothing to mend: its last sentence says what it means.
    """
    words, shown = catalogue()[code], {name: str(value) for name, value in fields.items()}
    note = words["kind"] == "note"
    if found == "":
        found = words.get("found", "").format(**shown)
    return Problem(
        code=code,
        file=file,
        place=place,
        column=column,
        found=found if found is None else shortened(found),
        wanted=words["wanted"].format(**shown),
        mend=words["meaning" if note else "mend"].format(**shown),
        note=note,
        fields=tuple(shown.items()),
    )


def shortened(text: str) -> str:
    """``text`` on one line and short enough for a message, control characters made visible."""
    shown = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
    return shown if len(shown) <= LONGEST else shown[:LONGEST] + "..."


def said(item: Problem, part: str, language: str) -> str:
    """What was found or wanted, how to mend it, or where it is (``place``, ``column``).

    A note's last sentence is its meaning. What is withheld is blank.
    """
    own = {"wanted": item.wanted, "mend": item.mend, "place": item.place, "column": item.column}
    plain = own.get(part, item.found or "")
    if part == "column" and " " not in plain:  # a key of the study's file, or a heading
        return plain
    text = sentence(item.code, "meaning" if item.note and part == "mend" else part, language)
    if not text or not _fills(item, text) or (part == "found" and item.found != _found(item)):
        return _said_value(plain, language)
    return text.format(**said_fields(item, language))


def in_words(item: Problem, language: str) -> dict[str, str]:
    """Where an item is, what was found and wanted, and how to mend it, in ``language``."""
    parts = ("place", "column", "found", "wanted", "mend")
    words = {part: said(item, part, language) for part in parts}
    return words | ({"found": page_texts(language)["withheld"]} if item.found is None else {})


def refusal(refused: InputRefused, language: str) -> str:
    """The text of a refusal in ``language``; codes and names of files and keys stay."""
    if language == "en":
        return str(refused)
    text, lines = page_texts(language), []
    for item in refused.problems[:SHOWN]:
        words = in_words(item, language)
        where = ", ".join(one for one in (item.file, words["place"], words["column"]) if one)
        parts = [f"{text[name]} {words[name]}" for name in ("found", "wanted") if words[name]]
        lines.append(f"[{item.code}] {where}: {'; '.join(parts)}. {words['mend']}".rstrip())
    left = len(refused.problems) - SHOWN
    return "\n".join([*lines, *([text["more"].format(left=left)] if left > 0 else [])])


def _fills(item: Problem, text: str) -> bool:
    """Whether the item's fields are those of the catalogue's sentence."""
    asked = {name for _, name, _, _ in Formatter().parse(text) if name}
    return asked <= dict(item.fields).keys()


def _found(item: Problem) -> str | None:
    """What the catalogue's own words for what was found make of the item's fields."""
    text = catalogue()[item.code].get("found")
    if not text or not _fills(item, text):
        return None
    return shortened(text.format(**dict(item.fields)))


def said_fields(item: Problem, language: str) -> dict[str, str]:
    """What fills the catalogue's sentences, in ``language``."""
    return {name: _said_value(value, language) for name, value in item.fields}


@cache
def _phrases(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Phrases with open fields, each with its own in ``language``."""
    return [
        (re.compile(_open_fields(english), re.DOTALL), other)
        for english, other in _toml("check_page.toml")[language]["values"].items()
        if "{" in english
    ]


def _open_fields(phrase: str) -> str:
    """A pattern for the phrase: ``n`` and ``n2`` are numbers, only ``list`` may hold commas."""
    fields = {"n": "[0-9.]+", "n2": "[0-9.]+", "list": ".+?"}
    parts = re.split(r"\{(\w+)\}", phrase)
    named = [f"(?P<{one}>{fields.get(one, '(?:(?!, ).)+?')})" for one in parts[1::2]]
    parts[::2] = [re.escape(one) for one in parts[::2]]
    parts[1::2] = named
    return "".join(parts)


def _said_value(value: str, language: str) -> str:
    """A value with its words and its decimal mark in ``language``; what is quoted as it is."""
    quoted: list[str] = []

    def kept(text: re.Match[str]) -> str:
        quoted.append(text[0])
        return f"\0{len(quoted) - 1}\0"

    shown = _said_phrase(re.sub(r"'[^']*'|\"[^\"]*\"", kept, value), language)
    return re.sub("\0([0-9]+)\0", lambda place: quoted[int(place[1])], shown)


def _said_phrase(value: str, language: str) -> str:
    words: dict[str, str] = _toml("check_page.toml")[language]["values"]
    if value in words:
        return words[value]
    if re.fullmatch(r"-?\d+\.\d+", value):
        return value.replace(".", page_texts(language)["decimal"])
    for phrase, other in _phrases(language):
        if fits := phrase.fullmatch(value):
            parts = {name: _said_phrase(part, language) for name, part in fits.groupdict().items()}
            return other.format(**parts)
    split = re.split("([,;] )", value)
    split[::2] = [_said_phrase(one, language) for one in split[::2]] if split[1:] else [value]
    return "".join(split)
