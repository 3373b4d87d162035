"""The headline family against R: metafor, lm, sandwich, glm and an integration of its own.

Closed forms agree to 1e-10; what R found by root search and adaptive integration to 1e-8.
"""

import numpy as np
import pytest

from tingbjerg_eval.stats.cells import read_cells
from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.collapsed import collapsed_t
from tingbjerg_eval.stats.did import effects_of
from tingbjerg_eval.stats.event_study import baseline_slopes
from tingbjerg_eval.stats.placebos import leave_one_out, ranked
from tingbjerg_eval.stats.power import minimum_detectable_change
from tingbjerg_eval.stats.predictive import between_area_variance
from tingbjerg_eval.study.design import Design

CLOSED = {"rel": 1e-10, "abs": 1e-13}
SEARCHED = {"abs": 1e-8}
COUNTS = Design(
    treated="T",
    comparison=tuple("ABCDEFGH"),
    baseline=("2007K1", "2009K4"),
    period=("2010K1", "2012K4"),
)
WAVES = COUNTS.with_(baseline=(2008, 2009), period=(2011, 2012))


@pytest.fixture(params=["counts", "shares"])
def case(request, oracle):
    """Data, design and R's figures, of counts and of shares."""
    wanted = oracle("headline.json")[request.param]
    table, design = {"counts": ("panel", COUNTS), "shares": ("shares", WAVES)}[request.param]
    return oracle(f"headline_{table}.csv"), design, wanted


def test_changes_and_variances(case):
    data, design, wanted = case
    found = area_changes(data, design)
    assert found.change == pytest.approx(wanted["change"], **CLOSED)
    assert found.variance == pytest.approx(wanted["variance"], **CLOSED)


def test_the_headline_is_rs_integral(case):
    data, design, wanted = case
    for level in (95, 80):
        if f"headline{level}" not in wanted:
            continue
        found = effects_of(area_changes(data, design), level=level / 100)
        for name, value in wanted[f"headline{level}"].items():
            assert getattr(found, name)[0] == pytest.approx(value, **SEARCHED)


def test_between_area_variance_is_metafors(case):
    data, design, wanted = case
    changes = area_changes(data, design)
    parts = changes.change[1:], changes.variance[1:]
    tau2 = wanted["tau2"]
    assert between_area_variance(*parts) == pytest.approx(tau2["paule_mandel"], rel=1e-9, abs=1e-9)
    for probability, name in ((0.025, "lower"), (0.975, "upper")):
        found = between_area_variance(*parts, probability=probability)
        assert found == pytest.approx(tau2[name], rel=1e-9, abs=1e-9)


def test_the_collapsed_t_is_least_squares_made_wider(case):
    data, design, wanted = case
    found, wanted = collapsed_t(data, design), wanted["collapsed"]
    changes = area_changes(data, design)
    plain = changes.change[0] - changes.change[1:].mean()
    assert plain == pytest.approx(wanted["ols_estimate"], **CLOSED)
    assert found.standard_error == pytest.approx(wanted["error"], **CLOSED)
    assert found.estimate.p_value == pytest.approx(wanted["p_value"], **CLOSED)
    assert found.breakdown_ratio == pytest.approx(wanted["breakdown"], **CLOSED)
    as_ols = found.standard_error / np.sqrt((max(1, found.noise_ratio**2) + 1 / 8) / (1 + 1 / 8))
    assert as_ols == pytest.approx(wanted["ols_error"], **CLOSED)


def test_leaving_each_area_out(oracle):
    wanted = oracle("headline.json")["counts"]["without_each"]
    found = leave_one_out(oracle("headline_panel.csv"), COUNTS).iloc[1:]
    for row, figures in zip(found.itertuples(), wanted, strict=True):
        for name in ("value", "lower", "upper"):
            assert np.log(getattr(row, name)) == pytest.approx(figures[name], **SEARCHED)
        assert row.p_value == pytest.approx(figures["p_value"], **SEARCHED)


def test_placebo_p_values(oracle):
    """The plain predictive step, before any area's interval is widened for restlessness."""
    table = ranked(area_changes(oracle("headline_panel.csv"), COUNTS)).table.set_index("area")
    found = table.loc[list(COUNTS.areas), "p_value"]
    assert list(found) == pytest.approx(oracle("headline.json")["counts"]["placebo_p"], **SEARCHED)


def test_baseline_slopes_are_least_squares(oracle):
    cells = read_cells(oracle("headline_panel.csv"), COUNTS)
    wanted = oracle("headline.json")["counts"]["slopes"]
    assert baseline_slopes(cells, COUNTS).change == pytest.approx(wanted, **CLOSED)


def test_the_minimum_detectable_change(oracle):
    found = minimum_detectable_change(oracle("headline_panel.csv"), COUNTS, drift=False)
    wanted = oracle("headline.json")["counts"]
    assert -np.log(found.fall) == pytest.approx(wanted["fall"], abs=1e-6)
    assert np.log(found.rise) == pytest.approx(wanted["rise"], abs=1e-6)


def test_the_refused_methods_of_the_coverage_study_are_what_others_compute(oracle, study_module):
    study = study_module("coverage")
    wanted = oracle("headline.json")["refused"]
    cells = read_cells(oracle("headline_panel.csv"), COUNTS)
    early = cells.within(COUNTS.baseline)
    counts = [cells["count"][:, part].sum(axis=1) + 0.5 for part in (early, ~early)]
    logs = np.log(cells["count"] + 0.5)
    draws = study.Draws(
        change=np.log(counts[1] / counts[0])[None],
        variance=(1 / counts[0] + 1 / counts[1])[None],
        quarterly=(logs[:, ~early].mean(axis=1) - logs[:, early].mean(axis=1))[None],
        table=np.array([counts[0][:1], counts[1][:1], *([c[1:].sum()] for c in counts)]),
    )
    for limits, value, error, times in (
        (study.clustered(draws), "twfe", "cluster_error", study.stdtrit(8, 0.975)),
        (study.poisson_table(draws), "poisson", "poisson_error", 1.96),
    ):
        assert sum(limits)[0] / 2 == pytest.approx(wanted[value], rel=1e-8)
        assert (limits[1] - limits[0])[0] / 2 / times == pytest.approx(wanted[error], rel=1e-6)
