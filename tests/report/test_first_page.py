"""The first page answers: at most six points, each under 25 words, true to the verdicts."""

import math
import random
import re
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest

import tingbjerg_eval as te
from tingbjerg_eval.presentation.figures import strips
from tingbjerg_eval.presentation.words.sentences import Words
from tingbjerg_eval.report.sections import (
    answer,
    answer_rows,
    measurable,
    news,
    recommendation,
)
from tingbjerg_eval.report.sections.course import Course, Quarter
from tingbjerg_eval.report.sections.first_page import FirstPage, MainTarget, millions
from tingbjerg_eval.targets.answers import behind_line, surely_on_side
from tingbjerg_eval.targets.expected import change_of
from tingbjerg_eval.targets.measurability import one_wave_bound

NAMES = (
    "Indbrud i beboelse", "Vold og trusler", "SSP-sager", "Tyveri fra biler og af cykler",
    "Utrygge om aftenen og natten", "Hærværk og brandstiftelse", "Uro i opgangene",
    "Brande", "Røveri mod personer på offentlig vej", "Trusler i det offentlige rum",
)  # fmt: skip


MONEY = {}
"""The demo's money and deliveries, worked out once."""


@pytest.fixture(scope="module")
def report(demo_study):
    return te.open_report(demo_study, "end_of_period")


@pytest.fixture(scope="module")
def main_targets(report):
    page = FirstPage(report)
    MONEY.update(money=page.money, measures=page.measures)
    return page.targets


class Drawn(FirstPage):
    """A first page with the targets of a random study."""

    @property
    def words(self) -> Words:
        return self.__dict__["spoken"]


def drawn_page(report, real, language: str, seed: int) -> Drawn:
    draw = random.Random(seed)
    page = Drawn(report)
    page.__dict__.update(spoken=Words(language), **MONEY)
    page.__dict__["targets"] = tuple(
        random_target(draw, draw.choice(real), name)
        for name in draw.sample(NAMES, draw.randint(1, len(NAMES)))
    )
    return page


def random_target(draw: random.Random, real: MainTarget, name: str) -> MainTarget:
    met = draw.choice(("yes", "no", "no data"))
    effect = draw.choice(("fewer", "more", "cannot be shown"))
    size = draw.uniform(0.2, 0.9) if effect == "fewer" else draw.uniform(1.1, 3.0)
    points = not real.counts
    value = (size - 1) * 20 if points else size
    figures = {"baseline": 20.0, "latest": draw.choice((20.0, 13.0, 31.0, math.nan))}
    if real.counts:
        beside = draw.choice(("not asked", "cannot be shown", "more", "fewer"))
        ends = {"value": 1.2, "lower": 1.1, "upper": 1.5}
        figures |= {"neighbours": beside} | {f"neighbours_{key}": x for key, x in ends.items()}
    verdict = replace(
        real.verdict, met=met, certain="none" if met == "no data" else draw.choice(("yes", "no")),
        effect=effect, effect_value=value, effect_lower=value - 0.1, effect_upper=value + 0.1,
        **figures,
    )  # fmt: skip
    return replace(real, verdict=verdict, name=name)


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_point_is_under_25_words_and_counts_in_right_number(report, main_targets, language):
    for seed in range(300):
        page = drawn_page(report, main_targets, language, seed)
        made = answer.points(page)
        assert 1 <= len(made) <= answer.MOST_POINTS
        for point in made:
            assert len(point.split()) < 25, point
            assert point[0].isupper() or not point[0].isalpha(), point
            assert point.endswith("."), point
            assert not re.search(r"\b1 hovedmål|\bfor 0 |\b1 targets|  |None$|\bnan\b", point), (
                point
            )


def test_the_points_say_what_the_verdicts_say(report, main_targets):
    for seed in range(60):
        page = drawn_page(report, main_targets, "da", seed)
        said = " ".join(answer.points(page))
        decided = [t for t in page.targets if t.decided]
        met = [t for t in decided if t.verdict.met == "yes"]
        if met:
            counted, of = (page.words.counted(len(one)) for one in (met, decided))
            every = {1: "Det ene", 2: "Begge"}.get(len(met), f"Alle {of}")
            some = page.words.capital(f"{counted} af {of}")
            assert f"{every if met == decided else some} hovedmål er nået" in said
        assert ("bedre end ventet" in said or "end ventet uden indsatsen (" in said
                or not any(t.verdict.better == "better" for t in page.targets))  # fmt: skip


def test_that_nothing_moved_is_said_only_where_it_was_asked_and_not_seen(report, main_targets):
    for seed in range(200):
        page = drawn_page(report, main_targets, "da", seed)
        seen = {t.verdict.neighbours for t in page.targets if t.verdict.better == "better"}
        still = page.words("point.not_moved") in answer.points(page)
        assert not still or (seen & {"cannot be shown"} and not seen & {"fewer", "more"})
        assert bool(page.moved) == any(
            t.verdict.neighbours == "more" and t.verdict.good == "lower"
            and t.verdict.better != "worse" for t in page.targets
        )  # fmt: skip


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(850_000, 900_000, ("0,85", "0,90")), (900_000, 900_000, ("0,9", "0,9")),
     (5_996_000, 6_000_000, ("5,996", "6,000"))],
)  # fmt: skip
def test_two_amounts_can_be_told_apart(part, whole, said):
    assert millions(Words("da"), part, whole) == said


def test_the_demo_is_answered_in_six_points(report):
    made = answer.points(FirstPage(report))
    assert len(made) == 6
    assert made[0].startswith("Tre af syv hovedmål er nået: vold og trusler")
    assert "35 procent" in made[1]
    assert "fsb leverede 173 af 240 aftalte opgange" in made[5]


def test_expected_is_the_change_without_the_effect(report):
    """Burglary fell from 20 to 13 a year (-35 %), a ratio of 0.66 of what was expected: without
    the effort 13 / 0.66 = 19.7, which is 1.5 % below 20."""
    target = next(t for t in FirstPage(report).targets if t.counts)
    verdict = replace(target.verdict, baseline=20.0, latest=13.0, effect_scale="rate ratio",
                      effect_value=0.66, effect_lower=0.5, effect_upper=0.8)  # fmt: skip
    change = change_of(verdict, counts=True)
    assert change.value == pytest.approx(-35.0)
    assert change.expected == pytest.approx(-1.515, abs=0.001)
    assert (change.lower, change.upper) == pytest.approx((-18.75, 30.0))


def test_a_hidden_or_missing_figure_is_not_drawn_and_no_row_is_dropped(report):
    page = FirstPage(report)
    target = page.targets[0]
    hidden = replace(target, verdict=replace(target.verdict, latest=math.nan, baseline=math.nan,
                                             reason="hidden-count"))  # fmt: skip
    page.__dict__["targets"] = (hidden, *page.targets[1:])
    rows = next(iter(answer_rows.target_rows(page))).rows
    assert rows[0].figures == "skjult"
    assert "circle" not in rows[0].svg
    assert len(rows) == 4


def test_a_drawing_says_no_more_than_its_row(report):
    page = FirstPage(report)
    for target in page.targets:
        shown = answer_rows.strip_of(page, target)
        for value in (shown.value, shown.expected, shown.lower, shown.upper, shown.neighbours):
            if math.isfinite(value):
                assert value == pytest.approx(round(value, 0 if target.counts else 1), abs=1e-9)


def test_a_value_beyond_the_axis_ends_in_an_arrow():
    inside, beyond = strips.Strip(value=-30.0), strips.Strip(value=300.0)
    assert strips.strip(inside, 60).count("<circle") == 2
    assert strips.strip(beyond, 200).count("<circle") == 1


def test_the_recommendation_takes_its_figures_from_the_evaluation(report):
    said = recommendation.filled(
        "at {indbrud-40.name} ændrede sig fra {indbrud-40.before} til {indbrud-40.after}", report
    )
    assert said == "at indbrud i beboelse ændrede sig fra 24,3 til 15,8"
    assert "1,4" in recommendation.filled("{money.left}", report)


def test_a_proposal_is_formed_where_no_recommendation_is_written(report):
    study = replace(report.study, written=report.study.written.model_copy(
        update={"recommendation": []}))  # fmt: skip
    study.memo.take(report.study.memo.answers())
    text = recommendation.recommendation(te.open_report(study, "end_of_period")).text()
    assert "tre af syv hovedmål er nået, og at udviklingen er bedre end ventet for indbrud" in text
    assert "tyveri fra biler og af cykler (SAB/KAB)" in text
    assert "Forslag dannet af resultaterne" in text


def test_an_unknown_field_is_refused_with_the_nearest(tmp_path):
    import shutil

    shutil.copytree("parameters", tmp_path / "p", ignore=shutil.ignore_patterns("examples"))
    strategy = tmp_path / "p" / "strategy.yaml"
    text = strategy.read_text("utf-8").replace("{indbrud-40.effect}", "{indbrud-40.efect}")
    strategy.write_text(text, "utf-8")
    with pytest.raises(te.InputRefused, match=r"indbrud-40\.effect"):
        te.open_study(tmp_path / "p")


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_quarters_points_are_short_for_every_quarter_and_course(report, language):
    study = report.study.whole
    draw = random.Random(1)
    states = ("on course", "not on course", "too early", "no data")
    for quarter in ("2010K1", "2010K4", "2011K2", "2012K4"):
        told = Quarter(te.open_report(study, "quarterly", quarter=quarter))
        object.__setattr__(told.report, "words", Words(language))
        real = told.courses
        for _ in range(75):
            told.__dict__["courses"] = tuple(
                Course(
                    replace(one.target, name=draw.choice(NAMES),
                            verdict=replace(one.target.verdict, course=draw.choice(states))),
                    one.before and replace(one.before, verdict=replace(
                        one.before.verdict, course=draw.choice(states))),
                ) for one in real
            )  # fmt: skip
            made = news.news_points(told)
            assert 1 <= len(made) <= answer.MOST_POINTS
            for point in made:
                assert len(point.split()) < 25, point
                assert point.endswith("."), point
                assert not re.search(r"\b1 hovedmål|\bfor 0 |  |None$|\bnan\b", point), point


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_baselines_points_are_short(report, language):
    baseline = te.open_report(report.study.whole, "baseline")
    object.__setattr__(baseline, "words", Words(language))
    made = list(measurable.outset_points(baseline))
    assert 4 <= len(made) <= answer.MOST_POINTS
    for point in made:
        assert len(point.split()) < 25, point


def test_the_line_of_a_target_is_where_its_share_of_the_way_is(demo_study):
    """Half-way a goal of -40 asks for -20: -18 is behind, and so surely where its limits are."""
    study = te.open_report(demo_study, "quarterly", quarter="2011K2")
    result = next(one for one in study.results if one.name == "indbrud-40")
    line = partial(behind_line, result.target, good="lower")
    observed = replace(result.observed, progress=0.5, value=-18.0, lower=-19.0, upper=-10.0)
    assert line(observed, -18.0) == pytest.approx(2.0)
    assert line(observed, -22.0) < 0
    assert surely_on_side(result.target, observed, good="lower")
    assert not surely_on_side(result.target, replace(observed, lower=-21.0), good="lower")


def test_one_wave_bounds_what_a_share_can_show():
    """Two waves of 240 with a share of 40 %: s.e. 3.16, sqrt(2) x 2.80 x 3.16 = 12.5 points."""
    bound = one_wave_bound(0.4 * 0.6 / 240, 240, -6.26)
    assert bound.smallest == pytest.approx(12.53, abs=0.01)
    assert bound.needed == pytest.approx(4 * 240, rel=0.01)
    assert one_wave_bound(0.001, 240, -5.0, primary=7).smallest > bound.smallest


@pytest.mark.parametrize(
    ("answer", "key"), [("no", "prospect.unattainable"), ("cannot be known", "prospect.unknown")]
)
def test_a_fall_that_cannot_be_shown_is_not_called_incalculable(answer, key):
    found = SimpleNamespace(smallest=math.nan, found=SimpleNamespace(measurable=answer))
    assert measurable._smallest(found, Words("da")) == Words("da")(key)
