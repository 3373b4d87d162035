"""When too much of a three-way table would be hidden: merge, by a rule stated beforehand.

The rule: first the two offence groups with the fewest reports are merged into one, again
and again until two are left; then quarters are merged into years. It stops as soon as the
table can be protected with at most ``most_hidden`` of its inner cells hidden. The rule looks
at totals over all areas and the whole time only, so that what was merged says nothing about
one area.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from tingbjerg_eval.disclosure.counts import CountTable
from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.disclosure.suppress import CannotProtect
from tingbjerg_eval.disclosure.tables import ProtectedTable, protect_tables

JOIN = " + "


@dataclass(frozen=True, kw_only=True)
class Merged:
    """A protected table and what was merged to get it: old value to new, by dimension."""

    table: ProtectedTable
    counts: CountTable
    merged: dict[str, dict[str, str]]


def protect_merged(
    counts: CountTable,
    *,
    group_dim: str = "offence",
    time_dim: str = "quarter",
    most_hidden: float = 0.5,
    threshold: int = 5,
    zeros: str = "hidden",
    ledger: Ledger | None = None,
) -> Merged:
    """Protect a three-way table, merging groups and then quarters where that is needed.

    Raises :class:`CannotProtect` where even the most merged table cannot be protected. If
    every merged table hides more than ``most_hidden``, the most merged one is given.
    """
    last: Merged | None = None
    for candidate, merged in _candidates(counts, group_dim, time_dim):
        try:
            (table,) = protect_tables([candidate], threshold=threshold, zeros=zeros, ledger=ledger)
        except CannotProtect:
            continue
        last = Merged(table=table, counts=candidate, merged=merged)
        if hidden_share(table) <= most_hidden:
            return last
    if last is None:
        raise CannotProtect([counts.cell_id({})])
    return last


def hidden_share(table: ProtectedTable) -> float:
    """The share of inner cells that is hidden."""
    inner = table.frame[~table.frame["total"]]
    return float(inner["text"].ne("").mean()) if len(inner) else 0.0


def _candidates(
    counts: CountTable, group_dim: str, time_dim: str
) -> Iterator[tuple[CountTable, dict[str, dict[str, str]]]]:
    yield counts, {}
    merged: dict[str, dict[str, str]] = {}
    while (names := _two_smallest(counts, group_dim)) is not None:
        new = JOIN.join(sorted(names))
        merged = {**merged, group_dim: _renamed(merged.get(group_dim, {}), names, new)}
        counts = _recoded(counts, group_dim, dict.fromkeys(names, new))
        yield counts, merged
    years = {quarter: quarter[:4] for quarter in counts.base_members(time_dim)}
    yield (
        _recoded(_without_groups(counts, time_dim), time_dim, years),
        {**merged, time_dim: years},
    )


def _two_smallest(counts: CountTable, dim: str) -> tuple[str, str] | None:
    base = counts.frame[counts.frame[dim].isin(counts.base_members(dim))]
    sums = base.groupby(dim)[counts.value].sum().reset_index()
    if len(sums) <= 2:
        return None
    first, second = sums.sort_values([counts.value, dim])[dim].iloc[:2]
    return str(first), str(second)


def _renamed(before: dict[str, str], names: tuple[str, str], new: str) -> dict[str, str]:
    carried = {old: new if to in names else to for old, to in before.items()}
    return {**dict.fromkeys((name for name in names if JOIN not in name), new), **carried}


def _without_groups(counts: CountTable, dim: str) -> CountTable:
    frame = counts.frame[counts.frame[dim].isin(counts.base_members(dim))]
    return replace(counts, frame=frame, groups={k: v for k, v in counts.groups.items() if k != dim})


def _recoded(counts: CountTable, dim: str, to: dict[str, str]) -> CountTable:
    """The table with values of ``dim`` summed into new ones that count what the old counted."""
    frame = counts.frame.assign(**{dim: counts.frame[dim].replace(to)})
    summed = frame.groupby(list(counts.dims), sort=False)[counts.value].sum().reset_index()
    stands_for = {**counts.stands_for, dim: _stands_for(counts, dim, to)}
    return replace(counts, frame=pd.DataFrame(summed), stands_for=stands_for)


def _stands_for(counts: CountTable, dim: str, to: dict[str, str]) -> dict[str, tuple[str, ...]]:
    before = counts.stands_for.get(dim, {})
    members: dict[str, tuple[str, ...]] = {
        value: of for value, of in before.items() if value not in to
    }
    for old, new in sorted(to.items()):
        members[new] = (*members.get(new, ()), *before.get(old, (old,)))
    return members
