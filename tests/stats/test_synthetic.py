"""Synthetic control and synthetic difference-in-differences."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from tingbjerg_eval.stats import synthetic
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.synthetic import (
    SC,
    SDID,
    all_effects,
    simplex_weights,
    synthetic_control,
    synthetic_difference_in_differences,
    synthetic_effect,
    synthetic_placebos,
)
from tingbjerg_eval.study.design import Break

BOTH = pytest.mark.parametrize("kind", [SDID, SC])
METHODS = pytest.mark.parametrize(
    "method", [synthetic_difference_in_differences, synthetic_control]
)


def departure_from_minimum(weights, columns, target, *, ridge):
    """How far from the minimum at most: the duality gap, 0 where the weights are optimal."""
    gradient = 2 * (columns.T @ (columns @ weights - target) + ridge * weights)
    return float(gradient @ weights - gradient.min())


@pytest.fixture(scope="module")
def smoking(shared):
    """Packs per head, California first, and which years lie before the tax of 1989."""
    data = pd.read_csv(shared / "replication/prop99_synthdid.csv", sep=";")
    packs = data.pivot(index="State", columns="Year", values="PacksPerCapita")
    ordered = pd.concat([packs.loc[["California"]], packs.drop("California")])
    want = json.loads((shared / "replication/prop99.expected.json").read_text())["expected"]
    return ordered.to_numpy(), packs.columns < 1989, want


def matrix(seed, areas=8, times=14):
    rng = np.random.default_rng(seed)
    walk = rng.normal(0, 0.2, (areas, times)).cumsum(axis=1)
    return rng.normal(3, 1, (areas, 1)) + rng.normal(0, 0.3, times) + walk


BEFORE = np.arange(14) < 8


def test_an_even_mixture_of_parallel_areas_by_hand():
    """All areas move together; the treated one gains 5 afterwards."""
    common = np.array([1.0, 2, 4, 3, 5, 6])
    levels = np.array([[2.0], [1], [3], [1], [3]])
    outcomes = levels + common
    outcomes[0, 4:] += 5
    for kind in (SDID, SC):
        fit = synthetic_effect(outcomes, [True] * 4 + [False] * 2, kind=kind)
        assert fit.effect == pytest.approx(5, abs=1e-3)
        assert fit.area_weights.sum() == pytest.approx(1)
        assert fit.area_weights @ levels[1:, 0] == pytest.approx(2, abs=1e-3)


def test_the_exact_effect_of_the_californian_tax(smoking):
    """-15.605 and -19.51 at the minimum; the published figures stop before it."""
    outcomes, before, _ = smoking
    assert synthetic_effect(outcomes, before, kind=SDID).effect == pytest.approx(-15.6054, abs=1e-4)
    control = synthetic_effect(outcomes, before, kind=SC)
    assert control.effect == pytest.approx(-19.5136, abs=1e-4)
    assert not control.time_weights.any()


def test_the_published_figures_follow_from_the_published_stopping_rule(smoking, study_module):
    """The same problem with the steps, thinning and stopping rule of the authors' R package."""
    frank_wolfe = study_module("frank_wolfe")
    outcomes, before, want = smoking
    others, noise = outcomes[1:], np.diff(outcomes[1:, before], axis=1).std(ddof=1)

    def weights(columns, target, strength):
        rows = len(target)
        return frank_wolfe.simplex_weights(
            columns.T @ columns, (target @ columns)[None],
            ridge=np.array([rows * (strength * noise) ** 2]),
            enough=np.array([rows * (1e-5 * noise) ** 2]),
        )[0]  # fmt: skip

    columns, target = others[:, before].T, outcomes[0, before]
    control = weights(columns, target, 1e-6)
    effect = (outcomes[0] - control @ others)[~before].mean()
    assert effect == pytest.approx(want["R"]["sc"], abs=1e-7)
    strength = (~before).sum() ** 0.25
    area = weights(columns - columns.mean(axis=0), target - target.mean(), strength)
    times, after = others[:, before], others[:, ~before].mean(axis=1)
    time = weights(times - times.mean(axis=0), after - after.mean(), 1e-6)
    gap = outcomes[0] - area @ others
    assert gap[~before].mean() - gap[before] @ time == pytest.approx(want["R"]["sdid"], abs=1e-7)
    assert time[-3:] == pytest.approx(list(want["sdid_lambda"].values()), abs=1e-6)
    assert time[:-3].max() < 1e-6


def test_the_californian_placebos_are_enumerated(smoking):
    """All 38, so their spread is one number: 9.37, near the published draws' 8.4."""
    outcomes, before, _ = smoking
    effects = all_effects(outcomes, before)[1:]
    assert len(effects) == 38
    assert np.sqrt(((effects - effects.mean()) ** 2).mean()) == pytest.approx(9.37, abs=0.005)


@BOTH
def test_all_areas_in_one_pass_equal_one_after_another(kind):
    """Each comparison area alone, set first, the treated one left out."""
    outcomes = matrix(3)
    alone = [synthetic_effect(outcomes, BEFORE, kind=kind).effect]
    for j in range(1, len(outcomes)):
        rest = np.delete(outcomes[1:], j - 1, axis=0)
        alone.append(synthetic_effect(np.vstack([outcomes[j], rest]), BEFORE, kind=kind).effect)
    np.testing.assert_allclose(all_effects(outcomes, BEFORE, kind=kind), alone, atol=1e-7)


@pytest.mark.parametrize("ridge", [5.0, 1e-6])
@pytest.mark.parametrize("seed", range(5))
def test_weights_meet_the_conditions_of_the_minimum(seed, ridge):
    """No other weights lie lower: the duality gap is nothing beside the minimum's own size."""
    rng = np.random.default_rng(seed)
    columns, target = rng.normal(size=(12, 30)), rng.normal(size=12)
    w = simplex_weights(columns, target, ridge=ridge)
    assert w.min() >= 0
    assert w.sum() == pytest.approx(1, abs=1e-12)
    gap = departure_from_minimum(w, columns, target, ridge=ridge)
    assert abs(gap) < 1e-8 * (target**2).sum()
    even = np.full(30, 1 / 30)
    assert departure_from_minimum(even, columns, target, ridge=ridge) > 1e-2


def test_every_placebos_weights_meet_the_conditions(smoking):
    outcomes, before, _ = smoking
    for treated in range(1, 39):
        others = np.delete(outcomes[1:], treated - 1, axis=0)
        w = synthetic_effect(np.vstack([outcomes[treated], others]), before, kind=SC).area_weights
        columns, target = others[:, before].T, outcomes[treated, before]
        gap = departure_from_minimum(w, columns, target, ridge=0.0)
        assert abs(gap) < 1e-6 * (target**2).sum()


def test_weights_are_the_minimum_that_a_general_solver_finds():
    rng = np.random.default_rng(8)
    columns, target, ridge = rng.normal(size=(12, 6)), rng.normal(size=12), 5.0
    w = simplex_weights(columns, target, ridge=ridge)

    def loss(x):
        return ((columns @ x - target) ** 2).sum() + ridge * (x**2).sum()

    best = minimize(
        loss, np.full(6, 1 / 6), method="SLSQP", options={"ftol": 1e-15}, bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda x: x.sum() - 1},
    )  # fmt: skip
    np.testing.assert_allclose(w, best.x, atol=1e-5)
    assert loss(w) <= best.fun + 1e-12


@METHODS
def test_the_estimate_is_a_rank_and_no_interval(panel, design, method):
    found = method(panel, design)
    assert np.isnan(found.lower)
    assert np.isnan(found.upper)
    assert found.p_value in [k / 6 for k in range(1, 7)]
    rank = round(found.p_value * 6)
    assert found.note == (
        f"a second picture, not the verdict; rank {rank} of 6 among placebo areas"
    )
    assert found.scale == "rate ratio"
    assert found.method == method.__name__
    assert (found.n_treated, found.n_comparison) == (1, 5)
    assert found.estimand == "change beyond that of the weighted comparison areas"


def test_a_halving_is_found_and_ranks_first(make_panel, design):
    rng = np.random.default_rng(7)
    after = np.arange(20) >= 8
    counts = {area: rng.poisson(400, 20) for area in design.areas}
    counts["T"] = rng.poisson(np.where(after, 200, 400))
    for method in (synthetic_difference_in_differences, synthetic_control):
        found = method(make_panel(counts), design)
        assert found.value == pytest.approx(0.5, abs=0.03)
        assert found.p_value == 1 / 6


def test_shares_are_told_in_points(make_shares, waves):
    years = waves.with_(baseline=(2009, 2011), period=(2013, 2013))
    values = {
        area: dict.fromkeys((2009, 2010, 2011, 2013), (0.2 + 0.01 * number, 0.001))
        for number, area in enumerate(waves.areas)
    }
    values["T"][2013] = (0.1, 0.001)
    found = synthetic_difference_in_differences(make_shares(values), years)
    assert found.value == pytest.approx(-10, abs=0.01)
    assert found.scale == "percentage points"


@BOTH
def test_placebos_lie_open(panel, design, kind):
    placebos = synthetic_placebos(panel, design, kind=kind)
    assert list(placebos["area"]) == list(design.areas)
    assert list(placebos["role"]) == ["treated"] + ["comparison"] * 5
    np.testing.assert_allclose(placebos["value"], np.exp(placebos["effect"]))
    assert sorted(placebos["rank"]) == [1, 2, 3, 4, 5, 6]
    assert placebos.loc[placebos["rank"] == 1, "effect"].abs().item() == max(
        placebos["effect"].abs()
    )


def test_equal_effects_share_the_worse_rank():
    assert synthetic._rank(np.array([1.0, -1, 0.5, 2])).tolist() == [3, 3, 4, 1]


seeds = st.integers(0, 10**6)


@settings(derandomize=True, max_examples=8, deadline=None)
@given(seeds)
def test_the_order_of_areas_does_not_matter(seed):
    outcomes = matrix(seed)
    order = np.random.default_rng(seed).permutation(7) + 1
    fit = synthetic_effect(outcomes, BEFORE)
    other = synthetic_effect(outcomes[[0, *order]], BEFORE)
    assert other.effect == pytest.approx(fit.effect, abs=1e-9)
    np.testing.assert_allclose(other.area_weights, fit.area_weights[order - 1], atol=1e-9)


@settings(derandomize=True, max_examples=8, deadline=None)
@given(seeds, st.floats(-5, 5))
def test_a_shock_to_all_areas_changes_nothing(seed, shock):
    outcomes = matrix(seed)
    shocked = outcomes + np.where(BEFORE, 0, shock)
    assert synthetic_effect(shocked, BEFORE).effect == pytest.approx(
        synthetic_effect(outcomes, BEFORE).effect, abs=1e-6
    )


@settings(derandomize=True, max_examples=8, deadline=None)
@given(seeds, st.floats(-5, 5))
def test_the_treated_areas_own_level_changes_nothing(seed, level):
    outcomes = matrix(seed)
    raised = outcomes.copy()
    raised[0] += level
    assert synthetic_effect(raised, BEFORE).effect == pytest.approx(
        synthetic_effect(outcomes, BEFORE).effect, abs=1e-6
    )


@settings(derandomize=True, max_examples=8, deadline=None)
@given(seeds, st.floats(-5, 5), st.sampled_from([SDID, SC]))
def test_a_known_effect_is_added_to_the_estimate(seed, effect, kind):
    outcomes = matrix(seed)
    moved = outcomes.copy()
    moved[0, ~BEFORE] += effect
    assert synthetic_effect(moved, BEFORE, kind=kind).effect == pytest.approx(
        synthetic_effect(outcomes, BEFORE, kind=kind).effect + effect, abs=1e-9
    )


@settings(derandomize=True, max_examples=8, deadline=None)
@given(seeds, st.sampled_from([SDID, SC]))
def test_turning_the_sign_of_all_outcomes_turns_the_estimate(seed, kind):
    outcomes = matrix(seed)
    assert synthetic_effect(-outcomes, BEFORE, kind=kind).effect == pytest.approx(
        -synthetic_effect(outcomes, BEFORE, kind=kind).effect, abs=1e-9
    )


@settings(derandomize=True, max_examples=8, deadline=None)
@given(seeds, st.sampled_from([2.0**-12, 2.0**14]))
def test_the_unit_of_the_outcome_does_not_matter(seed, unit):
    """The ridge is in units of the noise."""
    outcomes = matrix(seed)
    fit, scaled = synthetic_effect(outcomes, BEFORE), synthetic_effect(unit * outcomes, BEFORE)
    assert scaled.effect == pytest.approx(unit * fit.effect, rel=1e-9)
    np.testing.assert_allclose(scaled.area_weights, fit.area_weights, atol=1e-10)


@METHODS
def test_the_unit_of_population_and_the_order_of_rows_do_not_matter(panel, design, method):
    other = panel.assign(population=panel["population"] * 7).sample(frac=1, random_state=2)
    assert method(other, design).value == pytest.approx(method(panel, design).value, rel=1e-6)


@METHODS
def test_the_panel_is_not_changed(panel, design, method):
    kept = panel.copy(deep=True)
    method(panel, design)
    pd.testing.assert_frame_equal(panel, kept)


@METHODS
def test_what_has_no_comparison_is_refused(panel, design, shares, waves, make_panel, method):
    zero = make_panel({a: [0 if a == "T" else 5] * 8 + [5] * 12 for a in design.areas})
    cases = [
        (panel, design.with_(comparison=("A", "B", "C", "D")), "few-comparison-areas"),
        (panel, design.with_(breaks=(Break(first="2010K1", reason="law"),)), "break"),
        (panel, design.with_(period=("2010K1", "2010K2")), "part-years"),
        (shares, waves, "few-baseline-times"),
        (zero, design, "all-zero-baseline"),
    ]
    for data, study, code in cases:
        with pytest.raises(MethodRefused) as refused:
            method(data, study)
        assert refused.value.code == code
    with pytest.raises(MethodRefused, match="1 times in the baseline and 1 in the period"):
        method(shares, waves)
