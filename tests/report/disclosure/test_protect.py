"""A table of counts without sums hides what is small; with sums that protects nothing."""

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.disclosure.attacker import audit
from tingbjerg_eval.disclosure.tables import protect

FRAME = pd.DataFrame({"area": ["A", "B", "C"], "count": [0, 4, 5]})


def test_a_table_without_totals_hides_the_small_cells_only():
    before = FRAME.copy(deep=True)
    frame = protect(FRAME, dims=["area"])
    assert list(frame["status"]) == ["hidden", "hidden", "shown"]
    assert list(frame["text"]) == ["under threshold", "under threshold", ""]
    assert frame["value"].isna().tolist() == [True, True, False]
    assert frame["value"].array._data[:2].tolist() == [0, 0], "the hidden value is still inside"
    pd.testing.assert_frame_equal(FRAME, before)


def test_the_threshold_can_be_raised_but_not_fall_under_three():
    frame = pd.DataFrame({"area": ["A", "B", "C"], "count": [2, 4, 9]})
    assert protect(frame, dims=["area"], threshold=10)["value"].isna().all()
    assert list(protect(frame, dims=["area"], threshold=3)["value"].isna()) == [True, False, False]
    with pytest.raises(ValueError, match="at least 3"):
        protect(frame, dims=["area"], threshold=2)


def test_hiding_the_small_cells_alone_protects_nothing_beside_totals():
    """The guard against an attacker who does nothing: it must object."""
    drawn = np.random.default_rng(1).poisson(8, (6, 8))
    table = pd.DataFrame(drawn, index=[*"ABCDEF"], columns=[*"12345678"])
    every = {"area": list(table.index), "quarter": list(table.columns)}
    cells = [
        {"key": f"{area}|{quarter}", "value": None if count < 5 else int(count), "sign": "withheld",
         "region": {"area": [area], "quarter": [quarter]}}
        for (area, quarter), count in table.stack().items()
    ]  # fmt: skip
    totals = [
        {"key": name, "value": int(count), "sign": "", "region": {**every, dim: [name]}}
        for dim, sums in (("area", table.sum(axis=1)), ("quarter", table.sum()))
        for name, count in sums.items()
    ]
    published = {"report": "r", "threshold": 5, "zeros": "hidden", "signs": "one"}
    tables = [{"name": "t", "measure": "reports", "cells": [*cells, *totals]}]
    hidden = [one["key"] for one in cells if one["value"] is None]
    found = {one.cell for one in audit({**published, "tables": tables}).findings}
    assert found
    assert found <= set(hidden)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"count": [1.5, 2, 3]}, "whole numbers"),
        ({"count": [np.nan, 2, 3]}, "whole numbers"),
        ({"count": [-1, 2, 3]}, "whole numbers"),
        ({"area": ["A", "A", "B"]}, "one row per cell"),
        ({"area": [None, "A", "B"]}, "one row per cell"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        protect(FRAME.assign(**change), dims=["area"])
    with pytest.raises(ValueError, match="no column"):
        protect(FRAME, dims=["quarter"])
