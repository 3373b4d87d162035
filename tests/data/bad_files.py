"""Bad deliveries as files: each function changes the tiny study into one that is wrong."""

from __future__ import annotations

import io
import pickle
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tiny import FILES, Tiny

EXCEL = {"reports.csv": "reports.xlsx", "population.csv": "population.xlsx"}


def encoded(tiny: Tiny, file: str, codec: str) -> Tiny:
    return tiny.raw(file, FILES[file]().encode(codec))


def mixed_encodings(tiny: Tiny) -> Tiny:
    lines = FILES["population.csv"]().split("\n")
    half = len(lines) - 4
    data = "\n".join(lines[:half]).encode() + b"\n" + "\n".join(lines[half:]).encode("cp1252")
    return tiny.raw("population.csv", data.replace("Ålholm".encode("cp1252"), b"\xc5lholm"))


def every_row(tiny: Tiny, file: str, extra: str) -> Tiny:
    head, *body = FILES[file]().rstrip("\n").split("\n")
    return tiny.raw(file, "\n".join([head, *[row + extra for row in body], ""]).encode())


def numbered_rows(tiny: Tiny, file: str, extra: str) -> Tiny:
    """With another field in every row, no two alike."""
    head, *body = FILES[file]().rstrip("\n").split("\n")
    rows = [f"{row}{extra}{number}" for number, row in enumerate(body)]
    return tiny.raw(file, "\n".join([head, *rows, ""]).encode())


def unchanged(book) -> None:
    """Leave a workbook as it is."""
    del book


def workbook(rows: list[list[object]], change=unchanged) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def population_rows() -> list[list[object]]:
    head, *body = [line.split(";") for line in FILES["population.csv"]().split()]
    return [head, *[[area, quarter, int(people)] for area, quarter, people in body]]


def as_excel(tiny: Tiny, change=unchanged) -> Tiny:
    tiny.raw("population.xlsx", workbook(population_rows(), change))
    return tiny.setting(
        "    file: population.csv\n    encoding: utf-8\n",
        "    file: population.xlsx\n    format: excel\n",
    )


def two_sheets(book) -> None:
    book.create_sheet("Noter")


def hidden_sheet(book) -> None:
    book.create_sheet("Gammel").sheet_state = "hidden"


def merged(book) -> None:
    book.active.merge_cells("A2:A3")


def formula(book) -> None:
    book.active["C2"] = "=500+500"


def error_cell(book) -> None:
    book.active["C2"] = "#N/A"
    book.active["C2"].data_type = "e"


def parquet(tiny: Tiny, *, cut: int = 0, again: str = "", values: tuple = ()) -> Tiny:
    """The population as Parquet: cut short, with a column ``again``, or with other first values."""
    rows = population_rows()
    buffer = io.BytesIO()
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    if len(values):
        frame["Folketal"] = [*map(float, values), *frame["Folketal"][len(values) :].map(float)]
    table = pa.table({name: pa.array(frame[name].tolist()) for name in frame})
    if again:
        table = table.append_column(again, table.column("Folketal"))
    pq.write_table(table, buffer)
    data = buffer.getvalue()
    tiny.raw("population.parquet", data[: len(data) - cut])
    return tiny.setting(
        "    file: population.csv\n    encoding: utf-8\n",
        "    file: population.parquet\n    format: parquet\n",
    )


class Trap:
    """What a hostile pickle does when it is opened: here, fail the test."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('a pickle was opened')",))


def pickled(tiny: Tiny) -> Tiny:
    return tiny.raw("population.csv", pickle.dumps(Trap()))


def zipped(tiny: Tiny) -> Tiny:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", FILES["population.csv"]())
        archive.writestr("b.csv", FILES["population.csv"]())
    return tiny.raw("population.csv", buffer.getvalue())


def many_reports(tiny: Tiny, rows: list[tuple[str, str, int]]) -> Tiny:
    """Counted cells of burglary multiplied by 20, with some (area, quarter) set to a count."""
    tiny = tiny.counted()
    changed = {(area, quarter): value for area, quarter, value in rows}
    lines = FILES["counted.csv"]().strip().split("\n")
    body = [line.split(";") for line in lines[1:]]
    for row in body:
        row[3] = str(changed.get((row[0], row[1]), 20 * int(row[3])))
    return tiny.raw("counted.csv", "\n".join([lines[0], *map(";".join, body), ""]).encode())


def code_silent(tiny: Tiny, code: str, quarters: tuple[str, ...]) -> Tiny:
    """Counted cells times 20, but none of ``code`` in ``quarters``."""
    tiny = many_reports(tiny, [])
    lines = tiny.files["counted.csv"].decode().strip().split("\n")
    body = [line.split(";") for line in lines[1:]]
    for row in body:
        if row[2] == code and row[1] in quarters:
            row[3] = "0"
    return tiny.raw("counted.csv", "\n".join([lines[0], *map(";".join, body), ""]).encode())


def with_marks(tiny: Tiny) -> Tiny:
    """Every file with a byte order mark."""
    tiny.files = {name: b"\xef\xbb\xbf" + content for name, content in tiny.files.items()}
    return tiny


def out_of_order(tiny: Tiny) -> Tiny:
    """Counted cells sorted by their counts."""
    head, *body = FILES["counted.csv"]().strip().split("\n")
    text = "\n".join([head, *sorted(body, key=lambda row: row[::-1]), ""])
    return tiny.counted().raw("counted.csv", text.encode())


def renamed(tiny: Tiny, name: str) -> Tiny:
    """The last area called ``name`` everywhere."""
    tiny.study = tiny.study.replace("Ålholm", f'"{name}"')
    tiny.files = {
        file: content.decode().replace("Ålholm", name).encode()
        for file, content in tiny.files.items()
    }
    return tiny


def hidden_row(book) -> None:
    book.active.row_dimensions[3].hidden = True


def hidden_column(book) -> None:
    book.active.column_dimensions["B"].hidden = True


def filtered(book) -> None:
    """Only the first area in sight, as a filter leaves a sheet."""
    book.active.auto_filter.ref = "A1:C33"
    book.active.auto_filter.add_filter_column(0, ["Tingbjerg"])
    for number in range(10, 34):
        book.active.row_dimensions[number].hidden = True


def two_tables(book) -> None:
    for column, text in zip("EFG", ("Område", "Kvartal", "Folketal"), strict=True):
        book.active[f"{column}1"] = text


def table_below(book) -> None:
    for column, text in enumerate(("Område", "Kvartal", "Folketal"), start=1):
        book.active.cell(36, column, text)


def serial_cell(book) -> None:
    book.active["B2"] = 39814


def swelling(tiny: Tiny) -> Tiny:
    """A sheet with 101 MB of blanks in it, packed to almost nothing."""
    tiny = as_excel(tiny)
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(tiny.files["population.xlsx"])) as given,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            made.writestr(name, given.read(name))
        made.writestr("xl/media/blank.bin", b" " * 101_000_000, compresslevel=1)
    return tiny.raw("population.xlsx", buffer.getvalue())


def linked_outside(tiny: Tiny) -> Tiny:
    """The population as a link to a file beside the data folder."""
    return tiny.link("population.csv", "../outside.csv")


def linked_to_itself(tiny: Tiny) -> Tiny:
    return tiny.link("population.csv", "population.csv")


def with_time_zone(tiny: Tiny) -> Tiny:
    """Single reports with local midnights and their time zone: the day before in world time."""
    head, *body = [line.split(";") for line in FILES["reports.csv"]().split()]
    frame = pd.DataFrame(body, columns=head)
    days = pd.to_datetime(frame["Gerningsdato"], format="%d-%m-%Y")
    buffer = io.BytesIO()
    frame.assign(Gerningsdato=days.dt.tz_localize("Europe/Copenhagen")).to_parquet(buffer)
    tiny.raw("reports.parquet", buffer.getvalue()).setting('    date_format: "%d-%m-%Y"\n', "")
    return tiny.setting(
        "    file: reports.csv\n    encoding: utf-8\n",
        "    file: reports.parquet\n    format: parquet\n",
    )


def some_labels(tiny: Tiny) -> Tiny:
    """An SPSS file in which one of the codes that were used has no label."""
    import pyreadstat

    text = io.StringIO(FILES["survey.csv"]())
    frame = pd.read_csv(text, sep=";", decimal=",")
    codes = {"tryg": 1.0, "utryg": 2.0, "meget utryg": 3.0}
    frame["tryg"] = frame["tryg"].map(codes)
    frame.loc[0, "tryg"] = 4.0
    labels = {"tryg": {code: answer for answer, code in codes.items()}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.sav"
        pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)
        tiny.raw("survey.sav", path.read_bytes())
    return tiny.setting(
        '    file: survey.csv\n    encoding: utf-8\n    decimal: ","\n',
        "    file: survey.sav\n    format: spss\n",
    )
