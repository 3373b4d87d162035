"""A question is worked out once for equal content, in a study, its views and its processes."""

from __future__ import annotations

import pickle
from dataclasses import replace
from threading import Barrier, Thread

import pandas as pd
import pytest

from tingbjerg_eval.evaluation.kept import keep_open
from tingbjerg_eval.evaluation.memo import Memo
from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.stats.refusal import MethodRefused

asked = []


@pytest.fixture(autouse=True)
def _nothing_asked_yet():
    asked.clear()


@pytest.fixture
def frame():
    return pd.DataFrame({"area": ["A", "B"], "count": [1, 2]})


def scaled(frame, *, by=2):
    asked.append(by)
    return frame.assign(count=frame["count"] * by)


def test_answers_taken_from_another_memo_are_not_worked_out_again(frame):
    first, second = Memo(), Memo()
    first.get("of this study alone", lambda: 1)
    told = first.ask(scaled, frame, by=3)
    second.take(pickle.loads(pickle.dumps(first.answers())))
    assert second.ask(scaled, frame.copy(), by=3).equals(told)
    assert asked == [3]
    assert second.get("of this study alone", lambda: 2) == 2


def refused(_frame):
    asked.append("refused")
    raise MethodRefused("few", "Too few areas.", "Take more.")


def counted(study, indicator):
    asked.append((study.until, indicator))
    return len(study.panel(indicator))


CHANGES = {
    "a figure": lambda frame: frame.assign(count=[1, 3]),
    "a text": lambda frame: frame.assign(area=["A", "C"]),
    "a column's name": lambda frame: frame.assign(more=1),
    "a column's kind": lambda frame: frame.astype({"count": "float64"}),
    "the rows' names": lambda frame: frame.set_axis([1, 2]),
    "their order": lambda frame: frame.iloc[::-1],
    "what the rows are": lambda frame: frame.rename_axis("number"),
    "what the columns are": lambda frame: frame.rename_axis("measure", axis="columns"),
}


LAID_OUT = {
    "sent to another process": lambda frame: pickle.loads(pickle.dumps(frame)),
    "made column by column": lambda frame: pd.concat([frame[one] for one in frame], axis=1),
    "a part of a longer table": lambda frame: pd.concat([frame, frame], ignore_index=True).iloc[:2],
    "other objects of the same text": lambda frame: frame.assign(area=[*"AB"]),
}


@pytest.mark.parametrize("again", LAID_OUT.values(), ids=LAID_OUT)
def test_equal_content_is_worked_out_once_however_it_lies_in_memory(frame, again):
    memo = Memo()
    first = memo.ask(scaled, frame)
    assert memo.ask(scaled, again(frame)) is first
    assert asked == [2]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_other_content_is_another_question(frame, change):
    memo = Memo()
    memo.ask(scaled, frame)
    memo.ask(scaled, change(frame))
    assert asked == [2, 2]


def test_other_options_and_another_function_are_another_question(frame):
    memo = Memo()
    memo.ask(scaled, frame)
    assert memo.ask(scaled, frame, by=3)["count"].tolist() == [3, 6]
    memo.ask(refused, frame)
    assert asked == [2, 3, "refused"]


def test_a_refusal_is_an_answer_and_is_met_once(frame):
    memo = Memo()
    assert {memo.ask(refused, frame).code for _ in range(3)} == {"few"}
    assert asked == ["refused"]


def test_threads_that_ask_at_once_are_given_one_result():
    memo, together, given = Memo(), Barrier(2), []

    def make():
        together.wait(60)
        return object()

    threads = [Thread(target=lambda: given.append(memo.get("key", make))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given[0] is given[1] is memo.get("key", make)


def test_views_share_a_memo_and_do_not_mix(demo_study):
    study = replace(demo_study)
    then = study.as_of("2011K2")
    known, whole = then.once(counted, "burglary"), study.once(counted, "burglary")
    assert study.as_of("2011K2").once(counted, "burglary") == known < whole
    assert then.whole.once(counted, "burglary") == whole
    assert asked == [("2011K2", "burglary"), (None, "burglary")]


def test_a_study_with_other_rules_has_a_memo_of_its_own(demo_study):
    rules = demo_study.settings.rules.model_copy(update={"level": 0.5})
    other = replace(demo_study, settings=demo_study.settings.model_copy(update={"rules": rules}))
    wide, narrow = demo_study.shares("unsafe_evening"), other.shares("unsafe_evening")
    assert (wide["upper"] > narrow["upper"]).any()


def test_a_study_sent_to_another_process_takes_what_was_worked_out_with_it(demo_study):
    study = replace(demo_study)
    study.once(counted, "burglary")
    sent = pickle.loads(pickle.dumps(study))
    assert sent.once(counted, "burglary") == study.once(counted, "burglary")
    assert asked == [(None, "burglary")]


def test_a_study_kept_open_is_not_read_again(demo_folder, monkeypatch):
    monkeypatch.setattr("tingbjerg_eval.evaluation.kept._OPENED", {})
    study = open_study(demo_folder / "study.yaml")
    keep_open(study)
    monkeypatch.chdir(demo_folder.parent)
    path = f"{demo_folder.name}/study.yaml"
    found = open_study(path)
    assert found.tables is study.tables
    assert found.memo is study.memo
    assert str(found.path) == path
    assert open_study(path, data=demo_folder / "data").tables is not study.tables
