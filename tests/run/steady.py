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
    "ipykernel.zmqshell", "ipykernel.ipkernel", "nbformat", "tingbjerg_eval.evaluation.opening",
)  # fmt: skip
"""What every child needs: one that the parent lacks is imported again for each report."""


def steady() -> None:
    """Make this process ready."""
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    digests.PACKAGE = HERE / "notebooks"
    digests.of_environment = lambda: "the environment of the tests"
    warm.PRELOAD = LIGHT


def dask_setup(_worker) -> None:
    """Called by a Dask worker that is started with this file."""
    steady()
