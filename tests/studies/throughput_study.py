"""98 municipalities x 12 quarters: what the batch itself costs, and where it saturates.

Run ``python tests/studies/throughput_study.py``. One small report is made for real; its outcome
then stands for every report, delivered by simulated workers that each take ``--seconds`` a
report. All else is real: planning, digests, verifying, writing, ``fsync``, renaming. Prints
reports a second for growing numbers of workers, and the batch's own cost of one report, whose
ratio to a real report's seconds is the number of workers beyond which more do not help.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "run"))

import nbformat
from small_study import copy_study, quarterly, small_rendering

from tingbjerg_eval.run.batch.batch import run_batch
from tingbjerg_eval.run.batch.digests import of_bytes
from tingbjerg_eval.run.batch.job import Job, Order, Outcome, run_order
from tingbjerg_eval.run.batch.orders import plan
from tingbjerg_eval.run.parameters import INJECTED

QUARTERS = [f"{year}K{quarter}" for year in (2010, 2011, 2012) for quarter in (1, 2, 3, 4)]


class Simulated(Executor):
    """Workers that take a while and deliver an outcome made beforehand."""

    def __init__(self, workers: int, seconds: float, made: Outcome, padding: int):
        self.pool, self.seconds, self.made = ThreadPoolExecutor(workers), seconds, made
        self.executed = {quarter: given(made.executed, quarter) for quarter in QUARTERS}
        self.padding = {f"figure{number}.bin": b"x" * 2**18 for number in range(padding)}

    def submit(self, _run, order: Order, /) -> Future:
        return self.pool.submit(self.deliver, order)

    def deliver(self, order: Order) -> Outcome:
        time.sleep(self.seconds)
        files = {**self.made.files, **self.padding}
        sums = {**self.made.digests, **dict.fromkeys(self.padding, of_bytes(b"x" * 2**18))}
        executed = self.executed[order.parameters["quarter"]]
        return dataclasses.replace(
            self.made, name=order.name, executed=executed, files=files, digests=sums
        )


def given(executed: str, quarter: str) -> str:
    """The executed notebook as it would be for another quarter."""
    notebook = nbformat.reads(executed, as_version=4)
    for cell in notebook.cells:
        if INJECTED in cell.metadata.get("tags", ()):
            cell.source = cell.source.replace("2010K1", quarter)
    return nbformat.writes(notebook)


def areas(study: Path, count: int) -> list[Job]:
    """The reports of so many municipalities over twelve quarters."""
    return [
        dataclasses.replace(job, name=f"m{area:03d}-{job.name}", parameters={"quarter": job.name})
        for area in range(count)
        for job in quarterly(study, QUARTERS)
    ]


def one_report(study: Path) -> Outcome:
    """One report made for real."""
    job = dataclasses.replace(quarterly(study, ["2010K1"])[0], parameters={"quarter": "2010K1"})
    order = plan([job], small_rendering(study), engine="warm")[0]
    made = run_order(order)
    if made.failure is not None:
        raise SystemExit(made.failure.detail)
    return made


def measure(study: Path, made: Outcome, workers: int, asked: argparse.Namespace) -> dict:
    """Reports a second with so many workers."""
    jobs = areas(study, asked.areas)
    with tempfile.TemporaryDirectory() as output:
        executor = Simulated(workers, asked.seconds, made, asked.padding)
        start, own = time.monotonic(), time.process_time()
        result = run_batch(jobs, output, rendering=small_rendering(study), executor=executor)
        wall, own = time.monotonic() - start, time.process_time() - own
    if result.exit_code != 0:
        raise SystemExit(next(one.failure for one in result.reports if one.failure).detail)
    count = len(jobs)
    return {
        "workers": workers,
        "reports": count,
        "wall s": round(wall, 1),
        "reports/s": round(count / wall, 1),
        "own ms a report": round(1000 * own / count, 1),
    }


def main() -> None:
    """Run the study with the options given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--areas", type=int, default=98)
    parser.add_argument("--seconds", type=float, default=0.5, help="a report's time on a worker")
    parser.add_argument("--workers", type=int, nargs="+", default=[8, 16, 32, 64, 128])
    parser.add_argument("--padding", type=int, default=0, help="further files of 256 KB a report")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study = copy_study(Path(folder, "study"))
        made = one_report(study)
        for workers in asked.workers:
            print(json.dumps(measure(study, made, workers, asked)), flush=True)


if __name__ == "__main__":
    main()
