"""A small study to run: notebooks, one input, and renderers that can be called by name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))
    sys.path.append(str(HERE.parent / "oracle_pages"))

from small_study import copy_study  # noqa: E402
from steady import steady  # noqa: E402

from tingbjerg_eval.run.kernels import warm  # noqa: E402

WHOLE = warm.PRELOAD


@pytest.fixture
def study(tmp_path):
    """A folder with the notebooks, ``counts.csv`` and ``texts.toml``."""
    return copy_study(tmp_path / "study")


@pytest.fixture(autouse=True)
def _ready(monkeypatch):
    steady(monkeypatch.setattr)


@pytest.fixture
def whole_parent(monkeypatch):
    """Ask for the warm parent as it is used, with every import."""
    monkeypatch.setattr(warm, "PRELOAD", WHOLE)
