"""The attacker over finished files: does every hidden count keep five values?

A reader with all files, this code and patience can do no more than ask which counts would have led
to the same files, so this is what is tried: of reports, of persons behind an answer of the survey,
of mentions of a theme. For every hidden count worlds are proposed in which it has another value,
and what the files rest on is made anew for each of them. Once the pages are made
anew as well, from the world in which most is different, and compared part by part.

The worlds are proposed from the released cells; the judgement trusts nothing these say. Where there
is a way by which a count reaches a page, the page made from another world differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.publication.earlier import with_streams
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.publication.timeline import report_names
from tingbjerg_eval.release.answer_worlds import (
    answer_blocks,
    indicators_touched,
    mention_blocks,
    rests_on_answers,
    share_indicators,
    with_answers,
    with_shares,
)
from tingbjerg_eval.release.count_worlds import (
    Changes,
    count_blocks,
    rests_on_counts,
    streams_with,
    with_counts,
)
from tingbjerg_eval.release.finding import REMEDY, Finding
from tingbjerg_eval.release.remade import Shown, differing_pages
from tingbjerg_eval.release.search import VALUES, Block, Hidden, Proposal, Search
from tingbjerg_eval.release.worlds import CountBlock


@dataclass(frozen=True, kw_only=True)
class Attack:
    """What was tried: ``findings``, how many hidden counts, and how many worlds."""

    findings: tuple[Finding, ...]
    checked: int
    worlds: int


def attack(
    study: Study, name: str, files: Mapping[str, bytes], shown: Shown | None = None
) -> Attack:
    """Try every count that the report ``name`` hides, given all reports up to it.

    With its finished ``files`` its pages are made anew as well, and all reports before it are held
    against the world that differs most; ``shown`` is what its notebook showed. Without
    files what it rests on is tried.
    """
    study = study.whole
    searches = (count_search(study, name), answer_search(study, name))
    findings = [_too_few(*one) for search in searches for one in search.narrow()]
    farthest = [search.farthest for search in searches]
    if files and any(farthest):
        world = with_answers(with_counts(study, _joined(farthest[0])), farthest[1])
        every = report_names(study)
        findings += _all_reports(study, world, every[: every.index(name) + 1])
        findings += differing_pages(study, world, name, files, shown)
    checked = sum(len(block.hidden) for search in searches for block in search.blocks)
    worlds = sum(search.worlds for search in searches)
    return Attack(findings=tuple(findings), checked=checked, worlds=worlds)


def count_search(study: Study, name: str) -> Search:
    """The search over counts of reports that the report called ``name`` hides."""
    truth = rests_on_counts(study, name, study.settings.indicators_of("count"))

    def same(batch: Sequence[Proposal]) -> bool:
        streams = streams_with(study, _joined(batch))
        told = rests_on_counts(with_streams(study, streams), name, streams)
        return all(told[table] == truth[table] for table in told)

    return Search(list(count_blocks(study, publication(study, name))), same)


def answer_search(study: Study, name: str) -> Search:
    """The search over answers and mentions that the report called ``name`` hides."""
    shown = publication(study, name)

    def same(batch: Sequence[Proposal]) -> bool:
        world = with_shares(study, with_answers(study, batch), batch)
        touched = indicators_touched(study, batch)
        told = (rests_on_answers(one, name, touched) for one in (study, world))
        return next(told) == next(told)

    blocks: list[Block] = [*answer_blocks(study, shown), *mention_blocks(study, shown)]
    return Search(blocks, same)


def _joined(batch: Sequence[Proposal]) -> Changes:
    made: dict[tuple[str, int], dict[tuple[str, str], int]] = {}
    for one in batch:
        assert isinstance(one.block, CountBlock)
        made.setdefault((one.block.table, one.block.at), {}).update(one.change)
    return made


def _too_few(block: Block, one: Hidden) -> Finding:
    reason = f"hidden count with fewer than {VALUES} possible values ({REMEDY})"
    return Finding(file="all files", where=", ".join((block.table, *one.place)), kind=reason)


def _all_reports(study: Study, world: Study, names: Sequence[str]) -> Iterator[Finding]:
    """Reports up to this one that rest on something else in the world that differs most."""
    for name in names:
        if _rests_on(world, name) != _rests_on(study, name):
            why = f"report that tells counts which this one hides ({REMEDY})"
            yield Finding(file="all files", where=f"report {name}", kind=why)


def _rests_on(study: Study, name: str) -> list[object]:
    """Stands for all that a report can show of counts, answers and mentions."""
    counted = rests_on_counts(study, name, study.settings.indicators_of("count"))
    return [counted, *rests_on_answers(study, name, share_indicators(study))]
