"""The templates that turn values into HTML; every value is escaped by them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

FOLDER = Path(__file__).parents[1] / "template"


def html(piece: str, *values: object, **named: object) -> Markup:
    """One piece of ``template/blocks.html.j2`` filled with ``values``."""
    return Markup(str(getattr(_pieces(), piece)(*values, **named)).strip())


@lru_cache
def environment() -> Environment:
    """Templates with escaping always on and no value silently missing."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def template(name: str) -> Template:
    """One of the report's templates."""
    return environment().get_template(name)


@lru_cache
def _pieces() -> object:
    return template("blocks.html.j2").module
