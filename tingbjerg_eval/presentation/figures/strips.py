"""Drawings by hand: one strip a target, bars, and problems from several sources beside each other.

Written as SVG by hand: seven of them cost less than one drawn figure, and each coordinate is
snapped to the whole per cent or tenth of a point that the row says in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import escape

WIDTH, HEIGHT, MIDDLE = 200.0, 30.0, 14.0
MARGIN = 4.0
INK, GREY, BAND, GRID = "#1b1f23", "#4b535b", "#d3d9df", "#e3e7ea"
GOOD, BAD = "#0b4f82", "#a63a00"
LETTER = 7.0
"""The most a letter of a bar's label takes."""
REACHES = (10, 20, 40, 60, 100, 200)
"""How far an axis may reach to both sides."""
WHOLE, LEFT, HEAD, ROW = 736, 176.0, 40.0, 22.0
FIELD, TEXT = 96.0, 92.0
"""Room of a column's drawing, and of the figures written after it."""
FONT = 'font-family="Source Sans Pro, sans-serif"'


@dataclass(frozen=True, kw_only=True)
class Strip:
    """What one picture shows, as changes since before; ``nan`` is not drawn.

    ``plan`` is where the line to the goal is today, ``since`` where the figure was last time.
    ``good`` says whether the change went the good way, or nowhere; ``moved`` whether the
    neighbours' interval lies on one side.
    """

    value: float = math.nan
    goal: float = math.nan
    expected: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    neighbours: float = math.nan
    plan: float = math.nan
    since: float = math.nan
    moved: bool = False
    good: bool = True
    hidden: bool = False


def reach(strips: list[Strip]) -> int:
    """The axis on which the observed changes and the goals have room."""
    most = max((abs(v) for s in strips for v in (s.value, s.goal) if math.isfinite(v)), default=0)
    return next((limit for limit in REACHES if most <= 0.97 * limit), REACHES[-1])


def strip(shown: Strip, limit: int) -> str:
    """The picture as SVG; what lies beyond ``limit`` ends at the edge."""
    parts = [
        _line(_at(tick, limit), 0, HEIGHT, GRID, 0.7)
        for tick in (-limit, -limit / 2, limit / 2, limit)
    ]
    if shown.hidden:
        parts.append(_hatched(limit))
    parts += [
        *_band(shown, limit),
        _line(_at(0, limit), 0, HEIGHT, INK, 0.9),
        *_goal(shown, limit),
        *_plan(shown, limit),
        *_moved_line(shown, limit),
        *_neighbours(shown, limit),
    ]
    return _svg(WIDTH, HEIGHT, parts)


def axis(limit: int, labels: dict[float, str]) -> str:
    """The scale above the pictures."""
    texts = [
        f'<text x="{_at(tick, limit):.1f}" y="12" font-size="14" '
        f'text-anchor="middle" font-family="Source Sans Pro, sans-serif" '
        f'fill="{GREY}">{text}</text>'
        for tick, text in labels.items()
    ]
    return _svg(WIDTH, 16.0, texts)


def _at(value: float, limit: int) -> float:
    inside = max(-limit, min(limit, value))
    return WIDTH / 2 + inside / limit * (WIDTH / 2 - MARGIN)


def _svg(width: float, height: float, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}">{"".join(parts)}</svg>'
    )


def _line(x: float, top: float, bottom: float, colour: str, width: float) -> str:
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}" '
        f'stroke="{colour}" stroke-width="{width}"/>'
    )


def _hatched(limit: int) -> str:
    left, right = _at(-limit, limit), _at(limit, limit)
    return "".join(
        f'<line x1="{x:.1f}" x2="{x + 6:.1f}" y1="21" y2="7" stroke="{GREY}" stroke-width="0.8"/>'
        for x in range(int(left), int(right) - 6, 7)
    )


def _band(shown: Strip, limit: int) -> list[str]:
    if not (math.isfinite(shown.lower) and math.isfinite(shown.upper)):
        return []
    left, right = _at(shown.lower, limit), _at(shown.upper, limit)
    return [
        f'<rect x="{left:.1f}" y="7" width="{right - left:.1f}" height="14" fill="{BAND}"/>',
        _line(_at(shown.expected, limit), 7, 21, "#7d868e", 1.3),
    ]


def _goal(shown: Strip, limit: int) -> list[str]:
    if not math.isfinite(shown.goal):
        return []
    x = _at(shown.goal, limit)
    head = f'<path d="M{x - 3.6:.1f} 0h7.2l-3.6 4.6z" fill="{INK}"/>'
    return [_line(x, 1, HEIGHT - 1, INK, 2.2), head]


def _plan(shown: Strip, limit: int) -> list[str]:
    if not math.isfinite(shown.plan):
        return []
    x = _at(shown.plan, limit)
    return [f'<line x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="24" stroke="{INK}" stroke-width="1.6" '
            f'stroke-dasharray="2.5 2"/>']  # fmt: skip


def _moved_line(shown: Strip, limit: int) -> list[str]:
    if not math.isfinite(shown.value):
        return []
    colour = GOOD if shown.good else BAD
    start, end = _at(0, limit), _at(shown.value, limit)
    shaft = (
        f'<line x1="{start:.1f}" x2="{end:.1f}" y1="{MIDDLE}" y2="{MIDDLE}" '
        f'stroke="{colour}" stroke-width="2.2"/>'
    )
    opened = _at(shown.since, limit) if math.isfinite(shown.since) else start
    before = (
        f'<circle cx="{opened:.1f}" cy="{MIDDLE}" r="3.2" fill="#fff" stroke="{colour}" '
        f'stroke-width="1.5"/>'
    )
    if abs(shown.value) > limit:
        tip = 6.0 if shown.value > 0 else -6.0
        after = f'<path d="M{end:.1f} {MIDDLE}l{-tip:.1f} -5v10z" fill="{colour}"/>'
    else:
        after = (
            f'<circle cx="{end:.1f}" cy="{MIDDLE}" r="4.4" fill="{colour}" stroke="#fff" '
            f'stroke-width="0.8"/>'
        )
    return [shaft, before, after]


def _neighbours(shown: Strip, limit: int) -> list[str]:
    if not math.isfinite(shown.neighbours):
        return []
    x, fill = _at(shown.neighbours, limit), INK if shown.moved else "#fff"
    return [
        f'<path d="M{x:.1f} 18.6l4.4 4.4-4.4 4.4-4.4-4.4z" fill="{fill}" stroke="{INK}" '
        f'stroke-width="1.1"/>'
    ]


@dataclass(frozen=True)
class Part:
    """An amount in a bar, and what is written in it where it has room."""

    amount: float
    filled: bool
    label: str


def bar(parts: list[Part]) -> str:
    """A bar of amounts side by side."""
    whole = sum(part.amount for part in parts) or 1.0
    width, x, drawn = 640.0, 0.0, []
    for part in parts:
        span = part.amount / whole * width
        look = f'fill="{GOOD}"' if part.filled else f'fill="#fff" stroke="{GREY}"'
        drawn.append(f'<rect x="{x + 0.5:.1f}" y="0.5" width="{max(span - 1, 0):.1f}" '
                     f'height="17" {look}/>')  # fmt: skip
        if span > LETTER * len(part.label):
            drawn.append(f'<text x="{x + 6:.1f}" y="13" font-size="11" font-family='
                         f'"Source Sans Pro, sans-serif" fill="{"#fff" if part.filled else INK}">'
                         f'{escape(part.label)}</text>')  # fmt: skip
        x += span
    return _svg(width, 18, drawn)


def quarter_bars(delivered: list[float], wanted: list[float], years: dict[int, str]) -> str:
    """A bar a quarter up to what was delivered, open where that is less than the mark above it.

    ``nan`` is a quarter without a return and has no bar; ``years`` names some of the quarters.
    """
    height, base = 64.0, 50.0
    most = max([v for v in (*delivered, *wanted) if math.isfinite(v)], default=1.0) or 1.0
    step = min(320.0 / max(len(wanted), 1), 27.0)
    parts = [f'<line x1="0" x2="{step * len(wanted):.1f}" y1="{base}" y2="{base}" '
             f'stroke="{GREY}" stroke-width="0.8"/>']  # fmt: skip
    for at, (came, asked) in enumerate(zip(delivered, wanted, strict=True)):
        parts += _quarter_bar(at * step, step, came / most, asked / most, base)
    for at, text in years.items():
        parts.append(f'<text x="{at * step + 1:.1f}" y="61" font-size="9.5" font-family='
                     f'"Source Sans Pro, sans-serif" fill="{GREY}">{text}</text>')  # fmt: skip
    return _svg(330, height, parts)


def _quarter_bar(x: float, step: float, came: float, asked: float, base: float) -> list[str]:
    parts, tall = [], 44.0
    if math.isfinite(came):
        look = f'fill="{GOOD}"' if came >= asked - 1e-9 else f'fill="#fff" stroke="{BAD}"'
        parts.append(f'<rect x="{x + 3:.1f}" y="{base - tall * came:.1f}" width="{step - 6:.1f}" '
                     f'height="{tall * came:.1f}" {look} stroke-width="1.3"/>')  # fmt: skip
    if asked > 0:
        y = base - tall * asked
        parts.append(f'<line x1="{x + 0.8:.1f}" x2="{x + step - 0.8:.1f}" y1="{y:.1f}" '
                     f'y2="{y:.1f}" stroke="{INK}" stroke-width="1.8"/>')  # fmt: skip
    return parts


@dataclass(frozen=True)
class Source:
    """A column: its two lines of heading, and each row's value, others' value, and text."""

    name: str
    unit: str
    values: Sequence[float]
    others: Sequence[float]
    texts: Sequence[str]


def sources(themes: Sequence[str], columns: Sequence[Source]) -> tuple[str, tuple[float, float]]:
    """The figure as SVG, and its width and height in inches.

    A row a theme, a column a source. The sources have no scale in common, so each column has its
    own from nought, and what a source does not say is written as a dash.

    A source with others beside it has a dot of its own and an open one for theirs; one without
    has a bar.
    """
    height = HEAD + ROW * len(themes) + 4
    parts = [part for at, theme in enumerate(themes) for part in _theme(theme, _middle(at))]
    for at, column in enumerate(columns):
        left = LEFT + at * (FIELD + TEXT)
        parts += [_text(left, 13, column.name, INK, weight=600), _text(left, 29, column.unit, GREY)]
        parts += _column(column, left)
    return _svg(WHOLE, height, parts), (WHOLE / 96, height / 96)


def _middle(row: int) -> float:
    return HEAD + ROW * (row + 0.5)


def _theme(theme: str, y: float) -> Iterator[str]:
    yield (f'<line x1="0" x2="{WHOLE}" y1="{y - ROW / 2:.1f}" y2="{y - ROW / 2:.1f}" '
           f'stroke="#d5dbe1" stroke-width="0.8"/>')  # fmt: skip
    yield _text(0, y + 4.5, theme, INK)


def _column(column: Source, left: float) -> Iterator[str]:
    most = max((v for v in (*column.values, *column.others) if math.isfinite(v)), default=1) or 1
    rows = zip(column.values, column.others, column.texts, strict=True)
    for row, (value, other, text) in enumerate(rows):
        y, end, far = _middle(row), left, left
        if math.isfinite(value):
            end = left + FIELD * value / most
            far = left + FIELD * max(value, other if math.isfinite(other) else 0) / most + 7
            yield from _dots(left, end, left + FIELD * other / most, y)
        yield _text(far, y + 4.5, text, INK if math.isfinite(value) else GREY)


def _dots(left: float, own: float, others: float, y: float) -> Iterator[str]:
    if not math.isfinite(others):
        yield (f'<rect x="{left:.1f}" y="{y - 5.5:.1f}" width="{own - left:.1f}" height="11" '
               f'fill="{GOOD}"/>')  # fmt: skip
        return
    yield (f'<line x1="{left:.1f}" x2="{max(own, others):.1f}" y1="{y:.1f}" y2="{y:.1f}" '
           f'stroke="#b9c1c8" stroke-width="1"/>')  # fmt: skip
    yield f'<circle cx="{own:.1f}" cy="{y:.1f}" r="4.6" fill="{GOOD}"/>'
    yield (f'<circle cx="{others:.1f}" cy="{y:.1f}" r="4.2" fill="#fff" fill-opacity="0.6" '
           f'stroke="{INK}" stroke-width="1.5"/>')  # fmt: skip


def _text(x: float, y: float, said: str, colour: str, *, weight: int = 400) -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" font-weight="{weight}" {FONT} '
            f'fill="{colour}">{escape(said)}</text>')  # fmt: skip
