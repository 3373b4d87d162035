"""The short form of ``tests/studies/kill_study.py``."""

from __future__ import annotations

import signal

from killing import kill_again_and_again


def test_batches_killed_or_asked_to_stop_at_random_moments_leave_nothing_false(tmp_path):
    """Each of the three signals comes once."""
    numbers = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
    tally = kill_again_and_again(tmp_path, times=3, seed=2011, numbers=numbers)
    assert tally.faults() == {}
    assert tally.rounds == 3
