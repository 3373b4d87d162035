"""YAML read as text only: no value is guessed, no key is lost, every place is known.

Plain YAML turns ``no`` into False, ``010170`` into 4216 and ``1:30`` into 90, keeps only the
last of two equal keys and runs tags. Here every scalar stays the text that was written;
types are decided by the model that reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from tingbjerg_eval.inputs.catalogue import worded
from tingbjerg_eval.inputs.problems import InputRefused, Problem

Path_ = tuple[str | int, ...]
ONLY_THOROUGHLY = re.compile(r"[\t&*!?]|[|>][-+0-9]*#|---|.{1000}")
"""Tabs, anchors, aliases and tags, which are refused, what libyaml reads in a way of its own, and
lines so long that their levels could overrun its stack."""
DEEPEST = 200
"""Brackets inside each other, of which PyYAML's reader would take time by their square."""
NEW_STUDY = "Check the path; tingbjerg new-study makes a new one."
NOT_FOLDER = "Give the path of study.yaml itself."


@dataclass
class Document:
    """The text tree of a YAML file and the line of each of its nodes."""

    file: str
    value: object
    lines: dict[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int:
        """Line of ``path``, or of the nearest parent that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(path: Path) -> Document:
    """Read ``path``.

    Raises
    ------
    InputRefused
        Listing tabs, tags, anchors, aliases, duplicate keys, syntax errors, an empty file or
        bytes that are not UTF-8, each with its line.
    """
    return parse_yaml(_text(path), file=path.name)


def parse_yaml(text: str, *, file: str) -> Document:
    """Parse ``text`` as :func:`read_yaml` does a file."""
    try:
        if _depth(text) > DEEPEST:
            raise RecursionError
        return _document(_quickly(text) or _thoroughly(text, file), file)
    except RecursionError:
        raise InputRefused([_problem("yaml-depth", file)]) from None


def _depth(text: str) -> int:
    """Brackets that are open at once; those in texts count, and close again there."""
    steps = (1 if sign in "[{" else -1 for sign in re.findall(r"[\[\]{}]", text))
    return max(accumulate(steps, lambda depth, step: max(0, depth + step)), default=0)


def _quickly(text: str) -> yaml.Node | None:
    """The nodes by libyaml, where it cannot read ``text`` in another way than PyYAML's own reader.

    Nothing where that reader is to read it, whose refusals say what is wrong and where.
    """
    quick = getattr(yaml, "CSafeLoader", None)
    if quick is None or ONLY_THOROUGHLY.search(text):
        return None
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=quick)
    except yaml.YAMLError:
        return None
    return node


def _thoroughly(text: str, file: str) -> yaml.Node | None:
    try:
        _refuse_references(text, file)
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise InputRefused([_syntax_problem(error, file)]) from None
    except yaml.YAMLError:
        raise InputRefused([_problem("yaml-characters", file)]) from None
    return node


def _document(node: yaml.Node | None, file: str) -> Document:
    if node is None:
        raise InputRefused([_problem("yaml-empty", file)])
    document = Document(file=file, value=None)
    problems: list[Problem] = []
    document.value = _value(node, (), document, problems)
    if problems:
        raise InputRefused(problems)
    return document


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        problem = worded("file-missing", file=path.name, found="no such file", near=NEW_STUDY)
    except IsADirectoryError:
        problem = worded("file-missing", file=path.name, found="a folder", near=NOT_FOLDER)
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        problem = _problem("yaml-encoding", path.name, line)
    raise InputRefused([problem])


REFERENCES = {
    yaml.AnchorToken: "an anchor (&)",
    yaml.AliasToken: "an alias (*)",
    yaml.TagToken: "a tag (!)",
}


def _refuse_references(text: str, file: str) -> None:
    problems = [
        _problem("yaml-reference", file, token.start_mark.line + 1, what=REFERENCES[type(token)])
        for token in yaml.scan(text, Loader=yaml.SafeLoader) if type(token) in REFERENCES
    ]  # fmt: skip
    if problems:
        raise InputRefused(problems)


def _syntax_problem(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    if "\\t" in str(error.problem):
        return _problem("yaml-tab", file, line)
    return _problem("yaml-syntax", file, line, cause=error.problem or "text that is not YAML")


def _value(node: yaml.Node, path: Path_, document: Document, problems: list[Problem]) -> object:
    document.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return None if _is_blank(node) else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(n, (*path, i), document, problems) for i, n in enumerate(node.value)]
    return _mapping(node, path, document, problems)


def _is_blank(node: yaml.ScalarNode) -> bool:
    return not node.style and node.value in ("", "~", "null")


def _mapping(
    node: yaml.Node, path: Path_, document: Document, problems: list[Problem]
) -> dict[str, object]:
    mapping: dict[str, object] = {}
    first_line: dict[str, int] = {}
    for key_node, value_node in node.value:
        key, line = key_node.value, key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(_problem("yaml-key", document.file, line))
            continue
        if key in mapping:
            problems.append(_problem("yaml-duplicate-key", document.file, line, key=repr(key),
                                     first=first_line[key]))  # fmt: skip
            continue
        first_line[key] = line
        mapping[key] = _value(value_node, (*path, key), document, problems)
        document.lines[(*path, key)] = line
    return mapping


def _problem(code: str, file: str, line: int = 1, **fields: Any) -> Problem:
    return worded(code, file=file, place=f"line {line}", **fields)
