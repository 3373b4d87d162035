"""From problems to targets: three sources side by side."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd

from tingbjerg_eval.presentation.blocks.display import Block, Bullets, Prose, Table
from tingbjerg_eval.presentation.blocks.tables import Column
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
    columns = {
        "theme": Column(),
        "mentions": Column(words("problems.mentions"), "number"),
        "share": Column(words("problems.share"), "percent"),
        "share_comparison": Column(words("problems.share_comparison"), "percent"),
        "rate": Column(words("problems.rate"), "rate"),
        "rate_comparison": Column(words("problems.rate_comparison"), "rate"),
    }
    columns = {name: one for name, one in columns.items() if rows[name].notna().any()}
    order = words("problems.heard" if "mentions" in columns else "problems.unheard")
    notes = [f"{order} {words('problems.note')}"]
    caption = words("problems.caption_now" if report.quarter else "problems.caption")
    return Table(rows, caption, columns, notes=notes,
                 name="problems", look="compact", words=words)  # fmt: skip


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
    shown, others = report.publication.shown_shares(indicator), report.study.shares(indicator)
    own = shown[(shown["area"] == treated) & (shown["status"] == "shown")]
    return pd.concat([own, others[others["area"] != treated]], ignore_index=True)


def _heard(report: Report, mentions: pd.DataFrame | None) -> pd.DataFrame | None:
    """What is told of the consultation, as if it had all been heard before the effort."""
    if mentions is None:
        return None
    before = report.study.settings.periods.baseline[1]
    return mentions.dropna(subset="mentions").assign(quarter=before, source="")
