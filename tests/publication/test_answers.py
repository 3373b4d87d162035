"""Shares of few answers, answers that few gave, and mentions: hidden everywhere alike."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from tingbjerg_eval.publication.answers import (
    complete_design,
    reckoned_shares,
    shown_shares,
    told_mentions,
)
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.report.report import open_report
from tingbjerg_eval.report.sections import SECTIONS
from tingbjerg_eval.study.design import Design

LIMITS = {"min_answers": 30, "threshold": 5}


def shares(*rows: tuple[str, int, int, int]) -> tuple[pd.DataFrame, dict]:
    """A shares table from area, wave, answers and how many of them count."""
    frame = pd.DataFrame(rows, columns=["area", "wave", "n", "given"])
    share = frame["given"] / frame["n"]
    told = {"share": share, "variance": share * (1 - share) / frame["n"], "effective_n": frame["n"],
            "lower": 0.0, "upper": 1.0, "note": ""}  # fmt: skip
    given = frame.set_index(["area", "wave"])["given"].to_dict()
    return frame.drop(columns="given").assign(**told), given


@pytest.mark.parametrize("given", [0, 1, 4, 36, 40])
def test_a_share_that_few_stand_behind_is_the_same_whatever_it_was(given):
    table, counted = shares(("T", 2009, 40, given), ("A", 2009, 40, 20))
    shown = shown_shares(table, counted, **LIMITS)
    assert shown["share"].isna().tolist() == [True, False]
    assert shown.loc[0, "status"] == "hidden"
    reckoned = reckoned_shares(table, counted, **LIMITS, level=0.95)
    few = given < 5
    assert reckoned.loc[0, "share"] == pytest.approx(2 / 40 if few else 38 / 40)
    other = shares(("T", 2009, 40, 3 if few else 37), ("A", 2009, 40, 20))
    pd.testing.assert_frame_equal(reckoned, reckoned_shares(*other, **LIMITS, level=0.95))


def test_few_answers_are_left_out_and_the_area_with_them():
    table, counted = shares(
        ("T", 2009, 40, 20), ("T", 2010, 40, 20), ("A", 2009, 29, 15), ("A", 2010, 40, 20),
        ("B", 2009, 30, 15), ("B", 2010, 40, 20),
    )  # fmt: skip
    reckoned = reckoned_shares(table, counted, **LIMITS, level=0.95)
    assert list(zip(reckoned["area"], reckoned["wave"], strict=True)) == [
        ("T", 2009), ("T", 2010), ("A", 2010), ("B", 2009), ("B", 2010),
    ]  # fmt: skip
    design = Design(treated="T", comparison=("A", "B"), baseline=(2009, 2009), period=(2010, 2010))
    assert complete_design(design, reckoned).comparison == ("B",)


def test_mentions_of_a_theme_move_by_five_or_not_at_all():
    rows = [("2009K4", 3), ("2010K1", 1), ("2010K2", 1), ("2010K3", 2), ("2010K4", 3)]
    heard = pd.DataFrame(rows, columns=["quarter", "mentions"]).assign(area="T", theme="x")
    told = [
        told_mentions(heard, moments=[q for q, _ in rows[: at + 1]], threshold=5)["mentions"][0]
        for at in range(len(rows))
    ]
    assert np.array_equal(told, [np.nan, np.nan, 5, 5, 10], equal_nan=True)


@pytest.fixture(scope="module")
def few(demo_study):
    """The demo's study with twelve answers a wave from the treated area."""
    survey, treated = demo_study.tables.survey, demo_study.design.treated
    own = survey[survey["area"] == treated].groupby("wave").head(12)
    kept = pd.concat([survey[survey["area"] != treated], own])
    return dataclasses.replace(
        demo_study, tables=dataclasses.replace(demo_study.tables, survey=kept)
    )


@pytest.mark.parametrize("kind", ["baseline", "end_of_period"])
def test_a_share_of_few_answers_is_in_no_part_of_a_report(few, kind):
    report = open_report(few, kind)
    for name in few.settings.indicators_of("share"):
        shown = report.publication.shown_shares(name)
        own = shown[shown["area"] == few.design.treated]
        assert own["share"].isna().all()
        assert few.design.treated not in set(report.study.shares(name)["area"])
    verdicts = [one.verdict for one in report.results]
    asked = [one for one in verdicts if few.strategy.targets[one.target].indicator in
             few.settings.indicators_of("share")]  # fmt: skip
    assert all(np.isnan(one.observed) and np.isnan(one.effect_value) for one in asked)


def test_another_answer_among_few_changes_nothing(few):
    name = next(iter(few.settings.indicators_of("share")))
    question = few.indicator(name).question
    survey, treated = few.tables.survey, few.design.treated
    own = survey["area"] == treated
    turned = survey.assign(**{question: survey[question].where(~own, survey[question].iloc[0])})
    other = dataclasses.replace(few, tables=dataclasses.replace(few.tables, survey=turned))
    assert parts(other) == parts(few)


def parts(study) -> str:
    report = open_report(study, "baseline")
    named = ("summary", "problems", "action_areas")
    return "".join(str(getattr(report, one)().html()) for one in named if one in SECTIONS)


def test_mentions_are_told_by_the_publication_alone(demo_study):
    told = publication(demo_study, "baseline").mentions()
    assert (told["mentions"].dropna() >= 5).all()
