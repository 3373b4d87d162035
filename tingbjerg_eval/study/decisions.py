"""The steering group's dated decisions: what was adopted, changed, stopped, by whom and why.

The strategy file keeps every target and measure as it was first written; a decision changes it
from its date on. So the history stays readable, and a report of an early quarter does not know
what was decided later.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeVar

from tingbjerg_eval.inputs.quarters import shift
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
    action: Action
    decided_by: Text | None = None
    why: Text | None = None
    target: Text | None = None
    measure: Text | None = None
    to_measure: Text | None = None
    quarter: Quarter | None = None
    year: Whole | None = None
    amount_dkk: Money | None = None
    goal: Number | None = None
    by: TimeText | None = None
    responsible: Text | None = None
    commitments: dict[TimeText, Number] | None = None


def last_day(quarter: str) -> dt.date:
    """The last day of ``quarter``."""
    following = shift(quarter, 1)
    return dt.date(int(following[:4]), 3 * int(following[-1]) - 2, 1) - dt.timedelta(days=1)
