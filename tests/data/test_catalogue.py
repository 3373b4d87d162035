"""Every problem is in the catalogue, in the documentation and in a test."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name("doubts")))

from bad_inputs import CASES
from remnants import english
from spoilt import SPOILT

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.inputs.catalogue import catalogue, said, sentence
from tingbjerg_eval.inputs.problems import Problem

ROOT = Path(__file__).parents[2]
SQL_SERVER_AND_RIGHTS = {"database-table", "database-query"}
SAID_ELSEWHERE = {"sign-not-in-font", "theme-unknown", "delivery-unmatched",
                  "plan-deviates", "plan-deviation-declared", "reports-not-installed"}  # fmt: skip
"""Whoever knows the report's font, the strategy's themes, what a new study needs, the lock."""
OF_TABLES = {code: words for code, words in catalogue().items() if words["kind"] != "rule"}
RULES = {code: words for code, words in catalogue().items() if words["kind"] == "rule"}


def test_every_code_of_the_catalogue_has_a_bad_input_of_its_own():
    tested = {one.code for one in (*CASES, *SPOILT)}
    assert set(OF_TABLES) - tested == SQL_SERVER_AND_RIGHTS | SAID_ELSEWHERE
    texts = [path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py")]
    assert [code for code in RULES if not any(f'"{code}"' in text for text in texts)] == []


def test_every_code_that_the_package_uses_is_in_the_catalogue():
    words = r'(?:\.add|refuse|Rejected|Broken|worded|_problem)\(\s*"([a-z0-9-]+)"'
    used = set()
    for path in (ROOT / "tingbjerg_eval").rglob("*.py"):
        used |= set(re.findall(words, path.read_text(encoding="utf-8")))
    assert used <= set(catalogue())


def test_the_documentation_explains_every_code_as_the_catalogue_does():
    text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    for code, words in OF_TABLES.items():
        letter = "A" if words["kind"] == "note" else "E"
        assert f"| `{code}` | {letter} | {words['meaning']} |" in text
    for code, words in RULES.items():
        assert f"| `{code}` | {words['wanted']} |" in text


def test_a_refusal_says_what_is_wanted_and_how_to_mend_it():
    for code, words in catalogue().items():
        if words["kind"] != "rule":
            assert words["meaning"].endswith((".", "?")), code
        if words["kind"] != "note":
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


TWINS, PHRASES = (
    tomllib.loads((ROOT / "tingbjerg_eval" / "inputs" / name).read_text("utf-8"))
    for name in ("problems.da.toml", "check_page.toml")
)
PHRASES = PHRASES["da"]["values"]
FIELD = re.compile(r"\{(\w+)(?:!r)?\}")


def test_every_problem_and_note_is_said_in_danish_with_the_same_fields():
    for code, words in catalogue().items():
        for part in (
            {*words} - {"kind", "ask"} - ({"mend"} if words["kind"] == "note" else {"meaning"})
        ):
            danish = sentence(code, part, "da")
            fields = set(FIELD.findall(words[part])) - {"wanted", "cause"}
            assert set(FIELD.findall(danish)) == fields, (code, part)
            assert not english(danish), code
            wordless = not re.search("[a-z]{3}", FIELD.sub("", words[part]))
            assert wordless or part in TWINS[code], (code, part)


def test_every_phrase_has_danish_words_and_the_same_fields():
    for phrase, danish in PHRASES.items():
        assert set(FIELD.findall(danish)) == set(FIELD.findall(phrase)), phrase
        assert not english(danish), phrase


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


def option_problems() -> set[str]:
    """What problems that are said where a command's option is read hold as sentences."""
    texts = set()
    for path in (ROOT / "tingbjerg_eval").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                said = {one.arg: one.value for one in node.keywords if one.arg != "code"}
                texts |= {text for one in said.values() if (text := _sentence(one)).count(" ")}
    return texts


def _sentence(node: ast.expr) -> str:
    """A text as it is written, with its open fields filled."""
    if isinstance(node, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "2010K1" for one in node.values)
        return "".join(map(str, parts))
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_what_is_wrong_with_an_option_is_said_in_danish():
    texts = option_problems()
    assert len(texts) > 30
    made_of_words = {"There: 2010K1.", "2010K1 2010K1"}  # of the version that a machine lacks
    kinds = {"a 2010K1 from": "a quarter from"}  # quarter or year
    asked = {text.replace(*pair) for text in texts - made_of_words for pair in kinds.items()}
    items = [Problem(code="of-an-option", file="--only", mend=one) for one in asked]
    assert [one.mend for one in items if said(one, "mend", "da") == one.mend] == []


def test_what_a_rule_says_without_the_catalogues_fields_is_said_as_it_is():
    found = Findings(file="x.csv")
    found.add("quarter-partial", found="2022K1")
    assert said(found.items[0], "found", "da") == "2022K1"
