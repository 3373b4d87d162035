"""Looking around shows what a report may show, for whatever is chosen."""

import itertools

import pandas as pd
import pytest

import tingbjerg_eval as te
from tingbjerg_eval.exploring.chosen import area_counts
from tingbjerg_eval.exploring.controls import LiveExplorer
from tingbjerg_eval.exploring.explorer import PARTS, Explorer
from tingbjerg_eval.inputs.problems import InputRefused
from tingbjerg_eval.publication.publication import publication

SMALL = "robbery"
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def small(demo_study):
    """The counts of the rarest offence as they may be shown, and as they are."""
    seen = publication(demo_study, "end_of_period").view()
    return (
        area_counts(seen, SMALL, pooled="Together"),
        area_counts(demo_study, SMALL, pooled="Together"),
    )


@pytest.fixture(scope="module")
def opened(demo_study):
    return te.explore(demo_study)


@pytest.fixture
def look(opened, demo_study):
    """The study's usual choice."""
    return opened.choose(**vars(te.explore(demo_study).choice))


def test_a_program_gets_parts_that_stand_still(look):
    assert type(look) is Explorer
    assert WIDGET not in look.trend()._repr_mimebundle_()


@pytest.mark.parametrize("indicator", ["burglary", SMALL, "unsafe_evening"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_shows_something_for_every_kind_of_indicator(look, part, indicator):
    block = getattr(look.choose(indicator=indicator), part)()
    assert block.text()
    assert str(block.html())


def test_what_is_shown_are_the_true_sums_of_the_released_times(small):
    shown, true = small
    both = shown.frame.merge(true.frame, on=["area", "quarter"], suffixes=("", "_true"))
    told = both.dropna(subset="value")
    sums = told.groupby("area")[["value", "value_true"]].sum()
    assert sums["value"].to_numpy() == pytest.approx(sums["value_true"].to_numpy())
    assert (told["value"] != told["value_true"]).any()


def test_no_quarter_of_another_area_is_told(small, demo_study):
    shown, _ = small
    area = demo_study.design.comparison[0]
    own = shown.frame[(shown.frame["area"] == area) & (shown.frame["quarter"] < "2009")]
    assert own["value"].nunique() == 1


def test_a_year_is_shown_where_its_quarters_are_not(small, demo_study):
    shown, _ = small
    area = demo_study.design.treated
    assert shown.shows(area, ("2009K1", "2009K4"))
    assert not shown.shows(area, ("2009K1", "2009K1"))


def test_a_change_over_hidden_quarters_is_withheld(look):
    look.choose(indicator=SMALL)
    lasts = [f"2010K{part}" for part in (1, 2, 3)]
    firsts = [f"2009K{part}" for part in (2, 3, 4)]
    said = {
        look.choose(first=first, last=last).effect().text()
        for first, last in itertools.product(firsts, lasts)
    }
    assert said == {look.words("explore.withheld")}


def test_the_studys_own_windows_give_the_reports_own_answer(look, demo_study):
    told = look.effect().text()
    estimate = te.difference_in_differences(demo_study.panel("burglary"), demo_study.design)
    assert te.show(estimate).parts[1].cells[0][1].text in told


def test_small_counts_are_shown_only_when_asked_for_and_under_a_banner(demo_study):
    inside = te.explore(demo_study, indicator=SMALL, protected=False)
    banner = inside.words("explore.unprotected")
    counts = inside.counts()
    assert "skjult" not in counts.parts[1].text()
    for part in PARTS:
        assert getattr(inside, part)().text().startswith(banner)
    assert inside.controls().text().startswith(banner)
    assert inside.key_figures().text().startswith(banner)


def test_a_comparison_area_may_be_looked_at_as_if_it_were_the_treated_one(look):
    look.choose(area="Bispeparken")
    assert look.design.treated == "Bispeparken"
    assert "Bispeparken" not in look.design.comparison
    assert "Bispeparken" in look.trend().alt


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("indicator", "no-such"), ("area", "Nowhere"), ("first", "2010K1"), ("last", "2009K4"),
        ("comparison", ("Nowhere",)), ("comparison", ()),
    ],
)  # fmt: skip
def test_a_choice_that_is_not_there_is_refused_with_what_there_is(look, field, value):
    before = look.choice
    with pytest.raises(InputRefused, match="wanted one of") as refused:
        look.choose(**{field: value})
    assert refused.value.problems[0].column == field
    assert look.choice == before


def test_few_comparison_areas_are_said_not_estimated(look, demo_study):
    look.choose(comparison=demo_study.design.comparison[:3])
    assert look.effect().text() == look.words("refused.few-comparison-areas")


def test_the_line_for_a_report_shows_the_same_again(demo_study, look):
    look.choose(indicator="violence", last="2011K4", comparison=demo_study.design.comparison[:7])
    line = look.code("trend")
    again = eval(line, {"te": te, "study": demo_study, "data": ""})
    assert again.text() == look.trend().text()


def test_an_unknown_part_is_named(look):
    with pytest.raises(AttributeError, match=r"It has: .*trend, words"):
        look.nothing()
    with pytest.raises(ValueError, match="no part 'nothing'"):
        look.code("nothing")
    assert set(PARTS) <= set(dir(look))


@pytest.fixture
def live(demo_study):
    return te.explore(demo_study, controls=True)


def test_a_person_gets_controls_and_parts_that_follow_them(live):
    assert isinstance(live, LiveExplorer)
    bundle = live.trend()._repr_mimebundle_()
    assert WIDGET in bundle
    before = live.trend().widget.value
    live.controls().inputs["indicator"].value = "vandalism"
    assert live.trend().widget.value != before
    assert str(live.trend().block.html()) in live.trend().widget.value
    assert "hærværk" in live.controls().said.value


def test_every_part_brings_its_still_picture_for_front_ends_without_widgets(live):
    for part in PARTS:
        bundle = getattr(live, part)()._repr_mimebundle_()
        assert bundle["text/html"]
        assert bundle["text/plain"]


def test_choosing_by_code_moves_the_controls(live):
    controls = live.controls()
    live.choose(area="Folehaven", indicator="violence")
    assert controls.inputs["area"].value == "Folehaven"
    assert controls.inputs["indicator"].value == "violence"


def test_an_area_left_for_another_is_compared_with_again(live, demo_study):
    inputs = live.controls().inputs
    inputs["area"].value = "Folehaven"
    assert "Folehaven" not in live.choice.comparison
    inputs["area"].value = demo_study.design.treated
    assert live.choice.comparison == demo_study.design.comparison


def test_a_mistaken_choice_is_said_and_the_last_one_stays(live):
    before = live.choice
    live.controls().inputs["comparison"].value = ()
    assert "explore, comparison" in live.controls().said.value
    assert live.choice == before


def test_a_table_is_interactive_and_its_cells_are_text(live):
    table = live.counts()
    table._repr_mimebundle_()
    shown = table.widget.df
    assert list(shown.columns) == ["Område", "Kvartal", "Anmeldelser", "Pr. 1.000 beboere"]
    assert isinstance(shown, pd.DataFrame)
    live.choose(indicator="unsafe_evening")
    assert list(table.widget.df.columns) == ["Område", "År", "Andel", "Svar"]


def test_a_table_never_makes_markup_of_a_value():
    from itables.widget import ITable

    from tingbjerg_eval.exploring.controls import _fill
    from tingbjerg_eval.presentation.blocks.tables import Table

    block = Table(pd.DataFrame({"area": ["<script>alert(1)</script>"]}), "<b>x</b>")
    widget = ITable()
    _fill(widget, block)
    assert "<script>" not in str(widget._dt_args)


def test_a_sentence_is_shown_where_a_table_stood():
    from itables.widget import ITable

    from tingbjerg_eval.exploring.controls import _fill
    from tingbjerg_eval.presentation.blocks.display import Prose

    widget = ITable()
    _fill(widget, Prose("No consultation was held."))
    assert widget.df.to_numpy().tolist() == [["No consultation was held."]]
