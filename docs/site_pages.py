"""Pages of the site that are made from other files: the front page and the reference."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#:]+)\)")


def on_files(files, config):
    """Add the front page from the README, the reference from docstrings and models."""
    pages = {"index.md": front_page(), "reference.md": reference(), "settings.md": settings()}
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


GROUPS = {
    "Data and designs": ("evaluation", "study", "inputs"),
    "Estimators": ("stats",),
    "Targets and verdicts": ("targets",),
    "Reports, figures and looking around": ("report", "exploring"),
}
"""Headings of the reference and the rooms whose names stand under them."""


def reference() -> str:
    """Everything that ``te.`` offers by group, each with its signature and its docstring."""
    import tingbjerg_eval as te

    names = sorted(te.__all__, key=str.lower)
    parts = ["# Reference", "`import tingbjerg_eval as te`"]
    for heading, rooms in GROUPS.items():
        inside = [name for name in names if _room(getattr(te, name)) in rooms]
        parts += [f"## {heading}", *(_entry(name, getattr(te, name)) for name in inside)]
    return "\n\n".join(parts) + "\n"


def _room(thing: object) -> str:
    module = thing.__name__ if inspect.ismodule(thing) else inspect.unwrap(thing).__module__
    return module.split(".")[1]


def settings() -> str:
    """Every key of study.yaml and strategy.yaml, from the models that read them."""
    from tingbjerg_eval.study.settings import StudySettings
    from tingbjerg_eval.study.strategy import Strategy

    parts = ["# Settings, key by key", "Made from the models that read the files."]
    for file, model in (("study.yaml", StudySettings), ("strategy.yaml", Strategy)):
        parts += [f"## {file}", *_keys(model, "", set())]
    return "\n\n".join(parts) + "\n"


def _keys(model: type, path: str, seen: set[type]) -> Iterator[str]:
    """A table of one model's keys, then those of the models inside it, each once."""
    seen.add(model)
    rows = ["| key | what | needed |", "|---|---|---|"]
    inner: list[tuple[str, type]] = []
    for name, field in model.model_fields.items():
        models = list(_models(field.annotation))
        inner += [(f"{path}{name}.", one) for one in models]
        needed = "yes" if field.is_required() else f"no ({_default(field)})"
        rows.append(f"| `{path}{name}` | {_type_said(field.annotation)} | {needed} |")
    yield f"### {path.rstrip('.') or 'The file'}: {(inspect.getdoc(model) or '').splitlines()[0]}"
    yield "\n".join(rows)
    for inside, one in inner:
        if one not in seen:
            yield from _keys(one, inside, seen)


def _models(kind: object) -> Iterator[type]:
    if inspect.isclass(kind) and hasattr(kind, "model_fields"):
        yield kind
    for part in get_args(kind):
        yield from _models(part)


def _default(field: object) -> str:
    value = field.get_default(call_default_factory=True)
    return "empty" if value in (None, [], {}, ()) else _cell(value)


def _cell(value: object) -> str:
    said = "its own defaults" if hasattr(value, "model_fields_set") else f"`{value}`"
    return said.replace("|", "\\|")


def _type_said(kind: object) -> str:
    """A type as a reader of YAML says it."""
    if inspect.isclass(kind) and hasattr(kind, "model_fields"):
        return "keys below"
    if get_origin(kind) is Literal:
        return " or ".join(f"`{one}`" for one in get_args(kind))
    if get_origin(kind) is Annotated:
        return _type_said(get_args(kind)[0])
    parts = [_type_said(one) for one in get_args(kind) if one not in (type(None), Ellipsis)]
    if get_origin(kind) in (list, tuple):
        return f"list of {parts[0]}"
    if get_origin(kind) is dict:
        return f"names, each with {parts[-1]}"
    if parts:
        return " or ".join(dict.fromkeys(parts))
    return SAID.get(getattr(kind, "__name__", ""), "text")


SAID = {"str": "text", "int": "whole number", "float": "number", "bool": "yes or no",
        "date": "day"}  # fmt: skip


def _entry(name: str, thing: object) -> str:
    if inspect.ismodule(thing):
        inner = [_entry(f"{name}.{one}", getattr(thing, one)) for one in thing.__all__]
        return "\n\n".join([f"### te.{name}", _said(thing), *inner])
    signature = re.sub(r" at 0x[0-9a-f]+", "", str(inspect.signature(thing)))
    return "\n\n".join([f"### te.{name}", _block(f"te.{name}{signature}"), _said(thing)])


def _said(thing: object) -> str:
    return _block(inspect.getdoc(thing) or "")


def _block(text: str) -> str:
    return f"```text\n{text}\n```"
