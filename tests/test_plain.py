"""Results survive being written as JSON, and nothing else is made from what is read."""

from __future__ import annotations

import datetime as dt
import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tingbjerg_eval.evaluation.plain import digest, dumps, loads
from tingbjerg_eval.stats.estimate import Estimate
from tingbjerg_eval.stats.placebos import placebo_areas
from tingbjerg_eval.stats.refusal import MethodRefused
from tingbjerg_eval.study.design import Break, Design

NUMBERS = st.floats() | st.integers() | st.booleans() | st.none() | st.text()
PLAIN = st.recursive(
    NUMBERS, lambda inner: st.tuples(inner, inner) | st.lists(inner) | st.dictionaries(
        st.text() | st.integers(), inner
    ),
)  # fmt: skip


def there_and_back(value):
    return loads(dumps(value))


@given(PLAIN)
def test_plain_values_come_back_as_they_were(value):
    assert repr(there_and_back(value)) == repr(value)


@given(st.lists(st.tuples(st.text(), st.floats(), st.integers(-(2**63), 2**63 - 1), st.booleans())))
def test_frames_come_back_with_their_kinds_and_rows(rows):
    frame = pd.DataFrame(rows, columns=["area", "value", "count", "shown"])
    found = there_and_back(frame)
    pd.testing.assert_frame_equal(found, frame, check_exact=True)


def test_missing_values_of_every_kind_come_back():
    frame = pd.DataFrame(
        {
            "text": pd.Series(["a", None], dtype="str"),
            "whole": pd.array([1, None], dtype="Int64"),
            "part": [math.nan, -math.inf],
            "yes": pd.array([True, None], dtype="boolean"),
            "any": pd.Series([("a", 1), None], dtype=object),
        },
        index=pd.Index(["x", "y"], name="area"),
    )
    pd.testing.assert_frame_equal(there_and_back(frame), frame, check_exact=True)


@pytest.mark.parametrize(
    "array",
    [np.arange(6.0).reshape(2, 3), np.array([], dtype=int), np.array([True, False])],
    ids=str,
)
def test_arrays_come_back_with_their_shape(array):
    found = there_and_back(array)
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)
    assert found.shape == array.shape


def test_single_numbers_of_numpy_stay_what_they_are():
    for value in (np.float64(0.1), np.int64(3), np.bool_(True)):
        found = there_and_back(value)
        assert type(found) is type(value)
        assert found == value


def test_results_designs_days_and_refusals_come_back():
    design = Design(
        treated="A", comparison=("B", "C"), baseline=("2008K1", "2009K4"),
        period=("2010K1", "2010K4"), breaks=(Break(first="2007K1", reason="new law"),),
    )  # fmt: skip
    refused = there_and_back(MethodRefused("few", "Too few.", "Take more."))
    assert (refused.code, refused.cause, refused.way_out) == ("few", "Too few.", "Take more.")
    assert there_and_back(design) == design
    assert there_and_back(dt.date(2010, 1, 2)) == dt.date(2010, 1, 2)
    assert there_and_back(frozenset({("a", 1), ("b", 2)})) == frozenset({("a", 1), ("b", 2)})


def test_a_whole_answer_comes_back(demo_study):
    panel, design = demo_study.data("burglary")
    answer = placebo_areas(panel, design)
    found = there_and_back(answer)
    assert type(found) is type(answer)
    pd.testing.assert_frame_equal(found.table, answer.table, check_exact=True)
    assert dumps(found) == dumps(answer)


def test_equal_content_has_one_digest_and_any_change_another(demo_study):
    panel = demo_study.panel("burglary")
    changed = panel.copy()
    changed.loc[0, "count"] += 1
    assert digest(panel) == digest(panel.copy())
    assert digest(panel) != digest(changed)
    assert digest(demo_study.settings) == digest(demo_study.settings.model_copy())
    assert digest((1, 2)) != digest([1, 2])
    assert digest(1) != digest(1.0) != digest(True)


@pytest.mark.parametrize(
    "name",
    ["subprocess:Popen", "builtins:eval", "tingbjerg_eval.evaluation.study:open_study",
     "tingbjerg_eval.evaluation.plain:json", "tingbjerg_eval_other:Estimate"],
)  # fmt: skip
def test_nothing_but_the_packages_own_results_is_made(name):
    with pytest.raises((ValueError, AttributeError)):
        loads(json.dumps({"made": [name, []]}))


def test_a_result_with_other_parts_than_its_own_is_refused():
    name = f"{Estimate.__module__}:{Estimate.__qualname__}"
    with pytest.raises(ValueError, match="argument"):
        loads(json.dumps({"made": [name, [1, 2]]}))


def test_what_is_no_result_is_not_written(demo_study):
    for value in (
        object(),
        demo_study.as_of,
        pd.DataFrame(index=pd.MultiIndex.from_tuples([(1, 2)])),
    ):
        with pytest.raises(TypeError):
            dumps(value)
