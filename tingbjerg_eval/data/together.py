"""What the tables must agree on with one another."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.doubts.gaps import compared_areas
from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.inputs.problems import Problem
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.study.amendments import amended
from tingbjerg_eval.study.settings import StudySettings

FEWEST_OTHERS = 3
"""Areas beside which one of the comparison may be as large as all of them."""

if TYPE_CHECKING:
    from tingbjerg_eval.study.strategy import Strategy


class Read(Protocol):
    """The tables as far as they are read, with what was found."""

    settings: StudySettings
    frames: dict[str, pd.DataFrame]
    items: list[Problem]
    covered: tuple[str, ...]


def check_together(reading: Read) -> None:
    """Refuse more reports in a quarter than inhabitants; note areas as large as all others."""
    settings = reading.settings
    if {"incidents", "population"} <= set(reading.frames):
        found = Findings(file=settings.data.incidents.name)
        _check_counts(reading, found)
        _note_larger(reading, found)
        reading.items.extend(found.items)


def _check_counts(reading: Read, found: Findings) -> None:
    cells, people = reading.frames["incidents"], reading.frames["population"]
    for name, codes in basket_codes(reading.settings).items():
        counts = cells[cells["offence"].isin(codes)].groupby(["area", "quarter"])["count"].sum()
        joined = counts.reset_index().merge(people, on=["area", "quarter"])
        above = joined[joined["count"] > joined["population"]]
        if len(above):
            said = listed([f"{r.area} {r.quarter}: {r.count_} of {r.population}" for r in
                           above.rename(columns={"count": "count_"}).itertuples()])  # fmt: skip
            found.add("count-above-population", column=f"indicators.{name}", found=said)


def _note_larger(reading: Read, found: Findings) -> None:
    """A region among its own parts need not be their exact sum to hold the treated area."""
    areas = list(compared_areas(reading.settings))
    people = reading.frames["population"].groupby("area")["population"].mean().reindex(areas)
    reports = reading.frames["incidents"].groupby("area")["count"].sum().reindex(areas)
    for area in reading.settings.areas.comparison if len(areas) > FEWEST_OTHERS else ():
        others = people.drop(area).sum()
        if people[area] >= others and reports[area] >= reports.drop(area).sum():
            found.add("area-larger", column=area, area=area, people=f"{people[area]:.0f}",
                      others=f"{others:.0f}")  # fmt: skip


def return_items(reading: Read, strategy: Strategy) -> list[Problem]:
    """Quarters with a commitment, in time that is covered, whose return has not come: a note.

    What was delivered and spent then is not known, and no sum of the reports holds it.
    """
    frame = reading.frames.get("activities")
    if frame is None or not reading.covered:
        return []
    source = given(reading.settings.data.activities)
    found = Findings(file=source.name)
    whole = frame.dropna(subset=["delivered", "spent_dkk"])
    returned = set(zip(whole["measure"], whole["quarter"], strict=True))
    for name, measure in amended(strategy).measures.items():
        committed = [q for q, amount in measure.by_quarter.items() if amount > 0]
        lacking = [
            quarter for quarter in committed
            if quarter_number(quarter) <= quarter_number(reading.covered[-1])
            and (name, quarter) not in returned
        ]  # fmt: skip
        if lacking:
            said = f"{quoted(name)} in {listed(lacking, limit=6)}"
            found.add("return-missing", column=source.columns.measure, found=said)
    return found.items


def measure_items(reading: Read, measures: set[str]) -> list[Problem]:
    """Returns for measures that the strategy does not have."""
    frame = reading.frames.get("activities")
    if frame is None:
        return []
    source = given(reading.settings.data.activities)
    found = Findings(file=source.name)
    for name in sorted(set(frame["measure"]) - measures):
        near = get_close_matches(name, sorted(measures), n=1, cutoff=0.5)
        found.add(
            "measure-unknown",
            column=source.columns.measure,
            found=quoted(name),
            near=f"The nearest measure is {near[0]!r}. " if near else "",
        )
    return found.items


def name_items(reading: Read, lacking: Callable[[str], str]) -> list[Problem]:
    """Themes, sources and the like of which a report could not show every sign."""
    items = []
    for table in ("consultation", "published", "activities"):
        frame = reading.frames.get(table)
        if frame is None:
            continue
        source = getattr(reading.settings.data, table)
        found = Findings(file=source.name)
        for column in frame.select_dtypes(["object", "string"]):
            odd = {one: lacking(one) for one in frame[column].dropna().unique()}
            if signs := sorted({signs for signs in odd.values() if signs}):
                found.add("sign-not-in-font", column=source.headings().get(column, column),
                          found=listed(signs))  # fmt: skip
        items += found.items
    return items


def theme_items(
    frame: pd.DataFrame | None, settings: StudySettings, themes: set[str]
) -> list[Problem]:
    """Consultation themes outside the closed list: ``themes`` of the strategy, the indicators'
    and the delivery's own. Free text may name a person, so it is never repeated.
    """
    source = settings.data.consultation
    if frame is None or source is None:
        return []
    named = {one.theme for one in settings.indicators.values() if one.theme}
    known = sorted(themes | named | set(source.themes))
    found = Findings(file=source.name)
    for text in sorted(set(frame["theme"]) - set(known)):
        rows = frame[frame["theme"] == text]
        near = get_close_matches(text, known, n=1, cutoff=0.6)
        found.add(
            "theme-unknown",
            column=source.columns.theme,
            found=f"a theme of {len(text)} characters for {listed(sorted(set(rows['quarter'])))}",
            near=f"The nearest theme is {near[0]!r}. " if near else "",
        )
    return found.items


def note_names_inside(areas: tuple[str, ...], found: Findings) -> None:
    """Note an area whose name holds another's as whole words: they may overlap."""
    for one in areas:
        for other in areas:
            words = re.split(r"[\s/-]+", one)
            if one != other and other in words:
                found.add("area-inside", column=one, found=quoted(other))
