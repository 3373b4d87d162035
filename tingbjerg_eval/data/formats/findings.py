"""Problems and notes collected while tables are read, worded by ``problems.toml``."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, NoReturn

from tingbjerg_eval.inputs.problems import InputRefused, Problem

SHOWN_PLACES = 5
LONGEST = 60


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every problem code with its meaning, what is wanted and how to mend it."""
    text = files("tingbjerg_eval.data").joinpath("problems.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _other_words(language: str) -> dict[str, dict[str, str]]:
    path = files("tingbjerg_eval.data").joinpath(f"problems.{language}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def sentence(code: str, part: str, language: str) -> str:
    """``meaning``, ``found``, ``ask`` or ``mend`` of a code, with its fields open.

    What has no words in ``language`` is said in English; a code of another catalogue is blank.
    """
    english = catalogue().get(code, {}).get(part, "")
    return _other_words(language).get(code, {}).get(part, english)


@cache
def _page(language: str) -> dict[str, Any]:
    text = files("tingbjerg_eval.data").joinpath("check_page.toml").read_text(encoding="utf-8")
    page: dict[str, Any] = tomllib.loads(text)[language]
    return page


@cache
def page_texts(language: str) -> dict[str, str]:
    """What stands around problems and notes."""
    return {name: text for name, text in _page(language).items() if isinstance(text, str)}


def said(item: Problem, part: str, language: str) -> str:
    """What was found or wanted or how to mend it, in ``language``.

    A note's last sentence is its meaning. What is withheld, and what a rule found in words of its
    own, is said as it is.
    """
    own = _other_words(language).get(item.code, {})
    text = own.get("meaning" if item.note and part == "mend" else part, "")
    own_words = not text or not _fills(item, text)
    if own_words or (part == "found" and item.found != _found(item)):
        return {"wanted": item.wanted, "mend": item.mend}.get(part, item.found or "")
    return text.format(**said_fields(item, language))


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


def _said_value(value: str, language: str) -> str:
    """A field with its words and its decimal mark in ``language``; other texts as they are."""
    page = page_texts(language)
    if found := re.fullmatch(r"(?:The nearest \w+ is|Did you mean) (.*?)(?:\. ?|\?)", value):
        return page["nearest"].format(name=found[1])
    if re.fullmatch(r"-?\d+\.\d+", value):
        return value.replace(".", page["decimal"])
    words: dict[str, str] = _page(language)["values"]
    shown = words.get(value, value)
    return re.sub(r" and (\d+) more$", lambda left: page["left"].format(number=left[1]), shown)


@dataclass
class Findings:
    """What one table's reading has found so far."""

    file: str
    items: list[Problem] = field(default_factory=list)

    def add(
        self, code: str, *, place: str = "", column: str = "", found: str | None = "", **fields: str
    ) -> None:
        """Record ``code``; ``fields`` fill the catalogue's sentences.

        A note has nothing to mend: its last sentence says what it means.
        """
        words = catalogue()[code]
        note = words["kind"] == "note"
        if found == "" and "found" in words:
            found = words["found"].format(**fields)
        self.items.append(
            Problem(
                code=code,
                file=self.file,
                place=place,
                column=column,
                found=found if found is None else shortened(found),
                wanted=words["wanted"].format(**fields),
                mend=words["meaning" if note else "mend"].format(**fields),
                note=note,
                fields=tuple(fields.items()),
            )
        )

    @property
    def problems(self) -> list[Problem]:
        """What refuses the table."""
        return [one for one in self.items if not one.note]

    @property
    def notes(self) -> list[Problem]:
        """What the report says beside the figures."""
        return [one for one in self.items if one.note]

    def stop_if_refused(self) -> None:
        """Raise :class:`InputRefused` when there is any problem; later checks would mislead."""
        if self.problems:
            raise InputRefused(self.items)

    def refuse(
        self, code: str, *, place: str = "", column: str = "", found: str | None = "", **fields: str
    ) -> NoReturn:
        """Record ``code`` and raise at once, for what makes further reading impossible."""
        self.add(code, place=place, column=column, found=found, **fields)
        raise InputRefused(self.items)


def shortened(text: str) -> str:
    """``text`` on one line and short enough for a message, control characters made visible."""
    shown = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
    return shown if len(shown) <= 3 * LONGEST else shown[: 3 * LONGEST] + "..."


def quoted(text: str) -> str:
    """``text`` in quotes and cut to a readable length."""
    return repr(text if len(text) <= LONGEST else text[:LONGEST] + "...")


def as_yaml(value: object) -> str:
    """``value`` as it is written in ``study.yaml``, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_yaml(k)}: {as_yaml(one)}" for k, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    text = str(value)
    plain = re.fullmatch(r"[\w.]+( [\w.]+)*", text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def listed(items: Sequence[object], *, limit: int = SHOWN_PLACES) -> str:
    """The first ``items`` and how many more there are."""
    shown = ", ".join(map(str, items[:limit]))
    left = len(items) - limit
    return f"{shown} and {left} more" if left > 0 else shown
