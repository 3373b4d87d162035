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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.publication.classes import CodeClass, code_classes
from tingbjerg_eval.publication.merging import Cell
from tingbjerg_eval.publication.publication import (
    EDITIONS,
    Publication,
    earlier_editions,
    publication,
)
from tingbjerg_eval.publication.released import ReleasedCounts
from tingbjerg_eval.publication.timeline import report_names
from tingbjerg_eval.release.finding import Finding
from tingbjerg_eval.release.worlds import Block, Counts, Hidden, candidates, hidden_in
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.study.reports import kind_of

VALUES = 5
DIGESTS = ("plan", "provenance")
"""Parts that hold digests of the tables: keyed, so that nobody without the key can try counts."""
REMEDY = "leave that part out, widen the basket of offences or the window, or report the fault"
_DRAWINGS = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
Changes = Mapping[tuple[str, int], Counts]


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
    if files:
        findings += search.earlier()
        findings += _pages(study, search.farthest, name, files)
    checked = sum(len(block.hidden) for block in blocks)
    return Attack(findings=tuple(findings), checked=checked, worlds=search.worlds)


class _Search:
    """Worlds tried for all blocks at once, until each hidden count has its five values."""

    def __init__(self, study: Study, name: str, blocks: Sequence[Block]):
        every = report_names(study)
        self.study, self.blocks, self.worlds = study, blocks, 0
        self.name, self.before = name, every[: every.index(name)]
        self.truth = _rests_on(study, [name])
        self.farthest, self.changed = study, 0

    def findings(self) -> Iterator[Finding]:
        while batch := [found for block in self.blocks if (found := _next(block))]:
            self._together(batch)
        for block in self.blocks:
            yield from (_too_few(block, one) for one in block.hidden if len(one.seen) < VALUES)

    def earlier(self) -> Iterator[Finding]:
        """Whether all reports before rest on the same in the world that differs most."""
        for name in self.before:
            if _rests_on(self.farthest, [name]) != _rests_on(self.study, [name]):
                why = f"earlier report that tells counts which this one hides ({REMEDY})"
                yield Finding(file="all files", where=f"report {name}", kind=why)

    def _together(self, batch: Sequence[tuple[Block, Hidden, int, Counts]]) -> None:
        """All proposals in one world; where it gives itself away, half of them at a time."""
        world = with_counts(self.study, _joined(batch))
        self.worlds += 1
        if _rests_on(world, [self.name]) == self.truth:
            self._record(batch, world)
        elif len(batch) == 1:
            batch[0][1].failed.add(batch[0][2])
        else:
            middle = len(batch) // 2
            self._together(batch[:middle])
            self._together(batch[middle:])

    def _record(self, batch: Sequence[tuple[Block, Hidden, int, Counts]], world: Study) -> None:
        changed = 0
        for block, _, _, counts in batch:
            for one in block.hidden:
                changed += counts[one.place] not in one.seen
                one.seen.add(counts[one.place])
        if changed > self.changed:
            self.farthest, self.changed = world, changed


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
                yield from _of_class(study, table, at, shown.counts(table), shown.threshold)


def _of_class(
    study: Study, table: str, at: int, found: ReleasedCounts, small: int
) -> Iterator[Block]:
    counts = _class_counts(study, code_classes(study.settings)[table][at])
    cells = found.streams[at]
    common: dict[str, Any] = {"table": table, "at": at, "small": small}
    if study.settings.areas.programme:
        for area, own in cells.items():
            for cell in own:
                yield _single(counts, area, cell, **common)
        return
    design = study.design
    for cell in cells[design.treated]:
        yield _single(counts, design.treated, cell, **common)
    pooled = {one.times[0] for one in found.pools[at] if len(one.times) == 1}
    for area, own in cells.items():
        if area == design.treated:
            continue
        for cell in own:
            if not (cell.true and area in design.comparison and pooled & set(cell.times)):
                yield _single(counts, area, cell, **common)
    for cell in cells[design.comparison[0]]:
        if cell.true and pooled & set(cell.times) and len(cell.times) > 1:
            yield _several(counts, design.comparison, cell, **common)


def _single(counts: pd.DataFrame, area: str, cell: Cell, *, small: int, **names: Any) -> Block:
    """One area's told sum, or a small count that is not told."""
    truth = counts.loc[[area], list(cell.times)].to_numpy()
    block = Block(areas=(area,), quarters=cell.times, truth=truth, total=cell.true,
                  columns=False, small=small, **names)  # fmt: skip
    inside = cell.times if len(cell.times) > 1 or not cell.true else ()
    block.hidden = hidden_in(block, [(area, one) for one in inside])
    return block


def _several(
    counts: pd.DataFrame, areas: Sequence[str], cell: Cell, *, small: int, **names: Any
) -> Block:
    """All comparison areas in a year of which their quarters together are told."""
    truth = counts.loc[list(areas), list(cell.times)].to_numpy()
    block = Block(areas=tuple(areas), quarters=cell.times, truth=truth, total=True,
                  columns=True, small=small, **names)  # fmt: skip
    few = [(areas[row], cell.times[column]) for row, column in np.argwhere(truth < small)]
    block.hidden = hidden_in(block, few)
    return block


def _class_counts(study: Study, of: CodeClass) -> pd.DataFrame:
    """Areas by quarters: the reports of one class of codes."""
    rows = study.tables.incidents
    quarters = list(dict.fromkeys(rows["quarter"]))
    areas = list(dict.fromkeys(rows["area"]))

    def table(codes: Iterable[str]) -> pd.DataFrame:
        own = rows[rows["offence"].isin(set(codes))]
        made = own.pivot_table(index="area", columns="quarter", values="count", aggfunc="sum")
        return made.reindex(index=areas, columns=quarters).fillna(0).astype(int)

    return table(of.codes) - table(of.without)


def with_counts(study: Study, changes: Changes) -> Study:
    """The study with other counts of some classes of codes, and nothing worked out of them yet.

    ``changes`` hold counts by area and quarter for an indicator's classes by their place.
    """
    rows = study.tables.incidents
    for (table, at), counts in changes.items():
        rows = _changed(rows, code_classes(study.settings)[table][at], counts)
    world = replace(study, tables=replace(study.tables, incidents=rows))
    editions = earlier_editions(study)
    world.memo.get(EDITIONS, lambda: editions)
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


def _rests_on(study: Study, names: Sequence[str]) -> str:
    """Stands for all that the reports called ``names`` can show of counts."""
    return repr([
        (found.streams, found.pools, found.by_quarter)
        for name in names
        for table in study.settings.indicators_of("count")
        for found in [publication(study, name).counts(table)]
    ])  # fmt: skip


class _Remade(Report):
    """A report made anew; equal drawings are drawn once."""

    def draw(self, kind: str, *data: Any, **options: Any) -> Any:
        key = hashlib.sha256(pickle.dumps((kind, data, sorted(options.items())))).digest()
        return self.study.memo.get(("drawn", key), lambda: super(_Remade, self).draw(
            kind, *data, **options
        ))  # fmt: skip


def _pages(study: Study, world: Study, name: str, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Parts that another world would have said otherwise, and drawings that no part makes."""
    if world is study:
        return
    kind = kind_of(name)
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
    return {one: str(getattr(report, one)().html()) + repr(getattr(report, one)().tables())
            for one in report.parts if one not in DIGESTS}  # fmt: skip


def _of_no_part(said: str, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """A drawing in a finished page that the report's own parts do not make was not judged."""
    known = {base64.b64decode(one) for one in _DRAWINGS.findall(said)}
    for file, data in files.items():
        if file.endswith(".html"):
            found = {base64.b64decode(one) for one in _DRAWINGS.findall(data.decode())}
            if found - known:
                why = f"drawing that is none of the report's parts ({REMEDY})"
                yield Finding(file=file, where="drawing", kind=why, times=len(found - known))
