"""Every bad input gets its own code and a message that names file, place, column and remedy.

``python tests/data/test_bad_inputs.py`` writes the messages anew; read the difference before
committing it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bad_inputs import CASES, Case
from remnants import remnants
from tiny import FILES, Tiny

from tingbjerg_eval.data.check import CheckResult

EXPECTED = Path(__file__).with_name("bad_inputs.expected.json")
SIDE_TABLES = ("activities", "consultation", "published")


def checked(case: Case, folder: Path) -> CheckResult:
    tiny = case.change(Tiny())
    for table in SIDE_TABLES:
        if tiny.files[f"{table}.csv"] == FILES[f"{table}.csv"]().encode():
            tiny = without_table(tiny, table)
    with pytest.MonkeyPatch.context() as patch:
        if case.large:
            patch.setattr("tingbjerg_eval.data.incidents.reports.LARGE", 10)
        return tiny.check(folder)


def without_table(tiny: Tiny, table: str) -> Tiny:
    """Without a table that the case leaves alone, to save its reading."""
    start = tiny.study.find(f"  {table}:\n")
    if start >= 0:
        end = start + 1 + tiny.study[start + 1 :].find("\n") + 1
        while tiny.study[end : end + 4] == "    ":
            end = tiny.study.find("\n", end) + 1
        tiny.study = tiny.study[:start] + tiny.study[end:]
    return tiny


def messages(result: CheckResult) -> list[str]:
    return [("note " if item.note else "") + str(item) for item in result.problems + result.notes]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number} {case.name}")
def test_a_bad_input_is_refused_or_noted_by_its_own_code(case, tmp_path):
    result = checked(case, tmp_path)
    items = result.notes if case.note else result.problems
    assert case.code in [item.code for item in items] or not case.code
    assert result.exit_code == (0 if case.note else 2)
    assert list(remnants(result)) == []
    assert messages(result) == json.loads(EXPECTED.read_text(encoding="utf-8"))[case.name]


def test_the_register_is_covered_from_1_to_128():
    there = {case.number for case in CASES}
    said_by_the_methods = {82}  # tests/test_needs.py
    assert set(range(1, 129)) - there == said_by_the_methods


def test_case_names_are_unique():
    assert len({case.name for case in CASES}) == len(CASES)


def test_nothing_of_a_personal_column_is_ever_shown(tmp_path):
    for case in (one for one in CASES if one.code.startswith("personal")):
        said = checked(case, tmp_path / case.name.replace(" ", "-")).to_json()
        assert "withheld" in said or "vises ikke" in said
        for secret in ("010170-1234", "610170-1234", "0101701234", "1017012"):
            assert secret not in said


if __name__ == "__main__":
    found = {}
    for one in CASES:
        with tempfile.TemporaryDirectory() as folder:
            found[one.name] = messages(checked(one, Path(folder)))
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    EXPECTED.write_text(text, encoding="utf-8")
