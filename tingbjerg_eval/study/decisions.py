"""The steering group's dated decisions: what was adopted, changed, stopped, by whom and why.

The strategy file keeps every target and measure as it was first written; a decision changes it
from its date on. So the history stays readable, and a report of an early quarter does not know
what was decided later.
"""

from __future__ import annotations

from typing import Literal, TypeVar

from tingbjerg_eval.inputs.scalars import Day, Money, Number, Quarter, Text, TimeText, Whole
from tingbjerg_eval.inputs.validation import Settings

Action = Literal[
    "adopt", "add-target", "change-target", "retire-target",
    "add-measure", "change-measure", "stop-measure", "move-money",
]  # fmt: skip

NEEDS: dict[str, tuple[str, ...]] = {
    "adopt": (),
    "add-target": ("target",),
    "change-target": ("target",),
    "retire-target": ("target",),
    "add-measure": ("measure",),
    "change-measure": ("measure", "commitments"),
    "stop-measure": ("measure", "quarter"),
    "move-money": ("measure", "to_measure", "year", "amount_dkk"),
}
"""The keys that each action must have beside date, decided_by and why."""

CHANGES = ("goal", "by", "responsible")
"""What ``change-target`` can change; at least one of them."""


Entry = TypeVar("Entry")


def written(value: Entry | None) -> Entry:
    """A key of a decision that its action must have: the rules have asked for it before."""
    if value is None:
        raise ValueError("a decision without a key that its action must have")
    return value


class Decision(Settings):
    """One dated decision of the log.

    ``quarter`` is the first quarter without a stopped measure; ``commitments`` replace the
    measure's own from the decision's quarter on; money moves from ``measure`` to
    ``to_measure`` within one year's frame.
    """

    date: Day
    """The day of the decision."""
    action: Action
    """What was decided."""
    decided_by: Text | None = None
    """The body that decided it."""
    why: Text | None = None
    """The reason; printed in the report."""
    target: Text | None = None
    """The target it is about."""
    measure: Text | None = None
    """The measure it is about, or that money moves from."""
    to_measure: Text | None = None
    """The measure that money moves to."""
    quarter: Quarter | None = None
    """The first quarter without a stopped measure."""
    year: Whole | None = None
    """The budget year that money moves within."""
    amount_dkk: Money | None = None
    """How much moves, in kroner."""
    goal: Number | None = None
    """The target's new goal."""
    by: TimeText | None = None
    """The target's new deadline."""
    responsible: Text | None = None
    """The party that answers from now on."""
    commitments: dict[TimeText, Number] | None = None
    """What the measure promises from the decision's quarter on."""
