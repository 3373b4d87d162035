"""Modules beside these tests, and the studies, can be imported."""

import sys
from pathlib import Path

for folder in (Path(__file__).parent, Path(__file__).parents[2]):
    sys.path.insert(0, str(folder))
