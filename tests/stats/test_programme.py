"""One effort in many areas: by hand, by a second method, and what must not change the answer."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import tingbjerg_eval as te
from tingbjerg_eval.stats.predictive import effects
from tingbjerg_eval.stats.shared_errors import comparison_weights, shared_errors
from tingbjerg_eval.stats.stacked import stack, stacked_cells
from tingbjerg_eval.study.programme import Programme

QUARTERS = [f"{2008 + at // 4}K{at % 4 + 1}" for at in range(24)]
COMPARED = ("A", "B", "C", "D", "E")


def effort(area, first, **more):
    at = QUARTERS.index(first)
    return te.Effort(
        area=area,
        baseline=(QUARTERS[at - 8], QUARTERS[at - 1]),
        period=(first, QUARTERS[at + 7]),
        **more,
    )


def made_panel(areas, seed=1, mean=40.0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        [
            {"area": area, "quarter": quarter, "population": 1000.0 + 10 * at,
             "count": int(rng.poisson(mean * np.exp(rng.normal(0, 0.15))))}
            for at, area in enumerate(areas) for quarter in QUARTERS
        ]
    )  # fmt: skip


@pytest.fixture(scope="module")
def programme():
    """Three areas, the last of which is not yet treated while the first is."""
    return te.Programme(
        treated=[effort("N", "2010K1"), effort("M", "2010K3"), effort("S", "2012K1")],
        comparison=COMPARED,
    )


@pytest.fixture(scope="module")
def panel():
    return made_panel(["N", "M", "S", *COMPARED])


@pytest.fixture(scope="module")
def found(panel, programme):
    return te.pooled_difference_in_differences(panel, programme)


def test_next_to_one_area_the_programme_is_the_displacement_of_one(panel):
    design = te.Design(treated="N", comparison=COMPARED, adjacent=("M", "S"),
                       baseline=("2008K1", "2009K4"), period=("2010K1", "2011K4"))  # fmt: skip
    alone = te.displacement(panel, design)
    found = te.pooled_displacement(panel, Programme.single(design))
    for name in ("value", "lower", "upper", "p_value", "n_treated", "remarks"):
        expected = getattr(alone, name)
        assert getattr(found, name) == (
            pytest.approx(expected, rel=1e-12) if isinstance(expected, float) else expected
        )


def test_single_adjacent_areas_are_a_programme_of_their_own():
    """With a baseline of one year, looked at by years, no area is restless."""
    panel = made_panel(["N", "S", "next to N", "next to S", *COMPARED, "F"])

    def started(name, at, **more):
        return te.Effort(area=name, baseline=(QUARTERS[at - 4], QUARTERS[at - 1]),
                         period=(QUARTERS[at], QUARTERS[at + 7]), **more)  # fmt: skip

    starts = {"N": 4, "S": 8}
    beside = {name: (f"next to {name}",) for name in starts}
    programme = te.Programme(
        treated=[started(name, at, adjacent=beside[name]) for name, at in starts.items()],
        comparison=(*COMPARED, "F", "next to N", "next to S"),
    )
    moved = te.Programme(
        treated=[started(f"next to {name}", at) for name, at in starts.items()],
        comparison=(*COMPARED, "F"),
    )
    expected = te.pooled_difference_in_differences(panel, moved, resolution="year").effect
    found = te.pooled_displacement(panel, programme)
    assert (found.value, found.lower, found.upper) == pytest.approx(
        (expected.value, expected.lower, expected.upper), rel=1e-12
    )


def test_an_area_next_to_two_counts_once_with_the_effort_that_began_first():
    late, early = effort("S", "2012K1", adjacent=("A", "N")), effort("N", "2010K1", adjacent=("A",))
    programme = te.Programme(treated=[late, early], comparison=(*COMPARED, "F"))
    assert programme.next_door == {"N": ("A",)}


def test_next_to_nobody_and_next_to_another_effort_are_refused(panel, programme):
    with pytest.raises(te.MethodRefused, match="no adjacent areas"):
        te.pooled_displacement(panel, programme)
    other = te.Contamination(area="A", effort="cameras", first="2010K1", last="2011K4")
    near = replace(programme, contamination=(other,), comparison=(*COMPARED, "F"),
                   treated=(effort("N", "2010K1", adjacent=("A",)),))  # fmt: skip
    with pytest.raises(te.MethodRefused) as refused:
        te.pooled_displacement(made_panel(["N", *COMPARED, "F"]), near)
    assert refused.value.code == "contaminated-adjacent"


def test_one_area_is_the_headline(panel):
    design = te.Design(
        treated="N", comparison=COMPARED, baseline=("2008K1", "2009K4"), period=("2010K1", "2012K4")
    )
    want = te.difference_in_differences(panel, design)
    pooled = te.pooled_difference_in_differences(panel, te.Programme.single(design))
    for name in ("value", "lower", "upper", "p_value"):
        assert getattr(pooled.effect, name) == pytest.approx(getattr(want, name), rel=1e-12)
        assert pooled.areas[name][0] == getattr(want, name)
    assert pooled.effect.remarks == want.remarks
    assert pooled.new_area is None


def test_one_area_of_a_survey_is_the_headline(shares, waves):
    want = te.difference_in_differences(shares, waves)
    pooled = te.pooled_difference_in_differences(shares, te.Programme.single(waves)).effect
    assert (pooled.lower, pooled.upper) == pytest.approx((want.lower, want.upper), rel=1e-12)
    assert pooled.scale == "percentage points"


def test_two_areas_and_the_variance_of_their_mean_by_hand():
    """Two treated and five comparison areas in one window, without unrest: all is counting.

    Each area: 80 reports before and 80 after, variance 2 / 80.5. Mean of two areas less the mean
    of five: (1/2 + 1/5) of it. Half of an interval: 1.96 roots.
    """
    areas = ["N", "M", *COMPARED]
    panel = pd.DataFrame(
        [{"area": a, "quarter": q, "count": 10, "population": 1.0} for a in areas for q in QUARTERS]
    )
    programme = te.Programme(
        treated=[effort("N", "2010K1"), effort("M", "2010K1")], comparison=COMPARED
    )
    shared = shared_errors(stack(panel, programme), 1.0)
    assert shared.weight == pytest.approx([0.5, 0.5])
    one = 2 / 80.5
    assert shared.expected.spread[0, 0] ** 2 == pytest.approx((1 / 2 + 1 / 5) * one)
    covariance = shared.covariance(comparison_weights(shared.stacked, shared.shape, shared.own))[0]
    assert covariance == pytest.approx(one * np.array([[6 / 5, 1 / 5], [1 / 5, 6 / 5]]))


def test_overlapping_windows_share_counting_error_by_hand(programme, panel):
    """Area A over 2008K1-2009K4 / 2010K1-2011K4 and over the same two quarters later."""
    stacked = stack(panel, programme)
    count = panel[panel["area"] == "A"]["count"].to_numpy()
    b, p, c, q = (slice(0, 8), slice(8, 16), slice(2, 10), slice(10, 18))
    total = {name: count[part].sum() + 0.5 for name, part in zip("bpcq", (b, p, c, q), strict=True)}
    both = {
        "bc": count[2:8].sum() + 0.5 * 6 / 8, "bq": 0.0,
        "pc": count[8:10].sum() + 0.5 * 2 / 8, "pq": count[10:16].sum() + 0.5 * 6 / 8,
    }  # fmt: skip
    sign = {"bc": 1, "pq": 1, "bq": -1, "pc": -1}
    by_hand = sum(sign[k] * both[k] / total[k[0]] / total[k[1]] for k in both)
    place = stacked.areas.index("A")
    assert stacked.covariance[place, 0, 1] == pytest.approx(by_hand)
    assert stacked.covariance[place, 0, 0] == pytest.approx(stacked.variance[0, place])


def test_the_variance_is_that_of_a_full_covariance_matrix(programme, panel):
    """A second method: every change in one long vector, its whole covariance, one contrast."""
    stacked = stack(panel, programme)
    shared = shared_errors(stacked, 2.0)
    node = 80
    own, joint, shape = shared.own[node], shared.joint[node], shared.shape
    parts = comparison_weights(stacked, shape, shared.own)[node]
    cells = [(w, a) for w in range(len(stacked.windows)) for a in range(len(stacked.areas))]
    contrast = np.zeros(len(cells))
    full = np.zeros((len(cells), len(cells)))
    for i, (v, a) in enumerate(cells):
        contrast[i] -= shared.on_windows[v] * parts[v, a]
        for j, (w, b) in enumerate(cells):
            if a == b:
                full[i, j] = joint * shape[v, w] + stacked.covariance[a, v, w]
    for k, (w, a) in enumerate(zip(stacked.window, stacked.place, strict=True)):
        at = cells.index((w, a))
        contrast[at] += shared.weight[k]
        full[at, at] += (own * shared.ratio - joint) * shape[w, w]
    assert shared.expected.spread[0, node] ** 2 == pytest.approx(contrast @ full @ contrast)
    covariance = shared.covariance(comparison_weights(stacked, shape, shared.own))[node]
    assert shared.weight @ covariance @ shared.weight == pytest.approx(contrast @ full @ contrast)
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_an_area_is_compared_until_its_own_start(programme):
    assert programme.design("N").comparison == (*COMPARED, "S")
    assert programme.design("M").comparison == COMPARED
    assert programme.design("S").comparison == COMPARED
    early = replace(programme, treated=(
        effort("N", "2010K1"), effort("M", "2010K3"), effort("S", "2012K1", start="2011K4")
    ))  # fmt: skip
    assert early.design("N").comparison == COMPARED


def test_adjacent_and_contaminated_areas_leave_where_it_concerns_them():
    programme = te.Programme(
        treated=[effort("N", "2010K1", adjacent=("S", "A")), effort("S", "2012K1")],
        comparison=(*COMPARED, "F"),
        contamination=[te.Contamination(area="F", first="2013K1", last="2013K4", effort="lights")],
    )
    assert programme.design("N").comparison == ("B", "C", "D", "E", "F")
    assert programme.design("S").comparison == COMPARED


def test_what_no_area_can_be_compared_with_is_refused_as_for_one_area(panel, programme):
    always = te.Contamination(area="A", first="2008K1", last="2013K4", effort="cameras")
    with pytest.raises(te.MethodRefused, match="A \\(cameras"):
        te.pooled_difference_in_differences(panel, replace(programme, contamination=(always,)))
    few = replace(programme, comparison=COMPARED[:4])
    with pytest.raises(te.MethodRefused, match="M: 4 comparison areas") as refused:
        te.pooled_difference_in_differences(panel, few)
    assert refused.value.code == "few-comparison-areas"
    broken = replace(programme, breaks=(te.Break(first="2013K2", reason="new system"),))
    with pytest.raises(te.MethodRefused, match=r"^S: Figures before and from 2013K2"):
        te.pooled_difference_in_differences(panel, broken)


def test_an_area_without_reports_before_counts_for_little_and_has_no_estimate(panel, programme):
    silent = panel.copy()
    silent.loc[(silent["area"] == "N") & (silent["quarter"] < "2010K1"), "count"] = 0
    areas = te.pooled_difference_in_differences(silent, programme).areas.set_index("area")
    assert np.isnan(areas.loc["N", "value"])
    assert "no report at all" in areas.loc["N", "refused"]
    assert areas.loc["N", "weight"] < areas.loc["M", "weight"]
    silent.loc[silent["area"].isin(["N", "M", "S"]), "count"] = 0
    with pytest.raises(te.MethodRefused, match="the programme's areas"):
        te.pooled_difference_in_differences(silent, programme)


def test_order_unit_and_names_do_not_matter(panel, programme, found):
    turned = te.Programme(treated=programme.treated[::-1], comparison=COMPARED[::-1])
    other = te.pooled_difference_in_differences(
        panel.assign(population=panel["population"] * 7).sample(frac=1, random_state=3), turned
    )
    names = ("value", "lower", "upper", "p_value")
    want = [getattr(found.effect, name) for name in names]
    assert [getattr(other.effect, name) for name in names] == pytest.approx(want, rel=1e-9)
    both = [one.areas.set_index("area")["shrunken"] for one in (found, other)]
    assert both[0].to_dict() == pytest.approx(both[1].to_dict(), rel=1e-6)


def test_the_same_effect_everywhere_is_found_and_each_area_alone_is_the_headline(panel, programme):
    for area, start in (("N", "2010K1"), ("M", "2010K3"), ("S", "2012K1")):
        alone = te.difference_in_differences(panel, programme.design(area))
        areas = te.pooled_difference_in_differences(panel, programme).areas.set_index("area")
        assert areas.loc[area, "value"] == alone.value
        assert start == programme.design(area).period[0]
    assert areas["adjusted"].ge(areas["p_value"]).all()


def test_shrunken_estimates_lie_nearer_to_each_other_and_a_new_area_is_less_sure(found):
    alone, shrunken = (np.log(found.areas[name]) for name in ("value", "shrunken"))
    assert np.ptp(shrunken) < np.ptp(alone)
    effect, new = found.effect, found.new_area
    assert np.log(new.upper / new.lower) > np.log(effect.upper / effect.lower)
    assert found.spread_lower <= found.spread <= found.spread_upper


def test_effects_that_differ_are_seen_to_differ():
    areas = [f"T{at}" for at in range(8)]
    compared = [f"C{at}" for at in range(8)]
    panel = made_panel([*areas, *compared], mean=200)
    panel["count"] = panel["count"].astype(float)
    for at, area in enumerate(areas):
        later = (panel["area"] == area) & (panel["quarter"] >= "2010K1")
        panel.loc[later, "count"] = np.round(panel.loc[later, "count"] * np.exp(0.5 * (at % 2)))
    programme = te.Programme(
        treated=[effort(area, "2010K1") for area in areas], comparison=compared
    )
    found = te.pooled_difference_in_differences(panel, programme)
    assert found.spread_p_value < 0.05
    assert found.spread_lower < 0.27 < found.spread_upper  # sd of 0, .5, 0, .5 ...


def test_its_size_holds_and_that_of_independent_pooling_does_not(study_module):
    study = study_module("programmes")
    cell = study.Cell(treated=20, compared=5)
    found = study.measured(lambda rng: study.simulated(cell, rng), 120, 1)
    assert found["size"] <= 0.065 + 4.5 * np.sqrt(0.065 * 0.935 / 120)
    assert found["as if independent: size"] > 0.12
    assert found["half width"] < 0.2


def test_the_shares_of_a_programme(make_shares):
    rng = np.random.default_rng(2)
    values = {
        area: {wave: (float(rng.uniform(0.2, 0.3)), 4e-4) for wave in (2009, 2011, 2013, 2015)}
        for area in ("N", "M", *COMPARED)
    }
    efforts = [
        te.Effort(area="N", baseline=(2009, 2009), period=(2011, 2011)),
        te.Effort(area="M", baseline=(2011, 2011), period=(2013, 2015)),
    ]
    programme = Programme(treated=efforts, comparison=COMPARED)
    found = te.pooled_difference_in_differences(make_shares(values), programme)
    assert found.effect.scale == "percentage points"
    assert found.effect.lower < found.effect.value < found.effect.upper


def test_cells_already_read_give_the_same(study_module):
    study = study_module("programmes")
    cells, ours, _ = study.simulated(study.Cell(treated=5, compared=8), np.random.default_rng(5))
    panel = pd.DataFrame(
        [{"area": area, "quarter": quarter, "count": cells["count"][i, j],
          "population": cells["population"][i, j]}
         for i, area in enumerate(cells.areas) for j, quarter in enumerate(cells.times)]
    )  # fmt: skip
    both = [shared_errors(one, 1.0) for one in (stack(panel, ours), stacked_cells(cells, ours))]
    lower = [effects(one.observed, one.expected).lower[0] for one in both]
    assert lower[0] == pytest.approx(lower[1], rel=1e-12)


@pytest.fixture(scope="module")
def upp(study_module, shared):
    study = study_module("pacification")
    return study.estimates(shared / "data" / "rio")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("hom_por_interv_policial", 0.16), ("total_roubos", 0.49), ("lesao_corp_dolosa", 1.87)],
)
def test_the_pacification_of_rio(upp, kind, value):
    """Killings by police and robbery fell, assault reports rose (an earlier reckoning's values)."""
    effect = upp[kind].effect
    assert effect.lower < value < effect.upper
    assert abs(np.log(effect.value / value)) < 0.15


def test_shrinking_two_areas_by_hand():
    """Estimates 0 and 1, each with variance 1, areas' variance 1, even weights: .25 and .75.

    Error of each: half of its own two variances, plus a quarter of the pair's difference.
    """
    from tingbjerg_eval.stats.heterogeneity import _given

    (new, new_variance), (mean, variance) = _given(
        np.array([0.0, 1.0]), np.eye(2), np.array([1.0]), np.array([0.5, 0.5])
    )
    assert new[0, 0] == pytest.approx(0.5)
    assert new_variance[0, 0] == pytest.approx(1 + (1 + 1) / 2)
    assert mean[:, 0] == pytest.approx([0.25, 0.75])
    assert variance[:, 0] == pytest.approx([(9 + 1 + 1 + 1) / 16] * 2)
