"""Shares that few people answered are hidden, with whatever would give them back."""

import pandas as pd
import pytest

from tingbjerg_eval.disclosure import protect_shares

SHARES = pd.DataFrame(
    {
        "area": ["A", "B", "C", "City"] * 2,
        "wave": [2009] * 4 + [2013] * 4,
        "share": [0.2, 0.3, 0.1, 0.2, 0.2, 0.3, 0.1, 0.2],
        "variance": [0.001] * 8,
        "n": [29, 30, 90, 149, 31, 30, 90, 151],
        "effective_n": [25.0] * 8,
    }
)


def test_a_share_of_fewer_than_thirty_answers_is_hidden_with_everything_about_it():
    frame = protect_shares(SHARES).frame
    assert frame.loc[0, ["share", "variance", "n", "effective_n"]].isna().all()
    assert list(frame["status"]) == ["hidden"] + ["shown"] * 7
    assert frame.loc[1, "share"] == 0.3


def test_the_number_of_answers_can_be_set_and_the_frame_is_not_changed():
    before = SHARES.copy(deep=True)
    assert (protect_shares(SHARES, min_answers=10).frame["status"] == "shown").all()
    pd.testing.assert_frame_equal(SHARES, before)


def test_a_table_without_answers_is_refused():
    with pytest.raises(ValueError, match="n"):
        protect_shares(SHARES.drop(columns="n"))
