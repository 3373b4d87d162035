"""Small tables for the estimators' tests."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.study.design import Design

SHARED = Path(__file__).parents[2].parent / "shared"


@pytest.fixture(scope="session")
def shared():
    """The folder of material shared beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("the folder of shared material is not beside the repository")
    return SHARED


@pytest.fixture
def make_panel():
    """Build a panel from ``{area: (counts of each quarter)}`` and one population."""

    def make(counts, first=2008, population=1000.0):
        rows = [
            {
                "area": area,
                "quarter": f"{first + at // 4}K{at % 4 + 1}",
                "count": count,
                "population": population[area] if isinstance(population, dict) else population,
            }
            for area, series in counts.items()
            for at, count in enumerate(series)
        ]
        return pd.DataFrame(rows)

    return make


@pytest.fixture
def make_shares():
    """Build a shares table from ``{area: {wave: (share, variance)}}``."""

    def make(values):
        return pd.DataFrame(
            [
                {"area": area, "wave": wave, "share": share, "variance": variance, "n": 400}
                for area, waves in values.items()
                for wave, (share, variance) in waves.items()
            ]
        )

    return make


@pytest.fixture
def design():
    """One treated area, five comparison areas, two baseline years and three of the period."""
    return Design(
        treated="T",
        comparison=("A", "B", "C", "D", "E"),
        baseline=("2008K1", "2009K4"),
        period=("2010K1", "2012K4"),
    )


@pytest.fixture
def panel(make_panel, design):
    """Twenty quarters of drawn counts for the design's areas."""
    rng = np.random.default_rng(20100101)
    means = dict(zip(design.areas, (30, 25, 40, 60, 35, 20), strict=True))
    return make_panel(
        {area: rng.poisson(mean * np.exp(rng.normal(0, 0.1, 20))) for area, mean in means.items()}
    )


@pytest.fixture
def waves():
    """A design in waves, one before and one after."""
    return Design(
        treated="T",
        comparison=("A", "B", "C", "D", "E"),
        baseline=(2009, 2009),
        period=(2013, 2013),
    )


@pytest.fixture
def shares(make_shares, waves):
    """Shares of two waves for the areas of ``waves``."""
    before = (0.30, 0.20, 0.25, 0.22, 0.18, 0.27)
    after = (0.24, 0.19, 0.26, 0.20, 0.19, 0.25)
    return make_shares(
        {
            area: {2009: (b, b * (1 - b) / 400), 2013: (a, a * (1 - a) / 400)}
            for area, b, a in zip(waves.areas, before, after, strict=True)
        }
    )


@pytest.fixture(scope="session")
def expected(shared):
    """The expected figures of a shared replication target."""

    def read(case):
        path = shared / "replication" / f"{case}.expected.json"
        return json.loads(path.read_text(encoding="utf-8"))["expected"]

    return read


@pytest.fixture(scope="session")
def oracle():
    """Read one of R's results, and the table it was computed from."""

    def read(name):
        path = Path(__file__).parents[1] / "oracle" / name
        if path.suffix == ".csv":
            return pd.read_csv(path)
        return json.loads(path.read_text(encoding="utf-8"))

    return read


@pytest.fixture(scope="session")
def study_module():
    """Load a module of ``tests/studies``."""

    def load(name):
        path = Path(__file__).parents[1] / "studies" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"studies_{name}", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    return load
