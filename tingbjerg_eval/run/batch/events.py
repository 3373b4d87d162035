"""What a batch says while it runs, and what it says at the end."""

from __future__ import annotations

from dataclasses import dataclass

from tingbjerg_eval.run.batch.failure import Failure

ENDED = ("done", "unchanged", "failed", "stopped", "not begun")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something happened to one report.

    ``stage`` is ``"waiting"``, ``"executing"``, ``"rendering"``, ``"done"``, ``"unchanged"``,
    ``"failed"``, ``"stopped"`` or ``"not begun"`` (the batch was interrupted while it ran, or
    before); ``cell`` of ``cells`` is running while executing; ``expected``
    is how many seconds the report took last time, if known.
    """

    name: str
    stage: str
    cell: int = 0
    cells: int = 0
    expected: float | None = None
    failure: Failure | None = None


@dataclass(frozen=True, kw_only=True)
class ReportResult:
    """How one report ended; ``executed`` says whether its notebook ran in this batch."""

    name: str
    stage: str
    executed: bool = False
    seconds: float = 0.0
    failure: Failure | None = None


@dataclass(frozen=True, kw_only=True)
class BatchResult:
    """How every report ended, in the order they were asked for, and the exit code."""

    reports: tuple[ReportResult, ...]
    exit_code: int
    seconds: float
