"""A delivered CSV file of reports: which of its columns are which."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.quarters import as_quarter, is_quarter

HEADINGS: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "sections" / "headings.toml").read_text("utf-8")
)
"""How each column is headed in deliveries, without case, marks and spaces."""
SEPARATORS = ";\t,"
LETTERS = {0xE6: "ae", 0xF8: "oe", 0xE5: "aa"}
MANY = 40


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What a delivered file says of itself."""

    path: Path
    encoding: str
    separator: str
    columns: dict[str, str]
    offences: tuple[str, ...]

    def source(self, folder: str) -> dict[str, object]:
        """Its lines in study.yaml, the file lying in ``folder`` of the data."""
        return {"file": f"{folder}{self.path.name}", "encoding": self.encoding,
                "separator": self.separator, "columns": self.columns}  # fmt: skip


def read_delivered(path: Path) -> Delivered:
    """Propose what the columns of the CSV file at ``path`` are.

    Raises
    ------
    InputRefused
        Where a needed column has no heading that is known, or the file cannot be read as text.
    """
    text, encoding = _text(path)
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    heads, *rows = csv.reader(text.splitlines(), delimiter=separator)
    columns = _matched(heads)
    if problems := list(_missing(path, heads, columns)):
        raise InputRefused(problems)
    code, time = (heads.index(columns[name]) for name in ("offence", "quarter"))
    whole = [row for row in rows if len(row) == len(heads)]
    if not all(is_quarter(as_quarter(row[time])) for row in whole):
        raise InputRefused([_problem(path, columns["quarter"], "a value that is no quarter",
                                     "quarters such as 2010K1")])  # fmt: skip
    codes = tuple(sorted({row[code].strip() for row in whole} - {""}))
    return Delivered(path=path, encoding=encoding, separator=separator, columns=columns,
                     offences=codes if len(codes) <= MANY else ())  # fmt: skip


def _text(path: Path) -> tuple[str, str]:
    content = path.read_bytes()
    if b"\0" in content:
        raise InputRefused([_problem(path, "", "a file that is no text", "a CSV file")])
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "cp1252"


def _matched(heads: list[str]) -> dict[str, str]:
    plain = {_plain(head): head for head in reversed(heads)}
    near = {name: next((plain[one] for one in known if one in plain), "")
            for name, known in HEADINGS.items()}  # fmt: skip
    return {name: head for name, head in near.items() if head}


def _plain(head: str) -> str:
    return re.sub(r"[^a-z]", "", head.lower().translate(LETTERS))


def _missing(path: Path, heads: list[str], columns: dict[str, str]) -> Iterator[Problem]:
    # A file without headings begins with a row of values, which may be of a person.
    values = any(re.search(r"\d", head) for head in heads)
    seen = "a first line of values" if values else f"the headings {', '.join(heads)[:200]}"
    for name in HEADINGS.keys() - columns.keys():
        yield _problem(path, name, seen,
                       f"one such as {', '.join(HEADINGS[name][:3])}")  # fmt: skip


def _problem(path: Path, column: str, found: str, wanted: str) -> Problem:
    return Problem(code="delivery-unmatched", file=path.name, column=column, found=found,
                   wanted=wanted, mend="Run new-study without --delivered and write the "
                   "columns in study.yaml by hand.")  # fmt: skip
