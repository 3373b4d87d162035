"""How a programme's areas changed together: by hand, one area, and what must not change it."""

import numpy as np
import pandas as pd
import pytest

import tingbjerg_eval as te

COMPARED = tuple("ABCDE")


def effort(area, first, years):
    from tingbjerg_eval.inputs.quarters import shift

    return te.Effort(
        area=area, baseline=(shift(first, -8), shift(first, -1)),
        period=(first, shift(first, 4 * years - 1)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def programme():
    return te.Programme(
        treated=[effort("N", "2010K1", 1), effort("S", "2010K3", 2)], comparison=COMPARED
    )


@pytest.fixture(scope="module")
def panel():
    """N falls from 20 to 10 a quarter, S from 8 to 6; the others stray a little."""
    rng = np.random.default_rng(3)
    quarters = [f"{2008 + at // 4}K{at % 4 + 1}" for at in range(20)]
    rows = []
    for area in ("N", "S", *COMPARED):
        for quarter in quarters:
            level = {"N": 20 if quarter < "2010" else 10, "S": 8 if quarter < "2010K3" else 6}
            count = level.get(area, int(rng.poisson(25)))
            rows.append((area, quarter, count, 1000.0 if area == "N" else 500.0))
    return pd.DataFrame(rows, columns=["area", "quarter", "count", "population"])


def test_the_ratio_and_the_rates_by_hand(panel, programme):
    found = te.pooled_change(panel, programme)
    after, wanted = 4 * 10 + 8 * 6, 4 * 20 + 8 * 8
    assert found.value == pytest.approx(after / wanted)
    inhabitant_years = 1000 * 1 + 500 * 2
    assert found.before == pytest.approx(1000 * wanted / inhabitant_years)
    assert found.after == pytest.approx(1000 * after / inhabitant_years)
    assert found.lower < found.value < found.upper


def test_a_longer_period_of_an_area_with_more_reports_is_no_change(panel, programme):
    level = panel["area"].map({"N": 20, "S": 8})
    still = panel.assign(count=panel["count"].where(level.isna(), level).astype(int))
    assert te.pooled_change(still, programme).value == pytest.approx(1.0)


def test_one_area_has_the_limits_of_a_single_study():
    study = te.open_study("parameters/study.yaml")
    for name in ("burglary", "robbery"):
        data = study.panel(name)
        want = te.change_limits(data, study.design)
        found = te.pooled_change(data, study.programme)
        for end in ("value", "lower", "upper"):
            assert getattr(found, end) == pytest.approx(getattr(want, end), rel=1e-12)


def test_more_areas_with_the_same_change_are_surer(panel, programme):
    alone = te.pooled_change(panel, te.Programme.single(programme.design("N")))
    twin = panel[panel["area"] == "N"].assign(area="M")
    two = te.Programme(treated=[effort("N", "2010K1", 1), effort("M", "2010K1", 1)],
                       comparison=COMPARED)  # fmt: skip
    both = te.pooled_change(pd.concat([panel, twin]), two)
    assert both.value == pytest.approx(alone.value)
    assert alone.lower < both.lower < both.upper < alone.upper


def test_order_and_unit_of_population_do_not_matter(panel, programme):
    want = te.pooled_change(panel, programme)
    turned = te.Programme(treated=programme.treated[::-1], comparison=COMPARED[::-1])
    other = panel.sample(frac=1, random_state=1).assign(population=panel["population"] * 7)
    found = te.pooled_change(other, turned)
    assert (found.value, found.lower) == pytest.approx((want.value, want.lower), rel=1e-9)
    assert found.before == pytest.approx(want.before / 7)


def test_it_is_refused_as_the_effect_is(panel, programme):
    with pytest.raises(te.MethodRefused, match="comparison areas"):
        te.pooled_change(panel, te.Programme(treated=programme.treated, comparison=COMPARED[:3]))
