"""The parts of the study's reports: each takes the report and gives one block.

Which kind of report has which, and in which module a part is made.
"""

from __future__ import annotations

from tingbjerg_eval.study.reports import PROGRAMME

SECTIONS = {
    "head": "recommendation",
    "recommendation": "recommendation",
    "background": "recommendation",
    "next_steps": "recommendation",
    "answer": "answer",
    "news": "news",
    "course": "course",
    "to_be_decided": "news",
    "measurability": "measurable",
    "outset": "measurable",
    "changed": "changed",
    "summary": "first_page",
    "key_figures": "first_page",
    "problems": "problems",
    "unanswered_themes": "problems",
    "agreed": "parties",
    "delivery": "parties",
    "broken_commitments": "parties",
    "budget": "money",
    "spending": "money",
    "cost": "money",
    "action_areas": "target_cards",
    "activity_offences": "target_cards",
    "method": "method",
    "robustness": "robustness",
    "displacement": "robustness",
    "data_notes": "documentation",
    "plan": "documentation",
    "decisions": "documentation",
    "provenance": "documentation",
    "programme_answer": "programme",
    "programme_areas": "programme",
    "programme_new_area": "programme",
    "programme_displacement": "programme",
    "programme_money": "programme",
    "programme_each": "area_pages",
    "programme_method": "programme",
}
"""Each part of a report and the module that makes it."""
OF_ONE_KIND = {
    "news": "quarterly",
    "course": "quarterly",
    "to_be_decided": "quarterly",
    "measurability": "baseline",
    "outset": "baseline",
} | {name: PROGRAMME for name in SECTIONS if name.startswith(PROGRAMME)}
"""Parts that only one kind of report has."""
OF_ANY_DESIGN = (
    "head", "recommendation", "background", "summary", "key_figures", "delivery", "data_notes",
    "plan", "decisions", "provenance",
)  # fmt: skip
"""Parts that do not ask about one area; the only ones of the others that a programme has."""


def parts_of(kind: str) -> tuple[str, ...]:
    """The names of the parts of a kind of report, in the order in which they are listed."""
    of_all = OF_ANY_DESIGN if kind == PROGRAMME else SECTIONS
    return tuple(
        name for name in SECTIONS
        if OF_ONE_KIND.get(name, kind if name in of_all else "") == kind
    )  # fmt: skip
