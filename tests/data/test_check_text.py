"""What ``tingbjerg check`` prints: what is to be mended stands last, long lists are folded."""

import pandas as pd

from tingbjerg_eval.data.check_text import FOLDED, check_text
from tingbjerg_eval.inputs.problems import Problem

PROBLEM = Problem(code="area-unknown", file="people.csv", found="'Nowhere'", wanted="an area")
NOTE = Problem(code="preliminary", file="people.csv", found="2012K4", note=True)


def test_problems_stand_last_and_a_long_table_is_folded():
    cells = pd.DataFrame({"area": [f"area {number}" for number in range(50)]})
    lines = check_text([PROBLEM], [NOTE], cells).splitlines()
    places = [next(at for at, line in enumerate(lines) if text in line)
              for text in ("Cells that differ", "[preliminary]", "[area-unknown]")]  # fmt: skip
    assert places == sorted(places)
    assert len(lines) - places[-1] < 5
    assert sum(line.startswith("│ area ") for line in lines) == FOLDED
    assert any("... and 40 more" in line for line in lines)


def test_a_delivery_without_problems_ends_with_those_words():
    assert check_text([], [NOTE]).endswith("No problems.")
