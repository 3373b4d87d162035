"""A made study whose goals have decimals: two targets of one indicator, more that is good.

Two survey waves before the effort, areas next door that are hardly worse, a main target that is
retired and one whose deadline has passed, a return that never came and a frame that was overrun.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import made_studies as made
import numpy as np
import pandas as pd
import yaml

WAVES = (2010, 2011, 2013)
NEVER_CAME = 13
"""The row of the returns for the guards in 2013K2."""


def write_decimal_study(folder: Path) -> Path:
    """Write the study into ``folder`` and return its file."""
    data = folder / "data"
    data.mkdir(parents=True)
    for name, content in (("study", _study()), ("strategy", _strategy())):
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    tables = {
        "anmeldelser": _reports(), "befolkning": made._residents(), "maaling": _survey(),
        "aktiviteter": made._returns().drop(index=NEVER_CAME),
    }  # fmt: skip
    for name, table in tables.items():
        text = table.to_csv(sep=";", index=False, decimal=",")
        (data / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder / "study.yaml"


def _count(title: str, code: str, good: str, theme: str) -> dict[str, Any]:
    return {"title": title, "kind": "count", "good": good, "theme": theme,
            "basket": {"version": "1", "codes": [code]}}  # fmt: skip


def _share(title: str, question: str, answer: str, good: str) -> dict[str, Any]:
    return {"title": title, "kind": "share", "good": good, "theme": "Utryghed",
            "question": question, "answers": [answer]}  # fmt: skip


def _study() -> dict[str, Any]:
    study = copy.deepcopy(made.STUDY)
    study["name"] = "decimals"
    study["periods"]["survey_baseline"] = [2010, 2011]
    study["indicators"] = {
        "burglary": _count("Anmeldte indbrud", "1320", "lower", "Indbrud"),
        "vandalism": _count("Anmeldt hærværk", "1390", "lower", "Hærværk"),
        "calls": _count("Henvendelser om utryghed", "1400", "higher", "Henvendelser"),
        "unsafe": _share("Utrygge om aftenen", "aften", "utryg", "lower"),
        "safe": _share("Trygge om dagen", "dag", "tryg", "higher"),
    }
    return study


def _target(title: str, indicator: str, kind: str, goal: float, **more: Any) -> dict[str, Any]:
    counts = indicator in ("burglary", "vandalism", "calls")
    return {"title": title, "action_area": "tryghed", "indicator": indicator, "kind": kind,
            "goal": goal, "by": "2013K4" if counts else 2013, "responsible": "kommunen",
            "primary": True} | more  # fmt: skip


def _strategy() -> dict[str, Any]:
    strategy = copy.deepcopy(made.STRATEGY)
    themes = ["Indbrud", "Hærværk", "Henvendelser", "Utryghed"]
    strategy["action_areas"]["tryghed"]["themes"] = themes
    strategy["targets"] = {
        "indbrud-aar": _target("Indbrud om året", "burglary", "yearly_change", -7.5),
        "indbrud-tidligt": _target("Indbrud i begyndelsen", "burglary",
                                   "relative_change", -10.5, by="2012K4"),
        "haervaerk": _target("Ikke mere hærværk", "vandalism", "not_worse", 2.5),
        "haervaerk-gab": _target("Afstanden til de andre mindskes", "vandalism", "gap_to", -33.3,
                                 reference="comparison", primary=False),
        "henvend": _target("Flere henvendelser", "calls", "relative_change", 12.5),
        "utryg": _target("Få utrygge", "unsafe", "level", 27.5),
        "tryg": _target("Flere trygge", "safe", "level", 65.4),
        "tryg-aar": _target("Flere trygge hvert år", "safe", "yearly_change", 1.25,
                            primary=False),
        "vagter": strategy["targets"]["vagter"],
    }  # fmt: skip
    strategy["decisions"][-1] |= {"target": "tryg", "why": "Spørgsmålet er ændret."}
    return strategy


def _reports() -> pd.DataFrame:
    chance = np.random.default_rng(3)
    rows = []
    for area in (made.TREATED, *made.COMPARISON, *made.ADJACENT):
        own = area == made.TREATED
        for time in made.TIMES:
            late = time >= made.PERIOD[0]
            means = {
                "1320": 40
                * (0.8 if late and own else 1.3 if late and area in made.ADJACENT else 1),
                "1390": 40 if own else 25,
                "1400": 30 * (1.25 if late and own else 1),
            }
            rows += [(area, time, code, int(chance.poisson(mean))) for code, mean in means.items()]
    return pd.DataFrame(rows, columns=["Område", "Kvartal", "Kode", "Antal"])


def _survey() -> pd.DataFrame:
    chance = np.random.default_rng(8)
    rows = [
        (area, wave, "alle", round(float(chance.uniform(10, 40)), 1),
         str(chance.choice(["tryg", "utryg"], p=[0.7, 0.3])),
         str(chance.choice(["tryg", "utryg"], p=[0.65, 0.35])))
        for area in (made.TREATED, *made.COMPARISON) for wave in WAVES for _ in range(90)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["Område", "År", "Stratum", "Vægt", "aften", "dag"])
