"""The demo study, written and opened once for all tests of a worker."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from contextlib import contextmanager
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, NamedTuple

import pytest
from click.testing import CliRunner
from filelock import FileLock
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from pathlib import Path

settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
"""How long an example takes says something about the machine's load, not about the code."""


LONGEST = (
    "oracle_pages/test_pages", "lab/test_path", "run/test_routes", "report/test_accessibility",
    "docs/test_site", "run/test_faults", "run/test_cluster", "lab/test_lab", "run/test_studies",
    "programme/test_programme_study", "stats/test_periods", "run/test_engine",
    "docs/test_tutorials", "run/test_killing",
)  # fmt: skip
"""Modules that take longest: begun last, one of them would keep one worker alone at the end."""


def pytest_collection_modifyitems(items):
    """The longest modules first; the order within each stays."""
    place = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get("/".join(item.path.with_suffix("").parts[-2:]), 99))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Where every tool is said to be there, a test that lacks one fails."""
    if not os.environ.get("TINGBJERG_ALL_TOOLS"):
        return
    for mark in item.iter_markers("skipif"):
        if mark.args[0] and mark.kwargs["reason"].startswith("needs "):
            pytest.fail(f"{mark.kwargs['reason']} (make system-packages browser-tools)")


@pytest.fixture(scope="session", autouse=True)
def _kept_parent():
    """One warm parent for every batch of a worker that is not about its beginning or end: each
    withdraws its studies from it, as a batch of many studies does."""
    from tingbjerg_eval.run.kernels import warm

    class Kept(warm.WarmParent):
        def close(self):
            """A batch that ends leaves it to the next."""
            for pid in tuple(self._pids):
                warm.kill_group(pid)

    kept = {}

    @contextmanager
    def started(*, wanted=True):
        if not wanted:
            yield None
            return
        if warm.PRELOAD not in kept:
            kept[warm.PRELOAD] = Kept()
        yield kept[warm.PRELOAD]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warm, "started", started)
        yield
    for parent in kept.values():
        warm.WarmParent.close(parent)


@pytest.fixture(scope="session")
def tingbjerg():
    """The command as it is typed in a folder, without a process of its own: what it answered."""
    from tingbjerg_eval.run.cli import main

    def answered(*words, folder=".", typed=()):
        given = [str(word) for word in words]
        said = "".join(f"{one}\n" for one in typed)
        with pytest.MonkeyPatch.context() as patch, CliRunner().isolation(said) as (out, err, _):
            patch.setattr(logging.getLogger("tingbjerg_eval"), "handlers", [])
            patch.setattr(sys, "argv", ["tingbjerg", *given])
            patch.chdir(folder)
            with pytest.raises(SystemExit) as ended:
                sys.exit(main())
            return CompletedProcess(given, ended.value.code or 0, *map(_read, (out, err)))

    return answered


def _read(stream):
    return stream.getvalue().decode("utf-8")


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A folder of all workers: what stands in it is made by the first who asks, under its lock."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def demo_folder(shared):
    """The demo as it is written, once for all workers: only to be read."""
    from tingbjerg_eval.demo.write import write_demo

    folder = shared / "demo-as-written"
    with FileLock(shared / "demo-as-written.lock"):
        if not folder.exists():
            write_demo(folder)
    return folder


@pytest.fixture
def own_demo(demo_folder, tmp_path):
    """A demo that a test may change."""
    return shutil.copytree(demo_folder, tmp_path / "own-demo")


@pytest.fixture(scope="session")
def demo_study(demo_folder):
    from tingbjerg_eval.evaluation.opening import open_study

    return open_study(demo_folder)


class Made(NamedTuple):
    """A locked demo study, and the output folder of its baseline, 2011K2 and final report."""

    study: Path
    outputs: Path


@pytest.fixture(scope="session")
def demo_made(demo_folder, shared):
    """The demo's reports as the command makes them, once for all workers: only to be read."""
    from tingbjerg_eval.run.batch.studies import Asked, Wanted
    from tingbjerg_eval.run.batch.study_run import run_wanted
    from tingbjerg_eval.run.plan import lock_study

    made = Made(shared / "locked-demo" / "study.yaml", shared / "outputs-of-demo")
    with FileLock(shared / "demo.lock"):
        if not made.study.exists():
            shutil.copytree(demo_folder, made.study.parent)
            lock_study(made.study)
            codes = [
                run_wanted(Wanted.at(made.study, made.outputs, Asked(**which)))
                for which in ({"only": "baseline"}, {"quarter": "2011K2"},
                              {"only": "end_of_period"})
            ]  # fmt: skip
            assert codes == [0, 0, 0]
    return made
