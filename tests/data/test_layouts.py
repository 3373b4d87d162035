"""Real layouts are read as they are delivered, to the same cells as the plain file."""

from __future__ import annotations

import gzip
import io
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from tiny import AREAS, OFFENCES, QUARTERS, REPORTS, Tiny, count

from tingbjerg_eval.data.reading import read_tables
from tingbjerg_eval.data.tables import Tables
from tingbjerg_eval.stats.survey import survey_shares
from tingbjerg_eval.study.settings_file import read_settings

MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")


def read(tiny: Tiny, folder: Path) -> Tables:
    return read_tables(read_settings(tiny.write(folder)), folder)


def cells() -> pd.DataFrame:
    frame = pd.read_csv(io.BytesIO(Tiny().files["counted.csv"]), sep=";", dtype=str)
    return frame.astype({"Antal": int})


def monthly() -> pd.DataFrame:
    """Each cell in three months, which add up to it."""
    rows = cells()
    parts = []
    for place in range(3):
        share = rows["Antal"] // 3 + (rows["Antal"] % 3 > place)
        year, first = rows["Kvartal"].str[:4], 3 * rows["Kvartal"].str[5].astype(int) - 2
        parts.append(rows.assign(Antal=share, Aar=year, Nummer=first + place))
    return pd.concat(parts, ignore_index=True)


def csv(frame: pd.DataFrame, **more) -> bytes:
    return frame.to_csv(sep=";", index=False, **more).encode()


def excel(frame: pd.DataFrame, **more) -> bytes:
    data = io.BytesIO()
    frame.to_excel(data, index=False, **more)
    return data.getvalue()


def counted(data: bytes, keys: str, *, file: str = "counted.csv",
            columns: str = "area: Område, quarter: Kvartal, offence: Gerningskode, count: Antal") -> Tiny:  # noqa: E501  # fmt: skip
    tiny = Tiny().setting(
        REPORTS, f"    file: {file}\n    columns: {{{columns}}}\n" + "".join(
            f"    {one}\n" for one in keys.split("\n"))
    )  # fmt: skip
    return tiny.raw(file, data)


def title_and_notes() -> Tiny:
    table = csv(cells()).decode()
    return counted(
        f"Anmeldelser\n\n{table}\nKilde: Politiet; udtræk\nAnm.: foreløbige tal\n".encode(),
        "encoding: utf-8\nheader_line: 3\nfooter_from: Kilde",
    )


def title_and_notes_in_excel() -> Tiny:
    data = io.BytesIO()
    frame = cells()
    with pd.ExcelWriter(data) as book:
        frame.to_excel(book, index=False, startrow=2)
        sheet = book.sheets["Sheet1"]
        sheet["A1"] = "Anmeldelser"
        sheet.merge_cells("A1:C1")
        sheet.cell(row=len(frame) + 5, column=1, value="Kilde: Politiet")
    return counted(data.getvalue(), "format: excel\nheader_line: 3\nfooter_from: Kilde",
                   file="counted.xlsx")  # fmt: skip


def matrix() -> Tiny:
    table = cells().pivot(index=["Område", "Gerningskode"], columns="Kvartal", values="Antal")
    frame = table.reset_index()
    frame.insert(0, "empty", " ")
    text = frame.set_axis([" ", " ", " ", *table.columns], axis=1).to_csv(index=False)
    return counted(
        text.encode("iso-8859-1"),
        'format: statbank\nencoding: iso-8859-1\nseparator: ","\nignore_columns: [1]',
        columns="area: 2, offence: 3",
    )


def zeros_left_out() -> Tiny:
    return counted(csv(cells()), "encoding: utf-8\nabsent: zero")


def signs() -> Tiny:
    text = csv(cells()).decode().replace("2010K4;1320;5\n", "2010K4;1320;5*\n")
    assert "5*" in text
    return counted(text.encode(), 'encoding: utf-8\nzero: ["-"]\nmarks: ["*"]')


def one_value_of_a_dimension() -> Tiny:
    both = [cells().assign(Slags="Anmeldt"), cells().assign(Slags="Sigtet", Antal=0)]
    return counted(
        csv(pd.concat(both)), "encoding: utf-8\nonly: {Slags: anmeldt}".replace("anm", "Anm")
    )


def long_months() -> Tiny:
    frame = monthly()
    frame["Kvartal"] = frame["Aar"] + "M" + frame["Nummer"].map("{:02d}".format)
    frame = frame[["Område", "Kvartal", "Gerningskode", "Antal"]]
    return counted(csv(frame), 'encoding: utf-8\ntime: "{year}M{month}"')


def wide_months_in_excel() -> Tiny:
    frame = monthly()
    frame["Tid"] = [
        f"{MONTHS[n - 1]} {y}" for n, y in zip(frame["Nummer"], frame["Aar"], strict=True)
    ]
    wide = frame.pivot(index=["Område", "Gerningskode"], columns="Tid", values="Antal")
    return counted(
        excel(wide.reset_index()), 'format: excel\nwide: {pattern: "{month} {year}"}',
        file="counted.xlsx", columns="area: Område, offence: Gerningskode",
    )  # fmt: skip


def first_days() -> Tiny:
    frame = cells()
    month = 3 * frame["Kvartal"].str[5].astype(int) - 2
    frame["Kvartal"] = frame["Kvartal"].str[:4] + "-" + month.map("{:02d}".format) + "-01"
    return counted(csv(frame), 'encoding: utf-8\ntime: "{year}-{first_month}-01"')


def other_spelling() -> Tiny:
    frame = cells()
    frame["Kvartal"] = frame["Kvartal"].str.replace("K", ":Q")
    return counted(csv(frame), "encoding: utf-8")


def sheets_by_area() -> Tiny:
    data = io.BytesIO()
    with pd.ExcelWriter(data) as book:
        for area, rows in cells().groupby("Område"):
            rows.drop(columns="Område").to_excel(book, index=False, sheet_name=area)
    return counted(
        data.getvalue(), "format: excel\nsheets: as_area", file="counted.xlsx",
        columns="area: sheet, quarter: Kvartal, offence: Gerningskode, count: Antal",
    )  # fmt: skip


def zipped() -> Tiny:
    return counted(gzip.compress(csv(cells())), "encoding: utf-8", file="counted.csv.gz")


def quoted_tab() -> Tiny:
    return counted(
        cells().to_csv(sep="\t", index=False).encode(), 'encoding: utf-8\nseparator: "\\t"'
    )


def reports_by_month() -> Tiny:
    tiny = Tiny().setting('date_format: "%d-%m-%Y"', 'date_format: "%Y-%m"')
    frame = pd.read_csv(io.BytesIO(tiny.files["reports.csv"]), sep=";", dtype=str)
    days = frame["Gerningsdato"].str
    frame["Gerningsdato"] = days[6:] + "-" + days[3:5]
    return tiny.raw("reports.csv", csv(frame))


def folder_of_files() -> Tiny:
    tiny = Tiny()
    frame = pd.read_csv(io.BytesIO(tiny.files["reports.csv"]), sep=";", dtype=str)
    names = []
    for year, rows in frame.groupby(frame["Gerningsdato"].str[6:]):
        names.append(f"reports-{year}.csv")
        tiny.raw(names[-1], csv(rows))
    return tiny.setting("file: reports.csv", f"files: [{', '.join(names)}]")


def persons() -> Tiny:
    tiny = Tiny().setting("reports.csv\n", "reports.csv\n    count: cases\n")
    lines = tiny.files["reports.csv"].decode().split("\n")
    return tiny.raw("reports.csv", "\n".join([*lines[:-1], *lines[5:9], ""]).encode())


LAYOUTS: list[Callable[[], Tiny]] = [
    title_and_notes, title_and_notes_in_excel, matrix, zeros_left_out, signs,
    one_value_of_a_dimension, long_months, wide_months_in_excel, first_days, other_spelling,
    sheets_by_area, zipped, quoted_tab, reports_by_month, folder_of_files, persons,
]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.__name__)
def test_a_real_layout_is_read_untouched_to_the_same_cells(layout, tmp_path):
    expected = read(Tiny(), tmp_path / "plain").incidents
    pd.testing.assert_frame_equal(read(layout(), tmp_path / "layout").incidents, expected)


def test_cells_left_out_are_zero_and_their_number_is_noted(tmp_path):
    frame = cells()
    gone = (frame["Område"] == "Tingbjerg") & (frame["Kvartal"] == "2009K2")
    tables = read(counted(csv(frame[~gone]), "encoding: utf-8\nabsent: zero"), tmp_path)
    left = tables.incidents.query("area == 'Tingbjerg' and quarter == '2009K2'")
    assert left["count"].tolist() == [0, 0]
    said = next(one for one in tables.notes if one.code == "absent-zero")
    assert said.found == f"2 cells of {4 * len(QUARTERS) * len(OFFENCES)}"


def test_one_kind_of_report_needs_no_column_of_offences(tmp_path):
    tiny = Tiny().setting(", offence: Gerningskode,", ",").setting(
        "reports.csv\n", "reports.csv\n    one_offence: 1320\n")  # fmt: skip
    vandalism = tiny.study[tiny.study.index("  vandalism:") : tiny.study.index("  unsafe:")]
    tables = read(tiny.setting(vandalism, ""), tmp_path)
    first = tables.incidents.query("area == 'Tingbjerg' and quarter == '2009K1'")
    assert first["count"].tolist() == [sum(count("Tingbjerg", "2009K1", o) for o in OFFENCES)]
    assert set(first["offence"]) == {"1320"}


def test_waves_by_number_are_years(tmp_path):
    tiny = Tiny().setting(
        "respondent: Løbenummer", "respondent: Løbenummer\n    waves: {1: 2009, 2: 2011}"
    )
    frame = pd.read_csv(io.BytesIO(tiny.files["survey.csv"]), sep=";", dtype=str)
    frame["År"] = frame["År"].map({"2009": "1", "2011": "2"})
    survey = read(tiny.raw("survey.csv", csv(frame)), tmp_path).survey
    assert sorted(survey["wave"].unique()) == [2009, 2011]


def test_months_that_do_not_fill_a_quarter_are_refused(tmp_path):
    from tingbjerg_eval.inputs.problems import InputRefused

    frame = monthly()
    frame["Kvartal"] = frame["Aar"] + "M" + frame["Nummer"].map("{:02d}".format)
    frame = frame[frame["Kvartal"] != "2009M08"]
    tiny = counted(csv(frame[["Område", "Kvartal", "Gerningskode", "Antal"]]),
                   'encoding: utf-8\ntime: "{year}M{month}"')  # fmt: skip
    with pytest.raises(InputRefused, match="months-missing"):
        read(tiny, tmp_path)


def day_in_three_columns() -> Tiny:
    tiny = Tiny().setting("date: Gerningsdato", "date: [År, Måned, Dag]")
    tiny = tiny.setting('    date_format: "%d-%m-%Y"\n', "")
    frame = pd.read_csv(io.BytesIO(tiny.files["reports.csv"]), sep=";", dtype=str)
    days = frame.pop("Gerningsdato").str
    names = days[3:5].astype(int).map(lambda month: MONTHS[month - 1])
    frame = frame.assign(År=days[6:], Måned=names, Dag=days[:2].str.lstrip("0"))
    return tiny.raw("reports.csv", csv(frame))


def year_and_quarter_columns() -> Tiny:
    frame = cells()
    frame = frame.assign(År=frame["Kvartal"].str[:4], Del=frame["Kvartal"].str[5])
    return counted(
        csv(frame.drop(columns="Kvartal")), "encoding: utf-8",
        columns="area: Område, quarter: [År, Del], offence: Gerningskode, count: Antal",
    )  # fmt: skip


def year_and_month_columns() -> Tiny:
    frame = monthly()[["Område", "Aar", "Nummer", "Gerningskode", "Antal"]]
    return counted(
        csv(frame), 'encoding: utf-8\ntime: "{year} {month}"',
        columns="area: Område, quarter: [Aar, Nummer], offence: Gerningskode, count: Antal",
    )  # fmt: skip


def offences_as_headings() -> Tiny:
    frame = cells().pivot(index=["Område", "Kvartal"], columns="Gerningskode", values="Antal")
    return counted(
        csv(frame.reset_index()), "encoding: utf-8\nwide: {offences: [1320, 1390]}",
        columns="area: Område, quarter: Kvartal",
    )  # fmt: skip


def times_and_offences_as_headings() -> Tiny:
    frame = cells().assign(Kolonne=lambda one: one["Gerningskode"] + " i " + one["Kvartal"])
    wide = frame.pivot(index="Område", columns="Kolonne", values="Antal").reset_index()
    return counted(
        csv(wide), 'encoding: utf-8\nwide: {pattern: "{offence} i {year}K{quarter}"}',
        columns="area: Område",
    )  # fmt: skip


def codes_beside_names() -> Tiny:
    frame = cells()
    frame["Kode"] = frame["Område"].map({one: f"0{n}" for n, one in enumerate(AREAS)})
    return counted(
        csv(frame), "encoding: utf-8",
        columns="area: Område, area_code: Kode, quarter: Kvartal, offence: Gerningskode, count: Antal",  # noqa: E501
    )  # fmt: skip


def cube(old: bool) -> Tiny:
    frame = cells().set_index(["Område", "Kvartal", "Gerningskode"])["Antal"]
    names = [list(map(str, dict.fromkeys(frame.index.get_level_values(n)))) for n in range(3)]
    values = [int(frame[key]) for key in itertools.product(*names)]
    ids = ["OMR", "TID", "KODE"]
    dimension = {
        one: {"label": one, "category": {
            "index": {str(n): n for n, _ in enumerate(own)},
            "label": {str(n): text for n, text in enumerate(own)}}}
        for one, own in zip(ids, names, strict=True)
    }  # fmt: skip
    sizes = {"id": ids, "size": [len(own) for own in names]}
    data = {"version": "2.0", "class": "dataset", "dimension": dimension, "value": values, **sizes}
    if old:
        data = {"dataset": {"dimension": dimension | sizes, "value": values}}
    return counted(
        json.dumps(data).encode(), "format: jsonstat", file="counted.json",
        columns="area: OMR, quarter: TID, offence: KODE, count: value",
    )  # fmt: skip


def json_stat() -> Tiny:
    return cube(old=False)


def json_stat_of_version_one() -> Tiny:
    return cube(old=True)


def floating_numbers_in_parquet() -> Tiny:
    data = io.BytesIO()
    cells().astype({"Antal": float, "Gerningskode": float}).to_parquet(data, index=False)
    return counted(data.getvalue(), "format: parquet", file="counted.parquet")


def one_value_of_a_dimension_in_parquet() -> Tiny:
    tiny = Tiny()
    frame = pd.read_csv(io.BytesIO(tiny.files["reports.csv"]), sep=";", dtype=str)
    both = pd.concat([frame.assign(Slags="Anmeldt"), frame.assign(Slags="Sigtet")])
    data = io.BytesIO()
    both.to_parquet(data, index=False)
    return tiny.raw("reports.parquet", data.getvalue()).setting(
        "    file: reports.csv\n",
        "    file: reports.parquet\n    format: parquet\n    only: {Slags: Anmeldt}\n",
    )


def headings_on_two_lines() -> Tiny:
    frame = cells().pivot(index=["Område", "Gerningskode"], columns="Kvartal", values="Antal")
    upper = ";;" + ";".join(q[:4] if q[5] == "1" else "" for q in frame.columns)
    lower = "Område;Gerningskode;" + ";".join(q[4:] for q in frame.columns)
    rows = csv(frame.reset_index()).decode().split("\n")[1:]
    return counted(
        "\n".join([upper, lower, *rows]).encode(),
        'encoding: utf-8\nheader_rows: 2\nwide: {pattern: "{year} K{quarter}"}',
        columns="area: Område, offence: Gerningskode",
    )  # fmt: skip


def names_written_once() -> Tiny:
    frame = cells()
    frame["Område"] = frame["Område"].where(frame["Område"] != frame["Område"].shift(), "")
    return counted(csv(frame), "encoding: utf-8\nfill_down: [Område]")


def areas_as_headings() -> Tiny:
    frame = cells().pivot(index=["Kvartal", "Gerningskode"], columns="Område", values="Antal")
    return counted(
        csv(frame.reset_index()), f"encoding: utf-8\nwide: {{areas: [{', '.join(AREAS)}]}}",
        columns="quarter: Kvartal, offence: Gerningskode",
    )  # fmt: skip


def no_headings() -> Tiny:
    return counted(
        csv(cells()).split(b"\n", 1)[1], "encoding: utf-8\nheader_line: 0",
        columns="area: 1, quarter: 2, offence: 3, count: 4",
    )  # fmt: skip


def months_with_two_digits() -> Tiny:
    frame = monthly()
    frame["Kvartal"] = [
        f"{MONTHS[n - 1]}-{y[2:]}" for n, y in zip(frame["Nummer"], frame["Aar"], strict=True)
    ]
    frame = frame[["Område", "Kvartal", "Gerningskode", "Antal"]]
    return counted(csv(frame), 'encoding: utf-8\ntime: "{month}-{yy}"')


def a_sheet_a_year_beside_notes() -> Tiny:
    data = io.BytesIO()
    with pd.ExcelWriter(data) as book:
        pd.DataFrame({"Noter": ["Kilde"]}).to_excel(book, index=False, sheet_name="Om")
        for year, rows in cells().groupby(cells()["Kvartal"].str[:4]):
            part = rows.assign(Del=rows["Kvartal"].str[5]).drop(columns="Kvartal")
            part.to_excel(book, index=False, sheet_name=year)
    return counted(
        data.getvalue(), "format: excel\nsheets: [2009, 2010]", file="counted.xlsx",
        columns="area: Område, quarter: [sheet, Del], offence: Gerningskode, count: Antal",
    )  # fmt: skip


FURTHER: list[Callable[[], Tiny]] = [
    headings_on_two_lines, names_written_once, areas_as_headings, no_headings,
    months_with_two_digits, a_sheet_a_year_beside_notes,
    day_in_three_columns, year_and_quarter_columns, year_and_month_columns, offences_as_headings,
    times_and_offences_as_headings, codes_beside_names, json_stat, json_stat_of_version_one,
    floating_numbers_in_parquet, one_value_of_a_dimension_in_parquet,
]  # fmt: skip


@pytest.mark.parametrize("layout", FURTHER, ids=lambda one: one.__name__)
def test_a_further_layout_is_read_untouched_to_the_same_cells(layout, tmp_path, plain):
    pd.testing.assert_frame_equal(read(layout(), tmp_path).incidents, plain)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return read(Tiny(), tmp_path_factory.mktemp("plain")).incidents


def test_an_area_with_two_codes_is_refused_among_reports_too(tmp_path):
    from tingbjerg_eval.inputs.problems import InputRefused

    tiny = Tiny().setting("area: Område, date", "area: Område, area_code: Nr, date")
    frame = pd.read_csv(io.BytesIO(tiny.files["reports.csv"]), sep=";", dtype=str)
    frame["Nr"] = frame["Område"].map({one: f"0{n}" for n, one in enumerate(AREAS)})
    read(tiny.raw("reports.csv", csv(frame)), tmp_path)
    frame.loc[0, "Nr"] = "03"
    with pytest.raises(InputRefused, match=r"area-codes-differ.*'Tingbjerg': '00', '03'"):
        read(tiny.raw("reports.csv", csv(frame)), tmp_path)


def test_a_small_number_in_parquet_is_no_exponent(tmp_path):
    frame = cells().astype({"Antal": float})
    frame.loc[0, "Antal"] = 1e-5
    data = io.BytesIO()
    frame.to_parquet(data, index=False)
    tiny = counted(data.getvalue(), "format: parquet", file="counted.parquet")
    said = tiny.check(tmp_path).problems
    assert [(one.code, one.found[:10]) for one in said] == [("not-whole", "'0.0000100")]


def survey(tiny: Tiny) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(tiny.files["survey.csv"]), sep=";", dtype=str)


def test_clusters_are_read_and_linearised_over(tmp_path):
    """Of a simple sample in clusters the variance is that of the clusters' totals, by hand."""
    tiny = Tiny().setting("stratum: Stratum}", "cluster: Klynge}")
    frame = survey(tiny)
    frame = frame.assign(Klynge=[f"k{n * n % 5}" for n in range(len(frame))], Vægt="1,0")
    read_back = read(tiny.raw("survey.csv", csv(frame)), tmp_path).survey
    assert read_back["cluster"].tolist() == frame["Klynge"].tolist()
    shares = survey_shares(read_back, "tryg", answers=["utryg", "meget utryg"], cluster="cluster")
    first = shares.iloc[0]
    wave = read_back[(read_back["wave"] == first["wave"]) & read_back["tryg"].notna()]
    own = (wave["area"] == first["area"]).astype(float)
    residual = own * (wave["tryg"].isin(["utryg", "meget utryg"]) - first["share"]) / own.sum()
    everyone = read_back[read_back["wave"] == first["wave"]]["cluster"]
    totals = residual.groupby(wave["cluster"]).sum().reindex(everyone.unique(), fill_value=0.0)
    assert first["variance"] == pytest.approx(len(totals) / (len(totals) - 1) * (totals**2).sum())


def scale(answers: str, more: str = "") -> Tiny:
    """The survey with its question on a scale from 0 to 10; an utryg is 0 to 3."""
    tiny = Tiny().setting("answers: [utryg, meget utryg]", f"answers: {answers}")
    frame = survey(tiny)
    numbers = {"tryg": "8" if more else "4", "utryg": "3", "meget utryg": "0"}
    frame["tryg"] = frame["tryg"].map(lambda text: numbers.get(text, text))
    return tiny.setting("respondent:", f"{more.lstrip()}respondent:").raw("survey.csv", csv(frame))


@pytest.mark.parametrize(
    "more", ["", "codes: {tryg: {0: Slet ikke tryg, 10: Helt tryg, 88: ved ikke}}\n    "]
)
def test_a_cut_of_a_scale_counts_its_numbers(more, tmp_path):
    """1 and 2 are nobody's answer; what the labels of the ends enclose is an answer."""
    plain = read(Tiny(), tmp_path / "plain").survey["tryg"].isin(["utryg", "meget utryg"])
    tables = read(scale("0-3", more), tmp_path / "scale")
    assert tables.survey["tryg"].isin(list("0123")).tolist() == plain.tolist()
    assert set(tables.survey["tryg"].dropna()) == {"0", "3", "8" if more else "4"}


def test_a_cut_of_a_scale_in_spss_needs_no_labels_in_between(tmp_path):
    import pyreadstat

    tiny = scale("0-3", " ").setting("survey.csv\n", "survey.sav\n    format: spss\n").setting(
        '    decimal: ","\n    columns: {area: Område, wave: År', '    columns: {area: Område, wave: År')  # noqa: E501  # fmt: skip
    frame = survey(tiny)
    frame["tryg"] = pd.to_numeric(frame["tryg"], errors="coerce")
    frame["Vægt"] = frame["Vægt"].str.replace(",", ".").astype(float)
    labels = {"tryg": {0: "Slet ikke tryg", 10: "Helt tryg"}}
    pyreadstat.write_sav(frame, str(tmp_path / "x.sav"), variable_value_labels=labels)
    tiny = tiny.raw("survey.sav", (tmp_path / "x.sav").read_bytes())
    given = read(tiny, tmp_path / "study").survey["tryg"]
    assert set(given.dropna()) == {"0", "3", "8"}


def test_inhabitants_by_month_and_age_are_means_of_sums(tmp_path):
    """By hand: 400 + month children and 600 others; January to March have the mean 1002."""
    rows = [
        f"{area};{year}M{month:02d};{age};{number}"
        for at, area in enumerate(AREAS)
        for year in (2009, 2010)
        for month in range(1, 13)
        for age, number in (("0-17", 400 + 10 * at + month), ("18+", 600))
    ]
    tiny = Tiny().raw("population.csv", "\n".join(["Område;Måned;Alder;Folketal", *rows]).encode())
    tiny = tiny.setting(
        "columns: {area: Område, quarter: Kvartal, population: Folketal}",
        'time: "{year}M{month}"\n    sum_over: [Alder]\n'
        "    columns: {area: Område, quarter: Måned, population: Folketal}",
    )
    people = read(tiny, tmp_path).population.set_index(["area", "quarter"])["population"]
    assert people["Tingbjerg", "2009K1"] == 1002
    assert people["Ålholm", "2010K4"] == 1000 + 30 + 11
