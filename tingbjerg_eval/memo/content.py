"""What the memo says: the first page of the finished report, piece by piece, nothing new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from tingbjerg_eval.presentation.words.sentences import Words

SECTION = "h2"
MOST_ROWS = 12
"""A table longer than this stays in the report."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Drawings below each other, each with its name and what it shows."""

    names: tuple[str, ...]
    drawings: tuple[str, ...]
    alt: str


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One piece of the memo.

    Attributes
    ----------
    kind
        ``heading``, ``points`` (numbered sentences), ``bullets``, ``prose``, ``note``, ``table``
        or ``picture``.
    lines
        Its texts; of a table the caption alone.
    rows
        A table's rows, the head first; a cell's parts are separated by line ends.
    """

    kind: str
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    picture: Picture | None = None
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Memo:
    """A memo before it is written.

    ``head`` are the fields of the memo head, ``simulated`` the sentence of simulated data (empty
    for real ones), ``reference`` by what it is known which edition it was made from.
    """

    title: str
    sender: str
    head: tuple[tuple[str, str], ...]
    simulated: tuple[str, ...]
    pieces: tuple[Piece, ...]
    reference: str
    language: str


def memo_of(page: str, words: Words, *, reference: str) -> Memo | None:
    """The memo of a finished report page; ``None`` where the page opens without main points."""
    tree = BeautifulSoup(page, "html.parser")
    main, header = tree.find("main"), tree.find("header", class_="page")
    if main is None or main.find("ol", class_="points") is None or header is None:
        return None
    mark = header.find("p", class_="simulated")
    return Memo(
        title=_text(tree.find("h1")),
        sender=_text(header.find(class_="sender")),
        head=tuple(
            (_text(term), _text(term.find_next("dd"))) for term in header.find_all("dt")
        ),
        simulated=(_text(mark.strong), _text(mark).removeprefix(_text(mark.strong)).strip())
        if mark
        else (),
        pieces=tuple(_numbered(_pieces(main, words))),
        reference=reference,
        language=words.language,
    )  # fmt: skip


def _pieces(main: Tag, words: Words) -> Iterator[Piece]:
    for section in _sections(main):
        if _belongs(section, words):
            yield Piece(kind="heading", lines=(_text(section[0]),))
            for element in _before_subsections(section[1:]):
                yield from _piece(element)


def _sections(main: Tag) -> list[list[Tag]]:
    sections: list[list[Tag]] = []
    for element in main.find_all(recursive=False):
        if element.name == SECTION:
            sections.append([])
        if sections:
            sections[-1].append(element)
    return sections


def _belongs(section: list[Tag], words: Words) -> bool:
    """The main points, what is to be decided, and what comes next."""
    lists = [one for one in section if one.name == "ol"]
    titles = (words("memo.next_steps"), words("memo.background"))
    return bool(lists) or _text(section[0]) in titles


def _before_subsections(elements: list[Tag]) -> Iterator[Tag]:
    for element in elements:
        if element.name in ("h3", "h4"):
            return
        yield element


def _piece(element: Tag) -> Iterator[Piece]:
    classes: list[str] = list(element.get("class") or [])
    if element.name == "ol":
        yield Piece(kind="points", lines=_items(element), place="points" if classes else "decide")
    elif element.name == "ul":
        yield Piece(kind="bullets", lines=_items(element), place="list")
    elif element.name == "div" and (table := element.find("table")):
        yield from _table(table)
    elif element.name == "p" and (image := element.find("img")):
        yield Piece(kind="prose", lines=(f"{str(image['alt']).rstrip('.')}.",), place="money")
    elif element.name == "p" and (said := _text(element)):
        yield Piece(kind="note" if "note" in classes else "prose", lines=(said,), place="text")


def _table(table: Tag) -> Iterator[Piece]:
    rows = [row.find_all(["th", "td"]) for row in table.select("tr")]
    if len(rows) > MOST_ROWS + 1:
        return
    drawn = [place for place, cell in enumerate(rows[-1]) if cell.find("img")] if rows else []
    cells = tuple(
        tuple(_lines(cell) for place, cell in enumerate(row) if place not in drawn) for row in rows
    )
    caption = table.find("caption")
    said = _text(caption) if caption else ""
    name = str(table.get("data-table") or "table")
    yield Piece(kind="table", lines=(said,), rows=cells, place=name)
    if drawn:
        yield Piece(kind="picture", lines=(said,), picture=_picture(rows, drawn[0], said))


def _picture(rows: Sequence[Sequence[Tag]], place: int, caption: str) -> Picture:
    images = [(row[0], row[place].find("img")) for row in rows]
    shown = [(cell, image) for cell, image in images if image]
    body = [(_lines(cell).partition("\n")[0], image) for cell, image in shown]
    names = ("", *(name for name, _ in body[1:]))
    alts = [str(image["alt"]).rstrip(".") for _, image in body]
    return Picture(
        names=names,
        drawings=tuple(str(image["src"]) for _, image in body),
        alt=f"{caption}. " + ". ".join(alts) + ".",
    )


def _items(element: Tag) -> tuple[str, ...]:
    return tuple(_text(item) for item in element.find_all("li", recursive=False))


def _lines(cell: Tag) -> str:
    """A cell's text, its parts on lines of their own, signs for the eye left out."""
    parts: list[str] = [""]
    for node in cell.descendants:
        if isinstance(node, Tag):
            if node.name == "br":
                parts.append("")
        elif node.find_parent(attrs={"aria-hidden": "true"}) is None:
            parts[-1] += str(node)
    return "\n".join(said for part in parts if (said := " ".join(part.split(" ")).strip()))


def _text(element: Tag | None) -> str:
    if element is None:
        return ""
    return " ".join(element.get_text().replace("\n", " ").split(" ")).strip()


def _numbered(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Each piece under a place of its own, by which its numbers are found again."""
    seen: dict[str, int] = {}
    for piece in pieces:
        again = seen[piece.place] = seen.get(piece.place, 0) + 1
        place = piece.place if again == 1 else f"{piece.place}-{again}"
        yield Piece(kind=piece.kind, lines=piece.lines, rows=piece.rows, picture=piece.picture,
                    place=place)  # fmt: skip
