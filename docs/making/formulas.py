"""Formulas: LaTeX in a page becomes MathML when the site is built; no script, nothing fetched."""

from __future__ import annotations

import re
from html import escape

from latex2mathml.converter import convert

BLOCK = re.compile(r"^```math\n% (?P<words>[^\n]+)\n(?P<latex>.*?)^```$", re.S | re.M)


def with_formulas(text: str) -> str:
    """The page with every ``math`` block drawn; its first line says the formula in words.

    The words are a LaTeX comment, so that the block also shows where pages are read unbuilt.
    They are the formula's text for whoever hears the page.
    """
    return BLOCK.sub(_drawn, text)


def _drawn(block: re.Match[str]) -> str:
    words = escape(block["words"], quote=True)
    drawn = convert(block["latex"].strip(), display="block").replace("\n", " ")
    return f'<div class="formula" role="img" tabindex="0" aria-label="{words}">{drawn}</div>'
