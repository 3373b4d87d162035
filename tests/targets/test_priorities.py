"""Problems are ranked source by source, and a theme that nobody answers is seen."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.inputs.quarters import quarter_range
from tingbjerg_eval.study.settings_file import read_settings
from tingbjerg_eval.study.strategy_file import read_strategy
from tingbjerg_eval.targets.priorities import rank_problems, unanswered_themes

PARAMETERS = Path(__file__).parents[2] / "parameters"
SETTINGS = read_settings(PARAMETERS / "study.yaml")
STRATEGY = read_strategy(PARAMETERS / "strategy.yaml", SETTINGS)
AREAS = SETTINGS.design().areas


def panel(treated: int, others: int) -> pd.DataFrame:
    quarters = quarter_range("2008K1", "2009K4")
    return pd.DataFrame({
        "area": np.repeat(AREAS, len(quarters)),
        "quarter": np.tile(quarters, len(AREAS)),
        "count": np.repeat([treated, *[others] * (len(AREAS) - 1)], len(quarters)),
        "population": 4000,
    })  # fmt: skip


def shares(treated: float, others: float) -> pd.DataFrame:
    found = [treated, *[others] * (len(AREAS) - 1)]
    return pd.DataFrame({"area": AREAS, "wave": 2009, "share": found, "variance": 0.001, "n": 200})


CONSULTATION = pd.DataFrame(
    [
        ("2009K3", "Beboermøde", "Indbrud", "Tingbjerg", 4),
        ("2009K4", "Lokalråd", "Indbrud", "Tingbjerg", 5),
        ("2009K4", "Lokalråd", "Trafik", "Tingbjerg", 12),
        ("2010K4", "Lokalråd", "Hærværk", "Tingbjerg", 99),
        ("2009K4", "Lokalråd", "Hærværk", "Bispeparken", 99),
    ],
    columns=["quarter", "source", "theme", "area", "mentions"],
)


@pytest.fixture(scope="module")
def problems():
    return rank_problems(
        SETTINGS, STRATEGY,
        panels={"burglary": panel(40, 20), "violence": panel(20, 20)},
        shares={"exposed_burglary": shares(0.1, 0.05), "unsafe_evening": shares(0.4, 0.2)},
        consultation=CONSULTATION,
    ).set_index("theme")  # fmt: skip


def test_the_three_sources_stand_side_by_side(problems):
    burglary = problems.loc["Indbrud"]
    assert (burglary["mentions"], burglary["share"], burglary["rate"]) == (9, 10, 40)
    assert (burglary["share_comparison"], burglary["rate_comparison"]) == (5, 20)
    assert (burglary["share_indicator"], burglary["count_indicator"]) == (
        "exposed_burglary", "burglary",
    )  # fmt: skip


def test_each_source_ranks_by_itself(problems):
    assert problems.loc["Trafik", "rank_mentions"] == 1
    assert problems.loc["Indbrud", ["rank_mentions", "rank_share", "rank_rate"]].tolist() == [
        2, 2, 1,
    ]  # fmt: skip
    assert problems.loc["Utryghed om aftenen", "rank_share"] == 1
    assert math.isnan(problems.loc["Trafik", "rank_rate"])


def test_only_the_treated_area_before_the_effort_is_heard(problems):
    assert problems.loc["Hærværk", "mentions"] == 0


def test_the_largest_problems_stand_first(problems):
    assert problems.index[:3].tolist() == ["Trafik", "Indbrud", "Utryghed om aftenen"]
    assert problems["best_rank"].dropna().is_monotonic_increasing


def test_a_theme_names_what_answers_it(problems):
    burglary = problems.loc["Indbrud"]
    assert burglary["targets"].split(", ") == ["indbrud-40", "indbrud-udsat"]
    assert "indbrudssikring" in burglary["measures"].split(", ")
    assert burglary["answered"] == "target"
    assert problems.loc["Samarbejde", "targets"] == "lokalbetjente"


def test_themes_that_no_target_answers_are_shown_as_such(problems):
    found = unanswered_themes(problems.reset_index()).set_index("theme")["answered"]
    assert found["Trafik"] == "nothing"
    assert found["Narkotika"] == "measure"
    assert "Indbrud" not in found


def test_a_study_without_consultation_ranks_the_rest():
    found = rank_problems(SETTINGS, STRATEGY, panels={"burglary": panel(40, 20)})
    assert found["mentions"].isna().all()
    assert found.loc[0, "theme"] == "Indbrud"


def test_a_study_that_names_no_theme_has_nothing_to_rank():
    plain = {
        name: one.model_copy(update={"theme": None}) for name, one in SETTINGS.indicators.items()
    }
    settings = SETTINGS.model_copy(update={"indicators": plain})
    areas = {
        name: one.model_copy(update={"themes": []}) for name, one in STRATEGY.action_areas.items()
    }
    strategy = STRATEGY.model_copy(update={"action_areas": areas})
    found = rank_problems(settings, strategy)
    assert found.empty
    assert unanswered_themes(found).empty
