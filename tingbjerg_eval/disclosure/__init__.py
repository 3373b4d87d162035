"""Disclosure control: tables in which nobody can be pointed at, and what is published of them."""

from tingbjerg_eval.disclosure.merging import Merged, protect_merged
from tingbjerg_eval.disclosure.published import UNDER, WITHHELD
from tingbjerg_eval.disclosure.shares import protect_shares
from tingbjerg_eval.disclosure.statements import (
    Statement,
    admit,
    rate_statement,
    ratio_statement,
    share_statement,
)
from tingbjerg_eval.disclosure.suppress import CannotProtect
from tingbjerg_eval.disclosure.tables import (
    CountTable,
    ProtectedTable,
    hidden_values,
    protect,
    protect_tables,
    publish,
)

__all__ = [
    "UNDER",
    "WITHHELD",
    "CannotProtect",
    "CountTable",
    "Merged",
    "ProtectedTable",
    "Statement",
    "admit",
    "hidden_values",
    "protect",
    "protect_merged",
    "protect_shares",
    "protect_tables",
    "publish",
    "rate_statement",
    "ratio_statement",
    "share_statement",
]
