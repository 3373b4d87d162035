"""A thousand spoilt files: no traceback, and never another total than the file itself holds."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from tiny import FILES, Tiny

from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.data.formats.headings import name_columns
from tingbjerg_eval.data.formats.loading import load_rows
from tingbjerg_eval.data.incidents import reports
from tingbjerg_eval.data.incidents.delimited_reports import STRUCTURE, Irregular
from tingbjerg_eval.data.incidents.read import read_incidents
from tingbjerg_eval.data.personal import refuse_personal
from tingbjerg_eval.data.population import clean_population
from tingbjerg_eval.data.survey import clean_survey
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.study.settings_file import read_settings

SIGNS = b';,"\n\r\t .-0123456789abcKXO\xc3\xa5\xe5\x00\xff%'


def flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([chance.choice(SIGNS)]) + data[at + 1 :]


def drop(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 4) :]


def insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([chance.choice(SIGNS)]) + data[at:]


def cut_rows(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    return b"\n".join(lines[:at] + lines[at + chance.randrange(1, 3) :])


def repeat_row(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    lines.insert(chance.randrange(1, len(lines)), chance.choice(lines))
    return b"\n".join(lines)


def swap_columns(data: bytes, chance: random.Random) -> bytes:
    rows = [line.split(b";") for line in data.split(b"\n")]
    one, other = chance.sample(range(len(rows[0])), 2)
    whole = chance.random() < 0.5
    for row in rows if whole else [chance.choice(rows)]:
        if len(row) > max(one, other):
            row[one], row[other] = row[other], row[one]
    return b"\n".join(map(b";".join, rows))


def truncate(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


MUTATIONS = (flip, drop, insert, cut_rows, repeat_row, swap_columns, truncate)


def plain_total(data: bytes, column: str, *, decimal: str = ".") -> float:
    """What the file says, read as simply as can be; fails where that is not possible."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    rows = list(csv.reader(text.split("\n"), delimiter=";"))
    at = [heading.strip().casefold() for heading in rows[0]].index(column.casefold())
    return sum(float(row[at].replace(decimal, ".")) for row in rows[1:] if row and row != rows[0])


def read_counted(settings, folder: Path, found: Findings) -> float:
    cells, _ = read_incidents(settings.data.incidents, settings, folder, found)
    return float(cells["count"].sum())


def read_people(settings, folder: Path, found: Findings) -> float:
    return clean_population(_named(settings.data.population, folder, found), settings, found)[
        "population"
    ].sum()


def read_weights(settings, folder: Path, found: Findings) -> float:
    return clean_survey(_named(settings.data.survey, folder, found), settings, found)[
        "weight"
    ].sum()


def _named(source, folder: Path, found: Findings):
    headings = source.headings()
    keep = ()
    if hasattr(source, "respondent"):
        headings, keep = headings | {"respondent": source.respondent}, ("tryg",)
    raw, _ = load_rows(source, folder, found, keys=list(headings.values()))
    refuse_personal(raw, found, mapped=headings.values(), waived=())
    return name_columns(raw, headings, found, keep=keep)


CASES = [
    ("counted.csv", "Antal", ".", read_counted, 300),
    ("population.csv", "Folketal", ".", read_people, 300),
    ("survey.csv", "Vægt", ",", read_weights, 200),
]


@pytest.mark.parametrize(("file", "column", "decimal", "read", "times"), CASES)
def test_a_spoilt_file_is_refused_or_read_to_its_own_total(
    file, column, decimal, read, times, tmp_path
):
    settings = read_settings(Tiny().counted().write(tmp_path))
    chance, accepted, unplaced = random.Random(20100101), 0, []
    for _ in range(times):
        data = chance.choice(MUTATIONS)(FILES[file]().encode(), chance)
        (tmp_path / "data" / file).write_bytes(data)
        try:
            total = read(settings, tmp_path / "data", Findings(file=file))
        except InputRefused as refused:
            unplaced += [one for one in refused.problems if not (one.code and one.file)]
            continue
        accepted += 1
        assert total == pytest.approx(plain_total(data, column, decimal=decimal), abs=1e-6), data
    assert 0 < accepted < times
    assert not unplaced


def test_a_spoilt_extract_of_reports_is_refused_or_counted_in_full(tmp_path):
    settings = read_settings(Tiny().write(tmp_path))
    chance = random.Random(20091231)
    for _ in range(60):
        data = chance.choice(MUTATIONS)(FILES["reports.csv"]().encode(), chance)
        (tmp_path / "data" / "reports.csv").write_bytes(data)
        found = Findings(file="reports.csv")
        try:
            cells, _ = read_incidents(settings.data.incidents, settings, tmp_path / "data", found)
        except InputRefused:
            continue
        rows = len([line for line in data.splitlines()[1:] if line.strip(b"\n\r")])
        left_out = {"area-blank", "outside-coverage"} & {note.code for note in found.notes}
        assert cells["count"].sum() == rows or left_out


def test_a_spoilt_extract_gets_the_thorough_readers_answer(tmp_path, monkeypatch):
    settings = read_settings(Tiny().write(tmp_path))
    chance, path = random.Random(20110331), tmp_path / "data" / "reports.csv"

    def answer() -> tuple:
        found = Findings(file="reports.csv")
        try:
            cells, digest = read_incidents(settings.data.incidents, settings, path.parent, found)
        except InputRefused as refused:
            return [str(one) for one in refused.problems], None
        return [str(one) for one in found.items], (cells.to_csv(), digest)

    def refuse(*_) -> None:
        raise Irregular(*STRUCTURE)

    for _ in range(60):
        path.write_bytes(chance.choice(MUTATIONS)(FILES["reports.csv"]().encode(), chance))
        by_duckdb = answer()
        with monkeypatch.context() as patch:
            patch.setattr(reports, "delimited_engine", refuse)
            assert by_duckdb == answer(), path.read_bytes()
