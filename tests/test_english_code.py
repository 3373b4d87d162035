"""Code, names and errors are in English; Danish lives in notebooks, texts and strategy files."""

from __future__ import annotations

import io
import tokenize
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tingbjerg_eval"
MODULES = sorted(PACKAGE.rglob("*.py"))
DANISH_LETTERS = set("æøåÆØÅ")
DANISH_WORDS = {
    "ikke", "anmeldelser", "områder", "mål", "nået", "indsatsen", "beboere", "ansvarlig",
    "udvikling", "forventet", "skal", "blev", "hvor", "fordi", "eller", "bliver", "deres",
}  # fmt: skip
KNOWS_DANISH_DATA = {
    "data/formats/headings.py": "headings of personal data as suppliers write them",
    "data/areas.py": "names for areas that are not known",
    "data/doubts/spelling.py": "letters that are written in two ways",
    "data/personal.py": "headings of personal data as suppliers write them",
    "data/survey.py": "non-answers as survey firms write them",
    "release/hidden.py": "words around a number in a Danish report",
    "release/patterns.py": "streets as Danes write them",
    "presentation/words/estimates.py": "an example of what is said",
    "release/names.py": "first names in Denmark and what places are called",
    "study/settings.py": "the name of the committee",
}
"""Modules that must recognise or show a Danish value, and which."""


@cache
def spoken(path: Path) -> list[str]:
    """Names, strings and comments of a module."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    kinds = (tokenize.NAME, tokenize.STRING, tokenize.COMMENT)
    return [token.string for token in tokens if token.type in kinds]


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_a_module_speaks_english():
    danish = {}
    for path in MODULES:
        texts = spoken(path) if place(path) not in KNOWS_DANISH_DATA else ()
        words = {word.strip(".,;:!?()[]'\"`").lower() for text in texts for word in text.split()}
        danish[place(path)] = words & DANISH_WORDS
    assert {name: words for name, words in danish.items() if words} == {}


def test_danish_letters_stand_only_where_danish_data_are_recognised():
    found = {place(path) for path in MODULES if DANISH_LETTERS & set("".join(spoken(path)))}
    assert found == set(KNOWS_DANISH_DATA)


def test_the_readme_and_the_changelog_are_in_english():
    for name in ("README.md", "CHANGELOG.md"):
        words = set((ROOT / name).read_text(encoding="utf-8").lower().split())
        assert not words & DANISH_WORDS
