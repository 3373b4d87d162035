"""What of a Danish text is still English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tingbjerg_eval.data.check import CheckResult
from tingbjerg_eval.inputs.catalogue import said

WORDS = {
    "a", "an", "and", "are", "ask", "both", "cell", "cells", "column", "correct", "did", "each",
    "from", "has", "headings", "is", "line", "lines", "more", "must", "named", "no", "none", "not",
    "nothing", "of", "one", "or", "other", "report", "reports", "row", "rows", "several", "that",
    "the", "their", "times", "twice", "was", "were", "where", "which", "with", "without", "write",
    "years", "you",
}  # fmt: skip
"""English words that are no Danish ones."""
AS_WRITTEN = re.compile(
    r"'[^']*'|\"[^\"]*\"|[\[{].*[\]}]|\b[\w.]*[\w]:|\w+[_.]\w[\w.]*|--[\w-]+|\w+-\w+|https?:\S+"
)
"""Delivered values, and keys and values of a study's files, which have no language."""


def english(text: str) -> set[str]:
    """The English words of a text beside its delivered values and its keys."""
    return set(re.findall(r"[A-Za-zÆØÅæøå]+", AS_WRITTEN.sub(" ", text))) & WORDS


def remnants(result: CheckResult) -> Iterator[tuple[str, str, str]]:
    """Code, part and text of what a check in Danish would say in English."""
    for item in (*result.problems, *result.notes):
        for part in ("place", "found", "wanted", "mend"):
            text = said(item, part, "da")
            if english(text):
                yield item.code, part, text
