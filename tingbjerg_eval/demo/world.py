"""The simulated world: sizes, levels and true effects, read from ``demo_world.yaml``."""

from __future__ import annotations

from importlib.resources import files

import yaml

from tingbjerg_eval.study.settings import StudySettings


def load_world() -> dict:
    """The numbers from which the demo study is simulated."""
    text = files("tingbjerg_eval.demo").joinpath("world.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def truth(world: dict) -> dict[str, dict]:
    """The true effect of every indicator: a rate ratio, or percentage points."""
    counts = {
        name: {"scale": "rate ratio", "effect": one["effect"]}
        for name, one in world["counts"].items()
    }
    shares = {
        one["indicator"]: {"scale": "percentage points", "effect": one["effect"]}
        for one in world["survey"]["questions"].values()
    }
    return counts | shares


def roles(settings: StudySettings) -> dict[str, str]:
    """Role of every area of the study."""
    areas = settings.areas
    return (
        dict.fromkeys(areas.with_effort, "treated")
        | dict.fromkeys(areas.comparison, "comparison")
        | dict.fromkeys(areas.adjacent, "adjacent")
        | dict.fromkeys(areas.excluded, "excluded")
    )
