"""The chain of protected counts is one, whoever asks for it and from wherever."""

from __future__ import annotations

import dataclasses
import threading

import pytest

from tingbjerg_eval.report import counts


@pytest.fixture
def study(demo_study):
    """The demo study with nothing protected yet."""
    return dataclasses.replace(demo_study)


def published(study, name: str) -> dict:
    return counts.published_chain(study, [name])[name]


def test_a_report_is_the_same_whether_a_later_one_was_asked_for_before(study, demo_study):
    late, early = published(study, "2011K1"), published(study, "baseline")
    afresh = dataclasses.replace(demo_study)
    assert published(afresh, "baseline") == early
    assert published(afresh, "2011K1") == late


def test_a_view_of_the_study_asks_the_same_chain(study):
    then = study.as_of("2010K4")
    assert published(then, "2010K4") == published(study, "2010K4")
    assert counts.chains(then) is counts.chains(study)


def test_nobody_else_lets_a_chain_grow_meanwhile(study, monkeypatch):
    """From inside the work another thread finds the way barred."""
    protect, free = counts.protect_tables, []

    def watched(*given, **more):
        other = threading.Thread(target=lambda: free.append(counts.GROWING.acquire(blocking=False)))
        other.start()
        other.join()
        return protect(*given, **more)

    monkeypatch.setattr(counts, "protect_tables", watched)
    counts.chains(study)[0].tables(study, "2010K1")
    assert free == [False, False]
