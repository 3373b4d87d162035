"""``te.show``: whatever a cell has found, shown as the report shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.inputs.problems import Problem
from tingbjerg_eval.presentation.blocks.display import Block, Bullets, Group, Prose
from tingbjerg_eval.presentation.blocks.pictures import Figure
from tingbjerg_eval.presentation.blocks.tables import Column, Table
from tingbjerg_eval.presentation.blocks.verdicts import Verdicts
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.presentation.words.estimates import (
    estimate_text,
    fields,
    interval_text,
    remarks,
)
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.targets.verdicts import Verdict

if TYPE_CHECKING:
    from tingbjerg_eval.disclosure.tables import ProtectedTable

DIMENSIONS = ("area", "quarter", "offence", "theme", "source", "measure", "wave", "year")

Answer = Estimate | MethodRefused
Row = Answer | Mapping[str, Any]
"""An answer, or the fields of an estimate as a row of a tidy frame."""


class _Given(NamedTuple):
    """What ``show`` was told beside the things."""

    caption: str
    labels: Sequence[str] | None
    columns: Mapping[str, Any] | Sequence[str] | None
    notes: Sequence[str]


def show(
    *things: Any,
    caption: str = "",
    labels: Sequence[str] | None = None,
    columns: Mapping[str, Any] | Sequence[str] | None = None,
    notes: Sequence[str] = (),
    words: Words | None = None,
) -> Block:
    """Show estimates, tables, figures, verdicts, refusals and sentences, below each other.

    Parameters
    ----------
    things
        Estimates (neighbours make one table, in words), frames and protected tables (a raw
        ``count`` column is protected first), results with a ``table``, axes and figures,
        verdicts, refusals, blocks, or sentences as text.
    caption, columns, notes
        For tables; ``columns`` as in :class:`Table`.
    labels
        Names of the estimates' rows.

    Returns
    -------
    Block
        Everything below each other.

    Raises
    ------
    WrongArgument
        When there is no way to show a thing.

    Examples
    --------
    >>> te.show(study.result("vold-10").change).kind
    'group'
    """
    words = words or wording.current()
    given = _Given(caption=caption, labels=labels, columns=columns, notes=notes)
    raw = any(_is_raw(one) for one in things)
    working: list[Block] = [Prose(words("figure.working"), "callout")] if raw else []
    parts = working + [
        block
        for kind, members in groupby(things, key=_kind)
        for block in _SHOWN[kind](list(members), given, words)
    ]
    return parts[0] if len(parts) == 1 else Group(tuple(parts))


def estimates_table(
    estimates: Iterable[Answer] | pd.DataFrame,
    *,
    labels: Sequence[str] | None = None,
    caption: str = "",
    notes: Sequence[str] = (),
    words: Words | None = None,
) -> Table:
    """Estimates in words: what, result, interval, p-value, and the remarks under the table.

    ``estimates`` are Estimates (or refusals, said in their row) or a tidy frame.
    """
    words = words or wording.current()
    rows: list[Row] = (
        estimates.to_dict("records") if isinstance(estimates, pd.DataFrame) else list(estimates)
    )
    names = list(labels) if labels is not None else [_what(row, words) for row in rows]
    if len(names) != len(rows):
        raise ValueError(f"{len(names)} labels for {len(rows)} estimates; give one label each")
    told = pd.DataFrame([_row(n, row, words) for n, row in zip(names, rows, strict=True)])
    answered = [fields(row) for row in rows if not isinstance(row, MethodRefused)]
    said = dict.fromkeys(remarks(row["remarks"], words) for row in answered)
    columns = {
        "what": words("table.what"),
        "estimate": words("table.estimate"),
        "interval": _interval_heading({row["level"] for row in answered}, words),
        "p_value": Column(words("table.p_value"), "p"),
    }
    caption = caption or words("caption.estimates")
    return Table(told, caption, columns, [*filter(None, said), *notes], words=words)


def refusal(refused: MethodRefused, *, words: Words | None = None) -> Prose:
    """The sentence for a statistic that was refused."""
    words = words or wording.current()
    return Prose(_refused(refused, words), "callout")


def _is_raw(thing: Any) -> bool:
    """Whether a thing holds figures that no publication has released."""
    table = getattr(thing, "table", thing)
    kind = _kind(thing)
    if kind in ("estimate", "tidy", "verdict"):
        return not isinstance(thing, MethodRefused)
    return isinstance(table, pd.DataFrame) and table is not protected(table)


def _kind(thing: Any) -> str:
    for kind, known in (
        ("block", Block),
        ("estimate", (Estimate, MethodRefused)),
        ("verdict", Verdict),
        ("problem", Problem),
        ("text", str),
    ):
        if isinstance(thing, known):
            return kind
    return _kind_by_shape(thing)


def _kind_by_shape(thing: Any) -> str:
    if isinstance(thing, pd.DataFrame):
        return "tidy" if {"estimand", "scale", "level"} <= set(thing.columns) else "frame"
    if hasattr(thing, "savefig") or hasattr(thing, "get_xlim"):
        return "figure"
    for name in ("frame", "table"):
        if isinstance(getattr(thing, name, None), pd.DataFrame):
            return name
    kind = type(thing).__name__
    several = isinstance(thing, list | tuple)
    raise WrongArgument(
        f"show takes estimates, tables, figures, verdicts and sentences, not {kind}."
        + (" Write te.show(*things)." if several else "")
    )


def _show_estimates(members: list[Any], given: _Given, words: Words) -> list[Block]:
    if all(isinstance(one, MethodRefused) for one in members):
        return [refusal(one, words=words) for one in members]
    return [_estimates(members, given, words)]


def _estimates(members: list[Answer] | pd.DataFrame, given: _Given, words: Words) -> Table:
    return estimates_table(
        members, labels=given.labels, caption=given.caption, notes=given.notes, words=words
    )


def _show_frame(frame: pd.DataFrame | ProtectedTable, given: _Given, words: Words) -> Table:
    caption = given.caption or words("caption.table")
    return Table(protected(frame), caption, given.columns, given.notes, words=words)


_SHOWN: dict[str, Callable[[list[Any], _Given, Words], Sequence[Block]]] = {
    "block": lambda members, *_: members,
    "estimate": _show_estimates,
    "verdict": lambda members, _, words: [Verdicts(members, words=words)],
    "problem": lambda members, _, words: [_problems(members, words)],
    "text": lambda members, *_: [Prose(text) for text in members],
    "tidy": lambda members, given, words: [_estimates(one, given, words) for one in members],
    "frame": lambda members, given, words: [_show_frame(one, given, words) for one in members],
    "table": lambda members, given, words: [
        _show_frame(one.table, given, words) for one in members
    ],
    "figure": lambda members, *_: [Figure(one) for one in members],
}


def _problems(problems: Sequence[Problem], words: Words) -> Bullets:
    """What was noted about the inputs, one sentence each; no value is repeated."""
    said = []
    for one in problems:
        kind, generic = ("note", "note.generic") if one.note else ("problem", "problem.generic")
        told = {name: getattr(one, name) for name in ("file", "code", "place", "column")}
        keys = (f"{kind}.{one.code}", generic)
        said.append(words.first(*keys, found=one.found or "", **told))
    return Bullets(tuple(said))


def protected(table: pd.DataFrame | ProtectedTable) -> pd.DataFrame | ProtectedTable:
    """``table``, its raw counts replaced by protected ones where it has any."""
    if not isinstance(table, pd.DataFrame) or "status" in table.columns:
        return table
    if "count" not in table.columns:
        return table
    from tingbjerg_eval.disclosure.tables import protect

    dims = [name for name in DIMENSIONS if name in table.columns]
    return protect(table, dims=dims).rename(columns={"value": "count"})


def _what(row: Row, words: Words) -> str:
    if isinstance(row, MethodRefused):
        return words("refused.heading")
    return words.first(f"estimand.{fields(row)['method']}", "estimand.generic")


def _row(name: str, row: Row, words: Words) -> dict[str, Any]:
    if isinstance(row, MethodRefused):
        return {"what": name, "estimate": _refused(row, words), "interval": "", "p_value": None}
    return {
        "what": name,
        "estimate": estimate_text(row, words),
        "interval": interval_text(row, words),
        "p_value": fields(row)["p_value"],
    }


def _refused(refused: MethodRefused, words: Words) -> str:
    return words.first(f"refused.{refused.code}", "refused.generic", code=refused.code)


def _interval_heading(levels: set[float], words: Words) -> str:
    if len(levels) != 1:
        return words("table.interval")
    return words("table.interval_level", level=words.percent(levels.pop(), decimals=0))
