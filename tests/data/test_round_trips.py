"""The demo study, delivered in every format, gives the same panels and the same answers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from tingbjerg_eval.data.panels import build_panel
from tingbjerg_eval.data.reading import read_tables
from tingbjerg_eval.data.tables import Tables
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.strict_yaml import read_yaml
from tingbjerg_eval.stats.survey import survey_shares
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.settings_file import settings_from

TABLES = ("incidents", "population", "survey", "activities", "consultation")
NUMBERS = {
    "population": ["Folketal"],
    "survey": ["Vægt", "År"],
    "activities": ["Planlagt", "Udført", "Forbrug"],
    "consultation": ["Antal"],
    "incidents": [],
}


@pytest.fixture(scope="module")
def demo(demo_folder, tmp_path_factory) -> Path:
    return shutil.copytree(demo_folder, tmp_path_factory.mktemp("round") / "demo")


@pytest.fixture(scope="module")
def frames(demo) -> dict[str, pd.DataFrame]:
    """The delivered tables with their headings, numbers as numbers and days as days."""
    sources = read_yaml(demo / "study.yaml").value["data"]
    found = {}
    for table in TABLES:
        path = demo / "data" / sources[table]["file"]
        frame = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
        for column in NUMBERS[table]:
            frame[column] = pd.to_numeric(frame[column].str.replace(",", "."))
        if table == "incidents":
            days = pd.to_datetime(frame["Gerningsdato"], format="%d-%m-%Y")
            frame["Gerningsdato"] = days.dt.date
        found[table] = frame
    return found


@pytest.fixture(scope="module")
def original(demo) -> tuple[StudySettings, Tables]:
    return read(demo, {})


def read(folder: Path, changes: dict[str, dict]) -> tuple[StudySettings, Tables]:
    """The demo's tables with some keys of its sources changed (``None`` removes one)."""
    document = read_yaml(folder / "study.yaml")
    for table, keys in changes.items():
        source = document.value["data"][table] | keys
        kept = {key: value for key, value in source.items() if value is not None}
        document.value["data"][table] = kept
    settings = settings_from(document)
    return settings, read_tables(settings, folder)


def assert_same(original, other) -> None:
    settings, tables = original
    _, found = other
    for name in settings.indicators_of("count"):
        pd.testing.assert_frame_equal(
            build_panel(tables, settings, name), build_panel(found, settings, name)
        )
    for name in settings.indicators_of("share"):
        pd.testing.assert_frame_equal(
            shares(tables, settings, name), shares(found, settings, name), rtol=1e-12
        )
    order = lambda frame: frame.sort_values(list(frame.columns), ignore_index=True)  # noqa: E731
    for table in ("incidents", "population", "survey", "activities", "consultation"):
        expected, got = order(getattr(tables, table)), order(getattr(found, table))
        pd.testing.assert_frame_equal(expected, got, check_dtype=False)


def shares(tables: Tables, settings: StudySettings, name: str) -> pd.DataFrame:
    """The weighted shares of one indicator by area and wave."""
    indicator = settings.indicators[name]
    return survey_shares(tables.survey, indicator.question, answers=indicator.answers)


def write_each(folder: Path, frames, ending: str, write, **keys) -> dict[str, dict]:
    """Write every table by ``write(frame, path)``; returns the changed keys of the sources."""
    changes = {}
    for table, frame in frames.items():
        write(frame, folder / "data" / f"{table}.{ending}")
        changes[table] = {"file": f"{table}.{ending}", "encoding": None, "previous": None} | keys
    return changes


def test_windows_1252(demo, frames, original):
    def write(frame, path):
        text = frame.copy()
        if "Gerningsdato" in text:
            text["Gerningsdato"] = pd.to_datetime(text["Gerningsdato"]).dt.strftime("%d-%m-%Y")
        text.to_csv(path, sep=";", index=False, encoding="cp1252", decimal=",")

    changes = write_each(demo, frames, "cp1252.csv", write)
    changes = {table: keys | {"encoding": "cp1252"} for table, keys in changes.items()}
    assert_same(original, read(demo, changes))


def test_excel(demo, frames, original):
    def write(frame, path):
        frame.to_excel(path, index=False, sheet_name="Data")

    # A workbook of every single report takes long to write; test_layouts reads a small one.
    small = {table: frame for table, frame in frames.items() if table != "incidents"}
    changes = write_each(demo, small, "xlsx", write, format="excel", sheet="Data")
    assert_same(original, read(demo, changes))


def test_spss_with_value_labels(demo, frames, original):
    import pyreadstat

    answers = sorted(set(frames["survey"]["tryg_aften"]))
    codes = {answer: float(code) for code, answer in enumerate(answers, start=1)}

    def write(frame, path):
        labels = {}
        if "tryg_aften" in frame:
            frame = frame.assign(tryg_aften=frame["tryg_aften"].map(codes))
            labels = {"tryg_aften": {code: answer for answer, code in codes.items()}}
        pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)

    changes = write_each(demo, frames, "sav", write, format="spss")
    assert_same(original, read(demo, changes))


def test_stata(demo, frames, original):
    def write(frame, path):
        days = {"Gerningsdato": lambda f: f["Gerningsdato"].astype(str)}
        frame = frame.assign(**{k: v for k, v in days.items() if k in frame})
        frame.to_stata(path, write_index=False, version=118)

    changes = write_each(demo, frames, "dta", write, format="stata")
    assert_same(original, read(demo, changes))


def test_parquet(demo, frames, original):
    changes = write_each(demo, frames, "parquet", lambda f, path: f.to_parquet(path),
                         format="parquet")  # fmt: skip
    assert_same(original, read(demo, changes))


def test_a_duckdb_file(demo, frames, original):
    import duckdb

    with duckdb.connect(str(demo / "data" / "study.duckdb")) as connection:
        for table, frame in frames.items():
            connection.register("given", frame)
            connection.execute(f"CREATE TABLE {table} AS SELECT * FROM given")
    changes = {
        table: {
            "file": "study.duckdb",
            "format": "duckdb",
            "query_table": table,
            "encoding": None,
            "previous": None,
        }
        for table in frames
    }
    assert_same(original, read(demo, changes))


def test_postgresql_counts_the_reports_where_they_lie(demo, frames, original, postgres):
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA police"))
        for table, frame in frames.items():
            frame.to_sql(table, connection, schema="police", index=False, chunksize=5000,
                         method="multi" if len(frame) < 5000 else None)  # fmt: skip
    engine.dispose()
    changes = {
        table: {"file": None, "encoding": None, "format": "database", "database": postgres,
                "query_table": f"police.{table}", "previous": None}
        for table in frames
    }  # fmt: skip
    assert_same(original, read(demo, changes))


def test_the_same_statement_is_written_for_sql_server():
    """Written, not run: no SQL Server is at hand here."""
    from sqlalchemy.dialects import mssql

    from tingbjerg_eval.data.incidents.queries import ReportQueries

    statements = []

    class Recorder:
        table = sa.table("reports", sa.column("Område"), sa.column("Kode"), sa.column("Dato"))
        headings = ["Område", "Kode", "Dato"]

        def run(self, query):
            statements.append(str(query.compile(dialect=mssql.dialect())))
            return pd.DataFrame()

    headings = {"area": "Område", "offence": "Kode", "date": "Dato"}
    ReportQueries(engine=Recorder(), headings=headings, date_format="%d-%m-%Y").groups()
    assert "GROUPING SETS" in statements[0]
    assert "[Område]" in statements[0]


def test_a_large_file_is_counted_out_of_core_to_the_same_cells(demo, original, monkeypatch):
    monkeypatch.setattr("tingbjerg_eval.data.incidents.reports.LARGE", 1000)
    assert_same(original, read(demo, {}))


def test_digests_say_which_bytes_were_read(demo, original):
    import hashlib

    _, tables = original
    for source in tables.sources:
        data = (demo / "data" / source.file).read_bytes()
        assert source.sha256 == hashlib.sha256(data).hexdigest()


def test_reading_leaves_nothing_behind(demo):
    before = sorted(path.name for path in demo.rglob("*"))
    read(demo, {})
    assert sorted(path.name for path in demo.rglob("*")) == before


def test_a_table_that_the_database_lacks_or_guards_is_named(demo, postgres):
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        columns = '"Område" text, "Kvartal" text, "Folketal" int'
        connection.execute(sa.text(f"CREATE TABLE guarded ({columns})"))
        connection.execute(sa.text("CREATE ROLE nobody_here LOGIN"))
    engine.dispose()
    keys = {"file": None, "encoding": None, "database": postgres, "query_table": "absent"}
    assert refused_codes(demo, keys) == {"database-table"}
    other = postgres.replace("tester@", "nobody_here@")
    assert refused_codes(demo, keys | {"database": other, "query_table": "guarded"}) == {
        "database-query"
    }


def test_moments_with_a_time_zone_are_not_turned_into_days(demo, postgres):
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        columns = '"Område" text, "Gerningsdato" timestamptz, "Gerningskode" text'
        connection.execute(sa.text(f'CREATE TABLE zoned ({columns}, "Journalnummer" text)'))
    engine.dispose()
    keys = {"file": None, "encoding": None, "format": "database", "database": postgres,
            "query_table": "zoned", "previous": None}  # fmt: skip
    assert refused_codes(demo, keys, table="incidents") == {"time-zone"}


@pytest.mark.parametrize(("kind", "code"), [("timestamp", "date-form"), ("date", "after-extract")])
def test_a_fault_of_a_whole_column_is_one_problem(demo, postgres, kind, code):
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(sa.text(
            f"""CREATE TABLE every_{kind} AS SELECT 'Tingbjerg' AS "Område",
            '1320' AS "Gerningskode",
            day::{kind} AS "Gerningsdato", 'A' || row_number() OVER () AS "Journalnummer"
            FROM generate_series('2014-01-01 10:00'::timestamp, '2016-01-01', '1 day') day"""
        ))  # fmt: skip
    engine.dispose()
    keys = {"file": None, "encoding": None, "format": "database", "database": postgres,
            "query_table": f"every_{kind}", "previous": None}  # fmt: skip
    with pytest.raises(InputRefused) as refused:
        read(demo, {"incidents": keys})
    assert [one.code for one in refused.value.problems].count(code) == 1


def refused_codes(demo, keys, *, table: str = "population") -> set[str]:
    with pytest.raises(InputRefused) as refused:
        read(demo, {table: keys})
    return {problem.code for problem in refused.value.problems}


def test_the_check_of_the_demo_is_clean_and_its_json_is_whole(demo):
    from tingbjerg_eval.data.check import check_study

    result = check_study(demo / "study.yaml")
    assert result.exit_code == 0
    said = json.loads(result.to_json())
    assert said["problems"] == []
    assert [note["code"] for note in said["notes"]] == [note.code for note in result.notes]
    assert list(result.to_frame()["kind"]) == ["note"] * len(result.notes)
