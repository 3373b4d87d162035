"""The ledger: what earlier reports have published, so that the next one does not undo it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Ledger:
    """The published reports of one study, by name, in the order they were published.

    It holds what readers were given and nothing else: shown values, signs and regions.
    """

    path: Path | None = None
    reports: dict[str, dict[str, Any]] = field(default_factory=dict[str, Any])

    @classmethod
    def load(cls, path: str | Path) -> Ledger:
        """The ledger kept at ``path``; an empty one where nothing was published yet."""
        path = Path(path)
        if not path.exists():
            return cls(path=path)
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls(path=path, reports={report["report"]: report for report in kept["reports"]})

    def add(self, name: str, published: Mapping[str, Any]) -> None:
        """Enter what the report ``name`` published.

        The same report handed over again with other figures does not undo what was read the
        first time: the former edition is kept beside it.
        """
        entry = {**published, "report": name}
        former = self.reports.get(name)
        if former == entry:
            return
        if former is not None and _told(former) != _told(entry):
            self._keep(name, former)
        self.reports[name] = entry

    def _keep(self, name: str, former: dict[str, Any]) -> None:
        if any(
            {**former, "report": one} == held for one, held in self.reports.items() if one != name
        ):
            return
        number = 1
        while (kept := f"{name} (edition {number})") in self.reports:
            number += 1
        later = {other: report for other, report in self.reports.items() if other != name}
        self.reports = {**later, kept: {**former, "report": kept}}

    def earlier(self, name: str = "") -> list[dict[str, Any]]:
        """Everything published so far, without the report ``name`` itself."""
        return [report for other, report in self.reports.items() if other != name]

    def save(self, path: str | Path | None = None) -> None:
        """Write the ledger as JSON; the same ledger gives the same bytes."""
        target = path or self.path
        if target is None:
            raise ValueError("the ledger has no place of its own: name one")
        target = Path(target)
        text = json.dumps(
            {"reports": list(self.reports.values())}, ensure_ascii=False, indent=1, sort_keys=True
        )
        partial = target.with_name(target.name + ".part")
        partial.write_text(text + "\n", encoding="utf-8")
        partial.chmod(0o600)
        partial.replace(target)


def _told(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What readers were given of a report, without what it was made of."""
    verdicts = entry.get("edition", {}).get("verdicts")
    return {**entry, "edition": verdicts}
