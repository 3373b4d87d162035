"""How often does the leak scan stop pages in which nobody stands?

    python -m tests.studies.false_stops 300 --results FILE

Each batch is a study of its own: other years, other names of areas (parks, estates and streets),
other counts. Its pages, printed edition, memo, workbook and data are made as they are handed over,
and inspected with all that is hidden in it.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import nbformat.v4 as notebooks
import numpy as np
import pandas as pd

from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.evaluation.study import Study
from tingbjerg_eval.memo.handover import render
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.publication.timeline import report_names
from tingbjerg_eval.release.inspection import InspectionContext, inspect
from tingbjerg_eval.release.sought import hidden_counts, own_names
from tingbjerg_eval.report.report import Report

from .series import Result, run_series

EXAMPLE = Path(__file__).parents[2] / "parameters" / "examples" / "minimal"
AREAS = ("Indsatsområdet", *(f"Område {number}" for number in range(1, 7)))
FIRST = ("Nørre", "Øster", "Birke", "Mjølner", "Kongens ", "Sankt Hans ", "Grøn", "H.C. Ørsteds ",
         "Prinsesse Maries ", "Havne", "Møllers ", "Peter Bangs ")  # fmt: skip
LAST = ("parken", "gården", "huse", "Vænge", "gade", "vej", "Allé", "torv", "kvarteret", "bakken",
        "Plads", "stræde")  # fmt: skip
SHOWN = ("answer", "to_be_decided", "measurability", "summary", "action_areas", "problems",
         "robustness", "data_notes", "provenance", "plan")  # fmt: skip


def made_study(folder: Path, seed: int) -> Study:
    """The smallest example in other years, of other areas, with other counts."""
    random = np.random.default_rng(seed)
    shutil.copytree(EXAMPLE, folder)
    later = int(random.integers(-18, 13))
    names = dict(zip(AREAS, _names(random), strict=True))
    for path in (folder / "study.yaml", folder / "strategy.yaml"):
        path.write_text(_moved(path.read_text("utf-8"), later, names), "utf-8")
    for name in ("anmeldelser.csv", "befolkning.csv"):
        frame = pd.read_csv(folder / "data" / name, sep=";", dtype=str)
        frame = frame.assign(**{
            "Område": frame["Område"].map(names),
            "Kvartal": [_moved(one, later, {}) for one in frame["Kvartal"]],
        })  # fmt: skip
        if "Antal" in frame:
            frame["Antal"] = random.poisson(random.choice([2.0, 8.0, 40.0]), len(frame))
        frame.to_csv(folder / "data" / name, sep=";", index=False)
    return open_study(folder)


def _names(random: np.random.Generator) -> list[str]:
    every = [f"{first}{last}" for first in FIRST for last in LAST]
    return [str(one) for one in random.choice(every, len(AREAS), replace=False)]


def _moved(text: str, years: int, names: dict[str, str]) -> str:
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    for year in sorted(range(2008, 2014), reverse=years > 0):
        text = text.replace(str(year), str(year + years))
    return text


def stops(study: Study, name: str) -> list[str]:
    """Why the files of one report would not be handed over."""
    kind = name if name in ("baseline", "end_of_period") else "quarterly"
    report = Report(study, kind, name if kind == "quarterly" else None)
    blocks = [getattr(report, part)() for part in SHOWN if part in report.parts]
    cells = [
        notebooks.new_code_cell(
            "1", outputs=[notebooks.new_output("display_data", data=block._repr_mimebundle_())]
        )
        for block in blocks
    ]
    cells.insert(0, notebooks.new_markdown_cell("## Resultater"))
    files = render(notebooks.new_notebook(cells=cells), report.context() | {
        "folder": str(study.path.parent), "name": name, "parameters": {},
    })  # fmt: skip
    published = publication(study, name).published()
    sought = hidden_counts(study, published)
    return inspect(files, InspectionContext(
        published=published, hidden_values=sought.values, aliases=sought.aliases,
        names_allowed=own_names(study),
    ))  # fmt: skip


def judged(seed: int) -> Result:
    """Why one batch would be stopped."""
    with tempfile.TemporaryDirectory() as folder:
        study = made_study(Path(folder) / "study", seed)
        names = report_names(study)
        return {"stops": stops(study, names[seed % len(names)])}


def main() -> None:
    """Print every reason to stop, and how many batches had one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("batches", type=int)
    parser.add_argument("--results", type=Path, help="a file to which each batch is added")
    asked = parser.parse_args()
    print(dict(run_series(asked.batches, asked.results, judged)))


if __name__ == "__main__":
    main()
