"""Persons behind an answer of the survey, and mentions of a theme: what of them is hidden, and
studies in which they are others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd

from tingbjerg_eval.evaluation.readings import shares_of
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.publication.earlier import keep_editions
from tingbjerg_eval.publication.merging import in_order
from tingbjerg_eval.publication.publication import Publication, publication
from tingbjerg_eval.release.search import VALUES, Hidden, Proposal
from tingbjerg_eval.release.worlds import CountBlock
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.settings import ShareIndicator

Kind = frozenset[str]
"""Answers that the same indicators count, by the names of these indicators."""
Persons = Mapping[Kind, int]


@dataclass(eq=False, kw_only=True)
class AnswerBlock:
    """The persons of one area and wave who answered one question, by the kind of their answer.

    Hidden are the numerators of indicators that are not told, and every kind of answer that few
    gave: a difference of two indicators on one question is a kind.
    """

    question: str
    place: tuple[str, str]
    persons: Persons
    hidden: list[Hidden] = field(default_factory=list)
    counted: list[frozenset[Kind]] = field(default_factory=list)

    @property
    def table(self) -> str:
        """What a finding calls it."""
        return f"answers to {self.question}"

    def hide(self, sums: Iterable[frozenset[Kind]]) -> None:
        """Count the persons of each of the ``sums`` of kinds as hidden."""
        self.counted = list(dict.fromkeys(sums))
        self.hidden = [
            Hidden(place=self.place, seen={_sum(self.persons, kinds)}, ways=self._ways(kinds))
            for kinds in self.counted
        ]

    def differing(self, change: Persons) -> int:
        """How many hidden numbers ``change`` moves; what each of them is then is noted."""
        other = [_sum(change, kinds) for kinds in self.counted]
        for one, value in zip(self.hidden, other, strict=True):
            one.seen.add(value)
        true = [_sum(self.persons, kinds) for kinds in self.counted]
        return sum(a != b for a, b in zip(other, true, strict=True))

    def _ways(self, kinds: frozenset[Kind]) -> Iterator[tuple[int, Persons]]:
        true = _sum(self.persons, kinds)
        for far in range(1, VALUES):
            for more in (far, -far):
                for change in self._moved(kinds, more):
                    yield true + more, change

    def _moved(self, kinds: frozenset[Kind], more: int) -> Iterator[Persons]:
        """``more`` persons among the ``kinds``, or fewer, who gave another answer instead."""
        inside, outside = list(kinds), [one for one in self.persons if one not in kinds]
        givers, takers = (outside, inside) if more > 0 else (inside, outside)
        for giver in sorted(givers, key=lambda one: -self.persons[one]):
            if self.persons[giver] >= abs(more):
                for taker in takers:
                    yield {**self.persons, giver: self.persons[giver] - abs(more),
                           taker: self.persons[taker] + abs(more)}  # fmt: skip


def _sum(persons: Persons, kinds: frozenset[Kind]) -> int:
    return sum(persons[kind] for kind in kinds)


@dataclass(eq=False, kw_only=True)
class MentionBlock(CountBlock):
    """Mentions of one theme, the ``table``, of which a report tells the sum or nothing."""


def answer_blocks(study: Study, shown: Publication) -> Iterator[AnswerBlock]:
    """Every area and wave in which the persons behind an answer are not told."""
    told = {name: _told(shown, name) for name in study.settings.indicators_of("share")}
    for asked in _questions(study):
        known = {place for name in asked.names for place in told[name]}
        for place, rows in asked.rows.items():
            if place in known:
                gave = Counter(asked.kinds[at] for at in rows)
                block = AnswerBlock(
                    question=asked.question,
                    place=(place[0], str(place[1])),
                    persons={kind: gave[kind] for kind in asked.answers},
                )
                block.hide(_hidden_sums(block, asked.names, told, place, shown.threshold))
                if block.hidden:
                    yield block


def _hidden_sums(
    block: AnswerBlock, names: Sequence[str], told: Mapping[str, Mapping[tuple[str, int], bool]],
    place: tuple[str, int], threshold: int,
) -> Iterator[frozenset[Kind]]:  # fmt: skip
    for name in names:
        if not told[name].get(place, True):
            yield frozenset(kind for kind in block.persons if name in kind)
    for kind, persons in block.persons.items():
        if persons < threshold:
            yield frozenset({kind})


def _told(shown: Publication, indicator: str) -> dict[tuple[str, int], bool]:
    """Whether the share of an area and wave is told."""
    frame = shown.shown_shares(indicator)
    places = zip(frame["area"], frame["wave"], strict=True)
    return dict(zip(places, frame["status"] == "shown", strict=True))


@dataclass(frozen=True, kw_only=True)
class _Question:
    """A question of the survey: the indicators on it, what each respondent said and of which kind
    it is, the rows of those who answered in each area and wave, and an answer of each kind."""

    question: str
    names: list[str]
    said: np.ndarray
    kinds: Sequence[Kind | None]
    rows: Mapping[tuple[str, int], Sequence[int]]
    answers: Mapping[Kind, object]


def _questions(study: Study) -> list[_Question]:
    """The questions that share indicators are on."""
    survey = study.tables.survey
    if survey is None:
        return []
    counted: dict[str, dict[str, frozenset[object]]] = {}
    for name in study.settings.indicators_of("share"):
        asked = study.indicator(name)
        assert isinstance(asked, ShareIndicator)
        counted.setdefault(asked.question, {})[name] = frozenset(asked.answers)
    return study.memo.here(("questions",), lambda: [
        _question(survey, question, of) for question, of in counted.items()
    ])  # fmt: skip


def _question(
    survey: pd.DataFrame, question: str, counted: Mapping[str, frozenset[object]]
) -> _Question:
    codes, given = pd.factorize(survey[question])
    kinds = {one: frozenset(name for name, of in counted.items() if one in of) for one in given}
    of_code = [*kinds.values(), None]  # the code of no answer is -1, the last of them
    answered = np.flatnonzero(codes >= 0)
    places = survey[["area", "wave"]].iloc[answered].groupby(["area", "wave"]).indices
    return _Question(
        question=question, names=list(counted), said=survey[question].to_numpy(dtype=object),
        kinds=[of_code[code] for code in codes.tolist()],
        rows={place: answered[at].tolist() for place, at in places.items()},
        answers={kinds[one]: one for one in sorted(given, reverse=True)},
    )  # fmt: skip


def mention_blocks(study: Study, shown: Publication) -> Iterator[MentionBlock]:
    """The quarters of every theme, joined as the reports so far have told them."""
    heard, ends = study.tables.consultation, [quarter_number(one) for one in shown.moments()]
    if heard is None:
        return
    at = np.searchsorted(ends, heard["quarter"].map(quarter_number).to_numpy())
    known = heard.assign(at=at)[at < len(ends)]
    for (area, theme), own in known.groupby(["area", "theme"], sort=True):
        counts = own.groupby("at")["mentions"].sum().reindex(range(len(ends)), fill_value=0)
        closed, rest = in_order([int(one) for one in counts], shown.threshold)
        for join in (*closed, rest):
            inside = own[own["at"].between(join.start, join.stop - 1)]
            sums = inside.groupby("quarter")["mentions"].sum()
            if len(sums) > (join is not rest):
                block = MentionBlock(
                    table=str(theme), at=0, areas=(str(area),), quarters=tuple(sums.index),
                    truth=sums.to_numpy()[None, :], total=join is not rest, small=shown.threshold,
                )  # fmt: skip
                block.hide((str(area), quarter) for quarter in sums.index)
                yield block


def with_answers(study: Study, batch: Sequence[Proposal]) -> Study:
    """The study with other answers and mentions, and nothing worked out of them yet."""
    survey, heard = study.tables.survey, study.tables.consultation
    for asked in _questions(study):
        others = [one for one in batch if isinstance(one.block, AnswerBlock)
                  and one.block.question == asked.question]  # fmt: skip
        if others and survey is not None:
            survey = survey.assign(**{asked.question: _answered(asked, others)})
    mentions = [one for one in batch if isinstance(one.block, MentionBlock)]
    if mentions and heard is not None:
        heard = _heard(heard, mentions)
    world = replace(study, tables=replace(study.tables, survey=survey, consultation=heard))
    keep_editions(study, world)
    world.memo.take(study.memo.answers())
    return world


def _answered(asked: _Question, others: Sequence[Proposal]) -> np.ndarray:
    """The answers to a question where other numbers of persons gave each kind of answer."""
    answers = asked.said.copy()
    for proposal in others:
        assert isinstance(proposal.block, AnswerBlock)
        area, wave = proposal.block.place
        rows, change = asked.rows[area, int(wave)], proposal.change
        moving: list[int] = []
        for kind, persons in change.items():
            moving += [row for row in rows if asked.kinds[row] == kind][persons:]
        for kind, persons in change.items():
            for _ in range(persons - proposal.block.persons[kind]):
                answers[moving.pop()] = asked.answers[kind]
    return answers


def _heard(heard: pd.DataFrame, others: Sequence[Proposal]) -> pd.DataFrame:
    """All of a quarter's mentions of a theme in its first row."""
    rows: dict[tuple[str, str, str], list[int]] = {}
    columns = (heard[one].tolist() for one in ("theme", "area", "quarter"))
    for at, place in enumerate(zip(*columns, strict=True)):
        rows.setdefault(place, []).append(at)
    mentions = heard["mentions"].to_numpy(copy=True)
    for proposal in others:
        for (area, quarter), number in proposal.change.items():
            first, *rest = rows[proposal.block.table, area, quarter]
            mentions[first], mentions[rest] = number, 0
    return heard.assign(mentions=mentions)


def share_indicators(study: Study) -> list[str]:
    """The share indicators of a study that has a survey."""
    asked = study.settings.indicators_of("share")
    return [] if study.tables.survey is None else list(asked)


def indicators_touched(study: Study, batch: Sequence[Proposal]) -> list[str]:
    """Share indicators whose question is answered otherwise in a ``batch``."""
    touched = {one.block.question for one in batch if isinstance(one.block, AnswerBlock)}
    return [name for one in _questions(study) if one.question in touched for name in one.names]


def with_shares(study: Study, world: Study, batch: Sequence[Proposal]) -> Study:
    """``world``, which differs from the study by a ``batch``, with the shares of areas and waves
    that it leaves alone taken over: only the others are worked out anew."""
    survey = world.tables.survey
    for name in indicators_touched(study, batch):
        indicator = study.indicator(name)
        assert isinstance(indicator, ShareIndicator)
        assert survey is not None
        places = [one.block.place for one in batch if isinstance(one.block, AnswerBlock)
                  and one.block.question == indicator.question]  # fmt: skip
        rows = survey[survey["wave"].isin([int(wave) for _, wave in places])]
        anew = shares_of(study, indicator, rows, areas=sorted({area for area, _ in places}))
        shares = _replaced(study.shares(name), anew)
        world.memo.get(("shares", name), partial(pd.DataFrame, shares))
    return world


def _replaced(before: pd.DataFrame, anew: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``before``, those of ``anew`` in the place of their own."""
    place = ["area", "wave"]
    return pd.concat([before, anew]).drop_duplicates(place, keep="last").sort_values(
        place, ignore_index=True
    )  # fmt: skip


def rests_on_answers(study: Study, name: str, indicators: Sequence[str]) -> list[object]:
    """Stands for all that the report called ``name`` can show of the ``indicators`` and of
    mentions."""
    shown = publication(study, name)
    told: list[object] = []
    for table in (shown.shown_shares, shown.shares):
        for indicator in indicators:
            try:
                told.append(_Table(table(indicator)))
            except MethodRefused as refused:
                told.append(refused.code)
    mentions = shown.mentions()
    return told if mentions is None else [*told, _Table(mentions.dropna().reset_index(drop=True))]


@dataclass(frozen=True, eq=False)
class _Table:
    """A table that equals another with the same rows."""

    frame: pd.DataFrame

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Table) and self.frame.equals(other.frame)

    def __hash__(self) -> int:
        return hash(self.frame.shape)
