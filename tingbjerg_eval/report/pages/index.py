"""The list of all reports and their files, and the page where one could not be made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tingbjerg_eval.inputs.quarters import is_period, quarter_number
from tingbjerg_eval.presentation.words.sentences import Words

KINDS = ("html", "pdf", "memo", "tables", "data", "contents")
STATES = {
    "done": ("good", "✓"),
    "kept": ("mixed", "–"),
    "failed": ("bad", "×"),
    "stopped": ("bad", "×"),
    "running": ("unknown", "…"),
    "waiting": ("unknown", "…"),
    "lacking": ("unknown", "…"),
}
MARKS = {
    "on course": ("good", "✓"), "not on course": ("bad", "×"), "too early": ("unknown", "…"),
    "no data": ("unknown", "?"), "yes": ("good", "✓"), "no": ("bad", "×"),
}  # fmt: skip
"""What a target's place in the picture over time looks like."""
LATEST = 4
"""Points of the newest report that are repeated."""
LINKED = ("html", "pdf", "memo", "tables")
"""Kinds of files that the list leads to."""
SAFE_NAME = re.compile(r"[A-Za-z0-9_-]+")
ORDER = {"baseline": -1, "end_of_period": 10**6}


def file_names(language: str) -> dict[str, str]:
    """Each kind of file and its name in ``language``, in the order they are listed.

    >>> file_names("da")["memo"]
    'notat.docx'
    """
    words = Words(language)
    return {kind: words(f"folder.{kind}") for kind in KINDS}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One report of the list.

    Attributes
    ----------
    name
        ``baseline``, ``2011K2``, ``end_of_period``: also its folder under ``reports/``.
    state
        ``done``, ``kept`` (an earlier edition), ``failed``, ``stopped`` (by the disclosure
        audit), ``running``, ``waiting`` or ``lacking`` (the figures do not reach it yet).
    headline
        One sentence; for a failed report it is the general one.
    title
        By default the quarter in words.
    points
        The main points of a finished report.
    states
        Each main target's name with its ``course``, or in the end whether it was met.
    """

    name: str
    state: str
    headline: str = ""
    title: str = ""
    points: tuple[str, ...] = ()
    states: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise ValueError(f"no state {self.state!r}; there are {', '.join(STATES)}")
        if not SAFE_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name of a report")


def write_index(
    output: Path,
    entries: Iterable[Entry | Mapping[str, Any]],
    words: Words,
    *,
    title: str = "",
    simulated: bool = False,
) -> Path:
    """Write ``index.html`` into ``output``: every report with its state, headline and files.

    Links are made only to files that are there.
    """
    from tingbjerg_eval.report.pages.page import styled

    listed = [one if isinstance(one, Entry) else Entry(**one) for one in entries]
    listed.sort(key=lambda entry: (
        quarter_number(entry.name) if is_period(entry.name) else ORDER.get(entry.name, 10**7),
        entry.name,
    ))  # fmt: skip
    rows = [_row(Path(output), entry, words) for entry in listed]
    page = styled(
        "index.html.j2", words, title=title or words("index.title"), subtitle="",
        simulated=simulated, entries=rows, empty=True, latest=_latest(listed, rows),
        picture=picture(listed, words),
    )  # fmt: skip
    path = Path(output) / "index.html"
    path.write_bytes(page.encode())
    return path


def _latest(listed: list[Entry], rows: list[dict[str, Any]]) -> dict[str, object]:
    """The newest report that has points, with them and its files."""
    told = [(row, entry) for row, entry in zip(rows, listed, strict=True) if entry.points]
    if not told:
        return {}
    row, entry = told[-1]
    return {"title": row["title"], "points": list(entry.points[:LATEST]), "links": row["links"]}


def picture(listed: Iterable[Entry], words: Words) -> dict[str, object]:
    """Main targets by quarter, and whether they were met in the end; empty before the second."""
    told = [entry for entry in listed if entry.states]
    quarters = [entry for entry in told if is_period(entry.name)]
    final = next((entry for entry in told if entry.name == "end_of_period"), None)
    names = list(dict.fromkeys(name for entry in told for name, _ in entry.states))
    if not quarters or len(told) < 2:
        return {}
    shown = [*quarters, *([final] if final else [])]
    heads = [report_title(entry.name, words) for entry in shown]
    rows = [
        {"name": name, "cells": [
            _mark(dict(entry.states).get(name, ""), head, words)
            for entry, head in zip(shown, heads, strict=True)
        ]}
        for name in names
    ]  # fmt: skip
    short = [words.short(e.name) if is_period(e.name) else words("index.final") for e in shown]
    return {"heads": short, "rows": rows}


def _mark(state: str, head: str, words: Words) -> dict[str, str]:
    signal, icon = MARKS.get(state, ("unknown", "·"))
    key = state.replace(" ", "_") if state in MARKS else "none"
    return {"signal": signal, "icon": icon, "said": words(f"index.mark.{key}"), "head": head}


def failed_page(name: str, words: Words, *, title: str = "", simulated: bool = False) -> bytes:
    """The page that stands where a report could not be made: no figure, no cause."""
    from tingbjerg_eval.report.pages.page import styled

    said = words("index.failed_page_title", title=title or report_title(name, words))
    return styled(
        "index.html.j2", words, title=said, subtitle=words("index.failed_sentence"),
        simulated=simulated, entries=[], empty=False, latest={}, picture={},
    ).encode()  # fmt: skip


def report_title(name: str, words: Words) -> str:
    """A report's name in words.

    >>> report_title("2011K2", Words("da"))
    '2. kvartal 2011'
    """
    if is_period(name):
        return words.quarter(name)
    return words(f"index.{name}") if f"index.{name}" in words else name


def _row(output: Path, entry: Entry, words: Words) -> dict[str, Any]:
    signal, icon = STATES[entry.state]
    title = entry.title or report_title(entry.name, words)
    without = f"index.{entry.state}_sentence"
    return {
        "title": title,
        "state": words(f"index.{entry.state}"),
        "signal": signal,
        "icon": icon,
        "headline": entry.headline or (words(without) if without in words else ""),
        "links": _links(output, entry, title, words),
    }


def _links(output: Path, entry: Entry, title: str, words: Words) -> list[dict[str, str]]:
    folder = Path("reports") / entry.name
    return [
        {
            "href": (folder / file).as_posix(),
            "text": words(f"index.{kind}"),
            "label": words(f"index.{kind}_label", title=title),
        }
        for kind, file in file_names(words.language).items()
        if kind in LINKED and (output / folder / file).exists()
    ]
