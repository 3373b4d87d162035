"""The predictive step: closed forms, an independent integration, and one pass for many areas."""

import numpy as np
import pytest
from scipy import stats

from tingbjerg_eval.stats.predictive import (
    between_area_variance,
    effects,
    predictive,
    predictive_without_each,
)
from tingbjerg_eval.stats.refusal import MethodRefused

CHANGE = np.array([0.10, -0.15, 0.02, 0.30, -0.08, 0.05, -0.21, 0.12])
VARIANCE = np.array([0.01, 0.04, 0.02, 0.005, 0.03, 0.015, 0.05, 0.02])


def by_chi2_quantiles(x, change, variance, new_variance, draws):
    """The same mixture built the other way: tau2 solved at evenly spaced chi2 quantiles."""
    from scipy.optimize import brentq

    def at(tau2):
        w = 1 / (tau2 + variance)
        mean = (w * change).sum() / w.sum()
        return mean, (w * (change - mean) ** 2).sum(), 1 / w.sum()

    total = 0.0
    for target in stats.chi2.ppf((np.arange(draws) + 0.5) / draws, len(change) - 1):
        high = (change**2).sum() / target + 1
        tau2 = 0.0 if at(0)[1] <= target else brentq(lambda t, q=target: at(t)[1] - q, 0, high)
        mean, _, squared_error = at(tau2)
        total += stats.norm.cdf((x - mean) / np.sqrt(tau2 + new_variance + squared_error))
    return total / draws


@pytest.mark.parametrize("n", [4, 5, 8, 26, 400])
def test_without_sampling_variance_it_is_the_t_prediction_interval(n):
    change = np.random.default_rng(n).normal(0.1, 0.2, n)
    found = predictive(change, np.zeros(n), 0.0)
    scale = change.std(ddof=1) * np.sqrt(1 + 1 / n)
    for p in (0.005, 0.025, 0.5, 0.8, 0.975):
        wanted = change.mean() + stats.t.ppf(p, n - 1) * scale
        assert found.quantile(p)[0] == pytest.approx(wanted, abs=1e-8)
    assert found.cdf(change.mean() - scale)[0] == pytest.approx(stats.t.cdf(-1, n - 1), abs=1e-8)


def test_it_equals_the_integration_over_chi2_quantiles():
    found = predictive(CHANGE, VARIANCE, 0.02)
    for x in (-0.5, -0.1, 0.0, 0.2, 0.6):
        wanted = by_chi2_quantiles(x, CHANGE, VARIANCE, 0.02, draws=601)
        assert found.cdf(x)[0] == pytest.approx(wanted, abs=1e-4)


def test_with_sampling_variance_alone_it_is_the_fixed_effect_prediction():
    change = np.array([0.01, -0.01, 0.012, -0.008, 0.0])
    variance = np.full(5, 10.0)
    found = predictive(change, variance, 0.0)
    assert found.mass[0, 0] > 0.999
    sd = np.sqrt(10 / 5)
    assert found.quantile(0.975)[0] == pytest.approx(change.mean() + 1.96 * sd, rel=2e-3)


def test_the_mass_sums_to_one_before_it_is_normalised():
    for n, spread in ((4, 0.01), (8, 0.3), (60, 1.0)):
        rng = np.random.default_rng(n)
        found = predictive(rng.normal(0, spread, n), rng.uniform(1e-4, 0.1, n), 0.01)
        assert found.mass.sum() == pytest.approx(1, abs=1e-12)
        p = np.array([0.001, 0.3, 0.999])
        again = [found.cdf(found.quantile(one))[0] for one in p]
        assert again == pytest.approx(p, abs=1e-12)


def test_the_density_is_the_slope_of_the_distribution():
    found = predictive(CHANGE, VARIANCE, 0.02)
    step = 1e-5
    slope = (found.cdf(0.1 + step) - found.cdf(0.1 - step)) / (2 * step)
    assert found.density(0.1) == pytest.approx(slope, rel=1e-6)


def test_leaving_each_area_out_in_one_pass_equals_one_at_a_time():
    for new in (VARIANCE, np.full(8, 0.07)):
        together = predictive_without_each(CHANGE, VARIANCE, new)
        for i in range(8):
            rest = np.arange(8) != i
            alone = predictive(CHANGE[rest], VARIANCE[rest], new[i])
            for p in (0.025, 0.5, 0.975):
                assert together.quantile(p)[i] == pytest.approx(alone.quantile(p)[0], abs=1e-9)


def test_leaving_out_an_outlier_gives_the_narrow_distribution_of_the_rest():
    change = np.append(CHANGE, 9.0)
    variance = np.append(VARIANCE, 1e-4)
    together = predictive_without_each(change, variance, variance)
    alone = predictive(CHANGE, VARIANCE, 1e-4)
    assert together.quantile(0.975)[8] == pytest.approx(alone.quantile(0.975)[0], abs=1e-8)


def test_many_sets_of_areas_at_once_equal_one_at_a_time():
    sets = np.vstack([CHANGE, CHANGE * 2, CHANGE[::-1]])
    variances = np.vstack([VARIANCE, VARIANCE, VARIANCE * 3])
    together = predictive(sets, variances, np.array([0.01, 0.02, 0.03]))
    for i in range(3):
        alone = predictive(sets[i], variances[i], 0.01 * (i + 1))
        assert together.quantile(0.9)[i] == pytest.approx(alone.quantile(0.9)[0], abs=1e-9)


def test_the_effect_is_observed_minus_median_and_the_interval_mirrors_the_quantiles():
    predicted = predictive(CHANGE, VARIANCE, 0.02)
    found = effects(np.array([-0.4]), predicted, level=0.9)
    assert found.value[0] == pytest.approx(-0.4 - predicted.quantile(0.5)[0])
    assert found.lower[0] == pytest.approx(-0.4 - predicted.quantile(0.95)[0])
    assert found.upper[0] == pytest.approx(-0.4 - predicted.quantile(0.05)[0])
    assert found.p_value[0] == pytest.approx(2 * predicted.cdf(-0.4)[0])


def test_the_p_value_is_the_level_at_which_the_interval_touches_zero():
    predicted = predictive(CHANGE, VARIANCE, 0.02)
    for observed in (-0.4, 0.5):
        p = predicted.p_value(np.array([observed]))[0]
        found = effects(np.array([observed]), predicted, level=1 - p)
        assert min(abs(found.lower[0]), abs(found.upper[0])) == pytest.approx(0, abs=1e-10)


def test_the_between_area_variance_has_the_paule_mandel_property():
    tau2 = between_area_variance(CHANGE, VARIANCE)
    w = 1 / (tau2 + VARIANCE)
    mean = (w * CHANGE).sum() / w.sum()
    assert (w * (CHANGE - mean) ** 2).sum() == pytest.approx(7, abs=1e-9)


def test_the_between_area_variance_is_zero_where_sampling_explains_all():
    assert between_area_variance([0.0, 0.1, -0.1], [5.0, 5.0, 5.0]) == 0.0


def test_the_between_area_variance_quantiles_enclose_its_estimate():
    low, high = (between_area_variance(CHANGE, VARIANCE, probability=p) for p in (0.025, 0.975))
    assert low <= between_area_variance(CHANGE, VARIANCE) <= high


def test_tiny_changes_are_changes():
    small, large = (predictive(CHANGE * unit, np.zeros(8), 0.0) for unit in (1e-9, 1))
    assert small.quantile(0.975)[0] == pytest.approx(1e-9 * large.quantile(0.975)[0], rel=1e-6)


def test_identical_changes_without_variance_are_refused():
    with pytest.raises(MethodRefused) as caught:
        predictive(np.full(6, 0.2), np.zeros(6), 0.0)
    assert caught.value.code == "no-variation"
    assert str(caught.value) == (
        "The comparison areas changed by exactly the same and carry no sampling variance, so "
        "nothing tells how much an area may change by itself. Give the variances of the shares, "
        "or counts."
    )


@pytest.mark.parametrize("level", [0, 1, 95, -0.1])
def test_a_level_outside_0_and_1_is_refused(level):
    with pytest.raises(MethodRefused, match=r"it must lie between 0 and 1\. Write 0\.95 for 95 %"):
        effects(np.array([0.1]), predictive(CHANGE, VARIANCE, 0.02), level=level)


def test_the_same_numbers_give_the_same_answer_to_the_last_bit():
    first, second = (predictive(CHANGE, VARIANCE, 0.02).quantile(0.975)[0] for _ in range(2))
    assert first == second
