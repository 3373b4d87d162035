"""HTML, SVG and XML taken apart: text as it is read, attributes, comments, live parts.

The parser is the tolerant one of the standard library; what it would take for text inside a
comment, a style or a processing instruction is given as a channel too, so that a difference
between this parser and a browser hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.parsers.expat import ExpatError, ParserCreate

from tingbjerg_eval.release.channel import Channel, Danger

Attributes = list[tuple[str, str | None]]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_INLINE = _words("""
    a abbr b bdi bdo big cite code em font i ins kbd mark q s samp small span strong sub sup
    tspan tt u var wbr t r rpr
""")
_GEOMETRY = _words("""
    d points transform viewbox x y x1 y1 x2 y2 dx dy cx cy r rx ry width height offset
    gradienttransform patterntransform stroke-dasharray stroke-width textlength keytimes
""")
_ACTIVE_TAGS = _words("""
    script iframe frame frameset object embed applet base form foreignobject animate
    animatetransform animatemotion set portal noscript template audio video source track
    plaintext xmp
""")
_ADDRESSES = _words("""
    href src srcset action formaction data poster background cite longdesc manifest ping
    xlink:href codebase classid archive usemap imagesrcset lowsrc dynsrc
""")
_LIVE_ADDRESS = re.compile(r"^\s*(?:javascript|vbscript|livescript|mocha|data:text/html)", re.I)
_NETWORK = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:)?//|^\s*(?:https?|ftp|wss?|mailto|tel):", re.I)
_CSS = re.compile(
    r"@import|expression\s*\(|-moz-binding|(?<![-\w])behavior\s*:|url\(\s*['\"]?(?!\s*['\"]?(?:data:|#))",
    re.I,
)
_TAG_IN_RAW = re.compile(rb"<\s*script|<\s*/\s*script", re.I)
_HIDDEN_SIGNS = re.compile(r"[\x00-\x20]+")


@dataclass
class Markup:
    """What a markup file says: ``texts`` by channel, ``cells`` with their headings, dangers."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    active: list[str] = field(default_factory=list)


def read_markup(data: bytes, *, html: bool = True) -> Markup:
    """Take a file of HTML, SVG or XML apart; ``html`` asks for live content as well.

    What is no HTML is read as the programs read it that open it, unless it is not well-formed.
    """
    if not html and (read := _as_xml(data)) is not None:
        return read
    reader = _Reader(html=html)
    reader.feed(data.decode("utf-8", errors="replace"))
    reader.close()
    found = reader.finish()
    if html and _TAG_IN_RAW.search(data) and "script element" not in found.active:
        found.active.append("script element")
    return found


def _as_xml(data: bytes) -> Markup | None:
    """What XML says; ``None`` where it is not well-formed, or declares what may be text itself."""
    reader, parser, declared = _Reader(html=False), ParserCreate(), list[object]()
    parser.StartDoctypeDeclHandler = lambda *what: declared.append(what)
    parser.ordered_attributes = parser.buffer_text = True
    parser.StartElementHandler = lambda tag, held: reader.handle_starttag(
        tag.lower(),
        [(name.lower(), value) for name, value in zip(held[::2], held[1::2], strict=True)],
    )
    parser.EndElementHandler = lambda tag: reader.handle_endtag(tag.lower())
    parser.CharacterDataHandler = reader.handle_data
    parser.CommentHandler = reader.handle_comment
    parser.ProcessingInstructionHandler = lambda target, said: reader.handle_pi(f"{target} {said}")
    try:
        parser.Parse(data, True)
    except ExpatError:
        return None
    return None if declared else reader.finish()


class _Reader(HTMLParser):
    def __init__(self, *, html: bool):
        super().__init__(convert_charrefs=True)
        self.html = html
        self.found = Markup()
        self.text: list[str] = []
        self.style: list[str] | None = None
        self.table = _Table(self.found.cells)

    def finish(self) -> Markup:
        self._flush()
        return self.found

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        self._break(tag)
        self.table.start(tag)
        if tag == "style":
            self.style = []
        if self.html and tag in _ACTIVE_TAGS:
            self.found.active.append(f"{tag} element")
        if self.html and tag == "meta" and ("http-equiv", "refresh") in _lower(attrs):
            self.found.active.append("refresh")
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)
        self.table.end(tag)
        if tag == "style" and self.style is not None:
            self._styles("".join(self.style))
            self.style = None

    def handle_data(self, data: str) -> None:
        if self.style is not None:
            self.style.append(data)
        else:
            self.text.append(data)
            self.table.say(data)

    def handle_comment(self, data: str) -> None:
        self._aside("comment", data)

    def handle_decl(self, decl: str) -> None:
        self._aside("declaration", decl)

    def handle_pi(self, data: str) -> None:
        self._aside("processing instruction", data)

    def unknown_decl(self, data: str) -> None:
        self._aside("declaration", data)

    def _aside(self, where: str, data: str) -> None:
        """A comment and the like: where it ends, browsers and this parser may not agree."""
        self.found.texts.append((where, data))
        if self.html and "<" in data:
            inside = read_markup(data[data.index("<") :].encode())
            self.found.active.extend(inside.active)

    def _break(self, tag: str) -> None:
        if tag not in _INLINE:
            self._flush()

    def _flush(self) -> None:
        text = "".join(self.text).strip()
        if text:
            self.found.texts.append(("text", text))
        self.text = []

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name == "style":
            self._styles(value)
        elif value and name not in _GEOMETRY:
            self.found.texts.append((f"attribute {name}", value))
            if (decoded := unquote(value)) != value and not value.lstrip().startswith("data:"):
                self.found.texts.append((f"attribute {name}", decoded))
        if self.html:
            self.found.active.extend(_dangers(tag, name, value))

    def _styles(self, css: str) -> None:
        self.found.texts.append(("style", css))
        if self.html and "<" in css:
            self.found.active.append("markup in a style")
        if self.html and _CSS.search(css):
            self.found.active.append("network address in a style")


class _Table:
    """Each cell of a table with its caption, its column's heading and its row's headings."""

    def __init__(self, cells: list[str]):
        self.cells = cells
        self.caption = ""
        self.heads: list[list[str]] = []
        self.row: list[tuple[str, str]] = []
        self.at: str | None = None
        self.said: list[str] = []

    def start(self, tag: str) -> None:
        if tag == "table":
            self.caption, self.heads = "", []
        if tag == "tr":
            self.row = []
        if tag in ("td", "th", "caption"):
            self.at, self.said = tag, []

    def say(self, text: str) -> None:
        if self.at:
            self.said.append(text)

    def end(self, tag: str) -> None:
        if tag == self.at:
            self._cell(tag, " ".join("".join(self.said).split()))
            self.at = None
        if tag == "tr" and self.row and all(of == "th" for of, _ in self.row):
            self.heads.append([text for _, text in self.row])

    def _cell(self, tag: str, text: str) -> None:
        if tag == "caption":
            self.caption = text
            return
        if tag == "td":
            column = len(self.row)
            heads = [head[column] for head in self.heads if column < len(head)]
            names = [said for _, said in self.row if not said.replace(".", "").isdigit()]
            self.cells.append(" | ".join([self.caption, *heads, *names, text]))
        self.row.append((tag, text))


def _dangers(tag: str, name: str, value: str) -> Iterable[str]:
    squeezed = _HIDDEN_SIGNS.sub("", value)
    if name.startswith("on"):
        yield "event attribute"
    if name == "srcdoc":
        yield "document in an attribute"
    if name not in _ADDRESSES:
        return
    if _LIVE_ADDRESS.match(squeezed):
        yield "script address"
    elif _NETWORK.match(squeezed):
        yield "network address"
    elif tag != "a" and squeezed and not squeezed.lower().startswith(("#", "data:")):
        yield "address outside the file"


def _lower(attrs: Attributes) -> set[tuple[str, str]]:
    return {(name, (value or "").strip().lower()) for name, value in attrs}


def markup_channels(found: Markup, within: str) -> Iterator[Channel | Danger]:
    for where, text in found.texts:
        yield Channel(f"{within}{where}", text)
    for cell in found.cells:
        yield Channel(f"{within}table cell", cell, row=True)
    for kind in dict.fromkeys(found.active):
        yield Danger(f"{within}markup", kind)
