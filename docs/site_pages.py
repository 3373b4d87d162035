"""Pages of the site that are made from other files: the front page and the reference."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#:]+)\)")


def on_files(files, config):
    """Add ``index.md`` from the README and ``reference.md`` from the docstrings."""
    pages = {"index.md": front_page(), "reference.md": reference()}
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def front_page() -> str:
    """The README, its links as they are inside ``docs/``; what lies outside is plain text."""
    return LINK.sub(_inside, (ROOT / "README.md").read_text(encoding="utf-8"))


def _inside(link: re.Match[str]) -> str:
    mark, text, target = link.groups()
    if target.startswith("docs/"):
        return f"{mark}[{text}]({target.removeprefix('docs/')})"
    return text


def reference() -> str:
    """Everything that ``te.`` offers, each with its signature and its docstring."""
    import tingbjerg_eval as te

    parts = [_entry(name, getattr(te, name)) for name in sorted(te.__all__, key=str.lower)]
    return "\n\n".join(["# Reference", "`import tingbjerg_eval as te`", *parts]) + "\n"


def _entry(name: str, thing: object) -> str:
    if inspect.ismodule(thing):
        inner = [_entry(f"{name}.{one}", getattr(thing, one)) for one in thing.__all__]
        return "\n\n".join([f"## te.{name}", _said(thing), *inner])
    signature = re.sub(r" at 0x[0-9a-f]+", "", str(inspect.signature(thing)))
    return "\n\n".join([f"## te.{name}", _block(f"te.{name}{signature}"), _said(thing)])


def _said(thing: object) -> str:
    return _block(inspect.getdoc(thing) or "")


def _block(text: str) -> str:
    return f"```text\n{text}\n```"
