"""A real scheduler and real workers on this machine: the same bytes, whoever is lost on the way."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys

import psutil
import pytest
from distributed.diskutils import WorkSpace
from small_study import HERE, QUARTERS, contents, copy_study, faulty, quarterly, small_rendering

from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.run.batch.batch import run_batch
from tingbjerg_eval.run.batch.cluster import ClusterExecutor, unpack

LOOPBACK = ["--host", "127.0.0.1"]


class Cluster:
    """A scheduler and workers as a user would start them."""

    def __init__(self, folder):
        self.folder, self.file = folder, folder / "scheduler.json"
        self.started = []
        self.start("scheduler", "--port", "0", "--scheduler-file", str(self.file), "--no-dashboard")
        self.start_worker()
        self.start_worker()
        with ClusterExecutor(self.address()) as executor:
            executor.client.wait_for_workers(2, timeout=600)

    def start(self, what, *words):
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *LOOPBACK, *words]
        log = (self.folder / f"{what}-{len(self.started)}.log").open("w")
        found = {**os.environ, "PYTHONPATH": str(HERE)}
        process = subprocess.Popen(command, cwd=self.folder, env=found, stdout=log, stderr=log)
        self.started.append(process)
        return process

    def start_worker(self):
        words = ["--scheduler-file", str(self.file), "--nthreads", "1", "--no-nanny"]
        words += ["--local-directory", str(self.folder)]
        return self.start("worker", *words, "--preload", "steady", "--no-dashboard")

    def address(self):
        scheduler = psutil.Process(self.started[0].pid)
        while not self.file.exists() or not self.file.read_text():
            assert scheduler.is_running()
            os.sched_yield()
        return json.loads(self.file.read_text())["address"]

    def stop(self):
        for process in self.started:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.stop()


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


def test_a_batch_leaves_no_warm_parent_on_the_workers(study, cluster):
    make(study, "out", cluster)
    for process in cluster.started[1:]:
        if process.poll() is None:
            children = psutil.Process(process.pid).children(True)
            assert psutil.wait_procs(children, timeout=60)[1] == []


def test_what_a_killed_worker_held_lies_in_its_own_folder(tmp_path):
    """There the next living worker removes it; nothing is left in the system's folder."""
    began = Cluster(tmp_path)
    try:
        study, killed = copy_study(tmp_path / "study"), []

        def kill_all(event):
            if event.stage == "executing" and not killed:
                killed.append(event.name)
                left.extend(tmp_path.rglob("tingbjerg-*"))
                for process in began.started:
                    process.kill()

        left: list = []
        result = make(study, "out", began, on_event=kill_all)
    finally:
        began.stop()
    assert left
    assert any(path.exists() for path in left)
    WorkSpace(str(tmp_path / "dask-scratch-space")).new_work_dir(prefix="worker-")
    assert not any(path.exists() for path in left)
    reasons = {one.failure.reason for one in result.reports if one.failure}
    assert reasons == {"ClusterLost"}
