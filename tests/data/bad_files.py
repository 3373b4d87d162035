"""Bad deliveries as files: each function changes the tiny study into one that is wrong."""

from __future__ import annotations

import io
import pickle
import zipfile

import openpyxl
import pandas as pd
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


def parquet(tiny: Tiny, *, cut: int = 0) -> Tiny:
    rows = population_rows()
    buffer = io.BytesIO()
    pd.DataFrame(rows[1:], columns=rows[0]).to_parquet(buffer)
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
