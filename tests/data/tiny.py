"""A whole study small enough to read: four areas, eight quarters, every table."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tingbjerg_eval.data import reading
from tingbjerg_eval.data.check import CheckResult, check_study
from tingbjerg_eval.data.formats.findings import Findings
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.inputs.strict_yaml import parse_yaml
from tingbjerg_eval.study.settings_file import read_settings

AREAS = ("Tingbjerg", "Bispeparken", "Folehaven", "Ålholm")
QUARTERS = tuple(f"{year}K{part}" for year in (2009, 2010) for part in (1, 2, 3, 4))
OFFENCES = ("1320", "1390")
ANSWERS = ("tryg", "utryg", "meget utryg")

STUDY = """\
name: tiny
title: En lille undersøgelse
simulated: true
case:
  sender: Center for Borgerservice
  case_number: 2009-1
  document_number: 2009-2
  case_officer: Evalueringsgruppen
areas:
  treated: Tingbjerg
  comparison: [Bispeparken, Folehaven, Ålholm]
periods:
  baseline: [2009K1, 2009K4]
  period: [2010K1, 2010K4]
  survey_baseline: [2009, 2009]
  survey_period: [2011, 2011]
indicators:
  burglary:
    title: Indbrud
    kind: count
    basket: {version: "1", codes: [1320]}
  vandalism:
    title: Hærværk
    kind: count
    basket: {version: "1", codes: [1390]}
  unsafe:
    title: Utrygge
    kind: share
    question: tryg
    answers: [utryg, meget utryg]
data:
  folder: data
  incidents:
    file: reports.csv
    encoding: utf-8
    columns: {area: Område, date: Gerningsdato, offence: Gerningskode, case: Journalnummer}
    date_format: "%d-%m-%Y"
    extract_date: 2011-12-01
    coverage: {from: 2009-01-01, to: 2010-12-31}
  population:
    file: population.csv
    encoding: utf-8
    columns: {area: Område, quarter: Kvartal, population: Folketal}
  survey:
    file: survey.csv
    encoding: utf-8
    decimal: ","
    columns: {area: Område, wave: År, weight: Vægt, stratum: Stratum}
    missing: [ved ikke]
    respondent: Løbenummer
  activities:
    file: activities.csv
    encoding: utf-8
    columns: {measure: Indsats, quarter: Kvartal, planned: Planlagt, delivered: Udført, spent_dkk: Forbrug}
  consultation:
    file: consultation.csv
    encoding: utf-8
    columns: {quarter: Kvartal, source: Kilde, theme: Tema, area: Område, mentions: Antal}
    themes: [Indbrud, Lys]
  published:
    file: published.csv
    encoding: utf-8
    decimal: ","
    columns: {area: area, year: year, measure: measure, value: value, unit: unit, published_in: published_in, source: source}
rules:
  survey_minimum_answers: 3
"""  # noqa: E501

STRATEGY = """\
title: En lille strategi
parties:
  politi: {name: Københavns Politi}
budget: {2010: 100000}
action_areas:
  indbrud: {title: Indbrud, priority: 1, problem: Mange indbrud, evidence: Anmeldelser}
targets:
  burglary-20:
    title: Færre indbrud
    action_area: indbrud
    indicator: burglary
    kind: relative_change
    goal: -20
    by: 2010K4
    primary: true
    responsible: politi
measures:
  patrulje:
    title: Patrulje
    action_area: indbrud
    responsible: politi
    unit: ture
    commitments: {2010: 10}
    budget: {2010: 40000}
"""

REPORTS = """\
    file: reports.csv
    encoding: utf-8
    columns: {area: Område, date: Gerningsdato, offence: Gerningskode, case: Journalnummer}
    date_format: "%d-%m-%Y"
"""
COUNTED = """\
    file: counted.csv
    encoding: utf-8
    columns: {area: Område, quarter: Kvartal, offence: Gerningskode, count: Antal}
"""


def count(area: str, quarter: str, offence: str) -> int:
    """The tiny study's true counts: small, different and known."""
    return 1 + (AREAS.index(area) + 2 * QUARTERS.index(quarter) + OFFENCES.index(offence)) % 5


def reports() -> str:
    """One row per report; no two alike."""
    rows, number = ["Område;Gerningsdato;Gerningskode;Journalnummer"], 0
    for quarter in QUARTERS:
        first = 3 * int(quarter[5]) - 2
        for area in AREAS:
            for offence in OFFENCES:
                for _ in range(count(area, quarter, offence)):
                    month = first + number % 3
                    number += 1
                    day = f"{1 + number % 28:02d}-{month:02d}-{quarter[:4]}"
                    rows.append(f"{area};{day};{offence};J-{number:04d}")
    return "\n".join(rows) + "\n"


def counted() -> str:
    """The same as counted cells, zeros included (there are none)."""
    rows = ["Område;Kvartal;Gerningskode;Antal"]
    rows += [
        f"{area};{quarter};{offence};{count(area, quarter, offence)}"
        for quarter in QUARTERS
        for area in AREAS
        for offence in OFFENCES
    ]
    return "\n".join(rows) + "\n"


def population() -> str:
    """Inhabitants by quarter."""
    rows = [
        f"{area};{quarter};{1000 + 10 * i}" for i, area in enumerate(AREAS) for quarter in QUARTERS
    ]
    return "\n".join(["Område;Kvartal;Folketal", *rows]) + "\n"


def survey() -> str:
    """Six respondents in each area and wave, in two strata; weights sum to the inhabitants."""
    rows, number = ["Løbenummer;Område;År;Vægt;Stratum;tryg"], 0
    for wave in (2009, 2011):
        for i, area in enumerate(AREAS):
            for one in range(6):
                number += 1
                weight = f"{(1000 + 10 * i) / 6:.3f}".replace(".", ",")
                stratum = ("18-39", "40+")[one % 2]
                rows.append(f"R{number:03d};{area};{wave};{weight};{stratum};{ANSWERS[one % 3]}")
    return "\n".join(rows) + "\n"


FILES = {
    "reports.csv": reports,
    "counted.csv": counted,
    "population.csv": population,
    "survey.csv": survey,
    "activities.csv": lambda: (
        "Indsats;Kvartal;Planlagt;Udført;Forbrug\npatrulje;2010K1;10;9;5000\npatrulje;2010K2;10;8;5000\n"
    ),
    "consultation.csv": lambda: (
        "Kvartal;Kilde;Tema;Område;Antal\n2009K3;Møde;Indbrud;Tingbjerg;3\n2009K3;Møde;Lys;Tingbjerg;2\n"
    ),
    "published.csv": lambda: (
        "area;year;measure;value;unit;published_in;source\n"
        "København;2009;utrygge;10,9;pct;2014;avis\nKøbenhavn;2014;utrygge;7,1;pct;2014;avis\n"
    ),
}


@dataclass
class Tiny:
    """The study's texts, to be changed before they are written."""

    study: str = STUDY
    strategy: str = STRATEGY
    files: dict[str, bytes] = field(
        default_factory=lambda: {name: make().encode() for name, make in FILES.items()}
    )

    links: dict[str, str] = field(default_factory=dict)

    def counted(self) -> Tiny:
        """With counted cells in place of single reports."""
        return self.setting(REPORTS, COUNTED)

    def setting(self, old: str, new: str) -> Tiny:
        """With ``old`` in ``study.yaml`` replaced, once."""
        assert old in self.study, old
        self.study = self.study.replace(old, new, 1)
        return self

    def text(self, file: str, old: str, new: str, *, times: int = 1) -> Tiny:
        """With ``old`` in a delivered file replaced."""
        content = self.files[file].decode()
        assert old in content, old
        self.files[file] = content.replace(old, new, times).encode()
        return self

    def line(self, file: str, number: int, new: str) -> Tiny:
        """With one line of a delivered file replaced (or inserted after, with ``+``)."""
        lines = self.files[file].decode().split("\n")
        lines[number - 1 : number] = [lines[number - 1], new[1:]] if new[:1] == "+" else [new]
        self.files[file] = "\n".join(lines).encode()
        return self

    def raw(self, file: str, content: bytes) -> Tiny:
        """With other bytes in a delivered file."""
        self.files[file] = content
        return self

    def link(self, file: str, target: str) -> Tiny:
        """With a delivered file that is a link to ``target``, a file with the same content."""
        self.links[file] = target
        return self

    def write(self, folder: Path) -> Path:
        """Write everything; returns the path of ``study.yaml``."""
        (folder / "data").mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            path = folder / "data" / name
            if name in self.links:
                path.symlink_to(self.links[name])
            if self.links.get(name) != name:
                path.write_bytes(content)
        (folder / "strategy.yaml").write_text(self.strategy, encoding="utf-8")
        path = folder / "study.yaml"
        path.write_text(self.study, encoding="utf-8")
        return path

    def check(self, folder: Path) -> CheckResult:
        """What is found wrong with it."""
        with pytest.MonkeyPatch.context() as patch:
            if police_part(self) == police_part(Tiny()):
                patch.setattr(reading, "_incidents", usual_incidents)
            return check_study(self.write(folder))


def police_part(tiny: Tiny) -> object:
    """All that the reading of the police's reports rests on."""
    try:
        study = parse_yaml(tiny.study, file="study.yaml").value
    except InputRefused:
        return None
    if not isinstance(study, dict) or not isinstance(data := study.pop("data", None), dict):
        return None
    named = {name: data.get(name) for name in ("folder", "incidents")}
    return study, named, tiny.files["reports.csv"], tiny.links.get("reports.csv")


def usual_incidents(held, source, found):  # noqa: ARG001
    """What reading the tiny study's own reports gives, read once for all tests."""
    result, covered, extras, items = _usual_incidents()
    held.covered, held.extras = covered, dict(extras)
    found.items.extend(items)
    return result


@cache
def _usual_incidents():
    with TemporaryDirectory() as folder:
        settings = read_settings(Tiny().write(Path(folder)))
        held = reading._Reading(settings=settings, folder=Path(folder))
        found = Findings(file=settings.data.incidents.name)
        result = READ(held, settings.data.incidents, found)
    return result, held.covered, held.extras, found.items


READ = reading._incidents
