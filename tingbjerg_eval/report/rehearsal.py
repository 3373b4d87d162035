"""A page nobody sees, made before the first that somebody does."""

from __future__ import annotations

import nbformat.v4 as notebooks
from markupsafe import Markup

from tingbjerg_eval.presentation.blocks.display import Prose
from tingbjerg_eval.presentation.blocks.pictures import Figure
from tingbjerg_eval.presentation.figures import style
from tingbjerg_eval.presentation.figures.canvas import new_axes
from tingbjerg_eval.presentation.words.sentences import LANGUAGES, Words
from tingbjerg_eval.report.pages.page import page, tidied
from tingbjerg_eval.report.pages.render import body_html


def rehearse() -> None:
    """Draw a figure and render a page, for processes that are forked from this one.

    Fonts, texts, templates and what renders prose are found and read at the first page; a fork finds
    them read.
    """
    with style.applied():
        axes = new_axes()
        axes.set_title("1", fontweight="semibold")
    Figure(axes, alt="1").svg  # noqa: B018
    shown = notebooks.new_output("display_data", data=Prose("1")._repr_mimebundle_())
    cells = [notebooks.new_markdown_cell("1"), notebooks.new_code_cell("1", outputs=[shown])]
    for words in map(Words, LANGUAGES):
        body = tidied(body_html(notebooks.new_notebook(cells=cells), words))
        page(body, words, title="1", head=Markup())
