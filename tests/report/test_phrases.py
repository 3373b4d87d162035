import math

import pytest

from tingbjerg_eval.presentation.words.estimates import (
    estimate_text,
    interval_text,
    remarks,
    value_text,
)
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.stats.remarks import ENGLISH, Remark

S = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "scale", "said"),
    [
        (0.75, "rate ratio", f"25{S}% færre"),
        (1.38, "rate ratio", f"38{S}% flere"),
        (1.001, "rate ratio", "uændret"),
        (-4.0, "percentage points", "4,0 procentpoint lavere"),
        (2.25, "percentage points", "2,3 procentpoint højere"),
        (0.04, "percentage points", "uændret"),
        (math.nan, "rate ratio", "–"),
    ],
)
def test_a_ratio_is_told_in_percent_and_a_difference_in_percentage_points(value, scale, said):
    assert value_text(value, scale, Words("da")) == said


@pytest.mark.parametrize(
    ("lower", "upper", "scale", "said"),
    [
        (0.48, 0.81, "rate ratio", f"mellem 19{S}% og 52{S}% færre"),
        (1.02, 1.9, "rate ratio", f"mellem 2{S}% og 90{S}% flere"),
        (0.7, 1.4, "rate ratio", f"30{S}% færre til 40{S}% flere"),
        (-9.1, -1.0, "percentage points", "mellem 1,0 og 9,1 procentpoint lavere"),
        (1.0, 3.0, "percentage points", "mellem 1,0 og 3,0 procentpoint højere"),
        (-9.1, 1.0, "percentage points", "9,1 procentpoint lavere til 1,0 procentpoint højere"),
        (0.8, 1.0, "rate ratio", f"20{S}% færre til uændret"),
        (math.nan, math.nan, "rate ratio", ""),
    ],
)
def test_an_interval_is_told_from_the_smaller_change_to_the_larger(
    estimate, lower, upper, scale, said
):
    assert interval_text(estimate(lower, lower, upper, scale), Words("da")) == said


def test_an_estimate_is_told_in_the_words_language(estimate):
    assert estimate_text(estimate(0.75, 0.5, 0.9), Words("en")) == "25% fewer"


def test_known_remarks_are_said_and_an_unknown_one_gets_the_general_sentence():
    words = Words("en")
    found = (Remark("few-comparison-areas", found=8, wanted=12), Remark("few-reports"))
    assert remarks(found, words) == (
        "There are 8 comparison areas; 12 would have been better. "
        "Some areas have very few offences."
    )
    assert remarks([Remark("something-nobody-foresaw")], words) == words("remark.generic")
    assert remarks((), words) == ""


def test_the_headline_makes_no_remark_that_the_report_cannot_say(small_panel, design):
    from tingbjerg_eval.stats.did import difference_in_differences

    short = design.with_(baseline=("2009K1", "2009K4"))
    found = difference_in_differences(small_panel, short).remarks
    assert len(found) >= 2
    words = Words("da")
    assert words("remark.generic") not in remarks(found, words)
    assert remarks(found, words).count(". ") >= 1, "no caveat is lost where several apply"


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_remark_that_a_method_can_make_has_its_sentence(language):
    words = Words(language)
    assert [code for code in ENGLISH if f"remark.{code}" not in words] == []
