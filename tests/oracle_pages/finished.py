"""A finished report as its reader has it: sections of lines, tables, CSV files, the workbook."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from danish import tokens
from openpyxl import load_workbook

LINES = ("p", "li", "tr", "caption", "h3", "h4")
NO_FIGURES = re.compile(
    r"\b[0-9a-f]{8,64}\b|95 %-interval|pr\. 1\.000|med usikkerhed \(95 %\)|[Tt]re kilder"
)
"""Digests, and what stands on every page whatever the figures are."""


def figures(text: str) -> list[str]:
    """The numbers that a line gives away."""
    return tokens(NO_FIGURES.sub(" ", text.replace("\N{NO-BREAK SPACE}", " ")))


@dataclass(frozen=True, eq=False)
class Finished:
    """The files of one report."""

    folder: Path

    @cached_property
    def page(self) -> BeautifulSoup:
        text = (self.folder / "rapport.html").read_text(encoding="utf-8")
        page = BeautifulSoup(text, "html.parser")
        for unread in page(["style", "script"]):
            unread.decompose()
        return page

    @cached_property
    def sections(self) -> dict[str, list[str]]:
        """The lines under each heading of the second level, alternative texts among them."""
        told: dict[str, list[str]] = {}
        at = ""
        for tag in self.page.main.find_all(["h2", "img", *LINES]):
            if tag.name == "h2":
                at = tag.get_text(" ", strip=True)
                told[at] = []
            elif tag.name == "img":
                told[at].append(tag["alt"])
            elif not (tag.name == "p" and tag.find_parent("li")):
                told[at].append(_text(tag))
        return told

    def figures(self, section: str) -> list[tuple[list[str], str]]:
        """Lines of a section that hold a number: the numbers, and the line."""
        lines = [(figures(line), line) for line in self.sections[section]]
        return [one for one in lines if one[0]]

    @cached_property
    def tables(self) -> dict[str, list[list[str]]]:
        """Rows of cells under their headings, by caption; the first table of each."""
        made: dict[str, list[list[str]]] = {}
        for table in self.page.main.find_all("table"):
            rows = [[_cell(cell) for cell in row.find_all(["th", "td"])]
                    for row in table.find_all("tr")]  # fmt: skip
            made.setdefault(table.caption.get_text(" ", strip=True), rows)
        return made

    @cached_property
    def csv_files(self) -> dict[str, list[list[str]]]:
        made = {}
        with zipfile.ZipFile(self.folder / "data.zip") as packed:
            for name in sorted(packed.namelist()):
                if name.endswith(".csv"):
                    text = io.StringIO(packed.read(name).decode("utf-8-sig"), newline="")
                    made[Path(name).stem] = list(csv.reader(text, delimiter=";"))
        return made

    @cached_property
    def sheets(self) -> dict[str, list[list[Any]]]:
        """The workbook's sheets from their headings on, by name; empty cells left out."""
        book = load_workbook(self.folder / "tabeller.xlsx")
        return {
            sheet.title: [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]
            for sheet in book.worksheets[1:]
        }

    @cached_property
    def captions(self) -> dict[str, str]:
        """The caption of each sheet, by its name."""
        book = load_workbook(self.folder / "tabeller.xlsx")
        return {sheet.title: sheet.cell(1, 1).value for sheet in book.worksheets[1:]}

    @cached_property
    def hidden(self) -> dict[str, set[str]]:
        """By indicator the cells of the treated area that this report withholds."""
        file = self.folder.parents[1] / "internal" / "ledger.json"
        ledger = json.loads(file.read_text(encoding="utf-8"))
        own = next(one for one in ledger["reports"] if one["report"] == self.folder.name)
        return {
            table["name"]: {cell["key"] for cell in table["cells"] if cell["value"] is None}
            for table in own["tables"]
        }

    @cached_property
    def cells(self) -> dict[str, dict[str, int]]:
        """By indicator the cells of the treated area that this report shows."""
        file = self.folder.parents[1] / "internal" / "ledger.json"
        ledger = json.loads(file.read_text(encoding="utf-8"))
        own = next(one for one in ledger["reports"] if one["report"] == self.folder.name)
        return {
            table["name"]: {
                cell["key"]: cell["value"] for cell in table["cells"] if cell["value"] is not None
            }
            for table in own["tables"]
        }


def _text(tag: Tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text(" ", strip=True))


def _cell(tag: Tag) -> str:
    for icon in tag.find_all(attrs={"aria-hidden": "true"}):
        icon.extract()
    return _text(tag).replace("\N{NO-BREAK SPACE}", " ")
