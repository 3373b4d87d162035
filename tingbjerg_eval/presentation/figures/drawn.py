"""A drawn figure as a file, and what a reader is told who cannot see it."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from matplotlib.figure import Figure, SubFigure

from tingbjerg_eval.presentation.figures import style
from tingbjerg_eval.presentation.words.sentences import Words

ALT = "_report_alt"
CAPTION = "_report_caption"
NOTES = "_report_notes"

_RELEASED: ContextVar[bool] = ContextVar("released", default=False)


@contextmanager
def from_released() -> Iterator[None]:
    """What is drawn meanwhile rests on released tables alone, so it is no working view."""
    token = _RELEASED.set(True)
    try:
        yield
    finally:
        _RELEASED.reset(token)


def working_note(words: Words) -> tuple[str, ...]:
    """What stands under a figure drawn from tables that nobody has released."""
    return () if _RELEASED.get() else (words("figure.working"),)


def describe(
    figure: Figure | SubFigure, *, alt: str, caption: str, notes: tuple[str, ...] = ()
) -> None:
    """Keep what a reader who cannot see the figure is told."""
    setattr(figure, ALT, alt)
    setattr(figure, CAPTION, caption)
    setattr(figure, NOTES, tuple(notes))


def svg(figure: Figure) -> str:
    """The figure as SVG: the same bytes for the same figure, without date or program name.

    Texts stay texts. A sign that the figure's font lacks is shown in the reader's own, so that
    its absence here, where texts are only measured, is nothing to warn of.
    """
    buffer = io.StringIO()
    with style.applied(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(
            buffer,
            format="svg",
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    return _lean(buffer.getvalue())


def _lean(text: str) -> str:
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"<!DOCTYPE[^>]*>\s*|<!--.*?-->\s*", "", text, flags=re.S)
    text = _own_ids(text)
    text = re.sub(rf"'{style.FONT}'(, [^;\"]+)?", style.FALLBACK_FONTS, text)
    text = re.sub(r'\b(d|x|y|transform)="[^"]*"', _two_decimals, text)
    return re.sub(r"\n\s*", "\n", text)


def _own_ids(text: str) -> str:
    """Ids in letters of our own, in the order they stand: a hash can look like a person's number.

    Ids that nothing in the drawing refers to are left out.
    """
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', text))
    names = {old: f"a{_letters(at)}" for at, old in enumerate(
        dict.fromkeys(one for one in re.findall(r'\bid="([^"]*)"', text) if one in used)
    )}  # fmt: skip
    text = re.sub(
        r' id="([^"]*)"',
        lambda found: f' id="{names[found[1]]}"' if found[1] in names else "",
        text,
    )
    return re.sub(
        r'(href="|url\()#([^")]+)',
        lambda found: f"{found[1]}#{names.get(found[2], found[2])}",
        text,
    )


def _letters(number: int) -> str:
    """A number in small letters: 0 is a, 25 is z, 26 is ba."""
    digits = chr(97 + number % 26)
    return (_letters(number // 26) if number >= 26 else "") + digits


def _two_decimals(attribute: re.Match[str]) -> str:
    return re.sub(r"(?<=\d\.\d\d)\d+", "", attribute[0])
