"""Period against baseline in one area."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tingbjerg_eval.stats.limits import change_limits
from tingbjerg_eval.stats.periods import compare_bare_counts, compare_periods, newcombe_difference
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.segmented import fit_counts
from tingbjerg_eval.study.design import Break, Design

ORACLE = Path(__file__).parents[1] / "oracle"
EXPECTED = json.loads((ORACLE / "counts.json").read_text(encoding="utf-8"))
GAP = Design(treated="T", comparison=(), baseline=("2008K1", "2009K4"), period=("2011K1", "2013K4"))


@pytest.fixture(scope="module")
def series():
    return pd.read_csv(ORACLE / "counts.csv").assign(area="T")


def figures(found):
    return found.value, found.lower, found.upper, found.p_value


def level_panel(make_panel, design, treated):
    """The treated area's counts beside comparison areas that hardly move."""
    return make_panel({"T": treated} | {area: [4000] * 20 for area in design.comparison})


def test_ten_a_quarter_to_eight_by_hand(make_panel, design):
    """The ratio of the rates; where areas do not move by themselves, counting error alone."""
    many = design.with_(comparison=tuple(f"A{at}" for at in range(60)))
    found = compare_periods(level_panel(make_panel, many, [10] * 8 + [8] * 12), many)
    exact = compare_bare_counts(level_panel(make_panel, many, [10] * 8 + [8] * 12), many)
    assert found.value == pytest.approx(0.8, rel=1e-12)
    assert (found.lower, found.upper) == pytest.approx((exact.lower, exact.upper), rel=2e-3)
    assert found.scale == "rate ratio"
    assert found.method == "compare_periods"
    assert (found.n_treated, found.n_comparison, found.note) == (1, 60, "")
    assert found.estimand == "change from baseline to period, a description and not an effect"


def test_only_the_totals_of_the_windows_count(make_panel, design):
    """Quarters moved about within their window change nothing."""
    rng = np.random.default_rng(3)
    counts = {area: rng.poisson(30, 20) for area in design.areas}
    mixed = {a: [*rng.permutation(c[:8]), *rng.permutation(c[8:])] for a, c in counts.items()}
    one, other = (compare_periods(make_panel(each), design) for each in (counts, mixed))
    assert figures(one) == figures(other)


def test_comparison_areas_that_move_more_widen_the_interval(make_panel, design):
    """The treated area's own figures are the same: what differs is what the others tell."""
    rng = np.random.default_rng(4)
    moves = rng.normal(0, 1, len(design.comparison))
    wide, narrow = (
        compare_periods(
            make_panel(
                {"T": [40] * 20}
                | {
                    area: [200] * 8 + [int(200 * np.exp(size * move))] * 12
                    for area, move in zip(design.comparison, moves, strict=True)
                }
            ),
            design,
        )
        for size in (0.4, 0.02)
    )
    assert math.log(wide.upper) > 2 * math.log(narrow.upper)
    assert wide.value == narrow.value == 1


def test_without_comparison_areas_its_own_quarters_tell_and_it_is_said(panel, design):
    alone = compare_periods(panel, design.with_(comparison=()))
    beside = compare_periods(panel, design)
    assert [one.code for one in alone.remarks] == ["own-quarters"]
    assert (alone.n_comparison, beside.n_comparison) == (0, 5)
    assert alone.value == beside.value


def test_a_comparison_area_with_an_effort_or_missing_rows_does_not_tell(panel, design):
    from tingbjerg_eval.study.design import Contamination

    effort = Contamination(area="A", first="2011K1", last="2011K4", effort="its own")
    touched = compare_periods(panel, design.with_(contamination=(effort,)))
    gone = compare_periods(panel[(panel["area"] != "A") | (panel["quarter"] != "2009K1")], design)
    assert touched.n_comparison == gone.n_comparison == 0


def test_the_fit_equals_r(series):
    period = (series["number"] >= 12).to_numpy(dtype=float)
    terms = {
        "period": period,
        **{f"season {one}": (series["number"] % 4 == one).astype(float) for one in (1, 2, 3)},
    }
    fit = fit_counts(series["count"], terms, exposure=series["population"])
    want = EXPECTED["periods"]
    for column in ("estimate", "standard_error"):
        np.testing.assert_allclose(fit.coefficients[column], want[column], rtol=1e-10)
    assert (fit.dispersion, fit.deviance, fit.degrees_of_freedom) == pytest.approx(
        (want["dispersion"], want["deviance"], want["df"]), rel=1e-10
    )


def test_serial_dependence_widens_the_interval(make_panel, design):
    level = np.array([20, 20, 30, 30] * 2 + [30, 30, 20, 20] * 3)
    runs = np.array([14] * 4 + [26] * 4 + [14] * 4 + [26] * 4 + [14] * 4)
    mixed = np.array([14, 26] * 4 + [14, 26, 26, 14] * 3)
    wide, narrow = (
        compare_periods(make_panel({"T": counts + level}), design) for counts in (runs, mixed)
    )
    assert math.log(wide.upper / wide.lower) > 1.2 * math.log(narrow.upper / narrow.lower)


def test_shares_by_newcombes_published_example(make_shares, waves):
    """48/80 against 56/70: 0.0524 to 0.3339 (Newcombe 1998, table II, example a, method 10)."""
    data = make_shares({"T": {2009: (0.6, 0.003), 2013: (0.8, 0.002)}})
    found = compare_periods(data.assign(effective_n=[80, 70]), waves)
    assert found.value == pytest.approx(20)
    assert (round(found.lower / 100, 4), round(found.upper / 100, 4)) == (0.0524, 0.3339)
    assert found.scale == "percentage points"


@pytest.mark.parametrize("case", EXPECTED["newcombe"])
def test_newcombe_equals_r(case):
    found = newcombe_difference(case["share"], case["n"])
    want = (case["value"], case["lower"], case["upper"])
    assert found == pytest.approx(want, rel=1e-9, abs=1e-12)


def test_without_effective_sizes_the_variance_tells_them(make_shares, waves):
    plain = make_shares({"T": {2009: (0.3, 0.21 / 80), 2013: (0.2, 0.16 / 60)}})
    told = plain.assign(effective_n=[80.0, 60.0])
    one, other = compare_periods(plain, waves), compare_periods(told, waves)
    assert figures(one) == pytest.approx(figures(other))


def test_several_waves_are_averaged(make_shares):
    design = Design(treated="T", comparison=(), baseline=(2009, 2010), period=(2012, 2013))
    data = make_shares(
        {"T": {2009: (0.3, 0.001), 2010: (0.2, 0.001), 2012: (0.15, 0.001), 2013: (0.25, 0.001)}}
    ).assign(effective_n=[100.0, 50, 80, 80])
    found = compare_periods(data.sample(frac=1, random_state=1), design)
    value, lower, upper = newcombe_difference((0.25, 0.2), (4 / (1 / 100 + 1 / 50), 160))
    assert figures(found)[:3] == pytest.approx((100 * value, 100 * lower, 100 * upper))


def test_the_p_value_and_the_interval_agree(make_shares, waves):
    data = make_shares({"T": {2009: (0.30, 0.001), 2013: (0.22, 0.001)}})
    p = compare_periods(data, waves).p_value
    assert compare_periods(data, waves, level=1 - p).upper == pytest.approx(0, abs=1e-7)
    assert 0.05 < p < 0.1
    same = make_shares({"T": {2009: (0.3, 0.001), 2013: (0.3, 0.001)}})
    assert compare_periods(same, waves).p_value == 1


def test_bare_counts_are_compared_exactly(make_panel, design):
    panel = make_panel({"T": [10] * 8 + [8] * 12})
    found = compare_bare_counts(panel, design)
    assert found.value == pytest.approx(0.8)
    assert found.method == "exact_rate_ratio"
    assert found.lower < 0.8 < found.upper


def test_any_area_can_be_described(panel, design):
    others = design.with_(comparison=("A", "B", "D", "E"))
    found = compare_periods(panel, others, area="C")
    renamed = panel.replace({"area": {"C": "T", "T": "C"}})
    assert figures(compare_periods(renamed, others)) == figures(found)


def test_few_reports_are_said(make_panel, design):
    found = compare_periods(make_panel({"T": [1] * 8 + [1, 0, 1, 0] + [0, 1, 0, 1] * 2}), design)
    assert [one.code for one in found.remarks] == ["rough", "own-quarters"]
    twenty = compare_periods(make_panel({"T": [1] * 20}), design)
    assert [one.code for one in twenty.remarks] == ["own-quarters"]


def test_no_table_is_changed(panel, design, shares, waves):
    for data, study in ((panel, design), (shares.assign(effective_n=300.0), waves)):
        kept = data.copy(deep=True)
        compare_periods(data, study)
        pd.testing.assert_frame_equal(data, kept)


seeds = st.integers(0, 10**6)


def drawn(seed, design):
    rng = np.random.default_rng(seed)
    quarters = (*design.baseline_times, *design.period_times)
    return pd.DataFrame(
        {
            "area": "T",
            "quarter": quarters,
            "count": rng.negative_binomial(8, 0.3, len(quarters)) + 1,
            "population": rng.uniform(900, 1100, len(quarters)),
        }
    )


@settings(derandomize=True, max_examples=25, deadline=None)
@given(seeds)
def test_the_order_of_rows_does_not_matter(seed):
    data = drawn(seed, GAP)
    shuffled = data.sample(frac=1, random_state=seed)
    assert figures(compare_periods(shuffled, GAP)) == pytest.approx(
        figures(compare_periods(data, GAP)), rel=1e-9
    )


@settings(derandomize=True, max_examples=25, deadline=None)
@given(seeds, st.floats(1e-3, 1e4))
def test_the_unit_of_population_does_not_matter(seed, unit):
    data = drawn(seed, GAP)
    scaled = data.assign(population=data["population"] * unit)
    assert figures(compare_periods(scaled, GAP)) == pytest.approx(
        figures(compare_periods(data, GAP)), rel=1e-7
    )


@settings(derandomize=True, max_examples=25, deadline=None)
@given(seeds, st.integers(1, 30))
def test_a_shift_in_time_by_whole_years_does_not_matter(seed, years):
    moved = Design(
        treated="T",
        comparison=(),
        baseline=(f"{2008 + years}K1", f"{2009 + years}K4"),
        period=(f"{2011 + years}K1", f"{2013 + years}K4"),
    )
    data = drawn(seed, GAP)
    later = data.assign(quarter=[*moved.baseline_times, *moved.period_times])
    assert figures(compare_periods(later, moved)) == figures(compare_periods(data, GAP))


@settings(derandomize=True, max_examples=25, deadline=None)
@given(seeds, st.floats(0.2, 5))
def test_a_known_factor_on_the_periods_rate_is_found(seed, factor):
    """Dividing the period's population multiplies its rate, and nothing else."""
    data = drawn(seed, GAP)
    inside = data["quarter"].isin(GAP.period_times)
    raised = data.assign(population=data["population"].where(~inside, data["population"] / factor))
    found, plain = compare_periods(raised, GAP), compare_periods(data, GAP)
    assert figures(found)[:3] == pytest.approx([factor * x for x in figures(plain)[:3]], rel=1e-7)


share = st.floats(0.02, 0.98)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(share, share, st.integers(10, 500), st.integers(10, 500))
def test_swapping_the_waves_turns_the_sign(first, second, n, m):
    value, lower, upper = newcombe_difference((first, second), (n, m))
    assert newcombe_difference((second, first), (m, n)) == pytest.approx((-value, -upper, -lower))


@pytest.mark.parametrize("shape", ["poisson", "overdispersed"])
def test_intervals_of_counts_cover_the_true_ratio(shape):
    """800 series of 20 quarters with seasons: 0.95 less 4.5 Monte Carlo errors at least."""
    rng = np.random.default_rng(17)
    draws, truth = 800, 0.75
    season = np.array([1.0, 1.3, 1.2, 0.9])[np.arange(20) % 4]
    mean = 25 * season * np.where(np.arange(20) < 8, 1, truth)
    shock = rng.gamma(15, 1 / 15, (draws, 20)) if shape == "overdispersed" else 1.0
    counts = rng.poisson(mean * shock, (draws, 20))
    quarters = (*GAP.baseline_times, *GAP.period_times)
    hits = 0
    for row in counts:
        data = pd.DataFrame({"area": "T", "quarter": quarters, "count": row, "population": 1000})
        found = compare_periods(data, GAP)
        hits += found.lower <= truth <= found.upper
    error = math.sqrt(0.95 * 0.05 / draws)
    assert hits / draws >= 0.95 - 4.5 * error


def test_intervals_of_share_changes_cover_the_true_change():
    """1,500 pairs of waves, 22 to 15 % of 229 answers each."""
    rng = np.random.default_rng(2013)
    draws, n = 1500, 229
    before, after = rng.binomial(n, 0.22, draws) / n, rng.binomial(n, 0.15, draws) / n
    hits = sum(
        lower <= -0.07 <= upper
        for _, lower, upper in (
            newcombe_difference(pair, (n, n)) for pair in zip(before, after, strict=True)
        )
    )
    error = math.sqrt(0.95 * 0.05 / draws)
    assert abs(hits / draws - 0.95) <= 4.5 * error


def refusal(data, design, method=compare_periods, **options):
    with pytest.raises(MethodRefused) as refused:
        method(data, design, **options)
    return refused.value


@pytest.mark.parametrize(
    ("counts", "code", "said"),
    [
        ([0] * 8 + [3] * 12, "all-zero-baseline", "The baseline of T holds no report at all"),
        ([3] * 8 + [0] * 12, "all-zero-period", "The period of T holds no report at all"),
    ],
)
def test_a_window_without_reports_is_refused(make_panel, design, counts, code, said):
    found = refusal(make_panel({"T": counts}), design)
    assert found.code == code
    assert said in found.cause
    assert "change_limits" in found.way_out
    assert change_limits(make_panel({"T": counts}), design).upper > 0


def test_part_years_breaks_and_levels_are_refused(panel, design):
    part = design.with_(period=("2010K1", "2010K3"))
    assert refusal(panel, part).code == "part-years"
    crossed = design.with_(breaks=(Break(first="2010K1", reason="new law"),))
    assert refusal(panel, crossed).code == "break"
    assert refusal(panel, design, level=95).code == "level"
    assert refusal(panel, part, method=compare_bare_counts).code == "part-years"


def test_shares_have_no_bare_counts(shares, waves):
    assert refusal(shares, waves, method=compare_bare_counts).code == "counts-only"


def test_a_share_of_none_needs_its_effective_size(make_shares, waves):
    data = make_shares({"T": {2009: (0.0, 0.0), 2013: (0.1, 0.001)}})
    found = refusal(data, waves)
    assert found.code == "no-effective-size"
    assert "Give the column effective_n" in found.way_out
    told = compare_periods(data.assign(effective_n=[50.0, 50.0]), waves)
    assert told.value == pytest.approx(10)


def test_a_wave_that_was_not_held_is_refused(make_shares, waves):
    data = make_shares({"T": {2009: (0.1, 0.001)}})
    assert refusal(data, waves).code == "no-wave"


def test_terms_need_more_quarters_than_there_are():
    with pytest.raises(MethodRefused, match="2 quarters cannot carry 2 terms"):
        fit_counts([3, 4], {"period": np.array([0.0, 1])}, exposure=[1, 1])
