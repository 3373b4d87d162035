"""What a new extract corrects: the cells, and what the estimates move by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.estimate import Estimate

CELL = ["area", "quarter", "offence"]


def revisions_text(path: Path, *, data: Path | None = None) -> str:
    """Every corrected cell before and after, each count indicator's effect before and after, and
    the line that accepts the corrections.

    Raises
    ------
    InputRefused
        When the study cannot be read.
    """
    study = open_study(path, data=data)
    cells = study.tables.revisions
    if cells is None:
        return "No earlier extract to compare with: name it as previous under data.incidents."
    if cells.empty:
        return "No cell differs from the previous extract."
    drawn = study.settings.data.incidents.extract_date
    moved = estimates_moved(study).round(3)
    return "\n".join([
        f"Cells that differ from the previous extract ({len(cells)})",
        cells.to_string(index=False), "",
        "The effect (rate ratio) with the counts before and after",
        moved.to_string(index=False), "",
        f"To accept the corrections, write in study.yaml:  accept_revisions: {drawn}",
    ])  # fmt: skip


def estimates_moved(study: Study) -> pd.DataFrame:
    """``indicator, before, after`` of the headline effect of each count indicator.

    An effect that the method refuses is missing. Before: the counts of the previous extract in
    every cell that differs; quarters that it lacked are as they are now.
    """
    earlier = with_earlier_counts(study)
    rows = [
        {"indicator": name, "before": _effect(earlier, name), "after": _effect(study, name)}
        for name in study.settings.indicators_of("count")
    ]
    return pd.DataFrame(rows, columns=["indicator", "before", "after"])


def with_earlier_counts(study: Study) -> Study:
    """``study`` with the previous extract's counts in the cells that differ."""
    assert study.tables.revisions is not None
    revised = study.tables.revisions.set_index(CELL)["before"]
    cells = study.tables.incidents.set_index(CELL)["count"]
    counts = revised.combine_first(cells).astype("int64").rename("count")
    tables = replace(study.tables, incidents=counts.rename_axis(CELL).reset_index())
    return Study(settings=study.settings, written=study.written, tables=tables, path=study.path)


def _effect(study: Study, indicator: str) -> float:
    answer = study.ask(difference_in_differences, study.panel(indicator), study.design)
    return answer.value if isinstance(answer, Estimate) else float("nan")
