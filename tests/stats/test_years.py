"""Estimators on counts by year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import tingbjerg_eval as te
from tingbjerg_eval.inputs.errors import WrongArgument
from tingbjerg_eval.stats.movement import WORST_AUTOCORRELATION, _correlations

OTHERS = ("A", "B", "C", "D", "E", "F")


def panel(counts: dict[str, list[int]], people: int = 1000) -> pd.DataFrame:
    """``area, year, count, population`` from 2006 on."""
    return pd.DataFrame(
        [(area, 2006 + at, count, people) for area, own in counts.items()
         for at, count in enumerate(own)],
        columns=["area", "year", "count", "population"],
    )  # fmt: skip


DESIGN = te.Design(treated="T", comparison=OTHERS, baseline=(2006, 2008), period=(2009, 2010))


def test_a_case_worked_by_hand():
    # 100, 100, 100 a year become 50, 50; the others stay at 200: half of what was expected. With
    # half a report added to each window's total: (100.5 / 300.5) / (400.5 / 600.5).
    data = panel({"T": [100, 100, 100, 50, 50], **{one: [200] * 5 for one in OTHERS}})
    found = te.difference_in_differences(data, DESIGN)
    assert found.value == pytest.approx((100.5 / 300.5) / (400.5 / 600.5), rel=2e-3)
    assert te.compare_periods(data, DESIGN).value == pytest.approx(0.5)


def test_a_change_is_that_of_a_poisson_model_in_statsmodels():
    rng = np.random.default_rng(2)
    data = panel({one: rng.poisson(80, 5).tolist() for one in ("T", *OTHERS)})
    own = data[data["area"] == "T"]
    after = (own["year"] >= 2009).to_numpy(float)
    model = sm.GLM(own["count"], sm.add_constant(after), family=sm.families.Poisson(),
                   offset=np.log(own["population"]))  # fmt: skip
    assert te.compare_periods(data, DESIGN).value == pytest.approx(
        float(np.exp(model.fit().params.iloc[1]))
    )


def test_years_tell_what_quarters_tell_by_years():
    rng = np.random.default_rng(3)
    rows = [(area, f"{year}K{part}", rng.poisson(30), 1000) for area in ("T", *OTHERS)
            for year in range(2006, 2011) for part in range(1, 5)]  # fmt: skip
    quarters = pd.DataFrame(rows, columns=["area", "quarter", "count", "population"])
    sums = {"count": "sum", "population": "mean"}
    years = quarters.assign(year=quarters["quarter"].str[:4].astype(int))
    years = years.groupby(["area", "year"], as_index=False).agg(sums)
    design = DESIGN.replace(baseline=("2006K1", "2008K4"), period=("2009K1", "2010K4"))
    for method in (te.difference_in_differences, te.minimum_detectable_change):
        one, other = method(quarters, design, resolution="year"), method(years, DESIGN)
        assert repr(one) == repr(other)
    points = (
        te.event_study(quarters, design, resolution="year").table,
        te.event_study(years, DESIGN).table,
    )
    assert points[0]["value"].tolist() == pytest.approx(points[1]["value"].tolist())
    assert points[1]["time"].tolist() == ["2006", "2007", "2008", "2009", "2010"]


def test_years_of_one_area_hang_together_as_their_quarters_do():
    quarters = np.arange(12)
    each = WORST_AUTOCORRELATION ** np.abs(np.subtract.outer(quarters, quarters))
    means = np.kron(np.eye(3), np.full((1, 4), 0.25))
    whole = means @ each @ means.T
    assert _correlations(np.array([2006, 2007, 2008]), 4) == pytest.approx(whole / whole[0, 0])
    few = DESIGN.replace(comparison=OTHERS[:2])
    data = panel({one: [90, 110, 100, 80, 90] for one in ("T", "A", "B")})
    assert te.compare_periods(data, few).remarks[0].code == "own-quarters"


def test_a_panel_of_years_and_a_design_in_quarters_do_not_meet():
    data = panel({one: [90, 110, 100, 80, 90] for one in ("T", *OTHERS)})
    quarters = DESIGN.replace(baseline=("2006K1", "2008K4"), period=("2009K1", "2010K4"))
    with pytest.raises(te.MethodRefused, match="2006K1"):
        te.difference_in_differences(data, quarters)
    with pytest.raises(WrongArgument, match="both years or both be waves"):
        DESIGN.replace(baseline=("2006", "2008"))
