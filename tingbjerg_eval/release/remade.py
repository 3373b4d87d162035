"""The pages of a report made anew from another world, and compared part by part."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import cast

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.release.finding import REMEDY, Finding
from tingbjerg_eval.report.report import Kind, Report
from tingbjerg_eval.study.reports import kind_of

DIGESTS = ("plan", "provenance")
"""Parts that hold digests of the tables: keyed, so that nobody without the key can try counts."""
_DRAWINGS = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")


def differing_pages(
    study: Study, world: Study, name: str, files: Mapping[str, bytes]
) -> Iterator[Finding]:
    """Parts that another world would have said otherwise, and drawings that no part makes."""
    kind = cast(Kind, kind_of(name))
    quarter = name if kind == "quarterly" else None
    true, false = Report(study, kind, quarter), Report(world, kind, quarter)
    mine = _parts(true)
    # What was worked out of equal content is equal: the same answers, the same drawings.
    world.memo.take(study.memo.answers())
    # The locked plan knows the true extract; that the other world's is another is no deviation.
    vars(false)["deviations"] = true.deviations
    other = _parts(false)
    for part, said in mine.items():
        if said != other[part]:
            why = f"part that shows hidden counts: they could be worked out from it ({REMEDY})"
            yield Finding(file="report.html", where=f"part {part}", kind=why)
    yield from _of_no_part("".join(mine.values()), files)


def _parts(report: Report) -> dict[str, str]:
    blocks = {name: getattr(report, name)() for name in report.parts if name not in DIGESTS}
    return {name: f"{made.html()}{made.tables()!r}" for name, made in blocks.items()}


def _of_no_part(said: str, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """A drawing in a finished page that the report's own parts do not make was not judged."""
    known = {base64.b64decode(one) for one in _DRAWINGS.findall(said)}
    for file, data in files.items():
        if file.endswith(".html"):
            found = {base64.b64decode(one) for one in _DRAWINGS.findall(data.decode())}
            if found - known:
                why = f"drawing that is none of the report's parts ({REMEDY})"
                yield Finding(file=file, where="drawing", kind=why, times=len(found - known))
