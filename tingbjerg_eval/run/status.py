"""What is done, running and failed in an output folder, by looking at the files themselves."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from tingbjerg_eval.run.batch.events import ENDED, Event
from tingbjerg_eval.run.batch.shelf import Shelf
from tingbjerg_eval.run.batch.staging import OutputFolder, read_manifest

BOARD = ".running.json"
NOT_MADE = "not made"
"""Of a report that was asked for and of which nothing is there."""
EVERY = 0.5
"""Seconds between two postings about cells."""


class Board:
    """Where a running batch posts what each report is doing, for others to read."""

    def __init__(self, folder: OutputFolder):
        self.path = folder.root / BOARD
        self.stages: dict[str, dict[str, Any]] = {
            name: {"state": NOT_MADE} for name in _posted(folder)
        }
        self.posted = 0.0

    def post(self, event: Event) -> None:
        """Note an event; a board that cannot be written stops nothing."""
        before = self.stages.get(event.name, {}).get("state")
        said = {"state": event.stage, "cell": event.cell, "cells": event.cells}
        self.stages[event.name] = said
        if before != event.stage or time.monotonic() - self.posted > EVERY:
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
    ``"not made"``: asked for by some batch, of which nothing is there.
    """
    output = OutputFolder(folder)
    running = output.in_use()
    posted = _posted(output)
    found = {name: {"name": name, "state": NOT_MADE} for name in posted}
    found |= {one["name"]: one for one in [*_placed(output), *_failed(output)]}
    if running:
        found |= {name: {"name": name, **said} for name, said in posted.items()
                  if said["state"] not in (*ENDED, NOT_MADE)}  # fmt: skip
    reports = [found[name] for name in sorted(found)]
    return {"batch": "running" if running else "none", "reports": reports}


def _placed(output: OutputFolder) -> list[dict[str, Any]]:
    shelf = Shelf(output)
    states = []
    for report in sorted(path for path in output.reports.glob("*") if path.is_dir()):
        state = "done" if read_manifest(report) else "not whole"
        finished = shelf.said(report.name).get("finished", "")
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
    for one in states["reports"]:
        more = one.get("finished", "")
        if one.get("cells"):
            more = f"cell {one['cell']} of {one['cells']}"
        if one["state"] == "failed":
            more = "an earlier report is kept" if one["kept"] else "no earlier report"
        lines.append(f"{one['name']:<24} {one['state']:<10} {more}".rstrip())
    return "\n".join(lines)
