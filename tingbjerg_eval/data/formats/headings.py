"""From headings as delivered to the names used here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache

from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.raw import RawTable

POINT = re.compile(
    r"lat(itude)?|l[oae]?ng?(itude)?|lon|bredde ?grad|længde ?grad|utm.*|easting|northing"
)
"""Headings of the coordinates of a point."""


@lru_cache(maxsize=1 << 14)
def plain_text(text: str) -> str:
    """``text`` composed (å as one sign), without padding, double spaces or invisible signs.

    Invisible are soft hyphens, spaces without width, marks of byte order and of direction.
    """
    composed = unicodedata.normalize("NFC", text)
    if not composed.isascii():
        composed = "".join(sign for sign in composed if unicodedata.category(sign) != "Cf")
    return re.sub(r"\s+", " ", composed).strip()


@lru_cache(maxsize=1 << 14)
def plain_heading(text: str) -> str:
    """``text`` as headings are compared: also without regard to case."""
    return plain_text(text).casefold()


def begins_with(text: str, start: str) -> bool:
    """Whether a line begins as ``start``, whatever its case, quotes and invisible signs."""
    return plain_heading(text.lstrip('"; ,\t')).startswith(plain_heading(start))


def parted(rows: list[list[str]], line: int, number: int) -> tuple[list[str], list[list[str]]]:
    """The headings and the rows below them, where headings stand on ``number`` lines.

    Several lines are read as one: ``2010`` above ``K1`` is ``2010 K1``, and holds for the blanks
    to its right. Without headings (``line`` is 0) columns are headed by their numbers.
    """
    if line == 0:
        return [str(at) for at in range(1, len(rows[0]) + 1)], rows
    lines = [[plain_text(one) for one in row] for row in rows[: number - 1]]
    headings = rows[min(number, len(rows)) - 1]
    for above in reversed(lines):
        headings = _joined_line(above, headings)
    return headings, rows[number:]


def _joined_line(above: list[str], below: list[str]) -> list[str]:
    held, joined = "", []
    for at, own in enumerate(below):
        if at < len(above) and above[at]:
            held = above[at]
        joined.append(" ".join(one for one in (held, own) if one))
        held = held if own else ""
    return joined


def name_columns(
    raw: RawTable, wanted: dict[str, str], found: Findings, *, keep: tuple[str, ...] = ()
) -> RawTable:
    """``raw`` with the columns of ``wanted`` (name to heading) renamed, then those of ``keep``.

    Missing and repeated headings are refused; a heading that differs only in padding, case or
    composition is accepted with a note, and columns that nobody asked for are left out with one.
    """
    delivered = list(raw.frame.columns)
    _refuse_repeated(delivered, found)
    by_plain = {plain_heading(one): one for one in delivered}
    names = wanted | {one: one for one in keep}
    chosen = {
        name: match
        for name, heading in names.items()
        if (match := _match(name, heading, by_plain, delivered, found)) is not None
    }
    found.stop_if_refused()
    others = [one for one in delivered if one not in chosen.values()]
    if others:
        found.add("column-unknown", found=listed([quoted(str(one)) for one in others], limit=10))
    frame = raw.frame[list(chosen.values())].set_axis(list(chosen), axis=1)
    rest = raw.frame[others].set_axis(raw.places, axis=0)
    return replace(raw, frame=frame, headings=chosen, others=rest)


def without_blank_columns(raw: RawTable, found: Findings) -> RawTable:
    """``raw`` without columns that have neither heading nor value, as a last separator leaves.

    A column with values but without heading is refused: what they are cannot be known.
    """
    blank = [number for number, one in enumerate(raw.frame.columns) if not plain_text(str(one))]
    for number in blank:
        filled = (raw.frame.iloc[:, number].map(plain_text) != "").to_numpy()
        if filled.any():
            found.add("heading-blank", place=raw.where(filled), column=f"column {number + 1}",
                      found=None)  # fmt: skip
    found.stop_if_refused()
    kept = [number for number in range(raw.frame.shape[1]) if number not in blank]
    return raw.with_frame(raw.frame.iloc[:, kept]) if blank else raw


def _refuse_repeated(delivered: list[str], found: Findings) -> None:
    seen: set[str] = set()
    for heading in delivered:
        plain = plain_heading(heading)
        if plain in seen:
            found.add("heading-twice", column=heading, found=quoted(heading) + " twice")
        seen.add(plain)
    found.stop_if_refused()


def _match(
    name: str, heading: str, by_plain: dict[str, str], delivered: list[str], found: Findings
) -> str | None:
    match = by_plain.get(plain_heading(heading))
    if match is None:
        near = get_close_matches(plain_heading(heading), list(by_plain), n=1, cutoff=0.5)
        points = name == "area" and not near and any(map(POINT.fullmatch, by_plain))
        found.add(
            "points-only" if points else "column-missing",
            column=heading,
            found="headings " + listed([quoted(str(one)) for one in delivered], limit=8),
            heading=heading,
            near=f"The nearest heading is {by_plain[near[0]]!r}. " if near else "",
        )
        return None
    if match != heading:
        found.add("heading-differs", column=heading, found=quoted(match))
    return match
