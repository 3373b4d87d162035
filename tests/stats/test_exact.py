"""Exact intervals of bare counts."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.stats.exact import exact_observed_to_expected, exact_rate_ratio
from tingbjerg_eval.stats.refusal import MethodRefused

EXPECTED = json.loads(
    (Path(__file__).parents[1] / "oracle" / "counts.json").read_text(encoding="utf-8")
)


def figures(found):
    return found.value, found.lower, found.upper, found.p_value


def number(figure):
    return float("inf") if figure == "Inf" else figure


def test_one_report_against_none_by_hand():
    """Given one report in all, the first window holds it with probability 1/2 by chance."""
    found = exact_rate_ratio(1, 0, level=0.9)
    assert (found.value, found.upper, found.p_value) == (float("inf"), float("inf"), 1)
    assert found.lower == pytest.approx(0.05 / 0.95)
    assert (found.scale, found.method) == ("rate ratio", "exact_rate_ratio")


@pytest.mark.parametrize("case", EXPECTED["exact_rate_ratio"])
def test_rate_ratio_equals_r(case):
    period_exposure, baseline_exposure = case["exposure"]
    found = exact_rate_ratio(
        *case["counts"], period_exposure=period_exposure, baseline_exposure=baseline_exposure
    )
    want = [number(case[key]) for key in ("value", "lower", "upper", "p")]
    assert figures(found) == pytest.approx(want, rel=1e-10)


@pytest.mark.parametrize("case", EXPECTED["observed_to_expected"])
def test_observed_to_expected_equals_r(case):
    found = exact_observed_to_expected(case["count"], case["expected"], level=0.9)
    want = [case[key] for key in ("value", "lower", "upper", "p")]
    assert figures(found) == pytest.approx(want, rel=1e-10, abs=1e-300)
    assert found.method == "exact_observed_to_expected"


def test_a_count_as_expected_is_no_surprise_at_all():
    found = exact_observed_to_expected(10, 10)
    assert (found.value, found.p_value) == (1, 1)


def test_what_the_figures_are_is_said():
    ratio, expected = exact_rate_ratio(3, 4), exact_observed_to_expected(3, 4)
    assert ratio.estimand == "ratio of two rates, a description and not an effect"
    assert ratio.note == "counting error only, too narrow for a series"
    assert expected.estimand == "observed over expected reports"
    assert expected.note == "counting error only; the expected count is taken as known"


def test_published_examples(shared):
    case = json.loads((shared / "replication/poisson_exact_conditional.expected.json").read_text())
    one, two = case["expected"]["one"], case["expected"]["two"]
    found = exact_observed_to_expected(one["statistic"], one["parameter"])
    want = (one["estimate"], *one["ci"], one["p"])
    assert figures(found) == pytest.approx(want, rel=1e-11)
    found = exact_rate_ratio(11, 21, period_exposure=800, baseline_exposure=3011)
    want = (two["estimate"], *two["ci"], two["p"])
    assert figures(found) == pytest.approx(want, rel=1e-11)


counts = st.integers(1, 400)


@settings(derandomize=True, max_examples=50, deadline=None)
@given(counts, counts)
def test_swapping_the_windows_inverts_the_ratio(first, second):
    one, other = exact_rate_ratio(first, second), exact_rate_ratio(second, first)
    assert (one.value, one.lower, one.upper) == pytest.approx(
        (1 / other.value, 1 / other.upper, 1 / other.lower), rel=1e-9
    )
    assert one.p_value == pytest.approx(other.p_value, rel=1e-9)


@settings(derandomize=True, max_examples=50, deadline=None)
@given(counts, counts, st.floats(0.01, 1000))
def test_the_unit_of_exposure_does_not_matter(first, second, unit):
    plain = exact_rate_ratio(first, second, period_exposure=3, baseline_exposure=2)
    scaled = exact_rate_ratio(first, second, period_exposure=3 * unit, baseline_exposure=2 * unit)
    assert figures(scaled) == pytest.approx(figures(plain), rel=1e-9)


def test_both_windows_empty_is_refused():
    with pytest.raises(MethodRefused, match="Neither window holds a report"):
        exact_rate_ratio(0, 0)


@pytest.mark.parametrize(
    ("counts", "exposure", "said"),
    [((-1, 3), 1, "-1 is no count"), ((2, 3), 0, "0 is no exp")],
)
def test_figures_that_are_no_counts_are_refused(counts, exposure, said):
    with pytest.raises(MethodRefused, match=said) as refused:
        exact_rate_ratio(*counts, baseline_exposure=exposure)
    assert refused.value.code == "unusable-value"


def test_a_part_of_a_report_is_no_count():
    with pytest.raises(WrongArgument, match=r"period_count is a whole number, not 2\.5"):
        exact_rate_ratio(2.5, 3)


def test_a_level_that_is_none_is_refused():
    for level in (0, 1, 95):
        with pytest.raises(MethodRefused, match="must lie between 0 and 1"):
            exact_observed_to_expected(3, 2, level=level)
