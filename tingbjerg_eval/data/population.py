"""Inhabitants of every area in every quarter."""

from __future__ import annotations

import pandas as pd

from tingbjerg_eval.data.areas import area_names, read_areas
from tingbjerg_eval.data.crosswalk import check_members
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.gaps import compared_areas
from tingbjerg_eval.data.doubts.jumps import doubt_population
from tingbjerg_eval.data.doubts.parts import doubt_areas
from tingbjerg_eval.data.formats.findings import Findings, listed
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.parsing import parse_column, quarter, whole_number, year
from tingbjerg_eval.data.text_rules import note_quarter_forms, number_form
from tingbjerg_eval.data.totals import without_totals
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.study.settings import StudySettings

LARGEST_CHANGE = 5
"""Times that an area's inhabitants may change from one figure to the next."""


def clean_population(
    raw: RawTable,
    settings: StudySettings,
    found: Findings,
    *,
    pairs: dict[str, str] | None = None,
) -> pd.DataFrame:
    """``area, quarter, population`` from rows with areas and quarters or years.

    A year's figure is carried to its quarters; the first one also back to earlier quarters of
    the study where ``carry_back`` says so. ``pairs`` leads areas of older boundaries to the
    study's.
    """
    source = settings.data.population
    unit = "quarter" if "quarter" in raw.frame else "year"
    areas = read_areas(raw, area_names(settings, source, pairs), found)
    number = whole_number(number_form(source, raw))
    frame = pd.DataFrame(
        {
            "area": areas,
            "delivered": raw.frame["area"].map(plain_text),
            "time": parse_column(raw, unit, quarter if unit == "quarter" else year, found),
            "population": parse_column(raw, "population", number, found),
        }
    )
    if unit == "quarter":
        note_quarter_forms(raw, "quarter", found)
    found.stop_if_refused()
    raw, frame = without_totals(raw, frame, source, found, value="population", keys=["time"])
    _check_rows(raw, frame, found)
    check_members(frame, pairs or {}, "time", found)
    found.stop_if_refused()
    frame = frame.dropna().groupby(["area", "time"], as_index=False)["population"].sum()
    frame = frame.astype({"population": "int64"})
    if frame.empty:
        for area in compared_areas(settings):
            found.add("population-missing", column=area, found="every quarter")
        found.stop_if_refused()
    _doubt(frame, settings, found)
    quarters = frame if unit == "quarter" else _carried(frame, settings, found)
    ordered = _ordered(quarters.rename(columns={"time": "quarter"}))
    _check_jumps(ordered, found)
    found.stop_if_refused()
    return ordered


def _doubt(frame: pd.DataFrame, settings: StudySettings, found: Findings) -> None:
    """Figures that leave their neighbours and return, and areas that hold others."""
    doubts = Doubts(settings=settings, found=found)
    doubt_population(frame, doubts)
    table = frame.pivot_table(index="area", columns="time", values="population", fill_value=0)
    doubt_areas(table, doubts, what="people")


def _check_jumps(people: pd.DataFrame, found: Findings) -> None:
    """Refuse figures of which one of two neighbours must be wrong, such as a digit too many."""
    for area, own in people.groupby("area"):
        change = own["population"] / own["population"].shift()
        jumps = own[(change > LARGEST_CHANGE) | (change < 1 / LARGEST_CHANGE)]
        if len(jumps):
            there = own.set_index("quarter")["population"]
            said = [
                f"{one} after {there.shift()[one]:.0f}: {there[one]}" for one in jumps["quarter"]
            ]
            found.add("population-jump", column=str(area), found=listed(said, limit=2))


def _check_rows(raw: RawTable, frame: pd.DataFrame, found: Findings) -> None:
    used = frame["area"].notna()
    repeated = frame.duplicated(["delivered", "time"], keep=False) & used
    for key, rows in frame[repeated].groupby(["delivered", "time"]):
        counts = listed(rows["population"].tolist())
        same = rows["population"].nunique() == 1
        found.add("duplicate-row" if same else "duplicate-cell",
                  place=raw.where(rows.index.to_numpy()),
                  found=f"{key[0]}, {key[1]}: {counts}")  # fmt: skip
    zero = ((frame["population"] == 0) & used).to_numpy()
    if zero.any():
        found.add(
            "population-zero", place=raw.where(zero), column=raw.heading("population"), found="0"
        )


def _carried(frame: pd.DataFrame, settings: StudySettings, found: Findings) -> pd.DataFrame:
    quarters = pd.DataFrame({"quarter": settings.quarters})
    quarters["time"] = quarters["quarter"].str[:4].astype(int)
    first = int(frame["time"].min())
    if settings.data.population.carry_back and (quarters["time"] < first).any():
        found.add("population-carried-back", found=f"{first} for the years before it")
        quarters["time"] = quarters["time"].clip(lower=first)
    carried = quarters.merge(frame, on="time")
    return carried[["area", "quarter", "population"]]


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    order = frame.assign(number=frame["quarter"].map(quarter_number))
    return order.sort_values(["area", "number"], ignore_index=True)[
        ["area", "quarter", "population"]
    ]


def check_population_complete(
    population: pd.DataFrame, settings: StudySettings, quarters: tuple[str, ...], found: Findings
) -> None:
    """Refuse areas of the comparison that lack a population in a quarter that is counted."""
    there = population.groupby("area")["quarter"].agg(set).to_dict()
    areas = settings.areas
    for area in (*areas.with_effort, *areas.comparison, *areas.adjacent):
        lacking = [one for one in quarters if one not in there.get(area, set())]
        if lacking:
            found.add("population-missing", column=area, found=listed(lacking, limit=4))
