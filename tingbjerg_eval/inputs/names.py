"""A name that is not there, and the one that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from tingbjerg_eval.inputs.errors import UnknownName

LIKE = 0.5
"""How alike two names must be to be taken for each other (1 is the same)."""


def nearest(name: object, known: Mapping[str, str] | Iterable[str]) -> str | None:
    """The known name that is most like ``name``; ``None`` where none is like it.

    Parameters
    ----------
    known
        Names, or names with a title each, by which they may be meant too.
    """
    titles = dict(known) if isinstance(known, Mapping) else {one: one for one in known}
    called = {title.casefold(): one for one, title in titles.items()}
    called |= {one.casefold(): one for one in titles}
    asked = str(name).casefold().strip()
    if not asked:
        return None
    within = [one for one in called if asked in one or one in asked]
    near = get_close_matches(asked, within or list(called), n=1, cutoff=0 if within else LIKE)
    return called[near[0]] if near else None


def refuse_unknown(name: object, known: Mapping[str, str] | Iterable[str], *, what: str) -> None:
    """Refuse a ``name`` that is not among the ``known``.

    Raises
    ------
    UnknownName
        With the nearest name and every other.
    """
    names = list(known)
    if isinstance(name, str) and name in names:
        return
    near = nearest(name, known)
    meant = f" Did you mean {near!r}?" if near else ""
    there = ", ".join(map(repr, names)) or "none"
    raise UnknownName(f"There is no {what} {name!r}.{meant} There are: {there}.")


def meant(name: str, known: Iterable[str]) -> str:
    """A question for the known name that is most like ``name``; blank where none is like it."""
    near = get_close_matches(name, list(known), n=1)
    return f"Did you mean {near[0]!r}? " if near else ""


def many(number: int, what: str) -> str:
    """A number of things in words.

    >>> many(2, "area")
    '2 areas'
    """
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
