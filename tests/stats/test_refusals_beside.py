"""Every refusal of the methods beside the headline, word by word: cause, then way out."""

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.stats.cost import cost_effectiveness
from tingbjerg_eval.stats.displacement import displacement, reports_avoided
from tingbjerg_eval.stats.displacement_quotient import displacement_quotient
from tingbjerg_eval.stats.exact import exact_rate_ratio
from tingbjerg_eval.stats.multiplicity import adjust_for_multiplicity
from tingbjerg_eval.stats.periods import compare_bare_counts, compare_periods
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.stats.remarks import Remark
from tingbjerg_eval.stats.segmented import fit_counts, interrupted_time_series
from tingbjerg_eval.stats.survey import survey_mean, survey_shares
from tingbjerg_eval.stats.synthetic import synthetic_effect
from tingbjerg_eval.study.design import Contamination, Design

QUARTERS = Design(
    treated="T", comparison=(), baseline=("2008K1", "2008K4"), period=("2009K1", "2009K4")
)
WAVES = Design(treated="T", comparison=(), baseline=(2009, 2009), period=(2013, 2013))
NEARBY = QUARTERS.with_(
    adjacent=("X",),
    contamination=(
        Contamination(area="X", first="2009K1", last="2010K1", effort="hot spots"),
    ),
)  # fmt: skip


def panel(before, after):
    times = (*QUARTERS.baseline_times, *QUARTERS.period_times)
    counts = [before] * 4 + [after] * 4
    return pd.DataFrame({"area": "T", "quarter": times, "count": counts, "population": 1000})


def people(**columns):
    columns = {"safe": ["yes", "no"], "weight": 1.0} | columns
    return pd.DataFrame({"area": "T", "wave": 2009, **columns})


def shares(first):
    return pd.DataFrame(
        {"area": "T", "wave": [2009, 2013], "share": [first, 0.1], "variance": [0.0, 0.001]}
    )


def ask(**columns):
    return survey_shares(people(**columns), "safe", answers="yes")


CASES = {
    "unusable-amount": (
        lambda: cost_effectiveness(panel(3, 3), QUARTERS, spent_dkk=-2.0),
        "spent_dkk is -2.0; it must be kroner above 0. "
        "Give the amount in kroner over the whole period.",
    ),
    "no-adjacent-areas": (
        lambda: displacement(panel(3, 3), QUARTERS),
        "The design names no adjacent areas. "
        "Name the areas next to the treated one in the design's adjacent.",
    ),
    "contaminated-adjacent": (
        lambda: displacement(panel(3, 3), NEARBY),
        "The adjacent area X had an effort of its own (hot spots, 2009K1-2010K1), so its change "
        "does not tell what moved. Leave it out of the design's adjacent areas.",
    ),
    "all-zero-comparison": (
        lambda: displacement_quotient((3, 4), (5, 6), (7, 0)),
        "The comparison areas hold no report in one of the windows, so nothing can be told per "
        "report of theirs. Use longer windows or a wider basket of offences.",
    ),
    "counts-only": (
        lambda: reports_avoided(shares(0.2), WAVES),
        "Shares have no reports to avoid. Give a panel of counts.",
    ),
    "counts-only ": (
        lambda: compare_bare_counts(shares(0.2), WAVES),
        "Shares have no bare counts. Use compare_periods for shares.",
    ),
    "counts-only  ": (
        lambda: interrupted_time_series(shares(0.2), WAVES),
        "A segmented trend needs a series of quarters; waves are too few. "
        "Use compare_periods for shares.",
    ),
    "no-reports": (
        lambda: exact_rate_ratio(0, 0),
        "Neither window holds a report. Use longer windows or a wider basket.",
    ),
    "unusable-value": (
        lambda: exact_rate_ratio(-1, 0),
        "-1 is no count. Give whole numbers, 0 or more.",
    ),
    "unusable-value ": (
        lambda: exact_rate_ratio(1, 0, period_exposure=float("inf")),
        "inf is no exposure. Give a number above 0.",
    ),
    "unknown-adjustment": (
        lambda: adjust_for_multiplicity([0.1], method="none"),
        "There is no adjustment called 'none'. Choose one of holm, bonferroni, hochberg, hommel, "
        "benjamini-hochberg, benjamini-yekutieli.",
    ),
    "no-p-value": (
        lambda: adjust_for_multiplicity([1.5]),
        "1.5 is no p-value; p-values lie from 0 to 1. "
        "Pass the p_value of each estimate, nan where it has none.",
    ),
    "all-zero-baseline": (
        lambda: compare_periods(panel(0, 3), QUARTERS),
        "The baseline of T holds no report at all, so a rate ratio has no interval to two sides. "
        "Use longer windows or a wider basket of offences, or show change_limits.",
    ),
    "all-zero-period": (
        lambda: interrupted_time_series(panel(3, 0), QUARTERS),
        "The period of T holds no report at all, so no step can be fitted. "
        "Use longer windows or a wider basket of offences.",
    ),
    "no-wave": (
        lambda: compare_periods(shares(0.2)[1:], WAVES),
        "T has no wave in 2009-2009. Choose windows in which the survey was held.",
    ),
    "no-effective-size": (
        lambda: compare_periods(shares(0.0), WAVES),
        "A share of 0 or 1, or one without a variance, does not tell its effective sample size. "
        "Give the column effective_n, as survey_shares does.",
    ),
    "few-quarters": (
        lambda: fit_counts([3, 4], {"period": np.array([0.0, 1])}, exposure=[1, 1]),
        "2 quarters cannot carry 2 terms. Use longer windows.",
    ),
    "few-baseline-times": (
        lambda: synthetic_effect(np.ones((6, 3)), [True, False, False]),
        "1 times in the baseline and 2 in the period; weights need at least 2 and 1. "
        "Use a longer baseline, or difference_in_differences.",
    ),
    "no-answers": (
        lambda: ask(safe=[None, ""]),
        "Nobody answered 'safe'. Check the column, or leave the question out.",
    ),
    "no-answers ": (
        lambda: survey_shares(people(), "safe", answers=()),
        "No answer to 'safe' is said to count. "
        "Give the answers that count as in answers=['Unsafe'].",
    ),
    "answer-misspelt": (
        lambda: survey_shares(people(), "safe", answers="Yes"),
        "Nobody answered 'Yes' to 'safe', but some answered 'yes'. "
        "Write the answer exactly as it stands in the survey.",
    ),
    "unknown-area": (
        lambda: survey_shares(people(), "safe", answers="yes", areas=["U"]),
        "The survey has no area 'U'. Did you mean 'T'?",
    ),
    "unknown-column": (
        lambda: survey_shares(people(), "unsafe", answers="yes"),
        "The survey has no column 'unsafe'. Did you mean 'safe'?",
    ),
    "unknown-column ": (
        lambda: survey_shares(pd.DataFrame(), "safe", answers="yes"),
        "The survey has no column 'area'. The survey has no columns at all.",
    ),
    "missing-design": (
        lambda: ask(stratum=["a", None]),
        "1 respondents have no 'stratum'. "
        "Fill in how they were sampled, or leave the column out for all.",
    ),
    "bad-population": (
        lambda: survey_shares(
            people(size=[5, 6]), "safe", answers="yes", finite_population="size"
        ),
        "Column 'size' must hold one size per wave and stratum, at least as large as the number "
        "of sampling units drawn there. Correct the sizes, or leave finite_population out.",
    ),
    "not-numeric": (
        lambda: survey_mean(people(), "safe"),
        "Column 'safe' holds answers that are no numbers. "
        "Use survey_shares and name the answers that count.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_a_refusal_says_cause_and_way_out(code):
    call, said = CASES[code]
    with pytest.raises(MethodRefused) as refused:
        call()
    assert refused.value.code == code.strip()
    assert str(refused.value) == said


def test_labels_that_keep_a_figure_from_being_concluded_from():
    assert str(Remark("not-for-conclusions")) == (
        "not for conclusions: without comparison areas 13-28 % false positives were measured"
    )
    assert str(Remark("poisson-not-for-conclusions")) == (
        "counting error only: areas change by more than that by themselves, so its interval and z "
        "are not for conclusions"
    )
