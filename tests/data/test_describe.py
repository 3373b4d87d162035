"""What a file holds is said without anything that may be personal; its mapping reads it."""

from __future__ import annotations

import pytest
import yaml
from click.testing import CliRunner
from test_layouts import LAYOUTS, cells, counted, csv, excel, first_days, json_stat, long_months
from tiny import Tiny

from tingbjerg_eval.data.describe import describe
from tingbjerg_eval.run.cli import cli

READ_BY_ITSELF = (first_days, long_months, json_stat)


def other_form() -> Tiny:
    text = "Anmeldelser\n" + csv(cells()).decode().replace(";", "|") + "Kilde: Politiet\n"
    return counted(text.encode("cp1252"), "encoding: utf-8")


def wide_of_two_lines() -> Tiny:
    import io

    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    times = list(dict.fromkeys(cells()["Kvartal"]))
    wide = cells().pivot(index=["Område", "Gerningskode"], columns="Kvartal", values="Antal")
    sheet.append([None, None, *(time[:4] if time[5] == "1" else None for time in times)])
    sheet.append(["Område", "Gerningskode", *(time[4:] for time in times)])
    sheet.merge_cells(start_row=1, end_row=1, start_column=3, end_column=6)
    for key, row in wide.iterrows():
        sheet.append([*key, *(int(row[time]) for time in times)])
    data = io.BytesIO()
    book.save(data)
    return counted(data.getvalue(), "format: excel", file="counted.xlsx")


@pytest.mark.parametrize(
    "layout", [*READ_BY_ITSELF, other_form, wide_of_two_lines], ids=lambda one: one.__name__
)
def test_the_first_mapping_reads_the_file(layout, tmp_path):
    tiny = layout()
    file = next(name for name in tiny.files if name.startswith("counted") and name in tiny.study)
    path = tmp_path / file
    path.write_bytes(tiny.files[file])
    told = CliRunner().invoke(cli, ["describe", str(path)])
    assert told.exit_code == 0, told.output
    lines = told.output[told.output.index("  incidents:\n") :]
    data = yaml.load(tiny.study, Loader=yaml.BaseLoader)
    mapping = yaml.load(lines, Loader=yaml.BaseLoader)["incidents"]
    data["data"]["incidents"] = mapping | {"extract_date": "2011-12-01"}
    tiny.study = yaml.safe_dump(data, allow_unicode=True)
    assert [one.code for one in tiny.check(tmp_path / "study").problems] == []


def test_times_signs_and_areas_are_said(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(csv(cells()).replace(b";5\n", b";..\n"))
    said = str(describe(path))
    assert "quarters: 2009K1 to 2010K4, 8 different" in said
    assert "1 to 4; signs '..'" in said
    assert "'Tingbjerg'" in said


@pytest.mark.parametrize(
    "text",
    [
        "Navn;Område\n" + "Anna Jensen;Nord\n" * 9,
        "Kontakt;Område\n" + "anna.jensen@example.org;Nord\n" * 9,
        "Nr;Bemærkning\n"
        + "".join(f"{n};Anna Jensen så {n} drenge ved porten\n" for n in range(9)),
        "Anna Jensen;010190-1234;Nord\n" * 3,
        "Sagsbehandler;Område\n" + "Anna Jensen;Nord\n" * 9,
        "Nr;Borger\n1;Anna Jensen\n2;Bo Jensen\n3;Anna Jensen\n",
    ],
)
def test_nothing_that_may_be_personal_is_shown(text, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    told = CliRunner().invoke(cli, ["describe", str(path)])
    assert "ensen" not in told.output + str(told.exception)
    assert "010190" not in told.output + str(told.exception)


def test_every_layout_is_described(tmp_path):
    for layout in LAYOUTS:
        tiny = layout()
        for name in tiny.files:
            if name.startswith("counted"):
                path = tmp_path / name
                path.write_bytes(tiny.files[name])
                assert str(describe(path)).startswith(name)


def test_a_workbook_of_another_name_is_described_by_its_content(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(excel(cells()))
    assert describe(path).mapping()["format"] == "excel"
