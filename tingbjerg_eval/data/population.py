"""Inhabitants of every area in every quarter."""

from __future__ import annotations

import pandas as pd

from tingbjerg_eval.data.areas import area_names, read_areas
from tingbjerg_eval.data.crosswalk import check_members
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.gaps import compared_areas, crossed
from tingbjerg_eval.data.doubts.jumps import doubt_population
from tingbjerg_eval.data.doubts.parts import doubt_areas, doubt_summed
from tingbjerg_eval.data.formats.findings import Findings, listed, quoted
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.formats.wide import (
    quarters_as_written,
    quarters_of_times,
    years_as_written,
)
from tingbjerg_eval.data.parsing import decimal_number, parse_column, period
from tingbjerg_eval.data.repeated import refuse_repeated, without_totals
from tingbjerg_eval.data.text_rules import note_quarter_forms, number_form
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import PopulationSource

THREE_DECIMALS = r"\d{1,3}[.,]\d{3}"
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
    yearly = "quarter" not in raw.frame
    unit = "year" if yearly else "quarter"
    areas = read_areas(raw, area_names(settings, source, pairs), found)
    figures = parse_column(raw, "population", decimal_number(number_form(source, raw)), found)
    frame = pd.DataFrame(
        {
            "area": areas,
            "delivered": raw.frame["area"].map(plain_text),
            "time": parse_column(raw, unit, period(years=yearly, quarters=not yearly), found),
            "month": raw.frame.get("time", ""),
            "population": figures,
        }
    )
    frame = pd.concat([frame, raw.frame[source.sum_over].map(plain_text)], axis=1)
    if not yearly:
        note_quarter_forms(raw, "quarter", found)
    found.stop_if_refused()
    _check_decimals(raw, frame["population"], found)
    by = ["time", "month", *source.sum_over]
    raw, frame = without_totals(raw, frame, source, found, value="population", keys=by)
    _check_rows(raw, frame, by, found)
    check_members(frame, pairs or {}, "time", found)
    doubt_summed(frame, ["area", *by[:2]], source.sum_over, found, value="population")
    found.stop_if_refused()
    frame = _whole(frame.dropna(), found)
    if frame.empty:
        for area in compared_areas(settings):
            found.add("population-missing", column=area, found="every quarter")
        found.stop_if_refused()
    _doubt(frame, settings, found)
    quarters = _carried(frame, settings, found) if yearly else frame
    ordered = _ordered(quarters.rename(columns={"time": "quarter"}))
    _check_jumps(ordered, found)
    found.stop_if_refused()
    return ordered


def population_times(raw: RawTable, source: PopulationSource, found: Findings) -> RawTable:
    """``raw`` with ``quarter`` or ``year`` from how the delivery says its times."""
    if "time" in raw.frame:
        if all(len(one) == 4 for one in raw.frame["time"]):
            return raw.with_frame(raw.frame.rename(columns={"time": "year"}))
        return quarters_of_times(raw, found)
    if source.time and "quarter" in raw.frame:
        return quarters_as_written(raw, source.time, found)
    if source.time and "year" in raw.frame:
        return years_as_written(raw, source.time, found)
    return raw


def _whole(frame: pd.DataFrame, found: Findings) -> pd.DataFrame:
    """Inhabitants by area and time; of months the mean, and averages as whole inhabitants."""
    months = frame.groupby(["area", "time", "month"], as_index=False)["population"].sum()
    people = months.groupby(["area", "time"], as_index=False)["population"].mean()
    if (months["month"].str[4:5] == "M").any():
        found.add("population-months", column="population", found=months["month"].iloc[0])
    elif (people["population"] % 1 != 0).any():
        found.add("population-averages", column="population",
                  found=f"{people['population'].iloc[0]:g}")  # fmt: skip
    return people.assign(population=(people["population"] + 0.5).astype("int64"))


def _check_decimals(raw: RawTable, figures: pd.Series, found: Findings) -> None:
    """Refuse figures of which each has three decimals: a thousands mark was taken for decimals."""
    broken = (figures % 1 != 0).to_numpy()
    texts = raw.frame["population"]
    marked = texts[texts.str.contains("[.,]")]
    if raw.typed or not broken.any() or not marked.str.fullmatch(THREE_DECIMALS).all():
        return
    found.refuse("thousands-as-decimals", place=raw.where(broken),
                 column=raw.heading("population"), found=quoted(str(marked.iloc[0])))  # fmt: skip


def _doubt(frame: pd.DataFrame, settings: StudySettings, found: Findings) -> None:
    """Figures that leave their neighbours and return, and areas that hold others."""
    doubts = Doubts(settings=settings, found=found)
    doubt_population(frame, doubts)
    doubt_areas(crossed(frame, "area", ["time"], value="population"), doubts, what="people")


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


def _check_rows(raw: RawTable, frame: pd.DataFrame, by: list[str], found: Findings) -> None:
    used = frame["area"].notna()
    refuse_repeated(raw, frame[used], ["delivered", *by], found, value="population")
    zero = ((frame["population"] == 0) & used).to_numpy()
    if zero.any():
        found.add(
            "population-zero", place=raw.where(zero), column=raw.heading("population"), found="0"
        )


def _carried(frame: pd.DataFrame, settings: StudySettings, found: Findings) -> pd.DataFrame:
    quarters = pd.DataFrame({"quarter": settings.quarters})
    quarters["time"] = quarters["quarter"].str[:4]
    first, early = frame["time"].min(), quarters["time"] < frame["time"].min()
    if settings.data.population.carry_back and early.any():
        found.add("population-carried-back", found=f"{first} for the years before it")
        quarters["time"] = quarters["time"].mask(early, first)
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
