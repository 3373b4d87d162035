"""Counting a large police extract: time and memory against bare DuckDB and bare pandas.

``python tests/benchmarks/bench_reading.py [MILLIONS ...]`` (default 2.5 5 10) writes extracts of
so many million reports to a temporary folder, counts each in processes of their own and prints the
least seconds of CPU of ``--repeat`` runs (default 3), peak memory and the ratios. ``--quoted`` puts
every field in quotation marks; ``--parquet N`` also counts N million from Parquet.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

AREAS = (
    "Tingbjerg",
    "Bispeparken",
    "Folehaven",
    "Hørgården",
    "Urbanplanen",
    "Ålholm",
    "Vigerslev",
    "Bavnehøj",
    "Bellahøj",
    "Stærevej",
    "Ryparken-Lundehus",
    "Sjælør Boulevard",
)
CODES = (1210, 1220, 1230, 1312, 1320, 1328, 1345, 1380, 1390, 3210)


def write_extract(path: Path, millions: float, *, quoted: bool = False) -> None:
    """A simulated extract: area, day, code, case number; CSV or Parquet by the ending."""
    import duckdb

    rows = int(millions * 1_000_000)
    areas = ", ".join(f"'{area}'" for area in AREAS)
    codes = ", ".join(f"'{code}'" for code in CODES)
    form = "FORMAT parquet" if path.suffix == ".parquet" else "HEADER, DELIMITER ';'"
    form += ", FORCE_QUOTE *" if quoted else ""
    duckdb.execute(
        f"""COPY (SELECT ([{areas}])[1 + i % {len(AREAS)}] AS "Område",
        strftime(DATE '2008-01-01' + CAST(i * 7919 % 1827 AS INTEGER), '%d-%m-%Y') AS "Dato",
        ([{codes}])[1 + CAST(i * 31 % {len(CODES)} AS INTEGER)] AS "Kode",
        printf('J%09d', i) AS "Sag" FROM range({rows}) t(i)) TO '{path}' ({form})"""
    )


def count_strictly(path: str) -> int:
    """The project's own way, with every check."""
    from tingbjerg_eval.data.formats.findings import Findings
    from tingbjerg_eval.data.incidents.read import read_incidents
    from tingbjerg_eval.inputs.strict_yaml import parse_yaml
    from tingbjerg_eval.study.settings_file import settings_from

    file = Path(path)
    settings = settings_from(parse_yaml(study(file), file="study.yaml"))
    found = Findings(file=file.name)
    cells, _ = read_incidents(settings.data.incidents, settings, file.parent, found)
    return int(cells["count"].sum())


def study(file: Path) -> str:
    """The settings that the extract needs."""
    form = "parquet" if file.suffix == ".parquet" else "csv"
    comparison = ", ".join(AREAS[1:])
    return f"""
name: bench
title: Benchmark
case: {{sender: A, case_number: "1", document_number: "2", case_officer: B}}
areas: {{treated: {AREAS[0]}, comparison: [{comparison}]}}
periods: {{baseline: [2008K1, 2009K4], period: [2010K1, 2012K4]}}
indicators: {{burglary: {{title: Indbrud, kind: count, basket: {{version: "1", codes: [1320]}}}}}}
data:
  incidents:
    file: {file.name}
    format: {form}
    columns: {{area: Område, date: Dato, offence: Kode, case: Sag}}
    date_format: "%d-%m-%Y"
    extract_date: 2013-12-01
    coverage: {{from: 2008-01-01, to: 2012-12-31}}
    limit_mb: 20000
  population: {{file: x.csv, columns: {{area: a, year: b, population: c}}}}
"""


def count_duckdb(path: str) -> int:
    """Bare DuckDB: sniffed types, one GROUP BY."""
    import duckdb

    return duckdb.sql(
        f"""SELECT sum(n) FROM (SELECT "Område", year("Dato") y, quarter("Dato") q, "Kode",
        count(*) n
        FROM read_csv('{path}', dateformat='%d-%m-%Y', types={{'Dato': 'DATE'}}) GROUP BY ALL)"""
    ).fetchall()[0][0]


def count_pandas(path: str) -> int:
    """Bare pandas: the C parser, days parsed, one groupby."""
    import pandas as pd

    frame = pd.read_csv(path, sep=";", parse_dates=["Dato"], date_format="%d-%m-%Y")
    quarter = frame["Dato"].dt.to_period("Q")
    return int(frame.groupby(["Område", quarter, "Kode"]).size().sum())


WAYS = {"strict": count_strictly, "duckdb": count_duckdb, "pandas": count_pandas}


def measure(way: str, path: Path, repeat: int) -> dict[str, float]:
    """CPU seconds, peak megabytes and the total of the cheapest of ``repeat`` processes."""
    return min((measure_once(way, path) for _ in range(repeat)), key=lambda one: one["cpu"])


def measure_once(way: str, path: Path) -> dict[str, float]:
    """CPU seconds, peak megabytes and the total, from a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", way, str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def report_one(way: str, path: str) -> None:
    """Count once and print what it cost."""
    total = WAYS[way](path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024, "rows": total}
    print(json.dumps(cost))


def compare(millions: float, folder: Path, *, quoted: bool, repeat: int) -> None:
    """One size, all three ways, with ratios."""
    path = folder / "extract.csv"
    write_extract(path, millions, quoted=quoted)
    costs = {way: measure(way, path, repeat) for way in WAYS}
    for way, cost in costs.items():
        ratio = costs["strict"]["cpu"] / cost["cpu"]
        print(
            f"{millions:6.1f} M rows {path.stat().st_size / 1e6:6.0f} MB  {way:7} "
            f"{cost['cpu']:6.2f} s CPU {cost['mb']:6.0f} MB  strict/this {ratio:.2f}"
        )
    path.unlink()


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("millions", nargs="*", type=float, default=[2.5, 5.0, 10.0])
    parser.add_argument("--parquet", type=float)
    parser.add_argument("--quoted", action="store_true")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        report_one(*options.one)
        return
    with tempfile.TemporaryDirectory() as folder:
        for millions in options.millions:
            compare(millions, Path(folder), quoted=options.quoted, repeat=options.repeat)
        if options.parquet:
            path = Path(folder) / "extract.parquet"
            write_extract(path, options.parquet)
            cost = measure("strict", path, options.repeat)
            used = f"{cost['cpu']:.1f} s CPU {cost['mb']:.0f} MB"
            print(f"{options.parquet:6.1f} M rows from Parquet {used}")


if __name__ == "__main__":
    main()
