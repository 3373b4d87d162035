"""Break the package one place at a time and see whether the tests that reach the place notice.

    OMP_NUM_THREADS=1 python -m tests.mutation --rooms all --sample 200 --seed 1

changes one operator, number, word or condition of a module, runs the tests that reach the line (see
:mod:`tests.reached`, whose map must have been made), the cheapest first, in a forked process, and
counts the changes that some test notices. A line that no test reaches is a survivor at once.
Docstrings, annotations and imports are left alone.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.util
import os
import random
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import numpy
import pandas
import pytest
import scipy.optimize
import scipy.special
import scipy.stats

from tests.reached import PACKAGE, ROOT, kept

SECONDS = 60.0
"""Of tests, as they were timed, that one change is worth."""
PATIENCE = 900
"""Seconds after which a change is taken to run for ever: noticed."""
LOADED = (numpy, pandas, pytest, scipy.optimize, scipy.special, scipy.stats)
"""Opened once here, so that each fork pays for the tests only."""

SWAPS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.USub: ast.UAdd,
    ast.Not: None,
    ast.Invert: ast.UAdd,
}


def places(tree: ast.AST) -> list[ast.AST]:
    """Nodes that can be changed, in the order of the text."""
    left_alone = set(map(id, untouched(tree)))
    found = [n for n in ast.walk(tree) if id(n) not in left_alone and changes_of(n)]
    return sorted(found, key=lambda n: (n.lineno, n.col_offset, type(n).__name__))


def untouched(tree: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, annotations and all that lies in them."""
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if getattr(node, name, None) is not None:
                yield from ast.walk(getattr(node, name))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "dataclass":
            yield from ast.walk(node)


def changes_of(node: ast.AST) -> int:
    """How many ways there are to change a node."""
    match node:
        case ast.BinOp() | ast.BoolOp():
            return int(type(node.op) in SWAPS)
        case ast.UnaryOp():
            return int(type(node.op) in SWAPS)
        case ast.Compare():
            return len(node.ops)
        case ast.Constant():
            return int(not isinstance(node.value, (bytes, type(Ellipsis))))
        case ast.Return():
            return int(node.value is not None)
        case _:
            return 0


def broken(source: str, number: int, way: int) -> tuple[str, int]:
    """The text with one place changed, and its line."""
    tree = ast.parse(source)
    node = places(tree)[number]
    match node:
        case ast.BinOp() | ast.BoolOp():
            node.op = SWAPS[type(node.op)]()
        case ast.UnaryOp(op=ast.Not()):
            replaced = copy.copy(node.operand)
            node.__class__, node.__dict__ = replaced.__class__, replaced.__dict__
        case ast.UnaryOp():
            node.op = SWAPS[type(node.op)]()
        case ast.Compare():
            node.ops[way] = SWAPS[type(node.ops[way])]()
        case ast.Constant():
            node.value = other(node.value)
        case ast.Return():
            node.value = ast.Constant(None)
    return ast.unparse(ast.fix_missing_locations(tree)), node.lineno


def other(value: object) -> object:
    """A constant unlike ``value``."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"XX{value}XX" if isinstance(value, str) else 0


@dataclass(frozen=True, order=True)
class Change:
    """One place of a module, in the order of its text, and the way to change it."""

    path: str
    number: int
    way: int

    @property
    def source(self) -> str:
        return (ROOT / self.path).read_text(encoding="utf-8")

    @property
    def text(self) -> str:
        return broken(self.source, self.number, self.way)[0]

    @property
    def tests(self) -> list[str]:
        """Those that reach the place, or its module where the import does; the cheapest first."""
        tree = ast.parse(self.source)
        node = places(tree)[self.number]
        last = node.end_lineno or node.lineno
        reached = kept()
        if _outside_functions(tree, node):
            found = reached.tests_of(self.path)
        else:
            found = reached.tests_at(self.path, node.lineno, last)
        spent = accumulate(reached.cost[test] for test in found)
        return [test for test, sum_ in zip(found, spent, strict=True) if sum_ < SECONDS]

    def __str__(self) -> str:
        text, line = broken(self.source, self.number, self.way)
        return f"{self.path}:{line}: {difference(self.source, text)}"


def _outside_functions(tree: ast.AST, node: ast.AST) -> bool:
    """Whether a place is worked out when the module is imported."""
    functions = (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.Lambda))
    bodies = (one.body if isinstance(one.body, list) else [one.body] for one in functions)
    return not any(node is inner for body in bodies for line in body for inner in ast.walk(line))


def begin(change: Change, tests: list[str]) -> int:
    """Start the tests with the change in place; the process tells whether all passed."""
    child = os.fork()
    if child:
        return child
    signal.alarm(PATIENCE)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        install(change)
        status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])
        os._exit(int(status != 0))
    except BaseException:
        os._exit(1)


def install(change: Change) -> None:
    """Make the changed text the module that everyone imports."""
    name = change.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    spec = importlib.util.find_spec(name)
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    exec(compile(change.text, spec.origin, "exec"), made.__dict__)
    room, _, last = name.rpartition(".")
    if room:
        setattr(importlib.import_module(room), last, made)


def every(rooms: list[str]) -> list[Change]:
    """Every change of the rooms' modules that can be tried."""
    folders = [ROOT / PACKAGE / one for one in rooms] if rooms != ["all"] else [ROOT / PACKAGE]
    found = []
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        nodes = enumerate(places(ast.parse(path.read_text(encoding="utf-8"))))
        name = path.relative_to(ROOT).as_posix()
        found += [Change(name, number, way)
                  for number, node in nodes for way in range(changes_of(node))]  # fmt: skip
    return found


def survivors(changes: list[Change], jobs: int) -> Iterator[Change]:
    """Those of the changes that no test notices, as they are found."""
    running: dict[int, Change] = {}
    for change in changes:
        tests = change.tests
        if not tests:
            yield change
            continue
        if len(running) == jobs:
            yield from _ended(running)
        running[begin(change, tests)] = change
    while running:
        yield from _ended(running)


def _ended(running: dict[int, Change]) -> Iterator[Change]:
    """Wait for one process; its change, if it was not noticed."""
    child, status = os.wait()
    change = running.pop(child)
    if status == 0:
        yield change


def difference(source: str, text: str) -> str:
    """The first line that differs."""
    before = ast.unparse(ast.parse(source)).splitlines()
    return next(
        new.strip() for old, new in zip(before, text.splitlines(), strict=False) if old != new
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rooms", nargs="+", default=["all"])
    parser.add_argument("--sample", type=int, default=200, help="changes drawn from the rooms")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    changes = random.Random(asked.seed).sample(every(asked.rooms), asked.sample)
    missed = 0
    for change in survivors(changes, asked.jobs):
        missed += 1
        print(change if change.tests else f"{change} (no test reaches it)", flush=True)
    noticed = asked.sample - missed
    print(f"{noticed} of {asked.sample} noticed: {100 * noticed / asked.sample:.1f} %")


if __name__ == "__main__":
    main()
