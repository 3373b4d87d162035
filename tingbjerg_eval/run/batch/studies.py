"""What a run was asked to make, of one study or of a folder of them, and whether it is all there.

Nothing heavy is loaded here, so that a run in which nothing has changed is over at once. A study's
seal says that nothing was changed since every report of a run ended well, and stands for less than
the run itself would notice: whatever differs breaks it, and the run decides by what each report
depends on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.folder import (
    EXECUTED,
    MANIFEST,
    OutputFolder,
    read_manifest,
    write_file,
)

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


STUDY = "study.yaml"
STUDIES = ".studies.json"
"""In the output folder of many studies: what was asked for, and what the index was made of."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options that decide what a run makes."""

    only: str | None = None
    quarter: str | None = None
    with_code: bool = False
    data: Path | None = None

    def plain(self) -> dict[str, object]:
        """As it is written in a seal."""
        return asdict(self) | {"data": str(self.data.resolve()) if self.data else None}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Studies to run, each by its name into a folder of the same name under ``output``.

    Of a single study the name is empty, and its reports lie in ``output`` itself.
    """

    output: Path
    asked: Asked
    studies: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def at(cls, path: Path, output: Path, asked: Asked) -> Wanted:
        """What ``path`` means: a study's file, its folder, or a folder of studies.

        Raises
        ------
        InputRefused
            Where a folder holds no study, or other data are given for many.
        """
        if not path.is_dir() or (path / STUDY).exists():
            file = path / STUDY if path.is_dir() else path
            return cls(output=output, asked=asked, studies={"": file})
        studies = {file.parent.relative_to(path).as_posix(): file for file in _below(path, output)}
        if not studies or asked.data is not None:
            raise _refused(path, asked)
        return cls(output=output, asked=asked, studies=studies)

    @property
    def many(self) -> bool:
        """Whether it is a folder of studies."""
        return "" not in self.studies

    @cached_property
    def seals(self) -> dict[str, Seal]:
        """Each study's seal, by its name."""
        return {
            name: Seal(path, self.output / name, self.asked.plain())
            for name, path in self.studies.items()
        }

    def unchanged(self) -> dict[str, list[str]] | None:
        """The reports of every study, where a run would find all of them unchanged."""
        if self.many and self._noted() != self._note():
            return None
        made: dict[str, list[str]] = {}
        for name, seal in self.seals.items():
            reports = seal.unchanged() if not self._in_use(seal) else None
            if reports is None:
                return None
            made[name] = reports
        return made

    def _in_use(self, seal: Seal) -> bool:
        return seal.path.exists() and OutputFolder(seal.output).in_use()

    def begin(self) -> None:
        """Note which studies are asked for, so that ``status`` can list what never began."""
        if self.many:
            self._write({"studies": list(self.studies)})

    def end(self) -> None:
        """Note of what the index was made."""
        if self.many:
            self._write(self._note())

    def _note(self) -> dict[str, object]:
        every = {**{name: seal.path for name, seal in self.seals.items()},
                 INDEX: self.output / INDEX}  # fmt: skip
        found = {name: digests.of_file(path) for name, path in every.items() if path.is_file()}
        return {"studies": list(self.studies), "made of": found}

    def _noted(self) -> object:
        try:
            return json.loads((self.output / STUDIES).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _write(self, note: dict[str, object]) -> None:
        fresh = self.output / (STUDIES + ".new")
        write_file(fresh, (json.dumps(note, indent=1) + "\n").encode())
        fresh.replace(self.output / STUDIES)


def read_studies(output: Path) -> list[str]:
    """The studies that an output folder of many was asked for; none where it is of one."""
    try:
        named: list[str] = json.loads((output / STUDIES).read_text(encoding="utf-8"))["studies"]
    except (OSError, ValueError, KeyError):
        return []
    return named


def _below(folder: Path, output: Path) -> Iterator[Path]:
    """The study files under ``folder``, in order; not those inside another study or the output."""
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or path.name.startswith(".") or path.resolve() == output.resolve():
            continue
        if (path / STUDY).exists():
            yield path / STUDY
        else:
            yield from _below(path, output)


def _refused(path: Path, asked: Asked) -> InputRefused:
    problem = Problem(
        code="no-study", file=str(path), found="no study.yaml in it or below it",
        wanted="a study's folder, or a folder of studies",
        mend="Give the folder that holds study.yaml.",
    )  # fmt: skip
    if asked.data is not None:
        problem = Problem(
            code="data-of-many", file="--data", found=str(asked.data),
            wanted="no other data folder for a folder of studies",
            mend="Run one study, or name each study's data folder in its study.yaml.",
        )  # fmt: skip
    return InputRefused([problem])
