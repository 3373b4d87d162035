"""What went wrong with one report, the exit code it stands for, and the page that says so."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tingbjerg_eval.inputs.errors import BAD_INPUT, DEVIATION, DISCLOSURE, DONE, FAILED

INTERRUPTED = {2: 130, 15: 143}
"""Exit codes after SIGINT and SIGTERM."""

GRAVEST_FIRST = (DEVIATION, DISCLOSURE, BAD_INPUT, FAILED)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a report was not made.

    ``stage`` is ``"executing"``, ``"verifying"``, ``"rendering"``, ``"inspecting"``, ``"placing"``
    or ``"shipping"``, of a whole study ``"opening"``; ``reason`` names the kind of error and never
    a value; ``detail`` is for the log that stays in the house; ``cell`` is the execution count of
    the cell that failed.
    """

    stage: str
    reason: str
    detail: str = ""
    cell: int | None = None
    exit_code: int = field(default=FAILED)


def failure_of(error: BaseException, *, stage: str, detail: str = "") -> Failure:
    """The failure an error stands for, named by its class or, from a child, by its ``ename``."""
    name = getattr(error, "ename", type(error).__name__)
    return Failure(
        stage=stage,
        reason=name,
        detail=detail or str(error),
        cell=getattr(error, "cell", None),
        exit_code=getattr(error, "exit_code", FAILED),
    )


def gravest(codes: Iterable[int]) -> int:
    """The exit code of a batch from those of its reports."""
    found = set(codes)
    return next((code for code in GRAVEST_FIRST if code in found), max(found, default=DONE))


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{name}: failed</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head>
<body><h1>{name} was not made</h1>
<p>It stopped while {stage}{cell}: {reason}.</p>
<p>There are no results on this page. The reason in full is in
<code>internal/{name}.FAILED/log.txt</code>, which stays in the house. An earlier report of the
same name, if there was one, is still in its place and is older than this attempt.</p>
</body></html>
"""


FailedPage = Callable[[str, "Failure"], bytes]
"""Makes the page that stands where a report could not be made."""


def failed_page(name: str, failure: Failure) -> bytes:
    """A page without results and without any text of the error, which may hold data."""
    cell = "" if failure.cell is None else f" cell {failure.cell}"
    said = {"name": name, "stage": failure.stage, "cell": cell, "reason": failure.reason}
    return PAGE.format(**{key: html.escape(text) for key, text in said.items()}).encode()
