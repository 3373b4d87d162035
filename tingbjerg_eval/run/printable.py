"""Names and texts that no report could show: signs the font lacks, names that are paths."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tingbjerg_eval.inputs.problems import Problem
from tingbjerg_eval.inputs.strict_yaml import Document, Path_, read_yaml
from tingbjerg_eval.inputs.validation import Broken, broken_problem
from tingbjerg_eval.presentation.figures.style import font_files

LONGEST_KEY = 60
"""Signs of a name that becomes part of a file's or a figure's name."""
KEYS = {"indicators", "targets", "measures", "action_areas", "parties"}
"""Mappings whose keys are names that the user chose."""
UNJUDGED = {"indicators", "measures"}
"""Those of them that no rule of the strategy judges."""
PATH_LIKE = re.compile(r"[/\\\x00-\x1f]|^\.")


@cache
def _signs() -> frozenset[int]:
    """What every cut of the report's font can draw."""
    from fontTools.ttLib import TTFont

    drawn = [set(TTFont(path, lazy=True).getBestCmap()) for path in font_files()]
    return frozenset(set.intersection(*drawn)) | {ord("\n")}


def lacking_signs(text: str) -> str:
    """The signs of ``text`` that the report cannot show, named; blank where there are none."""
    known = _signs()
    composed = unicodedata.normalize("NFC", text)
    odd = dict.fromkeys(one for one in composed if ord(one) not in known)
    return ", ".join(f"{one!a} ({unicodedata.name(one, 'a control character')})" for one in odd)


def unprintable(file: Path) -> tuple[Problem, ...]:
    """Every text of a YAML file that a report could not show.

    Raises
    ------
    InputRefused
        When the file cannot be read.
    """
    document = read_yaml(file)
    return tuple(_problems(document, document.value, ()))


def _problems(document: Document, value: object, path: Path_) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key, inner in value.items():
            named = path[-1] if path else ""
            if named in UNJUDGED and (len(key) > LONGEST_KEY or PATH_LIKE.search(key)):
                odd_name = Broken("name-unusable", (*path, key), name=repr(key[:LONGEST_KEY]))
                yield broken_problem(document, odd_name)
            elif named in KEYS and (odd := lacking_signs(key)):
                yield _sign(document, (*path, key), odd)
            yield from _problems(document, inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _problems(document, inner, (*path, number))
    elif isinstance(value, str) and "data" not in path[:1] and (odd := lacking_signs(value)):
        yield _sign(document, path, odd)


def _sign(document: Document, path: Path_, odd: str) -> Problem:
    return broken_problem(document, Broken("sign-not-in-font", path, found=odd))
