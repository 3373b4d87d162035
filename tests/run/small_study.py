"""Jobs of the small study, and how to run them in a process of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import psutil

HERE = Path(__file__).parent
QUARTERS = ("2010K1", "2010K2", "2010K3", "2010K4")
MARK = "TINGBJERG_TEST_MARK"


def copy_study(folder: Path) -> Path:
    """The notebooks, ``counts.csv`` and ``texts.toml`` in a folder of their own."""
    shutil.copytree(HERE / "notebooks", folder)
    shutil.copy(HERE / "texts.toml", folder)
    return folder


def quarterly(study: Path, quarters=QUARTERS, **more):
    """One small report a quarter; counts executions and renderings in the ``counter`` file."""
    from tingbjerg_eval.run.batch.job import Job

    counter = str(study / "counter.txt")
    return [
        Job(
            name=quarter,
            notebook=study / "small.ipynb",
            parameters={"quarter": quarter, "counter": counter},
            folder=study,
            inputs=("counts.csv",),
            context={"counter": counter, "texts": str(study / "texts.toml")},
            **more,
        )
        for quarter in quarters
    ]


def faulty(study: Path, *faults, **parameters):
    """Reports named after the fault they have."""
    from tingbjerg_eval.run.batch.job import Job

    return [
        Job(
            name=fault,
            notebook=study / "faults.ipynb",
            parameters={"fault": fault, **parameters},
            folder=study,
            inputs=("counts.csv",) if fault == "change-input" else (),
        )
        for fault in faults
    ]


def small_rendering(study: Path, render="render", inspect="pass_all"):
    """The rendering of the small study, by name."""
    from tingbjerg_eval.run.batch.job import Rendering

    return Rendering(
        render=f"renderers:{render}",
        inspect=f"renderers:{inspect}",
        files=(study / "texts.toml",),
    )


def counted(study: Path) -> list[str]:
    """What ran since the study was copied: lines such as ``executed 2010K1``."""
    file = study / "counter.txt"
    return sorted(file.read_text().split("\n"))[1:] if file.exists() else []


def contents(reports: Path) -> dict[str, bytes]:
    """Every file under ``reports``."""
    files = (path for path in sorted(reports.rglob("*")) if path.is_file())
    return {path.relative_to(reports).as_posix(): path.read_bytes() for path in files}


def kept_parent():
    """A warm parent for tests that are not about it: it serves batch after batch."""
    from tingbjerg_eval.run.kernels import warm

    with warm.started() as parent:
        return parent


class Running:
    """A batch in a process of its own, and everything it started."""

    def __init__(self, study: Path, output: Path, *, before=(), **options):
        self.mark, self.output = uuid.uuid4().hex, output
        given = json.dumps({"study": str(study), "output": str(output), **options})
        self.process = subprocess.Popen(
            [*before, sys.executable, str(HERE / "driver.py"), given],
            env={**os.environ, MARK: self.mark},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, *said: str) -> None:
        """Read the batch's events until each of these was said."""
        left = set(said)
        for line in self.process.stdout:
            left -= {text for text in left if text in line}
            if not left:
                return
        raise AssertionError(f"the batch ended without {left}: {self.process.stderr.read()}")

    def end(self) -> int:
        """Wait for the batch's end: its exit code."""
        self.said, self.complaints = self.process.communicate(timeout=600)
        return self.process.returncode

    def started(self) -> list[psutil.Process]:
        """Processes that carry this batch's mark."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def orphans(self) -> list[psutil.Process]:
        """What still runs after the batch's end, given a minute to go."""
        left = [one for one in self.started() if one.pid != self.process.pid]
        return psutil.wait_procs(left, timeout=60)[1]
