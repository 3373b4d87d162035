"""Imports point one way, and opening the library is cheap."""

import ast
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "tingbjerg_eval"
ROOMS = {
    "inputs": {},
    "study": {"inputs"},
    "disclosure": {"inputs"},
    "stats": {"inputs", "study"},
    "data": {"inputs", "study"},
    "demo": {"inputs", "study", "data"},
    "targets": {"inputs", "study", "stats"},
    "evaluation": {"inputs", "study", "data", "stats", "targets"},
}
"""Each room and those below it, from which it may import."""
ROOMS["presentation"] = {"inputs", "study", "disclosure", "stats", "targets"}
ROOMS["publication"] = {*ROOMS} - {"demo", "presentation"}
ROOMS["report"] = {*ROOMS} - {"demo"}
ROOMS["exploring"] = {*ROOMS["report"], "report"}
ROOMS["release"] = {*ROOMS["report"], "report"}
ROOMS["memo"] = {*ROOMS["report"], "report"}
ROOMS["run"] = {*ROOMS} - {"exploring"}
STATS_MAY_KNOW = {"tingbjerg_eval.study.design", "tingbjerg_eval.study.programme"}
FRONT_DOOR = "tingbjerg_eval"
"""Opens on every room."""
LONGEST_MODULE = 350
LARGEST_ROOM = 0.2
"""Of the house's lines."""


def module(path: Path) -> str:
    name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    return name.removesuffix(".__init__")


MODULES = {module(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def at_run_time(tree: ast.AST) -> list[ast.AST]:
    """The nodes of a module without what only a type checker reads."""
    typed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    return [node for node in ast.walk(tree) if id(node) not in typed]


def imported(path: Path, *, for_types: bool = False) -> set[str]:
    """The package's modules that a module imports, wherever in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree) if for_types else at_run_time(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= (inner & MODULES.keys()) or {node.module}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names & MODULES.keys()


@cache
def module_imports(*, for_types: bool = False) -> dict[str, set[str]]:
    """What each module imports; worked out by the worker that asks, not by all as they collect."""
    without = {FRONT_DOOR} if for_types else set()
    return {
        name: imported(path, for_types=for_types) - {name, *without}
        for name, path in MODULES.items()
    }


def reached(start: str, along: dict[str, set[str]]) -> set[str]:
    seen, waiting = set(), [start]
    while waiting:
        new = along[waiting.pop()] - seen
        seen |= new
        waiting += new
    return seen


def room(name: str) -> str:
    return name.split(".")[1]


def test_a_module_imports_only_from_its_own_room_and_those_below():
    above = {}
    for name in MODULES.keys() - {FRONT_DOOR}:
        assert name.count(".") > 1 or MODULES[name].stem == "__init__", f"{name} between the rooms"
        below = {room(name), *ROOMS[room(name)]}
        above[name] = {other for other in module_imports()[name] if room(other) not in below}
        if room(name) == "stats":
            study = {other for other in module_imports()[name] if room(other) == "study"}
            above[name] |= study - STATS_MAY_KNOW
    assert {name: found for name, found in above.items() if found} == {}


def test_no_module_reaches_itself():
    assert sorted(name for name in MODULES if name in reached(name, module_imports())) == []


def test_no_module_reaches_itself_for_its_types_either():
    along = module_imports(for_types=True)
    assert sorted(name for name in along if name in reached(name, along)) == []


def test_a_module_owns_one_idea():
    long = {
        name: lines
        for name, path in MODULES.items()
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST_MODULE
    }
    assert long == {}


def test_no_room_is_above_a_fifth_of_the_house():
    lines = Counter()
    for name in MODULES.keys() - {FRONT_DOOR}:
        lines[room(name)] += MODULES[name].read_text(encoding="utf-8").count("\n")
    name, largest = lines.most_common(1)[0]
    assert largest / lines.total() <= LARGEST_ROOM, name


def cpu_seconds(*arguments: str) -> float:
    timed = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, "
        "stdout=subprocess.DEVNULL); used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(used.ru_utime + used.ru_stime)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", timed, *arguments], check=True, capture_output=True, text=True
        )
        for _ in range(3)
    ]
    return min(float(run.stdout) for run in runs)


@pytest.fixture(scope="module")
def little() -> float:
    """Half of what importing pandas costs on this machine as it is loaded now."""
    return cpu_seconds(sys.executable, "-c", "import pandas") / 2


def test_importing_the_library_costs_little(little):
    assert cpu_seconds(sys.executable, "-c", "import tingbjerg_eval") < little


def test_the_command_line_shows_its_help_at_little_cost(little):
    command = Path(sys.executable).parent / "tingbjerg"
    assert cpu_seconds(str(command), "--help") < little


@pytest.mark.parametrize("page", ["README.md", "docs/architecture.md"])
def test_the_pages_for_newcomers_name_every_room(page):
    text = (PACKAGE.parent / page).read_text(encoding="utf-8")
    assert [name for name in ROOMS if f"{name}/" not in text] == []
