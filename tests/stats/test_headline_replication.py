"""Published cases with one treated area, to the tolerance stated beside each target."""

import math

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.collapsed import collapsed_t
from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.placebos import placebo_areas
from tingbjerg_eval.study.design import Design


@pytest.fixture
def organ_donations(shared):
    """Registration rates of 27 states, three quarters before and three after the reform."""
    raw = pd.read_csv(shared / "replication" / "organ_donations.csv")
    data = raw.rename(columns={"State": "area", "Quarter_Num": "wave", "Rate": "share"})
    others = sorted(set(data["area"]) - {"California"})
    design = Design(treated="California", comparison=tuple(others), baseline=(1, 3), period=(4, 6))
    return data.assign(variance=0.0), design


@pytest.fixture
def cigarettes(shared):
    """Packs per head of 39 states (told in thousands, to lie between 0 and 1)."""
    raw = pd.read_csv(shared / "replication" / "prop99_synthdid.csv", sep=";")
    data = raw.rename(columns={"State": "area", "Year": "wave"})
    others = sorted(set(data["area"]) - {"California"})
    design = Design(
        treated="California",
        comparison=tuple(others),
        baseline=(1970, 1988),
        period=(1989, 2000),
    )
    return data.assign(share=data["PacksPerCapita"] / 1000, variance=0.0), design


def test_organ_donations_by_the_collapsed_t(organ_donations, expected):
    wanted = expected("organ_donations")
    found = collapsed_t(*organ_donations)
    assert found.estimate.value / 100 == pytest.approx(wanted["est"], rel=1e-10)
    assert found.standard_error / 100 == pytest.approx(wanted["dl_se"], rel=1e-10)
    assert found.estimate.p_value == pytest.approx(wanted["dl_p"], rel=1e-10)
    assert found.breakdown_ratio == pytest.approx(wanted["rho_star"], rel=1e-9)


def test_organ_donations_by_rank(organ_donations, expected):
    found = placebo_areas(*organ_donations)
    assert found.p_value == pytest.approx(expected("organ_donations")["perm_p"], rel=1e-12)
    assert (found.rank, found.n_areas) == (5, 27)


def test_organ_donations_by_the_headline_is_the_t_interval(organ_donations, expected):
    """Without sampling variance the headline is Donald and Lang's t."""
    wanted = expected("organ_donations")
    found = difference_in_differences(*organ_donations)
    assert found.value / 100 == pytest.approx(wanted["est"], abs=1e-9)
    assert found.p_value == pytest.approx(wanted["dl_p"], abs=1e-8)


def test_organ_donations_cluster_errors_are_five_times_too_small(
    organ_donations, expected, study_module
):
    wanted = expected("organ_donations")
    changes = area_changes(*organ_donations)
    draws = study_module("coverage").Draws(
        change=changes.change[None], variance=changes.variance[None], quarterly=changes.change[None]
    )
    lower, upper = study_module("coverage").clustered(draws)
    error = (upper - lower)[0] / 2 / study_module("coverage").stdtrit(26, 0.975) / 100
    assert error == pytest.approx(wanted["se_cr1_R_CR1"], rel=1e-6)
    assert upper[0] < 0
    found = difference_in_differences(*organ_donations)
    assert found.lower < 0 < found.upper
    assert (found.upper - found.lower) > 5 * (upper - lower)[0]


def test_proposition_99(cigarettes, expected):
    wanted = expected("prop99")
    found = collapsed_t(*cigarettes)
    assert found.estimate.value * 10 == pytest.approx(wanted["R"]["did"], abs=1e-9)
    assert found.standard_error * 10 == pytest.approx(wanted["donald_lang"]["se"], rel=1e-10)
    assert found.estimate.p_value == pytest.approx(wanted["donald_lang"]["p"], rel=1e-9)
    assert difference_in_differences(*cigarettes).p_value == pytest.approx(
        wanted["donald_lang"]["p"], abs=1e-8
    )
    assert placebo_areas(*cigarettes).p_value == pytest.approx(wanted["perm_p"], rel=1e-12)


def test_minimum_wage_by_cell_means(make_shares, expected):
    """New Jersey 20.44 to 21.03, Pennsylvania 23.33 to 21.17 employees (told in hundreds)."""
    means = {"NJ": (20.44, 0.51, 21.03, 0.52), "PA": (23.33, 1.35, 21.17, 0.94)}
    data = make_shares(
        {
            area: {1: (b / 100, (se_b / 100) ** 2), 2: (a / 100, (se_a / 100) ** 2)}
            for area, (b, se_b, a, se_a) in means.items()
        }
    )
    design = Design(treated="NJ", comparison=("PA",), baseline=(1, 1), period=(2, 2))
    changes = area_changes(data, design, fewest=1)
    wanted = expected("card_krueger_summary")
    assert changes.change[0] - changes.change[1] == pytest.approx(wanted["did"], abs=0.011)
    errors = np.sqrt(changes.variance)
    assert errors == pytest.approx([math.hypot(0.51, 0.52), math.hypot(1.35, 0.94)])


def test_the_rate_ratio_of_rate_ratios_in_the_limit_of_large_counts(make_panel, expected):
    """50 to 30 against 60 to 55, a hundred million times over: the added halves vanish."""
    many = 10**8
    counts = {"T": (50, 0, 0, 0, 30, 0, 0, 0), "A": (60, 0, 0, 0, 55, 0, 0, 0)}
    data = make_panel({area: [c * many for c in series] for area, series in counts.items()})
    design = Design(
        treated="T", comparison=("A",), baseline=("2008K1", "2008K4"), period=("2009K1", "2009K4")
    )
    changes = area_changes(data, design, fewest=1)
    difference = changes.change[0] - changes.change[1]
    basic = expected("rirr_basic")
    assert difference == pytest.approx(basic["log_rirr"], abs=5e-8)
    assert math.exp(difference) == pytest.approx(basic["rirr"], abs=5e-8)
    error = math.sqrt(changes.variance.sum() * many)
    assert error == pytest.approx(expected("rirr_variance_formula")["se"], rel=1e-7)
