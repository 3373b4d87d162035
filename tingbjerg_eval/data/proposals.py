"""Lines of ``study.yaml`` that would read a table that cannot be read, where one reading fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tingbjerg_eval.data.baskets import basket_codes
from tingbjerg_eval.data.formats.delimited import FOOTERS, SEPARATORS
from tingbjerg_eval.data.formats.files import content_kind
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import plain_text
from tingbjerg_eval.data.formats.loading import rows_as_delivered
from tingbjerg_eval.data.parsing import Rejected, day, quarter
from tingbjerg_eval.data.reading import table_problems
from tingbjerg_eval.data.text_rules import time_columns
from tingbjerg_eval.inputs.problems import InputRefused, Problem
from tingbjerg_eval.inputs.validation import Settings
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.sources import IncidentSource, PopulationSource, Source, Wide

Change = dict[str, Any]
FEWEST_TIMES = 4
"""Headings that are times from which a table is taken for wide."""
TIME_COLUMNS = {"quarter", "date", "year"}
LARGEST = 16_000_000
"""Bytes of a file that is read again and again."""
ROUNDS = 10
HEADER_LINES = range(2, 13)
STAGES = (
    {"other-content"},
    {"encoding-undeclared", "encoding-not-utf8", "encoding-is-utf8"},
    {"sheet-unnamed"},
    {"separator-other", "fields-every-row"},
    {"lines-before-header", "cells-merged", "header-none"},
    {"footer", "blank-line", "row-short", "row-long"},
    {"heading-blank", "column-missing", "wide-no-columns", "heading-twice", "header-only",
     "file-empty"},
    {"not-a-quarter", "no-such-quarter", "other-time-unit", "date-for-quarter", "time-pattern",
     "two-digit-year", "not-a-year"},
    {"date-form", "date-impossible", "date-format-missing", "date-format-unusable"},
    {"decimal-comma", "point-undeclared", "space-in-number", "thousands-misplaced",
     "mark-undeclared", "thousands-as-decimals"},
    {"blank-area"},
    {"area-unknown"},
    {"case-twice"},
    {"dimension-undeclared"},
    {"basket-code-absent"},
    {"cell-missing"},
)  # fmt: skip
"""Codes that a line of the mapping can take away, in the order in which a file is read."""
HEADED, COLUMNS = range(2, 6), 6
"""Stages that end with a header in which the mapped columns are, and the stage of those."""
TIMES = (
    "{year}M{month}", "{year}-{month}", "{year}/{month}", "{year}.{month}", "{year} {month}",
    "{month} {year}", "{month}-{year}", "{month}/{year}", "{year}{month}", "{month}. {year}",
    "{year}.{quarter}", "{year}-{quarter}", "{year}/{quarter}", "{year}:{quarter}",
    "{quarter}. kv. {year}", "{quarter}/{year}", "Q{quarter}-{year}", "{year} kvartal {quarter}",
    "kvartal {quarter} {year}", "{year}{quarter}", "{year}-{first_month}-01",
    "01-{first_month}-{year}", "01/{first_month}/{year}", "01.{first_month}.{year}",
    "{month}-{yy}", "{month} {yy}", "{month}/{yy}", "{month}. {yy}", "{yy}K{quarter}",
    "{year}-01-01", "01-01-{year}", "1. januar {year}",
)  # fmt: skip
DAYS = (
    "%d-%m-%Y", "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m-%d-%Y", "%Y/%m/%d",
    "%Y%m%d", "%d%m%Y", "%Y-%m", "%m-%Y", "%Y/%m", "%m/%Y", "%Y%m",
)  # fmt: skip
CLOCKS = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S")
NUMBERS: tuple[Change, ...] = (
    {"decimal": ","}, {"decimal": "."}, {"thousands": "."}, {"thousands": ","}, {"thousands": " "},
    {"decimal": ",", "thousands": "."}, {"decimal": ".", "thousands": ","},
    {"decimal": ",", "thousands": " "}, {"marks": ["*"]}, {"decimal": None, "thousands": "."},
    {"decimal": None, "thousands": ","},
)  # fmt: skip
FORMATS = {"xlsx": "excel", "spss": "spss", "stata": "stata", "parquet": "parquet",
           "json": "jsonstat", "text": "csv", "gzip": "csv"}  # fmt: skip


def proposals(
    settings: StudySettings, folder: Path, problems: Iterable[Problem]
) -> dict[str, Change]:
    """For each table that is refused for its form, the keys that would read it.

    Every change is tried on the whole file; one is proposed where no other of its kind takes the
    same problem away. A table of which nothing can be said has no entry. Reports that were
    delivered by year take the study's ``periods`` along.
    """
    if any(one.code == "yearly-only" for one in problems):
        return _in_years(settings, folder)
    files = {one.file for one in problems if _stage(one.code) is not None}
    return {
        table: change
        for table, source in settings.data.tables().items()
        if source.name in files and (change := _proposed(settings, folder, table))
    }


def _in_years(settings: StudySettings, folder: Path) -> dict[str, Change]:
    """The study in years, where its reports are read then."""
    years = settings.counted_by("2000")
    columns = _mapped(settings.data.incidents)
    columns = _without(columns, {"quarter"}) | {"year": columns.get("quarter", columns.get("year"))}
    change: Change = {"columns": columns}
    if table_problems(_with(years, "incidents", change), folder, "incidents"):
        return {}
    return {"periods": years.periods.model_dump(include={"baseline", "period"}),
            "incidents": change}  # fmt: skip


def _proposed(settings: StudySettings, folder: Path, table: str) -> Change:
    source: Source = getattr(settings.data, table)
    path = folder / settings.data.folder / str(source.file)
    if not path.is_file() or path.stat().st_size > LARGEST:
        return {}
    whole: Change = {}
    for _ in range(ROUNDS):
        found = table_problems(_with(settings, table, whole), folder, table)
        stages = [stage for one in found if (stage := _stage(one.code)) is not None]
        if not stages:
            return whole
        wrong = [one for one in found if _stage(one.code) == min(stages)]
        fitting = list(_fitting(settings, folder, table, whole, wrong, min(stages), path))
        fitting = [one for one in fitting if not any(_within(other, one) for other in fitting)]
        if len(fitting) != 1:
            return whole
        whole = _joined(whole, fitting[0])
    return whole


def _within(smaller: Change, larger: Change) -> bool:
    return smaller.items() < larger.items()


def _fitting(
    settings: StudySettings, folder: Path, table: str, whole: Change, wrong: list[Problem],
    stage: int, path: Path,
) -> Iterator[Change]:  # fmt: skip
    """The changes after which the file is read beyond ``stage``."""
    now = _with(settings, table, whole)
    for change in _candidates(now, folder, table, wrong, stage, path):
        try:
            tried = _with(settings, table, _joined(whole, change))
        except ValueError:
            continue
        after = table_problems(tried, folder, table)
        left = [rest for one in after if (rest := _stage(one.code)) is not None]
        holes = any(one.code.startswith("gap-") for one in after)
        parted = any(one.code == "months-missing" for one in after)
        if (
            all(rest > stage for rest in left)
            and (stage not in HEADED or COLUMNS not in left)
            and not ("absent" in change and holes)
            and not ("time" in change and parted)
        ):
            yield change


def _candidates(
    settings: StudySettings, folder: Path, table: str, wrong: list[Problem], stage: int, path: Path
) -> Iterable[Change]:
    source: Source = getattr(settings.data, table)
    texts = [text for one in wrong for text in re.findall(r"'([^']*)'", one.found or "")]
    area = source.headings().get("area")
    down: list[Change] = [{"fill_down": [area]}] if area else []
    by_stage: tuple[Callable[[], Iterable[Change]], ...] = (
        lambda: [{"format": FORMATS[kind]}] if (kind := content_kind(path)) in FORMATS else [],
        lambda: [{"encoding": "utf-8"}, {"encoding": "cp1252"}],
        lambda: [{"sheet": one} for one in texts],
        lambda: [{"separator": sign.replace("\t", "\\t")} for sign in SEPARATORS],
        lambda: _headings(wrong, down),
        lambda: _frames(texts, workbook=source.format == "excel"),
        lambda: (*_column_changes(settings, folder, source), *_headers(True)),
        lambda: _quarters_for_years(source, texts) or [
            {"time": one} for one in dict.fromkeys([*TIMES, *map(_time_form, texts)])
            if one and len(time_columns(texts, one)) == len(set(texts))],
        lambda: [{"date_format": one}
                 for one in day_forms(texts or _dates(settings, folder, source))],
        lambda: NUMBERS,
        lambda: down,
        lambda: [{"code_and_text": ["area"]}],
        lambda: [{"count": "cases"}],
        lambda: [{"only": {one.column: value}} for one in wrong
                 if (value := dict(one.fields)["sure"])],
        lambda: [{"code_and_text": ["offence"]}],
        lambda: [{"absent": "zero"}] if _lacks_zeros(settings, folder, source) else [],
    )  # fmt: skip
    return by_stage[stage]()


def _quarters_for_years(source: Source, texts: list[str]) -> list[Change]:
    """The column that is mapped as the year as the quarter, where it holds quarters."""
    columns = _mapped(source)
    try:
        any(map(quarter, texts))
    except Rejected:
        return []
    if not texts or not isinstance(year := columns.get("year"), str):
        return []
    return [{"columns": _without(columns, {"year"}) | {"quarter": year}}]


def _time_form(text: str) -> str:
    """``text`` with its year and its quarter as fields; blank where it has not one of each."""
    rest, years = re.subn(r"(?<!\d)(19|20)\d\d(?!\d)", "{year}", text)
    form, quarters = re.subn(r"[1-4]", "{quarter}", rest)
    return form if years == quarters == 1 else ""


def _dates(settings: StudySettings, folder: Path, source: Source) -> list[str]:
    """The texts of the column of dates."""
    try:
        raw = rows_as_delivered(source, folder / settings.data.folder, Findings(file=source.name))
    except InputRefused:
        return []
    there = [number for number, one in enumerate(raw.frame)
             if plain_text(str(one)) == source.headings().get("date")]  # fmt: skip
    return list(raw.frame.iloc[:, there[0]].unique()) if there else []


def _lacks_zeros(settings: StudySettings, folder: Path, source: Source) -> bool:
    """Whether a delivery in which cells are missing has no zero among those that are there."""
    try:
        raw = rows_as_delivered(source, folder / settings.data.folder, Findings(file=source.name))
    except InputRefused:
        return False
    return isinstance(source, IncidentSource) and not (raw.frame == "0").to_numpy().any()


def _headings(wrong: list[Problem], down: list[Change]) -> list[Change]:
    """Where the headings may stand; the line where the problem has found it."""
    codes = {one.code for one in wrong}
    lines = [re.search(r"\d+", one.place) for one in wrong if one.code == "lines-before-header"]
    said: list[Change] = [{"header_line": int(line[0])} for line in lines if line]
    if "header-none" in codes:
        return [{"header_line": 0}]
    return said or [*_headers(True), *down]


def _frames(texts: list[str], *, workbook: bool) -> list[Change]:
    """Where a table ends, and in a workbook where it begins; ``texts`` stand below it."""
    known = [one for one in FOOTERS
             if not texts or any(text.lower().startswith(one) for text in texts)]  # fmt: skip
    others = [text.split()[0] for text in texts
              if text.strip() and not text.lower().startswith(FOOTERS)]  # fmt: skip
    ends: list[Change] = [{"footer_from": one} for one in (*map(str.capitalize, known), *others)]
    starts = _headers(workbook)
    return [*ends, *starts, *({**start, **end} for start in starts for end in ends[:2])]


def _headers(wanted: bool) -> list[Change]:
    return [{"header_line": line} for line in HEADER_LINES] if wanted else []


def day_forms(texts: list[str]) -> Iterator[str]:
    """The forms of dates in which all ``texts`` are days."""
    for form in (one + clock for one in DAYS for clock in CLOCKS):
        try:
            any(map(day(form), texts))
        except Rejected:
            continue
        yield form


def _column_changes(settings: StudySettings, folder: Path, source: Source) -> Iterator[Change]:
    """Columns by what stands in them or in their headings: areas, baskets' codes, times."""
    try:
        raw = rows_as_delivered(source, folder / settings.data.folder, Findings(file=source.name))
    except InputRefused:
        return
    headings = [plain_text(str(one)) for one in raw.frame.columns]
    codes = [code for own in basket_codes(settings).values() for code in own]
    yield from _wide_changes(source, headings, settings.areas.all, codes)
    known = {"area": set(settings.areas.all), "offence": set(codes)}
    change = {}
    mapped = source.headings()
    for name in known.keys() & mapped.keys():
        there = plain_text(mapped[name])
        if (there and there in headings) or there.isdigit():
            continue
        holding = [
            number for number in range(len(headings))
            if known[name] & set(raw.frame.iloc[:, number].map(plain_text))
        ]  # fmt: skip
        if len(holding) == 1:
            own = headings[holding[0]]
            usable = own and headings.count(own) == 1
            change[name] = own if usable else str(holding[0] + 1)
    if change:
        yield {"columns": _mapped(source) | change}


def _wide_changes(
    source: Source, headings: list[str], areas: Sequence[str], codes: list[str]
) -> Iterator[Change]:
    """Times, areas or offences that are headings, and the columns that are left."""
    columns, figure = _mapped(source), {"count", "population"}
    if source.format == "statbank" or not isinstance(source, IncidentSource | PopulationSource):
        return
    for time in ("{year}K{quarter}", "{year}Q{quarter}", "{year} K{quarter}", *TIMES, "{year}"):
        if len(time_columns(headings, time)) >= FEWEST_TIMES:
            yield {"wide": {"pattern": time}, "columns": _without(columns, figure | TIME_COLUMNS)}
    if set(areas) <= set(headings):
        yield {"wide": {"areas": list(areas)}, "columns": _without(columns, figure | {"area"})}
    if codes and set(codes) <= set(headings):
        kept = _without(columns, figure | {"offence"})
        yield {"wide": {"offences": list(dict.fromkeys(codes))}, "columns": kept}


def _mapped(source: Source) -> dict[str, Any]:
    columns: Settings = source.columns  # type: ignore[attr-defined]
    return {name: one for name, one in columns.model_dump().items() if one is not None}


def _without(columns: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: one for name, one in columns.items() if name not in names}


def _stage(code: str) -> int | None:
    return next((n for n, codes in enumerate(STAGES) if code in codes), None)


def _joined(whole: Change, change: Change) -> Change:
    lists = {
        name: list(dict.fromkeys([*whole[name], *change[name]]))
        for name in ("code_and_text", "fill_down", "marks")
        if name in whole and name in change
    }
    return whole | change | lists


def _with(settings: StudySettings, table: str, change: Change) -> StudySettings:
    """``settings`` whose ``table`` is read with ``change``, and by itself."""
    source: Source = getattr(settings.data, table)
    update = dict(change)
    if "columns" in change:
        update["columns"] = type(source.columns)(**change["columns"])  # type: ignore[attr-defined]
    if "wide" in change:
        update["wide"] = Wide(**change["wide"])
    if table == "incidents":
        update["previous"] = None
    data = settings.data.model_copy(update={table: source.model_copy(update=update)})
    return settings.model_copy(update={"data": data})
