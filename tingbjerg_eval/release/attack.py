"""The attacker over finished files: does every hidden count keep five values?

A reader with all files, this code and patience can do no more than ask which counts would have led
to the same files, so this is what is tried. For every hidden count worlds are proposed in which it
has another value, and what the files rest on is made anew for each of them. Once the pages are made
anew as well, from the world in which most is different, and compared part by part.

The worlds are proposed from the released cells; the judgement trusts nothing these say. Where there
is a way by which a count reaches a page, the page made from another world differs.
"""

from __future__ import annotations

import base64
import hashlib
import pickle
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.publication.classes import CodeClass, code_classes
from tingbjerg_eval.publication.merging import Cell, Times
from tingbjerg_eval.publication.publication import (
    Publication,
    keep_editions,
    publication,
    with_streams,
)
from tingbjerg_eval.publication.streams import Streams, streams_of
from tingbjerg_eval.publication.timeline import report_names
from tingbjerg_eval.release.finding import Finding
from tingbjerg_eval.release.worlds import Block, Counts, Hidden, candidates, hidden_in
from tingbjerg_eval.report.report import Kind, Report
from tingbjerg_eval.study.reports import kind_of

VALUES = 5
DIGESTS = ("plan", "provenance")
"""Parts that hold digests of the tables: keyed, so that nobody without the key can try counts."""
REMEDY = "leave that part out, widen the basket of offences or the window, or report the fault"
_DRAWINGS = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
Changes = Mapping[tuple[str, int], Counts]
Series = Mapping[str, Mapping[str, int]]
"""Counts by area and quarter."""


@dataclass(frozen=True, kw_only=True)
class Attack:
    """What was tried: ``findings``, how many hidden counts, and how many worlds."""

    findings: tuple[Finding, ...]
    checked: int
    worlds: int


def attack(study: Study, name: str, files: Mapping[str, bytes]) -> Attack:
    """Try every count that the report ``name`` hides, given all reports up to it.

    With its finished ``files`` its pages are made anew as well, and all reports before it are held
    against the world that differs most. Without them what it rests on is tried.
    """
    study = study.whole
    blocks = list(_blocks(study, publication(study, name)))
    search = _Search(study, name, blocks)
    findings = list(search.findings())
    if files and search.farthest:
        world = with_counts(study, search.farthest)
        every = report_names(study)
        findings += _all_reports(study, world, every[: every.index(name) + 1])
        findings += _pages(study, world, name, files)
    checked = sum(len(block.hidden) for block in blocks)
    return Attack(findings=tuple(findings), checked=checked, worlds=search.worlds)


class _Search:
    """Worlds tried for all blocks at once, until each hidden count has its five values.

    ``farthest`` is what is otherwise in the world that differs most of those that lead to the
    same report.
    """

    def __init__(self, study: Study, name: str, blocks: Sequence[Block]):
        self.study, self.blocks, self.worlds, self.name = study, blocks, 0, name
        self.truth = _rests_on(study, name)
        self.farthest: Changes = {}
        self.changed = 0

    def findings(self) -> Iterator[Finding]:
        while batch := [found for block in self.blocks if (found := _next(block))]:
            self._together(batch)
        for block in self.blocks:
            yield from (_too_few(block, one) for one in block.hidden if len(one.seen) < VALUES)

    def _together(self, batch: Sequence[tuple[Block, Hidden, int, Counts]]) -> None:
        """All proposals in one world; where it gives itself away, half of them at a time."""
        changes = _joined(batch)
        self.worlds += 1
        if (
            _rests_on(with_streams(self.study, _streams(self.study, changes)), self.name)
            == self.truth
        ):
            self._record(batch, changes)
        elif len(batch) == 1:
            batch[0][1].failed.add(batch[0][2])
        else:
            middle = len(batch) // 2
            self._together(batch[:middle])
            self._together(batch[middle:])

    def _record(self, batch: Sequence[tuple[Block, Hidden, int, Counts]], changes: Changes) -> None:
        changed = 0
        for block, _, _, counts in batch:
            for one in block.hidden:
                changed += counts[one.place] != block.true(one.place)
                one.seen.add(counts[one.place])
        if changed > self.changed:
            self.farthest, self.changed = changes, changed


def _next(block: Block) -> tuple[Block, Hidden, int, Counts] | None:
    """A value not yet seen of a hidden count that lacks some."""
    for one in block.hidden:
        if len(one.seen) >= VALUES:
            continue
        for value in candidates(block, one):
            if value in one.seen or value in one.failed:
                continue
            counts = block.propose(one, value)
            if counts is not None:
                return block, one, value, counts
            one.failed.add(value)
    return None


def _joined(batch: Sequence[tuple[Block, Hidden, int, Counts]]) -> Changes:
    made: dict[tuple[str, int], dict[tuple[str, str], int]] = {}
    for block, _, _, counts in batch:
        made.setdefault((block.table, block.at), {}).update(counts)
    return made


def _too_few(block: Block, one: Hidden) -> Finding:
    reason = f"hidden count with fewer than {VALUES} possible values ({REMEDY})"
    where = f"{block.table}, {one.place[0]}, {one.place[1]}"
    return Finding(file="all files", where=where, kind=reason)


def _blocks(study: Study, shown: Publication) -> Iterator[Block]:
    """Every class of codes once, in the pieces in which its counts can make up for each other."""
    done: set[CodeClass] = set()
    for table in study.settings.indicators_of("count"):
        for at, of in enumerate(code_classes(study.settings)[table]):
            if of not in done:
                done.add(of)
                yield from _of_class(study, table, at, shown)


def _of_class(study: Study, table: str, at: int, shown: Publication) -> Iterator[Block]:
    """Each area's sums that are told, small ones that are not, and what nothing is told of yet;
    the comparison areas in one block where their quarters together are told."""
    streams, compared = streams_of(study, table), study.settings.areas.comparison
    found, known = shown.counts(table), shown.known(table)
    counts = {area: of[at] for area, of in streams.items()}
    names: dict[str, Any] = {"table": table, "at": at, "small": shown.threshold}
    pools = [one.times for one in found.pools[at] if one.true]
    for area, own in found.streams[at].items():
        for cell in own:
            single = len(cell.times) == 1 and cell.true
            if not (single or (area in compared and _pieces(cell, pools))):
                yield _single(counts, area, cell.times, told=cell.true, **names)
        if untold := _untold(own, known):
            yield _single(counts, area, untold, told=False, **names)
    for cell in found.streams[at][compared[0]]:
        if parts := _pieces(cell, pools):
            yield _several(counts, compared, cell.times, parts, **names)


def _pieces(cell: Cell, pools: Sequence[Times]) -> list[Times]:
    """Pieces of a told year in which all comparison areas together are told."""
    inside = [one for one in pools if set(one) < set(cell.times)]
    return inside if cell.true else []


def _untold(cells: Sequence[Cell], known: Sequence[str]) -> Times:
    """Quarters that a report knows and tells nothing of."""
    told = {time for one in cells for time in one.times}
    return tuple(one for one in known if one not in told)


def _single(
    counts: Series, area: str, quarters: Times, *, told: bool, small: int, **names: Any
) -> Block:
    """One area's told sum, or small counts that are not told."""
    truth = np.array([[counts[area][one] for one in quarters]])
    block = Block(areas=(area,), quarters=quarters, truth=truth, total=told, small=small, **names)
    block.hidden = hidden_in(block, [(area, one) for one in quarters])
    return block


def _several(
    counts: Series, areas: Sequence[str], quarters: Times, parts: Sequence[Times], *,
    small: int, **names: Any,
) -> Block:  # fmt: skip
    """All comparison areas in a year of which their ``parts`` together are told."""
    truth = np.array([[counts[area][one] for one in quarters] for area in areas])
    block = Block(areas=tuple(areas), quarters=quarters, truth=truth, total=True,
                  together=tuple(parts), small=small, **names)  # fmt: skip
    few = [(areas[row], quarters[column]) for row, column in np.argwhere(truth < small)]
    block.hidden = hidden_in(block, few)
    return block


def with_counts(study: Study, changes: Changes) -> Study:
    """The study with other counts of some classes of codes, and nothing worked out of them yet.

    ``changes`` hold counts by area and quarter for an indicator's classes by their place.
    """
    rows = study.tables.incidents
    for (table, at), counts in changes.items():
        rows = _changed(rows, code_classes(study.settings)[table][at], counts)
    world = replace(study, tables=replace(study.tables, incidents=rows))
    keep_editions(study, world)
    world.memo.take_answers(study.memo)
    return world


def _changed(rows: pd.DataFrame, of: CodeClass, counts: Counts) -> pd.DataFrame:
    """All of a place's reports under the class's first code that has rows there."""
    wanted = pd.Series(counts, dtype="int64").rename_axis(["area", "quarter"])
    keys = pd.MultiIndex.from_frame(rows[["area", "quarter"]])
    own = rows["offence"].isin(of.codes).to_numpy() & keys.isin(wanted.index)
    if of.without:
        inner = rows["offence"].isin(of.without).to_numpy()
        beside = rows["count"].where(inner, 0).groupby([rows["area"], rows["quarter"]]).sum()
        wanted = wanted + beside.reindex(wanted.index, fill_value=0)
    at = np.flatnonzero(own)
    first = at[~keys[at].duplicated()]
    count = rows["count"].to_numpy().copy()
    count[own] = 0
    count[first] = wanted.reindex(keys[first]).to_numpy()
    lacking = wanted.drop(keys[first]).rename("count").reset_index().assign(offence=of.codes[0])
    return pd.concat([rows.assign(count=count), lacking[lacking["count"] > 0]], ignore_index=True)


def _streams(study: Study, changes: Changes) -> dict[str, Streams]:
    """Every indicator's streams with other counts of some classes of codes."""
    classes = code_classes(study.settings)
    other = {classes[table][at]: counts for (table, at), counts in changes.items()}
    made: dict[str, Streams] = {}
    for name, own in classes.items():
        streams = {area: list(of) for area, of in streams_of(study, name).items()}
        for at, one in enumerate(own):
            for (area, quarter), count in other.get(one, {}).items():
                streams[area][at] = {**streams[area][at], quarter: count}
        made[name] = streams
    return made


def _rests_on(study: Study, name: str) -> list[object]:
    """Stands for all that the report called ``name`` can show of counts."""
    return [
        (found.streams, found.pools, found.by_quarter)
        for table in study.settings.indicators_of("count")
        for found in [publication(study, name).counts(table)]
    ]


def _all_reports(study: Study, world: Study, names: Sequence[str]) -> Iterator[Finding]:
    """Reports up to this one that rest on something else in the world that differs most."""
    for name in names:
        if _rests_on(world, name) != _rests_on(study, name):
            why = f"report that tells counts which this one hides ({REMEDY})"
            yield Finding(file="all files", where=f"report {name}", kind=why)


class _Remade(Report):
    """A report made anew; equal drawings are drawn once."""

    def draw(self, kind: str, *data: Any, **options: Any) -> Any:
        key = hashlib.sha256(pickle.dumps((kind, data, sorted(options.items())))).digest()
        return self.study.memo.get(("drawn", key), lambda: super(_Remade, self).draw(
            kind, *data, **options
        ))  # fmt: skip


def _pages(study: Study, world: Study, name: str, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Parts that another world would have said otherwise, and drawings that no part makes."""
    kind = cast(Kind, kind_of(name))
    quarter = name if kind == "quarterly" else None
    true, false = _Remade(study, kind, quarter), _Remade(world, kind, quarter)
    mine = _parts(true)
    # What was worked out of equal content is equal: the same answers, the same drawings.
    world.memo.take_answers(study.memo)
    # The locked plan knows the true extract; that the other world's is another is no deviation.
    vars(false)["deviations"] = true.deviations
    other = _parts(false)
    for part, said in mine.items():
        if said != other[part]:
            why = f"part that shows hidden counts: they could be worked out from it ({REMEDY})"
            yield Finding(file="report.html", where=f"part {part}", kind=why)
    yield from _of_no_part("".join(mine.values()), files)


def _parts(report: Report) -> dict[str, str]:
    blocks = {name: getattr(report, name)() for name in report.parts if name not in DIGESTS}
    return {name: f"{made.html()}{made.tables()!r}" for name, made in blocks.items()}


def _of_no_part(said: str, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """A drawing in a finished page that the report's own parts do not make was not judged."""
    known = {base64.b64decode(one) for one in _DRAWINGS.findall(said)}
    for file, data in files.items():
        if file.endswith(".html"):
            found = {base64.b64decode(one) for one in _DRAWINGS.findall(data.decode())}
            if found - known:
                why = f"drawing that is none of the report's parts ({REMEDY})"
                yield Finding(file=file, where="drawing", kind=why, times=len(found - known))
