"""What the tables must agree on with one another."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.inputs.problems import Problem


def check_together(reading) -> None:
    """Refuse more reports in a quarter than inhabitants."""
    settings = reading.settings
    if {"incidents", "population"} <= set(reading.frames):
        found = Findings(file=settings.data.incidents.file or settings.data.incidents.query_table)
        _check_counts(reading, found)
        reading.items.extend(found.items)


def _check_counts(reading, found: Findings) -> None:
    cells, people = reading.frames["incidents"], reading.frames["population"]
    for name, codes in basket_codes(reading.settings).items():
        counts = cells[cells["offence"].isin(codes)].groupby(["area", "quarter"])["count"].sum()
        joined = counts.reset_index().merge(people, on=["area", "quarter"])
        above = joined[joined["count"] > joined["population"]]
        if len(above):
            said = listed([f"{r.area} {r.quarter}: {r.count_} of {r.population}" for r in
                           above.rename(columns={"count": "count_"}).itertuples()])  # fmt: skip
            found.add("count-above-population", column=f"indicators.{name}", found=said)


def measure_items(reading, measures: set[str] | None) -> list[Problem]:
    """Returns for measures that the strategy does not have."""
    frame = reading.frames.get("activities")
    if frame is None or measures is None:
        return []
    source = reading.settings.data.activities
    found = Findings(file=source.file or source.query_table)
    for name in sorted(set(frame["measure"]) - measures):
        near = get_close_matches(name, sorted(measures), n=1, cutoff=0.5)
        found.add(
            "measure-unknown",
            column=source.columns.measure,
            found=quoted(name),
            near=f"The nearest measure is {near[0]!r}. " if near else "",
        )
    return found.items


def name_items(reading, lacking: Callable[[str], str]) -> list[Problem]:
    """Themes, sources and the like of which a report could not show every sign."""
    items = []
    for table in ("consultation", "published", "activities"):
        frame = reading.frames.get(table)
        if frame is None:
            continue
        source = getattr(reading.settings.data, table)
        found = Findings(file=source.file or source.query_table)
        for column in frame.select_dtypes(["object", "string"]):
            odd = {one: lacking(one) for one in frame[column].dropna().unique()}
            if signs := sorted({signs for signs in odd.values() if signs}):
                found.add("sign-not-in-font", column=source.headings().get(column, column),
                          found=listed(signs))  # fmt: skip
        items += found.items
    return items


def note_names_inside(areas: tuple[str, ...], found: Findings) -> None:
    """Note an area whose name holds another's as whole words: they may overlap."""
    for one in areas:
        for other in areas:
            words = re.split(r"[\s/-]+", one)
            if one != other and other in words:
                found.add("area-inside", column=one, found=quoted(other))
