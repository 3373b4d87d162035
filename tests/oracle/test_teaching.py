"""The published cases, each to the tolerance that the proof page prints."""

from pathlib import Path

import pytest

from tests.oracle.teaching import FIGURES

REPLICATION = Path(__file__).parents[2].parent / "shared" / "replication"


@pytest.mark.skipif(not REPLICATION.is_dir(), reason="no shared material beside the repository")
@pytest.mark.parametrize("figure", FIGURES, ids=lambda one: f"{one.case}: {one.what}")
def test_a_published_number_is_ours_too(figure):
    assert figure.ours(REPLICATION) == pytest.approx(figure.published, abs=figure.tolerance)
