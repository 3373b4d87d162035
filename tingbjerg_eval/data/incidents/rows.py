"""Single reports, one per row, checked and counted where they lie."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from tingbjerg_eval.data.areas import AreaNames, area_names, check_area_codes
from tingbjerg_eval.data.baskets import check_offence_list, offence_reader
from tingbjerg_eval.data.coverage import whole_quarters
from tingbjerg_eval.data.doubts.copies import doubt_copies, equal_rows
from tingbjerg_eval.data.doubts.day_order import doubt_swapped
from tingbjerg_eval.data.doubts.declared import Doubts
from tingbjerg_eval.data.doubts.reports import doubt_reports
from tingbjerg_eval.data.formats.findings import SHOWN_PLACES, Findings, quoted
from tingbjerg_eval.data.formats.headings import plain_heading, plain_text
from tingbjerg_eval.data.incidents.engines import DuckEngine, Engine
from tingbjerg_eval.data.incidents.file_queries import FileQueries
from tingbjerg_eval.data.incidents.queries import ReportQueries
from tingbjerg_eval.data.parsing import (
    add_texts,
    day,
    is_fixed_width,
    parse_texts,
    quarter,
)
from tingbjerg_eval.data.personal import any_cpr, holds_cpr
from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.inputs.names import many
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

ISO = "%Y-%m-%d"
Where = Callable[[str], str]
"""In words, where a text stands."""
CELL = ["area", "quarter", "offence"]


def count_reports(
    engine: Engine,
    settings: StudySettings,
    source: IncidentSource,
    found: Findings,
    *,
    headings: dict[str, str],
    pairs: dict[str, str] | None = None,
) -> pd.DataFrame:
    """Reports by ``area, quarter, offence``, after every check on the rows.

    ``headings`` maps internal names to the engine's columns, ``pairs`` areas of older boundaries
    to the study's. Personal data is looked for before any value can reach a message.
    """
    queries = _queries(engine, headings, source)
    outline = _outline(queries, found)
    queries = replace(queries, date_format=_format(queries, source, found))
    groups = queries.groups()
    if isinstance(engine, DuckEngine):
        engine.check_headings(set(groups["area"]))
    _refuse_personal_groups(queries, groups, headings, found)
    names = area_names(settings, source, pairs)
    if "area_code" in headings:
        check_area_codes(queries.area_codes(), headings, found)
    rows, days = _read_groups(queries, groups, names, source, found)
    if not found.problems:
        doubt_reports(rows, days, settings, source, found)
        _doubt_order(queries, settings, source, found)
        if "case" not in headings and source == settings.data.incidents:
            _note_copies(queries, settings, source, found)
    cells = _counted(rows, source)
    if "case" in headings:
        _check_cases(queries, outline, found)
    if "registered" in headings and not found.problems:
        _check_registered(queries, groups, source, found)
    found.stop_if_refused()
    return cells


def _queries(engine: Engine, headings: dict[str, str], source: IncidentSource) -> ReportQueries:
    asked: dict[str, Any] = {
        "headings": headings, "date_format": None, "waived": _waived(engine, source),
        "one_offence": source.one_offence,
    }  # fmt: skip
    if isinstance(engine, DuckEngine):
        return FileQueries(engine=engine, **asked)
    return ReportQueries(engine=engine, **asked)


def _format(queries: ReportQueries, source: IncidentSource, found: Findings) -> str | None:
    """The declared form; days that arrive as days are in ISO form whatever is declared."""
    if "date" not in queries.headings:
        return None
    form = source.day_form
    if queries.engine.typed and re.fullmatch(r"\d{4}-\d\d-\d\d", queries.largest("date")):
        form = ISO
    if form is None:
        found.refuse("date-format-missing", column=queries.headings["date"], found="no date_format")
    if not is_fixed_width(form):
        found.refuse("date-format-unusable", column="date_format", found=quoted(form))
    return form


def _outline(queries: ReportQueries, found: Findings) -> pd.Series:
    """Counts of rows and cases, once no column outside the groups holds CPR numbers."""
    names = ("area", "offence", "date", "quarter", "registered")
    grouped = {queries.headings[name] for name in names if name in queries.headings}
    others = [one for one in queries.engine.headings if one not in grouped]
    outline = queries.outline(others)
    if outline["suspicious"]:
        _refuse_personal_values(queries.suspicious(others), queries.waived, found)
        for heading in queries.zeros_lost(others):
            found.add("personal-cpr", column=heading, found=None)
        found.stop_if_refused()
    queries.engine.check_rows(int(outline["rows"]))
    return outline


def _waived(engine: Engine, source: IncidentSource) -> set[str]:
    """The engine's columns whose ten digits are case numbers."""
    allowed = {plain_heading(one) for one in source.not_personal}
    return {one for one in engine.headings if plain_heading(one) in allowed}


def _refuse_personal_values(texts: pd.DataFrame, waived: Container[str], found: Findings) -> None:
    for heading, values in texts.groupby("heading")["text"]:
        if any_cpr(values, separated_only=heading in waived):
            found.add("personal-cpr", column=heading, found=None)
    found.stop_if_refused()


def _refuse_personal_groups(
    queries: ReportQueries, groups: pd.DataFrame, headings: dict[str, str], found: Findings
) -> None:
    for name in ("area", "offence", "date", "quarter", "registered"):
        texts = groups.get("month" if name == "quarter" else name)
        if name in headings and holds_cpr(texts.dropna(), waived=headings[name] in queries.waived):
            found.add("personal-cpr", column=headings[name], found=None)
    found.stop_if_refused()


def _read_groups(
    queries: ReportQueries,
    groups: pd.DataFrame,
    names: AreaNames,
    source: IncidentSource,
    found: Findings,
) -> tuple[pd.DataFrame, dict[dt.date, int]]:
    """Rows by delivered area, month and code, with what each was read as; reports by day."""

    def where(name: str) -> Where:
        def place(text: str) -> str:
            rows = groups.loc[groups["kind"].eq(kind) & groups[name].eq(text), "n"].sum()
            column = "quarter" if name == "month" else name
            return queries.engine.places(queries.rows_with(column, text), int(rows))

        kind = "date" if name == "date" else "cell"
        return place

    cells = groups[groups["kind"] == "cell"]
    areas = names.read(
        sorted(cells["area"].unique()), found, column=queries.headings["area"], where=where("area")
    )
    offences = _offences(
        sorted(cells["offence"].unique()), source, queries, where("offence"), found
    )
    months, days = _quarters(queries, groups, source, found, where)
    rows = pd.DataFrame(
        {
            "delivered": cells["area"].map(plain_text),
            "area": cells["area"].map(areas),
            "month": cells["month"],
            "quarter": cells["month"].map(months),
            "offence": cells["offence"].map(offences),
            "count": cells["n"].astype("int64"),
        }
    )
    return rows, days


def _counted(rows: pd.DataFrame, source: IncidentSource) -> pd.DataFrame:
    kept = rows[[*CELL, "count"]].dropna()
    if source.coverage is not None:
        kept = kept[kept["quarter"].isin(whole_quarters(source.coverage))]
    return kept.groupby(CELL, as_index=False)["count"].sum()


def _doubt_order(
    queries: ReportQueries, settings: StudySettings, source: IncidentSource, found: Findings
) -> None:
    """Dates out of the delivery's own order, where they are dates and in an order."""
    if "%d" in (queries.date_format or "") and source == settings.data.incidents:
        doubt_swapped(queries.ordered_dates(), Doubts(settings=settings, found=found))


def _note_copies(
    queries: ReportQueries, settings: StudySettings, source: IncidentSource, found: Findings
) -> None:
    """Equal rows, where no case number says that they are different reports."""
    names, coverage = queries.headings, source.coverage
    if "date" not in names or coverage is None:
        return
    asked = equal_rows(queries.engine.table, area=names["area"], offence=names.get("offence"))
    days = (coverage.last - coverage.first).days + 1
    doubts = Doubts(settings=settings, found=found)
    doubt_copies(queries.engine.run(asked), days, doubts, column=names["area"])


def _offences(
    texts: Sequence[str], source: IncidentSource, queries: ReportQueries, where: Where,
    found: Findings,
) -> dict[str, str | None]:  # fmt: skip
    codes = source.codes.get("offence", {})
    column = queries.headings.get("offence", "one_offence")
    read_codes = parse_texts(texts, offence_reader(source), found, column=column, where=where)
    texts_of = {code: text for text, code in read_codes.items() if code}
    check_offence_list(codes, texts_of, lambda code: where(texts_of[code]), column, found)
    return read_codes


def _quarters(
    queries: ReportQueries,
    groups: pd.DataFrame,
    source: IncidentSource,
    found: Findings,
    where: Callable[[str], Where],
) -> tuple[dict[str, str], dict[dt.date, int]]:
    if queries.date_format is None:
        texts = groups.loc[groups["kind"] == "cell", "month"].unique()
        return parse_texts(texts, quarter, found, column=queries.headings["quarter"],
                           where=where("month")), {}  # fmt: skip
    dates = groups.loc[groups["kind"] == "date", ["date", "n"]]
    days = parse_texts(sorted(dates["date"].unique()), day(queries.date_format), found,
                       column=queries.headings["date"], where=where("date"))  # fmt: skip
    _refuse_after_extract(days, source, found, queries.headings["date"], where("date"))
    months = {f"{one:%Y%m}": f"{one.year}K{(one.month + 2) // 3}" for one in days.values() if one}
    counts: Counter[dt.date] = Counter()
    for text, number in dates.itertuples(index=False):
        if (one := days[text]) is not None:
            counts[one] += int(number)
    return months, counts


def _refuse_after_extract(
    days: dict[str, Any], source: IncidentSource, found: Findings, column: str, where: Where
) -> None:
    late = sorted(text for text, one in days.items() if one and one > source.drawn)
    add_texts("after-extract", late, found, column=column, where=where, extract=str(source.drawn))


def _check_cases(queries: ReportQueries, counts: pd.Series, found: Findings) -> None:
    column = queries.headings["case"]
    if counts["cases"] < counts["rows"]:
        found.add(
            "case-blank", column=column, found=many(int(counts["rows"] - counts["cases"]), "row")
        )
    if counts["different"] == counts["cases"]:
        return
    places: dict[str, list[str]] = {}
    for repeated in queries.repeated_cases().itertuples():
        code = "case-two-areas" if repeated.areas > 1 else "case-twice"
        own = places.setdefault(code, [])
        if len(own) < SHOWN_PLACES:
            rows = queries.rows_with("case", repeated.case)
            own.append(queries.engine.places(rows, int(repeated.n)))
    for code, own in places.items():
        found.add(code, place="; ".join(own), column=column, found=None)


def _check_registered(
    queries: ReportQueries, groups: pd.DataFrame, source: IncidentSource, found: Findings
) -> None:
    column = queries.headings["registered"]
    texts = groups.loc[groups["kind"] == "registered", ["registered", "n"]]
    rows = dict(zip(texts["registered"], texts["n"], strict=True))

    def where(text: str) -> str:
        return queries.engine.places(queries.rows_with("registered", text), int(rows[text]))

    written = [text for text in rows if text]
    days = parse_texts(sorted(written), day(given(queries.date_format)), found, column=column,
                       where=where)  # fmt: skip
    _refuse_after_extract(days, source, found, column, where)
    early = queries.registered_early()
    if count := queries.early_rows():
        place = queries.engine.places(early, count)
        found.add("registered-early", place=place, column=column, found=many(count, "report"))
