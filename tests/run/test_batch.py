"""What is made is not made again; what changed is, and no more than that."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import nbformat
import pytest
from small_study import QUARTERS, contents, counted, kept_parent, quarterly, small_rendering
from steady import steady

from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.run.batch import capacity
from tingbjerg_eval.run.batch.batch import run_batch
from tingbjerg_eval.run.batch.orders import plan


def make(study, jobs=None, **more):
    given = {"rendering": small_rendering(study), "parent": kept_parent(), **more}
    return run_batch(jobs or quarterly(study), study / "out", **given)


def stages(result):
    return [report.stage for report in result.reports]


def test_a_second_run_does_nothing_and_leaves_the_same_bytes(study):
    assert stages(make(study)) == ["done"] * 4
    before = contents(study / "out" / "reports")
    again = make(study)
    assert stages(again) == ["unchanged"] * 4
    assert again.exit_code == 0
    assert contents(study / "out" / "reports") == before
    assert len(counted(study)) == 8


def test_two_folders_get_the_same_bytes(study):
    make(study)
    given = {"rendering": small_rendering(study), "parent": kept_parent()}
    run_batch(quarterly(study), study / "two", workers=1, **given)
    assert contents(study / "two" / "reports") == contents(study / "out" / "reports")


def test_a_changed_sentence_renders_again_without_executing(study):
    make(study)
    (study / "texts.toml").write_text('sentence = "as it is now"\n')
    result = make(study)
    assert stages(result) == ["done"] * 4
    assert not any(report.executed for report in result.reports)
    assert [line for line in counted(study) if line.startswith("executed")] == [
        f"executed {quarter}" for quarter in QUARTERS
    ]
    assert b"as it is now" in contents(study / "out" / "reports")["2010K1/report.html"]


def up_to(study, quarter):
    """What stands for the inputs of one quarter's report: the rows up to that quarter."""
    rows = (study / "counts.csv").read_text().splitlines()[1:]
    return {"counts": "\n".join(row for row in rows if row[:6] <= quarter)}


def by_quarter(study):
    return [dataclasses.replace(job, depends=up_to(study, job.name)) for job in quarterly(study)]


def test_a_changed_quarter_runs_what_depends_on_it_and_no_more(study):
    make(study, by_quarter(study))
    counts = (study / "counts.csv").read_text()
    (study / "counts.csv").write_text(counts.replace("2010K3,14", "2010K3,15"))
    result = make(study, by_quarter(study))
    assert stages(result) == ["unchanged", "unchanged", "done", "done"]
    executed = [line for line in counted(study) if line.startswith("executed")]
    assert executed == sorted(f"executed {quarter}" for quarter in (*QUARTERS, "2010K3", "2010K4"))


@pytest.mark.parametrize("what", ["input", "notebook", "parameter", "context", "renderer"])
def test_everything_a_report_depends_on_makes_it_again(study, what):
    jobs, rendering = quarterly(study, ["2010K1"]), small_rendering(study)
    before = plan(jobs, rendering, engine="warm")[0]
    if what == "input":
        (study / "counts.csv").write_text("quarter,count\n")
    elif what == "notebook":
        path = study / "small.ipynb"
        path.write_text(path.read_text().replace("scale *", "2 * scale *"))
    elif what == "parameter":
        jobs = [dataclasses.replace(jobs[0], parameters={"quarter": "2010K2"})]
    elif what == "context":
        jobs = [dataclasses.replace(jobs[0], context={"threshold": 10})]
    elif what == "renderer":
        rendering = small_rendering(study, render="render_nothing")
    after = plan(jobs, rendering, engine="warm")[0]
    assert after.rendered != before.rendered
    assert (after.analysis != before.analysis) == (what in ("input", "notebook", "parameter"))


def test_the_outputs_stored_in_a_notebook_do_not_matter(study):
    jobs, rendering = quarterly(study, ["2010K1"]), small_rendering(study)
    before = plan(jobs, rendering, engine="warm")[0]
    notebook = nbformat.read(study / "small.ipynb", as_version=4)
    notebook.cells[3].execution_count = 7
    nbformat.write(notebook, study / "small.ipynb")
    assert plan(jobs, rendering, engine="warm")[0].rendered == before.rendered


def test_any_executor_will_do(study):
    jobs = quarterly(study, QUARTERS[:2])
    make(study, jobs)
    before = contents(study / "out" / "reports")
    given = {"mp_context": get_context("spawn"), "initializer": steady}
    with ProcessPoolExecutor(1, **given) as pool:
        rendering = small_rendering(study)
        result = run_batch(jobs, study / "two", rendering=rendering, executor=pool)
    assert result.exit_code == 0
    assert contents(study / "two" / "reports") == before


def test_events_tell_each_report_from_waiting_to_done(study):
    events = []
    make(study, quarterly(study, ["2010K1"]), on_event=events.append)
    assert [event.stage for event in events if event.cell == 0] == [
        "waiting",
        "executing",
        "rendering",
        "done",
    ]
    cells = [event.cell for event in events if event.cell]
    assert cells == list(range(1, events[-3].cells + 1))


def test_the_plain_engine_gives_the_same_reports(study):
    make(study)
    result = run_batch(
        quarterly(study, ["2010K1"]),
        study / "two",
        rendering=small_rendering(study),
        engine="plain",
    )
    assert result.exit_code == 0
    before = contents(study / "out" / "reports")
    for name, content in contents(study / "two" / "reports").items():
        assert content == before[name]


@pytest.mark.parametrize("name", ["a/b", "..", "2010 K1", "x.FAILED", "", "æ"])
def test_a_name_that_is_no_folder_name_is_refused(study, name):
    job = dataclasses.replace(quarterly(study, ["2010K1"])[0], name=name)
    with pytest.raises(InputRefused, match="report-name"):
        make(study, [job])


def test_names_that_differ_by_case_only_are_refused(study):
    jobs = [dataclasses.replace(quarterly(study)[0], name=name) for name in ("end", "End")]
    with pytest.raises(InputRefused, match="report-name-twice"):
        make(study, jobs)


def test_workers_stay_within_cores_memory_and_reports(monkeypatch):
    monkeypatch.setattr(capacity, "cores", lambda: 8)
    monkeypatch.setattr(capacity, "free_memory", lambda: capacity.PARENT + 3 * capacity.PER_REPORT)
    assert capacity.workers(100) == 3
    assert capacity.workers(100, 2) == 2
    assert capacity.workers(1) == 1
    monkeypatch.setattr(capacity, "free_memory", lambda: 0)
    assert capacity.workers(100) == 1


def test_a_control_group_limits_cores_and_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(capacity, "CONTROL_GROUP", tmp_path)
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("400000\n")
    assert capacity.cores() == 1
    assert capacity.free_memory() == 600_000
    (tmp_path / "memory.max").write_text("max\n")
    assert capacity.free_memory() > 600_000
