"""The short form of ``tests/studies/kill_study.py``."""

from __future__ import annotations

import signal

from killing import kill_again_and_again


def test_batches_killed_at_random_moments_leave_nothing_false(tmp_path):
    tally = kill_again_and_again(tmp_path, times=2, seed=2010)
    assert tally.faults() == {}
    assert tally.rounds == 2


def test_batches_asked_to_stop_at_random_moments_leave_nothing_false(tmp_path):
    numbers = (signal.SIGINT, signal.SIGTERM)
    tally = kill_again_and_again(tmp_path, times=1, seed=2012, numbers=numbers)
    assert tally.faults() == {}
