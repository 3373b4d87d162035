"""From problems to targets: three sources side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import cast

import numpy as np
import pandas as pd

from tingbjerg_eval.presentation.blocks.display import Block, Bullets, Prose
from tingbjerg_eval.presentation.blocks.pictures import Drawn
from tingbjerg_eval.presentation.blocks.tables import Column, Table
from tingbjerg_eval.presentation.figures.strips import Source, sources
from tingbjerg_eval.presentation.words.numbers import is_missing
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.report import Report
from tingbjerg_eval.targets.priorities import rank_problems
from tingbjerg_eval.targets.priorities import unanswered_themes as unanswered


def problems(report: Report) -> Block:
    """Themes by what residents raise, what the survey shows and what is reported."""
    words = report.words
    found = ranked(report).sort_values("mentions", ascending=False, kind="stable")
    if found.empty:
        return Prose(words("problems.no_themes"))
    rows = found.assign(
        share=found["share"] / 100, share_comparison=found["share_comparison"] / 100
    )
    kinds = {"mentions": "number", "share": "percent", "share_comparison": "percent",
             "rate": "rate", "rate_comparison": "rate"}  # fmt: skip
    columns = {"theme": Column("table.theme")} | {
        name: Column(f"problems.{name}", kind)
        for name, kind in kinds.items() if rows[name].notna().any()
    }  # fmt: skip
    order = words("problems.heard" if "mentions" in columns else "problems.unheard")
    notes = [f"{order} {words('problems.note')}"]
    caption = words("problems.caption_now" if report.quarter else "problems.caption")
    table = report.table(rows, caption, columns, name="problems", notes=notes)
    return _figure(found, columns, table, words) if report.kind == "baseline" else table


def _figure(
    found: pd.DataFrame, columns: Mapping[str, Column], table: Table, words: Words
) -> Block:
    """The themes of which a source tells, one row each; the others by name."""
    own = [name for name in ("mentions", "share", "rate") if name in columns]
    told = found[own].notna().any(axis=1)
    shown, silent = found[told], found.loc[~told, "theme"]
    drawn = [_source(shown, name, words) for name in own]
    svg, inches = sources(shown["theme"].tolist(), drawn)
    notes = [words("problems.marks"), *table.notes]
    if len(silent):
        notes.append(words("problems.silent", themes=words.listed(list(silent))))
    alt = " ".join(_said(theme, at, drawn, words) for at, theme in enumerate(shown["theme"]))
    return Drawn(svg, inches, alt, table.caption, notes, tables=tuple(table.tables()))


def _source(shown: pd.DataFrame, name: str, words: Words) -> Source:
    write = words.number if name == "mentions" else partial(words.number, decimals=1)
    values = shown[name].tolist()
    others = (shown[f"{name}_comparison"] if name != "mentions" else shown[name] * np.nan).tolist()
    texts = [
        write(value) + ("" if is_missing(other) or is_missing(value) else f" ({write(other)})")
        for value, other in zip(values, others, strict=True)
    ]
    return Source(words(f"problems.source_{name}"), words(f"problems.unit_{name}"),
                  values, others, texts)  # fmt: skip


def _said(theme: str, at: int, drawn: Sequence[Source], words: Words) -> str:
    told = [f"{one.name} {one.texts[at]}" for one in drawn if not is_missing(one.values[at])]
    return words("problems.alt", theme=theme, told="; ".join(told))


def unanswered_themes(report: Report) -> Block:
    """Themes that somebody raises and no target answers."""
    words, rows = report.words, unanswered(ranked(report))
    if rows.empty:
        return Prose(words("problems.all_answered"))
    said = [
        words(f"problems.unanswered_{answered.replace(' ', '_')}", theme=theme)
        for theme, answered in zip(rows["theme"], rows["answered"], strict=True)
    ]
    return Bullets(tuple(said))


def ranked(report: Report) -> pd.DataFrame:
    """The ranking, without what may not be told."""
    study, shown = report.study, report.publication
    mentions = shown.mentions()
    ranking = study.memo.ask(
        rank_problems,
        study.settings,
        study.strategy,
        panels={name: study.panel(name) for name in study.settings.indicators_of("count")},
        shares={name: _told(report, name) for name in study.settings.indicators_of("share")},
        consultation=_heard(report, mentions),
        until=study.until,
    )
    found = cast("pd.DataFrame", ranking)
    hidden = [
        bool(name) and not shown.shown(name, study.design.baseline)
        for name in found["count_indicator"]
    ]
    told = found["mentions"].where(found["mentions"] > 0)
    return found.assign(mentions=told, rate=found["rate"].mask(np.array(hidden, dtype=bool)))


def _told(report: Report, indicator: str) -> pd.DataFrame:
    """The area's own shares as they may be shown, and the others' as estimates rest on them."""
    treated = report.study.design.treated
    others = report.study.shares(indicator)
    return pd.concat(
        [report.answers(indicator), others[others["area"] != treated]], ignore_index=True
    )


def _heard(report: Report, mentions: pd.DataFrame | None) -> pd.DataFrame | None:
    """What is told of the consultation, as if it had all been heard before the effort."""
    if mentions is None:
        return None
    before = report.study.settings.periods.baseline[1]
    return mentions.dropna(subset="mentions").assign(quarter=before, source="")
