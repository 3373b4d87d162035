"""From an executed notebook to the files that are handed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from inspect import signature
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tingbjerg_eval.inputs.errors import DisclosureStop
from tingbjerg_eval.presentation.blocks import templates as blocks
from tingbjerg_eval.presentation.blocks.display import BLOCK, TABLE, MemoHead, Prose, Section
from tingbjerg_eval.presentation.blocks.workbook import Published, csv_files, workbook
from tingbjerg_eval.presentation.words.sentences import LANGUAGES, Words, in_language
from tingbjerg_eval.report.pages.headline import END_MARK

if TYPE_CHECKING:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    from nbformat import NotebookNode

HEAD = signature(MemoHead).parameters.keys() - {"words"}
HEAD_BLOCK = {"kind": MemoHead.kind}
"""A memo head shown in the notebook; in the report it stands above the title."""
OWN = "application/vnd.tingbjerg."
HIDDEN_TAGS = {"remove-cell", "remove-output", "not-in-report"}
PARAMETER_TAGS = {"parameters", "injected-parameters"}


class OutputRefused(DisclosureStop, ValueError):
    """A cell shows something that did not go through the report's own displays."""


def render(executed: NotebookNode, context: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of one report: ``report.html``, ``report.pdf``, ``tables.xlsx``, one CSV a table.

    Parameters
    ----------
    executed
        The executed notebook (``nbformat.NotebookNode``).
    context
        ``title`` and ``language`` (needed); ``kind`` (of report, by which prose is found in
        another language than the notebook's), ``name``, ``simulated``,
        ``with_code``, and the memo head: ``sender, recipient, date`` (of the decision: ISO,
        ``None`` where it is open, empty where nothing is decided), ``dated`` (ISO, of
        the PDF), ``case_number, document_number, case_officer, plan_digest``.

    Raises
    ------
    OutputRefused, tingbjerg_eval.report.pages.page.ElementRefused
        When a cell shows anything but the report's own displays: it might hold a hidden figure.
    tingbjerg_eval.presentation.words.sentences.ProseMissing
        When a cell's prose is not there in the report's language.
    """
    from tingbjerg_eval.report.pages.page import page, tidied
    from tingbjerg_eval.report.pages.pdf import UNDATED, pdf

    words = Words(context["language"], in_years=bool(context.get("in_years")))
    simulated = bool(context.get("simulated"))
    kind, with_code = context.get("kind") or "", bool(context.get("with_code"))
    body = tidied(body_html(executed, words, kind=kind, with_code=with_code))
    memo_head = MemoHead(**{name: context[name] for name in HEAD & context.keys()}, words=words)
    about: dict[str, Any] = {
        "title": str(context["title"]),
        "simulated": simulated,
        "footer": " ".join([words("page.made_with"), words("page.tables_file")]),
    }
    dated = str(context.get("dated") or UNDATED)
    tables = published_tables(executed)
    return {
        "report.html": page(body, words, **about, head=memo_head.html()).encode(),
        "report.pdf": pdf(body, words, **about, head=memo_head, dated=dated),
        "tables.xlsx": workbook(tables, words, simulated=simulated),
        **csv_files(tables, words, simulated=simulated),
    }


def body_html(
    executed: NotebookNode, words: Words, *, kind: str = "", with_code: bool = False
) -> str:
    """Prose and shown blocks of ``executed`` as HTML, in their order and in one language."""
    cells = [
        cell for cell in _without_title(executed.cells)
        if cell.cell_type != "raw" and "remove-cell" not in _tags(cell)
    ]  # fmt: skip
    cells = in_language(cells, words.language, kind, in_years=words.in_years)
    body = "".join(map(_cell_html, cells))
    return f"{body}\n{_code(executed, words)}" if with_code else body


def _cell_html(cell: NotebookNode) -> str:
    if cell.cell_type == "code":
        outputs = [output.data for output in _shown_outputs(cell)]
        return "".join(f"\n{data['text/html']}\n" for data in outputs if "text/html" in data)
    markdown, renderer = _markdown()
    attached = cell.get("attachments", {})
    prose = renderer(escape=False, exclude_anchor_links=True, attachments=attached)
    return f"{markdown(renderer=prose).render(cell.source)}\n"


@lru_cache
def _markdown() -> tuple[Callable[..., MarkdownWithMath], Callable[..., IPythonRenderer]]:
    """What turns prose into HTML, as notebooks show it; slow to be loaded."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    return MarkdownWithMath, IPythonRenderer


def published_tables(executed: NotebookNode) -> list[Published]:
    """The published values of every table shown, each under a name of its own."""
    found = [
        table
        for cell in executed.cells
        for output in _shown_outputs(cell)
        for table in output.get("data", {}).get(TABLE, {}).get("tables", [])
    ]
    return _named_apart(found)


def _named_apart(tables: list[Published]) -> list[Published]:
    seen: dict[str, int] = {}
    named: list[Published] = []
    for table in tables:
        again = seen[table["name"]] = seen.get(table["name"], 0) + 1
        name = table["name"] if again == 1 else f"{table['name']}-{again}"
        named.append({**table, "name": name})
    return named


def _without_title(cells: list[NotebookNode]) -> list[NotebookNode]:
    """A notebook opens with its title and how to use it; a report has its title in its head."""
    if cells and cells[0].cell_type == "markdown" and cells[0].source.lstrip().startswith("# "):
        return cells[1:]
    return cells


def _shown_outputs(cell: NotebookNode) -> list[NotebookNode]:
    if cell.cell_type != "code" or HIDDEN_TAGS & _tags(cell):
        return []
    results = [o for o in cell.outputs if o.output_type in ("display_data", "execute_result")]
    for output in results:
        _refuse_foreign(output, cell)
    return [output for output in results if output.data.get(BLOCK, HEAD_BLOCK) != HEAD_BLOCK]


def _refuse_foreign(output: NotebookNode, cell: NotebookNode) -> None:
    if output.data.get("text/plain") == END_MARK:
        return
    if not any(kind.startswith(OWN) for kind in output.data):
        raise OutputRefused(
            f"The cell {_first_line(cell)!r} shows something that was not made for a report, so "
            "nobody has checked what it gives away. Show it with te.show(...), end the cell with "
            "a semicolon, or tag it not-in-report."
        )


def _first_line(cell: NotebookNode) -> str:
    return next(iter(cell.source.strip().splitlines()), "")[:80]


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def _code(executed: NotebookNode, words: Words) -> str:
    """An appendix with the code that was run, without the parameters' paths."""
    parts = [
        Section(words("page.appendix_code")).html(),
        Prose(words("page.appendix_code_lead")).html(),
    ]
    sources = [
        cell.source
        for cell in executed.cells
        if cell.cell_type == "code" and cell.source.strip() and not PARAMETER_TAGS & _tags(cell)
    ]
    for number, source in enumerate(sources, start=1):
        parts.append(blocks.html("code", words("page.code_step", number=number), source))
    return "\n".join(parts)


def rehearse() -> None:
    """Draw a figure and render a page that nobody sees, for processes forked from this one.

    Fonts, texts, templates and what renders prose are found and read at the first page; a fork
    finds them read.
    """
    import nbformat.v4 as notebooks

    from tingbjerg_eval.presentation.blocks.pictures import Figure
    from tingbjerg_eval.presentation.figures import style
    from tingbjerg_eval.presentation.figures.marks import new_axes
    from tingbjerg_eval.report.pages.page import page, tidied

    with style.applied():
        axes = new_axes()
        axes.set_title("1", fontweight="semibold")
    Figure(axes, alt="1").svg  # noqa: B018
    shown = notebooks.new_output("display_data", data=Prose("1")._repr_mimebundle_())
    cells = [notebooks.new_markdown_cell("1"), notebooks.new_code_cell("1", outputs=[shown])]
    for words in map(Words, LANGUAGES):
        body = tidied(body_html(notebooks.new_notebook(cells=cells), words))
        page(body, words, title="1", head=Markup())
