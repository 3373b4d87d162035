"""A file that cannot be read is met with the lines that would read it, where one reading fits."""

from __future__ import annotations

import pytest
import yaml
from test_layouts import cells, counted, csv, excel, first_days, monthly, title_and_notes
from tiny import Tiny

from tingbjerg_eval.data.check_text import proposed_lines
from tingbjerg_eval.study.settings_file import read_settings

DECLARED = ("header_line", "footer_from", "time", "separator", "encoding")


def undeclared(tiny: Tiny) -> Tiny:
    """The layout without the lines that make it readable."""
    lines = tiny.study.split("\n")
    start, end = lines.index("  incidents:"), lines.index("  population:")
    kept = [
        one for number, one in enumerate(lines)
        if not (start < number < end and one.strip().startswith(DECLARED))
    ]  # fmt: skip
    tiny.study = "\n".join(kept)
    return tiny


def other_separator() -> Tiny:
    return counted(csv(cells()).replace(b";", b"|"), "encoding: utf-8")


def other_encoding() -> Tiny:
    return counted(csv(cells()).decode().encode("cp1252"), "sheet: x").setting("    sheet: x\n", "")


def months() -> Tiny:
    frame = monthly()
    frame["Kvartal"] = frame["Nummer"].map("{:02d}".format) + "/" + frame["Aar"]
    return counted(csv(frame[["Område", "Kvartal", "Gerningskode", "Antal"]]), "encoding: utf-8")


def workbook_as_csv() -> Tiny:
    return counted(excel(cells()), "encoding: utf-8")


def unnamed_areas() -> Tiny:
    text = csv(cells()).decode().replace("Område;", " ;", 1)
    return counted(text.encode(), "encoding: utf-8")


@pytest.mark.parametrize(
    "layout",
    [title_and_notes, first_days, months, other_separator, other_encoding, workbook_as_csv,
     unnamed_areas],
    ids=lambda one: one.__name__,
)  # fmt: skip
def test_what_is_proposed_reads_the_file(layout, tmp_path):
    """The advice is followed to the letter: its lines are put into study.yaml."""
    tiny = undeclared(layout())
    before = tiny.check(tmp_path / "before")
    assert before.problems
    lines = proposed_lines(before.proposed)
    assert lines[0] == "Proposed for study.yaml, under data.incidents:"
    change = yaml.safe_load("\n".join(lines[1:]))
    data = yaml.load(tiny.study, Loader=yaml.BaseLoader)
    incidents = data["data"]["incidents"]
    columns = incidents["columns"] | change.pop("columns", {})
    incidents |= change | {"columns": columns}
    tiny.study = yaml.safe_dump(data, allow_unicode=True)
    after = tiny.check(tmp_path / "after")
    assert [one.code for one in after.problems] == []
    assert read_settings(tmp_path / "after" / "study.yaml").data.incidents


def test_dates_that_two_orders_fit_are_not_guessed(tmp_path):
    """All days are up to the twelfth: nothing says which number is the month."""
    tiny = Tiny()
    text = "Område;Gerningsdato;Gerningskode;Journalnummer\nTingbjerg;03/04/2009;1320;J1\n"
    assert tiny.raw("reports.csv", text.encode()).check(tmp_path).proposed == {}
