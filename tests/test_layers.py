"""Imports point one way, and opening the library is cheap."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "tingbjerg_eval"
BELOW = {
    "study": {"study"},
    "stats": {"stats"},
    "data": {"data", "study", "assets"},
    "observed": {"observed", "stats", "study"},
    "verdicts": {"verdicts", "observed", "stats", "study"},
    "accounts": {"accounts", "observed", "study"},
    "measurability": {"measurability", "observed", "stats", "study"},
    "priorities": {"priorities", "stats", "study"},
    "needs": {"needs", "stats", "study"},
    "assets": set(),
    "plain": {"stats"},
    "answers": {"plain", "stats"},
}
BELOW["evaluation"] = {
    "evaluation", "answers", "verdicts", "observed", "accounts", "measurability", "priorities",
    "stats", "data", "study",
}  # fmt: skip
BELOW["report"] = BELOW["evaluation"] | {"report", "assets"}
BELOW["run"] = BELOW["report"] | {"run", "needs"}
STATS_MAY_ALSO = {"tingbjerg_eval.study.design"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name for name in names if name.startswith("tingbjerg_eval.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_its_own_room_and_those_below(path):
    if path == PACKAGE / "__init__.py":
        pytest.skip("the front door opens on every room")
    own = room(path)
    assert own in BELOW, f"{own} has no place in the order of rooms"
    rooms = {name.split(".")[1]: name for name in imported(path)}
    outside = {name: full for name, full in rooms.items() if name not in BELOW[own]}
    if own == "stats" and imported(path) & STATS_MAY_ALSO:
        study = {name for name in imported(path) if name.startswith("tingbjerg_eval.study")}
        assert all(name.startswith("tingbjerg_eval.study.design") for name in study)
        outside.pop("study")
    assert not outside


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
