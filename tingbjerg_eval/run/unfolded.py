"""A report's notebook with its loop over the targets unfolded into cells that can be changed.

The batch runs the compact notebook; this one is for an evaluator's own eyes. Both ask the same
study the same questions, so they give the same numbers until a cell is changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.report.report import Report, open_report
from tingbjerg_eval.run.lab import with_parameters
from tingbjerg_eval.run.templates import refuse_in_the_way
from tingbjerg_eval.study.settings import ShareIndicator

if TYPE_CHECKING:
    from tingbjerg_eval.evaluation.results import TargetResult

LOOP = "report.action_areas()"
"""The line that shows every target at once."""
Kind = Literal["quarterly", "end_of_period"]
EFFECT = "difference_in_differences"
CHANGE = "compare_periods"


def write_unfolded(
    study: Path,
    kind: Kind,
    *,
    quarter: str | None = None,
    data: Path | None = None,
    folder: Path | None = None,
) -> Path:
    """Write ``<kind>_targets.ipynb`` of ``study`` and return its path.

    Parameters
    ----------
    study
        The ``study.yaml``.
    kind, quarter
        Which report's targets; by default a quarterly report is the last one of the period.
    data, folder
        Another data folder, and where the notebook is put; by default ``notebooks`` beside the
        study.

    Raises
    ------
    InputRefused
        Where the study cannot be read, or such a notebook is there already.
    """
    folder = folder or study.parent / "notebooks"
    refuse_in_the_way(folder, (f"{kind}_targets.ipynb",))
    given = {"study": str(study.resolve()), "data": str(data.resolve()) if data else ""}
    report = open_report(study, kind, quarter=quarter or _last(study, kind), data=data)
    given |= {"quarter": report.quarter} if report.quarter else {}
    notebook = unfolded(report, given)
    path = folder / f"{kind}_targets.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    return path


def unfolded(report: Report, parameters: dict[str, str]) -> nbformat.NotebookNode:
    """The notebook of ``report`` with a few cells for each target in place of the loop."""
    shipped = asset("notebooks") / f"{report.kind}.ipynb"
    notebook: nbformat.NotebookNode = nbformat.reads(
        with_parameters(shipped, parameters), as_version=4
    )
    cells = []
    for cell in notebook.cells:
        cells += list(_targets(report)) if cell.source.strip() == LOOP else [cell]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    notebook.cells = cells
    return notebook


def _last(study: Path, kind: str) -> str | None:
    from tingbjerg_eval.study.settings_file import read_settings

    return read_settings(study).periods.period[1] if kind == "quarterly" else None


def _targets(report: Report) -> Iterator[nbformat.NotebookNode]:
    for result in report.results:
        heading = f"### {result.target.title}"
        yield new_markdown_cell(f"{heading}\n\n{report.words('unfolded.change')}")
        for lines in _cells(report, result):
            yield new_code_cell("\n".join(lines))


def _cells(report: Report, result: TargetResult) -> Iterator[list[str]]:
    """Panel, comparison and verdict of one target, each a cell."""
    name = json.dumps(result.name, ensure_ascii=False)
    if result.design is None:
        yield [f"te.show(report.study.verdict({name}))"]
        return
    yield list(_panel(report, result))
    asked = result.effect is not None
    answers = {"change": CHANGE} | ({"effect": EFFECT} if asked else {})
    yield [
        *(f"{answer} = report.study.ask(te.{method}, rows, design)"
          for answer, method in answers.items()),
        f"te.show({', '.join(answers)})",
    ]  # fmt: skip
    effect = "effect" if asked else "None"
    yield [f"verdict = report.study.judged({name}, {effect})", "te.show(verdict)"]


def _panel(report: Report, result: TargetResult) -> Iterator[str]:
    """The table, its windows as they can be changed, and its picture."""
    indicator, design = str(result.target.indicator), result.design
    assert design is not None
    yield f"panel, design = report.study.data({json.dumps(indicator, ensure_ascii=False)})"
    yield f"design = design.replace(baseline={design.baseline!r}, period={design.period!r})"
    _, whole = report.study.data(indicator)
    if design.comparison != whole.comparison:
        yield f"design = design.with_comparison{design.comparison!r}"
    yield "rows = design.rows(panel)"
    if isinstance(report.study.indicator(indicator), ShareIndicator):
        yield "te.show(rows[rows['area'] == design.treated])"
    else:
        yield "te.show(rows[rows['area'] == design.treated].drop(columns='population'))"
