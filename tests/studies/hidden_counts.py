"""Does every hidden count of random studies keep five values through all fourteen reports?

    python -m tests.studies.hidden_counts 300 --results FILE

Each study has seven small areas, one of them adjacent. The attacker tries every hidden count of
every report, and makes the pages of one quarterly report and of the last one anew. Then a tenth of
the counts are corrected, and the last report is handed over again to a reader who has the first.
"""

from __future__ import annotations

import argparse
import dataclasses
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from tingbjerg_eval.disclosure.ledger import Ledger
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.publication.earlier import with_editions
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.publication.timeline import report_names
from tingbjerg_eval.release.attack import Attack, attack
from tingbjerg_eval.study.reports import END

from .series import Result, run_series

EXAMPLE = Path(__file__).parents[2] / "parameters" / "examples" / "minimal"
MEANS = (1.2, 4.0, 13.0)


def small_study(folder: Path) -> Study:
    """The smallest example with one area more, which is adjacent."""
    shutil.copytree(EXAMPLE, folder)
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    text = text.replace('"Område 6"]', '"Område 5b"]\n  adjacent: ["Område 6"]')
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    for name in ("anmeldelser.csv", "befolkning.csv"):
        frame = pd.read_csv(folder / "data" / name, sep=";", dtype=str)
        more = frame[frame["Område"] == "Område 5"].assign(Område="Område 5b")
        if "Antal" in more:
            more["Antal"] = more["Antal"].to_numpy()[::-1]
        pd.concat([frame, more]).to_csv(folder / "data" / name, sep=";", index=False)
    return open_study(folder)


def drawn(study: Study, seed: int, mean: float) -> Study:
    """The study with other counts, small ones for most areas."""
    random = np.random.default_rng(seed)
    incidents = study.tables.incidents
    areas = {area: random.uniform(0.05, 2) for area in incidents["area"].unique()}
    areas[study.design.treated] = 1.0
    counts = random.poisson(mean * incidents["area"].map(areas))
    return with_counts(study, counts)


def with_counts(study: Study, counts) -> Study:
    """The study with other counts in its rows."""
    incidents = study.tables.incidents.assign(count=np.asarray(counts))
    return dataclasses.replace(study, tables=dataclasses.replace(study.tables, incidents=incidents))


def corrected(study: Study, seed: int) -> Study:
    """The study with a tenth of its counts moved, when all its reports were handed over before."""
    ledger = Ledger()
    for name in report_names(study):
        ledger.add(name, publication(study, name).handed_over())
    random, counts = np.random.default_rng(seed), study.tables.incidents["count"].to_numpy()
    moved = np.where(random.random(len(counts)) < 0.1, random.integers(-3, 4, len(counts)), 0)
    return with_editions(with_counts(study, np.maximum(counts + moved, 0)), ledger)


def attacks(study: Study, seed: int) -> Iterator[tuple[str, Attack]]:
    """Every report attacked, and the last one again after a correction."""
    names = report_names(study)
    drawn_pages = (names[1 + seed % (len(names) - 2)], END)
    for name in names:
        yield name, attack(study, name, {"report.html": b""} if name in drawn_pages else {})
    yield "corrected", attack(corrected(study, seed), END, {})


def judged(study: Study, seed: int) -> Result:
    """What the attacks on one drawn study gave."""
    found = dict(attacks(drawn(study, seed, MEANS[seed % len(MEANS)]), seed))
    return {
        "counts": sum(one.checked for one in found.values()),
        "worlds": sum(one.worlds for one in found.values()),
        "given_away": [f"{name}: {one}" for name, of in found.items() for one in of.findings],
    }


def main() -> None:
    """Print how many hidden counts were tried, and what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("studies", type=int)
    parser.add_argument("--results", type=Path, help="a file to which each study is added")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study = small_study(Path(folder) / "study")
        print(dict(run_series(asked.studies, asked.results, partial(judged, study))))


if __name__ == "__main__":
    main()
