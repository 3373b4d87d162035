"""Adjusted p-values of one strategy's targets."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tingbjerg_eval.stats.multiplicity import METHODS, adjust_for_multiplicity
from tingbjerg_eval.stats.refusal import MethodRefused

EXPECTED = json.loads(
    (Path(__file__).parents[1] / "oracle" / "counts.json").read_text(encoding="utf-8")
)["adjusted"]


def test_three_by_hand():
    """0.01 x 3, then 0.03 x 2, then 0.04 x 1 but never below the one before."""
    assert adjust_for_multiplicity([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_equals_r(method):
    found = adjust_for_multiplicity(EXPECTED["p"], method=method)
    assert found == pytest.approx(EXPECTED[method], rel=1e-12)


def test_the_fifteen_published_p_values(shared):
    case = json.loads((shared / "replication/multiplicity_bh1995.expected.json").read_text())
    names = {"BH": "benjamini-hochberg", "BY": "benjamini-yekutieli"}
    want = dict(case["expected"])
    p = want.pop("p")
    for method, figures in want.items():
        found = adjust_for_multiplicity(p, method=names.get(method, method))
        assert found == pytest.approx(figures, rel=1e-11), method


def test_a_target_without_a_test_stays_so_and_does_not_count():
    found = adjust_for_multiplicity([0.02, np.nan, 0.03])
    assert found[[0, 2]] == pytest.approx([0.04, 0.04])
    assert np.isnan(found[1])
    assert np.isnan(adjust_for_multiplicity([np.nan])).all()
    assert len(adjust_for_multiplicity([])) == 0


def test_a_series_keeps_its_index_and_is_not_changed():
    given = pd.Series([0.04, 0.01], index=["burglary", "fear"], name="p_value")
    kept = given.copy()
    found = adjust_for_multiplicity(given)
    assert list(found.index) == ["burglary", "fear"]
    assert found.name == "p_value"
    assert found.tolist() == pytest.approx([0.04, 0.02])
    pd.testing.assert_series_equal(given, kept)


p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@settings(derandomize=True, max_examples=25, deadline=None)
@given(p_values, st.randoms(use_true_random=False))
def test_order_is_kept_whatever_it_is(p, draw):
    order = list(range(len(p)))
    draw.shuffle(order)
    found = adjust_for_multiplicity(p)
    np.testing.assert_allclose(adjust_for_multiplicity(np.array(p)[order]), found[order])


@settings(derandomize=True, max_examples=25, deadline=None)
@given(p_values)
def test_holm_lies_between_the_p_value_and_bonferroni(p):
    holm = adjust_for_multiplicity(p)
    assert (holm >= np.array(p) - 1e-15).all()
    assert (holm <= adjust_for_multiplicity(p, method="bonferroni") + 1e-12).all()


def test_unknown_methods_and_impossible_p_values_are_refused():
    with pytest.raises(MethodRefused, match="There is no adjustment called 'sidak'") as refused:
        adjust_for_multiplicity([0.1], method="sidak")
    assert "holm, bonferroni" in refused.value.way_out
    with pytest.raises(MethodRefused, match=r"1\.2 is no p-value") as refused:
        adjust_for_multiplicity([0.1, 1.2])
    assert refused.value.code == "no-p-value"
    with pytest.raises(MethodRefused, match=r"-0\.1 is no p-value"):
        adjust_for_multiplicity([-0.1])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=50, deadline=None)
def test_holm_equals_statsmodels_to_the_last_bit(p_values):
    from statsmodels.stats.multitest import multipletests

    assert (adjust_for_multiplicity(p_values) == multipletests(p_values, method="holm")[1]).all()
