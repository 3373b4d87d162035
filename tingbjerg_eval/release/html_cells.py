"""The counts a finished HTML report shows, read back from its tables.

Every table says what it is: ``<table data-table="burglary">`` holds cells of the protected
table of that name, each ``<td data-cell="Tingbjerg|2010K1">`` by its key, and
``<table data-counts="no">`` declares that it holds no counts (estimates, budgets, words).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from tingbjerg_eval.disclosure.attacker import Finding

_WHOLE = re.compile(r"\d{1,3}(?:[.\u00a0\u202f ]\d{3})+|\d+")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class HtmlCell:
    """One marked cell: its table, its key and the text a reader sees."""

    table: str
    key: str
    text: str


def read_cells(html: str) -> tuple[list[HtmlCell], int]:
    """All marked cells, and how many tables do not say what they are."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.cells, reader.undeclared


def check_cells(html: str, published: Mapping[str, Any]) -> list[Finding]:
    """Where the finished report shows anything but what ``published`` says it shows."""
    cells, undeclared = read_cells(html)
    expected = {
        (table["name"], cell["key"]): cell
        for table in published["tables"]
        for cell in table["cells"]
    }
    findings = [
        Finding(table=cell.table, cell=cell.key, reason=reason)
        for cell in cells
        if (reason := _difference(cell, expected.get((cell.table, cell.key)), published))
    ]
    if undeclared:
        reason = f"{undeclared} tables do not say whether they hold counts"
        findings.append(Finding(table="HTML", cell="tables", reason=reason))
    return findings


def _difference(
    cell: HtmlCell, expected: Mapping[str, Any] | None, published: Mapping[str, Any]
) -> str:
    if expected is None:
        return "is not among the published cells"
    if expected["value"] is None:
        numbers = set(_NUMBER.findall(cell.text)) - {str(published["threshold"])}
        return "is hidden but shows a number" if numbers else ""
    shown = _WHOLE.fullmatch(cell.text)
    same = shown is not None and int(re.sub(r"\D", "", shown.group())) == expected["value"]
    return "" if same else "shows another value than was audited"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.cells: list[HtmlCell] = []
        self.undeclared = 0
        self.table = ""
        self.key: str | None = None
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "table":
            self.table = named.get("data-table") or ""
            self.undeclared += not self.table and named.get("data-counts") != "no"
        if tag in ("td", "th") and "data-cell" in named:
            self.key, self.said = named["data-cell"] or "", []

    def handle_data(self, data: str) -> None:
        if self.key is not None:
            self.said.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.key is not None:
            self.cells.append(HtmlCell(self.table, self.key, " ".join("".join(self.said).split())))
            self.key = None
