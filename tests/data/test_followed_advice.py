"""A line of ``study.yaml`` that a message advises mends what it was said of, to the letter."""

from __future__ import annotations

import re
from collections.abc import Callable

import bad_files as bad
import pytest
from bad_inputs import CASES
from openpyxl import Workbook
from tiny import AREAS, Tiny

from tingbjerg_eval.inputs.catalogue import catalogue

Change = Callable[[Tiny], Tiny]
LINE = re.compile(r'\b[Ww]rite (\w+): (\[.*?\]|\{.*?\}|"[^"]*"|[^\s.,;]+)')
"""A key of a delivery with its value."""
OTHER_KEYS = {"gaps", "explained", "area_names", "total", "sheet", "footer_from"}
"""Followed in ``doubts/test_advice.py``; or the value is the reader's to say (``with ...``)."""


def advised(code: str) -> bool:
    words = catalogue().get(code, {"kind": "rule"})
    line = None if words["kind"] == "rule" else LINE.search(words.get("mend", ""))
    return line is not None and line[1] not in OTHER_KEYS and line[2] != "with"


def two_lines_of_headings(tiny: Tiny) -> Tiny:
    """The population wide in Excel, the quarters merged under their year."""

    def widened(book: Workbook) -> None:
        sheet = book.active
        sheet.delete_rows(1, sheet.max_row)
        sheet.append(["Område", *(one for year in (2009, 2010) for one in (year, "", "", ""))])
        sheet.append(["", *(f"K{part}" for _ in (2009, 2010) for part in (1, 2, 3, 4))])
        for area in AREAS:
            sheet.append([area, *[1000 + 10 * AREAS.index(area)] * 8])
        for cells in ("B1:E1", "F1:I1"):
            sheet.merge_cells(cells)

    return bad.as_excel(tiny, widened).setting(
        "{area: Område, quarter: Kvartal, population: Folketal}",
        '{area: Område}\n    wide: {pattern: "{year} K{quarter}"}',
    )


def people_of(rows: str, time: str) -> Change:
    """The population table as ``rows`` for each area; its times in the column that is mapped."""
    text = "".join(rows.format(area=area) for area in AREAS)
    return lambda tiny: tiny.raw("population.csv", f"Område;Tid;Folketal\n{text}".encode()).setting(
        "quarter: Kvartal, population", f"{time}: Tid, population"
    )


WHERE_IT_HOLDS: dict[str, Change] = {
    "case-twice": lambda tiny: tiny.raw(
        "reports.csv", tiny.files["reports.csv"] + b"Tingbjerg;02-01-2009;1320;J-0001\n"
    ),
    "cells-merged": two_lines_of_headings,
    "not-a-year": people_of("{area};2009-01-01;1000\n{area};2010-01-01;1010\n", "year"),
    "population-missing": people_of("{area};2010;1000\n", "year"),
}
"""Deliveries of which an advice with a condition is right."""
FOLLOWED = {one.code: one.change for one in reversed(CASES) if advised(one.code) and not one.note}
FOLLOWED |= WHERE_IT_HOLDS


def with_line(tiny: Tiny, file: str, key: str, value: str) -> Tiny:
    """``key: value`` in the table that ``file`` is of, in place of what it said before."""
    start = tiny.study.index(f"    file: {file}\n")
    body = re.match(r"(    .*\n)+", tiny.study[start:])[0]
    others = re.sub(rf"^    {key}: .*\n", "", body, flags=re.M)
    tiny.study = tiny.study.replace(body, f"{others}    {key}: {value}\n", 1)
    return tiny


@pytest.mark.parametrize("code", sorted(FOLLOWED))
def test_the_line_that_is_advised_mends_it(code, tmp_path):
    change = FOLLOWED[code]
    problem = next(one for one in change(Tiny()).check(tmp_path / "a").problems if one.code == code)
    key, value = LINE.search(problem.mend).groups()
    after = with_line(change(Tiny()), problem.file, key, value).check(tmp_path / "b")
    assert code not in [one.code for one in after.problems]
    assert code not in WHERE_IT_HOLDS or not after.problems


def test_a_blank_name_below_a_written_one_is_filled_down_as_advised(tmp_path):
    def blank() -> Tiny:
        return Tiny().text("population.csv", "\nTingbjerg;2009K2;", "\n;2009K2;")

    problem = next(one for one in blank().check(tmp_path / "a").problems)
    assert "write fill_down: with the heading as a list" in problem.mend
    after = with_line(blank(), problem.file, "fill_down", f"[{problem.column}]")
    assert after.check(tmp_path / "b").exit_code == 0
