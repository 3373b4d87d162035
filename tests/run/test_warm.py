"""The warm parent: what it prepares every child finds, and how each child ends is known."""

from __future__ import annotations

import os
import signal
import threading

import psutil
import pytest

from tingbjerg_eval.run.kernels import warm


@pytest.fixture
def parent():
    with warm.WarmParent(preload=()) as started:
        yield started


def gone(parent) -> bool:
    """Whether all that a parent started ends, in whatever time a busy machine needs."""
    started = psutil.Process(parent.process.pid).children(recursive=True)
    return psutil.wait_procs(started, timeout=60)[1] == []


def test_what_is_prepared_is_found_in_every_child(parent):
    assert parent.call("called:kept") is None
    parent.prepare("called:keep", {"of": ("the", "study")})
    assert parent.call("called:kept") == {"of": ("the", "study")}
    assert parent.call("called:kept") == {"of": ("the", "study")}


def test_a_preparation_that_fails_or_starts_a_thread_is_done_without(parent):
    parent.prepare("called:keep", "kept")
    parent.prepare("called:fail")
    assert parent.call("called:kept") == "kept"
    parent.prepare("called:start_thread")
    assert parent.call("called:kept") is None
    assert psutil.Process(parent.process.pid).num_threads() == 1


def test_a_parent_started_again_prepares_again(parent):
    parent.prepare("called:keep", "kept")
    parent.process.kill()
    parent.process.wait()
    assert parent.call("called:kept") == "kept"


def test_a_parent_whose_end_cannot_be_seen_yet_loses_no_call(parent, monkeypatch):
    parent.process.kill()
    parent.process.wait()
    monkeypatch.setattr(parent.process, "poll", monkeypatch.undo)  # None, once
    assert parent.call("called:same", "text") == "text"


def test_a_call_that_a_killed_parent_had_not_read_is_asked_of_the_next(parent, monkeypatch):
    def hand_over_and_kill(descriptors):
        monkeypatch.undo()
        parent.process.send_signal(signal.SIGSTOP)
        asked = parent.hand_over(descriptors)
        parent.process.kill()
        return asked

    monkeypatch.setattr(parent, "hand_over", hand_over_and_kill)
    assert parent.call("called:same", "text") == "text"


def test_a_parent_that_dies_every_time_is_not_started_for_ever(parent):
    parent.prepare("called:leave")
    with pytest.raises(warm.ChildDied, match="with the warm parent"):
        parent.call("called:pid")


def test_what_is_prepared_may_be_larger_than_a_pipe(parent):
    parent.prepare("called:keep", "x" * 3_000_000)
    assert len(parent.call("called:kept")) == 3_000_000


def test_each_call_has_a_process_of_its_own(parent):
    pids = {parent.call("called:pid") for _ in range(3)}
    assert len(pids) == 3
    assert os.getpid() not in pids


def test_calls_from_several_threads_do_not_mix(parent):
    found = {}

    def ask(number):
        found[number] = parent.call("called:same", "x" * 100_000 + str(number))

    threads = [threading.Thread(target=ask, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: text[100_000:] for number, text in found.items()} == {
        number: str(number) for number in range(8)
    }


@pytest.mark.parametrize(
    ("name", "status"), [("die", -signal.SIGKILL), ("leave", 7), ("leave_at_once", 0)]
)
def test_a_child_that_ends_early_says_how(parent, name, status):
    with pytest.raises(warm.ChildDied) as died:
        parent.call(f"called:{name}")
    assert died.value.status == status


def test_an_error_keeps_its_name_and_text(parent):
    with pytest.raises(warm.ChildRaised) as raised:
        parent.call("called:fail")
    assert (raised.value.ename, raised.value.evalue) == ("ValueError", "not today")
    assert "not today" in raised.value.traceback


def test_messages_come_in_order_before_the_result(parent):
    heard = []
    assert parent.call("called:count", 3, on_message=heard.append) == "counted"
    assert heard == [0, 1, 2]


def test_a_listener_that_fails_ends_the_child(parent):
    def fail(_):
        raise KeyError("listener")

    with pytest.raises(KeyError, match="listener"):
        parent.call("called:count_and_wait", on_message=fail)
    assert gone(parent)


def test_a_child_that_takes_too_long_is_ended_with_what_it_started(parent):
    with pytest.raises(warm.ChildTimedOut, match=r"no result within 0\.5 seconds"):
        parent.call("called:start_and_wait", timeout=0.5)
    assert gone(parent)
