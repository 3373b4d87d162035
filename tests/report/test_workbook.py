import io
import zipfile

import pandas as pd
import pytest
from openpyxl import load_workbook

from tingbjerg_eval.presentation.blocks.tables import Table
from tingbjerg_eval.presentation.blocks.workbook import csv_files, sheet_names, workbook
from tingbjerg_eval.presentation.words.sentences import Words

FORMULAS = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    '=HYPERLINK("http://e.example")',
    "=cmd|'/C calc'!A0",
]


def published(frame, caption="Anmeldelser"):
    return Table(frame, caption).tables()


def read(data):
    return load_workbook(io.BytesIO(data))


def test_every_table_shown_is_a_sheet_and_a_csv(rendered):
    book = read(rendered["tables.xlsx"])
    files = {name for name in rendered if name.endswith(".csv")}
    assert set(book.sheetnames[1:]) == {name.removesuffix(".csv") for name in files}
    assert "verdicts" in book.sheetnames


def test_numbers_are_numbers_and_hidden_cells_are_words(protected):
    sheet = read(workbook(published(protected), Words("da")))["anmeldelser"]
    assert [cell.value for cell in sheet["C"]][3:6] == [1031, "under 5", "skjult"]
    assert sheet["C4"].number_format == "#,##0"


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_is_a_formula(formula):
    tables = published(pd.DataFrame({"area": [formula], formula: [formula]}), caption=formula)
    for row in read(workbook(tables, Words("da"))).worksheets[1].iter_rows():
        for cell in row:
            assert cell.data_type != "f"
            assert cell.value is None or str(cell.value)[:1] not in "=+-@\t"
    text = csv_files(tables, Words("da")).popitem()[1].decode("utf-8-sig")
    for field in text.replace("\r\n", ";").split(";"):
        assert field.strip('"')[:1] not in ("=", "+", "-", "@", "\t")


def test_a_csv_is_as_danish_spreadsheets_read_it(protected):
    data = csv_files(published(protected), Words("da"))["anmeldelser.csv"]
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Område;Kvartal;Værdi;Pr. 1.000 beboere"
    assert lines[1:4] == [
        "Tingbjerg;1. kvartal 2010;1031;5,0",
        "Bispeparken;1. kvartal 2010;under 5;under 5",
        "Folehaven;1. kvartal 2010;skjult;skjult",
    ]


def test_an_english_csv_has_commas_and_points(protected):
    words = Words("en")
    tables = Table(protected, "Reports", words=words).tables()
    assert csv_files(tables, words)["reports.csv"].decode("utf-8-sig").split("\r\n")[1] == (
        "Tingbjerg,1st quarter 2010,1031,5.0"
    )


def test_simulated_figures_say_so_in_every_sheet_and_row(protected):
    tables = published(protected)
    book = read(workbook(tables, Words("da"), simulated=True))
    for sheet in book:
        assert any("simulerede" in str(cell.value) for row in sheet.iter_rows() for cell in row)
    lines = csv_files(tables, Words("da"), simulated=True)["anmeldelser.csv"].decode().split("\r\n")
    assert all(line.endswith((";Simuleret", ";ja")) for line in lines if line)


def test_a_workbook_keeps_no_time(protected):
    data = workbook(published(protected), Words("da"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"dcterms" not in archive.read("docProps/core.xml").replace(b"xmlns:dcterms", b"")
    assert data == workbook(published(protected), Words("da"))


def test_sheet_names_are_short_and_different():
    names = sheet_names([*("a" * length for length in range(31, 44)), "a"])
    assert len(set(names)) == 14
    assert max(map(len, names)) <= 31
