"""Shares, means and totals of a survey: by hand, against R, at their edges."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.survey import survey_mean, survey_shares, survey_total, wilson_interval

ORACLE = Path(__file__).parents[1] / "oracle"
EXPECTED = json.loads((ORACLE / "survey_shares.json").read_text(encoding="utf-8"))
DESIGNS = {
    "weights": {},
    "strata": {},
    "clusters": {"cluster": "cluster"},
    "finite": {"finite_population": "people"},
}


@pytest.fixture(scope="module")
def drawn():
    return pd.read_csv(ORACLE / "survey_shares.csv")


def people(answers, *, weights=None, area="T", wave=2009, **columns):
    return pd.DataFrame(
        {
            "area": area,
            "wave": wave,
            "weight": 1.0 if weights is None else weights,
            "safe": list(answers),
            **columns,
        }
    )


def survey_of(drawn, name):
    return drawn.drop(columns="stratum") if name == "weights" else drawn


def expected(name, figure, found):
    want = pd.DataFrame(EXPECTED[name][figure]).sort_values(["area", "wave"])
    assert found[["area", "wave"]].values.tolist() == want[["area", "wave"]].values.tolist()
    return want


def test_four_people_by_hand():
    """Weights 1, 1, 2, 4; the first and last unsafe: share 5/8, variance from the scores."""
    found = survey_shares(
        people(["no", "yes", "yes", "no"], weights=[1.0, 1, 2, 4]), "safe", answers="no"
    ).iloc[0]
    scores = np.array([1 * 3 / 8, -1 * 5 / 8, -2 * 5 / 8, 4 * 3 / 8]) / 8
    variance = 4 / 3 * (scores**2).sum()
    assert found["share"] == pytest.approx(5 / 8, rel=1e-14)
    assert found["variance"] == pytest.approx(variance, rel=1e-14)
    assert found["n"] == 4
    effective = 4 / (variance / (5 / 8 * 3 / 8 / 3))
    assert found["effective_n"] == pytest.approx(effective, rel=1e-14)
    assert found[["lower", "upper"]].tolist() == pytest.approx(wilson(5 / 8, effective))
    assert (found["missing"], found["note"]) == (0, "")


def wilson(share, n, z=1.959963984540054):
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return [max(centre - half, 0), min(centre + half, 1)]


def test_two_strata_by_hand():
    """Between-strata differences drop out: only the spread within each stratum is left."""
    survey = people("yynn" + "ynnn", stratum=["a"] * 4 + ["b"] * 4)
    found = survey_shares(survey, "safe", answers="y").iloc[0]
    within = 4 / 3 * (4 * 0.5**2 + (0.75**2 + 3 * 0.25**2)) / 8**2
    assert found["share"] == 3 / 8
    assert found["variance"] == pytest.approx(within, rel=1e-14)


@pytest.mark.parametrize("name", DESIGNS)
def test_shares_equal_r_survey(drawn, name):
    found = survey_shares(survey_of(drawn, name), "unsafe", answers="Unsafe", **DESIGNS[name])
    want = expected(name, "share", found)
    np.testing.assert_allclose(found["share"], want["value"], rtol=1e-12)
    np.testing.assert_allclose(found["variance"], want["variance"], rtol=1e-10)


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize(("estimate", "column"), [(survey_mean, "mean"), (survey_total, "total")])
def test_means_and_totals_equal_r_survey(drawn, name, estimate, column):
    found = estimate(survey_of(drawn, name), "score", **DESIGNS[name])
    want = expected(name, column, found)
    np.testing.assert_allclose(found[column], want["value"], rtol=1e-12)
    np.testing.assert_allclose(found["variance"], want["variance"], rtol=1e-10)


def test_design_effect_and_interval_of_a_mean_equal_r_survey(drawn):
    first = drawn[(drawn["wave"] == 2009) & drawn["score"].notna()].assign(area="whole")
    found = survey_mean(first, "score").iloc[0]
    for column, want in EXPECTED["whole"].items():
        assert found[column] == pytest.approx(want, rel=1e-10), column


def test_a_stratum_with_one_respondent_is_said(drawn):
    found = survey_shares(drawn, "unsafe", answers="Unsafe").set_index("wave")["note"]
    said = "1 strata of this wave hold a single sampling unit, centred on 0"
    assert set(found.loc[2013]) == {said}
    assert set(found.loc[2009]) == {""}


def test_equal_weights_give_the_ordinary_wilson_interval():
    found = survey_shares(people("y" * 81 + "n" * 182), "safe", answers="y").iloc[0]
    assert found["effective_n"] == pytest.approx(263, rel=1e-12)
    assert found[["lower", "upper"]].tolist() == pytest.approx([0.2552885198783, 0.3662095769828])


def test_published_wilson_intervals(shared):
    case = json.loads((shared / "replication" / "wilson_single.expected.json").read_text())
    shares = {"ex1": (81, 263), "ex2": (15, 148), "ex3": (0, 20), "ex4": (1, 29)}
    for name, (yes, n) in shares.items():
        survey = people("y" * yes + "n" * (n - yes))
        found = survey_shares(survey, "safe", answers="y")[["lower", "upper"]].iloc[0]
        assert found.tolist() == pytest.approx(case["expected"][name], abs=1e-10)


@pytest.mark.parametrize("case", json.loads((ORACLE / "counts.json").read_text())["wilson"])
def test_wilson_at_any_size_equals_r(case):
    found = wilson_interval(case["share"], case["n"])
    assert found == pytest.approx(case["interval"], rel=1e-9, abs=1e-12)


def test_schools_of_california_equal_the_published_means(shared):
    folder = shared / "replication"
    want = json.loads((folder / "survey_means.expected.json").read_text())["expected"]
    names = {"pw": "weight", "stype": "stratum"}
    schools = pd.read_csv(folder / "apistrat.csv").rename(columns=names)
    schools = schools.assign(area="California", wave=2000)
    mean = survey_mean(schools, "api00", finite_population="fpc").iloc[0]
    total = survey_total(schools, "enroll", finite_population="fpc").iloc[0]
    found = (mean["mean"], mean["variance"] ** 0.5, total["total"], total["variance"] ** 0.5)
    assert found == pytest.approx(
        (*want["strat"].values(), *want["strat_total_enroll"].values()), rel=1e-12
    )
    districts = pd.read_csv(folder / "apiclus1.csv").rename(columns={"pw": "weight"})
    districts = districts.assign(area="California", wave=2000)
    found = survey_mean(districts, "api00", cluster="dnum", finite_population="fpc").iloc[0]
    assert (found["mean"], found["variance"] ** 0.5) == pytest.approx(
        tuple(want["clus"].values()), rel=1e-12
    )
    assert found["design_effect"] == pytest.approx(want["clus_deff"], rel=1e-11)


def test_weights_only_share_of_schools_equals_r(shared):
    folder = shared / "replication"
    want = json.loads((folder / "survey_prop_weights_only.expected.json").read_text())["expected"]
    schools = pd.read_csv(folder / "apistrat.csv").rename(columns={"pw": "weight"})
    found = survey_shares(
        schools.assign(area="California", wave=2000), "sch.wide", answers="Yes"
    ).iloc[0]
    assert found["share"] == pytest.approx(want["mean.1"], rel=1e-12)
    assert found["variance"] ** 0.5 == pytest.approx(want["se"], rel=1e-12)


@pytest.mark.parametrize(("answer", "share"), [("y", 0.0), ("n", 1.0)])
def test_a_share_of_none_or_all_gets_its_interval_at_kishs_n(answer, share):
    weights = np.array([1.0, 1, 2, 4])
    found = survey_shares(people("nnnn", weights=weights), "safe", answers=answer).iloc[0]
    kish = 8**2 / 22
    assert found["share"] == share
    assert found["effective_n"] == pytest.approx(kish)
    assert found[["lower", "upper"]].tolist() == pytest.approx(wilson(share, kish))
    nearer = (share * kish + 0.5) / (kish + 1)
    assert found["variance"] == pytest.approx(nearer * (1 - nearer) / kish)
    assert "no variation among the answers: interval at Kish's n" in found["note"]


def test_strata_that_each_agree_leave_no_variance_and_kishs_n_is_used():
    survey = people("yyynnn", stratum=["a"] * 3 + ["b"] * 3)
    found = survey_shares(survey, "safe", answers="y").iloc[0]
    assert (found["share"], found["effective_n"]) == (0.5, 6)
    assert found["variance"] == pytest.approx(0.25 / 6)


def test_few_clusters_widen_the_interval_by_their_degrees_of_freedom():
    from scipy.stats import t

    survey = people("ynynnnyynn" * 4, cluster=np.repeat(range(5), 8))
    found = survey_shares(survey, "safe", answers="y", cluster="cluster").iloc[0]
    used = found["effective_n"] * (t.ppf(0.975, 39) / t.ppf(0.975, 4)) ** 2
    assert found[["lower", "upper"]].tolist() == pytest.approx(wilson(found["share"], used))


def test_the_interval_of_a_mean_is_students_t_on_units_less_strata():
    from scipy.stats import t

    found = survey_mean(people([1, 2, 3, 6.0]), "safe", level=0.9).iloc[0]
    half = t.ppf(0.95, 3) * math.sqrt(14 / 3 / 4)
    assert (found["lower"], found["upper"]) == pytest.approx((3 - half, 3 + half))


def test_blank_answers_are_left_out_and_counted():
    full = survey_shares(people("yynnn"), "safe", answers="y").iloc[0]
    gaps = survey_shares(
        people(["y", "y", "n", "n", "n", None, "", "  "]), "safe", answers="y"
    ).iloc[0]
    assert (gaps["missing"], gaps["n"], gaps["share"]) == (3, 5, full["share"])
    # the blanks were drawn all the same: n / (n - 1) counts them
    assert gaps["variance"] == pytest.approx(full["variance"] * (8 / 7) / (5 / 4))


def test_an_area_without_answers_in_a_wave_has_no_row():
    survey = pd.concat(
        [people("yn"), people(["", ""], area="A"), people("yy", area="A", wave=2013)]
    )
    found = survey_shares(survey, "safe", answers="y")
    assert found[["area", "wave"]].values.tolist() == [["A", 2013], ["T", 2009]]


def test_several_answers_may_count_and_one_that_nobody_gave_is_said():
    found = survey_shares(
        people(["very", "rather", "no", "no"]), "safe", answers=["very", "rather", "little"]
    ).iloc[0]
    assert found["share"] == 0.5
    assert found["note"] == "answer 'little' was given by nobody"


def test_answers_may_be_codes_and_areas_one_name():
    found = survey_shares(people([1, 2, 2, 1]), "safe", answers=1, areas="T")
    assert found["share"].tolist() == [0.5]


def test_areas_chosen_do_not_change_their_figures(drawn):
    whole = survey_shares(drawn, "unsafe", answers="Unsafe")
    one = survey_shares(drawn, "unsafe", answers="Unsafe", areas=["South"])
    pd.testing.assert_frame_equal(
        one, whole[whole["area"] == "South"].reset_index(drop=True), check_dtype=False
    )


def test_no_survey_is_changed(drawn):
    kept = drawn.copy(deep=True)
    survey_shares(drawn, "unsafe", answers="Unsafe", cluster="cluster", finite_population="people")
    survey_mean(drawn, "score")
    survey_total(drawn, "score")
    pd.testing.assert_frame_equal(drawn, kept)


seeds = st.integers(0, 10**6)


def random_survey(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 60))
    return pd.DataFrame(
        {
            "area": rng.choice(["T", "A"], n),
            "wave": 2009,
            "weight": rng.lognormal(0, 0.7, n),
            "stratum": rng.choice(["s", "t"], n),
            "safe": rng.choice(["y", "n", ""], n, p=[0.3, 0.6, 0.1]),
        }
    )


def shares_of(survey):
    found = survey_shares(survey, "safe", answers="y")
    return found.drop(columns=["area", "note"]).to_numpy(dtype=float)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(seeds)
def test_the_order_of_rows_does_not_matter(seed):
    survey = random_survey(seed)
    shuffled = survey.sample(frac=1, random_state=seed)
    np.testing.assert_allclose(shares_of(shuffled), shares_of(survey), rtol=1e-10)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(seeds, st.floats(1e-3, 1e5))
def test_the_unit_of_the_weights_does_not_matter(seed, unit):
    survey = random_survey(seed)
    scaled = survey.assign(weight=survey["weight"] * unit)
    np.testing.assert_allclose(shares_of(scaled), shares_of(survey), rtol=1e-9)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(seeds)
def test_the_names_of_strata_and_areas_do_not_matter(seed):
    survey = random_survey(seed)
    renamed = survey.assign(
        stratum=survey["stratum"].map({"s": "zz", "t": "aa"}),
        area=survey["area"].map({"T": "Y", "A": "X"}),
    )
    np.testing.assert_allclose(shares_of(renamed), shares_of(survey), rtol=1e-10)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(seeds)
def test_the_other_answers_have_the_mirrored_share(seed):
    survey = random_survey(seed)
    yes = survey_shares(survey, "safe", answers="y")
    no = survey_shares(survey, "safe", answers="n")
    np.testing.assert_allclose(no["share"], 1 - yes["share"], rtol=1e-10)
    np.testing.assert_allclose(no["variance"], yes["variance"], rtol=1e-9)
    np.testing.assert_allclose(no["lower"], 1 - yes["upper"], rtol=1e-9, atol=1e-12)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(seeds, st.floats(0.5, 20), st.floats(-50, 50))
def test_a_mean_follows_its_unit(seed, unit, start):
    survey = random_survey(seed)
    rng = np.random.default_rng(seed)
    survey["score"] = rng.normal(5, 2, len(survey))
    plain = survey_mean(survey, "score")
    moved = survey_mean(survey.assign(score=start + unit * survey["score"]), "score")
    np.testing.assert_allclose(moved["mean"], start + unit * plain["mean"], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(moved["variance"], unit**2 * plain["variance"], rtol=1e-7)


def test_intervals_cover_the_share_of_a_stratified_unequally_weighted_population():
    """2,000 surveys of 230: at least 95 % less 4.5 Monte Carlo errors, and not far above it."""
    rng = np.random.default_rng(2009)
    draws, size = 2000, 230
    strata = np.repeat([0, 1, 2], [100, 80, 50])
    inside = np.array([0.10, 0.20, 0.35])
    people_per_answer = np.array([4.0, 10.0, 25.0])
    weight = people_per_answer[strata]
    truth = (weight * inside[strata]).sum() / weight.sum()
    unsafe = rng.random((draws, size)) < inside[strata]
    survey = pd.DataFrame(
        {
            "area": np.repeat(np.arange(draws), size),
            "wave": 2009,
            "weight": np.tile(weight, draws),
            "stratum": np.repeat(np.arange(draws), size) * 3 + np.tile(strata, draws),
            "safe": np.where(unsafe.ravel(), "no", "yes"),
        }
    )
    found = pd.concat(
        survey_shares(part, "safe", answers="no") for _, part in survey.groupby("area")
    )
    covered = ((found["lower"] <= truth) & (truth <= found["upper"])).mean()
    error = math.sqrt(0.95 * 0.05 / draws)
    assert 0.95 - 4.5 * error <= covered <= 0.975
    ignored = found["share"] * (1 - found["share"]) / size
    assert found["variance"].mean() > 1.3 * ignored.mean()
    assert found["variance"].mean() == pytest.approx(found["share"].var(), rel=0.1)


@pytest.mark.parametrize("weight", [0, -1, np.nan, np.inf])
def test_a_weight_that_is_no_weight_is_refused(weight):
    with pytest.raises(MethodRefused) as refused:
        survey_shares(people("ynn", weights=[1, weight, 1]), "safe", answers="y")
    assert refused.value.code == "bad-weight"
    assert str(refused.value) == (
        "1 respondents have a weight that is missing, zero, negative or no number, the first in "
        "row 1 (the first row is 0). Ask the supplier for the weights, or leave out respondents "
        "who are not to count."
    )


def refusal(survey, question="safe", **options):
    options.setdefault("answers", "y")
    with pytest.raises(MethodRefused) as refused:
        survey_shares(survey, question, **options)
    return refused.value


@pytest.mark.parametrize(
    ("change", "options", "code", "said"),
    [
        ({}, {"question": "saef"}, "unknown-column", "no column 'saef'. Did you mean 'safe'?"),
        ({}, {"cluster": "clust"}, "unknown-column", "no column 'clust'"),
        ({"wave": None}, {}, "missing-design", "4 respondents have no 'wave'."),
        ({"stratum": ["a", "", "a", "b"]}, {}, "missing-design", "1 respondents have no 'stratum'"),
        ({"safe": ""}, {}, "no-answers", "Nobody answered 'safe'."),
        ({}, {"answers": []}, "no-answers", "No answer to 'safe' is said to count."),
        ({}, {"answers": " Y "}, "answer-misspelt", "but some answered 'y'."),
        ({}, {"level": 95}, "level", "must lie between 0 and 1"),
        ({}, {"areas": ["North"]}, "unknown-area", "no area 'North'. Did you mean 'T'?"),
        ({"size": [9, 9, 8, 9]}, {"finite_population": "size"}, "bad-population", "one size"),
        ({"size": 3}, {"finite_population": "size"}, "bad-population", "at least as large"),
    ],
)
def test_refusals_name_the_cause(change, options, code, said):
    found = refusal(people("yynn").assign(**change), **options)
    assert found.code == code
    assert said in found.cause + " " + found.way_out
    assert found.way_out


def test_text_in_a_numeric_question_is_refused():
    with pytest.raises(MethodRefused, match="holds answers that are no numbers"):
        survey_mean(people(["1", "two"]), "safe")
