"""What a batch says of its reports: while it runs, at its end, and by looking at its folder."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from tingbjerg_eval.run.batch.failure import Failure
from tingbjerg_eval.run.batch.folder import OutputFolder, read_manifest
from tingbjerg_eval.run.batch.studies import read_studies

ENDED = ("done", "unchanged", "failed", "stopped", "not begun")
MADE = ("done", "unchanged")
NOT_MADE = "not made"
"""Of a report that was asked for and of which nothing is there."""
BOARD = ".running.json"
EVERY = 0.5
"""Seconds between two postings about cells."""
ROWS = 16
"""Lines shown live; of larger batches those that run, the rest counted."""


@dataclass(frozen=True, kw_only=True)
class ReportState:
    """Where one report is, and at the end how it ended.

    ``stage`` is ``"waiting"``, ``"executing"``, ``"rendering"``, ``"done"``, ``"unchanged"``,
    ``"failed"``, ``"stopped"`` or ``"not begun"`` (the batch was interrupted while it ran, or
    before); ``cell`` of ``cells`` is running while executing; ``expected`` is how many seconds
    the report took last time, if known, and ``seconds`` how many it took now; ``executed`` says
    whether its notebook ran in this batch; ``study`` is named where there are many.
    """

    name: str
    stage: str
    study: str = ""
    cell: int = 0
    cells: int = 0
    expected: float | None = None
    executed: bool = False
    seconds: float = 0.0
    failure: Failure | None = None

    @property
    def title(self) -> str:
        """The name, after that of the study where there are many."""
        return f"{self.study}/{self.name}".strip("/")


@dataclass(frozen=True, kw_only=True)
class BatchResult:
    """How every report ended, in the order they were asked for, and the exit code."""

    reports: tuple[ReportState, ...]
    exit_code: int
    seconds: float


class Board:
    """Where a running batch posts what each report is doing, for others to read."""

    def __init__(self, folder: OutputFolder):
        self.path = folder.root / BOARD
        self.stages: dict[str, dict[str, Any]] = {
            name: {"state": NOT_MADE} for name in _posted(folder)
        }
        self.posted = 0.0

    def post(self, state: ReportState) -> None:
        """Note what is new; a board that cannot be written stops nothing."""
        before = self.stages.get(state.name, {}).get("state")
        said = {"state": state.stage, "cell": state.cell, "cells": state.cells}
        self.stages[state.name] = said
        if before != state.stage or time.monotonic() - self.posted > EVERY:
            self.write()

    def write(self) -> None:
        self.posted = time.monotonic()
        fresh = self.path.with_suffix(".new")
        try:
            fresh.write_text(json.dumps({"pid": os.getpid(), "reports": self.stages}))
            fresh.replace(self.path)
        except OSError:
            fresh.unlink(missing_ok=True)


def read_status(folder: Path | str) -> dict[str, Any]:
    """The state of every report: plain data, with the reasons of failures but no values.

    ``batch`` is ``"running"`` or ``"none"``. Each of ``reports`` has ``name`` and ``state``:
    ``"done"`` (whole, every file as its manifest says), ``"not whole"``, ``"failed"`` (with
    ``kept`` telling whether an earlier good report is in place), what it is doing now, or
    ``"not made"``: asked for by some batch, of which nothing is there. In a folder of many
    studies a report is called ``study/name``, and a study of which nothing is there stands for
    its reports.
    """
    root = Path(folder)
    if studies := read_studies(root):
        each = {study: read_status(root / study) for study in studies}
        running = any(one["batch"] == "running" for one in each.values())
        found = [one for study, status in each.items() for one in _of_study(study, status)]
        return {"batch": "running" if running else "none", "reports": found}
    output = OutputFolder(folder)
    running = output.in_use()
    posted = _posted(output)
    states = {name: {"name": name, "state": NOT_MADE} for name in posted}
    states |= {one["name"]: one for one in [*_placed(output), *_failed(output)]}
    if running:
        states |= {name: {"name": name, **said} for name, said in posted.items()
                   if said["state"] not in (*ENDED, NOT_MADE)}  # fmt: skip
    reports = [states[name] for name in sorted(states)]
    return {"batch": "running" if running else "none", "reports": reports}


def _of_study(study: str, status: dict[str, Any]) -> list[dict[str, Any]]:
    reports = status["reports"] or [{"name": "", "state": NOT_MADE}]
    return [one | {"name": f"{study}/{one['name']}".rstrip("/")} for one in reports]


def _placed(output: OutputFolder) -> list[dict[str, Any]]:
    states = []
    for report in sorted(path for path in output.reports.glob("*") if path.is_dir()):
        state = "done" if read_manifest(report) else "not whole"
        finished = output.said(report.name).get("finished", "")
        states.append({"name": report.name, "state": state, "finished": finished})
    return states


def _failed(output: OutputFolder) -> list[dict[str, Any]]:
    pages = sorted(output.reports.glob("*.FAILED.html"))
    names = [page.name.removesuffix(".FAILED.html") for page in pages]
    return [
        {"name": name, "state": "failed", "kept": read_manifest(output.reports / name) is not None}
        for name in names
    ]


def _posted(output: OutputFolder) -> dict[str, dict[str, Any]]:
    """What the last batch said of each report; empty where that cannot be read."""
    try:
        text = (output.root / BOARD).read_text(encoding="utf-8")
        reports: dict[str, dict[str, Any]] = json.loads(text)["reports"]
    except (OSError, ValueError, KeyError):
        return {}
    return reports


def status_table(states: dict[str, Any]) -> str:
    """``read_status`` as lines for a person."""
    lines = [f"batch: {states['batch']}"]
    width = max([24, *(len(one["name"]) for one in states["reports"])])
    for one in states["reports"]:
        more = one.get("finished", "")
        if one.get("cells"):
            more = f"cell {one['cell']} of {one['cells']}"
        if one["state"] == "failed":
            more = "an earlier report is kept" if one["kept"] else "no earlier report"
        lines.append(f"{one['name']:<{width}} {one['state']:<10} {more}".rstrip())
    return "\n".join(lines)


@dataclass
class _Row:
    """A report's state, what is known of it gathered, and when it began."""

    state: ReportState
    began: float | None = None
    took: float = 0.0


@dataclass
class Progress:
    """Takes what a batch says; use in a ``with`` statement and pass it as ``on_event``.

    A live line per report; where ``console`` is no terminal, each change of stage is one line,
    and after each report that ends another says what remains.
    ``later`` says how many studies have not been opened yet.
    """

    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    clock: Callable[[], float] = time.monotonic
    later: Callable[[], int] = lambda: 0

    def __post_init__(self) -> None:
        self.rows: dict[str, _Row] = {}
        self.live = Live(get_renderable=self.table, console=self.console, transient=True)

    def __enter__(self) -> Progress:
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def __call__(self, state: ReportState) -> None:
        """Take what is new of one report."""
        row = self.rows.setdefault(state.title, _Row(replace(state, stage="")))
        changed, old = row.state.stage != state.stage, row.state
        row.state = replace(
            state, cell=state.cell or old.cell, cells=state.cells or old.cells,
            expected=state.expected or old.expected,
        )  # fmt: skip
        if row.began is None and state.stage == "executing":
            row.began = self.clock()
        if state.stage in ENDED and row.began is not None:
            row.took = self.clock() - row.began
        if changed and not self.console.is_terminal:
            self.console.print(_line(state, row.took), markup=False, soft_wrap=True)
            if state.stage in ENDED and self._open_rows():
                self.console.print(self.remaining(), markup=False, soft_wrap=True)

    def left(self, row: _Row) -> float | None:
        """Seconds a running report still needs, by its last run or by its cells so far."""
        state = row.state
        if row.began is None or state.stage in ENDED:
            return None
        spent = self.clock() - row.began
        if state.expected:
            return state.expected - spent if state.expected > spent else None
        if state.stage != "executing" or not state.cell:
            return None
        return spent * (state.cells - state.cell) / state.cell

    def batch_left(self) -> float | None:
        """Seconds the whole batch still needs, as reports run side by side now.

        By their last runs, or by those that have ended; studies that are not opened yet take as
        long as those that are. ``None`` where nothing is known.
        """
        open_rows = self._open_rows()
        took = [row.took for row in self.rows.values() if row.took]
        usual = sum(took) / len(took) if took else None
        left = [self.left(row) if row.began is not None else row.state.expected or usual
                for row in open_rows]  # fmt: skip
        known = [seconds for seconds in left if seconds is not None]
        unknown = any(row.began is None and not (row.state.expected or usual) for row in open_rows)
        if not known or unknown:
            return None
        abreast = sum(row.began is not None for row in open_rows) or 1
        later = self.later() * self._per_study(usual or 0.0)
        return max((sum(known) + later) / abreast, *known)

    def _per_study(self, usual: float) -> float:
        """Seconds of all reports of one study, by those that are open or have ended."""
        studies = {row.state.study for row in self.rows.values()}
        needed = [row.took or row.state.expected or usual for row in self.rows.values()
                  if row.state.stage != "unchanged"]  # fmt: skip
        return sum(needed) / len(studies)

    def table(self) -> Table:
        """The lines as they stand now."""
        table = Table(box=None, pad_edge=False, show_header=False)
        running = {name: row for name, row in self.rows.items() if row.state.stage not in ENDED}
        few = self.rows if len(self.rows) <= ROWS else running
        for name, row in list(few.items())[:ROWS]:
            left, state = self.left(row), row.state
            cells = f"cell {state.cell} of {state.cells}" if state.stage == "executing" else ""
            table.add_row(name, state.stage, cells, "" if left is None else f"{_time(left)} left")
        table.caption, table.caption_justify = self.remaining(), "left"
        return table

    def remaining(self) -> str:
        """What of the whole batch has ended, what is to come, and in what time."""
        rows, later, left = len(self.rows), self.later(), self.batch_left()
        said = [f"{rows - len(self._open_rows())} of {rows} ended"]
        said += [f"{later} studies to come"] if later else []
        said += [f"about {_time(left)} left for all"] if left is not None else []
        return ", ".join(said)

    def _open_rows(self) -> list[_Row]:
        return [row for row in self.rows.values() if row.state.stage not in ENDED]


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _line(state: ReportState, took: float) -> str:
    after = f" after {took:.1f} s" if took else ""
    why = ""
    if state.failure is not None:
        cell = "" if state.failure.cell is None else f" cell {state.failure.cell}"
        why = f": {state.failure.reason} while {state.failure.stage}{cell}"
    return f"{state.title}: {state.stage}{after}{why}"


def summary(result: BatchResult) -> Table:
    """How every report ended, for printing with rich."""
    table = Table("report", "ended", "notebook", "seconds", "why")
    for report in result.reports:
        ran = "ran" if report.executed else "kept" if report.stage in MADE else ""
        seconds = f"{report.seconds:.1f}"
        table.add_row(report.title, report.stage, ran, seconds, _why(report))
    table.caption = ending(result)
    return table


def _why(state: ReportState) -> str:
    failure = state.failure
    return "" if failure is None else f"{failure.reason} while {failure.stage}"


def studies_summary(result: BatchResult, *, never: Sequence[str] = ()) -> Table:
    """A row per study, and one per report that is not in place; ``never`` are those not begun."""
    table = Table("study", "ended", "seconds", "why")
    for study in dict.fromkeys(one.study for one in result.reports):
        own = [one for one in result.reports if one.study == study]
        seconds = sum(one.seconds for one in own)
        refused = "".join(_why(one) for one in own if not one.name)
        table.add_row(study, counted(one.stage for one in own), f"{seconds:.1f}", refused)
        for one in own:
            if one.name and one.failure is not None:
                table.add_row(f"  {one.name}", one.stage, "", _why(one))
    for study in never:
        table.add_row(study, "not begun", "", "")
    table.caption = ending(result)
    return table


def ending(result: BatchResult) -> str:
    """How many reports ended how, in one line."""
    said = counted(report.stage for report in result.reports) or "nothing begun"
    return f"{said} in {result.seconds:.1f} s; exit code {result.exit_code}"


def counted(stages: Iterable[str]) -> str:
    """``"3 done, 1 failed"``."""
    ended = list(stages)
    return ", ".join(f"{ended.count(stage)} {stage}" for stage in ENDED if stage in ended)
