"""A short seeded form of the coverage study, and real areas where nothing happened.

Bounds lie 4.5 Monte Carlo errors beyond the goal: coverage 0.94, size 0.065.
"""

from math import sqrt

import numpy as np
import pytest

REPLICATIONS = 1000


def bound(goal, replications=REPLICATIONS):
    return 4.5 * sqrt(goal * (1 - goal) / replications)


@pytest.fixture(scope="module")
def study(study_module):
    return study_module("coverage")


@pytest.mark.parametrize(
    "setting",
    [
        {"n_comparison": 5, "size": 0.25, "amount": 5},
        {"n_comparison": 8, "size": 4, "amount": 40, "autocorrelation": 0.95},
        {"n_comparison": 20, "size": 4, "amount": 40},
        {"n_comparison": 8, "size": 1, "autocorrelation": 0.5, "trend": 0.05},
        {"n_comparison": 8, "size": 0.25, "effect": -0.25},
        {"kind": "shares", "n_comparison": 20, "size": 4, "amount": 400},
        {"kind": "shares", "n_comparison": 5, "size": 1, "amount": 100, "share": 0.1},
        {"kind": "shares", "n_comparison": 8, "amount": 400, "effect": -0.25},
    ],
    ids=str,
)
def test_the_headline_holds_the_truth_as_often_as_it_says(study, setting):
    cell = study.Cell(**setting)
    draws = study.draw(cell, REPLICATIONS, np.random.default_rng(7))
    lower, upper, p = study.headline(draws)
    covered = ((lower <= cell.truth) & (cell.truth <= upper)).mean()
    assert covered >= 0.94 - bound(0.94)
    assert covered < 1
    if cell.effect == 0:
        assert (p < 0.05).mean() <= 0.065 + bound(0.065)


def test_the_collapsed_t_does_not_reject_too_often(study):
    cell = study.Cell(n_comparison=8, size=0.25)
    draws = study.draw(cell, 4000, np.random.default_rng(8))
    lower, upper = study.collapsed(draws)
    assert ((lower > 0) | (upper < 0)).mean() <= 0.05 + bound(0.05, 4000)


def test_the_same_study_condemns_the_refused_methods(study):
    draws = study.draw(study.Cell(n_comparison=20), 1000, np.random.default_rng(9))
    for method in (study.clustered, study.poisson_table):
        lower, upper = method(draws)
        assert ((lower <= 0) & (upper >= 0)).mean() < 0.90


def test_the_rank_among_placebos_rejects_at_its_level(study):
    draws = study.draw(study.Cell(n_comparison=20, size=0.25), 300, np.random.default_rng(10))
    assert study.placebo_rejects(draws).mean() <= 1 / 21 + bound(1 / 21, 300)


def test_a_longer_baseline_guards_against_the_worst_last_year(study):
    found = {}
    for baseline in (4, 16):
        cell = study.Cell(chosen=True, baseline=baseline, amount=10)
        draws = study.draw(cell, 2000, np.random.default_rng(11))
        found[baseline] = (draws.change[:, 0] - draws.change[:, 1:].mean(axis=1)).mean()
    assert found[4] < -0.1
    assert abs(found[16]) < abs(found[4]) / 2


def test_the_vectorised_collapsed_t_of_the_study_is_the_librarys(study):
    from tingbjerg_eval.stats.changes import AreaChanges
    from tingbjerg_eval.stats.collapsed import collapsed

    draws = study.draw(study.Cell(size=0.25), 3, np.random.default_rng(12))
    lower, upper = study.collapsed(draws)
    for row in range(3):
        found = collapsed(
            AreaChanges(
                areas=tuple("TABCDEFGH"),
                change=draws.change[row],
                variance=draws.variance[row],
                scale="rate ratio",
            )
        )
        assert np.log([found.estimate.lower, found.estimate.upper]) == pytest.approx(
            [lower[row], upper[row]]
        )


@pytest.fixture(scope="module")
def london(study_module):
    return study_module("london")


@pytest.fixture(scope="module")
def boroughs(london, shared):
    return london.read_panels(shared / "data" / "london")


def test_burglary_in_london_from_2012_is_called_changed_in_few_boroughs(london, boroughs):
    panel = boroughs["Burglary"]
    assert panel["area"].nunique() == 32
    assert london.changed(panel, "2012K1") <= 5


def test_no_offence_group_in_london_is_called_changed_too_often(london, boroughs):
    table = london.false_findings(boroughs)
    assert table.shape == (11, len(london.STARTS))
    assert table.max().max() <= 5
    assert table.sum().sum() / (32 * table.size) <= 0.065
