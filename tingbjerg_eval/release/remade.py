"""The pages of a report made anew from another world, and compared part by part."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, cast

from nbformat import NotebookNode

from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.presentation.blocks.display import TABLE, Block
from tingbjerg_eval.release.finding import REMEDY, Finding
from tingbjerg_eval.report.report import Kind, Report
from tingbjerg_eval.study.reports import kind_of

DIGESTS = ("plan", "provenance")
"""Parts that hold digests of the tables: keyed, so that nobody without the key can try counts."""
_DRAWINGS = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")


def shown_in(executed: NotebookNode) -> frozenset[str]:
    """Every block that an executed notebook shows, as :func:`differing_pages` compares them."""
    outputs = (one.get("data", {}) for cell in executed.cells for one in cell.get("outputs", ()))
    return frozenset(
        _said(data["text/html"], data.get(TABLE, {}).get("tables", []))
        for data in outputs if "text/html" in data
    )  # fmt: skip


def differing_pages(
    study: Study, world: Study, name: str, files: Mapping[str, bytes], shown: Set[str] = frozenset()
) -> Iterator[Finding]:
    """Parts that another world would have said otherwise, and drawings that no part makes.

    A part that the other world says to the letter as the notebook showed it (``shown``) is the same
    in both. Of any other the true one is made here, so what is not known as shown costs time only.
    """
    kind = cast(Kind, kind_of(name))
    quarter = name if kind == "quarterly" else None
    true, false = Report(study, kind, quarter), Report(world, kind, quarter)
    # What was worked out of equal content is equal: the same answers, the same drawings.
    world.memo.take(study.memo.answers())
    # The locked plan knows the true extract; that the other world's is another is no deviation.
    vars(false)["deviations"] = true.deviations
    drawn: set[str] = set()
    for part in true.parts:
        if part in DIGESTS:
            continue
        said = other = _of_block(getattr(false, part)())
        if other not in shown:
            study.memo.take(world.memo.answers())
            said = _of_block(getattr(true, part)())
        if said != other:
            why = f"part that shows hidden counts: they could be worked out from it ({REMEDY})"
            yield Finding(file="report.html", where=f"part {part}", kind=why)
        drawn.update(_DRAWINGS.findall(said))
    yield from _of_no_part(drawn, files)


def _of_block(made: Block) -> str:
    return _said(str(made.html()), made.tables())


def _said(html: str, tables: Sequence[Any]) -> str:
    return html + json.dumps(tables, sort_keys=True)


def _of_no_part(drawn: Set[str], files: Mapping[str, bytes]) -> Iterator[Finding]:
    """A drawing in a finished page that the report's own parts do not make was not judged."""
    known = {base64.b64decode(one) for one in drawn}
    for file, data in files.items():
        if file.endswith(".html"):
            found = {base64.b64decode(one) for one in _DRAWINGS.findall(data.decode())}
            if found - known:
                why = f"drawing that is none of the report's parts ({REMEDY})"
                yield Finding(file=file, where="drawing", kind=why, times=len(found - known))
