"""The guide is tried with the study that the tests of the command line use."""

import sys
from pathlib import Path

RUN = str(Path(__file__).parents[1] / "run")
if RUN not in sys.path:
    sys.path.append(RUN)
