"""All targets in one table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tingbjerg_eval.presentation.blocks.tables import Cell, Column, Table, head
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.presentation.words.verdicts import (
    certain_text,
    effect_text,
    goal_text,
    met_text,
    observed_text,
)
from tingbjerg_eval.targets.verdicts import Verdict

ICONS = {"good": "✓", "bad": "×", "mixed": "–", "unknown": "?"}
MET_SIGNAL = {"yes": "good", "no": "bad", "no data": "unknown"}
EFFECT_SIGNAL = {"better": "good", "worse": "bad", "cannot be shown": "unknown"}
COURSE_SIGNAL = {"on course": "good", "not on course": "bad"}
DESCRIBED = {"target": "table.target", "responsible": "table.responsible",
             "observed": "table.observed", "goal": "table.goal"}  # fmt: skip
ANSWERED = {"met": "table.met", "certain": "table.certain", "effect": "table.effect"}
ANSWERED_SO_FAR = {"met": "verdict.heading.course"}
"""Columns and the keys of their headings."""


class Verdicts(Table):
    """All verdicts: target, responsible party, met, certain, effect.

    Parameters
    ----------
    verdicts
        :class:`tingbjerg_eval.targets.verdicts.Verdict`, in the order of the strategy.
    parties
        The names of the parties by the short names that verdicts use.
    observed
        What is said instead of the observed figure, by target.
    """

    kind = "verdicts"
    name, look = "verdicts", "compact verdicts"

    def __init__(
        self,
        verdicts: Iterable[Verdict],
        *,
        parties: Mapping[str, str] | None = None,
        observed: Mapping[str, str] | None = None,
        words: Words | None = None,
    ):
        self.words = words = words or wording.current()
        self.parties, self.observed = parties or {}, observed or {}
        judged = list(verdicts)
        self.provisional = any(one.course for one in judged)
        caption = "verdicts.caption_provisional" if self.provisional else "verdicts.caption"
        notes = () if self.provisional else ("verdicts.note_certain", "verdicts.note_effect")
        self.caption, self.notes = words(caption), list(map(words, notes))
        named = ANSWERED_SO_FAR if self.provisional else ANSWERED
        self.columns = [
            head(key, Column(words(heading), "text"), words)
            for key, heading in (DESCRIBED | named).items()
        ]
        self.cells = [list(self._cells(one)) for one in judged]

    def _cells(self, verdict: Verdict) -> Iterator[Cell]:
        words, title = self.words, verdict.title
        for text in (
            words("verdicts.retired", title=title) if verdict.retired else title,
            self.parties.get(verdict.responsible, verdict.responsible),
            self.observed.get(verdict.target) or observed_text(verdict, words),
            goal_text(verdict, words),
        ):
            yield Cell(text, text)
        course = COURSE_SIGNAL.get(verdict.course, "unknown")
        yield _marked(
            met_text(verdict, words), course if verdict.course else MET_SIGNAL[verdict.met]
        )
        if not self.provisional:
            certain = certain_text(verdict, words)
            yield Cell(certain, certain)
            yield _marked(effect_text(verdict, words), EFFECT_SIGNAL.get(verdict.better, ""))


def _marked(text: str, signal: str) -> Cell:
    return Cell(text, text, signal=signal, icon=ICONS.get(signal, ""))
