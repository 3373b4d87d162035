"""The attacker over answers and mentions finds a protection that was broken, and nothing else."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from tingbjerg_eval.publication import answers
from tingbjerg_eval.publication.publication import publication
from tingbjerg_eval.release.attack import answer_search

AREA, WAVE = "Tingbjerg", 2009
THEMES = ("Indbrud", "Tyveri")


@pytest.fixture(scope="module")
def few(demo_study):
    """The demo of two waves and three areas: three of the treated area's answers count."""
    tables, question = demo_study.tables, demo_study.indicator("worried_gangs").question
    areas = {AREA, demo_study.design.comparison[0]}
    inside = tables.survey["area"].isin(areas) & (tables.survey["wave"] == WAVE)
    survey = tables.survey[inside].groupby("area").head(40).copy()
    here = survey.index[(survey["area"] == AREA) & (survey["wave"] == WAVE)]
    survey.loc[here, question] = "nej"
    survey.loc[here[:3], question] = "ja"
    heard = tables.consultation[tables.consultation["theme"].isin(THEMES)]
    heard = heard[heard["area"] == AREA].groupby("theme").head(2).assign(mentions=2)
    asked = demo_study.settings.indicators
    kept = {**demo_study.settings.indicators_of("count"),
            **{name: asked[name] for name in ("worried_gangs", "unsafe_evening")}}  # fmt: skip
    return dataclasses.replace(
        demo_study, settings=demo_study.settings.model_copy(update={"indicators": kept}),
        tables=dataclasses.replace(tables, survey=survey, consultation=heard),
    )  # fmt: skip


def found(study) -> list[str]:
    """What is found in a study of which nothing was worked out before."""
    study = dataclasses.replace(study)
    return [
        ", ".join((of.table, *one.place)) for of, one in answer_search(study, "baseline").narrow()
    ]


def test_hidden_answers_and_mentions_keep_five_values(few):
    tried = answer_search(few, "baseline")
    assert not list(tried.narrow())
    assert {AREA, *THEMES} <= {
        one for block in tried.blocks for one in (block.table, block.hidden[0].place[0])
    }


def test_a_share_of_three_persons_that_is_told_is_found(few, monkeypatch):
    monkeypatch.setattr(
        answers, "_few_gave", lambda shares, *_: pd.Series(False, index=shares.index)
    )
    assert f"answers to bekymret_unge, {AREA}, {WAVE}" in found(few)


def test_a_share_reckoned_with_the_true_number_is_found(few, monkeypatch):
    monkeypatch.setattr(answers, "reckoned_shares", lambda shares, *_, **__: shares)
    assert f"answers to bekymret_unge, {AREA}, {WAVE}" in found(few)


@pytest.fixture(scope="module")
def nested(few):
    """40 answered; 20 were unsafe or very unsafe, and 17 very unsafe: 3 were unsafe."""
    survey, asked = few.tables.survey.copy(), few.indicator("unsafe_evening")
    here = survey.index[survey["area"] == AREA]
    safe = ["tryg"] * (len(here) - 20)
    survey.loc[here, asked.question] = ["utryg"] * 3 + ["meget utryg"] * 17 + safe
    worst = asked.model_copy(update={"answers": ["meget utryg"]})
    kept = {**few.settings.indicators_of("count"), "unsafe_evening": asked, "worst_evening": worst}
    return dataclasses.replace(
        few, settings=few.settings.model_copy(update={"indicators": kept}),
        tables=dataclasses.replace(few.tables, survey=survey, consultation=None),
    )  # fmt: skip


def test_of_two_indicators_on_one_question_the_second_is_not_told_where_few_lie_between(nested):
    shown = publication(nested, "baseline")
    told = [shown.shown_shares(name).set_index("area")["status"][AREA]
            for name in ("unsafe_evening", "worst_evening")]  # fmt: skip
    assert told == ["shown", "hidden"]
    assert AREA not in set(shown.shares("worst_evening")["area"])
    assert found(nested) == []


def test_what_two_indicators_on_one_question_give_by_subtraction_is_found(nested, monkeypatch):
    monkeypatch.setattr(answers, "told_apart", lambda _, __, counted, **___: dict.fromkeys(
        counted, frozenset()
    ))  # fmt: skip
    assert f"answers to tryg_aften, {AREA}, {WAVE}" in found(nested)


def test_mentions_told_one_by_one_are_found(few, monkeypatch):
    told = answers.told_mentions

    def one_by_one(heard, **options):
        return told(heard, **options | {"threshold": 1})

    monkeypatch.setattr(answers, "told_mentions", one_by_one)
    assert {where.split(", ")[0] for where in found(few)} == set(THEMES)
