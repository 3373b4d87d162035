"""Is an executed notebook whole? Papermill's own marks say "completed" after a kernel's death."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nbformat import NotebookNode

from tingbjerg_eval.report.pages.headline import END_MARK
from tingbjerg_eval.run.parameters import INJECTED, as_asked


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
