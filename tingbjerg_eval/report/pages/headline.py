"""What is read of an executed notebook: its end mark, and what its report says in a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tingbjerg_eval.inputs.calls import checked
from tingbjerg_eval.presentation.blocks.display import TABLE
from tingbjerg_eval.presentation.words.sentences import Words

if TYPE_CHECKING:
    from nbformat import NotebookNode

KEY_FIGURES = "key-figures"
"""Name of the table with each target's three answers."""
NAME = 5
"""The column of it with the name of a main target."""
POINTS = ("answer-code", "news", "outset")
"""Cells of the notebooks that begin with main points."""
END_MARK = "tingbjerg-eval: end of notebook"


def points_of(executed: NotebookNode) -> tuple[str, ...]:
    """The main points of an executed notebook; empty where it has none."""
    said = [
        output["data"]["text/plain"]
        for cell in executed["cells"] if cell.get("id") in POINTS
        for output in cell.get("outputs", ()) if "text/plain" in output.get("data", {})
    ]  # fmt: skip
    lines = "".join(said[0]).splitlines() if said else []
    numbered = [re.match(r"(\d+)\. (.+)", line) for line in lines]
    found = [one for one in numbered if one]
    return tuple(one[2] for at, one in enumerate(found, start=1) if int(one[1]) == at)


def states_of(executed: NotebookNode) -> tuple[tuple[str, str], ...]:
    """Each main target's name with its course, or in the end whether it was met."""
    return tuple(
        (str(row[NAME]), str(row[1]))
        for cell in executed["cells"]
        for output in cell.get("outputs", ())
        for table in output.get("data", {}).get(TABLE, {}).get("tables", ())
        if table["name"] == KEY_FIGURES
        for row in table["rows"]
        if len(row) > NAME and row[NAME]
    )


def headline(executed: NotebookNode, words: Words) -> str:
    """How many main targets are met or ahead; else the first main point; empty without any."""
    answers = [state for _, state in states_of(executed)]
    for key, good, other in (("final", "yes", "no"), ("course", "on course", "not on course")):
        if judged := [one for one in answers if one in (good, other)]:
            met, targets = words.number(judged.count(good)), words.number(len(judged))
            return words(f"index.headline_{key}", met=met, targets=targets)
    return next(iter(points_of(executed)), "")


class End:
    """Shows :data:`END_MARK`."""

    def __repr__(self) -> str:
        return END_MARK


@checked
def end() -> End:
    """Mark the end of a notebook; a run without the mark did not reach its end.

    Returns
    -------
    End
        It shows the mark.

    Examples
    --------
    >>> te.end()
    tingbjerg-eval: end of notebook
    """
    return End()
