"""The reference page: everything that ``te.`` offers, from its docstrings."""

from __future__ import annotations

import inspect
import re
from typing import Any

GROUPS = {
    "Data and designs": ("evaluation", "study", "inputs"),
    "Estimators": ("stats",),
    "Targets and verdicts": ("targets",),
    "Reports, figures and looking around": ("presentation", "report", "exploring"),
}
"""Headings of the reference and the rooms whose names stand under them."""
LISTED = ("Parameters", "Attributes", "Returns", "Raises", "Other Parameters")
"""Sections of a docstring that name things and say what each is."""
LONGEST = 76
"""Letters of a call that fit on a line."""


def reference() -> str:
    """Everything that ``te.`` offers by group, each with its signature and its docstring."""
    import tingbjerg_eval as te

    names = sorted(te.__all__, key=str.lower)
    parts = ["# The library", "`import tingbjerg_eval as te`"]
    for heading, rooms in GROUPS.items():
        inside = [name for name in names if _room(getattr(te, name)) in rooms]
        parts += [f"## {heading}", *(_entry(name, getattr(te, name)) for name in inside)]
    return "\n\n".join(parts) + "\n"


def _room(thing: Any) -> str:
    module = thing.__name__ if inspect.ismodule(thing) else inspect.unwrap(thing).__module__
    return module.split(".")[1]


def _entry(name: str, thing: Any) -> str:
    if inspect.ismodule(thing):
        inner = [_entry(f"{name}.{one}", getattr(thing, one)) for one in thing.__all__]
        return "\n\n".join([f"### te.{name}", _said(thing), *inner])
    return "\n\n".join([f"### te.{name}", _called(name, thing), _said(thing)])


def _called(name: str, thing: Any) -> str:
    """How it is called, a parameter a line where one line would be too long."""
    text = re.sub(r" at 0x[0-9a-f]+", "", f"te.{name}{inspect.signature(thing)}")
    text = re.sub(r"(: |-> )(['\"])(.*?)\2(?=,| =|\)|$)", r"\1\3", text)
    if len(text) > LONGEST:
        inside, end = text.rsplit(")", 1)
        lines = "".join(f"\n    {one}," for one in _apart(inside.partition("(")[2]))
        text = f"{inside.partition('(')[0]}({lines}\n){end}"
    return _block(text, "python")


def _apart(parameters: str) -> list[str]:
    """Parameters cut at the commas between them, not those inside brackets."""
    made, depth = [""], 0
    for letter in parameters:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth:
            made.append("")
        else:
            made[-1] += letter
    return [one.strip() for one in made]


def _said(thing: Any) -> str:
    """The docstring, its sections as lists, its examples as code."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    starts = [at for at, line in enumerate(lines[1:]) if set(line) == {"-"} and lines[at].strip()]
    parts = [_prose(lines[: min(starts, default=len(lines))])]
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        heading, inside = lines[start].strip(), lines[start + 2 : end]
        parts += [f"**{heading}**", (_entries if heading in LISTED else _prose)(inside)]
    return "\n\n".join(part for part in parts if part)


def _entries(lines: list[str]) -> str:
    """A list: what stands at the margin is named, what is indented below says what it is."""
    made: list[str] = []
    for line in filter(str.strip, lines):
        if line.startswith(" ") and made:
            made[-1] += f" {line.strip()}"
        else:
            made.append(f"- `{line.strip()}`:")
    return "\n".join(map(_marked, made))


def _prose(lines: list[str]) -> str:
    """Paragraphs as they are, examples in a block of code."""
    paragraphs = "\n".join(lines).strip().split("\n\n")
    return "\n\n".join(
        _block(one, "pycon") if one.lstrip().startswith(">>>") else _marked(one)
        for one in paragraphs
    )


def _marked(text: str) -> str:
    """Text between double backticks, and names with a role, as code."""
    named = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)
    return re.sub(r"``(.+?)``", r"`\1`", named, flags=re.DOTALL)


def _block(text: str, language: str) -> str:
    return f"```{language}\n{text}\n```"
