"""Names that are alike but for case, accents, blanks or one letter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

SHORTEST = 5
"""Letters from which one wrong letter is taken for a slip."""
SIGNS = str.maketrans({"ø": "o", "œ": "oe", "æ": "ae", "ß": "ss", "ð": "d", "þ": "th", "ł": "l"})

TOTALS = {"i alt", "ialt", "total", "hele landet", "alle", "sum", "all", "hele byen", "tot",
          "both", "begge", "alle aldre", "uanset", "samlet", "begge køn"}  # fmt: skip
"""Names of totals, in any dimension."""


def folded(text: str) -> str:
    """``text`` without case, accents, blanks and punctuation; ``å`` and ``aa`` are one."""
    lowered = unicodedata.normalize("NFKC", text).casefold().replace("å", "aa").translate(SIGNS)
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(sign for sign in decomposed if sign.isalnum())


def one_slip(one: str, other: str) -> bool:
    """Whether two texts differ by one letter put in, left out, changed or swapped with the next.

    Digits are never slips (Område 1, Område 2), nor is a first letter put in or left out (tryg,
    utryg).
    """
    if one == other or min(len(one), len(other)) < SHORTEST or abs(len(one) - len(other)) > 1:
        return False
    if re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return False
    start = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    rest, more = one[start:], other[start:]
    if len(one) == len(other):
        swapped = rest[:2] == more[:2][::-1] and rest[2:] == more[2:]
        return rest[1:] == more[1:] or swapped
    longer, shorter = (rest, more) if len(rest) > len(more) else (more, rest)
    return start > 0 and longer[1:] == shorter


def alike(name: str, known: Iterable[str]) -> str | None:
    """The name in ``known`` that ``name`` may be a misspelling of; ``None`` if it is in it."""
    names = list(known)
    if name in names:
        return None
    plain = folded(name)
    same = (one for one in names if folded(one) == plain)
    low = name.casefold()
    slips = (one for one in names if one_slip(folded(one), plain) or one_slip(one.casefold(), low))
    return next(same, None) or next(slips, None)
