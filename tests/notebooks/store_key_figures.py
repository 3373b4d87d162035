"""Run every notebook and store the outputs of its key figures, which nbval compares."""

from __future__ import annotations

from pathlib import Path

import nbformat

from tingbjerg_eval.run.kernels.execute import execute

ROOT = Path(__file__).parents[2]
KEPT = "keep_output"


def store(path: Path) -> None:
    """Execute the notebook from the project's folder; keep the outputs of tagged cells only."""
    notebook = nbformat.read(path, as_version=4)
    done = execute(notebook, {}, folder=ROOT, engine="plain")
    for cell, ran in zip(notebook.cells, done.cells, strict=True):
        if cell.cell_type == "code":
            kept = KEPT in cell.metadata.get("tags", ())
            cell.outputs = ran.outputs if kept else []
            cell.execution_count = ran.execution_count if kept else None
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        store(path)
        print(path.name)
