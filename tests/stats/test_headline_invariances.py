"""What must not change the answer, and what must change it by exactly so much.

Every property is drawn by hypothesis (the same examples each time) and held for each method of the
headline family.
"""

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.collapsed import collapsed_t
from tingbjerg_eval.stats.did import difference_in_differences, headline
from tingbjerg_eval.stats.event_study import event_study, trend_sensitivity
from tingbjerg_eval.stats.placebos import (
    baseline_sensitivity,
    leave_one_out,
    placebo_areas,
    placebo_dates,
)
from tingbjerg_eval.stats.power import minimum_detectable_change
from tingbjerg_eval.study.design import Design

drawn = settings(derandomize=True, deadline=None, max_examples=4, database=None)
seeds = st.integers(0, 10**6)
AREAS = tuple("TABCDEF")
COUNTS = Design(
    treated="T", comparison=AREAS[1:], baseline=("2008K1", "2009K4"), period=("2010K1", "2011K4")
)
WAVES = COUNTS.with_(baseline=(2008, 2009), period=(2010, 2011))
NUMBERS = ("value", "lower", "upper", "p_value")


def make_panel(seed):
    rng = np.random.default_rng(seed)
    quarters = [f"{year}K{part}" for year in range(2008, 2012) for part in (1, 2, 3, 4)]
    rows = [
        (area, quarter, int(rng.poisson(mean * np.exp(rng.normal(0, 0.2)))), 1000.0 * mean)
        for area, mean in zip(AREAS, rng.integers(4, 80, len(AREAS)), strict=True)
        for quarter in quarters
    ]
    panel = pd.DataFrame(rows, columns=["area", "quarter", "count", "population"])
    panel["count"] += panel["quarter"].str.endswith("K1")
    return panel


def make_shares(seed):
    rng = np.random.default_rng(seed)
    rows = [
        (area, wave, share := rng.uniform(0.2, 0.4), share * (1 - share) / rng.integers(100, 900))
        for area in AREAS
        for wave in (2008, 2009, 2010, 2011)
    ]
    return pd.DataFrame(rows, columns=["area", "wave", "share", "variance"])


def numbers(frame, keys=NUMBERS):
    return frame[list(keys)].to_numpy(float).ravel()


def of_estimate(found):
    return np.array([getattr(found, name) for name in NUMBERS])


def later(data, design):
    """The same times with the last fourth as the period: three years or waves before it."""
    times = (*design.baseline_times, *design.period_times)
    at = len(times) * 3 // 4
    return data, design.with_(baseline=(times[0], times[at - 1]), period=(times[at], times[-1]))


METHODS = {
    "headline": lambda *a: of_estimate(difference_in_differences(*a)),
    "collapsed t": lambda *a: np.append(
        of_estimate((found := collapsed_t(*a)).estimate), [found.breakdown_ratio]
    ),
    "placebo areas": lambda *a: numbers(placebo_areas(*a).table, (*NUMBERS, "rank")),
    "placebo dates": lambda *a: numbers(placebo_dates(*a)),
    "leave one out": lambda *a: np.sort(numbers(leave_one_out(*a))),
    "baseline sensitivity": lambda *a: numbers(baseline_sensitivity(*a)),
    "event study": lambda *a: np.append(
        numbers((found := event_study(*a)).table),
        [found.pretrend_p, found.detectable_slope, found.missed_change, *of_estimate(found.slope)],
    ),
    "trend sensitivity": lambda *a: np.append(
        numbers((found := trend_sensitivity(*later(*a))).table, ("multiple", "lower", "upper")),
        [found.largest_departure, found.breakdown],
    ),
    "minimum detectable change": lambda *a: np.array(
        [
            value
            for name, value in asdict(minimum_detectable_change(*a)).items()
            if name in ("fall", "rise", "between_areas")
        ]
    ),
}
each_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def assert_same(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-7)


@each_method
@given(seed=seeds)
@drawn
def test_the_order_of_rows_does_not_matter(method, seed):
    for data, design in ((make_panel(seed), COUNTS), (make_shares(seed), WAVES)):
        assert_same(method(data.sample(frac=1, random_state=seed), design), method(data, design))


@each_method
@given(seed=seeds)
@drawn
def test_the_order_of_comparison_areas_does_not_matter(method, seed):
    panel = make_panel(seed)
    turned = COUNTS.with_(comparison=COUNTS.comparison[::-1])
    assert_same(method(panel, turned), method(panel, COUNTS))


@each_method
@given(seed=seeds)
@drawn
def test_the_names_of_areas_do_not_matter(method, seed):
    panel = make_panel(seed)
    names = {area: f"område {area}<b>" for area in AREAS}
    renamed = panel.assign(area=panel["area"].map(names))
    design = COUNTS.with_(
        treated=names["T"], comparison=tuple(names[area] for area in COUNTS.comparison)
    )
    assert_same(method(renamed, design), method(panel, COUNTS))


@each_method
@given(seed=seeds, unit=st.sampled_from([1e-5, 0.001, 12.0, 1e6]))
@drawn
def test_the_unit_of_population_does_not_matter(method, seed, unit):
    panel = make_panel(seed)
    assert_same(
        method(panel.assign(population=panel["population"] * unit), COUNTS), method(panel, COUNTS)
    )


@each_method
@given(seed=seeds, factor=st.floats(0.2, 5), area=st.sampled_from(AREAS))
@drawn
def test_a_constant_factor_in_one_areas_rate_does_not_matter(method, seed, factor, area):
    panel = make_panel(seed)
    own = np.where(panel["area"] == area, factor, 1.0)
    assert_same(
        method(panel.assign(population=panel["population"] * own), COUNTS), method(panel, COUNTS)
    )


@each_method
@given(seed=seeds, factor=st.floats(0.2, 5))
@drawn
def test_a_shock_to_the_rate_of_all_areas_in_the_period_does_not_matter(method, seed, factor):
    panel = make_panel(seed)
    later = np.where(panel["quarter"] >= "2010K1", factor, 1.0)
    assert_same(
        method(panel.assign(population=panel["population"] * later), COUNTS), method(panel, COUNTS)
    )


@each_method
@given(seed=seeds, points=st.floats(-0.15, 0.3))
@drawn
def test_a_common_rise_of_all_shares_does_not_matter(method, seed, points):
    shares = make_shares(seed)
    later = np.where(shares["wave"] >= 2010, points, 0.0)
    assert_same(method(shares.assign(share=shares["share"] + later), WAVES), method(shares, WAVES))


@each_method
@given(seed=seeds, years=st.integers(-30, 30))
@drawn
def test_moving_everything_in_time_does_not_matter(method, seed, years):
    def moved(quarter):
        return f"{int(quarter[:4]) + years}{quarter[4:]}"

    panel, shares = make_panel(seed), make_shares(seed)
    later = panel.assign(quarter=panel["quarter"].map(moved))
    windows = {name: tuple(map(moved, getattr(COUNTS, name))) for name in ("baseline", "period")}
    assert_same(method(later, COUNTS.with_(**windows)), method(panel, COUNTS))
    windows = {
        name: tuple(wave + years for wave in getattr(WAVES, name))
        for name in ("baseline", "period")
    }
    assert_same(
        method(shares.assign(wave=shares["wave"] + years), WAVES.with_(**windows)),
        method(shares, WAVES),
    )


@each_method
@given(seed=seeds)
@drawn
def test_other_areas_times_and_columns_do_not_matter(method, seed):
    panel = make_panel(seed)
    other = panel.assign(area="Z", count=10**6)
    early = panel.assign(quarter="1999K1", count=-1)
    more = pd.concat([panel, other, early]).assign(colour="red", count_of_cars=3)
    assert_same(method(more, COUNTS), method(panel, COUNTS))


@each_method
@given(seed=seeds)
@drawn
def test_the_table_is_left_as_it_was(method, seed):
    for data, design in ((make_panel(seed), COUNTS), (make_shares(seed), WAVES)):
        kept = data.copy(deep=True)
        method(data, design)
        pd.testing.assert_frame_equal(data, kept)


TWO_SIDED = {name: METHODS[name] for name in ("headline", "collapsed t")}
either = pytest.mark.parametrize("method", TWO_SIDED.values(), ids=TWO_SIDED)


@either
@given(seed=seeds, factor=st.floats(0.3, 3))
@drawn
def test_a_known_factor_on_the_treated_rate_multiplies_the_estimate(method, seed, factor):
    panel = make_panel(seed)
    hit = (panel["area"] == "T") & (panel["quarter"] >= "2010K1")
    changed = panel.assign(population=panel["population"] / np.where(hit, factor, 1.0))
    assert_same(method(changed, COUNTS)[:3], factor * method(panel, COUNTS)[:3])


@either
@given(seed=seeds, points=st.floats(-0.15, 0.3))
@drawn
def test_known_points_on_the_treated_share_move_the_estimate(method, seed, points):
    shares = make_shares(seed)
    hit = (shares["area"] == "T") & (shares["wave"] >= 2010)
    changed = shares.assign(share=shares["share"] + np.where(hit, points, 0.0))
    assert_same(method(changed, WAVES)[:3], method(shares, WAVES)[:3] + 100 * points)


@either
@given(seed=seeds)
@drawn
def test_the_share_of_those_who_do_not_mirrors_the_answer(method, seed):
    shares = make_shares(seed)
    value, lower, upper, p, *_ = method(shares, WAVES)
    mirrored = method(shares.assign(share=1 - shares["share"]), WAVES)
    assert_same(mirrored[:4], [-value, -upper, -lower, p])


@pytest.mark.parametrize(
    "method",
    [lambda *a: of_estimate(headline(area_changes(*a))), METHODS["collapsed t"]],
    ids=["headline before its baseline is asked how restless it was", "collapsed t"],
)
@given(seed=seeds)
@drawn
def test_time_run_backwards_inverts_the_ratio(method, seed):
    panel = make_panel(seed)
    quarters = sorted(panel["quarter"].unique())
    back = dict(zip(quarters, quarters[::-1], strict=True))
    value, lower, upper, p, *_ = method(panel, COUNTS)
    turned = method(panel.assign(quarter=panel["quarter"].map(back)), COUNTS)
    assert_same(turned[:4], [1 / value, 1 / upper, 1 / lower, p])


@either
@given(seed=seeds, factor=st.floats(0.1, 2))
@drawn
def test_the_unit_of_shares_scales_the_estimate_and_leaves_the_p_value(method, seed, factor):
    shares = make_shares(seed)
    scaled = shares.assign(share=shares["share"] * factor, variance=shares["variance"] * factor**2)
    found, wanted = method(scaled, WAVES), method(shares, WAVES)
    assert_same(found[:3], wanted[:3] * factor)
    assert_same(found[3:], wanted[3:])


@either
@given(seed=seeds)
@drawn
def test_the_interval_excludes_no_change_exactly_where_p_is_below_the_level(method, seed):
    for data, design, null in ((make_panel(seed), COUNTS, 1), (make_shares(seed), WAVES, 0)):
        _, lower, upper, p, *_ = method(data, design)
        assert (p < 0.05) == (not lower <= null <= upper)


@given(seed=seeds)
@drawn
def test_the_ranks_are_a_permutation_and_the_p_values_are_ordered(seed):
    found = placebo_areas(make_panel(seed), COUNTS)
    assert sorted(found.table["rank"]) == list(range(1, 8))
    assert found.table["p_value"].is_monotonic_increasing
    assert found.table.loc[found.rank - 1, "area"] == "T"


@given(seed=seeds, level=st.floats(0.5, 0.98))
@drawn
def test_a_higher_level_always_holds_the_lower_ones_interval(seed, level):
    panel = make_panel(seed)
    inner = difference_in_differences(panel, COUNTS, level=level)
    outer = difference_in_differences(panel, COUNTS, level=level + 0.01)
    assert outer.lower < inner.lower < inner.upper < outer.upper


@given(seed=seeds)
@drawn
def test_a_second_identical_set_of_comparison_areas_narrows_the_interval(seed):
    shares = make_shares(seed)
    again = shares[shares["area"] != "T"].assign(area=lambda t: t["area"] + "2")
    design = WAVES.with_(comparison=(*WAVES.comparison, *(f"{a}2" for a in WAVES.comparison)))
    one = difference_in_differences(shares, WAVES)
    two = difference_in_differences(pd.concat([shares, again]), design)
    assert two.upper - two.lower < one.upper - one.lower


@given(seed=seeds)
@drawn
def test_noisier_comparison_figures_of_equal_size_never_narrow_the_collapsed_t(seed):
    shares = make_shares(seed)
    noisier = shares.assign(variance=shares["variance"] * np.where(shares["area"] == "T", 1.0, 4.0))
    plain, noisy = collapsed_t(shares, WAVES), collapsed_t(noisier, WAVES)
    assert noisy.noise_ratio == pytest.approx(plain.noise_ratio / 2)
    assert noisy.standard_error <= plain.standard_error
