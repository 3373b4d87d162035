"""A line of ``study.yaml`` that a message advises mends what it was said of, to the letter."""

from __future__ import annotations

import re

import pytest
from bad_inputs import CASES
from tiny import Tiny

from tingbjerg_eval.inputs.catalogue import catalogue

LINE = re.compile(r'\b[Ww]rite (\w+): (\[.*?\]|\{.*?\}|"[^"]*"|[^\s.,;]+)')
"""A key of a delivery with its value."""
OTHER_KEYS = {"gaps", "explained", "area_names", "total", "sheet", "footer_from"}
"""Followed in ``doubts/test_advice.py``; or the value is the reader's to say (``with ...``)."""
CONDITIONAL = {"case-twice", "cells-merged", "not-a-year", "population-missing"}
"""Advised with an "if" that the bad input does not meet."""


def advised(code: str) -> bool:
    line = LINE.search(catalogue().get(code, {}).get("mend", ""))
    literal = line is not None and line[1] not in OTHER_KEYS and line[2] != "with"
    return literal and code not in CONDITIONAL


FOLLOWED = {one.code: one for one in reversed(CASES) if advised(one.code) and not one.note}


def with_line(tiny: Tiny, file: str, key: str, value: str) -> Tiny:
    """``key: value`` in the table that ``file`` is of, in place of what it said before."""
    start = tiny.study.index(f"    file: {file}\n")
    body = re.match(r"(    .*\n)+", tiny.study[start:])[0]
    others = re.sub(rf"^    {key}: .*\n", "", body, flags=re.M)
    tiny.study = tiny.study.replace(body, f"{others}    {key}: {value}\n", 1)
    return tiny


@pytest.mark.parametrize("code", sorted(FOLLOWED))
def test_the_line_that_is_advised_mends_it(code, tmp_path):
    change = FOLLOWED[code].change
    problem = next(one for one in change(Tiny()).check(tmp_path / "a").problems if one.code == code)
    key, value = LINE.search(problem.mend).groups()
    after = with_line(change(Tiny()), problem.file, key, value).check(tmp_path / "b")
    assert code not in [one.code for one in after.problems]


def test_a_blank_name_below_a_written_one_is_filled_down_as_advised(tmp_path):
    def blank() -> Tiny:
        return Tiny().text("population.csv", "\nTingbjerg;2009K2;", "\n;2009K2;")

    problem = next(one for one in blank().check(tmp_path / "a").problems)
    assert "write fill_down: with the heading as a list" in problem.mend
    after = with_line(blank(), problem.file, "fill_down", f"[{problem.column}]")
    assert after.check(tmp_path / "b").exit_code == 0
