"""What is already made: executed notebooks by what their analysis depends on, reports by all."""

from __future__ import annotations

import contextlib
import json
import platform
import shutil
from datetime import UTC, datetime
from typing import Any

import nbformat

from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.failure import FailedPage, Failure, failed_page, failure_of
from tingbjerg_eval.run.batch.job import Outcome, as_text
from tingbjerg_eval.run.batch.orders import Planned
from tingbjerg_eval.run.batch.staging import MANIFEST, OutputFolder, manifest, read_manifest
from tingbjerg_eval.run.batch.verify import findings

EXECUTED, RUN, LOG = "executed.ipynb", "run.json", "log.txt"


class Shelf:
    """Reads and fills ``reports/`` and ``internal/`` of one output folder."""

    def __init__(self, folder: OutputFolder, page: FailedPage = failed_page):
        self.folder, self.page = folder, page

    def check(self, name: str) -> None:
        """Take away what stands under a good name and is not whole."""
        report = self.folder.reports / name
        if report.exists() and read_manifest(report) is None:
            self.folder.set_aside(report)

    def rendered(self, name: str) -> str | None:
        """What the report in place depends on, if it is whole."""
        found = read_manifest(self.folder.reports / name)
        return None if found is None else str(found["depends_on"])

    def executed(self, one: Planned) -> str | None:
        """The executed notebook, if it is whole and was made from the same things."""
        kept, said = self.folder.internal / one.order.name, self.said(one.order.name)
        try:
            text = (kept / EXECUTED).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        same = said.get("analysis") == one.analysis
        if not same or said.get("executed") != digests.of_bytes(text.encode()):
            return None
        return text

    def said(self, name: str) -> dict[str, Any]:
        """The report's ``run.json``; empty if there is none."""
        try:
            found = json.loads((self.folder.internal / name / RUN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def expected(self, name: str) -> float | None:
        """Seconds the report took last time."""
        seconds = self.said(name).get("seconds")
        return sum(seconds.values()) if seconds else None

    def keep(self, one: Planned, outcome: Outcome) -> Failure | None:
        """Put an outcome in place; the failure, if it is one or cannot be placed."""
        failure = outcome.failure or self.doubt(one, outcome)
        try:
            if failure is None:
                self.keep_good(one, outcome)
            elif failure.stage in ("rendering", "inspecting"):
                self.keep_analysis(one, outcome)
        except OSError as error:
            failure = failure_of(error, stage="placing")
        if failure is not None:
            self.keep_failure(one, outcome, failure)
        return failure

    def doubt(self, one: Planned, outcome: Outcome) -> Failure | None:
        """Why what a worker sent is not believed, if it is not."""
        notebook = nbformat.reads(outcome.executed, as_version=4)
        found = findings(notebook, one.notebook, one.order.parameters)
        if not outcome.intact():
            found.append("the files are not those that were sent")
        if not outcome.files:
            found.append("there are no files")
        if not found:
            return None
        return Failure(stage="verifying", reason="NotWhole", detail="\n".join(found))

    def keep_good(self, one: Planned, outcome: Outcome) -> None:
        """The executed notebook first, so that nothing executed is lost, then the report."""
        name = one.order.name
        self.keep_analysis(one, outcome)
        listed = manifest(name, one.rendered, outcome.files)
        self.folder.place(self.folder.reports / name, {**outcome.files, MANIFEST: listed})
        self.clear_failure(name)

    def keep_analysis(self, one: Planned, outcome: Outcome) -> None:
        if self.executed(one) == outcome.executed:
            return
        files = _papers(one, outcome, None)
        self.folder.place(self.folder.internal / one.order.name, files)

    def keep_failure(self, one: Planned, outcome: Outcome, failure: Failure) -> None:
        """A page and a folder that say what went wrong; a good report stays where it is."""
        name = one.order.name
        with contextlib.suppress(OSError):
            page = self.page(name, failure)
            self.folder.place_file(self.folder.reports / f"{name}.FAILED.html", page)
            papers = _papers(one, outcome, failure)
            self.folder.place(self.folder.internal / f"{name}.FAILED", papers)

    def clear_failure(self, name: str) -> None:
        """Remove what an earlier attempt that failed left."""
        (self.folder.reports / f"{name}.FAILED.html").unlink(missing_ok=True)
        shutil.rmtree(self.folder.internal / f"{name}.FAILED", ignore_errors=True)


def _papers(one: Planned, outcome: Outcome, failure: Failure | None) -> dict[str, bytes]:
    """The files that stay in the house."""
    executed = (outcome.executed or "").encode()
    run = {
        "name": outcome.name,
        "analysis": one.analysis,
        "executed": digests.of_bytes(executed),
        "parameters": one.order.parameters,
        "inputs": one.order.inputs,
        "engine": one.order.engine,
        "seconds": outcome.seconds,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "host": outcome.host,
        "python": platform.python_version(),
    }
    files = {RUN: as_text(run).encode(), LOG: _log(outcome, failure).encode()}
    return {**files, EXECUTED: executed} if executed else files


def _log(outcome: Outcome, failure: Failure | None) -> str:
    lines = [f"{stage}: {seconds} s" for stage, seconds in outcome.seconds.items()]
    if failure is None:
        return "\n".join([*lines, "every cell ran, in order, without errors"]) + "\n"
    cell = "" if failure.cell is None else f" in cell {failure.cell}"
    said = f"failed while {failure.stage}{cell}: {failure.reason}"
    return "\n".join([*lines, said, failure.detail]) + "\n"
