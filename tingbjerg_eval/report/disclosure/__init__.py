"""Disclosure control: tables in which nobody can be pointed at, and what is published of them."""

from tingbjerg_eval.report.disclosure.merging import Merged, protect_merged
from tingbjerg_eval.report.disclosure.shares import protect_shares
from tingbjerg_eval.report.disclosure.statements import (
    Statement,
    admit,
    rate_statement,
    ratio_statement,
    share_statement,
)
from tingbjerg_eval.report.disclosure.suppress import CannotProtect
from tingbjerg_eval.report.disclosure.tables import (
    CountTable,
    ProtectedTable,
    hidden_values,
    protect,
    protect_tables,
    publish,
)
from tingbjerg_eval.report.published import UNDER, WITHHELD

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
