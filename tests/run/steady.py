"""Make a process ready for the small study, wherever it is.

The package's own files do not count as its code, since editing them while the tests run is not
what the tests are about, and the warm parent loads only what the small notebooks need.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tingbjerg_eval.run import digests, warm

HERE = Path(__file__).parent
LIGHT = ("ipykernel.zmqshell", "ipykernel.ipkernel", "nbformat")


def steady() -> None:
    """Make this process ready."""
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    digests.PACKAGE = HERE / "notebooks"
    warm.PRELOAD = LIGHT


def dask_setup(_worker) -> None:
    """Called by a Dask worker that is started with this file."""
    steady()
