"""Break the core modules one place at a time and see whether the fast tests notice.

    OMP_NUM_THREADS=1 python -m tests.mutation [--every N]

changes one operator, number, word or condition of a module, runs the tests that stand for it in a
forked process, and counts the changes that some test notices. Docstrings, annotations and imports
are left alone.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.util
import os
import signal
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import numpy
import pandas
import pytest
import scipy.optimize
import scipy.special
import scipy.stats

ROOT = Path(__file__).parents[1]
PACKAGE = "tingbjerg_eval.stats"
SUITES = {
    "changes": ("changes", "headline_oracle"),
    "predictive": ("predictive", "headline_oracle"),
    "did": ("did", "event_study"),
    "collapsed": ("collapsed", "headline_oracle"),
    "placebos": ("placebos",),
}
PATIENCE = 120
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


def noticed(module: str, source: str) -> bool:
    """Whether the suite of ``module`` fails with ``source`` in its place."""
    child = os.fork()
    if child == 0:
        os._exit(run_suite(module, source))
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(PATIENCE)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    return status != 0


def run_suite(module: str, source: str) -> int:
    """In the fork: put the module in place, run its tests, tell whether all passed."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        install(module, source)
        files = [str(ROOT / "tests" / "stats" / f"test_{name}.py") for name in SUITES[module]]
        return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *files]) != 0)
    except BaseException:
        return 1


def install(module: str, source: str) -> None:
    """Make ``source`` the module that everyone imports."""
    name = f"{PACKAGE}.{module}"
    made = types.ModuleType(name)
    made.__file__ = importlib.util.find_spec(name).origin
    sys.modules[name] = made
    exec(compile(source, made.__file__, "exec"), made.__dict__)
    setattr(importlib.import_module(PACKAGE), module, made)


def study(module: str, every: int) -> tuple[int, list[str]]:
    """Number of changes tried and those that no test noticed."""
    source = (ROOT / PACKAGE.replace(".", "/") / f"{module}.py").read_text(encoding="utf-8")
    if noticed(module, ast.unparse(ast.parse(source))):
        raise SystemExit(f"the tests of {module} fail before anything is changed")
    tree = ast.parse(source)
    tries = [(n, way) for n, node in enumerate(places(tree)) for way in range(changes_of(node))]
    survived = []
    for number, way in tries[::every]:
        text, line = broken(source, number, way)
        if not noticed(module, text):
            survived.append(f"{module}.py:{line}: {difference(source, text)}")
    return len(tries[::every]), survived


def difference(source: str, text: str) -> str:
    """The first line that differs."""
    before = ast.unparse(ast.parse(source)).splitlines()
    return next(
        new.strip() for old, new in zip(before, text.splitlines(), strict=False) if old != new
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", default=list(SUITES))
    parser.add_argument("--every", type=int, default=1, help="try only every Nth change")
    asked = parser.parse_args()
    tried = killed = 0
    for module in asked.modules:
        n, survived = study(module, asked.every)
        tried, killed = tried + n, killed + n - len(survived)
        print(f"{module}: {n - len(survived)} of {n} noticed", *survived, sep="\n  ", flush=True)
    print(f"in all {killed} of {tried}: {100 * killed / tried:.1f} %")


if __name__ == "__main__":
    main()
