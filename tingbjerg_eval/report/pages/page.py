"""One page around a body: landmarks, contents, strict content-security policy, print style."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache

from bs4 import BeautifulSoup, Comment, Tag
from markupsafe import Markup

from tingbjerg_eval.inputs.errors import DisclosureStop
from tingbjerg_eval.presentation.blocks.templates import FOLDER, template
from tingbjerg_eval.presentation.words.sentences import Words

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
ALLOWED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(HEADINGS, ("id",)),
    **dict.fromkeys(
        ("p", "ul", "ol", "li", "dl", "dt", "dd", "em", "strong", "code", "pre", "br", "hr", "sub",
         "sup", "blockquote", "caption", "thead", "tbody", "tr"), ("class",)
    ),
    "span": ("class", "aria-hidden"),
    "div": ("class", "role", "aria-label", "tabindex"),
    "table": ("class", "data-table", "data-counts"),
    "th": ("class", "scope"),
    "td": ("class", "data-cell", "data-question"),
    "a": ("href",),
    "img": ("src", "alt", "width", "height"),
}  # fmt: skip
"""Every element a report may hold, with its attributes."""

SAFE_LINK = re.compile(r"#[\w.-]*|[\w-]+(/[\w.-]+)*\.(html|pdf|xlsx)(#[\w.-]*)?")
SAFE_IMAGE = re.compile(r"data:image/(svg\+xml|png);base64,[A-Za-z0-9+/=]*")


class ElementRefused(DisclosureStop, ValueError):
    """A report holds an element, attribute or address that no report may hold."""


def page(
    body: BeautifulSoup,
    words: Words,
    *,
    title: str,
    head: Markup,
    simulated: bool = False,
    footer: str = "",
) -> str:
    """The whole file. ``body`` has been through :func:`tidied`."""
    return styled(
        "page.html.j2",
        words,
        simulated=simulated,
        title=title,
        head=head,
        body=Markup(str(body).strip()),
        contents=[
            {"id": str(head["id"]), "title": head.get_text(" ", strip=True)}
            for head in body.find_all("h2")
        ],
        footer=footer,
    )


def styled(name: str, words: Words, *, simulated: bool, **fields: object) -> str:
    """The template ``name`` filled, with the one style and what lets a browser take no other."""
    style = stylesheet(words("simulated.mark") if simulated else "")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return template(name).render(
        words=words, simulated=simulated, style=Markup(style), digest=digest, **fields
    )


@lru_cache
def stylesheet(mark: str) -> str:
    """The one stylesheet; ``mark`` stands at the top of every printed page."""
    css = (FOLDER / "style.css").read_text("utf-8")
    return "\n" + css.replace('"MARK"', f'"{mark}"')


def tidied(html: str) -> BeautifulSoup:
    """``html`` as a checked tree: only known elements, headings in order with names of their own.

    Raises
    ------
    ElementRefused
        Naming the element, attribute or address.
    """
    body = BeautifulSoup(html, "html.parser")
    for comment in body.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for anchor in body.find_all("a", class_="anchor-link"):
        anchor.decompose()
    _order_headings(body)
    for table in body.find_all("table"):
        _complete_table(table)
    for element in body.find_all(True):
        _check(element)
    return body


def _order_headings(body: BeautifulSoup) -> None:
    """Headings numbered by their place, and links to them by the names they had."""
    level, numbers, renamed = 1, [0] * 7, {}
    for heading in body.find_all(HEADINGS):
        level = min(max(int(heading.name[1]), 2), level + 1)
        heading.name = f"h{level}"
        numbers[level] += 1
        numbers[level + 1 :] = [0] * (6 - level)
        name = "s" + "-".join(map(str, numbers[2 : level + 1]))
        renamed[f"#{heading.get('id')}"] = f"#{name}"
        heading.attrs = {"id": name}
    for link in body.find_all("a", href=renamed.keys().__contains__):
        link["href"] = renamed[str(link["href"])]


def _complete_table(table: Tag) -> None:
    """A table written in prose gets scoped headings, says that it holds no counts, and can be
    scrolled where it is wider than the page."""
    if not table.has_attr("data-table"):
        table["data-counts"] = "no"
    for head in table.find_all("thead"):
        for cell in head.find_all("th"):
            cell["scope"] = "col"
            cell.attrs.pop("style", None)
    for cell in table.find_all("td"):
        cell.attrs.pop("style", None)
    if table.parent is not None and table.parent.name != "div":
        table.wrap(_frame(table))


def _frame(table: Tag) -> Tag:
    above = table.find_previous(HEADINGS)
    label = above.get_text(" ", strip=True) if above else ""
    named = {"class": "table", "role": "group", "aria-label": label, "tabindex": "0"}
    return Tag(name="div", attrs=named)


def _check(element: Tag) -> None:
    if element.name not in ALLOWED:
        raise ElementRefused(f"<{element.name}> has no place in a report; use te.show")
    for name in sorted(element.attrs):
        if name not in ALLOWED[element.name]:
            raise ElementRefused(f"<{element.name}> may not have the attribute {name!r}")
    if element.name == "a" and not SAFE_LINK.fullmatch(str(element.get("href", ""))):
        raise ElementRefused("a link in a report leads only to a place in it or a file beside it")
    if element.name == "img" and not SAFE_IMAGE.fullmatch(str(element.get("src", ""))):
        raise ElementRefused("a picture in a report must be part of it")
