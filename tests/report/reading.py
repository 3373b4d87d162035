"""Reading a report of the demo study as its reader does."""

from __future__ import annotations

import ast
import base64
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import nbformat
from bs4 import BeautifulSoup
from nbformat import v4

import tingbjerg_eval as te
from tingbjerg_eval.report.pages.render import render

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
KINDS = ("baseline", "quarterly", "end_of_period", "programme")
TEXT = "{http://www.w3.org/2000/svg}text"
UNSEEN = {"parameters", "not-in-report", "remove-cell"}


def cells_read(kind):
    """The cells of a notebook that a reader of the report sees."""
    cells = nbformat.read(NOTEBOOKS / f"{kind}.ipynb", as_version=4).cells
    return [cell for cell in cells if not UNSEEN & set(cell.metadata.get("tags", ()))]


def executed(report):
    """The report's notebook with the outputs of the cells that a reader sees."""
    cells = cells_read(report.kind)
    for cell in cells:
        if cell.cell_type == "code":
            shown = eval(ast.unparse(ast.parse(cell.source, mode="eval")), {"report": report})
            data = shown._repr_mimebundle_()
            cell.outputs = [v4.new_output("execute_result", data=data, execution_count=1)]
    return v4.new_notebook(cells=cells)


def page(study, kind, *, quarter=None, language="da"):
    """The page of the report of ``kind`` in ``language``."""
    settings = study.settings.model_copy(update={"language": language})
    spoken = replace(study, settings=settings)
    spoken.memo.take(study.memo.answers())  # what was worked out of content is so in any language
    report = te.open_report(spoken, kind, quarter=quarter)
    files = render(executed(report), report.context())
    study.memo.take(spoken.memo.answers())
    return files["report.html"]


def read(study, kind, language):
    """The visible text of the report of ``kind`` in ``language``."""
    return visible(page(study, kind, language=language).decode())


def visible(html):
    """The text of a page with alternative texts and what stands in its figures."""
    page = BeautifulSoup(html, "html.parser")
    for hidden in page(["style", "script"]):
        hidden.decompose()
    pictures = page.find_all("img")
    drawn = [base64.b64decode(picture["src"].split(",")[1]).decode() for picture in pictures]
    labels = ["".join(text.itertext()) for svg in drawn for text in fromstring(svg).iter(TEXT)]
    return "\n".join([page.get_text(" "), *(picture["alt"] for picture in pictures), *labels])


NAMES = (Path(__file__).parent / "names.txt").read_text("utf-8").split()
NO_WORDS = re.compile(r"\b[0-9a-f]{12,64}\b|\b\w+\.(?:csv|docx|html|json|pdf|txt|xlsx|yaml|zip)\b")
"""Digests and names of files."""


def misspelt(text):
    """Words that neither the Danish dictionary nor the list of names knows."""
    told = subprocess.run(
        ["hunspell", "-d", "da_DK", "-i", "utf-8", "-l"],
        input=NO_WORDS.sub(" ", text),
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = {word.strip("-.") for word in told.split()}
    return sorted(found - set(NAMES) - {""})
