"""Alternative texts, made from the very points that are drawn."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tingbjerg_eval.presentation.figures.series import Series, comparison_mean
from tingbjerg_eval.presentation.words.estimates import estimate_text, interval_text, value_text
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.study.design import Design, Window, times


def trend(of: Series, design: Design, words: Words, *, goal: float | None = None) -> str:
    """What a trend figure shows: the treated area's ends and means, the others' means, the goal."""
    own = of.of(design.treated)
    said = own[own["value"].notna()]
    hidden = int(own["hidden"].sum())
    if said.empty:
        return words("alt.trend_withheld" if hidden else "alt.none", area=design.treated)
    parts = [_course(said, of, design, words)]
    if of.is_share:
        parts += _comparison_ends(of, design, words)
    else:
        parts += _means(own, of, design, words)
    if hidden:
        parts.append(words("alt.trend_hidden", count=words.number(hidden)))
    if goal is not None:
        parts.append(words("alt.trend_goal", goal=unit_text(goal, of.unit, words)))
    return " ".join(parts)


def unit_text(value: float, unit: str, words: Words) -> str:
    """A value in the unit of a series."""
    if unit == "share":
        return words.percent(value)
    return words.number(value, decimals={"rate": 1, "index": 0, "count": 0}[unit])


def _course(said: pd.DataFrame, of: Series, design: Design, words: Words) -> str:
    """From where to where the treated area's figures went; one figure went nowhere."""
    if len(said) > 1:
        return words("alt.trend", area=design.treated, **_ends(said, of, words))
    only, of_kind = said.iloc[0], "share" if of.is_share else "count"
    return words(
        f"alt.trend_one_{of_kind}", area=design.treated, time=words.time(only["time"]),
        value=unit_text(only["value"], of.unit, words),
    )  # fmt: skip


def _ends(said: pd.DataFrame, of: Series, words: Words) -> dict[str, str]:
    told: dict[str, str] = {}
    for name, row in (("first", said.iloc[0]), ("last", said.iloc[-1])):
        told |= {f"{name}_value": unit_text(row["value"], of.unit, words),
                 f"{name}_time": words.time(row["time"])}  # fmt: skip
    return told


def _means(own: pd.DataFrame, of: Series, design: Design, words: Words) -> list[str]:
    treated = _window_means(own, design)
    others = _window_means(comparison_mean(of, design), design)
    windows = {f"{name}_window": words.window(_drawn(own, getattr(design, name)))
               for name in ("baseline", "period")}  # fmt: skip
    return [
        words(key, **windows, **{name: unit_text(v, of.unit, words) for name, v in told.items()})
        for key, told in (("alt.trend_means", treated), ("alt.trend_comparison", others)) if told
    ]  # fmt: skip


def _drawn(points: pd.DataFrame, window: Window) -> Window:
    """The part of ``window`` that is drawn: a report of an early quarter ends before the plan."""
    inside = [time for time in times(window) if time in set(points["time"])]
    return (inside[0], inside[-1]) if inside else window


def _window_means(points: pd.DataFrame, design: Design) -> dict[str, float]:
    means = {
        name: float(points.loc[points["time"].isin(times(window)), "value"].mean(skipna=False))
        for name, window in (("baseline", design.baseline), ("period", design.period))
    }
    return {} if any(pd.isna(mean) for mean in means.values()) else means


def _comparison_ends(of: Series, design: Design, words: Words) -> list[str]:
    said = comparison_mean(of, design).dropna()
    if said.empty:
        return []
    one = "" if len(said) > 1 else "_one"
    return [words(f"alt.shares_comparison{one}", **_ends(said, of, words))]


def intervals(rows: pd.DataFrame, words: Words) -> str:
    """Every result of an interval figure in words."""
    parts = [words("alt.intervals", count=words.number(len(rows)))]
    for row in rows.to_dict("records"):
        said = {"label": row["label"], "estimate": estimate_text(row, words)}
        interval = interval_text(row, words)
        key = "alt.interval_one" if interval else "alt.interval_one_bare"
        parts.append(words(key, **said, **({"interval": interval} if interval else {})))
    return " ".join(parts)


def dots(key: str, rows: pd.DataFrame, treated: str, scale: str, words: Words) -> str:
    """The treated area's dot and the span of the others (placebo areas, area changes)."""
    others = rows.loc[rows["area"] != treated, "value"].dropna()
    own = rows.loc[rows["area"] == treated, "value"]
    if others.empty or own.empty:
        return words("alt.none")
    fields = {
        "area": treated,
        "value": value_text(own.iloc[0], scale, words),
        "lowest": value_text(others.min(), scale, words),
        "highest": value_text(others.max(), scale, words),
    }
    if key == "alt.placebo":
        rank = rows.loc[rows["area"] == treated, "rank"].iloc[0]
        places = {"count": len(rows) - 1, "rank": rank, "total": len(rows)}
        fields |= {name: words.number(place) for name, place in places.items()}
    return words(key, **fields)


def hidden_note(of: Series, areas: Sequence[str], words: Words) -> tuple[str, ...]:
    """How hidden figures are marked, where there are any."""
    return (words("hidden.marker"),) if of.of(*areas)["hidden"].any() else ()


def small_multiples(of: Series, areas: list[str], words: Words) -> str:
    """The ends of every area's line."""
    parts = [words("alt.small_multiples", count=words.number(len(areas)))]
    for area in areas:
        said = of.of(area).dropna(subset="value")
        if not said.empty:
            parts.append(words("alt.small_multiples_one", area=area, **_ends(said, of, words)))
    return " ".join(parts)
