"""Files with one column for each month, quarter or year, turned to one row for each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.headings import plain_heading
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.parsing import add_texts
from tingbjerg_eval.data.text_rules import offence_in, time_columns
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.inputs.quarters import quarter_number, quarter_range
from tingbjerg_eval.study.sources import Source, Wide

STATBANK_PATTERNS = ("{year}K{quarter}", "{year}M{month}", "{year}")
VALUE, TIME = "INDHOLD", "TID"


def lengthen(raw: RawTable, source: Source, found: Findings, *, value: str) -> RawTable:
    """``raw`` with columns ``time`` and ``value`` in place of its value columns.

    A StatBank export that is long already has its ``TID`` and ``INDHOLD`` renamed.
    """
    if source.format == "statbank" and (long := _statbank_long(raw, value)) is not None:
        return long
    wide = source.wide or Wide()
    if wide.offences:
        return _by_heading(raw, "offence", wide.offences, value, found)
    if wide.areas:
        return _by_heading(raw, "area", wide.areas, value, found)
    patterns = STATBANK_PATTERNS if source.format == "statbank" else (given(wide.pattern),)
    headings = [str(one) for one in raw.frame.columns]
    if "{offence}" in patterns[0]:
        return _by_time_and_offence(raw, headings, patterns[0], value, found)
    times = next((t for p in patterns if (t := time_columns(headings, p))), {})
    if not times:
        found.refuse("wide-no-columns", found="headings " + listed([quoted(h) for h in headings]),
                     pattern=patterns[0])  # fmt: skip
    _refuse_repeated_times(times, found)
    return _stacked(raw, {one: {"time": time} for one, time in times.items()}, value)


def _statbank_long(raw: RawTable, value: str) -> RawTable | None:
    names = {plain_heading(str(one)): one for one in raw.frame.columns}
    if plain_heading(VALUE) not in names or plain_heading(TIME) not in names:
        return None
    renamed = {names[plain_heading(VALUE)]: value, names[plain_heading(TIME)]: "time"}
    return raw.with_frame(raw.frame.rename(columns=renamed))


def _refuse_repeated_times(times: dict[str, str], found: Findings) -> None:
    if len(set(times.values())) < len(times):
        found.refuse("heading-twice", found="two value columns for the same time")


def _by_heading(
    raw: RawTable, what: str, wanted: list[str], value: str, found: Findings
) -> RawTable:
    """``raw`` with a row for each of the ``wanted`` headings, which are offences or areas."""
    there = {plain_heading(str(one)): str(one) for one in raw.frame.columns}
    for one in wanted:
        if plain_heading(one) not in there:
            found.add("column-missing", column=one, heading=one, near="",
                      found="headings " + listed([quoted(str(h)) for h in raw.frame], limit=8),
            )  # fmt: skip
    found.stop_if_refused()
    return _stacked(raw, {there[plain_heading(one)]: {what: one} for one in wanted}, value)


def _by_time_and_offence(
    raw: RawTable, headings: list[str], pattern: str, value: str, found: Findings
) -> RawTable:
    """``raw`` with a row for each heading that says a time and an offence."""
    columns = {}
    for heading in headings:
        if (offence := offence_in(heading, pattern)) is None:
            continue
        (time,) = time_columns([heading], pattern).values() or (None,)
        if time:
            columns[heading] = {"time": time, "offence": offence}
    if not columns:
        found.refuse("wide-no-columns", found="headings " + listed([quoted(h) for h in headings]),
                     pattern=pattern)  # fmt: skip
    if len({tuple(one.values()) for one in columns.values()}) < len(columns):
        found.refuse("heading-twice", found="two value columns for the same time and offence")
    return _stacked(raw, columns, value)


def _stacked(raw: RawTable, columns: dict[str, dict[str, str]], value: str) -> RawTable:
    """A row for each of ``columns``, with what its heading says."""
    keep = [one for one in raw.frame.columns if one not in columns]
    parts = [
        raw.frame[keep].assign(**{**said, value: raw.frame[heading]})
        for heading, said in columns.items()
    ]
    places = [[f"{place} under {heading}" for place in raw.places] for heading in columns]
    frame = pd.concat(parts, ignore_index=True)
    return replace(raw, frame=frame, places=np.concatenate(places))


def quarters_of_times(raw: RawTable, found: Findings) -> RawTable:
    """``raw`` with ``quarter`` from months or quarters in ``time``.

    Quarters with missing months are left out with a note at the ends of the series, and refused
    inside it.
    """
    times = sorted(set(raw.frame["time"]))
    if not all(len(time) == 7 and time[4] == "M" for time in times):
        return raw.with_frame(raw.frame.assign(quarter=raw.frame["time"]))
    months = pd.Series({time: f"{time[:4]}K{(int(time[5:]) + 2) // 3}" for time in times})
    counts = months.value_counts()
    partial = sorted(counts[counts < 3].index, key=quarter_number)
    ends = {months.iloc[0], months.iloc[-1]}
    inside = [quarter for quarter in partial if quarter not in ends]
    missing = set(quarter_range(months.iloc[0], months.iloc[-1])) - set(counts.index)
    if inside or missing:
        found.refuse("months-missing", found=listed(sorted({*inside, *missing})))
    if partial:
        found.add("quarter-partial", found=listed(partial))
    quarters = raw.frame["time"].map(months)
    long = raw.with_frame(raw.frame.assign(quarter=quarters))
    return long.rows(~quarters.isin(partial).to_numpy())


def quarters_as_written(raw: RawTable, pattern: str, found: Findings) -> RawTable:
    """``raw`` with ``quarter`` read from texts that are written as ``pattern``.

    Months become quarters of which each month must be there; ``time`` then tells their rows apart.
    """
    times = _times_as_written(raw, "quarter", pattern, found)
    timed = raw.with_frame(raw.frame.drop(columns="quarter").assign(time=times))
    return quarters_of_times(timed, found)


def years_as_written(raw: RawTable, pattern: str, found: Findings) -> RawTable:
    """``raw`` with ``year`` read from texts that are written as ``pattern``."""
    times = _times_as_written(raw, "year", pattern, found)
    return raw.with_frame(raw.frame.assign(year=times))


def _times_as_written(raw: RawTable, column: str, pattern: str, found: Findings) -> pd.Series:
    texts = raw.frame[column]
    times = time_columns(sorted(texts.unique()), pattern)
    wrong = [one for one in texts.unique() if one not in times]
    if wrong:
        add_texts("time-pattern", wrong, found, column=raw.heading(column), pattern=pattern,
                  where=lambda text: raw.where((texts == text).to_numpy()))  # fmt: skip
    found.stop_if_refused()
    return texts.map(times)
