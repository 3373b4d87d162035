"""A small made study with what goes wrong in real ones, written as its files.

Small counts, returns that never came, a retired main target, a target on the last year, two areas
next door, a survey that was held once, and more money spent than the frame of a year.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from deliveries import quarters

TREATED = "Vest"
COMPARISON = ["Birk", "Elm", "Gran", "Hassel", "Lind", "Pil"]
ADJACENT = ["Nordkær", "Sydkær"]
BASELINE, PERIOD = ("2010K1", "2011K4"), ("2012K1", "2013K4")
TIMES = quarters(BASELINE[0], PERIOD[1])

STUDY = {
    "name": "small", "title": "Tryghed i Vest", "simulated": True, "language": "da",
    "strategy": "strategy.yaml",
    "case": {"sender": "Forvaltningen", "recipient": "Udvalget", "case_number": "-",
             "document_number": "-", "case_officer": "Evaluatoren"},
    "areas": {"treated": TREATED, "comparison": COMPARISON, "adjacent": ADJACENT},
    "periods": {"baseline": list(BASELINE), "period": list(PERIOD),
                "survey_baseline": [2011, 2011], "survey_period": [2013, 2013]},
    "indicators": {
        "burglary": {"title": "Anmeldte indbrud", "kind": "count", "good": "lower",
                     "basket": {"version": "1", "codes": ["1320"]}, "theme": "Indbrud"},
        "robbery": {"title": "Anmeldte røverier", "kind": "count", "good": "lower",
                    "basket": {"version": "1", "codes": ["1380"]}, "theme": "Røveri"},
        "unsafe": {"title": "Utrygge om aftenen", "kind": "share", "good": "lower",
                   "question": "aften", "answers": ["utryg"], "theme": "Utryghed"},
    },
    "data": {
        "folder": "data",
        "incidents": {
            "file": "anmeldelser.csv", "format": "csv", "encoding": "utf-8", "separator": ";",
            "columns": {"area": "Område", "quarter": "Kvartal", "offence": "Kode",
                        "count": "Antal"},
            "extract_date": "2014-09-01", "source": "Simuleret udtræk",
        },
        "population": {
            "file": "befolkning.csv", "format": "csv", "encoding": "utf-8", "separator": ";",
            "columns": {"area": "Område", "quarter": "Kvartal", "population": "Folketal"},
            "source": "Simuleret folketal",
        },
        "survey": {
            "file": "maaling.csv", "format": "csv", "encoding": "utf-8", "separator": ";",
            "decimal": ",",
            "columns": {"area": "Område", "wave": "År", "weight": "Vægt", "stratum": "Stratum"},
            "source": "Simuleret måling",
        },
        "activities": {
            "file": "aktiviteter.csv", "format": "csv", "encoding": "utf-8", "separator": ";",
            "columns": {"measure": "Indsats", "quarter": "Kvartal", "planned": "Planlagt",
                        "delivered": "Udført", "spent_dkk": "Forbrug"},
            "source": "Simuleret opfølgning",
        },
    },
}  # fmt: skip
STRATEGY = {
    "title": "Strategi for Vest",
    "parties": {"kommunen": {"name": "Kommunen"}, "politiet": {"name": "Politiet"}},
    "budget": {2012: 500000, 2013: 400000},
    "action_areas": {
        "tryghed": {"title": "Tryghed", "priority": 1, "problem": "Mange er utrygge.",
                    "evidence": "Møder.", "themes": ["Indbrud", "Røveri", "Utryghed"]},
    },
    "targets": {
        "indbrud": {"title": "Indbrud falder med en fjerdedel", "action_area": "tryghed",
                    "indicator": "burglary", "kind": "relative_change", "goal": -25,
                    "by": "2013K4", "responsible": "kommunen", "primary": True},
        "indbrud-sidst": {"title": "Indbrud falder i det sidste år", "short": "Indbrud, sidste år",
                          "action_area": "tryghed", "indicator": "burglary",
                          "kind": "relative_change", "goal": -12.5, "over": "last_year",
                          "by": "2013K4", "responsible": "kommunen", "primary": True},
        "roeveri": {"title": "Ikke flere røverier", "action_area": "tryghed",
                    "indicator": "robbery", "kind": "not_worse", "by": "2013K4",
                    "responsible": "politiet", "primary": True},
        "roeveri-niveau": {"title": "Få røverier", "action_area": "tryghed",
                           "indicator": "robbery", "kind": "level", "goal": 1.5,
                           "by": "2013K4", "responsible": "politiet", "primary": True},
        "utryg": {"title": "Færre utrygge", "action_area": "tryghed", "indicator": "unsafe",
                  "kind": "point_change", "goal": -5, "by": 2013, "responsible": "kommunen",
                  "primary": True},
        "laase": {"title": "Alle låse er sat i", "action_area": "tryghed", "measure": "laase",
                  "kind": "delivered", "by": "2013K4", "responsible": "kommunen"},
        "vagter": {"title": "Vagterne er gået", "action_area": "tryghed", "measure": "vagter",
                   "kind": "delivered", "goal": 80, "by": "2013K4", "responsible": "politiet"},
    },
    "measures": {
        "laase": {"title": "Nye låse", "action_area": "tryghed", "responsible": "kommunen",
                  "unit": "døre", "commitments": {2012: 30, 2013: 20},
                  "budget": {2012: 300000, 2013: 200000}},
        "vagter": {"title": "Vagter om aftenen", "action_area": "tryghed",
                   "responsible": "politiet", "unit": "vagter", "commitments": {2012: 12, 2013: 12},
                   "budget": {2012: 150000, 2013: 150000}},
        "lys": {"title": "Lys på stien", "action_area": "tryghed", "responsible": "kommunen",
                "unit": "lamper", "commitments": {"2012K3": 8, "2013K1": 4},
                "budget": {2012: 50000}},
    },
    "decisions": [
        {"date": "2011-12-01", "action": "adopt", "decided_by": "Udvalget", "why": "Vedtaget."},
        {"date": "2012-11-01", "action": "move-money", "measure": "laase", "to_measure": "vagter",
         "year": 2013, "amount_dkk": 25000, "decided_by": "Styregruppen", "why": "Flere vagter."},
        {"date": "2013-02-01", "action": "retire-target", "target": "roeveri-niveau",
         "decided_by": "Styregruppen", "why": "Tallene er for små."},
    ],
}  # fmt: skip


def write_small_study(folder: Path, *, priced: bool = False) -> Path:
    """Write the study into ``folder`` and return its file.

    ``priced``: all targets on one indicator, no area next door and every return there, so that
    what was bought has a price.
    """
    data = folder / "data"
    data.mkdir(parents=True)
    study, strategy = _priced() if priced else (STUDY, STRATEGY)
    for name, content in (("study", study), ("strategy", strategy)):
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    areas = [TREATED, *COMPARISON, *study["areas"].get("adjacent", [])]
    returns = _returns() if priced else _returns().drop(index=list(NEVER_CAME))
    tables = {"anmeldelser": _reports(), "befolkning": _residents(), "maaling": _survey()}
    tables = {name: table[table["Område"].isin(areas)] for name, table in tables.items()}
    for name, table in (tables | {"aktiviteter": returns}).items():
        text = table.to_csv(sep=";", index=False, decimal=",")
        (data / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder / "study.yaml"


PRICED = ("indbrud", "laase", "vagter")


def _priced() -> tuple[dict, dict]:
    areas = {"treated": TREATED, "comparison": COMPARISON}
    targets = {name: one for name, one in STRATEGY["targets"].items() if name in PRICED}
    decisions = [one for one in STRATEGY["decisions"] if one["action"] != "retire-target"]
    return STUDY | {"areas": areas}, STRATEGY | {"targets": targets, "decisions": decisions}


def _reports() -> pd.DataFrame:
    chance = np.random.default_rng(5)
    rows = []
    for area in (TREATED, *COMPARISON, *ADJACENT):
        for time in TIMES:
            late = time >= PERIOD[0]
            burglaries = 40 * (0.55 if late and area == TREATED else 1)
            burglaries *= 1.5 if late and area in ADJACENT else 1
            robberies = 3 if area == TREATED else 7
            for code, mean in (("1320", burglaries), ("1380", robberies)):
                rows.append((area, time, code, int(chance.poisson(mean))))
    return pd.DataFrame(rows, columns=["Område", "Kvartal", "Kode", "Antal"])


def _residents() -> pd.DataFrame:
    rows = [
        (area, time, 4000 + 150 * at + 3 * number)
        for at, area in enumerate((TREATED, *COMPARISON, *ADJACENT))
        for number, time in enumerate(TIMES)
    ]
    return pd.DataFrame(rows, columns=["Område", "Kvartal", "Folketal"])


def _survey() -> pd.DataFrame:
    chance = np.random.default_rng(7)
    rows = [
        (area, 2011, "alle", round(float(chance.uniform(10, 40)), 1),
         str(chance.choice(["tryg", "utryg"], p=[0.65, 0.35])))
        for area in (TREATED, *COMPARISON) for _ in range(80)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["Område", "År", "Stratum", "Vægt", "aften"])


NEVER_CAME = (2, 5)
"""Rows of the returns: locks in two quarters."""


def _returns() -> pd.DataFrame:
    """Some commitments are not kept, and the lamps were dear."""
    delivered = {
        "laase": [30, 27, 31, 12, 20, 19, 20, 20],
        "vagter": [12, 11, 12, 9, 13, 12, 12, 6],
    }
    spent = {"laase": 61250, "vagter": 38150}
    rows = [
        (name, time, 12 if name == "vagter" else 30 if time < "2013K1" else 20, came, spent[name])
        for name, each in delivered.items()
        for time, came in zip(quarters(*PERIOD), each, strict=True)
    ]
    rows += [("lys", "2012K3", 8, 8, 402300), ("lys", "2013K1", 4, 3, 99000)]
    columns = ["Indsats", "Kvartal", "Planlagt", "Udført", "Forbrug"]
    return pd.DataFrame(rows, columns=columns)
