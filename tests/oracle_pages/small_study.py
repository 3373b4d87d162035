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


def write_small_study(folder: Path) -> Path:
    """Write the study into ``folder`` and return its file."""
    data = folder / "data"
    data.mkdir(parents=True)
    for name, content in (("study", STUDY), ("strategy", STRATEGY)):
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    tables = {"anmeldelser": _reports(), "befolkning": _residents(), "maaling": _survey(),
              "aktiviteter": _returns()}  # fmt: skip
    for name, table in tables.items():
        text = table.to_csv(sep=";", index=False, decimal=",")
        (data / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder / "study.yaml"


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


def _returns() -> pd.DataFrame:
    """Locks lack two quarters, guards are all there, the lamps were dear and one is missing."""
    rows = [("laase", time, 30 if time < "2013K1" else 20, delivered, 61250)
            for time, delivered in zip(quarters(*PERIOD), [30, 27, 31, 12, 20, 19, 20, 20])
            if time not in ("2012K3", "2013K2")]  # fmt: skip
    rows += [("vagter", time, 12, delivered, 38150)
             for time, delivered in zip(quarters(*PERIOD), [12, 11, 12, 9, 13, 12, 12, 6])]  # fmt: skip
    rows += [("lys", "2012K3", 8, 8, 402300), ("lys", "2013K1", 4, 3, 99000)]
    columns = ["Indsats", "Kvartal", "Planlagt", "Udført", "Forbrug"]
    return pd.DataFrame(rows, columns=columns)
