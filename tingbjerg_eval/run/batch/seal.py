"""The seal of a finished run: digests by which the next one sees that nothing has changed.

It is read before anything heavy is loaded. It holds only where every report of a run ended well,
and stands for less than the run itself would notice: whatever differs breaks it, and the run
decides by what each report depends on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.folder import EXECUTED, MANIFEST, OutputFolder, read_manifest

SEAL = "seal.json"
LEDGER = Path("internal", "ledger.json")
INDEX = "index.html"


@dataclass(frozen=True)
class Seal:
    """Where the seal of one study's output folder lies, and what it must hold.

    ``asked`` are the options that decide what is made, plain data.
    """

    study: Path
    output: Path
    asked: Mapping[str, Any]

    @property
    def path(self) -> Path:
        return self.output / "internal" / SEAL

    def unchanged(self) -> list[str] | None:
        """The names of the reports, where a run would find all of them unchanged."""
        try:
            held = json.loads(self.path.read_text(encoding="utf-8"))
            names: list[str] = held["reports"]
            read = self.read(held["read"], held["house"])
            same = held["read"] == read and held["made"] == self.made(names)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return names if same and self._whole(names) else None

    def read(self, files: Iterable[str], house: Mapping[str, str] | None) -> dict[str, str]:
        """The digests of what a run reads: the study's ``files``, whether they are there or not,
        what was asked, the code, the environment and the ledger of the house."""
        home = self.study.resolve().parent
        every = {name: _of_file(home / name) for name in files if not name.startswith(":")}
        return every | {
            ":asked": digests.of_plain([self._named(), dict(self.asked)]),
            ":code": digests.of_package(),
            ":environment": digests.of_environment(),
            ":ledger": _of_ledger(home / house["file"], house["study"]) if house else "",
        }

    def _named(self) -> str:
        return os.path.relpath(self.study.resolve(), self.output.resolve())

    def made(self, names: Iterable[str]) -> dict[str, str]:
        """The digests of what a run makes."""
        reports = self.output / "reports"
        there = sorted(path.name for path in reports.iterdir())
        every = [Path(INDEX), LEDGER]
        every += [Path("reports", name, MANIFEST) for name in names]
        every += [Path("internal", name, EXECUTED) for name in names]
        return {str(path): _of_file(self.output / path) for path in every} | {
            ":listed": digests.of_plain(there)
        }

    def _whole(self, names: Iterable[str]) -> bool:
        reports = self.output / "reports"
        return all(read_manifest(reports / name) is not None for name in names)

    def lift(self) -> None:
        """Take the seal away, as long as something is made."""
        with suppress(FileNotFoundError, NotADirectoryError):  # the batch says what is wrong
            self.path.unlink()

    def put(
        self, names: Iterable[str], read: Mapping[str, str], house: Mapping[str, str] | None
    ) -> None:
        """Seal the output; ``read`` are the digests taken before anything was read."""
        listed = list(names)
        after = self.read((), house)
        held = {
            "reports": listed,
            "read": {**read, ":ledger": after[":ledger"]},
            "house": house,
            "made": self.made(listed),
        }
        text = json.dumps(held, indent=1, sort_keys=True) + "\n"
        OutputFolder(self.output).place_file(self.path, text.encode())
        self.path.chmod(0o600)


def _of_file(path: Path) -> str:
    return digests.of_file(path) if path.is_file() else ""


def _of_ledger(path: Path, study: str) -> str:
    """Stands for a house's ledger up to the last that ``study`` entered.

    What other studies entered later was made with knowledge of that, and changes nothing here.
    """
    entries = _entries(path, _of_file(path))
    own = [at for at, (name, _) in enumerate(entries) if name.startswith(f"{study}: ")]
    return digests.of_plain(entries[: own[-1] + 1] if own else entries)


@cache
def _entries(path: Path, _digest: str) -> tuple[tuple[str, str], ...]:
    if not path.exists():
        return ()
    kept = json.loads(path.read_text(encoding="utf-8"))["reports"]
    return tuple((one["report"], digests.of_plain(one)) for one in kept)
