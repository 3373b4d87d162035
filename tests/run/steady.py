"""Make a process ready for the small study, wherever it is.

Editing the package or installing something while the tests run is not what they are about, so
neither counts here, and the warm parent loads only what the small notebooks need.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tingbjerg_eval.run.batch import digests
from tingbjerg_eval.run.kernels import warm

HERE = Path(__file__).parent
LIGHT = (
    "ipykernel.zmqshell", "ipykernel.ipkernel", "nbformat", "tingbjerg_eval.run.batch.job",
)  # fmt: skip
"""What every child needs: one that the parent lacks is imported again for each report."""


def steady(put=setattr) -> None:
    """Make this process ready; ``put`` may be a ``monkeypatch.setattr``."""
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    put(digests, "PACKAGE", HERE / "notebooks")
    put(digests, "of_environment", lambda: "the environment of the tests")
    put(warm, "PRELOAD", LIGHT)


def dask_setup(_worker) -> None:
    """Called by a Dask worker that is started with this file."""
    steady()
