"""Which rows and columns of a delivered table are meant, as ``study.yaml`` says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.headings import plain_heading, plain_text
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.text_rules import month_number
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.study.sources import Source, heading_of


def with_numbered_columns(raw: RawTable, named: list[str], found: Findings) -> RawTable:
    """``raw`` with the columns that ``named`` gives by position (from 1) headed by that number.

    A heading that is the number itself goes before the position.
    """
    headings = [str(one) for one in raw.frame.columns]
    plain = [plain_heading(one) for one in headings]
    meant = {plain_heading(one) for one in named}
    for name in named:
        if name.isdigit() and name not in plain and 1 <= int(name) <= len(headings):
            own = plain[int(name) - 1]
            if own in meant and plain.count(own) == 1:
                found.refuse(
                    "column-named-twice", column=name, found=quoted(headings[int(name) - 1])
                )
            headings[int(name) - 1] = name
    return raw.with_frame(raw.frame.set_axis(pd.Index(headings, dtype=object), axis=1))


def filled_down(raw: RawTable, columns: list[str], found: Findings) -> RawTable:
    """``raw`` whose blank cells in ``columns`` are as the one above, as where a table is read."""
    there = [plain_heading(str(one)) for one in raw.frame.columns]
    frame = raw.frame.copy()
    for name in columns:
        if plain_heading(name) not in there:
            headings = listed([quoted(str(one)) for one in frame], limit=8)
            found.refuse("column-missing", column=name, heading=name, near="",
                         found="headings " + headings)  # fmt: skip
        at = there.index(plain_heading(name))
        texts = frame.iloc[:, at]
        frame.isetitem(at, texts.where(texts.map(plain_text) != "").ffill().fillna(""))
    return raw.with_frame(frame)


def without_repeated_headings(raw: RawTable, found: Findings) -> RawTable:
    """``raw`` without rows that repeat the headings, as where pages were put together."""
    plain = [plain_heading(str(one)) for one in raw.frame.columns]
    again = np.ones(len(raw.frame), dtype=bool)
    for at in reversed(range(len(plain))):  # the last columns have the fewest different texts
        if again.any():
            texts = raw.frame.iloc[again.nonzero()[0], at]
            alike = [one for one in texts.unique() if plain_heading(one) == plain[at]]
            again[again] = texts.isin(alike).to_numpy()
    if not again.any() or not any(plain):
        return raw
    found.add("header-repeated", place=raw.where(again), found=many(int(again.sum()), "row"))
    return raw.rows(~again)


def refuse_values_as_headings(raw: RawTable, named: list[str], found: Findings) -> None:
    """A heading that stands among the values of a column given by its number is a value."""
    for name in named:
        number = int(name) if name.isdigit() else 0
        if not 1 <= number <= raw.frame.shape[1] or str(raw.frame.columns[number - 1]) == name:
            continue
        heading = plain_text(str(raw.frame.columns[number - 1]))
        if heading and (raw.frame.iloc[:, number - 1].map(plain_text) == heading).any():
            found.refuse("header-none", column=f"column {name}", found=None)


def with_joined_columns(raw: RawTable, source: Source, found: Findings) -> RawTable:
    """``raw`` with one column for each time that is delivered in several.

    A date becomes ``2010-04-01`` or ``2010-04``; year and quarter ``2010K2``. Where ``time`` says
    how the parts are written, they are joined by a blank.
    """
    frame = raw.frame
    for name, parts in source.parts().items():
        there = {plain_heading(str(one)): one for one in frame.columns}
        lacking = [one for one in parts if plain_heading(one) not in there]
        for one in lacking:
            found.add("column-missing", column=one, heading=one, near="",
                      found="headings " + listed([quoted(str(h)) for h in frame], limit=8),
            )  # fmt: skip
        found.stop_if_refused()
        columns = [frame[there[plain_heading(one)]].map(plain_text) for one in parts]
        texts = [_joined_time(name, row, source) for row in zip(*columns, strict=True)]
        kept = frame.drop(columns=[there[plain_heading(one)] for one in parts])
        frame = kept.assign(**{heading_of(parts): pd.Series(texts, kept.index, dtype=object)})
    return raw.with_frame(frame)


def _joined_time(name: str, parts: tuple[str, ...], source: Source) -> str:
    if not any(parts):
        return ""
    if name == "quarter" and source.time:
        return " ".join(parts)
    if name == "quarter":
        return f"{parts[0]}K{parts[1].upper().lstrip('KQ')}"
    year, month, *day = parts
    number = month_number(month)
    shown = f"{number:02d}" if number else month
    return "-".join([year, shown, *(one.zfill(2) for one in day)])


def without_ignored(raw: RawTable, ignored: list[str], found: Findings) -> RawTable:
    """``raw`` without the columns that the study does not want; each must be there."""
    unwanted = {plain_heading(one) for one in ignored}
    there = [plain_heading(str(one)) for one in raw.frame.columns]
    for name in sorted(unwanted - set(there)):
        found.add("ignored-column-missing", column=name, found="no such column")
    found.stop_if_refused()
    kept = [number for number, one in enumerate(there) if one not in unwanted]
    return raw.with_frame(raw.frame.iloc[:, kept])


def only_rows(raw: RawTable, source: Source, found: Findings) -> RawTable:
    """The rows with the one wanted value of each further dimension, which then is left out."""
    for heading, value in source.only.items():
        there = [plain_heading(str(one)) for one in raw.frame.columns]
        if there.count(plain_heading(heading)) != 1:
            headings = listed([quoted(str(one)) for one in raw.frame])
            found.refuse("only-column-missing", column=heading, found="headings " + headings)
        at = there.index(plain_heading(heading))
        texts = raw.frame.iloc[:, at].map(plain_text)
        wanted = (texts == plain_text(value)).to_numpy()
        if not wanted.any():
            found.refuse("only-value-missing", column=heading, found=f"no row with {quoted(value)}")
        if not wanted.all():
            found.add("only-used", column=heading, found=many(int((~wanted).sum()), "row"),
                      value=quoted(value))  # fmt: skip
        raw = raw.rows(wanted)
        raw = raw.with_frame(raw.frame.drop(columns=raw.frame.columns[at]))
    return raw


def joined(parts: list[RawTable], found: Findings) -> RawTable:
    """The rows of a delivery in several files or sheets, which must have the same headings."""
    first = [plain_heading(str(one)) for one in parts[0].frame.columns]
    for part in parts[1:]:
        other = [plain_heading(str(one)) for one in part.frame.columns]
        if other != first:
            changed = sorted({*other} ^ {*first}) or other
            found.add("files-differ", place=part.file, found=listed([quoted(c) for c in changed]))
    found.stop_if_refused()
    frames = [part.frame.set_axis(parts[0].frame.columns, axis=1) for part in parts]
    places = [
        np.array([f"{p} of {part.file}" for p in part.places], dtype=object) for part in parts
    ]
    frame = pd.concat(frames, ignore_index=True)
    return replace(parts[0], file=found.file, frame=frame, places=np.concatenate(places))
