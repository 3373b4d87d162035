"""YAML read as text only: no value is guessed, no key is lost, every place is known.

Plain YAML turns ``no`` into False, ``010170`` into 4216 and ``1:30`` into 90, keeps only the
last of two equal keys and runs tags. Here every scalar stays the text that was written;
types are decided by the model that reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tingbjerg_eval.inputs.problems import InputRefused, Problem

Path_ = tuple[str | int, ...]


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
        return _document(text, file)
    except RecursionError:
        wanted, mend = "a few levels", "Copy a file from parameters/ and fill it in."
        found = "lists or keys inside each other too deeply to be read"
        raise InputRefused([_problem("yaml-depth", file, 1, found, wanted, mend)]) from None


def _document(text: str, file: str) -> Document:
    try:
        _refuse_references(text, file)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise InputRefused([_syntax_problem(error, file)]) from None
    except yaml.YAMLError:
        raise InputRefused(
            [
                _problem(
                    "yaml-characters",
                    file,
                    1,
                    "characters that YAML does not allow",
                    "printable text",
                    "Save the file as plain UTF-8 text.",
                )
            ]
        ) from None
    if node is None:
        raise InputRefused(
            [
                _problem(
                    "yaml-empty",
                    file,
                    1,
                    "an empty file",
                    "settings",
                    "Copy a file from parameters/ and fill it in.",
                )
            ]
        )
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
        raise InputRefused(
            [
                Problem(
                    code="file-missing",
                    file=path.name,
                    found="no such file",
                    mend="Check the path; tingbjerg new-study makes a new one.",
                )
            ]
        ) from None
    except IsADirectoryError:
        raise InputRefused(
            [
                Problem(
                    code="file-missing",
                    file=path.name,
                    found="a folder",
                    wanted="a YAML file",
                    mend="Give the path of study.yaml itself.",
                )
            ]
        ) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise InputRefused(
            [
                _problem(
                    "yaml-encoding",
                    path.name,
                    line,
                    "bytes that are not UTF-8",
                    "UTF-8",
                    "Save the file as UTF-8.",
                )
            ]
        ) from None


def _refuse_references(text: str, file: str) -> None:
    problems = []
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        for kind, what in (
            (yaml.AnchorToken, "an anchor (&)"),
            (yaml.AliasToken, "an alias (*)"),
            (yaml.TagToken, "a tag (!)"),
        ):
            if isinstance(token, kind):
                problems.append(
                    _problem(
                        "yaml-reference",
                        file,
                        token.start_mark.line + 1,
                        what,
                        "plain text",
                        "Write the value out, or put it in quotes.",
                    )
                )
    if problems:
        raise InputRefused(problems)


def _syntax_problem(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    if "\\t" in str(error.problem):
        return _problem(
            "yaml-tab", file, line, "a tab", "spaces", "Indent with spaces, two for each level."
        )
    return _problem(
        "yaml-syntax",
        file,
        line,
        error.problem or "text that is not YAML",
        "key: value",
        "Check indentation, colons and quotes on this line and above.",
    )


def _value(node: yaml.Node, path: Path_, document: Document, problems: list[Problem]) -> object:
    document.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return None if _is_blank(node) else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(n, (*path, i), document, problems) for i, n in enumerate(node.value)]
    return _mapping(node, path, document, problems)


def _is_blank(node: yaml.ScalarNode) -> bool:
    return node.style is None and node.value in ("", "~", "null")


def _mapping(
    node: yaml.Node, path: Path_, document: Document, problems: list[Problem]
) -> dict[str, object]:
    mapping: dict[str, object] = {}
    first_line: dict[str, int] = {}
    for key_node, value_node in node.value:
        key, line = key_node.value, key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(
                _problem(
                    "yaml-key",
                    document.file,
                    line,
                    "a key that is not text",
                    "key: value",
                    "Write the key as one word.",
                )
            )
            continue
        if key in mapping:
            problems.append(
                _problem(
                    "yaml-duplicate-key",
                    document.file,
                    line,
                    f"{key!r} again (first on line {first_line[key]})",
                    "each key once",
                    "Remove one of them.",
                )
            )
            continue
        first_line[key] = line
        mapping[key] = _value(value_node, (*path, key), document, problems)
        document.lines[(*path, key)] = line
    return mapping


def _problem(code: str, file: str, line: int, found: str, wanted: str, mend: str) -> Problem:
    return Problem(
        code=code, file=file, place=f"line {line}", found=found, wanted=wanted, mend=mend
    )
