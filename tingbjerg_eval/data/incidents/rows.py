"""Single reports, one per row, checked and counted where they lie."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

import pandas as pd

from tingbjerg_eval.data.areas import AreaNames, area_names
from tingbjerg_eval.data.baskets import check_offence_list
from tingbjerg_eval.data.coverage import whole_quarters
from tingbjerg_eval.data.formats.findings import Findings, listed, many, quoted
from tingbjerg_eval.data.formats.headings import plain_heading, plain_text
from tingbjerg_eval.data.incidents.engines import DuckEngine, Engine
from tingbjerg_eval.data.incidents.file_queries import FileQueries
from tingbjerg_eval.data.incidents.queries import ReportQueries
from tingbjerg_eval.data.parsing import Rejected, day, is_fixed_width, parse_texts, quarter
from tingbjerg_eval.data.personal import any_cpr, holds_cpr
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource

ISO = "%Y-%m-%d"
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
    _refuse_personal_groups(queries, groups, headings, found)
    cells = _read_groups(queries, groups, area_names(settings, source, pairs), found)
    if "case" in headings:
        _check_cases(queries, outline, found)
    if "registered" in headings and not found.problems:
        _check_registered(queries, groups, source, found)
    found.stop_if_refused()
    return cells


def _queries(engine: Engine, headings: dict[str, str], source: IncidentSource) -> ReportQueries:
    waived = _waived(engine, source)
    if isinstance(engine, DuckEngine):
        return FileQueries(
            engine=engine,
            headings=headings,
            date_format=None,
            waived=waived,
            one_offence=source.one_offence,
        )
    return ReportQueries(
        engine=engine,
        headings=headings,
        date_format=None,
        waived=waived,
        one_offence=source.one_offence,
    )


def _format(queries: ReportQueries, source: IncidentSource, found: Findings) -> str | None:
    """The declared form; days that arrive as days are in ISO form whatever is declared."""
    if "date" not in queries.headings:
        return None
    form = source.date_format
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
    queries: ReportQueries, groups: pd.DataFrame, names: AreaNames, found: Findings
) -> pd.DataFrame:
    source = names.source

    def where(name: str):
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
    months = _quarters(queries, groups, source, found, where)
    _note_blank_areas(cells, source, found, queries)
    counted = pd.DataFrame(
        {
            "area": cells["area"].map(areas),
            "quarter": cells["month"].map(months),
            "offence": cells["offence"].map(offences),
            "count": cells["n"].astype("int64"),
        }
    ).dropna()
    counted = _within_coverage(counted, source, found)
    return counted.groupby(CELL, as_index=False)["count"].sum()


def _offences(texts, source, queries, where, found) -> dict[str, str | None]:
    codes = source.codes.get("offence", {})

    def read(text: str) -> str:
        code = plain_text(text)
        if "offence" in source.code_and_text:
            code = code.split(" ", 1)[0]
        if code == "":
            raise Rejected("blank-offence")
        return code

    column = queries.headings.get("offence", "one_offence")
    read_codes = parse_texts(texts, read, found, column=column, where=where)
    unknown = {code: where(text) for text, code in read_codes.items()
               if code and codes and code not in codes}  # fmt: skip
    check_offence_list(codes, unknown, column, found)
    return read_codes


def _quarters(queries, groups, source: IncidentSource, found: Findings, where) -> dict[str, str]:
    if queries.date_format is None:
        texts = groups.loc[groups["kind"] == "cell", "month"].unique()
        return parse_texts(texts, quarter, found, column=queries.headings["quarter"],
                           where=where("month"))  # fmt: skip
    dates = groups.loc[groups["kind"] == "date", "date"]
    days = parse_texts(sorted(dates.unique()), day(queries.date_format), found,
                       column=queries.headings["date"], where=where("date"))  # fmt: skip
    late = sorted(text for text, one in days.items() if one and one > source.extract_date)
    for text in late[:20]:
        found.add("after-extract", place=where("date")(text), column=queries.headings["date"],
                  found=quoted(text), extract=str(source.extract_date))  # fmt: skip
    return {f"{one:%Y%m}": f"{one.year}K{(one.month + 2) // 3}" for one in days.values() if one}


def _note_blank_areas(cells, source: IncidentSource, found: Findings, queries) -> None:
    blank, rows = int(cells.loc[cells["area"] == "", "n"].sum()), int(cells["n"].sum())
    if not blank:
        return
    share = f"{100 * blank / rows:.1f} % of the reports"
    code = "area-blank" if blank / rows <= source.blank_area_limit else "area-blank-many"
    limit = f"{100 * source.blank_area_limit:g} %"
    found.add(code, column=queries.headings["area"], found=share, limit=limit)


def _within_coverage(
    counted: pd.DataFrame, source: IncidentSource, found: Findings
) -> pd.DataFrame:
    if source.coverage is None:
        return counted
    inside = counted["quarter"].isin(whole_quarters(source.coverage))
    if not inside.all():
        left_out = sorted(counted.loc[~inside, "quarter"].unique())
        found.add("outside-coverage", found="reports in " + listed(left_out))
    return counted[inside]


def _check_cases(queries: ReportQueries, counts: pd.Series, found: Findings) -> None:
    column = queries.headings["case"]
    if counts["cases"] < counts["rows"]:
        found.add("case-blank", column=column, found=many(counts["rows"] - counts["cases"], "row"))
    if counts["different"] == counts["cases"]:
        return
    for repeated in queries.repeated_cases().itertuples():
        place = queries.engine.places(queries.rows_with("case", repeated.case), int(repeated.n))
        code = "case-two-areas" if repeated.areas > 1 else "case-twice"
        found.add(code, place=place, column=column, found=None)


def _check_registered(queries, groups, source: IncidentSource, found: Findings) -> None:
    column = queries.headings["registered"]
    texts = groups.loc[groups["kind"] == "registered", ["registered", "n"]]
    rows = dict(zip(texts["registered"], texts["n"], strict=True))

    def where(text: str) -> str:
        return queries.engine.places(queries.rows_with("registered", text), int(rows[text]))

    written = [text for text in rows if text]
    days = parse_texts(sorted(written), day(queries.date_format), found, column=column, where=where)
    for text, one in days.items():
        if one and one > source.extract_date:
            found.add("after-extract", place=where(text), column=column, found=quoted(text),
                      extract=str(source.extract_date))  # fmt: skip
    early = queries.registered_early()
    if count := queries.early_rows():
        place = queries.engine.places(early, count)
        found.add("registered-early", place=place, column=column, found=many(count, "report"))
