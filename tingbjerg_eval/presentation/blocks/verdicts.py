"""All targets in one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from tingbjerg_eval.presentation.blocks import templates as blocks
from tingbjerg_eval.presentation.blocks.display import Block
from tingbjerg_eval.presentation.blocks.tables import Cell, Head, Published, Shown
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
NAME = "verdicts"


class Verdicts(Block):
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

    def __init__(
        self,
        verdicts: Iterable[Verdict],
        *,
        parties: Mapping[str, str] | None = None,
        observed: Mapping[str, str] | None = None,
        words: Words | None = None,
    ):
        self.words = words or wording.current()
        self.verdicts = tuple(verdicts)
        self.parties, self.observed = parties or {}, observed or {}
        self.provisional = any(one.course for one in self.verdicts)

    @property
    def shown(self) -> Shown:
        """The table."""
        words = self.words
        notes = ["verdicts.note_effect"]
        return Shown(
            caption=words(
                "verdicts.caption_provisional" if self.provisional else "verdicts.caption"
            ),
            columns=tuple(self._columns()),
            cells=tuple(tuple(self._cells(one)) for one in self.verdicts),
            notes=() if self.provisional else tuple(map(words, ["verdicts.note_certain", *notes])),
            name=NAME,
            look="compact verdicts",
        )

    def html(self) -> Markup:
        return blocks.html("table", self.shown)

    def text(self) -> str:
        return self.shown.text()

    def tables(self) -> list[Published]:
        return [self.shown.published()]

    def _columns(self) -> Iterable[Head]:
        names = {"target": "table.target", "responsible": "table.responsible"}
        names |= {"observed": "table.observed", "goal": "table.goal"}
        names["met"] = "verdict.heading.course" if self.provisional else "table.met"
        if not self.provisional:
            names |= {"certain": "table.certain", "effect": "table.effect"}
        for key, heading in names.items():
            yield {
                "key": key,
                "heading": self.words(heading),
                "kind": "text",
                "decimals": None,
                "align": "words",
                "language": self.words.language,
            }

    def _cells(self, verdict: Verdict) -> Iterable[Cell]:
        words = self.words
        title = verdict.title
        yield _plain(words("verdicts.retired", title=title) if verdict.retired else title)
        yield _plain(self._party(verdict))
        yield _plain(self.observed.get(verdict.target) or observed_text(verdict, words))
        yield _plain(goal_text(verdict, words))
        yield self._met(verdict)
        if not self.provisional:
            yield _plain(certain_text(verdict, words))
            yield _marked(effect_text(verdict, words), EFFECT_SIGNAL.get(verdict.better, ""))

    def _met(self, verdict: Verdict) -> Cell:
        if verdict.course:
            signal = COURSE_SIGNAL.get(verdict.course, "unknown")
        else:
            signal = MET_SIGNAL[verdict.met]
        return _marked(met_text(verdict, self.words), signal)

    def _party(self, verdict: Verdict) -> str:
        return self.parties.get(verdict.responsible, verdict.responsible)


def _plain(text: str) -> Cell:
    return Cell(text=text, align="words", published=text)


def _marked(text: str, signal: str) -> Cell:
    return Cell(text=text, align="words", published=text, signal=signal, icon=ICONS.get(signal, ""))
