"""Disclosure control: tables in which nobody can be pointed at, and what is published of them."""

from tingbjerg_eval.disclosure.counts import CountTable
from tingbjerg_eval.disclosure.published import UNDER, WITHHELD
from tingbjerg_eval.disclosure.shares import protect_shares
from tingbjerg_eval.disclosure.suppress import CannotProtect
from tingbjerg_eval.disclosure.tables import (
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
    "ProtectedTable",
    "hidden_values",
    "protect",
    "protect_shares",
    "protect_tables",
    "publish",
]
