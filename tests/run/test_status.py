"""Progress and status say what is so, to a person and to a program."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console
from small_study import faulty, quarterly, small_rendering

from tingbjerg_eval.run.batch.batch import run_batch
from tingbjerg_eval.run.batch.failure import Failure
from tingbjerg_eval.run.batch.folder import OutputFolder
from tingbjerg_eval.run.progress import (
    ROWS,
    BatchResult,
    Board,
    Progress,
    ReportState,
    read_status,
    status_table,
    summary,
)


@pytest.fixture
def ended(study):
    """The state after a batch with one report that failed and one that is spoiled."""
    jobs = [*quarterly(study, ["2010K1", "2010K2"]), *faulty(study, "raise")]
    run_batch(jobs, study / "out", rendering=small_rendering(study))
    (study / "out" / "reports" / "2010K2" / "cells.csv").write_text("by hand")
    return read_status(study / "out")


def test_status_tells_done_failed_and_not_whole(ended):
    assert ended["batch"] == "none"
    states = {one["name"]: one["state"] for one in ended["reports"]}
    assert states == {"2010K1": "done", "2010K2": "not whole", "raise": "failed"}
    assert json.loads(json.dumps(ended)) == ended


def test_the_status_table_has_a_line_per_report(ended):
    lines = status_table(ended).splitlines()
    assert lines[0] == "batch: none"
    assert lines[3].split() == ["raise", "failed", "no", "earlier", "report"]


def test_an_empty_folder_has_no_reports(tmp_path):
    assert read_status(tmp_path) == {"batch": "none", "reports": []}


def test_a_running_batch_posts_what_it_does(tmp_path):
    with OutputFolder(tmp_path).locked() as folder:
        board = Board(folder)
        board.post(ReportState(name="2010K1", stage="executing", cell=3, cells=9))
        board.post(ReportState(name="2010K2", stage="done"))
        assert read_status(tmp_path) == {
            "batch": "running",
            "reports": [
                {"name": "2010K1", "state": "executing", "cell": 3, "cells": 9},
                {"name": "2010K2", "state": "not made"},
            ],
        }
    assert read_status(tmp_path) == {
        "batch": "none",
        "reports": [{"name": name, "state": "not made"} for name in ("2010K1", "2010K2")],
    }


def test_what_an_earlier_batch_was_asked_for_is_not_forgotten(study):
    with OutputFolder(study / "out").locked() as folder:
        Board(folder).post(ReportState(name="2010K2", stage="not begun"))
    run_batch(quarterly(study, ["2010K1"]), study / "out", rendering=small_rendering(study))
    states = {one["name"]: one["state"] for one in read_status(study / "out")["reports"]}
    assert states == {"2010K1": "done", "2010K2": "not made"}


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def watched(*events, terminal=False):
    """What was printed, and the progress with its clock."""
    clock, text = Clock(), io.StringIO()
    progress = Progress(Console(file=text, force_terminal=terminal, width=80), clock)
    for seconds, event in events:
        clock.now += seconds
        progress(event)
    return text.getvalue(), progress, clock


def test_without_a_terminal_each_change_of_stage_is_one_line():
    failure = Failure(stage="executing", reason="KernelDied", cell=5)
    said, _, _ = watched(
        (0, ReportState(name="2010K1", stage="waiting")),
        (0, ReportState(name="2010K1", stage="executing")),
        (1, ReportState(name="2010K1", stage="executing", cell=1, cells=9)),
        (1, ReportState(name="2010K1", stage="executing", cell=2, cells=9)),
        (1, ReportState(name="2010K1", stage="failed", failure=failure)),
    )
    assert said.splitlines() == [
        "2010K1: waiting",
        "2010K1: executing",
        "2010K1: failed after 3.0 s: KernelDied while executing cell 5",
    ]


def test_time_left_comes_from_the_last_run_or_else_from_the_cells():
    start = ReportState(name="a", stage="executing")
    known = ReportState(name="a", stage="waiting", expected=10.0)
    _, progress, clock = watched((0, known), (0, start))
    clock.now = 4.0
    assert progress.left(progress.rows["a"]) == 6.0
    cells = ReportState(name="a", stage="executing", cell=2, cells=8)
    _, progress, clock = watched((0, start), (4, cells))
    assert progress.left(progress.rows["a"]) == 12.0


def test_no_time_is_promised_while_rendering_or_when_it_has_passed():
    start = ReportState(name="a", stage="executing")
    ran = ReportState(name="a", stage="executing", cell=8, cells=8)
    _, progress, _ = watched((0, start), (4, ran), (1, ReportState(name="a", stage="rendering")))
    assert progress.left(progress.rows["a"]) is None
    known = ReportState(name="a", stage="waiting", expected=10.0)
    _, progress, clock = watched((0, known), (0, start))
    clock.now = 11.0
    assert progress.left(progress.rows["a"]) is None


def test_the_time_left_for_all_counts_what_waits_and_what_runs_side_by_side():
    waiting = [(0, ReportState(name=name, stage="waiting", expected=10.0)) for name in "abcd"]
    began = [(0, ReportState(name=name, stage="executing")) for name in "ab"]
    _, progress, clock = watched(*waiting, *began)
    clock.now = 4.0
    assert progress.batch_left() == (6 + 6 + 10 + 10) / 2
    assert progress.table().caption == "0 of 4 ended, about 16 s left for all"


def test_the_time_left_for_all_comes_from_those_that_ended_where_nothing_ran_before():
    waiting = [(0, ReportState(name=name, stage="waiting")) for name in "abc"]
    _, progress, _ = watched(*waiting, (0, ReportState(name="a", stage="executing")))
    assert progress.batch_left() is None
    progress.clock.now += 8
    progress(ReportState(name="a", stage="done"))
    assert progress.batch_left() == 16.0
    said = progress.console.file.getvalue().splitlines()
    assert said[-2:] == ["a: done after 8.0 s", "1 of 3 ended, about 16 s left for all"]


def test_what_remains_of_a_long_batch_is_said_in_minutes_and_with_the_studies_to_come():
    waiting = [(0, ReportState(name=name, stage="waiting", expected=300.0)) for name in "ab"]
    _, progress, _ = watched(*waiting)
    progress.later = lambda: 3
    assert progress.remaining() == "0 of 2 ended, 3 studies to come, about 40 min left for all"


def test_a_large_batch_shows_what_runs_and_counts_the_rest():
    events = [(0, ReportState(name=f"r{number}", stage="done")) for number in range(50)]
    events += [(0, ReportState(name=f"r{number}", stage="waiting")) for number in range(50, 90)]
    _, progress, _ = watched(*events)
    table = progress.table()
    assert table.row_count == ROWS
    assert table.caption == "50 of 90 ended"


def test_the_live_table_is_cleared_at_the_end():
    _, progress, _ = watched(terminal=True)
    with progress:
        progress(ReportState(name="2010K1", stage="executing", cell=1, cells=2))
        assert progress.live.is_started
    assert not progress.live.is_started


def test_the_summary_has_a_row_per_report_and_the_exit_code():
    failure = Failure(stage="rendering", reason="ValueError")
    reports = (
        ReportState(name="2010K1", stage="done", executed=True, seconds=2.0),
        ReportState(name="2010K2", stage="failed", failure=failure),
    )
    table = summary(BatchResult(reports=reports, exit_code=1, seconds=3.0))
    assert table.row_count == 2
    assert table.caption == "1 done, 1 failed in 3.0 s; exit code 1"
