"""The parties' quarterly returns, and what residents and local actors raised."""

from __future__ import annotations

import pandas as pd

from tingbjerg_eval.data.areas import area_names, read_areas
from tingbjerg_eval.data.coverage import by_year
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.raw import RawTable
from tingbjerg_eval.data.parsing import (
    decimal_number,
    parse_columns,
    period,
    whole_number,
    words,
)
from tingbjerg_eval.data.repeated import refuse_repeated
from tingbjerg_eval.data.text_rules import note_quarter_forms, number_form
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.study.settings import StudySettings


def clean_activities(raw: RawTable, settings: StudySettings, found: Findings) -> pd.DataFrame:
    """``measure, quarter, planned, delivered, spent_dkk``, one row per measure and quarter.

    Of a study in years a return may be of a year, or of each of its quarters.
    """
    number = decimal_number(number_form(given(settings.data.activities), raw))
    readers = {"measure": words, "quarter": period(years=settings.in_years, quarters=True),
               "planned": number, "delivered": number, "spent_dkk": number}  # fmt: skip
    frame = parse_columns(raw, readers, found)
    refuse_repeated(raw, frame, ["measure", "quarter"], found, value=None)
    note_quarter_forms(raw, "quarter", found)
    found.stop_if_refused()
    numbers = dict.fromkeys(("planned", "delivered", "spent_dkk"), float)
    years = by_year(frame.astype(numbers), settings, dict.fromkeys(numbers, "sum"))
    return _ordered(years, ["measure"])


def clean_consultation(raw: RawTable, settings: StudySettings, found: Findings) -> pd.DataFrame:
    """``quarter, source, theme, area, mentions``, one row per theme raised by a source."""
    source = given(settings.data.consultation)
    form = number_form(source, raw)
    readers = {"quarter": period(years=settings.in_years, quarters=True), "source": words,
               "theme": words, "mentions": whole_number(form)}  # fmt: skip
    frame = parse_columns(raw, readers, found)
    areas = read_areas(raw, area_names(settings, source), found)
    frame = frame.assign(area=areas)[["quarter", "source", "theme", "area", "mentions"]]
    refuse_repeated(raw, frame, ["quarter", "source", "theme", "area"], found, value=None)
    note_quarter_forms(raw, "quarter", found)
    found.stop_if_refused()
    kept = frame[frame["area"].notna()].astype({"mentions": "int64"})
    years = by_year(kept, settings, {"mentions": "sum"}, whole=False)
    return _ordered(years, ["source", "theme", "area"])


def _ordered(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    order = frame.assign(number=frame["quarter"].map(quarter_number))
    return order.sort_values(["number", *keys], ignore_index=True).drop(columns="number")
