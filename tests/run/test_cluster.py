"""A real scheduler and real workers on this machine: the same bytes, whoever is lost on the way."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest
from distributed import Client
from distributed.diskutils import WorkSpace
from made_studies import write_small_study
from new_study import ANSWERS, fill
from small_study import HERE, QUARTERS, contents, copy_study, faulty, quarterly, small_rendering

from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.publication.publication import published_chain
from tingbjerg_eval.run.batch.batch import run_batch
from tingbjerg_eval.run.batch.cluster import SAME, ClusterExecutor, other_versions, unpack
from tingbjerg_eval.run.batch.job import run_order
from tingbjerg_eval.run.batch.orders import plan
from tingbjerg_eval.run.batch.study_jobs import study_jobs

LOOPBACK = ["--host", "127.0.0.1"]


class Cluster:
    """A scheduler and workers as a user would start them."""

    def __init__(self, folder, *, workers=2, preload=("--preload", "steady")):
        self.folder, self.file, self.preload = folder, folder / "scheduler.json", preload
        self.started = []
        self.start("scheduler", "--port", "0", "--scheduler-file", str(self.file), "--no-dashboard")
        for _ in range(workers):
            self.start_worker()
        with Client(self.address(), timeout=600, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=600) if workers else None

    def start(self, what, *words, path=HERE):
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *LOOPBACK, *words]
        log = (self.folder / f"{what}-{len(self.started)}.log").open("w")
        found = {**os.environ, "PYTHONPATH": str(path)}
        process = subprocess.Popen(command, cwd=self.folder, env=found, stdout=log, stderr=log)
        self.started.append(process)
        return process

    def start_worker(self, path=HERE):
        words = ["--scheduler-file", str(self.file), "--nthreads", "1", "--no-nanny"]
        words += ["--local-directory", str(self.folder)]
        return self.start("worker", *words, *self.preload, "--no-dashboard", path=path)

    def address(self):
        scheduler = psutil.Process(self.started[0].pid)
        while not self.file.exists() or not self.file.read_text():
            assert scheduler.is_running()
            os.sched_yield()
        return json.loads(self.file.read_text())["address"]

    def alive(self):
        return [process for process in self.started if process.poll() is None]

    def stop(self):
        for process in self.started:
            process.kill()
            process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="module")
def bare_cluster(tmp_path_factory):
    """One worker as it is delivered, not made ready for the small study."""
    with Cluster(tmp_path_factory.mktemp("bare"), workers=1, preload=()) as started:
        yield started


def travelling(study, quarters=QUARTERS):
    """Jobs that name nothing outside their own folder, as they run on another machine."""
    jobs = quarterly(study, quarters)
    return [dataclasses.replace(job, parameters={"quarter": job.name}, context={}) for job in jobs]


def make(study, out, cluster=None, jobs=None, **more):
    given = {"rendering": small_rendering(study), **more}
    if cluster is None:
        return run_batch(jobs or travelling(study), study / out, **given)
    with ClusterExecutor(cluster.address()) as executor:
        return run_batch(jobs or travelling(study), study / out, executor=executor, **given)


def test_a_cluster_makes_the_same_bytes(study, cluster):
    events = []
    assert make(study, "here").exit_code == 0
    there = make(study, "there", cluster, on_event=events.append)
    assert [report.stage for report in there.reports] == ["done"] * 4
    assert contents(study / "there" / "reports") == contents(study / "here" / "reports")
    assert {event.name for event in events if event.stage == "rendering"} == set(QUARTERS)
    for process in cluster.started[1:]:
        left = psutil.Process(process.pid).children(True)
        assert psutil.wait_procs(left, timeout=60)[1] == [], "a warm parent is left on a worker"


def test_a_failure_on_the_cluster_is_one_report_only(study, cluster):
    jobs = [*travelling(study, ["2010K1"]), *faulty(study, "kill", "exit-0", "raise")]
    result = make(study, "out", cluster, jobs)
    reasons = [report.failure and report.failure.reason for report in result.reports]
    assert reasons == [None, "KernelDied", "NotWhole", "ValueError"]


def test_an_input_outside_the_study_cannot_travel(study, cluster, tmp_path):
    (tmp_path / "elsewhere.csv").write_text("a")
    job = dataclasses.replace(travelling(study)[0], inputs=("../elsewhere.csv",))
    with pytest.raises(InputRefused, match="input-outside"):
        make(study, "out", cluster, [job])


def test_a_file_that_did_not_arrive_whole_is_not_used(tmp_path):
    with pytest.raises(ValueError, match=r"counts\.csv did not arrive"):
        unpack({"counts.csv": b"cut"}, {"counts.csv": "0" * 64}, tmp_path)


def test_a_lost_worker_costs_time_and_no_report(tmp_path, cluster):
    study = copy_study(tmp_path / "study")
    extra = cluster.start_worker()
    killed = []

    def kill_at_first_cell(event):
        if event.stage == "executing" and not killed:
            killed.append(event.name)
            extra.kill()
            cluster.started[1].kill()

    result = make(study, "out", cluster, on_event=kill_at_first_cell)
    assert killed
    assert result.exit_code == 0
    make(study, "here")
    assert contents(study / "out" / "reports") == contents(study / "here" / "reports")


def test_what_a_killed_worker_held_lies_in_its_own_folder(tmp_path):
    """There the next living worker removes it; nothing is left in the system's folder."""
    with Cluster(tmp_path) as began:
        study, killed = copy_study(tmp_path / "study"), []

        def kill_all(event):
            if event.stage == "executing" and not killed:
                killed.append(event.name)
                left.extend(tmp_path.rglob("tingbjerg-*"))
                for process in began.started:
                    process.kill()

        left: list = []
        result = make(study, "out", began, on_event=kill_all)
    assert left
    assert any(path.exists() for path in left)
    WorkSpace(str(tmp_path / "dask-scratch-space")).new_work_dir(prefix="worker-")
    assert not any(path.exists() for path in left)
    reasons = {one.failure.reason for one in result.reports if one.failure}
    assert reasons == {"ClusterLost"}


@pytest.fixture
def typed(tingbjerg, monkeypatch):
    """The command with the package's own digests and libraries, as the bare worker has them."""
    monkeypatch.undo()
    return partial(tingbjerg, "run")


def test_counts_are_enough_for_a_study_of_counts(typed, tmp_path, bare_cluster):
    """Without a word about rows: the study travels counted, and its reports are the same bytes."""
    from tingbjerg_eval.run.templates import write_study

    write_study(tmp_path / "study", **ANSWERS)
    fill(tmp_path / "study")
    asked = [tmp_path / "study", "--only", "baseline", "--output"]
    there = typed(*asked, tmp_path / "there", "--cluster", bare_cluster.address())
    assert there.returncode == 0, there.stderr
    assert typed(*asked, tmp_path / "here").returncode == 0
    assert contents(tmp_path / "there" / "reports") == contents(tmp_path / "here" / "reports")


def test_rows_of_persons_travel_only_where_they_are_asked_for(typed, tmp_path, bare_cluster):
    study = write_small_study(tmp_path / "study")
    asked = [study, "--only", "baseline", "--output", tmp_path / "out"]
    asked += ["--cluster", bare_cluster.address()]
    refused = typed(*asked)
    assert refused.returncode == 2
    assert "rows-stay" in refused.stderr
    assert "--send-rows" in refused.stderr
    assert not (tmp_path / "out" / "reports").exists()
    sent = typed(*asked, "--send-rows")
    assert sent.returncode == 0, sent.stderr
    assert (tmp_path / "out" / "reports" / "baseline" / "rapport.html").exists()


def test_a_delivered_file_never_travels(demo_study):
    jobs = study_jobs(demo_study, ["baseline"], published_chain(demo_study, ["baseline"]),
                      Ledger(), opened=True)  # fmt: skip
    delivered = {Path(name).name for name in demo_study.settings.data.files()}
    assert not {Path(name).name for name in jobs[0].inputs} & delivered


def test_another_version_is_named_with_the_line_that_mends_it(tmp_path, study, cluster):
    """A worker with another package beside those that are as they should be."""
    older = tmp_path / "older" / "tingbjerg_eval-0.0.1.dist-info"
    older.mkdir(parents=True)
    (older / "METADATA").write_text("Metadata-Version: 2.1\nName: tingbjerg-eval\nVersion: 0.0.1\n")
    worker = cluster.start_worker(path=f"{older.parent}{os.pathsep}{HERE}")
    with Client(cluster.address(), timeout=600, set_as_default=False) as client:
        client.wait_for_workers(len(cluster.alive()) - 1, timeout=600)
    with pytest.raises(InputRefused) as raised:
        make(study, "out", cluster)
    worker.kill()
    (problem,) = raised.value.problems
    assert (problem.code, problem.found) == ("cluster-version", "tingbjerg-eval 0.0.1")
    assert "tingbjerg-eval[report,cluster]==" + version("tingbjerg-eval") in problem.mend
    assert "worker tcp://" in problem.place


def test_a_scheduler_of_another_version_is_named():
    here = {"packages": dict.fromkeys(SAME, "2") | {"python": "3.11.7.final.0"}}
    there = {"packages": here["packages"] | {"distributed": "1", "python": "3.10.2.final.0"}}
    told = {"client": here, "scheduler": there, "workers": {"tcp://a:1": here}}
    assert [(one.place, one.found, one.mend) for one in other_versions(told)] == [
        ("the scheduler", "python 3.10", "There: start it with python 3.11."),
        ("the scheduler", "distributed 1", "There: pip install 'distributed==2'."),
    ]


def test_files_that_were_edited_are_told_from_the_batchs(study):
    order = plan(travelling(study, ["2010K1"]), small_rendering(study), engine="plain")[0]
    failure = run_order(dataclasses.replace(order, code="0.0.1 (files 12345678)")).failure
    assert failure.reason == "OtherVersion"
    assert "0.0.1 (files 12345678)" in failure.detail
    assert version("tingbjerg-eval") in failure.detail


def test_a_scheduler_without_workers_is_named(tmp_path):
    with Cluster(tmp_path, workers=0) as began, pytest.raises(InputRefused, match="no worker"):
        ClusterExecutor(began.address(), connect_seconds=1)
