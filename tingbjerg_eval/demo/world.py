"""The simulated world: sizes, levels and true effects, read from ``demo_world.yaml``."""

from __future__ import annotations

from importlib.resources import files
from typing import TypedDict

import yaml

from tingbjerg_eval.study.settings import StudySettings


class Shock(TypedDict):
    """Noise of an area that lasts from quarter to quarter."""

    deviation: float
    autocorrelation: float


class Late(TypedDict):
    """Reports that are registered late."""

    share: float
    mean_days: float


class Group(TypedDict):
    """Reports of one indicator."""

    codes: dict[str, float]
    rate: float
    common_change: float
    effect: float
    season: list[float]


class Question(TypedDict):
    """One question of the survey: the share counted, in per cent, and the answers' shares."""

    indicator: str
    level: float
    common_change: float
    effect: float
    answers: dict[str, float]
    others: dict[str, float]


class Survey(TypedDict):
    """The safety survey; of a stratum its share of residents and of answers."""

    waves: list[int]
    respondents: float
    area_spread: float
    wave_noise: float
    strata: dict[str, tuple[float, float]]
    stratum_shift: dict[str, float]
    no_answer: float
    questions: dict[str, Question]
    refused: str


class Consultation(TypedDict):
    """Themes that residents raise, with how often on average."""

    quarters: list[str]
    sources: list[str]
    themes: dict[str, float]


class Delivery(TypedDict):
    """Shares of what was planned that the measures deliver."""

    share: float
    noise: float
    weak_share: float
    spending_noise: float


class World(TypedDict):
    """Everything that is true in the demo study."""

    seed: int
    residents: dict[str, int]
    area_spread: float
    shock: Shock
    dispersion: float
    contaminated_effect: float
    late: Late
    counts: dict[str, Group]
    survey: Survey
    consultation: Consultation
    delivery: Delivery


class Effect(TypedDict):
    """The true effect on one indicator."""

    scale: str
    effect: float


def load_world() -> World:
    """The numbers from which the demo study is simulated."""
    text = files("tingbjerg_eval.demo").joinpath("world.yaml").read_text(encoding="utf-8")
    world: World = yaml.safe_load(text)
    return world


def truth(world: World) -> dict[str, Effect]:
    """The true effect of every indicator: a rate ratio, or percentage points."""
    counts: dict[str, Effect] = {
        name: {"scale": "rate ratio", "effect": one["effect"]}
        for name, one in world["counts"].items()
    }
    shares: dict[str, Effect] = {
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
