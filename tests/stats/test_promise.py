"""The promise is tried on years that are known."""

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.stats.did import difference_in_differences
from tingbjerg_eval.stats.power import minimum_detectable_change
from tingbjerg_eval.stats.promise import plant, try_promise
from tingbjerg_eval.stats.refusal import MethodRefused


def test_exactly_the_change_is_planted_and_nothing_else(panel, design):
    kept = panel.copy(deep=True)
    planted = plant(panel, design, 0.6)
    pd.testing.assert_frame_equal(panel, kept)
    inside = (panel["area"] == "T") & (panel["quarter"] >= "2010K1")
    assert planted.loc[inside, "count"].sum() == round(0.6 * panel.loc[inside, "count"].sum())
    pd.testing.assert_frame_equal(planted[~inside], panel[~inside], check_dtype=False)
    shuffled = plant(panel.sample(frac=1, random_state=1), design, 0.6).sort_index()
    pd.testing.assert_frame_equal(shuffled, planted)
    with pytest.raises(MethodRefused):
        plant(panel, design, np.nan)


def test_each_row_is_the_promise_and_the_search_for_one_area(panel, design):
    found = try_promise(panel, design, primary=3).set_index("area")
    turned = design.with_(treated="B", comparison=("T", "A", "C", "D", "E"))
    promised = minimum_detectable_change(panel, turned, primary=3)
    assert found.loc["B", "fall"] == promised.fall
    planted = plant(panel, turned, promised.fall)
    estimate = difference_in_differences(planted, turned, level=1 - 0.05 / 3)
    assert bool(found.loc["B", "found"]) == (estimate.upper < 1)


def test_more_targets_and_a_later_period_promise_less(panel, design):
    one, five = (minimum_detectable_change(panel, design, primary=m) for m in (1, 5))
    assert five.fall < one.fall
    assert five.level == pytest.approx(0.99)
    still = minimum_detectable_change(panel, design, drift=False)
    assert one.fall <= still.fall
    with pytest.raises(MethodRefused, match="whole number from 1"):
        minimum_detectable_change(panel, design, primary=0)
