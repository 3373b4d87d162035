"""What ``tingbjerg new-study`` asks: each answer is looked at before the next question."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.run.templates import ANSWERS, wrong_answer

DEFAULTS = {"baseline": "2008-2009", "period": "2010-2012"}


def asked(
    given: Mapping[str, str | None], *, language: str, known: Mapping[str, str]
) -> dict[str, str]:
    """The answers: those ``given``, and for the others what a person types.

    ``known`` holds what a delivered file says already; it is offered.
    """
    words = Words(language)
    offered = {**DEFAULTS, **known}
    return {name: given.get(name) or _typed(name, words, offered.get(name)) for name in ANSWERS}


def _typed(name: str, words: Words, default: str | None) -> str:
    return str(
        click.prompt(words(f"asks.{name}"), default=default, value_proc=_looked_at(name, words))
    )


def _looked_at(name: str, words: Words) -> Callable[[str], str]:
    def look(answer: str) -> str:
        if wrong_answer(name, answer):
            raise click.UsageError(words(f"asks.wrong_{name}"))
        return answer

    return look
