"""What is accepted is read as it was meant, to the last report."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from bad_files import as_excel, out_of_order, renamed, with_marks
from tiny import AREAS, FILES, OFFENCES, QUARTERS, Tiny, count

from tingbjerg_eval.data.panels import build_panel
from tingbjerg_eval.data.reading import read_tables
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.study.settings_file import read_settings

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


def tables_of(tiny: Tiny, folder: Path):
    path = tiny.write(folder)
    settings = read_settings(path)
    return settings, read_tables(settings, folder)


@pytest.fixture
def burglary(tmp_path):
    """The burglary panel of a changed study."""

    def read(tiny: Tiny) -> pd.DataFrame:
        settings, tables = tables_of(tiny, tmp_path)
        return build_panel(tables, settings, "burglary")

    return read


def expected() -> pd.DataFrame:
    rows = [
        (area, quarter, count(area, quarter, "1320"), 1000 + 10 * AREAS.index(area))
        for area in AREAS
        for quarter in QUARTERS
    ]
    return pd.DataFrame(rows, columns=["area", "quarter", "count", "population"])


def assert_panel(panel: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(panel, expected(), check_dtype=False)


def test_single_reports_are_counted_to_the_known_panel(burglary):
    assert_panel(burglary(Tiny()))


def test_counted_cells_give_the_same_panel(burglary):
    assert_panel(burglary(Tiny().counted()))


def test_a_byte_order_mark_is_accepted(burglary):
    assert_panel(burglary(with_marks(Tiny())))


def test_rows_in_any_order_are_accepted(burglary):
    assert_panel(burglary(out_of_order(Tiny())))


@pytest.mark.parametrize("name", ["NA", "None", "nan", "null"])
def test_an_area_named_as_an_empty_value_stays_an_area(burglary, name):
    assert set(burglary(renamed(Tiny(), name))["area"]) == {*AREAS[:3], name}


def test_a_mapped_name_is_its_area(burglary):
    tiny = Tiny().text("reports.csv", "Tingbjerg", "Tingbjerg Nord", times=999)
    tiny.setting("reports.csv\n", "reports.csv\n    area_names: {Tingbjerg Nord: Tingbjerg}\n")
    assert_panel(burglary(tiny))


def test_merged_areas_are_summed_by_the_crosswalk(burglary):
    tiny = Tiny().raw("crosswalk.csv", b"from_area;to_area\nNord;Tingbjerg\nSyd;Tingbjerg\n")
    parts = {";2009K1;1000": (";2009K1;400", ";2009K1;600")}
    for whole, (north, south) in parts.items():
        tiny.text("population.csv", f"Tingbjerg{whole}", f"Nord{north}\nSyd{south}")
    tiny.setting("population.csv\n", "population.csv\n    crosswalk: {file: crosswalk.csv}\n")
    assert_panel(burglary(tiny))


def test_excel_numbers_need_no_decimal_mark(burglary):
    assert_panel(burglary(as_excel(Tiny())))


def test_thousands_marks_are_read_where_they_are_declared(burglary):
    tiny = Tiny().raw("population.csv", FILES["population.csv"]().replace(";10", ";1.0").encode())
    tiny.setting("population.csv\n", 'population.csv\n    thousands: "."\n')
    assert_panel(burglary(tiny))


def test_the_caller_may_ask_for_some_quarters(tmp_path):
    settings, tables = tables_of(Tiny(), tmp_path)
    panel = build_panel(tables, settings, "burglary", quarters=QUARTERS[:2])
    assert set(panel["quarter"]) == set(QUARTERS[:2])
    with pytest.raises(ValueError, match="does not cover 2011K1"):
        build_panel(tables, settings, "burglary", quarters=["2011K1"])


def test_a_share_is_no_panel(tmp_path):
    settings, tables = tables_of(Tiny(), tmp_path)
    with pytest.raises(
        ValueError, match="not a count indicator of this study; these are: burglary"
    ):
        build_panel(tables, settings, "unsafe")


def test_weights_and_answers_are_read_as_written(tmp_path):
    _, tables = tables_of(Tiny(), tmp_path)
    first = tables.survey.iloc[0]
    assert (first["area"], first["wave"], first["weight"]) == ("Tingbjerg", 2009, 166.667)
    assert tables.survey["tryg"].value_counts().to_dict() == {
        "tryg": 16, "utryg": 16, "meget utryg": 16}  # fmt: skip


def test_a_declared_missing_answer_is_missing(tmp_path):
    tiny = Tiny().text("survey.csv", ";18-39;tryg\n", ";18-39;Ved ikke\n")
    _, tables = tables_of(tiny, tmp_path)
    assert tables.survey["tryg"].isna().sum() == 1


def test_a_code_list_gives_its_words(tmp_path):
    tiny = Tiny()
    head, *rows = tiny.files["survey.csv"].decode().split("\n")
    codes = {"tryg": "1", "utryg": "2", "meget utryg": "3", "": ""}
    coded = [";".join([*row.split(";")[:-1], codes[row.split(";")[-1]]]) for row in rows]
    text = "\n".join([head, *coded])
    tiny.raw("survey.csv", text.encode()).setting(
        "missing: [ved ikke]\n",
        "missing: [ved ikke]\n    codes: {tryg: {1: tryg, 2: utryg, 3: meget utryg}}\n",
    )
    _, tables = tables_of(tiny, tmp_path)
    _, plain = tables_of(Tiny(), tmp_path / "plain")
    pd.testing.assert_frame_equal(tables.survey, plain.survey)


def test_problems_of_every_table_come_at_once(tmp_path):
    tiny = Tiny().text("population.csv", "1000", "-1").text("survey.csv", "166,667", "0")
    with pytest.raises(InputRefused) as refused:
        tables_of(tiny, tmp_path)
    assert {p.file for p in refused.value.problems} == {"population.csv", "survey.csv"}


def test_two_extracts_give_revisions_and_late_registration(tmp_path):
    rows = Tiny().files["reports.csv"].split(b"\n")
    tiny = Tiny().raw("before.csv", b"\n".join(rows[:-4]))
    tiny.setting(
        "extract_date: 2011-12-01",
        "extract_date: 2011-12-01\n    previous: {file: before.csv, extract_date: 2011-02-01}",
    )
    _, tables = tables_of(tiny, tmp_path)
    assert tables.revisions.to_dict("records") == [
        {"area": "Ålholm", "quarter": "2010K4", "offence": "1390", "before": 1, "after": 4}
    ]  # fmt: skip
    youngest = tables.late_registration.iloc[0]
    assert youngest["age"] == 0
    assert youngest["factor"] == pytest.approx(21 / 18)
    assert (tables.late_registration["factor"].iloc[1:] == 1).all()


def test_a_check_shows_revised_cells_before_anything_is_recomputed(tmp_path):
    rows = Tiny().files["reports.csv"].split(b"\n")
    tiny = Tiny().raw("before.csv", b"\n".join(rows[:-4]))
    tiny.setting(
        "extract_date: 2011-12-01",
        "extract_date: 2011-12-01\n    previous: {file: before.csv, extract_date: 2011-02-01}",
    )
    result = tiny.check(tmp_path)
    assert "Celler, der afviger fra det forrige udtræk (1)" in str(result)
    assert json.loads(result.to_json())["revisions"] == result.revisions.to_dict("records")


def test_the_table_of_a_check_reads_values_as_text(tmp_path):
    said = str(Tiny().text("population.csv", "1000", "[red]1[/red]").check(tmp_path))
    assert "[red]1[/red]" in said
    assert "[not-a-number]" in said
    assert "linje 2" in said
    assert "\x1b" not in said


def test_the_london_file_is_read_by_months_and_years(tmp_path):
    folder = SHARED / "london"
    if not folder.exists():
        pytest.skip("the shared London files are not here")
    (tmp_path / "study.yaml").write_text(LONDON.replace("FOLDER", str(folder)), encoding="utf-8")
    settings = read_settings(tmp_path / "study.yaml")
    tables = read_tables(settings, tmp_path)
    panel = build_panel(tables, settings, "burglary").set_index(["area", "quarter"])
    assert panel.loc[("Haringey", "2010K2"), "count"] == 64 + 87 + 67 + 170 + 151 + 202
    assert panel.loc[("Haringey", "2011K1"), "population"] > 250_000
    assert tables.covered[-1] == "2021K4"
    assert {"quarter-partial", "area-ignored"} <= {note.code for note in tables.notes}


LONDON = """
name: london
title: London
case: {sender: A, case_number: "1", document_number: "1", case_officer: B}
areas: {treated: Haringey, comparison: [Barnet, Brent, Camden, Ealing, Enfield]}
periods: {baseline: [2010K2, 2012K4], period: [2013K1, 2015K4]}
indicators:
  burglary: {title: Burglary, kind: count, basket: {version: "1", codes: [Burglary]}}
data:
  folder: FOLDER
  incidents:
    file: mps_borough_apr2010_feb2022.csv
    format: wide_csv
    separator: ","
    columns: {area: LookUp_BoroughName, offence: MajorText}
    sum_over: [MinorText]
    wide: {pattern: "{year}{month}"}
    other_areas: ignore
    extract_date: 2022-03-01
  population:
    file: borough_pop_2011_2022.csv
    format: wide_csv
    separator: ","
    columns: {area: Area name}
    wide: {pattern: "{year}_Population"}
    other_areas: ignore
    carry_back: true
"""


def test_a_statbank_export_is_read_as_it_comes(tmp_path):
    """Long layout: BOM, CRLF, capitals, INDHOLD, codes with their texts."""
    lines = ["OMRÅDE;OVERTRÆD;TID;INDHOLD"]
    lines += [
        f"{area};{code} {text};{quarter};{count(area, quarter, code)}"
        for area in AREAS
        for code, text in zip(OFFENCES, ("Indbrud i beboelse", "Hærværk"), strict=True)
        for quarter in QUARTERS
    ]
    tiny = Tiny().raw("statbank.csv", ("\r\n".join(lines) + "\r\n").encode("utf-8-sig"))
    start, end = tiny.study.index("    file: reports.csv"), tiny.study.index("    extract_date")
    tiny.setting(
        tiny.study[start:end],
        "    file: statbank.csv\n    format: statbank\n"
        "    columns: {area: OMRÅDE, offence: OVERTRÆD}\n    code_and_text: [offence]\n",
    )
    settings, tables = tables_of(tiny, tmp_path)
    assert_panel(build_panel(tables, settings, "burglary"))
    latin = tiny.raw("statbank.csv", ("\r\n".join(lines) + "\r\n").encode("latin-1"))
    settings, tables = tables_of(latin, tmp_path / "latin")
    assert_panel(build_panel(tables, settings, "burglary"))


def test_the_real_statbank_file_is_read():
    path = SHARED / "copenhagen" / "straf11_violence_q1_regions.csv"
    if not path.exists():
        pytest.skip("the shared Copenhagen files are not here")
    from tingbjerg_eval.data.formats.delimited import read_delimited
    from tingbjerg_eval.data.formats.findings import Findings
    from tingbjerg_eval.data.formats.wide import lengthen
    from tingbjerg_eval.study.sources import Source

    source = Source.model_construct(format="statbank", separator=";", encoding=None, wide=None)
    found = Findings(file=path.name)
    raw = read_delimited(path, source, found, keys=["OMRÅDE"])
    long = lengthen(raw, source, found, value="count")
    cells = long.frame.set_index(["OMRÅDE", "time"])["count"]
    assert cells[("Region Sjælland", "2009K1")] == "568"
    assert len(cells) == 5 * 16
    assert not found.items


def test_published_copenhagen_figures_keep_their_contradictions():
    path = SHARED / "copenhagen" / "tryghed_published.csv"
    if not path.exists():
        pytest.skip("the shared Copenhagen files are not here")
    from tingbjerg_eval.data.formats.delimited import read_delimited
    from tingbjerg_eval.data.formats.findings import Findings
    from tingbjerg_eval.data.published import clean_published
    from tingbjerg_eval.study.settings import StudySettings
    from tingbjerg_eval.study.sources import Data, PublishedSource

    columns = {name: name for name in
               ("area", "year", "measure", "value", "unit", "published_in", "source")}  # fmt: skip
    source = PublishedSource(file=path.name, decimal=",", columns=columns)
    settings = StudySettings.model_construct(data=Data.model_construct(published=source))
    found = Findings(file=path.name)
    raw = read_delimited(path, source, found, keys=list(columns))
    figures = clean_published(raw, settings, found)
    assert len(figures) == 77
    evening = figures.query(
        "area == 'København' and year == 2009 and measure == 'utrygge_aften_nat'"
    )
    assert evening["value"].tolist() == [22.0, 24.0]
    assert evening["contradicted"].all()
    assert any("22 (2013), 24 (2018)" in note.found for note in found.notes)
