"""Hidden counts of reports: in which blocks they can make up for each other, and studies in which
they are others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.publication.classes import CodeClass, code_classes
from tingbjerg_eval.publication.earlier import keep_editions
from tingbjerg_eval.publication.merging import Cell, Times
from tingbjerg_eval.publication.publication import Publication, publication
from tingbjerg_eval.publication.streams import Streams, streams_of
from tingbjerg_eval.release.worlds import CountBlock, Counts

Changes = Mapping[tuple[str, int], Counts]
"""Other counts by area and quarter, for an indicator's classes of codes by their place."""
Series = Mapping[str, Mapping[str, int]]
"""Counts by area and quarter."""


def count_blocks(study: Study, shown: Publication) -> Iterator[CountBlock]:
    """Every class of codes once, in the pieces in which its counts can make up for each other."""
    done: set[CodeClass] = set()
    for table in study.settings.indicators_of("count"):
        for at, of in enumerate(code_classes(study.settings)[table]):
            if of not in done:
                done.add(of)
                yield from _of_class(study, table, at, shown)


def _of_class(study: Study, table: str, at: int, shown: Publication) -> Iterator[CountBlock]:
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
) -> CountBlock:
    """One area's told sum, or small counts that are not told."""
    truth = np.array([[counts[area][one] for one in quarters]])
    block = CountBlock(
        areas=(area,), quarters=quarters, truth=truth, total=told, small=small, **names
    )
    block.hide((area, one) for one in quarters)
    return block


def _several(
    counts: Series, areas: Sequence[str], quarters: Times, parts: Sequence[Times], *,
    small: int, **names: Any,
) -> CountBlock:  # fmt: skip
    """All comparison areas in a year of which their ``parts`` together are told."""
    truth = np.array([[counts[area][one] for one in quarters] for area in areas])
    block = CountBlock(areas=tuple(areas), quarters=quarters, truth=truth, total=True,
                  together=tuple(parts), small=small, **names)  # fmt: skip
    block.hide((areas[row], quarters[column]) for row, column in np.argwhere(truth < small))
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
    world.memo.take(study.memo.answers())
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


def streams_with(study: Study, changes: Changes) -> dict[str, Streams]:
    """The streams of indicators of which some classes of codes have other counts."""
    classes = code_classes(study.settings)
    other = {classes[table][at]: counts for (table, at), counts in changes.items()}
    made: dict[str, Streams] = {}
    for name, own in classes.items():
        if other.keys().isdisjoint(own):
            continue
        streams = {area: list(of) for area, of in streams_of(study, name).items()}
        for at, one in enumerate(own):
            for (area, quarter), count in other.get(one, {}).items():
                streams[area][at] = {**streams[area][at], quarter: count}
        made[name] = streams
    return made


def rests_on_counts(study: Study, name: str, tables: Iterable[str]) -> dict[str, object]:
    """Stands for all that the report called ``name`` can show of counts, by indicator."""
    told = ((table, publication(study, name).counts(table)) for table in tables)
    return {table: (one.streams, one.pools, one.by_quarter) for table, one in told}
