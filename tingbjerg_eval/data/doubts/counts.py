"""What counts by area, quarter and code give away, however they were delivered."""

from __future__ import annotations

import pandas as pd

from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.gaps import doubt_gaps
from tingbjerg_eval.data.doubts.jumps import doubt_jumps, doubt_replaced
from tingbjerg_eval.data.doubts.parts import doubt_parts
from tingbjerg_eval.data.doubts.shifts import doubt_shifts
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.study.settings import StudySettings


def doubt_counts(
    cells: pd.DataFrame, settings: StudySettings, quarters: tuple[str, ...], found: Findings
) -> None:
    """Refuse holes, totals among parts, impossible counts and replaced codes; note jumps, shifts.

    ``cells`` has ``area, quarter, offence, count``; ``quarters`` are those that the study counts.
    """
    doubts = Doubts(settings=settings, found=found)
    doubt_gaps(cells, quarters, doubts)
    doubt_parts(cells, quarters, doubts)
    doubt_jumps(cells, quarters, doubts)
    doubt_replaced(cells, quarters, doubts)
    doubt_shifts(cells, quarters, doubts)
