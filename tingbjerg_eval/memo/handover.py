"""The hand-over folder of one report: few files, named in the report's own language."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tingbjerg_eval.memo.content import memo_of
from tingbjerg_eval.memo.package import data_package
from tingbjerg_eval.memo.sources import Sources
from tingbjerg_eval.memo.word import write_memo
from tingbjerg_eval.presentation.blocks.workbook import Published
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.pages import render as report
from tingbjerg_eval.report.pages.index import file_names


def render(executed: Any, context: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of one report, under the names they are handed over by.

    The page, the printed edition and the workbook are those of
    :func:`tingbjerg_eval.report.pages.render.render`; the CSV files are packed with their
    description, the memo is made of the finished page, and a list says what is there.
    """
    words = Words(context["language"], in_years=bool(context.get("in_years")))
    names = file_names(context["language"])
    tables = report.published_tables(executed)
    made = report.render(executed, context)
    page, sheets = made["report.html"], {name: of for name, of in made.items() if _is_csv(name)}
    files = {
        names["html"]: page,
        names["pdf"]: made["report.pdf"],
        names["memo"]: _memo(page.decode(), tables, words, context),
        names["tables"]: made["tables.xlsx"],
        names["data"]: data_package(tables, sheets, words, context),
    }
    there = {name: content for name, content in files.items() if content}
    return {**there, names["contents"]: _contents(there, words, str(context["title"]))}


def _is_csv(name: str) -> bool:
    return name.endswith(".csv")


def _memo(page: str, tables: list[Published], words: Words, context: Mapping[str, Any]) -> bytes:
    """The memo; nothing where the page opens without main points."""
    memo = memo_of(page, words, reference=reference(page))
    if memo is None:
        return b""
    template = context.get("memo_template")
    path = Path(context["folder"], template) if template else None
    return write_memo(memo, Sources(tables, words), words, template=path)


def reference(page: str) -> str:
    """By what an edition of a report is known: eight signs of the page's own digest."""
    return hashlib.sha256(page.encode()).hexdigest()[:8]


def _contents(files: Mapping[str, bytes], words: Words, title: str) -> bytes:
    """What is in the folder, one line a file."""
    names = file_names(words.language)
    said = [
        f"{name}: {words(f'folder.said_{kind}')}" for kind, name in names.items() if name in files
    ]
    return ("\n".join([words("folder.heading", title=title), "", *said]) + "\n").encode()
