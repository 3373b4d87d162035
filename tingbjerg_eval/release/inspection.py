"""The last look at a hand-over folder: the audit and the leak scan in one call."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tingbjerg_eval.disclosure.attacker import audit
from tingbjerg_eval.release import scan_files
from tingbjerg_eval.release.hidden import HiddenValue
from tingbjerg_eval.release.html_cells import check_cells


@dataclass(frozen=True, kw_only=True)
class InspectionContext:
    """What the inspection must know beside the files.

    ``published`` is the report's own ``published.json`` (None for a page without counts),
    ``earlier`` those of the ledger, ``hidden_values`` the raw counts that must not be found;
    ``names_allowed`` are the study's own: areas, parties, officers.
    """

    published: Mapping[str, Any] | None = None
    earlier: Sequence[Mapping[str, Any]] = ()
    case_numbers_allowed: Collection[str] = ()
    names_allowed: Collection[str] = ()
    hidden_values: Sequence[HiddenValue] = ()
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)


def inspect(files: Mapping[str, bytes], context: InspectionContext) -> list[str]:
    """Every reason not to hand these files over, in words without any hidden value.

    An empty list means that the folder may leave the house.
    """
    reasons: list[str] = []
    if context.published is not None:
        reasons += map(str, audit(context.published, earlier=context.earlier).findings)
        reasons += [
            f"{name}: {finding}"
            for name in sorted(files)
            if name.endswith((".html", ".htm"))
            for finding in check_cells(files[name].decode("utf-8", "replace"), context.published)
        ]
    found = scan_files(
        files,
        case_numbers_allowed=context.case_numbers_allowed,
        names_allowed=context.names_allowed,
        hidden_values=context.hidden_values,
        aliases=context.aliases,
    )
    return reasons + list(map(str, found))
