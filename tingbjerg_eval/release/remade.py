"""The pages of a report made anew from another world, and compared part by part."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What an executed notebook shows: its ``blocks`` as they are compared, and the ``words`` of
    its code, among them the names of the parts that it most likely shows."""

    blocks: frozenset[str]
    words: frozenset[str]


def shown_in(executed: NotebookNode) -> Shown:
    """Every block that an executed notebook shows."""
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    data = [one.get("data", {}) for cell in code for one in cell.outputs]
    return Shown(
        blocks=frozenset(_said(one["text/html"], one.get(TABLE, {}).get("tables", []))
                         for one in data if "text/html" in one),
        words=frozenset(word for cell in code for word in re.findall(r"\w+", cell.source)),
    )  # fmt: skip


def differing_pages(
    study: Study, world: Study, name: str, files: Mapping[str, bytes], shown: Shown | None = None
) -> Iterator[Finding]:
    """Parts that another world would have said otherwise, and drawings that no part makes.

    A block that the notebook showed (``shown``) and a part of the other world says to the letter is
    taken for that part, the same in both worlds. So the true part is made only where the other
    world's is not among what was shown; and once every block that was shown is known to be the
    same, or holds digests, what remains are parts that the notebook does not show. Where a block is
    left that no part accounts for, one was taken for another part's, or is none of the report's:
    then the parts taken so are made and compared as well, as all are without a notebook.
    """
    kind = cast(Kind, kind_of(name))
    quarter = name if kind == "quarterly" else None
    true, false = Report(study, kind, quarter), Report(world, kind, quarter)
    # What was worked out of equal content is equal: the same answers, the same drawings.
    world.memo.take(study.memo.answers())
    # The locked plan knows the true extract; that the other world's is another is no deviation.
    vars(false)["deviations"] = true.deviations
    parts, blocks, words = set(true.parts) - {*DIGESTS}, frozenset[str](), frozenset[str]()
    if shown is not None:
        blocks, words = shown.blocks, shown.words
    left = set(blocks) - {_of_part(true, one) for one in DIGESTS if blocks}
    drawn: set[str] = set()
    taken: list[tuple[str, str]] = []
    for part in sorted(parts, key=lambda one: (one not in words, true.parts.index(one))):
        if shown is not None and not left:
            break
        said = other = _of_part(false, part)
        if other in blocks:
            taken.append((part, other))
        else:
            study.memo.take(world.memo.answers())
            said = _of_part(true, part)
            yield from _unlike(part, said, other)
        left.discard(said)
        drawn.update(_DRAWINGS.findall(said))
    for part, other in taken if left else ():
        yield from _unlike(part, _of_part(true, part), other)
    yield from _of_no_part(drawn, files)


def _unlike(part: str, said: str, other: str) -> Iterator[Finding]:
    if said != other:
        why = f"part that shows hidden counts: they could be worked out from it ({REMEDY})"
        yield Finding(file="report.html", where=f"part {part}", kind=why)


def _of_part(report: Report, part: str) -> str:
    made: Block = getattr(report, part)()
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
