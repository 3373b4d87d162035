"""One notebook: run through papermill, brought into a form that depends on its inputs only, and
looked at for whether it is whole; papermill's own marks say "completed" after a kernel's death.
"""

from __future__ import annotations

import builtins
import copy
import logging
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode

from tingbjerg_eval.inputs.errors import FAILED, TingbjergError, exit_code_of
from tingbjerg_eval.report.pages.headline import END_MARK
from tingbjerg_eval.run.kernels.engines import LOST, OnAnswers, Progress, usable
from tingbjerg_eval.run.parameters import INJECTED, as_asked

PAPERMILL_ENGINE = {"warm": "tingbjerg", "plain": "tingbjerg-plain"}


class NotebookFailed(TingbjergError, RuntimeError):
    """A cell failed; ``ename`` is the error's class, ``cell`` its execution count."""

    def __init__(self, ename: str, evalue: str, cell: int | None, executed: NotebookNode | None):
        self.ename, self.evalue, self.cell, self.executed = ename, evalue, cell, executed
        self.exit_code = _exit_code(ename)
        super().__init__(f"{ename} in cell {cell}: {evalue}")


def _exit_code(ename: str) -> int:
    """What an error in a cell stands for; every error a report can meet is loaded with it."""
    if ename in LOST or hasattr(builtins, ename):
        return FAILED
    import tingbjerg_eval.report.report  # noqa: F401

    return exit_code_of(ename)


def execute(
    notebook: NotebookNode,
    parameters: Mapping[str, Any],
    *,
    folder: Path,
    engine: str | None = None,
    timeout: float | None = None,
    on_cell: Progress = lambda *_: None,
    on_answers: OnAnswers = lambda _: None,
) -> NotebookNode:
    """Run ``notebook`` in ``folder`` and return it executed, without times, hosts or random ids.

    ``engine`` is ``"warm"``, ``"plain"`` or ``None`` for the best to be had here; a warm one gives
    ``on_answers`` what was worked out, see :func:`..kept.answers_of_open`. Raises
    ``NotebookFailed``, which carries the notebook as far as it came.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as scratch:
        written = Path(scratch, "executed.ipynb")
        try:
            executed = papermill.execute_notebook(
                copy.deepcopy(notebook),
                written,
                parameters=dict(parameters),
                engine_name=PAPERMILL_ENGINE[usable(engine)],
                kernel_name="python3",
                language="python",
                progress_bar=False,
                request_save_on_cell_execute=False,
                folder=str(folder),
                timeout=timeout,
                on_cell=on_cell,
                on_answers=on_answers,
            )
        except papermill.PapermillExecutionError as error:
            partial = tidy(nbformat.read(written, as_version=4)) if written.exists() else None
            failed = NotebookFailed(error.ename, error.evalue, error.exec_count, partial)
            raise failed from error
    return tidy(executed)


def tidy(notebook: NotebookNode) -> NotebookNode:
    """A copy without times, paths and random ids, and with streams joined where they meet."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if INJECTED in cell.metadata.get("tags", ()):
            cell["id"] = INJECTED
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
    return notebook


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last["text"] += output.text
        else:
            joined.append(output)
    return joined


def findings(
    executed: NotebookNode, source: NotebookNode, parameters: Mapping[str, Any]
) -> list[str]:
    """Everything that shows the notebook did not run whole; an empty list if it did.

    Every cell of ``source`` is there, each code cell has its execution count 1 to n in order,
    there is no error and nothing on stderr, the parameters are as asked, and the last code cell
    shows ``END_MARK``.
    """
    cells = [cell for cell in executed.cells if cell.cell_type == "code" and cell.source.strip()]
    counts = [cell.get("execution_count") for cell in cells]
    checks = {
        "the cells are not those of the notebook": _cells(executed) != _cells(source),
        f"not every cell ran once and in order: counts {counts}": counts
        != list(range(1, len(cells) + 1)),
        "an error in a cell": _any(cells, lambda out: out.output_type == "error"),
        "text on stderr": _any(cells, lambda out: out.get("name") == "stderr"),
        "the parameters are not those asked for": not as_asked(executed, parameters),
        f"the last code cell does not show {END_MARK!r}": not _ended(cells),
    }
    return [said for said, wrong in checks.items() if wrong]


def _cells(notebook: NotebookNode) -> list[tuple[str, str]]:
    return [
        (cell.cell_type, cell.source)
        for cell in notebook.cells
        if INJECTED not in cell.metadata.get("tags", ())
    ]


def _any(cells: list[NotebookNode], wrong: Callable[[NotebookNode], bool]) -> bool:
    return any(wrong(output) for cell in cells for output in cell.outputs)


def _ended(cells: list[NotebookNode]) -> bool:
    outputs = cells[-1].outputs if cells else []
    return END_MARK in [output.get("data", {}).get("text/plain") for output in outputs]
