"""How the benchmark's reports are rendered; what a child imports to render one."""

from __future__ import annotations


def html(executed, _context) -> dict[str, bytes]:
    """nbconvert's own rendering, for those who use papermill."""
    from nbconvert import HTMLExporter

    return {
        "report.html": HTMLExporter(exclude_input=True).from_notebook_node(executed)[0].encode()
    }


def report_html(executed, context) -> dict[str, bytes]:
    """The report's page, without PDF and workbook."""
    from markupsafe import Markup

    from tingbjerg_eval.presentation.words.sentences import Words
    from tingbjerg_eval.report.pages.page import page, tidied
    from tingbjerg_eval.report.pages.render import body_html

    words = Words(context.get("language", "da"))
    body = tidied(body_html(executed, words, kind=context.get("kind", "")))
    return {"report.html": page(body, words, title=context["name"], head=Markup()).encode()}


def nothing_found(_files, _context) -> list[str]:
    """Inspection is no part of what is compared."""
    return []
