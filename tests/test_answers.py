"""A question is worked out once for equal content, in one process or in several."""

from __future__ import annotations

import dataclasses
import hashlib
import os

import pandas as pd
import pytest

from tingbjerg_eval.evaluation.answers import Answers, tidy
from tingbjerg_eval.report.report import open_report
from tingbjerg_eval.stats.refusal import MethodRefused

asked = []


@pytest.fixture(autouse=True)
def _nothing_asked_yet():
    asked.clear()


def doubled(frame, *, by=2):
    asked.append(by)
    return frame * by


def refused(_frame):
    asked.append("refused")
    raise MethodRefused("few", "Too few areas.", "Take more.")


@pytest.fixture
def frame():
    return pd.DataFrame({"count": [1, 2]})


def test_equal_content_is_worked_out_once(frame):
    kept = Answers()
    assert kept.ask(doubled, frame).equals(kept.ask(doubled, frame.copy()))
    kept.ask(doubled, frame, by=3)
    kept.ask(doubled, frame + 1)
    assert asked == [2, 3, 2]
    assert kept.worked_out == 3


def test_a_refusal_is_an_answer_and_is_kept(frame, tmp_path):
    first, second = Answers(folder=tmp_path), Answers(folder=tmp_path)
    codes = {one.ask(refused, frame).code for one in (first, first, second)}
    assert codes == {"few"}
    assert asked == ["refused"]


def test_answers_outlast_the_process_in_their_folder(frame, tmp_path):
    before = Answers(folder=tmp_path).ask(doubled, frame)
    later = Answers(folder=tmp_path)
    pd.testing.assert_frame_equal(later.ask(doubled, frame), before, check_exact=True)
    assert (later.worked_out, later.found, asked) == (0, 1, [2])


def sealed(text):
    return f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}"


SPOILED = {
    "one digit another": lambda text: text[::-1].replace("4", "5", 1)[::-1],
    "cut short": lambda text: text[:-3],
    "empty": lambda _: "",
    "made of something else": lambda _: sealed('{"made":["os:system",[]]}'),
    "of an unknown kind": lambda _: sealed('{"unknown":1}'),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_an_answer_that_cannot_be_read_is_worked_out_anew(frame, tmp_path, spoil):
    Answers(folder=tmp_path).ask(doubled, frame)
    (path,) = tmp_path.iterdir()
    whole = path.read_text()
    path.write_text(spoil(whole))
    assert Answers(folder=tmp_path).ask(doubled, frame)["count"].tolist() == [2, 4]
    assert asked == [2, 2]
    assert path.read_text() == whole


def test_where_nothing_can_be_kept_the_answer_is_given_all_the_same(frame, tmp_path):
    (tmp_path / "file").write_text("in the way")
    kept = Answers(folder=tmp_path / "file" / "below")
    assert kept.ask(doubled, frame)["count"].tolist() == [2, 4]


def test_what_is_no_result_is_given_but_not_kept(frame, tmp_path):
    assert Answers(folder=tmp_path).ask(type, frame) is pd.DataFrame
    assert list(tmp_path.iterdir()) == []


def test_tidying_leaves_this_codes_answers_and_the_latest_of_them(tmp_path):
    ours, other = tmp_path / "ours", tmp_path / "other"
    for folder in (ours, other):
        folder.mkdir()
    for age, name in enumerate(["new.json", "middle.json", "old.json"]):
        (ours / name).write_text("1")
        os.utime(ours / name, (1000 - age, 1000 - age))
    (ours / "half.7.part").write_text("")
    tidy(tmp_path, keep=ours, most=2)
    assert sorted(path.name for path in ours.iterdir()) == ["middle.json", "new.json"]
    assert not other.exists()


def shown(study, kind, **given):
    report = open_report(study, kind, **given)
    parts = [getattr(report, name) for name in SECTIONS[kind]]
    return [part()._repr_mimebundle_()["text/html"] for part in parts]


SECTIONS = {
    "baseline": ("summary", "action_areas"),
    "quarterly": ("summary", "action_areas"),
    "end_of_period": (
        "recommendation", "summary", "action_areas", "activity_offences", "cost", "robustness",
        "displacement",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "given"),
    [("baseline", {}), ("quarterly", {"quarter": "2011K2"}), ("end_of_period", {})],
)
def test_a_report_made_again_estimates_nothing_and_is_the_same(demo_study, tmp_path, kind, given):
    """Words and drawings are made anew; the answers they tell are found."""
    first = dataclasses.replace(demo_study, answers=Answers(folder=tmp_path))
    again = dataclasses.replace(demo_study, answers=Answers(folder=tmp_path))
    told = shown(first, kind, **given)
    assert first.answers.worked_out > 10
    assert shown(again, kind, **given) == told
    assert again.answers.worked_out == 0
    assert again.answers.found == first.answers.worked_out


def test_a_survey_is_drawn_once_until_the_next_wave(demo_study, tmp_path):
    folder = tmp_path / "drawings"
    earlier, later = (dataclasses.replace(demo_study, drawings=Answers(folder=folder))
                      for _ in range(2))  # fmt: skip
    first = shown(earlier, "quarterly", quarter="2011K1")
    second = shown(later, "quarterly", quarter="2011K2")
    assert later.drawings.found == len(demo_study.settings.indicators_of("share"))
    assert earlier.drawings.worked_out > later.drawings.worked_out > 0
    assert first != second


def test_what_is_drawn_once_is_drawn_as_ever(demo_study, tmp_path):
    drawn = dataclasses.replace(demo_study, drawings=Answers(folder=tmp_path))
    assert shown(drawn, "quarterly", quarter="2011K2") == shown(
        dataclasses.replace(drawn, drawings=Answers(folder=tmp_path)), "quarterly", quarter="2011K2"
    )
