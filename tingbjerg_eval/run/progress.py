"""Progress a person can trust: a live line per report, or plain lines where nobody is watching."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.table import Table

from tingbjerg_eval.run.batch.events import ENDED, BatchResult, Event

MADE = ("done", "unchanged")
ROWS = 16
"""Lines shown live; of larger batches those that run, the rest counted."""


@dataclass
class _Row:
    stage: str = "waiting"
    cell: int = 0
    cells: int = 0
    expected: float | None = None
    began: float | None = None
    took: float = 0.0


@dataclass
class Progress:
    """Takes a batch's events; use in a ``with`` statement and pass it as ``on_event``.

    ``console`` is rich's; where it is not a terminal each change of stage is one line.
    """

    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self.rows: dict[str, _Row] = {}
        self.live = Live(get_renderable=self.table, console=self.console, transient=True)

    def __enter__(self) -> Progress:
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def __call__(self, event: Event) -> None:
        """Take one event."""
        row = self.rows.setdefault(event.name, _Row())
        changed, row.stage = row.stage != event.stage or not row.cells, event.stage
        row.cell, row.cells = event.cell or row.cell, event.cells or row.cells
        row.expected = event.expected or row.expected
        if row.began is None and event.stage == "executing":
            row.began = self.clock()
        if event.stage in ENDED and row.began is not None:
            row.took = self.clock() - row.began
        if changed and not self.console.is_terminal and event.cells == 0:
            self.console.print(_line(event, row), markup=False, soft_wrap=True)

    def left(self, row: _Row) -> float | None:
        """Seconds a running report still needs, by its last run or by its cells so far."""
        if row.began is None or row.stage in ENDED:
            return None
        spent = self.clock() - row.began
        if row.expected:
            return row.expected - spent if row.expected > spent else None
        if row.stage != "executing" or not row.cell:
            return None
        return spent * (row.cells - row.cell) / row.cell

    def batch_left(self) -> float | None:
        """Seconds the whole batch still needs, as reports run side by side now; by their last
        runs, or by those that have ended, and ``None`` where neither is known."""
        open_rows = [row for row in self.rows.values() if row.stage not in ENDED]
        took = [row.took for row in self.rows.values() if row.took]
        usual = sum(took) / len(took) if took else None
        left = [self.left(row) if row.began is not None else row.expected or usual
                for row in open_rows]  # fmt: skip
        known = [seconds for seconds in left if seconds is not None]
        if not known or any(row.began is None and not (row.expected or usual) for row in open_rows):
            return None
        abreast = sum(row.began is not None for row in open_rows) or 1
        return max(sum(known) / abreast, *known)

    def table(self) -> Table:
        """The lines as they stand now."""
        table = Table(box=None, pad_edge=False, show_header=False)
        running = {name: row for name, row in self.rows.items() if row.stage not in ENDED}
        few = self.rows if len(self.rows) <= ROWS else running
        for name, row in list(few.items())[:ROWS]:
            left = self.left(row)
            cells = f"cell {row.cell} of {row.cells}" if row.stage == "executing" else ""
            table.add_row(name, row.stage, cells, "" if left is None else f"{left:.0f} s left")
        left = self.batch_left()
        whole = "" if left is None else f"about {left:.0f} s left for all"
        table.add_row("", f"{len(self.rows) - len(running)} of {len(self.rows)} ended", "", whole)
        return table


def _line(event: Event, row: _Row) -> str:
    took = f" after {row.took:.1f} s" if row.took else ""
    why = ""
    if event.failure is not None:
        cell = "" if event.failure.cell is None else f" cell {event.failure.cell}"
        why = f": {event.failure.reason} while {event.failure.stage}{cell}"
    return f"{event.name}: {event.stage}{took}{why}"


def summary(result: BatchResult) -> Table:
    """How every report ended, for printing with rich."""
    table = Table("report", "ended", "notebook", "seconds", "why")
    for report in result.reports:
        failure = report.failure
        why = "" if failure is None else f"{failure.reason} while {failure.stage}"
        ran = "ran" if report.executed else "kept" if report.stage in MADE else ""
        table.add_row(report.name, report.stage, ran, f"{report.seconds:.1f}", why)
    counts = [report.stage for report in result.reports]
    said = ", ".join(f"{counts.count(stage)} {stage}" for stage in ENDED if stage in counts)
    table.caption = f"{said} in {result.seconds:.1f} s; exit code {result.exit_code}"
    return table
