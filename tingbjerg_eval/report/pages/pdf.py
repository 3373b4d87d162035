"""The printed edition: a tagged PDF (PDF/UA-1, PDF/A-2a) drawn by Typst from the report's own tree.

The tree travels as JSON and the template draws it, so no value can become markup. Fonts come
with the packages, never from the machine, and the date written is the report's own: the same report
gives the same bytes.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from tingbjerg_eval.presentation.blocks.display import MemoHead
from tingbjerg_eval.presentation.blocks.templates import FOLDER
from tingbjerg_eval.presentation.figures import style
from tingbjerg_eval.presentation.words.sentences import Words

if TYPE_CHECKING:
    import typst

WIDE = 44
"""Letters of a column of words that wishes for no more width."""
LONGEST = 18
"""Letters of a word that a table's column has room for; longer ones are hyphenated."""
ANSWERS = {
    "verdict": [52.0, 24.0, 32.2, 10.5, 21.0, 36.3],
    "course": [52.5, 30.0, 35.5, 39.0, 19.0],
    "prospect": [52.5, 33.0, 35.5, 16.0, 39.0],
    "area": [34.0, 33.0, 33.0, 38.0, 38.0],
}
"""Parts of the line of a first page's table: its drawings need theirs."""
TOGETHER = 14
"""Rows of a table that is not broken over two pages."""
UNDATED = "1980-01-01"
"""The date of an edition that has none, as in the workbook."""

LINE = 104
"""Letters of a table's type that go on one line of the page."""
INLINE = ("p", "li", "td", "th", "span", "strong", "em", "dd", "a")
"""Elements in which a space between two others counts."""


Node = dict[str, Any]
"""An element of the report as the template reads it: its ``tag`` (none for a cell), ``classes`` and
``children``, and what a picture, a table or code has beside them."""


def pdf(
    body: BeautifulSoup,
    words: Words,
    *,
    title: str,
    head: MemoHead,
    simulated: bool = False,
    footer: str = "",
    dated: str = UNDATED,
) -> bytes:
    """The report as PDF/UA-1 and PDF/A-2a: tags, language, title, bookmarks, alternative texts,
    page numbers. An archive wants a date: ``dated`` (ISO) is the report's own, never today's."""
    import typst

    document = {
        "title": title,
        "author": head.sender,
        "dated": [int(part) for part in dated.split("-")],
        "head": [list(field) for field in head.fields],
        "language": words.language,
        "mark": words("simulated.mark") if simulated else "",
        "mark_sentence": words("simulated.sentence"),
        "page_of": words("page.page_of", page="{page}", pages="{pages}"),
        "footer": footer,
        "body": _with_appendix(tree(body), words("page.appendix")),
    }
    return typst.compile(
        (FOLDER / "report.typ").read_bytes(),
        sys_inputs={"doc": json.dumps(document, ensure_ascii=False, sort_keys=True)},
        font_paths=fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
    )


@lru_cache
def fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(style.font_files()[0].parent)])


def tree(body: BeautifulSoup | Tag) -> list[Node | str]:
    """The children of ``body`` as plain data for the template."""
    children = [one for one in body.children if isinstance(one, NavigableString | Tag)]
    return [node for node in map(_node, children) if node != ""]


def _with_appendix(nodes: list[Node | str], name: str) -> list[Node | str]:
    """``nodes`` with the first heading of the appendix marked: it wants room below it."""
    for node in nodes:
        if isinstance(node, dict) and node["tag"] == "h2" and name in node["children"][0]:
            node["classes"] = [*node["classes"], "appendix"]
            break
    return nodes


def _node(child: NavigableString | Tag) -> Node | str:
    if isinstance(child, NavigableString):
        return _spaces(child)
    if child.name == "div":
        return _division(child)
    if child.name == "table":
        return _table(child)
    if child.name == "img":
        return _image(child)
    node: Node = {"tag": child.name, "classes": _classes(child), "children": tree(child)}
    if child.name == "p" and _is_figure(child.find_next_sibling(), "figure", "courses", "table"):
        node["classes"] = [*node["classes"], "leads"]
    if child.name in ("code", "pre"):
        node["text"] = child.get_text()
    if child.name in ("ul", "ol"):
        node["children"] = [item for item in node["children"] if isinstance(item, dict)]
    return node


def _spaces(text: NavigableString) -> str:
    """Text between blocks is nothing; line ends inside a sentence are spaces."""
    if text.strip():
        return str(text).replace("\n", " ")
    inside = text.parent is not None and text.parent.name in INLINE
    return " " if text.previous_sibling and text.next_sibling and inside else ""


def _classes(element: PageElement | None) -> list[str]:
    given = element.get("class") if isinstance(element, Tag) else None
    return [given] if isinstance(given, str) else [*(given or ())]


def _is_figure(element: PageElement | None, *looks: str) -> bool:
    return not {*_classes(element)}.isdisjoint(looks or ("figure",))


def _division(division: Tag) -> Node:
    """A figure with its caption, or a plain group."""
    image = division.find("img")
    if image is None or not _is_figure(division):
        return {"tag": "div", "classes": _classes(division), "children": tree(division)}
    caption = division.find("p", class_="caption")
    notes = [note.get_text() for note in division.find_all("p", class_="note")]
    return _figure(image, caption=caption.get_text() if caption else None, notes=notes)


def _image(image: Tag) -> Node:
    """A picture that stands in a figure of its own, or as a small one in a cell or a line."""
    drawn = _figure(image, caption=None, notes=[])
    place = image.parent
    if place is not None and (place.name in ("td", "th") or "bar" in _classes(place)):
        drawn["tag"] = "image"
    return drawn


def _figure(image: Tag, *, caption: str | None, notes: list[str]) -> Node:
    kind, coded = str(image["src"]).removeprefix("data:image/").split(";base64,")
    drawn = base64.b64decode(coded)
    if kind == "png":
        raise ValueError("a printed report takes figures as SVG; show the axes with te.show")
    return {
        "tag": "figure",
        "classes": [],
        "children": [],
        "data": drawn.decode(),
        "format": "svg",
        "alt": str(image["alt"]),
        "caption": caption,
        "notes": notes,
    }


def _table(table: Tag) -> Node:
    caption = table.find("caption")
    rows = [
        [_cell(cell) for cell in row.find_all(["th", "td"])]
        for body in table.find_all("tbody") for row in body.find_all("tr")
    ]  # fmt: skip
    head = [_cell(cell) for top in table.find_all("thead") for cell in top.find_all("th")]
    return {
        "tag": "table",
        "classes": _classes(table),
        "children": [],
        "caption": caption.get_text() if caption else None,
        "head": head,
        "rows": rows,
        "widths": _widths(table, len(head)),
        "together": len(rows) <= TOGETHER,
    }


def _cell(cell: Tag) -> Node:
    return {"classes": _classes(cell), "children": tree(cell)}


def _widths(table: Tag, columns: int) -> list[float]:
    """0 for a column as wide as its content, otherwise its part of the line.

    A column gets room for its longest word first; what is left goes to those that want more.
    """
    for look in _classes(table):
        if look in ANSWERS:
            return ANSWERS[look]
    whole, word = [0] * columns, [0] * columns
    for row in table.find_all("tr"):
        for place, cell in enumerate(row.find_all(["th", "td"])):
            text, longest = _lengths(cell)
            whole[place], word[place] = max(whole[place], text), max(word[place], longest)
    if sum(whole) <= LINE:
        return [1.0, *[0.0] * (columns - 1)]
    least = [length + 2 for length in word]
    more = [max(min(all_, WIDE) - own, 0) for all_, own in zip(whole, least, strict=True)]
    left = max(LINE - sum(least), 0) / max(sum(more), 1)
    return [float(own + left * extra) for own, extra in zip(least, more, strict=True)]


def _lengths(cell: Tag) -> tuple[int, int]:
    """Letters of a cell, and of its longest piece that stays on one line."""
    text = cell.get_text()
    dense = "compact" in _classes(cell.find_parent("table"))
    if (cell.find("span", class_="mark") and not dense) or "time" in _classes(cell):
        return len(text) + 2, len(text) + 2
    return len(text), max(min(len(part), LONGEST) for part in text.split(" "))
