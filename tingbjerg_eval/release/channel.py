"""What is found in a file: a piece of text, or a danger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """A piece of text and where it stands; ``row`` is a row of a table rather than prose."""

    where: str
    text: str
    row: bool = False


@dataclass(frozen=True)
class Danger:
    """Live content, or something that cannot be read, and where."""

    where: str
    kind: str


Reader = Callable[..., Iterator[Channel | Danger]]
"""Reads a file that is packed into another: ``reader(data, within=..., depth=...)``."""
