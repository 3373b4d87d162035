"""Different texts are counted exactly as often as they differ, in memory or beyond it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tingbjerg_eval.data.incidents.fingerprints import Fingerprints, text_hashes


@pytest.mark.parametrize("held", [7, 100, 10_000])
@pytest.mark.parametrize("kinds", [1, 50, 4_000])
def test_numbers_are_counted_whether_they_fit_in_memory_or_not(held, kinds):
    chance = np.random.default_rng(held)
    numbers = chance.integers(0, 2**64, kinds, dtype=np.uint64)[chance.integers(0, kinds, 3_000)]
    numbers[:3] = 0, 2**64 - 1, 2**58
    with Fingerprints(held=held) as fingerprints:
        for block in np.array_split(numbers, 11):
            fingerprints.add(block)
        assert fingerprints.different() == len(set(numbers.tolist()))


def test_nothing_is_nothing_different():
    with Fingerprints() as fingerprints:
        assert fingerprints.different() == 0


def test_what_went_to_disk_is_gone_at_the_end():
    with Fingerprints(held=4) as fingerprints:
        fingerprints.add(np.arange(9, dtype=np.uint64))
        folder = Path(fingerprints._folder.name)
        assert any(folder.iterdir())
    assert not folder.exists()


TEXTS = st.lists(st.text(max_size=30), max_size=40)


@given(TEXTS)
def test_equal_texts_have_equal_hashes_and_different_ones_do_not(texts):
    hashes = text_hashes(pa.array(texts, pa.string()))
    filled = [one for one in texts if one]
    assert len(hashes) == len(filled)
    assert len(set(hashes.tolist())) == len(set(filled))


@given(TEXTS, st.integers(0, 40))
def test_a_hash_does_not_depend_on_the_other_texts_of_the_block(texts, cut):
    whole = pa.array(texts, pa.string())
    parts = [*text_hashes(whole[:cut]), *text_hashes(whole[cut:])]
    assert sorted(parts) == sorted(text_hashes(whole))


def test_hashes_of_running_numbers_do_not_meet():
    texts = pa.array([f"0100-73111-{one:05d}-{year}" for one in range(20_000) for year in (9, 10)])
    hashes = text_hashes(texts)
    assert len(np.unique(hashes)) == len(texts)
