"""What one report says in a sentence, read from its executed notebook."""

from __future__ import annotations

from tingbjerg_eval.report.blocks.display import TABLE
from tingbjerg_eval.report.words.sentences import Words

KEY_FIGURES = "key-figures"
"""Name of the table with each target's three answers."""


def headline(executed, words: Words) -> str:
    """One sentence of an executed notebook's key figures; empty where it has none."""
    found = [
        table
        for cell in executed["cells"]
        for output in cell.get("outputs", ())
        for table in output.get("data", {}).get(TABLE, {}).get("tables", ())
        if table["name"] == KEY_FIGURES
    ]
    answers = [row[1] for table in found for row in table["rows"]]
    for key, good, other in (("final", "yes", "no"), ("course", "on course", "not on course")):
        if judged := [one for one in answers if one in (good, other)]:
            met, targets = words.number(judged.count(good)), words.number(len(judged))
            return words(f"index.headline_{key}", met=met, targets=targets)
    return ""
