"""Draw the demo study's tables from a world with known effects.

``RandomState`` is used because NumPy guarantees its stream for ever (NEP 19); the newer
generators may change between versions and the demo must give the same bytes every time.
"""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import yaml

from tingbjerg_eval.inputs.errors import given
from tingbjerg_eval.inputs.quarters import quarter_number
from tingbjerg_eval.study.settings import StudySettings
from tingbjerg_eval.study.strategy import Strategy

World = dict[str, Any]
"""Everything that is true in the demo study, as ``world.yaml`` describes it."""
QUARTER_DAYS = 90
"""Days of a quarter on which reports are placed: the shortest quarter has 90."""


def load_world() -> World:
    """The numbers from which the demo study is simulated."""
    text = files("tingbjerg_eval.demo").joinpath("world.yaml").read_text(encoding="utf-8")
    world: World = yaml.safe_load(text)
    return world


def truth(world: World) -> dict[str, dict[str, Any]]:
    """The true effect of every indicator: a rate ratio, or percentage points."""
    return {
        name: {"scale": "rate ratio", "effect": one["effect"]}
        for name, one in world["counts"].items()
    } | {
        one["indicator"]: {"scale": "percentage points", "effect": one["effect"]}
        for one in world["survey"]["questions"].values()
    }


def roles(settings: StudySettings) -> dict[str, str]:
    """Role of every area of the study."""
    areas = settings.areas
    return (
        dict.fromkeys(areas.with_effort, "treated")
        | dict.fromkeys(areas.comparison, "comparison")
        | dict.fromkeys(areas.adjacent, "adjacent")
        | dict.fromkeys(areas.excluded, "excluded")
    )


def simulate_population(world: World, settings: StudySettings) -> pd.DataFrame:
    """Residents by area and quarter, growing slowly at a pace of the area's own."""
    random = np.random.RandomState(world["seed"])
    quarters = np.arange(len(settings.quarters))
    rows = []
    for area, residents in world["residents"].items():
        pace = random.normal(0.001, 0.001)
        sizes = np.rint(residents * np.exp(pace * quarters)).astype(int)
        rows.append(pd.DataFrame({"area": area, "quarter": settings.quarters, "population": sizes}))
    return pd.concat(rows, ignore_index=True)


def simulate_incidents(
    world: World, settings: StudySettings, population: pd.DataFrame
) -> pd.DataFrame:
    """One row per report: ``case, area, date, offence``, in order of date."""
    random = np.random.RandomState(world["seed"] + 1)
    role = roles(settings)
    rows = []
    for name, group in world["counts"].items():
        for area, residents in population.groupby("area", sort=False):
            expected = _expected(world, name, role[area], residents, settings, random)
            for quarter, count in zip(residents["quarter"], random.poisson(expected), strict=True):
                rows += _reports(area, quarter, count, group["codes"], random)
    reports = pd.DataFrame(rows, columns=["area", "date", "offence"])
    reports = reports.sort_values(["date", "area", "offence"], kind="stable", ignore_index=True)
    numbers = reports.groupby(reports["date"].str[:4]).cumcount() + 1
    case = "0100-" + numbers.astype(str).str.zfill(5) + "-" + reports["date"].str[2:4]
    return reports.assign(case=case)[["case", "area", "date", "offence"]]


def simulate_earlier_extract(world: World, incidents: pd.DataFrame, drawn: dt.date) -> pd.DataFrame:
    """The rows of ``incidents`` that had been registered on the day an earlier extract was drawn.

    Most reports are registered at once, the others after an exponential delay.
    """
    random, late = np.random.RandomState(world["seed"] + 5), world["late"]
    delays = random.exponential(late["mean_days"], len(incidents))
    delays = np.where(random.random_sample(len(incidents)) < late["share"], delays, 0)
    days = pd.to_datetime(incidents["date"]) + pd.to_timedelta(np.floor(delays), unit="D")
    return incidents[(days <= pd.Timestamp(drawn)).to_numpy()].reset_index(drop=True)


def _expected(
    world: World, name: str, role: str, residents: pd.DataFrame, settings: StudySettings,
    random: np.random.RandomState,
) -> np.ndarray:  # fmt: skip
    group, quarters = world["counts"][name], residents["quarter"]
    start = quarter_number(settings.periods.period[0])
    numbers = quarters.map(quarter_number).to_numpy()
    after = numbers >= start
    level = np.log(group["rate"] / 1000) + random.normal(0, world["area_spread"])
    if role == "treated":  # the treated area lies at the stated level: its size is known
        level = np.log(group["rate"] / 1000)
    change = np.where(after, np.log(group["common_change"]), 0.0)
    if role == "treated":
        change = change + np.where(after, np.log(group["effect"]), 0.0)
    if role == "excluded":
        change = change + np.where(after, np.log(world["contaminated_effect"]), 0.0)
    season = np.log(np.array(group["season"]))[numbers % 4]
    noise = _shocks(len(numbers), random, **world["shock"])
    gamma = random.gamma(world["dispersion"], 1 / world["dispersion"], len(numbers))
    people: np.ndarray = residents["population"].to_numpy()
    expected: np.ndarray = people * np.exp(level + change + season + noise) * gamma
    return expected


def _shocks(
    n: int, random: np.random.RandomState, *, deviation: float, autocorrelation: float
) -> np.ndarray:
    shocks: np.ndarray = random.normal(0, deviation, n)
    fresh = np.sqrt(1 - autocorrelation**2)
    for t in range(1, n):
        shocks[t] = autocorrelation * shocks[t - 1] + fresh * shocks[t]
    return shocks


def _reports(
    area: str, quarter: str, count: int, codes: dict[str, float], random: np.random.RandomState
) -> list[tuple[str, str, str]]:
    year, part = int(quarter[:4]), int(quarter[5])
    first = dt.date(year, 3 * part - 2, 1)
    days = np.sort(random.randint(0, QUARTER_DAYS, count))
    drawn = random.choice(list(codes), size=count, p=list(codes.values()))
    return [
        (area, (first + dt.timedelta(days=int(day))).isoformat(), str(code))
        for day, code in zip(days, drawn, strict=True)
    ]


def simulate_survey(world: World, settings: StudySettings) -> pd.DataFrame:
    """One row per respondent: ``respondent, area, wave, stratum, weight`` and the questions."""
    random = np.random.RandomState(world["seed"] + 2)
    survey, role = world["survey"], roles(settings)
    parts = []
    for area, residents in world["residents"].items():
        shares = _true_shares(survey, role[area], settings, random)
        for wave in survey["waves"]:
            answered = _respondents(survey, residents, random)
            for question, text in survey["questions"].items():
                answered[question] = _answers(
                    shares[question][wave], answered["stratum"], survey, text, random
                )
            parts.append(answered.assign(area=area, wave=wave))
    frame = pd.concat(parts, ignore_index=True)
    frame["respondent"] = [f"R{number:06d}" for number in range(1, len(frame) + 1)]
    leading = ["respondent", "area", "wave", "stratum", "weight"]
    return frame[leading + list(survey["questions"])]


def _true_shares(
    survey: World, role: str, settings: StudySettings, random: np.random.RandomState
) -> dict[str, dict[int, float]]:
    periods = settings.periods
    first, last = given(periods.survey_baseline)[1], given(periods.survey_period)[0]
    shares = {}
    for question, one in survey["questions"].items():
        own = random.normal(0, survey["area_spread"]) if role != "treated" else 0.0
        noise = random.normal(0, survey["wave_noise"], len(survey["waves"]))
        total = one["common_change"] + (one["effect"] if role == "treated" else 0.0)
        shares[question] = {
            wave: one["level"]
            + own
            + shake
            + total * np.clip((wave - first) / (last - first), 0, 1)
            for wave, shake in zip(survey["waves"], noise, strict=True)
        }
    return shares


def _respondents(survey: World, residents: int, random: np.random.RandomState) -> pd.DataFrame:
    names = list(survey["strata"])
    of_residents, of_answers = (
        np.array([pair[i] for pair in survey["strata"].values()]) for i in (0, 1)
    )
    n = random.poisson(survey["respondents"])
    numbers = np.maximum(random.multinomial(n, of_answers), 2)
    weights = residents * of_residents / numbers
    return pd.DataFrame({
        "stratum": np.repeat(names, numbers),
        "weight": np.repeat(weights, numbers).round(3),
    })  # fmt: skip


def _answers(
    share: float, stratum: pd.Series, survey: World, question: World,
    random: np.random.RandomState,
) -> np.ndarray:  # fmt: skip
    """Answers with ``share`` per cent of the weighted respondents in the counted ones."""
    shift = stratum.map(survey["stratum_shift"]).to_numpy()
    mean_shift = sum(
        survey["strata"][name][0] * points for name, points in survey["stratum_shift"].items()
    )
    chance = np.clip((share + shift - mean_shift) / 100, 0.005, 0.995)
    counted = random.random_sample(len(stratum)) < chance
    yes = random.choice(
        list(question["answers"]), len(stratum), p=list(question["answers"].values())
    )
    no = random.choice(list(question["others"]), len(stratum), p=list(question["others"].values()))
    silent = random.random_sample(len(stratum)) < survey["no_answer"]
    return np.where(silent, survey["refused"], np.where(counted, yes, no))


def simulate_consultation(world: World, settings: StudySettings) -> pd.DataFrame:
    """Themes raised by residents in the treated area: how often, by quarter and source."""
    random = np.random.RandomState(world["seed"] + 3)
    consultation = world["consultation"]
    rows = [
        (quarter, source, theme, settings.areas.with_effort[0], random.poisson(level))
        for quarter in consultation["quarters"]
        for source in consultation["sources"]
        for theme, level in consultation["themes"].items()
    ]
    return pd.DataFrame(rows, columns=["quarter", "source", "theme", "area", "mentions"])


def simulate_activities(world: World, settings: StudySettings, strategy: Strategy) -> pd.DataFrame:
    """What each measure planned, delivered and spent in each quarter of the period.

    The measure with the largest budget falls behind from its second year on.
    """
    random = np.random.RandomState(world["seed"] + 4)
    delivery = world["delivery"]
    weak = max(strategy.measures, key=lambda name: _total_budget(strategy, name))
    rows = []
    for name, measure in strategy.measures.items():
        for number, quarter in enumerate(settings.period_quarters):
            planned = round(measure.planned(quarter) or 0)
            late = name == weak and number >= 4
            share = delivery["weak_share"] if late else delivery["share"]
            share = np.clip(share + random.normal(0, delivery["noise"]), 0, 1.2)
            budget = float(measure.budget.get(int(quarter[:4]), 0)) / 4
            spent = budget * share * (1 + random.normal(0, delivery["spending_noise"]))
            if planned:
                rows.append((name, quarter, planned, round(planned * share), round(spent, -2)))
    frame = pd.DataFrame(rows, columns=["measure", "quarter", "planned", "delivered", "spent_dkk"])
    return frame.astype({"spent_dkk": int})


def _total_budget(strategy: Strategy, name: str) -> float:
    return sum(map(float, strategy.measures[name].budget.values()))
