"""Small tables of the user's own database, read whole as text."""

from __future__ import annotations

import numpy as np
import sqlalchemy as sa

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.incidents.engines import database_session
from tingbjerg_eval.study.sources import Source


def read_database(source: Source, found: Findings) -> RawTable:
    """Every row of the table or view as text, in the order of its columns."""
    mapped = source.headings().values()
    with database_session(source, found, mapped=mapped) as engine:
        texts = [
            sa.func.coalesce(sa.cast(engine.table.c[one], sa.String()), "").label(one)
            for one in engine.headings
        ]
        frame = engine.run(sa.select(*texts).order_by(*texts)).astype(object)
    if frame.empty:
        found.refuse("header-only", found="columns and no rows")
    places = np.arange(1, len(frame) + 1)
    return RawTable(file=found.file, frame=frame, places=places, place_word="row", typed=True)
