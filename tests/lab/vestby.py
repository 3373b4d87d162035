"""Three files as a town's suppliers would deliver them, under headings of their own."""

from __future__ import annotations

from itertools import product
from random import Random

AREA = "Havneparken"
OTHERS = ("Skovparken", "Engvej", "Møllebo", "Åkvarteret", "Kirkebakken", "Stationsbyen",
          "Østervang")  # fmt: skip
CODE = "1320"
YEARS = range(2008, 2013)
FEELINGS = ("tryg", "hverken eller", "utryg", "meget utryg")


def deliver(folder):
    """Write the police's, the registry's and the survey's file; return their paths."""
    chance = Random(18)
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "politikreds.csv": police(chance), "folketal.csv": registry(),
        "maaling.csv": survey(chance),
    }  # fmt: skip
    for name, lines in files.items():
        encoding = "cp1252" if name == "politikreds.csv" else "utf-8"
        (folder / name).write_text("\n".join(lines) + "\n", encoding)
    return [folder / name for name in files]


def police(chance):
    yield "Bydel;Periode;Gerningskode;Sager"
    for area, year, part in cells():
        usual = 24 * (0.65 if area == AREA and year >= 2010 else 1)
        yield f"{area};{year}Q{part};{CODE};{max(0, round(chance.gauss(usual, 4)))}"


def registry():
    yield "Bydel,Kvartal,Personer"
    for number, (area, year, part) in enumerate(cells()):
        yield f"{area},{year}K{part},{4000 + 5 * number}"


def survey(chance):
    yield "Boligområde;Runde;Vægt;Hvor tryg er du om aftenen"
    for wave in (2009, 2013):
        for area in (AREA, *OTHERS):
            for _ in range(150):
                yield f"{area};{wave};{chance.choice((0.8, 1, 1.2))};{chance.choice(FEELINGS)}"


def cells():
    return product((AREA, *OTHERS), YEARS, range(1, 5))
