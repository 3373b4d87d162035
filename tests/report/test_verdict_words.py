from itertools import product
from math import nan

import pytest

from tingbjerg_eval.report.blocks.verdicts import Verdicts
from tingbjerg_eval.report.words.sentences import LANGUAGES, Words
from tingbjerg_eval.report.words.verdicts import goal_text, observed_text, sentence, sentences

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
        ("2012K4", "2013"),
        KINDS,
    ):
        told = verdict(
            met=met, certain=certain, effect=effect, effect_scale=scale, good=good, by=by, kind=kind
        )
        assert all(sentences(told, words))
        assert sentence(told, words)


def test_not_decided_is_never_said_as_no_effect_or_not_met(verdict):
    said = " ".join(sentences(verdict(effect="cannot be shown"), DA))
    assert "Det kan ikke afgøres, om indsatsen har gjort en forskel." in said
    assert "ingen virkning" not in said
    assert "ikke nået" not in said


def test_more_crime_than_expected_is_said_as_plainly_as_less(verdict):
    fewer = list(sentences(verdict(), DA))
    more = list(sentences(verdict(effect="more", effect_value=1.4, met="no"), DA))
    assert any("færre end forventet. Det peger på, at indsatsen har virket." in s for s in fewer)
    assert any(
        "flere end forventet. Det peger på, at udviklingen er gået den forkerte vej." in s
        for s in more
    )


def test_where_higher_is_better_more_than_expected_is_good(verdict):
    told = verdict(effect="more", effect_scale="percentage points", effect_value=6.0, good="higher")
    assert any(
        "højere end forventet. Det peger på, at indsatsen har virket." in s
        for s in sentences(told, DA)
    )


def test_the_first_pages_sentence_keeps_the_answers_apart(verdict):
    assert sentence(verdict(), DA) == (
        f"Nået: målt −34,2{S}%, mål −20,0{S}%, og der er 38{S}% færre end forventet, "
        "så indsatsen ser ud til at have virket."
    )
    open_ = verdict(met="no", certain="no", observed=-12.0, effect="cannot be shown")
    assert sentence(open_, DA) == (
        f"Ikke nået, men på grænsen: målt −12,0{S}%, mål −20,0{S}%; "
        "det kan ikke afgøres, om indsatsen har gjort en forskel."
    )


def test_the_smallest_change_that_could_be_shown_stands_beside_an_open_answer(verdict):
    said = " ".join(sentences(verdict(effect="cannot be shown", smallest_shown=0.62), DA))
    assert f"Den mindste ændring, som kunne være vist her, er 38{S}% færre." in said


def test_a_quarterly_verdict_says_the_course_and_no_effect(verdict):
    told = verdict(course="not on course", effect="not asked", status="not-on-course")
    said = " ".join(sentences(told, DA))
    assert said.startswith("Udviklingen er ikke på vej mod målet.")
    assert "indsatsen har" not in said


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
        ("level", "2013", 15.0, f"15,0{S}%", f"højst 15,0{S}%"),
        ("level", "2012K4", 12.3, f"12,3 {PER}", f"højst 12,3 {PER}"),
        ("relative_change", "2012K4", -20.0, f"−20,0{S}%", f"−20,0{S}%"),
        ("point_change", "2013", -5.0, "−5,0 procentpoint", "−5,0 procentpoint"),
        ("yearly_change", "2013", -1.0, "−1,0 procentpoint om året", "−1,0 procentpoint om året"),
        ("delivered", "2012K4", 100.0, f"100{S}% af det lovede", f"mindst 100{S}% af det lovede"),
        ("not_worse", "2012K4", 0.0, f"0,0{S}%", "ikke dårligere"),
    ],
)
def test_figures_are_told_on_the_scale_of_the_targets_kind(
    verdict, kind, by, value, observed, goal
):
    told = verdict(kind=kind, by=by, goal=value, observed=value)
    assert observed_text(told, DA) == observed
    assert goal_text(told, DA) == goal


def test_the_first_page_holds_target_party_answers_and_money(verdict):
    block = Verdicts([verdict()], parties={"politi": "Københavns Politi"}, spent={"b": 2e6})
    html = block.html()
    for said in ("Københavns Politi", "Nået", "Færre end forventet", f"2{S}mio.{S}kr."):
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
        "met",
    ]
    assert "På vej?" in block.html()
