"""The page of settings: every key of study.yaml and strategy.yaml with what it means."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin

HEAD = """# Settings, key by key

Made from the models that read the files: a key that is not here is refused. What is indented in the
file stands here with a dot: `areas.treated` is the key `treated` below `areas`. Words in capitals
stand for names of your own. How files are written and what is refused: [data](data.md). Examples:
`parameters/study.yaml` and the smaller `parameters/examples/minimal/`.
"""


@dataclass(frozen=True)
class Key:
    """One key of a file: where it stands, how it is written, what it means."""

    path: str
    kind: str
    needed: str
    meaning: str

    @property
    def row(self) -> str:
        """Its row of the table."""
        cells = (f"`{self.path}`", self.meaning, self.kind, self.needed)
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True)
class Part:
    """The keys of one model."""

    heading: str
    about: str
    keys: tuple[Key, ...]


def settings_page() -> str:
    """Every key of both files in tables, one for each part of the file."""
    parts = [HEAD]
    for file, found in parts_of_files().items():
        parts.append(f"## {file}")
        for part in found:
            table = ["| key | meaning | written as | needed |", "|---|---|---|---|"]
            table += [key.row for key in part.keys]
            parts += [f"### {part.heading}", part.about, "\n".join(table)]
    return "\n\n".join(parts) + "\n"


def parts_of_files() -> dict[str, list[Part]]:
    """The parts of every file that a study is described by."""
    from tingbjerg_eval.study.deviations import Deviations
    from tingbjerg_eval.study.settings import StudySettings
    from tingbjerg_eval.study.strategy import Strategy

    files = {
        "study.yaml": StudySettings, "strategy.yaml": Strategy, "deviations.yaml": Deviations,
    }  # fmt: skip
    return {file: list(_parts(model, "", set())) for file, model in files.items()}


def _parts(model: type, path: str, seen: set[type]) -> Iterator[Part]:
    """One model's keys, then those of the models inside it, each once."""
    seen.add(model)
    said = meanings(model)
    keys, inner = [], []
    for name, field in model.model_fields.items():
        here = path + (field.alias or name)
        models = list(_models(field.annotation))
        inner += [(_inside(here, field.annotation, one), one) for one in models]
        needed = "yes" if field.is_required() else _default(field)
        keys.append(Key(here, _type_said(field.annotation), needed, said.get(name, "")))
    about = (inspect.getdoc(model) or "").split("\n\n")[0].replace("\n", " ").replace("``", "`")
    yield Part(path.rstrip(".") or "Top of the file", about, tuple(keys))
    for inside, one in inner:
        if one not in seen:
            yield from _parts(one, inside, seen)


def _inside(path: str, kind: object, model: type) -> str:
    """Where a model's keys stand: below a name of the user's, or in each entry of a list."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) is dict:
        written = model.model_fields.get("kind")
        only = get_args(written.annotation) if written else ()
        return f"{path}.NAME{f' ({only[0]})' if len(only) == 1 else ''}."
    return f"{path}[]." if get_origin(kind) is list else f"{path}."


@cache
def meanings(model: type) -> dict[str, str]:
    """What each field of a model means: the text below it, or below its parent's."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if hasattr(base, "model_fields") and base.__module__.startswith("tingbjerg_eval"):
            found |= _written_below(_class_body(base))
    return found


def _class_body(model: type) -> list[ast.stmt]:
    source = Path(inspect.getfile(model)).read_text(encoding="utf-8")
    classes = (one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.ClassDef))
    return next(one.body for one in classes if one.name == model.__name__)


def _written_below(body: list[ast.stmt]) -> dict[str, str]:
    return {
        field.target.id: re.sub(r"\s+", " ", text.value.value.strip()).replace("``", "`")
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }  # fmt: skip


def _models(kind: object) -> Iterator[type]:
    if inspect.isclass(kind) and hasattr(kind, "model_fields"):
        yield kind
    for part in get_args(kind):
        yield from _models(part)


def _default(field: object) -> str:
    value = field.get_default(call_default_factory=True)
    if value is None or value in ([], {}, ()):
        return "no"
    said = "its own defaults" if hasattr(value, "model_fields_set") else f"`{_yaml(value)}`"
    return f"no: {said}".replace("|", "\\|")


def _yaml(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return int(value) if isinstance(value, float) and value.is_integer() else value


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
        return f"list of {parts[0]}" if parts[0] != "keys below" else "list, each with keys below"
    if get_origin(kind) is dict:
        return f"names, each with {parts[-1]}"
    if parts:
        return " or ".join(dict.fromkeys(parts))
    return SAID.get(getattr(kind, "__name__", ""), "text")


SAID = {"str": "text", "int": "whole number", "float": "number", "bool": "`true` or `false`",
        "date": "day", "Decimal": "amount"}  # fmt: skip
