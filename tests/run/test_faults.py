"""Faults for real: nothing false under a good name, nothing good lost, nothing left running."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from shutil import which

import pytest
from small_study import (
    QUARTERS,
    Running,
    contents,
    copy_study,
    counted,
    faulty,
    kept_parent,
    quarterly,
    small_rendering,
)
from steady import steady

from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.run.batch.batch import run_batch
from tingbjerg_eval.run.batch.folder import FolderInUse, OutputFolder, read_manifest
from tingbjerg_eval.run.progress import read_status

IN_A_NOTEBOOK = {
    "raise": "ValueError",
    "kill": "KernelDied",
    "segfault": "KernelDied",
    "abort": "KernelDied",
    "memory": "MemoryError",
    "exit-0": "NotWhole",
    "os-exit-0": "KernelDied",
    "exit": "KernelDied",
    "hang": "TimedOut",
    "hang-hard": "TimedOut",
    "stderr": "NotWhole",
    "warn": "NotWhole",
    "stderr-below": "NotWhole",
    "interrupt": "KeyboardInterrupt",
    "child": "KernelDied",
    "fork-bomb": "KernelDied",
    "no-end": "NotWhole",
    "deviation": "UndeclaredDeviation",
}
HANGING = ["hang", "hang-hard"]


def small_batch(study, jobs=None, *, out="out", render="render", inspect="pass_all", **more):
    rendering = small_rendering(study, render, inspect)
    given = {"rendering": rendering, "parent": kept_parent(), **more}
    return run_batch(jobs or quarterly(study), study / out, **given)


def good(output):
    """Names of the reports in place; every one must be whole."""
    reports = [path for path in (output / "reports").glob("*") if path.is_dir()]
    assert all(read_manifest(report) for report in reports)
    return sorted(report.name for report in reports)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The bytes of the four reports when nothing goes wrong."""
    study = copy_study(tmp_path_factory.mktemp("undisturbed") / "study")
    with pytest.MonkeyPatch.context() as patch:
        steady(patch.setattr)
        assert small_batch(study).exit_code == 0
    return without_paths(study / "out")


def without_paths(output):
    """Report bytes with what names the test's own folder left out."""
    own = str(output.parent).encode()
    found = contents(output / "reports")
    return {
        name: content.replace(own, b"STUDY")
        for name, content in found.items()
        if not name.endswith("manifest.json")
    }


@pytest.fixture(scope="module")
def faults(tmp_path_factory):
    """Every fault beside four reports that are well; those that hang in a batch of their own, as
    a time limit short enough to wait for is too short for the others on a busy machine."""
    study = copy_study(tmp_path_factory.mktemp("faults") / "study")
    ending = [fault for fault in IN_A_NOTEBOOK if fault not in HANGING]
    batch = Running(study, study / "out", faults=ending, timeout=600)
    batch.code = batch.end()
    batch.hung = Running(study, study / "out", faults=HANGING, timeout=5)
    batch.hung.end()
    return batch


@pytest.mark.parametrize("fault", IN_A_NOTEBOOK)
def test_a_notebook_that_goes_wrong_never_carries_the_good_name(faults, fault):
    page = (faults.output / "reports" / f"{fault}.FAILED.html").read_text()
    assert IN_A_NOTEBOOK[fault] in page
    assert "a result" not in page
    assert not (faults.output / "reports" / fault).exists()
    assert (faults.output / "internal" / f"{fault}.FAILED" / "log.txt").exists()


def test_the_other_reports_are_made_all_the_same(faults, undisturbed):
    assert good(faults.output) == list(QUARTERS)
    made = without_paths(faults.output)
    assert {name: made[name] for name in undisturbed} == undisturbed


def test_the_gravest_failure_gives_the_exit_code(faults):
    assert faults.code == 4


def test_faults_leave_no_process_behind(faults):
    assert faults.orphans() == []
    assert faults.hung.orphans() == []


def spoil_counts(study):
    lines = [f"{quarter},many" for quarter in QUARTERS]
    (study / "counts.csv").write_text("\n".join(["quarter,count", *lines]))


def test_a_failed_attempt_keeps_the_earlier_good_report(study):
    assert small_batch(study).exit_code == 0
    before = contents(study / "out" / "reports")
    spoil_counts(study)
    assert small_batch(study).exit_code == 1
    after = contents(study / "out" / "reports")
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {f"{quarter}.FAILED.html" for quarter in QUARTERS}
    state = read_status(study / "out")["reports"][0]
    assert (state["state"], state["kept"]) == ("failed", True)


def test_success_after_failure_removes_the_failed_page(study):
    counts = (study / "counts.csv").read_text()
    spoil_counts(study)
    small_batch(study)
    (study / "counts.csv").write_text(counts)
    assert small_batch(study).exit_code == 0
    assert not list((study / "out").rglob("*FAILED*"))


@pytest.mark.parametrize(
    ("render", "reason"),
    [
        ("render_and_fail", "ValueError"),
        ("render_and_die", "ChildDied"),
        ("render_nothing", "NotWhole"),
        ("render_outside", "ValueError"),
        ("render_unpicklable", "ValueError"),
        ("no_such_renderer", "AttributeError"),
    ],
)
def test_a_renderer_that_goes_wrong_hands_nothing_over(study, render, reason):
    result = small_batch(study, quarterly(study, ["2010K1"]), render=render)
    assert result.reports[0].failure.reason == reason
    assert result.exit_code == 1
    assert good(study / "out") == []


def test_a_rendering_that_failed_does_not_execute_again(study):
    small_batch(study, quarterly(study, ["2010K1"]), render="render_and_fail")
    assert small_batch(study, quarterly(study, ["2010K1"])).exit_code == 0
    assert counted(study) == ["executed 2010K1", "rendered 2010K1"]


def test_a_finding_stops_the_hand_over_with_exit_code_3(study):
    result = small_batch(study, inspect="find_leak")
    assert result.exit_code == 3
    assert good(study / "out") == []
    page = (study / "out" / "reports" / "2010K1.FAILED.html").read_text()
    assert "CPR" not in page


def test_an_input_changed_during_the_run_stops_the_report(study):
    result = small_batch(study, faulty(study, "change-input"))
    assert result.reports[0].failure.reason == "InputChanged"
    assert good(study / "out") == []


@pytest.mark.parametrize("content", [b'{"cells": [', b"", b"\xff\xfe", b'{"cells": 1}'])
def test_a_truncated_notebook_is_bad_input(study, content):
    (study / "small.ipynb").write_bytes(content)
    with pytest.raises(InputRefused, match=r"small\.ipynb"):
        small_batch(study)


def test_a_missing_input_is_bad_input(study):
    (study / "counts.csv").unlink()
    with pytest.raises(InputRefused, match="input-missing"):
        small_batch(study)


def spoil(report, what):
    if what == "report":
        (report / "report.html").write_bytes(b"<html>")
    elif what == "manifest":
        (report / "manifest.json").write_bytes(b"{")
    elif what == "missing":
        (report / "cells.csv").unlink()
    elif what == "extra":
        (report / "note.txt").write_text("by hand")
    elif what == "file":
        for file in report.iterdir():
            file.unlink()
        report.rmdir()
        report.write_text("not a folder")


def test_a_spoiled_earlier_report_is_taken_away_and_rendered_again(study):
    small_batch(study)
    before = contents(study / "out" / "reports")
    for spoiled in (["report", "manifest", "missing", "extra"], ["file"]):
        for quarter, what in zip(QUARTERS, spoiled, strict=False):
            spoil(study / "out" / "reports" / quarter, what)
        result = small_batch(study)
        unchanged = [report.stage for report in result.reports].count("unchanged")
        assert unchanged == len(QUARTERS) - len(spoiled)
        assert contents(study / "out" / "reports") == before
    assert [counted(study).count(f"executed {quarter}") for quarter in QUARTERS] == [1] * 4


def test_a_spoiled_executed_notebook_is_not_used(study):
    small_batch(study)
    kept = study / "out" / "internal" / "2010K2" / "executed.ipynb"
    kept.write_bytes(kept.read_bytes()[:-100])
    (study / "texts.toml").write_text('sentence = "new"\n')
    assert small_batch(study).exit_code == 0
    assert counted(study).count("executed 2010K2") == 2
    assert counted(study).count("executed 2010K1") == 1


def test_files_from_the_future_are_judged_by_content(study):
    small_batch(study)
    for path in [study / "counts.csv", *(study / "out").rglob("*.*")]:
        os.utime(path, (2**33, 2**33))
    assert {one.stage for one in small_batch(study).reports} == {"unchanged"}
    (study / "counts.csv").write_text("quarter,count\n2010K1,1\n")
    os.utime(study / "counts.csv", (0, 0))
    assert {one.stage for one in small_batch(study).reports} == {"done"}


def finished(study: Path) -> str:
    """When the first quarter's report was made, by the machine's clock."""
    run = study / "out" / "internal" / "2010K1" / "run.json"
    return json.loads(run.read_text("utf-8"))["finished"]


@pytest.mark.skipif(which("faketime") is None, reason="needs faketime")
def test_a_clock_that_was_set_back_changes_nothing(study):
    """The machine's clock goes back two years between two batches and stays there."""
    two_years_ago = ("faketime", "-f", "-730d")
    small_batch(study)
    before, ran, first = without_paths(study / "out"), counted(study), finished(study)
    assert Running(study, study / "out", before=two_years_ago).end() == 0
    assert (without_paths(study / "out"), counted(study)) == (before, ran)
    (study / "counts.csv").write_text("quarter,count\n2010K1,1\n")
    assert Running(study, study / "out", before=two_years_ago).end() == 0
    after = without_paths(study / "out")
    assert {name for name in after if after[name] != before[name]}
    assert finished(study) < first
    assert {one.stage for one in small_batch(study).reports} == {"unchanged"}
    assert without_paths(study / "out") == after


def assert_stopped(batch, number, code):
    """Ended at once by the signal: nothing left running, the good reports left as they were."""
    batch.process.send_signal(number)
    assert batch.end() == code
    assert batch.orphans() == []
    assert good(batch.output) == list(QUARTERS)
    assert not list((batch.output / "reports").glob("hang*"))


def assert_resumed(study, undisturbed):
    """The next batch has nothing left to do, and the bytes are those of an undisturbed one."""
    assert {report.stage for report in small_batch(study).reports} == {"unchanged"}
    assert without_paths(study / "out") == undisturbed


def test_an_interrupted_batch_tells_what_ran_from_what_never_began(study, undisturbed):
    faults = ["hang", "hang-hard", "none"]
    batch = Running(study, study / "out", faults=faults, timeout=600)
    made = [f"{quarter} done" for quarter in QUARTERS]
    batch.wait_for(*made, "hang executing 5", "hang-hard executing 5")
    assert_stopped(batch, signal.SIGINT, 130)
    assert {"hang stopped 0", "hang-hard stopped 0", "none not begun 0"} <= set(
        batch.said.splitlines()
    )
    states = {one["name"]: one["state"] for one in read_status(study / "out")["reports"]}
    assert states == dict.fromkeys(QUARTERS, "done") | dict.fromkeys(faults, "not made")
    assert_resumed(study, undisturbed)


def test_a_killed_batch_frees_the_folder_and_leaves_no_process(study, undisturbed):
    batch = Running(study, study / "out", faults=["hang"], timeout=600)
    batch.wait_for("hang executing 5")
    batch.process.kill()
    assert batch.end() == -9
    assert batch.orphans() == []
    assert small_batch(study).exit_code == 0
    assert without_paths(study / "out") == undisturbed


def test_a_killed_warm_parent_costs_what_ran_in_it_only(study):
    batch = Running(study, study / "out", faults=["hang", "hang-hard", "none"], timeout=600)
    batch.wait_for("hang executing 5", "hang-hard executing 5")
    parents = [one for one in batch.started() if "warm_server" in " ".join(one.cmdline())]
    oldest = min(parents, key=lambda one: one.create_time())
    oldest.kill()
    assert batch.end() == 1
    assert batch.orphans() == []
    assert good(study / "out") == [*QUARTERS, "none"]


def test_two_batches_never_share_a_folder(study, undisturbed):
    first = Running(study, study / "out", faults=["hang"], timeout=600)
    first.wait_for("2010K3 done", "2010K4 done", "hang executing 5")
    with pytest.raises(FolderInUse, match="Another batch") as refused:
        small_batch(study)
    assert refused.value.exit_code == 75
    state = {one["name"]: one["state"] for one in read_status(study / "out")["reports"]}
    assert state["hang"] == "executing"
    assert_stopped(first, signal.SIGTERM, 143)
    assert_resumed(study, undisturbed)


def in_a_small_disk(study, size, *then):
    """Words that start a command with ``out`` on a file system of its own."""
    (study / "out").mkdir()
    mount = f'mount -t tmpfs -o size={size} none {study / "out"} {" ".join(then)} && exec "$@"'
    return ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, "sh"]


def test_a_disk_that_is_too_small_is_said_before_anything_runs(study):
    batch = Running(study, study / "out", before=in_a_small_disk(study, "2m"))
    assert batch.end() == 2
    assert "disk-space" in batch.complaints


def test_a_disk_that_fills_up_fails_the_reports_and_keeps_the_good_ones(study):
    assert small_batch(study).exit_code == 0
    before = contents(study / "out" / "reports")
    (study / "texts.toml").write_text('sentence = "' + "new " * 20_000 + '"\n')
    batch = Running(study, study / "out", largest_file=40_000)
    assert batch.end() == 1
    after = contents(study / "out" / "reports")
    assert {name: after[name] for name in before} == before
    assert good(study / "out") == list(QUARTERS)
    assert contents(study / "out" / ".staging") == {}


def test_a_full_file_system_fails_the_reports_only(study):
    fill = f"&& truncate -s 1g {study}/sparse && head -c 99m /dev/zero > {study}/out/filler"
    before = in_a_small_disk(study, "100m", fill)
    script = (
        "import tingbjerg_eval.run.batch.folder as s, runpy, sys; s.SPACE_PER_REPORT = 0;"
        "sys.argv = sys.argv[1:]; sys.path.insert(0, {here!r});"
        "runpy.run_path({driver!r}, run_name='__main__')"
    ).format(here=str(Path(__file__).parent), driver=str(Path(__file__).parent / "driver.py"))
    (study / "texts.toml").write_text('sentence = "' + "long " * 300_000 + '"\n')
    batch = Running(study, study / "out", before=[*before, sys.executable, "-c", script])
    assert batch.end() == 1
    assert "done" not in batch.said


def test_a_folder_that_cannot_be_written_is_bad_input(study):
    before = in_a_small_disk(study, "100m", f"&& mount -o remount,ro {study / 'out'}")
    batch = Running(study, study / "out", before=before)
    assert batch.end() == 2
    assert "output-folder" in batch.complaints


def test_an_output_that_is_a_file_is_bad_input(study):
    (study / "out").write_text("")
    with pytest.raises(InputRefused, match="output-folder"):
        small_batch(study)


def test_a_half_done_swap_is_undone(study):
    small_batch(study)
    folder = OutputFolder(study / "out")
    before = contents(folder.reports)
    (folder.staging / "reports-2010K1.place").write_text(str(folder.reports / "2010K1"))
    (folder.reports / "2010K1").rename(folder.staging / "reports-2010K1.previous")
    assert {one.stage for one in small_batch(study).reports} == {"unchanged"}
    assert contents(folder.reports) == before


def test_the_page_of_a_failure_holds_no_value(study):
    result = small_batch(study, faulty(study, "raise"))
    assert "a cell fails" in result.reports[0].failure.detail
    page = (study / "out" / "reports" / "raise.FAILED.html").read_text()
    assert "a cell fails" not in page
    log = (study / "out" / "internal" / "raise.FAILED" / "log.txt").read_text()
    assert "a cell fails" in log


def test_run_json_says_what_the_report_was_made_from(study):
    small_batch(study)
    said = json.loads((study / "out" / "internal" / "2010K3" / "run.json").read_text())
    assert said["parameters"]["quarter"] == "2010K3"
    assert set(said["inputs"]) == {"counts.csv"}
