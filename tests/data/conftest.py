"""Makes the helpers beside the tests importable, and starts a private PostgreSQL when asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "services"))

from postgres import cluster


@pytest.fixture(scope="session")
def postgres():
    """URL of a private PostgreSQL on a Unix socket, gone after the session."""
    with cluster() as url:
        yield url
