from dataclasses import replace
from itertools import product
from math import inf, nan

import pytest

from tingbjerg_eval.presentation.blocks.verdicts import Verdicts
from tingbjerg_eval.presentation.words.sentences import LANGUAGES, Words
from tingbjerg_eval.presentation.words.verdicts import goal_text, observed_text, sentences

DA = Words("da")
S = "\N{NO-BREAK SPACE}"
PER = "pr. 1.000 beboere om året"
KINDS = (
    "level",
    "relative_change",
    "point_change",
    "yearly_change",
    "gap_to",
    "not_worse",
    "delivered",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_combination_of_answers_can_be_said(verdict, language):
    words = Words(language)
    for met, certain, effect, scale, good, by, kind in product(
        ("yes", "no", "no data"),
        ("yes", "no", "none"),
        ("fewer", "more", "cannot be shown", "not asked"),
        ("rate ratio", "percentage points", ""),
        ("lower", "higher"),
        ("2012K4", 2013),
        KINDS,
    ):
        told = verdict(
            met=met, certain=certain, effect=effect, effect_scale=scale, good=good, by=by, kind=kind
        )
        assert all(sentences(told, words))


def test_not_decided_is_never_said_as_no_effect_or_not_met(verdict):
    said = " ".join(sentences(verdict(effect="cannot be shown"), DA))
    assert "ingen virkning" not in said
    assert "ikke nået" not in said


def test_more_crime_than_expected_is_said_as_plainly_as_less(verdict):
    fewer = list(sentences(verdict(), DA))
    more = list(sentences(verdict(effect="more", effect_value=1.4, met="no"), DA))
    assert any("Det taler for, at indsatsen har virket." in s for s in fewer)
    assert any("flere end ventet" in s and "Tallene viser ikke hvorfor." in s for s in more)


def test_where_higher_is_better_more_than_expected_is_good(verdict):
    told = verdict(effect="more", effect_scale="percentage points", effect_value=6.0, good="higher")
    assert any("højere end ventet" in s and "har virket" in s for s in sentences(told, DA))


def test_missing_data_say_their_reason(verdict):
    told = verdict(
        met="no data", certain="none", effect="not asked", observed=nan, reason="delivery-missing"
    )
    assert " ".join(sentences(told, DA)).endswith(
        "Parterne har ikke indberettet, hvad de har leveret."
    )


@pytest.mark.parametrize(
    ("kind", "by", "value", "observed", "goal"),
    [
        ("level", 2013, 15.0, f"15,0{S}%", f"højst 15{S}%"),
        ("level", "2012K4", 12.3, f"12,3 {PER}", f"højst 12,3 {PER}"),
        ("relative_change", "2012K4", -20.0, f"20,0{S}% færre", f"20{S}% færre"),
        ("point_change", 2013, -5.0, "5,0 procentpoint lavere", "5 procentpoint lavere"),
        (
            "yearly_change",
            2013,
            -1.0,
            "1,0 procentpoint lavere om året",
            "1 procentpoint lavere om året",
        ),
        (
            "delivered",
            "2012K4",
            100.0,
            f"100{S}% af den aftalte mængde",
            "hele den aftalte mængde",
        ),
        ("not_worse", "2012K4", 0.0, "uændret", "ikke flere end før"),
    ],
)
def test_figures_are_told_on_the_scale_of_the_targets_kind(
    verdict, kind, by, value, observed, goal
):
    told = verdict(kind=kind, by=by, goal=value, observed=value)
    assert observed_text(told, DA) == observed
    assert goal_text(told, DA) == goal


def test_quarters_kept_and_amount_delivered_have_two_names(verdict):
    amount = verdict(kind="delivered", goal=100.0, observed=99.0, met="no")
    kept = replace(amount, observed=90.0, of_quarters=True)
    for words, names in ((DA, ("af den aftalte mængde", "af kvartalerne")),
                         (Words("en"), ("of the agreed amount", "of the quarters"))):  # fmt: skip
        for one, name in zip((amount, kept), names, strict=True):
            assert observed_text(one, words).endswith(name)
            assert goal_text(replace(one, goal=90.0), words).endswith(name)


def test_one_point_is_no_points(verdict):
    told = verdict(kind="yearly_change", by=2013, goal=-1.0, observed=-2.0)
    assert goal_text(told, Words("en")) == "1 percentage point lower a year"


def test_a_shown_effect_says_what_it_rests_on(verdict):
    said = " ".join(sentences(verdict(), DA))
    assert "ikke af sig selv svinger mere end i sammenligningsområderne" in said
    said = " ".join(sentences(verdict(restless=2.14), DA))
    assert "2,1 gange så uroligt" in said
    assert "ikke af sig selv" not in said


def test_the_table_holds_target_party_and_answers(verdict):
    block = Verdicts([verdict()], parties={"politi": "Københavns Politi"})
    html = block.html()
    for said in ("Københavns Politi", "Nået", "Færre end ventet"):
        assert said in html


def test_a_colour_never_stands_alone(verdict):
    html = Verdicts([verdict(), verdict(met="no", effect="more")]).html()
    assert html.count('class="mark') == html.count('<span aria-hidden="true">') == 4
    assert "✓</span> Nået" in html
    assert "×</span> Ikke nået" in html


def test_a_provisional_table_asks_for_the_course_only(verdict):
    block = Verdicts([verdict(course="on course", effect="not asked")])
    assert [column["key"] for column in block.tables()[0]["columns"]] == [
        "target",
        "responsible",
        "observed",
        "goal",
        "met",
    ]
    assert "I forhold til planen" in block.html()


@pytest.mark.parametrize(
    ("kind", "by", "good", "goal", "value", "observed", "wanted"),
    [
        ("delivered", "2012K4", "higher", 100.0, 99.6, f"99,6{S}% af den aftalte mængde",
         "hele den aftalte mængde"),
        ("delivered", "2012K4", "higher", 99.5, 99.2, f"99{S}% af den aftalte mængde",
         f"mindst 99,5{S}% af den aftalte mængde"),
        ("level", 2013, "lower", 15.0, 15.04, f"15,04{S}%", f"højst 15{S}%"),
        ("relative_change", "2012K4", "lower", -20.0, -19.96, f"19,96{S}% færre", f"20{S}% færre"),
        ("not_worse", "2012K4", "lower", 0.0, 0.04, f"0,04{S}% flere", "ikke flere end før"),
        ("level", 2013, "lower", 14.97, 14.96, f"14,96{S}%", f"højst 14,97{S}%"),
    ],
)  # fmt: skip
def test_no_rounding_contradicts_the_answer_and_the_goal_is_as_written(
    verdict, kind, by, good, goal, value, observed, wanted
):
    met = "yes" if kind == "level" and value < goal else "no"
    told = verdict(kind=kind, by=by, good=good, goal=goal, observed=value, met=met)
    assert (observed_text(told, DA), goal_text(told, DA)) == (observed, wanted)


def test_a_missing_figure_has_its_own_reason(verdict):
    told = verdict(met="no data", certain="none", effect="not asked", observed=nan,
                   reason="delivery-missing", missing=("2015K2",))  # fmt: skip
    assert "Der mangler indberetning for 2. kvartal 2015." in " ".join(sentences(told, DA))
    refused = verdict(met="no data", certain="none", effect="not asked", observed=nan,
                      reason="break")  # fmt: skip
    said = " ".join(sentences(refused, DA))
    assert "opgjort på en anden måde" in said
    assert "få anmeldelser" not in said


def test_more_next_door_qualifies_the_first_page(verdict):
    told = verdict(neighbours="more", neighbours_value=1.21, neighbours_lower=1.04,
                   neighbours_upper=1.41)  # fmt: skip
    said = " ".join(sentences(told, DA))
    assert f"I naboområderne er der samtidig 21{S}% flere end ventet" in said
    assert "men flere hos naboerne" in Verdicts([told]).html()
    same = verdict(neighbours="cannot be shown", neighbours_value=1.1)
    assert "nabo" not in " ".join(sentences(same, DA))


def test_a_rise_from_nothing_is_told_in_words(verdict):
    told = verdict(kind="not_worse", goal=0.0, observed=inf, met="no", effect="not asked")
    assert observed_text(told, DA) == "fra ingen anmeldelser til flere"


def test_what_signs_and_figures_say_is_not_said_again(verdict):
    told = verdict(course="not on course", effect="not asked", status="not-on-course")
    assert list(sentences(told, DA)) == []
    assert list(sentences(verdict(effect="cannot be shown"), DA)) == []
