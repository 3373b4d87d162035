"""DuckDB's own statements find in a file what the questions to a database find."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest
from tiny import Tiny

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.incidents import file_queries
from tingbjerg_eval.data.incidents.delimited_reports import delimited_engine
from tingbjerg_eval.data.incidents.engines import duckdb_session
from tingbjerg_eval.data.incidents.file_queries import FileQueries
from tingbjerg_eval.data.incidents.queries import ReportQueries
from tingbjerg_eval.data.incidents.read import read_incidents
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.study.settings_file import read_settings

FORM = "%d-%m-%Y"
HEAD = ["Område", "Dato", "Kode", "Sag", "Anmeldt", "Bemærkning"]
NAMES = dict(zip(("area", "date", "offence", "case", "registered"), HEAD, strict=False))


def some_rows(chance: random.Random, rows: int = 400) -> list[list[str]]:
    areas = ["Tingbjerg", "Ålholm", "NA", "null", "", " Ålholm", "Sjælør Boulevard" * 3]
    days = [f"{day:02d}-{month:02d}-2010" for day in (1, 7, 28) for month in (1, 2, 11)]
    return [
        [
            chance.choice(areas),
            chance.choice([*days, "", "1-1-10", "31-02-2010x"]),
            chance.choice(["1320", "1390", "", "Ø7"]),
            chance.choice([f"J-{chance.randrange(300)}", f"{one:09d}", "", "J" * (one % 40)]),
            chance.choice([*days, "", "?"]),
            chance.choice(["", "æblegrød", "x" * 50]),
        ]
        for one in range(rows)
    ]


def write(folder: Path, rows: list[list[str]], *, quote: str = "", end: str = "\n",
          encoding: str = "utf-8", last: str = "\n") -> Path:  # fmt: skip
    lines = [";".join(f"{quote}{one}{quote}" for one in row) for row in [HEAD, *rows]]
    path = folder / "data" / "reports.csv"
    path.write_bytes((end.join(lines) + (last and end)).encode(encoding))
    return path


@pytest.fixture
def settings(tmp_path):
    return read_settings(Tiny().write(tmp_path))


def both_answers(settings, folder: Path, headings: dict[str, str], **source):
    source = settings.data.incidents.model_copy(update=source)
    path, answers = folder / "data" / "reports.csv", []
    with duckdb_session() as connect:
        engine, _ = delimited_engine(connect, path, source, Findings(file="x"))
        for kind in (FileQueries, ReportQueries):
            queries = kind(engine=engine, headings=headings, date_format=FORM)
            outline = queries.outline([one for one in HEAD if one in ("Sag", "Bemærkning")])
            early = queries.early_rows() if "registered" in headings else 0
            answers.append((in_order(queries.groups()), dict(outline), early))
    return answers


def in_order(groups: pd.DataFrame) -> pd.DataFrame:
    groups = groups.assign(date=groups.get("date"))
    columns = sorted(groups)
    texts = groups[columns].astype(object).where(groups[columns].notna(), None)
    return texts.sort_values(columns, key=lambda c: c.map(repr), ignore_index=True)


def assert_equal(answers) -> None:
    (scanned, outline, early), (asked, asked_outline, asked_early) = answers
    pd.testing.assert_frame_equal(scanned, asked, check_dtype=False)
    assert {name: int(one) for name, one in outline.items()} == {
        name: int(one) for name, one in asked_outline.items()
    }
    assert early == asked_early


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"end": "\r\n"},
        {"last": ""},
        {"encoding": "utf-8-sig"},
        {"encoding": "cp1252"},
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_the_two_ways_of_asking_agree(settings, tmp_path, form, seed):
    write(tmp_path, some_rows(random.Random(seed)), **form)
    declared = "cp1252" if form.get("encoding") == "cp1252" else "utf-8"
    assert_equal(both_answers(settings, tmp_path, NAMES, encoding=declared))


@pytest.mark.parametrize("left_out", ["case", "registered"])
def test_they_agree_without_optional_columns(settings, tmp_path, left_out):
    write(tmp_path, some_rows(random.Random(4)))
    headings = {name: heading for name, heading in NAMES.items() if name != left_out}
    assert_equal(both_answers(settings, tmp_path, headings))


def test_they_agree_on_quarters(settings, tmp_path):
    write(tmp_path, some_rows(random.Random(5)))
    headings = {"area": "Område", "quarter": "Dato", "offence": "Kode", "case": "Sag"}
    assert_equal(both_answers(settings, tmp_path, headings))


def test_they_agree_where_hashes_do_not_fit_in_memory(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(file_queries, "HELD", 3)
    write(tmp_path, some_rows(random.Random(6)))
    assert_equal(both_answers(settings, tmp_path, NAMES))


def read(settings, folder: Path, **source):
    source = settings.data.incidents.model_copy(update=source)
    return read_incidents(source, settings, folder / "data", Findings(file="reports.csv"))[0]


def good_rows(rows: int = 300) -> list[list[str]]:
    chance = random.Random(8)
    return [
        [chance.choice(["Tingbjerg", "Ålholm", "Folehaven"]), f"{1 + one % 28:02d}-05-2010",
         chance.choice(["1320", "1390"]), f"J-{one}", "", ""]
        for one in range(rows)
    ]  # fmt: skip


COLUMNS = {"area": "Område", "date": "Dato", "offence": "Kode", "case": "Sag"}


def mapped(settings):
    columns = settings.data.incidents.columns
    return columns.model_copy(update={**COLUMNS, "registered": None})


FORMS = [{}, {"quote": '"'}, {"end": "\r\n"}, {"encoding": "cp1252"}]


@pytest.mark.parametrize("form", FORMS)
def test_plain_quoted_and_windows_files_are_counted_alike(settings, tmp_path, form):
    rows = good_rows()
    write(tmp_path, rows, **form)
    declared = form.get("encoding", "utf-8")
    cells = read(settings, tmp_path, columns=mapped(settings), encoding=declared)
    frame = pd.DataFrame(rows, columns=HEAD)
    expected = frame.groupby(["Område", "Kode"]).size()
    found = cells.set_index(["area", "offence"])["count"]
    assert found.to_dict() == expected.to_dict()
    assert set(cells["quarter"]) == {"2010K2"}


def refusal(settings, folder: Path, **source) -> list[str]:
    with pytest.raises(InputRefused) as refused:
        read(settings, folder, columns=mapped(settings), **source)
    return problems_of(refused.value)


def problems_of(refused: InputRefused) -> list[str]:
    return [str(one) for one in refused.problems if one.code != "column-unknown"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("heading", ["Sag", "Bemærkning", "Område", "Kode"])
@pytest.mark.parametrize(
    "text",
    ["0101701234", "010170-1234", "010170 1234", "J010170-1234x", "6101701234", "nr. 3112991234.",
     "x 123456-7890 0101701234", "12345678901 010170-1234", "1,2 0101701234"],
)  # fmt: skip
def test_one_cpr_number_far_down_a_large_file_is_refused(settings, tmp_path, form, heading, text):
    rows = good_rows()
    rows[277][HEAD.index(heading)] = text
    write(tmp_path, rows, **form)
    said = refusal(settings, tmp_path, encoding=form.get("encoding", "utf-8"))
    assert len(said) == 1
    assert said[0].startswith(f"[personal-cpr] reports.csv, {heading}")
    assert text not in said[0]


def test_digits_of_another_script_are_digits_too(settings, tmp_path):
    rows = good_rows()
    rows[277][5] = "٠١٠١٧٠١٢٣٤"
    write(tmp_path, rows)
    assert "personal-cpr" in refusal(settings, tmp_path)[0]


@pytest.mark.parametrize("form", FORMS)
def test_a_cpr_number_among_thousands_of_long_case_numbers_is_refused(settings, tmp_path, form):
    rows = good_rows(3000)
    for one, row in enumerate(rows):
        row[3] = f"{20100000000 + one}"
    rows[2500][3] = "0101701234"
    write(tmp_path, rows, **form)
    said = refusal(settings, tmp_path, encoding=form.get("encoding", "utf-8"))
    assert "personal-cpr" in said[0]


@pytest.mark.parametrize("form", FORMS)
def test_among_waived_case_numbers_a_separated_one_is_refused(settings, tmp_path, form):
    rows = good_rows(3000)
    for one, row in enumerate(rows):
        row[3] = f"{101000000 + one:010d}"
    declared = {"encoding": form.get("encoding", "utf-8"), "not_personal": ["Sag"]}
    write(tmp_path, rows, **form)
    assert read(settings, tmp_path, columns=mapped(settings), **declared)["count"].sum() == 3000
    rows[2500][3] = "010170-1234"
    write(tmp_path, rows, **form)
    assert "personal-cpr" in refusal(settings, tmp_path, **declared)[0]


def test_a_cpr_number_in_a_column_of_quarters_is_not_shown(settings, tmp_path):
    rows = good_rows()
    for row in rows:
        row[1] = "2010K2"
    rows[200][1] = "0101701234"
    write(tmp_path, rows)
    columns = mapped(settings).model_copy(update={"date": None, "quarter": "Dato"})
    with pytest.raises(InputRefused) as refused:
        read(settings, tmp_path, columns=columns)
    (said,) = problems_of(refused.value)
    assert said.startswith("[personal-cpr] reports.csv, Dato")
    assert "0101701234" not in str(refused.value)


@pytest.mark.parametrize("form", FORMS)
def test_a_case_number_repeated_far_apart_is_found_with_both_lines(settings, tmp_path, form):
    rows = good_rows()
    rows[290][3] = rows[3][3]
    rows[290][0] = rows[3][0]
    write(tmp_path, rows, **form)
    said = refusal(settings, tmp_path, encoding=form.get("encoding", "utf-8"))
    assert said[0].startswith("[case-twice] reports.csv, lines 5, 292, Sag")


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda lines: [*lines[:250], b"Tingbjerg;01-05-2010;1320;J-x", *lines[250:]], "row-short"),
        (lambda lines: [*lines[:250], lines[250] + b";", *lines[251:]], "row-long"),
        (lambda lines: [*lines[:250], b"", *lines[250:]], "blank-line"),
        (lambda lines: [*lines[:250], lines[250] + b"\xe5", *lines[251:]], "encoding-mixed"),
        (lambda lines: [*lines[:250], lines[250] + b"\0", *lines[251:]], "nul-byte"),
        (lambda lines: [*lines[:250], lines[250] + "Ã¥".encode(), *lines[251:]], "encoding-twice"),
    ],
)
def test_damage_deep_in_a_large_file_is_named_with_its_line(settings, tmp_path, damage, code):
    path = write(tmp_path, good_rows())
    path.write_bytes(b"\n".join(damage(path.read_bytes().split(b"\n"))))
    said = refusal(settings, tmp_path)
    assert said[0].startswith(f"[{code}] reports.csv, line 251"), said


@pytest.mark.parametrize("form", FORMS)
def test_blank_lines_are_named_inside_and_left_out_at_the_end(settings, tmp_path, form):
    end = form.get("end", "\n").encode()
    declared = {"encoding": form.get("encoding", "utf-8")}
    path = write(tmp_path, good_rows(), **form)
    path.write_bytes(path.read_bytes() + end * 3)
    assert read(settings, tmp_path, columns=mapped(settings), **declared)["count"].sum() == 300
    lines = path.read_bytes().split(end)
    path.write_bytes(end.join([*lines[:250], b"", *lines[250:]]))
    said = refusal(settings, tmp_path, **declared)
    assert said[0].startswith("[blank-line] reports.csv, line 251")


def test_wrong_bytes_in_an_area_deep_in_a_large_file_are_named(settings, tmp_path):
    path = write(tmp_path, good_rows())
    lines = path.read_bytes().split(b"\n")
    lines[200] = lines[200].replace(lines[200].split(b";")[0], b"\xe5lholm")
    path.write_bytes(b"\n".join(lines))
    assert "line 201" in refusal(settings, tmp_path)[0]


def test_registration_before_the_act_is_refused(settings, tmp_path):
    rows = good_rows()
    for row in rows:
        row[4] = row[1]
    rows[100][4] = "30-04-2010"
    write(tmp_path, rows)
    columns = mapped(settings).model_copy(update={"registered": "Anmeldt"})
    with pytest.raises(InputRefused) as refused:
        read(settings, tmp_path, columns=columns)
    (said,) = problems_of(refused.value)
    assert said.startswith("[registered-early] reports.csv, line 102, Anmeldt")
