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


def test_a_refusal_is_said_in_the_studys_language_with_its_code():
    from tingbjerg_eval.inputs.catalogue import refusal, worded
    from tingbjerg_eval.inputs.problems import InputRefused

    refused = InputRefused([worded("period-kinds", file="study.yaml", place="line 3")])
    assert refusal(refused, "en") == str(refused)
    said = refusal(refused, "da")
    assert said.startswith("[period-kinds] study.yaml, linje 3: fundet kvartaler ved siden af år;")
    assert " ventet kvartaler overalt" in said
