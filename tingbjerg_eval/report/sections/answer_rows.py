"""The picture of the first page: one row a main target, and one bar for the money."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from tingbjerg_eval.presentation.blocks.display import Block, Prose
from tingbjerg_eval.presentation.blocks.rows import Bar, Row, Rows, Sign
from tingbjerg_eval.presentation.figures import strips
from tingbjerg_eval.presentation.words.estimates import RATIO, value_text
from tingbjerg_eval.presentation.words.numbers import MISSING, is_missing
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.sections.first_page import FirstPage, MainTarget
from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.study.design import Window
from tingbjerg_eval.study.kinds import KINDS
from tingbjerg_eval.targets.expected import change_of

PUBLISHED = ("target", "responsible", "before", "after", "change", "goal", "expected",
             "expected_lower", "expected_upper", "met", "certain", "effect")  # fmt: skip
LEVELS = ("before", "after")
CHANGES = ("change", "expected", "expected_lower", "expected_upper")
HEADINGS = ("target", "moved", "scale", "met", "certain", "effect")
MET_SIGNS = {"yes": ("good", "✓"), "no": ("bad", "×")}
LEFT_NAMED = 3
"""Measures whose unspent money is named under the bar."""


def target_rows(page: FirstPage) -> Iterator[Block]:
    """One table for counts and one for shares, each with its own axis; then how to read both."""
    words = page.words
    drawn = {target.result.name: strip_of(page, target) for target in page.targets}
    for counts in (True, False):
        targets = [target for target in page.targets if target.counts == counts]
        if targets:
            strips_of = [drawn[target.result.name] for target in targets]
            yield _rows(page, targets, strips_of, counts=counts)
    neighbours = any(math.isfinite(strip.neighbours) for strip in drawn.values())
    legend = "legend_neighbours" if neighbours else "legend"
    areas = words.number(len(page.report.study.design.comparison))
    level = words.percent(page.report.study.level, decimals=0)
    said = words(f"rows.{legend}", level=level)
    yield Prose(f"{said} {words('rows.note', areas=areas)}", "note")


def _rows(
    page: FirstPage, targets: Sequence[MainTarget], drawn: list[strips.Strip], *, counts: bool
) -> Rows:
    words, kind = page.words, "count" if counts else "share"
    limit = strips.reach(drawn)
    design = page.report.study.design_of(counts=counts)
    windows = {"before": words.window(design.baseline), "after": words.window(design.period)}
    unit = {"change": f"change_{kind}"}
    return Rows(
        (_row(page, *pair, limit) for pair in zip(targets, drawn, strict=True)),
        words,
        caption=words(f"rows.caption_{kind}", **windows),
        headings=(f"rows.heading.{name}" for name in HEADINGS),
        kind_of=kind,
        limit=limit,
        columns=(
            (name, f"rows.column.{unit.get(name, name)}", _decimals(name, counts=counts))
            for name in PUBLISHED
        ),
        name=f"main-targets-{kind}s",
    )


def _decimals(column: str, *, counts: bool) -> int | None:
    """How a column's figures are written in the tables' files: as the page writes them."""
    if column in LEVELS:
        return 1
    return (0 if counts else 1) if column in CHANGES else None


def strip_of(page: FirstPage, target: MainTarget) -> strips.Strip:
    """The numbers of a target's drawing, snapped to what the row says in words."""
    verdict, change = target.verdict, change_of(target.verdict, counts=target.counts)
    neighbours = page.neighbours(target)
    numbers = vars(change) | {
        "goal": goal_change(target),
        "neighbours": _next_door(target) if neighbours else math.nan,
    }
    return strips.Strip(
        **{name: snap(value, counts=target.counts) for name, value in numbers.items()},
        moved=neighbours is not None and not neighbours.lower <= 1 <= neighbours.upper,
        good=verdict.met == "yes"
        or (change.value <= 0 if verdict.good == "lower" else change.value >= 0),
        hidden=verdict.met != "no data" and is_missing(verdict.latest),
    )


def snap(value: float, *, counts: bool) -> float:
    """A change as its row says it: whole per cent of counts, tenths of a point of shares."""
    if not math.isfinite(value):
        return math.nan
    return float(round(value)) if counts else round(value, 1)


def goal_change(target: MainTarget) -> float:
    """The goal as a change since before; ``nan`` where its kind is no such change."""
    verdict = target.verdict
    kind = KINDS[verdict.kind]
    return kind.change(verdict.goal, verdict.baseline, counts=target.counts, good=verdict.good)


def _next_door(target: MainTarget) -> float:
    """The adjacent areas' own change, in per cent of their rate before."""
    design = target.result.own_design
    areas = (*design.adjacent, *design.comparison)
    changes = area_changes(target.result.data, design, areas=areas).frame()
    changes = changes[changes["area"].isin(design.adjacent)]
    weights = 1 / changes["variance"]
    return 100 * (math.exp(float((changes["change"] * weights).sum() / weights.sum())) - 1)


def _row(page: FirstPage, target: MainTarget, drawn: strips.Strip, limit: int) -> Row:
    words, verdict = page.words, target.verdict
    goal = target.goal(words)
    planned = page.report.study.design_of(counts=target.counts).period
    figures, spoken = (_figures(target, words, planned, form) for form in ("figures", "alt"))
    change = "" if is_missing(drawn.value) else _told(drawn.value, target, words)
    about = words("rows.about", goal=goal, party=target.party)
    return Row(
        name=target.name, about=about, figures=figures, change=change,
        svg=strips.strip(drawn, limit),
        alt=_alt(page, target, drawn, spoken, change, goal),
        signs=tuple(sign for _, sign in signs(target, words)),
        published=(
            target.name, target.party, kept(verdict.baseline), kept(verdict.latest),
            kept(drawn.value), goal, kept(drawn.expected), kept(drawn.lower),
            kept(drawn.upper), verdict.met, verdict.certain, verdict.effect,
        ),
    )  # fmt: skip


def kept(value: float) -> float | None:
    """A figure as the tables' files keep it."""
    return None if is_missing(value) else round(float(value), 1) + 0.0


def _figures(target: MainTarget, words: Words, planned: Window, form: str) -> str:
    """Before and after; with its own window where that is not the one in the caption."""
    verdict = target.verdict
    if is_missing(verdict.latest) or is_missing(verdict.baseline):
        hidden = verdict.reason in ("hidden-count", "hidden-secondary")
        return words("rows.hidden" if hidden else "rows.no_figures")
    before, after = (
        words.number(value, decimals=1) for value in (verdict.baseline, verdict.latest)
    )
    kind = "count" if target.counts else "share"
    said = words(f"rows.{form}_{kind}", before=before, after=after)
    window = verdict.window
    return f"{said} ({words.window(window)})" if window and window != planned else said


def _told(value: float, target: MainTarget, words: Words) -> str:
    """A change in words, points by their short name."""
    if target.counts:
        return value_text(1 + value / 100, RATIO, words)
    size = words.number(abs(value), decimals=1)
    if not float(round(value, 1)):
        return words("change.same")
    return words(f"rows.points_{'lower' if value < 0 else 'higher'}", points=size)


def signs(target: MainTarget, words: Words) -> tuple[tuple[str, Sign], ...]:
    """The three questions with the target's answers."""
    verdict = target.verdict
    look, icon = MET_SIGNS.get(verdict.met, ("unknown", "?"))
    sure = "sure" if verdict.certain == "yes" else "unknown"
    certain = {"text": words(f"rows.certain.{verdict.certain}"), "look": sure,
               "icon": {"yes": "◆", "no": "◌"}.get(verdict.certain, "")}  # fmt: skip
    made = {
        "met": Sign(text=words(f"rows.met.{verdict.met.replace(' ', '_')}"), look=look, icon=icon),
        "certain": Sign(**certain),
        "effect": _effect(target, words),
    }
    return tuple((words(f"rows.heading.{name}"), sign) for name, sign in made.items())


def _effect(target: MainTarget, words: Words) -> Sign:
    verdict = target.verdict
    if verdict.better in ("better", "worse"):
        fewer = verdict.effect_value < (1 if target.counts else 0)
        small = _told(_as_change(verdict.effect_value, target), target, words)
        look, icon = ("good" if verdict.better == "better" else "bad"), "▼" if fewer else "△"
        return Sign(text=words(f"rows.effect.{verdict.better}"), look=look, icon=icon, small=small)
    small = words("prospect.unattainable") if verdict.smallest_from else ""
    if not is_missing(verdict.smallest_shown):
        smallest = _told(_as_change(verdict.smallest_shown, target), target, words)
        small = words("rows.shown_from", smallest=smallest)
    return Sign(text=words("rows.effect.undecided"), look="unknown", icon="?", small=small)


def _alt(page: FirstPage, target: MainTarget, drawn: strips.Strip, figures: str, change: str,
         goal: str) -> str:  # fmt: skip
    """What the drawing shows, from the drawn values."""
    words = page.words
    said = [
        words("rows.alt", name=target.name, figures=figures, change=change or MISSING, goal=goal)
    ]
    if math.isfinite(drawn.lower):
        lower, upper = (_told(end, target, words) for end in (drawn.lower, drawn.upper))
        said.append(words("rows.alt_expected", lower=lower, upper=upper))
    if math.isfinite(drawn.neighbours):
        said.append(words("rows.alt_neighbours", change=_told(drawn.neighbours, target, words)))
    return " ".join(said)


def _as_change(value: float, target: MainTarget) -> float:
    """An estimate as a change: per cent of a rate, or points as they are."""
    return 100 * (value - 1) if target.counts else value


def money_bar(page: FirstPage) -> Iterator[Block]:
    """Spent and left, and what the unspent money was meant for."""
    words, total = page.words, page.money
    if total is None:
        return
    spent, left, frame = (float(total[key]) for key in ("spent_dkk", "left_dkk", "frame_dkk"))
    amounts = {"spent": spent, "left": abs(left), "frame": frame}
    said = {key: words.money(amount, short=True) for key, amount in amounts.items()}
    alt = words("rows.bar_over" if left < 0 else "rows.bar", **said)
    parts = [
        strips.Part(spent, True, words("rows.bar_spent", **said)),
        strips.Part(max(left, 0.0), False, words("rows.bar_left", **said)),
    ]
    yield Bar(strips.bar(parts), alt, _unspent(page, left))


def _unspent(page: FirstPage, left: float) -> str:
    """Where the unspent money was budgeted, the largest first."""
    words, rows = page.words, page.measures
    rows = rows.assign(left_dkk=rows["budget_dkk"] - rows["spent_dkk"])
    rows = rows[rows["left_dkk"] > 0].sort_values("left_dkk", ascending=False, kind="stable")
    if left <= 0 or rows.empty:
        return ""
    named = [_left(row, words) for _, row in rows.head(LEFT_NAMED).iterrows()]
    return words("rows.unspent", measures=words.listed(named))


def _left(row: pd.Series, words: Words) -> str:
    amount = words.money(float(row["left_dkk"]))
    share = row["share_delivered"]
    if is_missing(share):
        return words("rows.left", title=row["title"], amount=amount)
    delivered = words.percent(min(share, 1.0), decimals=0)
    return words("rows.left_delivered", title=row["title"], amount=amount, delivered=delivered)
