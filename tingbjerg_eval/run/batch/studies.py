"""What a run was asked to make, of one study or of a folder of them, and whether it is all there.

Nothing heavy is loaded here, so that a run in which nothing has changed is over at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.batch.folder import OutputFolder, write_file
from tingbjerg_eval.run.batch.seal import INDEX, Seal

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
