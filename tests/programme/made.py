"""A small simulated programme: three areas with an effort, six without, as it is delivered.

    python -m tests.programme.made FOLDER

writes the study that lies in ``parameters/examples/programme``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from tingbjerg_eval.inputs.quarters import quarter_number, quarter_range

SEED = 20120401
TREATED = {"Egeparken": "2010K1", "Birkehaven": "2010K3", "Lindevang": "2012K1"}
COMPARED = tuple(f"Område {number}" for number in range(1, 7))
QUARTERS = quarter_range("2008K1", "2013K4")
EFFECTS = {"1320": 0.6, "3840": 1.35}
MEANS = {"1320": 60.0, "3840": 30.0}


def counts(effects: Mapping[str, float] = EFFECTS, *, scale: float = 1.0) -> pd.DataFrame:
    """``Område, Kvartal, Kode, Antal``; ``scale`` times as many reports."""
    rng = np.random.default_rng(SEED)
    rows = []
    for area in (*TREATED, *COMPARED):
        size = scale * np.exp(rng.normal(0, 0.3))
        for code, mean in MEANS.items():
            for quarter in QUARTERS:
                begun = area in TREATED and quarter_number(quarter) >= quarter_number(TREATED[area])
                rate = mean * size * np.exp(rng.normal(0, 0.08)) * (effects[code] if begun else 1)
                rows.append((area, quarter, code, int(rng.poisson(rate))))
    return pd.DataFrame(rows, columns=["Område", "Kvartal", "Kode", "Antal"])


def people() -> pd.DataFrame:
    """``Område, Kvartal, Folketal``."""
    return pd.DataFrame(
        [(area, quarter, 5000 + 250 * at)
         for at, area in enumerate((*TREATED, *COMPARED)) for quarter in QUARTERS],
        columns=["Område", "Kvartal", "Folketal"],
    )  # fmt: skip


def settings() -> dict[str, object]:
    """``study.yaml``."""
    columns = {"area": "Område", "quarter": "Kvartal"}
    budgets = (1_500_000, 2_000_000, 1_000_000)
    return {
        "name": "programme", "title": "Tryghedsindsatsen i tre områder", "simulated": True,
        "strategy": "strategy.yaml",
        "case": {"sender": "Forvaltningen", "recipient": "Økonomiudvalget", "case_number": "-",
                 "document_number": "-", "case_officer": "Evalueringsgruppen"},
        "areas": {
            "treated": [
                {"area": area, "from": first, **ended, "budget": budget}
                for (area, first), ended, budget in zip(
                    TREATED.items(), ({"to": "2011K4"}, {}, {}), budgets, strict=True
                )
            ],
            "comparison": list(COMPARED),
        },
        "periods": {"baseline": ["2008K1", "2009K4"], "period": ["2010K1", "2013K4"]},
        "indicators": {
            "indbrud": {"title": "Indbrud", "kind": "count", "theme": "Indbrud",
                        "basket": {"version": "1", "codes": ["1320"]}},
            "trusler": {"title": "Anmeldte trusler", "kind": "count", "theme": "Trusler",
                        "good": "higher", "basket": {"version": "1", "codes": ["3840"]}},
        },
        "data": {
            "folder": "data",
            "incidents": {"file": "anmeldelser.csv", "encoding": "utf-8",
                          "columns": {**columns, "offence": "Kode", "count": "Antal"},
                          "extract_date": "2014-08-15", "source": "Simuleret udtræk"},
            "population": {"file": "befolkning.csv", "encoding": "utf-8",
                           "columns": {**columns, "population": "Folketal"},
                           "source": "Simuleret folketal"},
        },
    }  # fmt: skip


def strategy() -> dict[str, object]:
    """``strategy.yaml``."""
    shared = {"action_area": "tryghed", "kind": "relative_change", "by": "2013K4",
              "responsible": "kommunen", "primary": True}  # fmt: skip
    return {
        "title": "Tryghedsindsatsen i tre områder",
        "parties": {"kommunen": {"name": "Kommunen"}},
        "action_areas": {
            "tryghed": {"title": "Tryghed", "priority": 1,
                        "problem": "Der er mange indbrud, og få tør anmelde trusler.",
                        "evidence": "Politiets anmeldelser."},
        },
        "targets": {
            "indbrud-30": {"title": "Indbrud falder med 30 procent", "indicator": "indbrud",
                           "goal": -30, **shared},
            "trusler-20": {"title": "Flere trusler anmeldes", "indicator": "trusler", "goal": 20,
                           "why_more": "Beboere, der stoler på politiet, anmelder mere.", **shared},
        },
    }  # fmt: skip


def write_programme(folder: Path, *, delivered: pd.DataFrame | None = None) -> Path:
    """Write the study to ``folder`` and return its ``study.yaml``."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    told = {"anmeldelser": counts() if delivered is None else delivered, "befolkning": people()}
    for name, table in told.items():
        table.to_csv(folder / "data" / f"{name}.csv", sep=";", index=False)
    for name, content in (("study", settings()), ("strategy", strategy())):
        write_yaml(folder / f"{name}.yaml", content)
    return folder / "study.yaml"


def write_yaml(path: Path, content: object) -> None:
    """One settings file."""
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    path.write_text(f"# Simuleret: viser et program i flere områder.\n{text}", "utf-8")


if __name__ == "__main__":
    print(write_programme(Path(sys.argv[1])))
