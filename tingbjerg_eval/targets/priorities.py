"""From problems to targets: what residents, the survey and the police point at, theme by theme."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal

import pandas as pd

from tingbjerg_eval.inputs.calls import checked
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.stats.cells import read_cells
from tingbjerg_eval.stats.refusal import MethodRefused

if TYPE_CHECKING:
    from tingbjerg_eval.study.design import Design
    from tingbjerg_eval.study.settings import StudySettings
    from tingbjerg_eval.study.strategy import Strategy, Target

Measured = Literal["count", "share"]

RANKS = ("rank_mentions", "rank_share", "rank_rate")
COLUMNS = [
    "theme", "mentions", "rank_mentions", "share_indicator", "share", "share_comparison",
    "rank_share", "count_indicator", "rate", "rate_comparison", "rank_rate", "best_rank",
    "action_areas", "measures", "targets", "answered",
]  # fmt: skip


@checked
def rank_problems(
    settings: StudySettings,
    strategy: Strategy,
    *,
    panels: Mapping[str, pd.DataFrame] | None = None,
    shares: Mapping[str, pd.DataFrame] | None = None,
    consultation: pd.DataFrame | None = None,
    until: str | None = None,
) -> pd.DataFrame:
    """The state before the effort, one row per theme, three sources side by side.

    Each source ranks the themes by itself (1 = largest, equal figures share a rank); there is no
    sum of ranks, since mentions, shares and reports are not one scale. Rows stand in order of
    the best rank, then of mentions, then of the theme's name.

    Parameters
    ----------
    settings
        The study's settings (``study.settings``).
    strategy
        The strategy, whose action areas answer themes.
    panels, shares
        Panel and shares table of each indicator; the treated area's figures over the baseline.
    consultation
        ``quarter, source, theme, area, mentions``; the treated area's mentions.
    until
        The last quarter whose consultation counts; the end of the baseline when not given.

    Returns
    -------
    DataFrame
        ``theme, mentions, rank_mentions, share_indicator, share`` (percent),
        ``share_comparison`` (mean of the comparison areas), ``rank_share, count_indicator, rate``
        (reports per 1,000 inhabitants and year), ``rate_comparison, rank_rate, best_rank,
        action_areas, measures, targets`` (names of those that answer the theme), ``answered``
        (``target``, ``measure`` only, ``action area`` only, or ``nothing``). Where a theme has
        several indicators of one kind the one with the highest figure stands for it; of a share
        whose good is more, those who do not have it count. No rows where the study names no theme.

    Examples
    --------
    >>> told = study.tables.consultation
    >>> ranks = te.rank_problems(study.settings, study.strategy, consultation=told)
    >>> ranks.columns[:3].tolist()
    ['theme', 'mentions', 'rank_mentions']
    """
    themes = _themes(settings, strategy, consultation)
    if not themes:
        return pd.DataFrame(columns=COLUMNS)
    rows = pd.DataFrame({"theme": themes})
    rows["mentions"] = _mentions(themes, consultation, settings, until)
    counts = _levels(settings, panels or {}, "count", settings.design())
    answers = _levels(settings, shares or {}, "share", settings.survey_design())
    for kind, column, found in (("share", "share", answers), ("count", "rate", counts)):
        best = [_largest(settings, theme, found) for theme in themes]
        rows[f"{kind}_indicator"] = [name for name, _, _ in best]
        rows[column] = [value for _, value, _ in best]
        rows[f"{column}_comparison"] = [other for _, _, other in best]
    for source in ("mentions", "share", "rate"):
        rows[f"rank_{source}"] = rows[source].rank(method="min", ascending=False)
    rows["best_rank"] = rows[list(RANKS)].min(axis=1)
    answered = pd.DataFrame([_answers(settings, strategy, theme) for theme in themes])
    rows = pd.concat([rows, answered], axis=1)[COLUMNS]
    order = ["best_rank", "mentions", "theme"]
    return rows.sort_values(order, ascending=[True, False, True], ignore_index=True)


def unanswered_themes(problems: pd.DataFrame) -> pd.DataFrame:
    """The rows of :func:`rank_problems` that no target answers, largest first."""
    return problems[problems["answered"] != "target"].reset_index(drop=True)


def _themes(
    settings: StudySettings, strategy: Strategy, consultation: pd.DataFrame | None
) -> list[str]:
    themes = [one.theme for one in settings.indicators.values() if one.theme]
    themes += [theme for area in strategy.action_areas.values() for theme in area.themes]
    if consultation is not None:
        themes += consultation["theme"].tolist()
    return sorted(set(themes))


def _mentions(
    themes: Iterable[str],
    consultation: pd.DataFrame | None,
    settings: StudySettings,
    until: str | None,
) -> list[float]:
    if consultation is None:
        return [math.nan for _ in themes]
    last = quarter_number(until or settings.periods.baseline[1])
    heard = consultation[
        (consultation["quarter"].map(quarter_number) <= last)
        & consultation["area"].isin(settings.areas.with_effort)
    ]
    sums = heard.groupby("theme")["mentions"].sum()
    return [float(sums.get(theme, 0)) for theme in themes]


def _levels(
    settings: StudySettings,
    tables: Mapping[str, pd.DataFrame],
    kind: Measured,
    design: Design | None,
) -> dict[str, tuple[float, float]]:
    """The treated area's and the comparison areas' mean level of a problem before, by indicator.

    Where more is better a share tells of the rest, those who do not have it; reports tell of
    no problem.
    """
    found = {}
    for name, indicator in settings.indicators_of(kind).items():
        good = indicator.good == "higher"
        if name in tables and design is not None and not (good and kind == "count"):
            own = _level(tables[name], design, design.treated)
            levels = [_level(tables[name], design, area) for area in design.comparison]
            known = [one for one in levels if not math.isnan(one)]
            others = sum(known) / len(known) if known else math.nan
            found[name] = (100 - own, 100 - others) if good else (own, others)
    return found


def _level(table: pd.DataFrame, design: Design, area: str) -> float:
    try:
        cells = read_cells(table, design, areas=(area,), windows=[design.baseline])
    except MethodRefused:
        return math.nan
    if design.in_quarters:
        return float(4000 * cells["count"].sum() / cells["population"].sum())
    return 100 * float(cells["share"].mean()) if cells["share"].size else math.nan


def _largest(
    settings: StudySettings, theme: str, levels: Mapping[str, tuple[float, float]]
) -> tuple[str, float, float]:
    of_theme = [
        (value, name, other) for name, (value, other) in levels.items()
        if settings.indicators[name].theme == theme and not math.isnan(value)
    ]  # fmt: skip
    if not of_theme:
        return "", math.nan, math.nan
    value, name, other = max(of_theme)
    return name, value, other


def _answers(settings: StudySettings, strategy: Strategy, theme: str) -> dict[str, str]:
    areas = [name for name, area in strategy.action_areas.items() if theme in area.themes]
    measures = [name for name, one in strategy.measures.items() if one.action_area in areas]
    targets = [
        name for name, one in strategy.targets.items()
        if theme in _themes_of(one, settings, strategy)
    ]  # fmt: skip
    answered = "target" if targets else "measure" if measures else "action area"
    return {
        "action_areas": ", ".join(areas),
        "measures": ", ".join(measures),
        "targets": ", ".join(targets),
        "answered": answered if areas or targets else "nothing",
    }


def _themes_of(target: Target, settings: StudySettings, strategy: Strategy) -> list[str]:
    """An indicator answers its own theme; a delivery those of its action area without one.

    In an action area whose themes are measured, a delivery alone is no answer to a theme.
    """
    if target.indicator is not None:
        theme = settings.indicators[target.indicator].theme
        return [theme] if theme else []
    measured = {one.theme for one in settings.indicators.values()}
    return [t for t in strategy.action_areas[target.action_area].themes if t not in measured]
