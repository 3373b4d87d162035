"""From a model's validation errors to problems with a line, a key and a remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from tingbjerg_eval.inputs.catalogue import worded
from tingbjerg_eval.inputs.names import meant
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.strict_yaml import Document, Path_

Model = TypeVar("Model", bound=BaseModel)


class Settings(BaseModel):
    """Base of every model read from YAML: frozen, and no key unknown."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
    )


class Broken:
    """A rule between values that is broken at the keys ``path``; ``fields`` fill its words."""

    def __init__(self, code: str, path: Path_, **fields: Any) -> None:
        self.code, self.path, self.fields = code, path, fields


Rules = Callable[[Model], Iterable[Broken]]
Found = Mapping[str, Any]
"""One of a validator's errors."""


def read_model(
    model: type[Model], document: Document, *, rules: Rules[Model] | None = None
) -> Model:
    """Validate ``document`` as ``model``, then by ``rules``.

    Raises
    ------
    InputRefused
        With every wrong key and value of the file at once; when there is none, with every
        broken rule.
    """
    try:
        result = model.model_validate(document.value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True)
        raise InputRefused([_problem(model, document, item) for item in found]) from None
    problems = [broken_problem(document, broken) for broken in (rules(result) if rules else ())]
    if problems:
        raise InputRefused(problems)
    return result


def broken_problem(document: Document, broken: Broken) -> Problem:
    """``broken`` with the line at which it stands."""
    return worded(
        broken.code, file=document.file, place=f"line {document.line(broken.path)}",
        column=".".join(map(str, broken.path)), **broken.fields,
    )  # fmt: skip


def _problem(model: type[BaseModel], document: Document, error: Found) -> Problem:
    path = _written_path(document, error["loc"])
    key = str(path[-1])
    if error["type"] == "extra_forbidden":
        known = _known_keys(model, path[:-1])
        broken = Broken("unknown-key", path, key=repr(key), known=", ".join(known) or "none",
                        near=meant(key, known))  # fmt: skip
    elif error["type"] == "missing":
        broken = Broken("missing-key", path, key=repr(key))
    else:
        shown = _shown(error.get("input"))
        broken = Broken("wrong-value", path, value=shown, form=_wanted(error))
    return broken_problem(document, broken)


def _written_path(document: Document, location: Path_) -> Path_:
    """``location`` without the parts that a validator adds (tags of unions, ``[key]``)."""
    path: Path_ = ()
    for part in location[:-1]:
        if (*path, part) in document.lines:
            path = (*path, part)
    return path if location[-1] == "[key]" else (*path, location[-1])


def _wanted(error: Found) -> str:
    """What was wanted, in the words of the file and not of the validator."""
    context = error.get("ctx", {})
    plain = {
        "model_type": "keys with values",
        "dict_type": "keys with values",
        "list_type": "a list such as [a, b]",
        "string_type": "text",
        "string_too_short": "text that is not blank",
        "string_pattern_mismatch": "small letters, digits and hyphens",
        "literal_error": f"one of {context.get('expected')}",
        "too_short": f"a list of at least {context.get('min_length')}",
        "too_long": f"a list of at most {context.get('max_length')}",
        "union_tag_not_found": "a kind: one of count and share",
        "union_tag_invalid": f"one of {context.get('expected_tags')}",
    }
    return plain.get(error["type"], str(error["msg"]))


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else repr(value)


def _known_keys(model: type[BaseModel], path: Path_) -> list[str]:
    """The keys allowed at ``path``, by walking the annotations."""
    here: object = model
    for part in path:
        here = _inside(here, part)
        if here is None:
            return []
    found = _models_in(here)
    return sorted({
        field.alias or name for one in found for name, field in one.model_fields.items()
    })  # fmt: skip


def _inside(annotation: object, part: str | int) -> object | None:
    for model in _models_in(annotation):
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                return field.annotation
    arguments = [a for a in get_args(annotation) if a is not type(None)]
    return arguments[-1] if arguments else None


def _models_in(annotation: object) -> list[type[BaseModel]]:
    candidates = (annotation, *get_args(annotation))
    return [one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)]
