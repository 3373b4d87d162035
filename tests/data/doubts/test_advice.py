"""What a message advises works when it is followed to the letter; the page for the supplier."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from made import Made
from spoilt import SPOILT, settings

from tingbjerg_eval.inputs.catalogue import catalogue, sentence
from tingbjerg_eval.run.check import check_all

ADVICE = re.compile(r"write ((?:gaps|explained): \[\{.*?\}\])")
ADVISED = [
    one
    for one in SPOILT
    if re.search("write (gaps|explained)", catalogue()[one.code].get("mend", ""))
]


@pytest.mark.parametrize("spoilt", ADVISED, ids=lambda one: one.code)
def test_the_line_that_is_advised_is_read_and_makes_a_note_of_the_doubt(spoilt, tmp_path):
    before = spoilt.change(Made()).check(tmp_path / "before", counted=spoilt.counted)
    lines = {ADVICE.search(one.mend)[1] for one in before.problems if one.code == spoilt.code}
    made = settings(more=_joined(lines))(spoilt.change(Made()))
    after = made.check(tmp_path / "after", counted=spoilt.counted)
    assert spoilt.code not in [one.code for one in after.problems]
    assert {"gap-declared", "doubt-explained"} & {one.code for one in after.notes} or (
        spoilt.code.startswith("gap-")
    )


def _joined(lines: set[str]) -> str:
    """Several lines of one key as one list."""
    entries: dict[str, list[str]] = {}
    for line in sorted(lines):
        key, _, rest = line.partition(": ")
        entries.setdefault(key, []).append(rest.strip("[]"))
    return "".join(f"{key}: [{', '.join(items)}]\n" for key, items in entries.items())


def test_the_suppliers_page_has_area_quarter_and_figures(tmp_path):
    made = Made()
    for quarter in ("2011K2", "2011K3"):
        made.counts |= {("Vestby", quarter, code): 0 for code in ("1320", "1390")}
    page = made.check(tmp_path, counted=True).questions()
    assert page.startswith("Spørg leverandøren\n\npoliti.csv\n- Vestby, 2011K2-2011K3: 0 ")
    assert page.count("\n- ") == 1


def test_a_clean_delivery_leaves_nothing_to_ask(tmp_path):
    assert "intet" in Made().check(tmp_path, counted=True).questions()


def test_every_question_is_asked_in_danish_with_the_same_fields():
    for code, words in catalogue().items():
        if "ask" in words:
            danish = sentence(code, "ask", "da")
            assert danish != words["ask"], code
            fields = re.findall(r"\{(\w+)\}", words["ask"])
            assert set(re.findall(r"\{(\w+)\}", danish)) == set(fields), code


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("title: Lavet", "title: Lavet 👮", "sign-not-in-font"),
        ("title: Lavet", "title: 名", "sign-not-in-font"),
        ("  burglary:", '  "../x":', "name-unusable"),
        ("  burglary:", f"  {'x' * 300}:", "name-unusable"),
    ],
)
def test_what_no_report_could_show_is_refused_by_check(old, new, code, tmp_path):
    path = Made().write(tmp_path, counted=True)
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    said = {one.code: one for one in check_all(path).problems}
    assert said[code].place.startswith("line ")


def test_dollars_and_danish_letters_are_shown(tmp_path):
    path = Made().write(tmp_path, counted=True)
    path.write_text(path.read_text("utf-8").replace("Lavet", "Pris $x_1$ – æøå ÆØÅ é", 1), "utf-8")
    assert check_all(path).exit_code == 0
