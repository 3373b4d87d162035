"""What a delivered file holds, without anything that may be personal, and a first mapping of it."""

from __future__ import annotations

import itertools
import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from tingbjerg_eval.data.described_forms import read_as_it_is, times_in_headings
from tingbjerg_eval.data.formats.findings import Findings, as_yaml, listed, quoted
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.parsing import NumberForm, Rejected, decimal_number, quarter, year
from tingbjerg_eval.data.personal import refuse_personal
from tingbjerg_eval.data.proposals import TIMES, day_forms
from tingbjerg_eval.data.text_rules import time_columns
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.inputs.problems import InputRefused

LETTERS = {0xE6: "ae", 0xF8: "oe", 0xE5: "aa"}
SHOWN = 8
MOST_CODES = 40
MOST = 12
"""Different texts up to which those of a column that has no known heading are shown."""
OFTEN = 3
"""Times that a text must come before it is shown."""
NUMBERS = (
    NumberForm(), NumberForm(decimal=","), NumberForm(decimal="."), NumberForm(thousands="."),
    NumberForm(thousands=" "), NumberForm(decimal=",", thousands="."),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its place and heading, what it holds, and what of that may be shown."""

    number: int
    heading: str
    kind: str
    shown: str
    keys: tuple[tuple[str, Any], ...] = ()
    """Keys of ``study.yaml`` that its values need, such as ``decimal``."""
    values: tuple[str, ...] = ()
    """Its different texts, for the mapping only."""


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a file holds; printed, it shows nothing that may be personal."""

    path: Path
    form: dict[str, Any]
    rows: int
    columns: tuple[Column, ...]
    table: str
    mapped: dict[str, Any]
    """Names of the table's columns to their headings."""

    def mapping(self) -> dict[str, Any]:
        """The lines of ``study.yaml`` that would read the file, as far as they can be known."""
        used = set(self.mapped.values())
        own = [one for one in self.columns if one.heading in used]
        keys: dict[str, Any] = dict(itertools.chain.from_iterable(one.keys for one in own))
        wide = times_in_headings([one.heading for one in self.columns])
        named = {name: one for name, one in self.mapped.items() if not (wide and name in FIGURES)}
        keys |= {"wide": {"pattern": wide}} if wide else {}
        return {"file": self.path.name} | self.form | {"columns": named} | keys

    @property
    def yearly(self) -> bool:
        """Whether the file's times are years."""
        mapping = self.mapping()
        return "year" in mapping["columns"] or mapping.get("wide") == {"pattern": "{year}"}

    @property
    def offences(self) -> tuple[str, ...]:
        """The codes of the column that is mapped as offences."""
        heading = self.mapped.get("offence")
        return next((one.values for one in self.columns if one.heading == heading), ())

    def __str__(self) -> str:
        """The columns, a line each, and the mapping."""
        width = max((len(one.heading) for one in self.columns), default=0)
        names = {heading: name for name, heading in self.mapped.items()}
        lines = [f"{self.path.name}: {many(self.rows, 'row')}, {many(len(self.columns), 'column')}"]
        lines += [
            f"{one.number:>3}  {one.heading:<{width}}  {names.get(one.heading, ''):<10}  "
            f"{one.kind}: {one.shown}"
            for one in self.columns
        ]
        lines += ["", "A first mapping for study.yaml, to be read through:", f"  {self.table}:"]
        lines += [f"    {name}: {as_yaml(one)}" for name, one in self.mapping().items()]
        return "\n".join(lines)


FIGURES = {"count", "population", "quarter", "year", "date"}
"""Columns that a table with times for headings does not have."""


@cache
def known_headings() -> dict[str, dict[str, list[str]]]:
    """By table, how each of its columns is headed in deliveries."""
    return tomllib.loads(files("tingbjerg_eval.data").joinpath("headings.toml").read_text("utf-8"))


def describe(path: Path) -> Description:
    """Describe the delivered file at ``path``.

    Raises
    ------
    InputRefused
        Where its rows cannot be read; what is wrong holds no value of it.
    """
    raw, form = read_as_it_is(path)
    columns = tuple(_column(raw, number) for number in range(raw.frame.shape[1]))
    if form.get("header_line") == 0 or "withheld" in {one.kind for one in columns}:
        columns = tuple(map(_without_texts, columns))
    table = max(known_headings(), key=lambda name: len(_mapped(columns, name)))
    return Description(path=path, form=form, rows=len(raw.frame), columns=columns, table=table,
                       mapped=_mapped(columns, table))  # fmt: skip


def described_counts(path: Path) -> Description:
    """The description of a file of counts by area, quarter (or year) and offence.

    Raises
    ------
    InputRefused
        Where one of these is not to be known from headings and values.
    """
    description = _with_the_count(describe(path))
    mapping = description.mapping()
    found = Findings(file=path.name)
    time = "year" if "year" in mapping["columns"] else "quarter"
    needed = {"area", "offence", *({time, "count"} if "wide" not in mapping else ())}
    for name in sorted(needed - mapping["columns"].keys()):
        known = listed(known_headings()["incidents"][name], limit=3)
        found.add("delivery-unmatched", column=name, known=known, found="headings " + listed(
            [quoted(one.heading) for one in description.columns], limit=8))  # fmt: skip
    found.stop_if_refused()
    return description


def _with_the_count(description: Description) -> Description:
    """The only column of numbers that nothing is known of is the count, whatever its heading."""
    numbers = [one.heading for one in description.columns if one.kind == "numbers"]
    unknown = [one for one in numbers if one not in description.mapped.values()]
    there = description.mapped.keys()
    if len(unknown) != 1 or not {"area", "offence"} <= there or not {"quarter", "year"} & there:
        return description
    return replace(description, mapped={"count": unknown[0]} | description.mapped)


def _column(raw: RawTable, number: int) -> Column:
    heading = plain_text(str(raw.frame.columns[number]))
    texts = raw.frame.iloc[:, number].map(plain_text)
    own = raw.with_frame(raw.frame.iloc[:, [number]])
    try:
        refuse_personal(own, Findings(file=raw.file), mapped=[], waived=[])
    except InputRefused:
        return Column(number=number + 1, heading=heading, kind="withheld", shown="may be personal")
    least = 1 if times_in_headings([str(one) for one in raw.frame.columns]) else OFTEN
    kind, shown, keys = _held(texts, raw.typed, heading, least)
    values = tuple(sorted(set(texts) - {""}))[:MOST_CODES]
    return Column(number=number + 1, heading=heading, kind=kind, shown=shown, keys=keys,
                  values=values)  # fmt: skip


def _without_texts(column: Column) -> Column:
    """``column`` of a file in which rows may be about persons: texts only where codes stand."""
    if column.kind != "texts" or _plain(column.heading) in _headed("area", "offence"):
        return column
    return replace(column, shown="not shown")


def _headed(*names: str) -> set[str]:
    """How the columns ``names`` are headed in deliveries."""
    tables = known_headings().values()
    return {one for table in tables for name in names for one in table.get(name, ())}


def _held(
    texts: pd.Series, typed: bool, heading: str, least: int
) -> tuple[str, str, tuple[tuple[str, Any], ...]]:
    """What kind of values stand in a column, what may be shown of them, and the keys they need."""
    blank = f", {many(int((texts == '').sum()), 'blank')}" if (texts == "").any() else ""
    distinct = sorted(set(texts) - {""})
    if not distinct:
        return "blank", "no value", ()
    span = f"{distinct[0]} to {distinct[-1]}, {len(distinct)} different{blank}"
    if _all_read(distinct, quarter):
        return "quarters", span, ()
    if _all_read(distinct, year):
        return "years", span, ()
    if forms := [one for one in TIMES if len(time_columns(distinct, one)) == len(distinct)]:
        return "times", span, (("time", forms[0]),)
    if len(days := list(day_forms(distinct))) == 1:
        return "days", span, (("date_format", days[0]),)
    coded = _plain(heading) in _headed("offence")
    if not coded and (numbers := _numbers(distinct, typed)) is not None:
        return "numbers", numbers[0] + blank, numbers[1]
    return "texts", _shown_texts(texts, heading, least) + blank, ()


def _all_read(texts: list[str], read: Any) -> bool:
    try:
        return all(read(one) is not None for one in texts)
    except Rejected:
        return False


def _numbers(distinct: list[str], typed: bool) -> tuple[str, tuple[tuple[str, Any], ...]] | None:
    """Smallest and largest number and the signs among them, where nearly all are numbers."""
    best: tuple[int, NumberForm, list[float], list[str]] | None = None
    for form in (NumberForm(decimal="."),) if typed else NUMBERS:
        values, signs, read = [], [], decimal_number(form, negative=True)
        for text in distinct:
            try:
                values.append(read(text))
            except Rejected:
                signs.append(text)
        if best is None or len(signs) < best[0]:
            best = (len(signs), form, values, signs)
    if best is None or best[0] * 2 > len(distinct):
        return None
    _, form, values, signs = best
    short = [quoted(one) for one in signs if not re.search(r"\d|\w{3}", one)]
    said = f"{min(values):g} to {max(values):g}" + (f"; signs {listed(short)}" if short else "")
    keys = {} if typed else {"decimal": form.decimal, "thousands": form.thousands}
    return said, tuple((name, one) for name, one in keys.items() if one)


def _shown_texts(texts: pd.Series, heading: str, least: int) -> str:
    """Texts that come often, of a column of places or codes or of few values."""
    counts = texts[texts != ""].value_counts()
    known = _plain(heading) in _headed("area", "offence")
    often = counts[counts >= least]
    if len(often) < len(counts) / 2 or not (known or len(counts) <= MOST):
        return f"{len(counts)} different, not shown"
    shown = listed([quoted(str(one)) for one in often.index], limit=SHOWN)
    return f"{len(counts)} different: {shown}"


def _by_heading(columns: tuple[Column, ...], table: str) -> dict[str, Column]:
    plain = {_plain(one.heading): one for one in reversed(columns)}
    near = {
        name: next((plain[one] for one in known if one in plain), None)
        for name, known in known_headings()[table].items()
    }
    return {name: one for name, one in near.items() if one is not None}


def _mapped(columns: tuple[Column, ...], table: str) -> dict[str, Any]:
    """What each column is, by its heading; of times, by what stands in it."""
    there = {name: one.heading for name, one in _by_heading(columns, table).items()}
    kinds = {"days": "date", "quarters": "quarter", "times": "quarter", "years": "year"}
    times = [one for one in columns if one.kind in kinds]
    there = {name: one for name, one in there.items() if name not in kinds.values()}
    if times and (name := kinds[times[0].kind]) in known_headings()[table]:
        there[name] = times[0].heading
    return there


def _plain(head: str) -> str:
    return re.sub(r"[^a-z]", "", head.lower().translate(LETTERS))
