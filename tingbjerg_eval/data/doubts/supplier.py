"""Ask the supplier: the doubts about the deliveries as one page that is ready to be sent."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from tingbjerg_eval.inputs.catalogue import catalogue, said_fields, sentence
from tingbjerg_eval.inputs.problems import Problem

TITLES = {"da": "Spørg leverandøren", "en": "Ask the supplier"}
NOTHING = {"da": "Der er intet at spørge om.", "en": "There is nothing to ask."}


def supplier_lines(items: Iterable[Problem], language: str) -> list[tuple[str, str]]:
    """Each doubt as the file that it is about and a question with area, time and figures.

    The figures are true counts: the page goes to whoever delivered them, and into no report.
    """
    asked = [
        (one.file, sentence(one.code, "ask", language).format(**said_fields(one, language)))
        for one in items
        if "ask" in catalogue().get(one.code, {})
    ]
    return list(dict.fromkeys(asked))


def supplier_page(items: Iterable[Problem], language: str) -> str:
    """The page: a heading for each file, a line for each question."""
    lines = sorted(supplier_lines(items, language), key=lambda one: one[0])
    text = [TITLES[language]]
    for file, questions in itertools.groupby(lines, key=lambda one: one[0]):
        text += ["", file, *[f"- {question}" for _, question in questions]]
    return "\n".join(text if lines else [*text, "", NOTHING[language]])
