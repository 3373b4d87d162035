"""A delivery that cannot be true is refused or noted by its own code, a clean one is left alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from kinds import KINDS
from made import Made
from remnants import remnants
from spoilt import SPOILT

from tingbjerg_eval.inputs.catalogue import catalogue


@pytest.mark.parametrize("counted", [False, True], ids=["reports", "counted"])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_clean_delivery_raises_no_doubt(seed, counted, tmp_path):
    result = Made(seed=seed, case=seed % 2 == 0).check(tmp_path, counted=counted)
    assert [one.code for one in (*result.problems, *result.notes)] == []


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=2, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_any_delivery_of_the_kind_is_doubted(kind, data, tmp_path_factory):
    make, codes = KINDS[kind]
    result = make(data.draw, tmp_path_factory.mktemp("kind"))
    assert codes & {one.code for one in (*result.problems, *result.notes)}
    assert list(remnants(result)) == []


AT_RANDOM = {code for _, codes in KINDS.values() for code in codes}
OTHERS = [one for one in SPOILT if one.code not in AT_RANDOM]


@pytest.mark.parametrize("spoilt", OTHERS, ids=lambda one: one.code)
def test_a_spoilt_delivery_is_doubted(spoilt, tmp_path):
    result = spoilt.change(Made()).check(tmp_path, counted=spoilt.counted)
    said = [one.code for one in (result.notes if spoilt.note else result.problems)]
    assert spoilt.code in said
    assert list(remnants(result)) == []
    assert bool(result.problems) != spoilt.note
    assert (catalogue()[spoilt.code]["kind"] == "note") == spoilt.note
