"""What finished files tell a reader who measures: lines of text, and drawings with their scales."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

import numpy as np
from openpyxl import load_workbook

from tingbjerg_eval.release.markup import read_markup

DRAWN = 0.0101
"""Coordinates are written with two decimals of a point, the rest cut off."""
FIT = 0.03
"""How far a coordinate that was read off the axis may lie from one that is drawn, in points."""

_BLANKS = re.compile(r"\s+")
_SVG = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
_TEXT = re.compile(r"<text\b([^>]*)>([^<]*)</text>")
_PLACE = re.compile(r'(?<=\s)([xy])="(-?[\d.]+)"')
_USED = re.compile(r"<use\b([^>]*)>")
_PATH = re.compile(r'\bd="([^"]*)"')
_POINT = re.compile(r"(-?\d+(?:\.\d+)?)[ ,](-?\d+(?:\.\d+)?)")
_TICK = re.compile(r"([+−-]?)\s?([\d.,]+)\s?(%?)")

Pairs = np.ndarray


@dataclass(frozen=True)
class Axis:
    """``place = slope * value + start``; ``ratio`` where values are logs of ratios."""

    slope: float
    start: float
    ratio: bool
    places: np.ndarray

    def shows(self, values: np.ndarray) -> bool:
        """Whether every value is drawn somewhere along this axis."""
        wanted = self.slope * values + self.start
        at = np.searchsorted(self.places, wanted).clip(1, len(self.places) - 1)
        near = np.minimum(abs(self.places[at] - wanted), abs(self.places[at - 1] - wanted))
        return bool((near <= FIT).all())


@dataclass(frozen=True)
class Drawing:
    """One drawing: its texts, and every axis that can be read off its ticks."""

    labels: frozenset[str]
    axes: tuple[Axis, ...]


@dataclass(frozen=True)
class Told:
    """Everything that is told: lines with plain blanks, and drawings."""

    lines: tuple[str, ...]
    drawings: tuple[Drawing, ...]

    def says(self, parts: tuple[str, ...]) -> bool:
        """Whether one line holds all ``parts``, none as a piece of a longer number or word."""
        patterns = [_whole(plain(part)) for part in parts]
        return any(all(one.search(line) for one in patterns) for line in self.lines)


def read_told(files: Mapping[str, bytes]) -> Told:
    """The lines and drawings of the HTML pages, CSV files and workbooks among ``files``."""
    lines: dict[str, None] = {}
    drawings: list[Drawing] = []
    for name, data in sorted(files.items()):
        lines |= dict.fromkeys(plain(line) for line in _lines(name, data))
        if name.endswith((".html", ".htm")):
            drawings += [_drawing(base64.b64decode(one)) for one in _SVG.findall(data.decode())]
    return Told(tuple(lines), tuple(drawings))


def plain(text: str) -> str:
    """``text`` with every run of blanks as one plain blank."""
    return _BLANKS.sub(" ", text).strip()


def _lines(name: str, data: bytes) -> Iterator[str]:
    if name.endswith((".html", ".htm")):
        page = read_markup(_SVG.sub("data:,", data.decode("utf-8", "replace")).encode())
        yield from (text for where, text in page.texts if where != "style")
        yield from page.cells
    elif name.endswith(".csv"):
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
        yield from (" | ".join(row) for row in rows)
    elif name.endswith(".xlsx"):
        book = load_workbook(io.BytesIO(data), read_only=True)
        for sheet in book:
            for row in sheet.iter_rows(values_only=True):
                yield " | ".join("" if cell is None else str(cell) for cell in row)


def _whole(part: str) -> re.Pattern[str]:
    before = r"(?<![\w.,−+-])" if part[:1].isalnum() else ""
    after = r"(?![\w%]|[.,]\d)" if part[-1:].isalnum() else ""
    return re.compile(before + re.escape(part) + after)


def _drawing(data: bytes) -> Drawing:
    text = data.decode("utf-8", "replace")
    labels = [(_place(of), plain(unescape(said))) for of, said in _TEXT.findall(text)]
    points = _points(text)
    axes = tuple(
        axis
        for across in (0, 1)
        for axis in _axes(labels, across, np.unique(points[:, across]))
    ) if len(points) else ()  # fmt: skip
    return Drawing(frozenset(said for _, said in labels), axes)


def _place(attributes: str) -> tuple[float, float]:
    found = dict(_PLACE.findall(attributes))
    return float(found.get("x", "nan")), float(found.get("y", "nan"))


def _points(text: str) -> Pairs:
    """Every point of a path and every place of a marker."""
    used = [_place(of) for of in _USED.findall(text)]
    paths = [(float(x), float(y)) for path in _PATH.findall(text) for x, y in _POINT.findall(path)]
    return np.array([*used, *paths], dtype=float).reshape(-1, 2)


def _axes(
    labels: list[tuple[tuple[float, float], str]], across: int, places: np.ndarray
) -> Iterator[Axis]:
    """The axes that texts in one line across (0) or upwards (1) are the ticks of."""
    lines: dict[float, list[tuple[float, float, bool]]] = {}
    for place, said in labels:
        if (tick := _tick(said)) is not None:
            lines.setdefault(place[1 - across], []).append((place[across], *tick))
    for ticks in lines.values():
        at, value, percent = (np.array(of) for of in zip(*ticks, strict=True))
        if len(ticks) > 1 and len(places) > 1:
            yield from _fitted(at, value, bool(percent.all()), across, places)


def _fitted(
    at: np.ndarray, value: np.ndarray, percent: bool, across: int, places: np.ndarray
) -> Iterator[Axis]:
    for ratio in (True, False) if percent and (value > -100).all() else (False,):
        scaled = np.log1p(value / 100) if ratio else value
        if len(set(scaled.tolist())) < 2:
            continue
        slope, start = np.polyfit(scaled, at, 1)
        if np.abs(slope * scaled + start - at).max() > FIT:
            continue
        # Ticks upwards are written beside their line; the lines themselves are drawn.
        aside = _beside(slope * scaled + start, places) if across else 0.0
        yield Axis(float(slope), float(start + aside), ratio, places)


def _beside(ticks: np.ndarray, places: np.ndarray) -> float:
    """How far labels stand from their tick marks: the one shift that fits all of them."""
    for shift in sorted(places - ticks[0], key=abs):
        near = np.abs(places[:, None] - (ticks + shift)[None, :]).min(axis=0)
        if (near <= FIT).all():
            return float(shift)
    return 0.0


def _tick(said: str) -> tuple[float, bool] | None:
    found = _TICK.fullmatch(said)
    if not found:
        return None
    sign, digits, percent = found.groups()
    number = digits.replace(".", "").replace(",", ".") if "," in digits else digits
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", number):
        number = number.replace(".", "")
    try:
        value = float(number)
    except ValueError:
        return None
    return (-value if sign in ("−", "-") and sign else value), bool(percent)
