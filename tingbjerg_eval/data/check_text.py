"""A check's result as a table that can be read in a terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from shutil import get_terminal_size
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tingbjerg_eval.data.formats.findings import as_yaml
from tingbjerg_eval.inputs.catalogue import catalogue, page_texts, said, said_fields, sentence
from tingbjerg_eval.inputs.problems import SHOWN, Problem

NARROWEST = 100
FOLDED = 10
"""Rows shown of a table; ``tingbjerg revisions`` and ``--json`` have all."""


def check_text(
    problems: Sequence[Problem],
    notes: Sequence[Problem],
    revisions: pd.DataFrame | None = None,
    late: pd.DataFrame | None = None,
    proposed: dict[str, dict[str, Any]] | None = None,
    *,
    language: str = "en",
) -> str:
    """Growth by age, revised cells, notes, and last, where it is seen, what is to be mended.

    Lists are folded: the first 10 rows of a table, the first 50 problems, and how many more.
    """
    text = page_texts(language)
    console = Console(
        file=(page := io.StringIO()),
        width=max(NARROWEST, get_terminal_size().columns),
        color_system=None,
        highlight=False,
    )
    if late is not None and len(late):
        console.print(_frame(text["late"], late.round(3), text["more"]))
    if revisions is not None and len(revisions):
        title = text["revisions"].format(number=len(revisions))
        console.print(_frame(title, revisions, text["more"]))
    if notes:
        console.print(_table(text["notes"], text["meaning"], notes, language))
    if problems:
        console.print(_table(text["problems"], text["mend"], problems, language))
    else:
        console.print(text["none"])
    for line in proposed_lines(proposed or {}, text["proposed"]):
        console.print(Text(line))
    return page.getvalue().rstrip()


def _table(title: str, last: str, items: Sequence[Problem], language: str) -> Table:
    text, number = page_texts(language), len(items)
    table = Table(title=f"{title} ({number})", title_justify="left", show_lines=True)
    for heading in (text["where"], text["found"], last):
        table.add_column(heading, overflow="fold")
    for item in items[:SHOWN]:
        places = (item.file, said(item, "place", language), said(item, "column", language))
        where = "\n".join(part for part in places if part)
        found = text["withheld"] if item.found is None else said(item, "found", language)
        parts = (said(item, "wanted", language), said(item, "mend", language), f"[{item.code}]")
        table.add_row(Text(where), Text(found), Text("\n".join(part for part in parts if part)))
    if number > SHOWN:
        table.add_row(Text(text["more"].format(left=number - SHOWN)), "", "")
    return table


def _frame(title: str, frame: pd.DataFrame, more: str) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in frame.columns:
        table.add_column(heading)
    for row in frame.head(FOLDED).itertuples(index=False):
        table.add_row(*[Text(str(value)) for value in row])
    if len(frame) > FOLDED:
        table.add_row(Text(more.format(left=len(frame) - FOLDED)))
    return table


def proposed_lines(
    proposed: dict[str, dict[str, Any]], title: str = "Proposed for study.yaml, under {place}:"
) -> list[str]:
    """The proposals as lines of ``study.yaml``."""
    lines = []
    for table, change in proposed.items():
        place, indent = ("periods", 2) if table == "periods" else (f"data.{table}", 4)
        lines.append(title.format(place=place))
        lines += [f"{'':{indent}}{name}: {as_yaml(value)}" for name, value in change.items()]
    return lines


def supplier_page(items: Iterable[Problem], language: str) -> str:
    """The doubts as a page that is ready to be sent: a heading for each file, a line a question.

    The figures are true counts: the page goes to whoever delivered them, and into no report.
    """
    asked: dict[str, dict[str, None]] = {}
    for one in items:
        if "ask" in catalogue().get(one.code, {}):
            question = sentence(one.code, "ask", language).format(**said_fields(one, language))
            asked.setdefault(one.file, {})[f"- {question}"] = None
    words = page_texts(language)
    text = [words["ask"]]
    for file in sorted(asked):
        text += ["", file, *asked[file]]
    return "\n".join(text if asked else [*text, "", words["ask_nothing"]])
