"""Every problem is in the catalogue, in the documentation and in a test."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name("doubts")))

from bad_inputs import CASES
from spoilt import SPOILT

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.inputs.catalogue import catalogue, said, sentence
from tingbjerg_eval.inputs.problems import Problem

ROOT = Path(__file__).parents[2]
SQL_SERVER_AND_RIGHTS = {"database-table", "database-query"}
SAID_ELSEWHERE = {"sign-not-in-font", "theme-unknown", "delivery-unmatched"}
"""Whoever knows the report's font, the themes of the strategy, or what a new study needs."""


def test_every_code_of_the_catalogue_has_a_bad_input_of_its_own():
    tested = {one.code for one in (*CASES, *SPOILT)}
    assert set(catalogue()) - tested == SQL_SERVER_AND_RIGHTS | SAID_ELSEWHERE


def test_every_code_that_the_package_uses_is_in_the_catalogue():
    used = set()
    for path in (ROOT / "tingbjerg_eval" / "data").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'(?:add|refuse|Rejected)\(\s*"([a-z0-9-]+)"', text))
    assert used <= set(catalogue())


def test_the_documentation_explains_every_code_as_the_catalogue_does():
    text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    for code, words in catalogue().items():
        letter = "A" if words["kind"] == "note" else "E"
        assert f"| `{code}` | {letter} | {words['meaning']} |" in text


def test_a_refusal_says_what_is_wanted_and_how_to_mend_it():
    for code, words in catalogue().items():
        assert words["meaning"].endswith((".", "?")), code
        if words["kind"] == "refused":
            assert words["wanted"], code
            assert words["mend"], code


def test_long_and_unprintable_values_are_shortened_in_messages():
    found = Findings(file="x.csv")
    found.add("not-a-number", found="a\x1b[31m\n" + "b" * 1000)
    assert "\x1b" not in str(found.items[0])
    assert len(str(found.items[0])) < 400


def test_a_refusal_prints_the_first_fifty():
    from tingbjerg_eval.inputs.problems import InputRefused

    found = Findings(file="x.csv")
    for line in range(60):
        found.add("not-a-number", place=f"line {line}")
    refused = InputRefused(found.problems)
    assert len(refused.problems) == 60
    assert str(refused).endswith("... and 10 more")


FIELD = re.compile(r"\{(\w+)(?:!r)?\}")


def test_every_problem_and_note_is_said_in_danish_with_the_same_fields():
    for code, words in catalogue().items():
        for part in ("meaning",) if words["kind"] == "note" else ("wanted", "mend"):
            danish = sentence(code, part, "da")
            fields = set(FIELD.findall(words[part])) - {"wanted"}
            assert set(FIELD.findall(danish)) == fields, (code, part)
            assert danish != words[part] or not re.search("[a-z]{4}", danish) or "{" in danish, code


def test_what_was_found_is_said_in_danish_with_the_same_fields():
    alike = {"gap-declared", "area-ignored", "running-total", "rows-equal", "doubt-explained"}
    for code in {one for one, words in catalogue().items() if "found" in words} - alike:
        english, danish = catalogue()[code]["found"], sentence(code, "found", "da")
        assert danish != english, code
        assert set(FIELD.findall(danish)) == set(FIELD.findall(english)), code


def test_a_check_in_danish_says_what_was_found_with_danish_words_and_marks():
    found = Findings(file="x.csv")
    fields = {"first": "2011K1", "last": "2011K2", "count": "0", "expected": "60"}
    found.add("weekdays-missing", **fields, days="Sunday")
    found.add("day-piled", days="2011-01-01: 90 and 3 more", usual="2.5")
    found.add("days-early", found=None, share="60.1", count="9", usual="40.7")
    missing, piled, withheld = found.items
    assert said(missing, "found", "da").startswith("søndag, 2011K1 til 2011K2: 0 anmeldelser")
    assert said(piled, "found", "da") == "2011-01-01: 90 og 3 til; normalt 2,5 om dagen"
    assert said(piled, "found", "en") == piled.found
    assert said(withheld, "found", "da") == ""


def test_a_check_in_danish_says_the_nearest_name_in_danish():
    found = Findings(file="x.csv")
    found.add("area-unknown", found="'Nrd'", near="The nearest area is 'Nord'. ")
    assert said(found.items[0], "mend", "da").startswith("Nærmest er 'Nord'. Ret navnet")
    assert said(found.items[0], "mend", "en").startswith("The nearest area is 'Nord'. Correct it")


def test_a_problem_of_another_catalogue_is_said_as_it_is():
    other = Problem(code="unknown-key", file="study.yaml", wanted="one of a, b", mend="Correct.")
    assert said(other, "mend", "da") == "Correct."


def test_what_a_rule_says_without_the_catalogues_fields_is_said_as_it_is():
    found = Findings(file="x.csv")
    found.add("quarter-partial", found="2022K1")
    assert said(found.items[0], "found", "da") == "2022K1"
