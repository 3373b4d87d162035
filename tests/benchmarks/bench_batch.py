"""The batch against papermill as it comes, in one run on one machine.

Run ``python tests/benchmarks/bench_batch.py``. Every report of the demo study is executed and
rendered to HTML: by the batch, by the batch one report at a time, by a shell loop of
``papermill`` and ``nbconvert`` (a), and by papermill's API on two processes (b). "Unshared" runs
the notebooks in warm kernels one at a time, each reading the study for itself: the sum of their
cells over the cores is the floor of any runner that only saves imports. "Whole" is what
``tingbjerg run`` does: HTML, PDF, workbook, audit and leak scan. Prints wall time, processor time
and peak memory of each, and the ratios. ``--study`` takes another study; ``--only`` leaves ways
out; ``--repeat`` takes the median.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import psutil
from looks import html

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]
QUARTERS = [f"{year}K{quarter}" for year in (2010, 2011, 2012) for quarter in (1, 2, 3, 4)]
WAYS = ("batch", "one at a time", "unshared", "whole", "shell loop", "papermill API")
GOALS = {"wall of (a)": 0.12, "wall of (b)": 0.30, "processor of (a)": 0.25, "wall of floor": 1.3}
NOTEBOOKS = ROOT / "notebooks"
MADE_HERE = {"batch", "one at a time", "unshared", "whole"}


def reports(study: Path) -> list[tuple[str, Path, dict]]:
    """Name, notebook and parameters of every report: quarterly ones once a quarter."""
    given = {"study": str(study)}
    quarterly = [
        (quarter, NOTEBOOKS / "quarterly.ipynb", {**given, "quarter": quarter})
        for quarter in QUARTERS
    ]
    ends = [(name, NOTEBOOKS / f"{name}.ipynb", given) for name in ("baseline", "end_of_period")]
    return [ends[0], *quarterly, ends[1]]


def plain_look(_study=None):
    """What papermill and nbconvert do: HTML and nothing else."""
    from tingbjerg_eval.run.batch.job import Rendering

    sys.path.insert(0, str(HERE.parent))
    return Rendering(render="looks:report_html", inspect="looks:nothing_found")


def batch(study: Path, output: Path, *, workers: int | None = None, whole: bool = False) -> int:
    """All reports as ``tingbjerg run`` makes them."""
    from tingbjerg_eval.run.kernels.warm import started

    with started() as parent:
        from tingbjerg_eval.run.batch.studies import Asked, Wanted
        from tingbjerg_eval.run.batch.study_run import run_wanted

        how = {} if whole else {"look": plain_look}
        wanted = Wanted.at(study, output, Asked())
        return run_wanted(wanted, jobs=workers, parent=parent, **how)


def unshared(study: Path, output: Path) -> int:
    """All reports in warm kernels, one at a time, nothing given to them."""
    from tingbjerg_eval.run.batch.batch import run_batch
    from tingbjerg_eval.run.batch.job import Job

    jobs = [
        Job(name=name, notebook=path, parameters=given, folder=ROOT)
        for name, path, given in reports(study)
    ]
    return run_batch(jobs, output, rendering=plain_look(), workers=1).exit_code


def cells(study: Path, output: Path) -> float:
    """Seconds in which cells ran, all reports together."""
    runs = [output / "internal" / name / "run.json" for name, *_ in reports(study)]
    return sum(json.loads(run.read_text("utf-8"))["seconds"]["executing"] for run in runs)


def shell_loop(listed, output: Path) -> None:
    """All reports by the two command lines, one after the other."""
    python = shlex.quote(str(Path(sys.executable).parent))
    lines = ["set -e"]
    for name, path, given in listed:
        words = " ".join(f"-r {key} {shlex.quote(value)}" for key, value in given.items())
        done = shlex.quote(str(output / f"{name}.ipynb"))
        where = f"--cwd {shlex.quote(str(ROOT))} -k python3 --no-progress-bar"
        lines.append(f"{python}/papermill {shlex.quote(str(path))} {done} {words} {where}")
        lines.append(f"{python}/jupyter nbconvert --to html --no-input {done}")
    os.execvp("bash", ["bash", "-c", "\n".join(lines)])


def papermill_api(listed, output: Path) -> None:
    """All reports by papermill's and nbconvert's Python API on two processes."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(_one, listed, [output] * len(listed)))


def _one(report, output: Path) -> None:
    import papermill

    name, path, given = report
    done = papermill.execute_notebook(
        path, output / f"{name}.ipynb", given, cwd=ROOT, kernel_name="python3", progress_bar=False
    )
    (output / f"{name}.html").write_bytes(html(done, {})["report.html"])


def run_way(way: str, study: Path, output: Path) -> None:
    """Do one way in this process."""
    if way == "shell loop":
        shell_loop(reports(study), output)
    if way == "papermill API":
        papermill_api(reports(study), output)
        return
    do = {
        "batch": batch,
        "one at a time": partial(batch, workers=1),
        "unshared": unshared,
        "whole": partial(batch, whole=True),
    }[way]
    code = do(study, output)
    print(json.dumps({"cells": cells(study, output)}))
    sys.exit(code)


class Measured:
    """Wall time, processor time, peak memory and exit code of one way in a process of its own."""

    def __init__(self, way: str, study: Path):
        with tempfile.TemporaryDirectory() as output:
            words = ["--way", way, "--study", study, "--output", output]
            start, before = time.monotonic(), os.times()
            process = subprocess.Popen(
                [sys.executable, str(HERE), *map(str, words)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            self.peak, watching = 0, threading.Event()
            watcher = threading.Thread(target=self.watch, args=(process.pid, watching))
            watcher.start()
            said, complaints = process.communicate()
            watching.set()
            watcher.join()
        after = os.times()
        self.wall = time.monotonic() - start
        self.processor = sum(after[2:4]) - sum(before[2:4])
        if process.returncode != 0:
            raise SystemExit(f"{way} ended with {process.returncode}:\n{complaints[-3000:]}")
        self.cells = json.loads(said)["cells"] if way in MADE_HERE else None

    def watch(self, pid: int, ended: threading.Event) -> None:
        """Sample the memory of the process and all it started, shared pages counted once."""
        while not ended.wait(0.2):
            total = 0
            try:
                family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
            except psutil.Error:
                continue
            for process in family:
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total)


def compare(ways, study: Path, repeat: int) -> dict:
    """Measure each way, alternating, and print medians and ratios."""
    runs = {way: [] for way in ways}
    for _ in range(repeat):
        for way in ways:
            runs[way].append(Measured(way, study))
    found = {}
    for way, measured in runs.items():
        wall = statistics.median(one.wall for one in measured)
        processor = statistics.median(one.processor for one in measured)
        peak = max(one.peak for one in measured) / 2**20
        found[way] = {"wall s": round(wall, 1), "processor s": round(processor, 1)}
        found[way]["peak MB"] = round(peak)
        cells = [one.cells for one in measured if one.cells]
        if cells:
            found[way]["cells s"] = round(statistics.median(cells), 1)
    return {"reports": len(reports(study)), "ways": found, "ratios": ratios(found)}


def ratios(found: dict) -> dict:
    """The batch as a share of the others, beside the goals."""
    mine, cores = found["batch"], os.cpu_count()
    said = {}
    if "shell loop" in found:
        other = found["shell loop"]
        said["wall of (a)"] = mine["wall s"] / other["wall s"]
        said["processor of (a)"] = mine["processor s"] / other["processor s"]
    if "papermill API" in found:
        said["wall of (b)"] = mine["wall s"] / found["papermill API"]["wall s"]
    if "unshared" in found:
        said["wall of floor"] = mine["wall s"] / (found["unshared"]["cells s"] / cores)
    return {name: {"is": round(value, 3), "goal": GOALS[name]} for name, value in said.items()}


def demo(folder: Path) -> Path:
    """The demo study's own file."""
    from tingbjerg_eval.demo.write import write_demo

    write_demo(folder)
    return folder / "study.yaml"


def main() -> None:
    """Compare, or do one way when called by itself."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", type=Path)
    parser.add_argument("--only", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.way:
        run_way(asked.way, asked.study, asked.output)
        return
    with tempfile.TemporaryDirectory() as folder:
        study = (asked.study or demo(Path(folder))).resolve()
        found = compare(asked.only, study, asked.repeat)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
