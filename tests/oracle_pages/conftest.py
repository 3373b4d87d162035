"""Finished reports, made once by the command's own road, and what the oracle makes of the files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

MINIMAL = Path(__file__).parents[2] / "parameters" / "examples" / "minimal"
QUARTER = "2011K2"


@pytest.fixture(scope="session")
def made(demo_folder, tmp_path_factory):
    """Studies' folders and their outputs by the stories' names."""
    from made_decimals import write_decimal_study
    from made_studies import write_small_study

    from tingbjerg_eval.run.batch.study_run import run_study

    outputs = tmp_path_factory.mktemp("oracle")
    small = write_small_study(outputs / "made")
    priced = write_small_study(outputs / "priced-made", priced=True)
    decimals = write_decimal_study(outputs / "decimals-made")
    asked = {
        "demo": (demo_folder, {"only": "end_of_period"}),
        "demo-quarter": (demo_folder, {"quarter": QUARTER}),
        "minimal": (MINIMAL, {"only": "end_of_period"}),
        "small": (small.parent, {"only": "end_of_period"}),
        "priced": (priced.parent, {"only": "end_of_period"}),
        "small-quarter": (small.parent, {"quarter": "2013K2"}),
        "decimals": (decimals.parent, {"only": "end_of_period"}),
        "decimals-quarter": (decimals.parent, {"quarter": "2013K2"}),
    }
    codes = {
        name: run_study(folder / "study.yaml", output=outputs / name, **which)
        for name, (folder, which) in asked.items()
    }
    assert codes == dict.fromkeys(asked, 0)
    return {name: (folder, outputs / name, which.get("quarter"))
            for name, (folder, which) in asked.items()}  # fmt: skip


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
