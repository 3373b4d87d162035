"""The guide is tried with the study of the command line's tests; ``docs.making`` is imported."""

import sys
from pathlib import Path

for folder in (Path(__file__).parents[1] / "run", Path(__file__).parents[2]):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
