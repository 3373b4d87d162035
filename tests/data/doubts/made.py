"""A clean made study of single reports or counted cells, large enough to be doubted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tingbjerg_eval.data.check import CheckResult, check_study
from tingbjerg_eval.inputs.quarters import quarter_range

AREAS = ("Indsats", "Nordby", "Sydby", "Østerby", "Vestby", "Midtby", "Havneby")
QUARTERS = quarter_range("2008K1", "2012K4")
CODES = {"1320": 40.0, "1390": 25.0}
"""Reports to be expected in each area and quarter."""

STUDY = """\
name: made
title: Lavet
simulated: true
case: {{sender: F, recipient: U, case_number: "-", document_number: "-", case_officer: E}}
areas:
  treated: Indsats
  comparison: [Nordby, Sydby, Østerby, Vestby, Midtby, Havneby]
periods: {{baseline: [2008K1, 2009K4], period: [2010K1, 2012K4]}}
indicators:
  burglary: {{title: Indbrud, kind: count, basket: {{version: "1", codes: ["1320"]}}}}
  vandalism: {{title: Haerværk, kind: count, basket: {{version: "1", codes: ["1390"]}}}}
{more}data:
  incidents:
    file: politi.csv
    encoding: utf-8
    extract_date: {drawn}
{incidents}  population:
    file: folketal.csv
    encoding: utf-8
    columns: {{area: Område, year: År, population: Folketal}}
{population}"""
REPORTS = """\
    columns: {area: Område, date: Dato, offence: Kode%s}
    date_format: "%%d-%%m-%%Y"
    coverage: {from: 2008-01-01, to: %s}
"""
COUNTED = "    columns: {area: Område, quarter: Kvartal, offence: Kode, count: Antal}\n"
STRATEGY = """\
title: Lavet
parties: {kommunen: {name: Kommunen}}
budget: {2010: 0, 2011: 0, 2012: 0}
action_areas: {tryghed: {title: Tryghed, priority: 1, problem: P, evidence: E}}
targets:
  indbrud-20:
    title: Indbrud falder
    action_area: tryghed
    indicator: burglary
    kind: relative_change
    goal: -20
    by: "2012K4"
    responsible: kommunen
    primary: true
"""
Row = tuple[str, ...]


@dataclass
class Made:
    """The deliveries, to be spoilt before they are written.

    ``counts`` has reports by area, quarter and code; ``rows`` single reports (area, day, code).
    """

    seed: int = 1
    more: str = ""
    incidents: str = ""
    population: str = ""
    case: bool = True
    split: bool = False
    drawn: str = "2013-08-15"
    until: str = "2012-12-31"
    status: Callable[[str, dt.date, str], str] | None = None
    """What a further column of single reports says of each."""
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)
    rows: list[tuple[str, dt.date, str]] = field(default_factory=list)
    people: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        random = np.random.default_rng(self.seed)
        for area in AREAS:
            base = int(random.integers(5000, 9000))
            self.people |= {(area, year): base + 30 * (year - 2008) + int(random.integers(0, 15))
                            for year in range(2008, 2013)}  # fmt: skip
            for quarter in QUARTERS:
                for code, mean in CODES.items():
                    number = int(random.poisson(mean))
                    self.counts[area, quarter, code] = number
                    start = dt.date(int(quarter[:4]), 3 * int(quarter[5]) - 2, 1)
                    days = random.integers(0, 90, number)
                    self.rows += [(area, start + dt.timedelta(int(day)), code) for day in days]

    def change(
        self, change: Callable[[str, dt.date, str], tuple[str, dt.date, str] | None]
    ) -> Made:
        """With every report as ``change`` makes it; left out where it makes nothing of it."""
        changed = [change(*row) for row in self.rows]
        self.rows = [row for row in changed if row is not None]
        return self

    def write(self, folder: Path, *, counted: bool = False) -> Path:
        """Write the study; returns the path of ``study.yaml``."""
        data = folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        form = COUNTED if counted else REPORTS % (", case: Sag" if self.case else "", self.until)
        path = folder / "study.yaml"
        text = STUDY.format(
            more=self.more,
            incidents=form + self.incidents,
            population=self.population,
            drawn=self.drawn,
        )
        path.write_text(text, encoding="utf-8")
        (folder / "strategy.yaml").write_text(STRATEGY, encoding="utf-8")
        (data / "politi.csv").write_text(self._counted() if counted else self._reports(), "utf-8")
        lines = [f"{area};{year};{number}" for (area, year), number in self.people.items()]
        (data / "folketal.csv").write_text(
            "\n".join(["Område;År;Folketal", *lines]) + "\n", "utf-8"
        )
        return path

    def _counted(self) -> str:
        if self.split:
            return self._with_totals()
        lines = [f"{area};{quarter};{code};{n}" for (area, quarter, code), n in self.counts.items()]
        return "\n".join(["Område;Kvartal;Kode;Antal", *lines]) + "\n"

    def _with_totals(self) -> str:
        """Counts by sex, and their totals among them."""
        lines = []
        for (area, quarter, code), n in self.counts.items():
            for sex, part in (("M", n // 3), ("K", n - n // 3), ("MK", n)):
                lines.append(f"{area};{quarter};{code};{part};{sex}")
        return "\n".join(["Område;Kvartal;Kode;Antal;Køn", *lines]) + "\n"

    def _reports(self) -> str:
        lines = [
            f"{area};{day:%d-%m-%Y};{code}" + (f";J-{number:06d}" if self.case else "")
            for number, (area, day, code) in enumerate(self.rows)
        ]
        if self.status:
            lines = [
                f"{line};{self.status(*row)}" for line, row in zip(lines, self.rows, strict=True)
            ]
            return "\n".join(["Område;Dato;Kode;Sag;Status", *lines]) + "\n"
        return "\n".join(["Område;Dato;Kode" + (";Sag" if self.case else ""), *lines]) + "\n"

    def check(self, folder: Path, *, counted: bool = False) -> CheckResult:
        """What is found wrong with it."""
        return check_study(self.write(folder, counted=counted))
