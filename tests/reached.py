"""Which tests reach which line of the package, and what each costs.

    OMP_NUM_THREADS=1 python -m tests.reached [tests/stats tests/targets ...]

runs the tests once under coverage, folder by folder, and keeps the answer in ``build/reached``.
What a fixture reaches counts for every test that uses it. Work in other processes is not seen.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import coverage
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "tingbjerg_eval"
KEPT = ROOT / "build" / "reached"
FOLDERS = (
    "targets", "stats", "study", "data", "programme", "publication", "release", "memo", "report",
    "api", "run", "oracle_pages", "test_evaluation.py", "test_memo.py", "test_demo.py",
)  # fmt: skip
SLOW = 30.0
"""Seconds; a dearer test is run for no single change."""


@dataclass(eq=False)
class Witness:
    """A pytest plugin that tells the coverage which test or fixture is at work."""

    measured: coverage.Coverage
    seconds: dict[str, float] = field(default_factory=dict)
    fixtures: dict[str, list[str]] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    at: list[str] = field(default_factory=lambda: [""])

    def _enter(self, name: str) -> Iterator[None]:
        self.at.append(name)
        self.measured.switch_context(name)
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - begun
        self.at.pop()
        self.measured.switch_context(self.at[-1])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item):
        info = item._fixtureinfo.name2fixturedefs
        self.fixtures[item.nodeid] = [_name(one) for found in info.values() for one in found]
        yield from self._enter(item.nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        yield from self._enter(_name(fixturedef))

    def pytest_runtest_logreport(self, report):
        if not report.passed:
            self.failed.add(report.nodeid)


def _name(fixture) -> str:
    return f"fixture {fixture.baseid}::{fixture.argname}"


def watch(folder: str) -> None:
    """Run a folder's tests and keep which of them reach what."""
    place = KEPT / folder.replace("/", ".")
    place.parent.mkdir(parents=True, exist_ok=True)
    measured = coverage.Coverage(data_file=f"{place}.coverage", source_pkgs=[PACKAGE])
    measured.erase()
    witness = Witness(measured)
    measured.start()
    pytest.main(["-q", "-p", "no:cacheprovider", folder], plugins=[witness])
    measured.stop()
    data = measured.get_data()
    reached: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for path in data.measured_files():
        lines = {str(line): named for line, at in data.contexts_by_lineno(path).items()
                 if (named := [one for one in at if one])}  # fmt: skip
        reached[str(Path(path).relative_to(ROOT))] = lines
    kept = {"reached": reached, "tests": {
        test: [
            witness.seconds[test] + sum(witness.seconds.get(one, 0) for one in used), used
        ]
        for test, used in witness.fixtures.items() if test not in witness.failed
    }}  # fmt: skip
    place.with_name(f"{place.name}.json").write_text(json.dumps(kept))


@dataclass(frozen=True)
class Reached:
    """What all folders' tests together reach."""

    lines: dict[str, dict[int, set[str]]]
    cost: dict[str, float]

    def tests_at(self, path: str, first: int, last: int) -> list[str]:
        """The tests that reach one of a module's lines, the cheapest first."""
        at = self.lines.get(path, {})
        return self._sorted(set().union(*(at.get(n, set()) for n in range(first, last + 1))))

    def tests_of(self, path: str) -> list[str]:
        """The tests that reach anything of a module beyond its import."""
        return self._sorted(set().union(*self.lines.get(path, {}).values()))

    def _sorted(self, tests: set[str]) -> list[str]:
        return sorted((one for one in tests if self.cost[one] < SLOW), key=self.cost.__getitem__)


@cache
def kept() -> Reached:
    """The map as it was last made."""
    lines: dict = defaultdict(lambda: defaultdict(set))
    cost: dict[str, float] = {}
    for file in sorted(KEPT.glob("*.json")):
        told = json.loads(file.read_text())
        cost |= {test: seconds for test, (seconds, _) in told["tests"].items()}
        users = defaultdict(set)
        for test, (_, used) in told["tests"].items():
            users[test].add(test)
            for fixture in used:
                users[fixture].add(test)
        for path, at in told["reached"].items():
            for line, named in at.items():
                lines[path][int(line)] |= set().union(*(users[one] for one in named))
    return Reached(lines=lines, cost=cost)


def main() -> None:
    """Watch each folder in a process of its own, so that what they import is seen anew."""
    for folder in sys.argv[1:] or [f"tests/{one}" for one in FOLDERS]:
        child = os.fork()
        if child == 0:
            watch(folder)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
