"""Break the core modules one place at a time and see whether the fast tests notice.

    OMP_NUM_THREADS=1 python -m tests.mutation [--every N]
    OMP_NUM_THREADS=1 python -m tests.mutation --rooms stats targets --sample 60 [--seed N]

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
import random
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
PACKAGE = "tingbjerg_eval"
CORE = {
    "stats.changes": ("changes", "headline_oracle"),
    "stats.predictive": ("predictive", "headline_oracle"),
    "stats.did": ("did", "event_study"),
    "stats.collapsed": ("collapsed", "headline_oracle"),
    "stats.placebos": ("placebos",),
}
SUITES = CORE | {
    "stats.limits": ("limits",),
    "stats.movement": ("limits", "periods"),
    "stats.dispersion": ("dispersion",),
    "stats.power": ("power", "promise"),
    "stats.promise": ("promise",),
    "stats.periods": ("periods",),
    "stats.exact": ("exact",),
    "stats.trends": ("trends",),
    "stats.event_study": ("event_study",),
    "stats.displacement": ("displacement",),
    "stats.cost": ("cost",),
    "stats.multiplicity": ("multiplicity",),
    "stats.segmented": ("segmented",),
    "stats.synthetic": ("synthetic",),
    "targets.answers": ("verdicts", "observed"),
    "targets.verdicts": ("verdicts",),
    "targets.observed": ("observed",),
    "targets.measurement": ("observed", "kinds"),
    "targets.measurability": ("measurability",),
    "targets.deliveries": ("accounts",),
    "targets.priorities": ("priorities",),
}
PATIENCE = 600
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
        room = ROOT / "tests" / module.partition(".")[0]
        files = [str(room / f"test_{name}.py") for name in SUITES[module]]
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
    room, _, last = name.rpartition(".")
    setattr(importlib.import_module(room), last, made)


Try = tuple[int, int]
"""A place in the order of the text, and a way to change it."""


def text_of(module: str) -> str:
    """The module's source."""
    return (ROOT / PACKAGE / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


def tries_of(module: str) -> list[Try]:
    """Every change that can be tried."""
    nodes = enumerate(places(ast.parse(text_of(module))))
    return [(number, way) for number, node in nodes for way in range(changes_of(node))]


def sampled(rooms: list[str], size: int, seed: int) -> dict[str, list[Try]]:
    """``size`` changes of the rooms' modules, drawn at random."""
    modules = [name for name in SUITES if name.partition(".")[0] in rooms]
    every = [(name, one) for name in modules for one in tries_of(name)]
    drawn = sorted(random.Random(seed).sample(every, size))
    return {name: [one for of, one in drawn if of == name] for name, _ in drawn}


def study(module: str, tries: list[Try]) -> list[str]:
    """Those of the changes that no test noticed."""
    source = text_of(module)
    if noticed(module, ast.unparse(ast.parse(source))):
        raise SystemExit(f"the tests of {module} fail before anything is changed")
    survived = []
    for number, way in tries:
        text, line = broken(source, number, way)
        if not noticed(module, text):
            survived.append(f"{module}.py:{line}: {difference(source, text)}")
    return survived


def difference(source: str, text: str) -> str:
    """The first line that differs."""
    before = ast.unparse(ast.parse(source)).splitlines()
    return next(
        new.strip() for old, new in zip(before, text.splitlines(), strict=False) if old != new
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", default=list(CORE))
    parser.add_argument("--every", type=int, default=1, help="try only every Nth change")
    parser.add_argument("--rooms", nargs="+", help="draw from all modules of these rooms instead")
    parser.add_argument("--sample", type=int, default=60, help="changes drawn from the rooms")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chosen = (
        sampled(asked.rooms, asked.sample, asked.seed) if asked.rooms
        else {module: tries_of(module)[:: asked.every] for module in asked.modules}
    )  # fmt: skip
    tried = killed = 0
    for module, tries in chosen.items():
        survived = study(module, tries)
        n = len(tries)
        tried, killed = tried + n, killed + n - len(survived)
        print(f"{module}: {n - len(survived)} of {n} noticed", *survived, sep="\n  ", flush=True)
    print(f"in all {killed} of {tried}: {100 * killed / tried:.1f} %")


if __name__ == "__main__":
    main()
