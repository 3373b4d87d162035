import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tingbjerg_eval.presentation.words import numbers

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "decimals", "danish", "english"),
    [
        (1234567, 0, "1.234.567", "1,234,567"),
        (-3.25, 1, "−3,3", "−3.3"),
        (2.5, 0, "3", "3"),
        (-2.5, 0, "−3", "−3"),
        (0.125, 2, "0,13", "0.13"),
        (-0.04, 1, "0,0", "0.0"),
        (np.float64(7.0), 1, "7,0", "7.0"),
        (np.int64(12), 0, "12", "12"),
        (math.nan, 1, "–", "–"),
        (None, 1, "–", "–"),
        (math.inf, 1, "–", "–"),
    ],
)
def test_a_number_is_written_as_the_language_does(value, decimals, danish, english):
    assert numbers.number(value, decimals=decimals) == danish
    assert numbers.number(value, decimals=decimals, language="en") == english


def test_a_share_is_written_in_percent_and_stays_on_its_line():
    assert numbers.percent(0.125) == f"12,5{SPACE}%"
    assert numbers.percent(0.285, decimals=0) == f"29{SPACE}%"
    assert numbers.percent(0.125, language="en") == "12.5%"


def test_a_change_carries_its_sign():
    assert [numbers.signed(value) for value in (3.25, -3.25, 0.0, 0.04)] == [
        "+3,3",
        "−3,3",
        "0,0",
        "0,0",
    ]


@pytest.mark.parametrize(
    ("kroner", "short", "danish", "english"),
    [
        (1_234_567, False, f"1.234.567{SPACE}kr.", f"DKK{SPACE}1,234,567"),
        (2_000_000, True, f"2{SPACE}mio.{SPACE}kr.", f"DKK{SPACE}2M"),
        (1_450_000, True, f"1,5{SPACE}mio.{SPACE}kr.", f"DKK{SPACE}1.5M"),
        (950_000, True, f"950.000{SPACE}kr.", f"DKK{SPACE}950,000"),
        (-50_000, False, f"−50.000{SPACE}kr.", f"−DKK{SPACE}50,000"),
    ],
)
def test_money_is_written_in_kroner(kroner, short, danish, english):
    assert numbers.money(kroner, short=short) == danish
    assert numbers.money(kroner, short=short, language="en") == english


def test_quarters_and_dates_are_written_in_words():
    assert numbers.quarter("2011K2") == "2. kvartal 2011"
    assert numbers.quarter("2011K2", language="en") == "2nd quarter 2011"
    assert numbers.date("2009-10-21") == numbers.date(date(2009, 10, 21)) == "21. oktober 2009"


@given(st.floats(min_value=0, max_value=1))
def test_a_p_value_is_never_zero(p):
    for language in ("da", "en"):
        text = numbers.p_value(p, language=language)
        assert any(digit in text for digit in "123456789")


def test_a_p_value_gets_three_decimals_where_they_matter():
    assert [numbers.p_value(p) for p in (0.0004, 0.001, 0.0423, 0.0996, 0.5, 1.0)] == [
        f"<{SPACE}0,001",
        "0,001",
        "0,042",
        "0,10",
        "0,50",
        "1,00",
    ]
