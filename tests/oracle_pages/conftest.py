"""Finished reports, made once by the command's own road, and what the oracle makes of the files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

MINIMAL = Path(__file__).parents[2] / "parameters" / "examples" / "minimal"
EARLY = "2013K2"


@pytest.fixture(scope="session")
def made(demo_made, tmp_path_factory):
    """Studies' folders, their outputs and the quarter, by the stories' names."""
    from made_decimals import write_decimal_study
    from made_studies import write_small_study

    from tingbjerg_eval.run.batch.studies import Asked, Wanted
    from tingbjerg_eval.run.batch.study_run import run_wanted

    outputs = tmp_path_factory.mktemp("oracle")
    studies = {
        "small": write_small_study(outputs / "made"),
        "priced": write_small_study(outputs / "priced-made", priced=True),
        "decimals": write_decimal_study(outputs / "decimals-made"),
        "minimal": MINIMAL / "study.yaml",
    }
    final = Wanted(output=outputs, asked=Asked(only="end_of_period"), studies=studies)
    early = {f"{name}-quarter": studies[name] for name in ("small", "decimals")}
    quarterly = Wanted(output=outputs, asked=Asked(quarter=EARLY), studies=early)
    assert [run_wanted(final), run_wanted(quarterly)] == [0, 0]
    stories = {name: (path.parent, outputs / name, None) for name, path in studies.items()}
    stories |= {name: (path.parent, outputs / name, EARLY) for name, path in early.items()}
    demo = demo_made.study.parent, demo_made.outputs
    return stories | {"demo": (*demo, None), "demo-quarter": (*demo, "2011K2")}


@pytest.fixture(scope="session")
def stories(made):
    """The oracle's story of each report."""
    from deliveries import Deliveries
    from finished import Finished
    from outcomes import Outcomes
    from said import Story

    told = {}
    for name, (folder, output, quarter) in made.items():
        deliveries = Deliveries(folder, quarter)
        report = output / "reports" / (quarter or "end_of_period")
        told[name] = Story(deliveries, Finished(report), Outcomes(deliveries))
    return told
