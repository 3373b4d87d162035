"""The demo study's settings and strategy, and ways to change single lines of its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tingbjerg_eval.inputs.strict_yaml import parse_yaml
from tingbjerg_eval.study.settings_file import read_settings
from tingbjerg_eval.study.strategy_file import read_strategy, strategy_from

PARAMETERS = Path(__file__).parents[2] / "parameters"


@pytest.fixture(scope="session")
def settings():
    return read_settings(PARAMETERS / "study.yaml")


@pytest.fixture(scope="session")
def strategy(settings):
    return read_strategy(PARAMETERS / "strategy.yaml", settings)


@pytest.fixture(scope="session")
def read(settings):
    """Read a strategy from text against the demo study."""
    return lambda text: strategy_from(parse_yaml(text, file="strategy.yaml"), settings)


@pytest.fixture(scope="session")
def demo_text():
    """The demo strategy's text, with some of it replaced."""
    text = (PARAMETERS / "strategy.yaml").read_text(encoding="utf-8")

    def changed(*replacements: tuple[str, str]) -> str:
        result = text
        for old, new in replacements:
            assert old in result, f"{old!r} is not in the demo strategy"
            result = result.replace(old, new, 1)
        return result

    return changed
