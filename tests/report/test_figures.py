import pickle
import re
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure as PlainFigure

from tingbjerg_eval.presentation import figures
from tingbjerg_eval.presentation.blocks.pictures import Figure
from tingbjerg_eval.presentation.figures import style
from tingbjerg_eval.presentation.figures.estimates import ratio_ticks
from tingbjerg_eval.presentation.figures.marks import names_width, spread, wrapped
from tingbjerg_eval.presentation.figures.series import comparison_mean, count_interval, series
from tingbjerg_eval.presentation.words import sentences as wording
from tingbjerg_eval.stats.changes import area_changes
from tingbjerg_eval.stats.placebos import placebo_areas


def svg_of(figure):
    return Figure(figure, alt="A figure").svg


@pytest.fixture
def every(panel, small_panel, shares, design, survey_design, estimate):
    """Every kind of figure, drawn on axes that are given."""
    return {
        "trend": lambda ax=None: figures.trend(panel, design, goal=4.0, ax=ax),
        "hidden": lambda ax=None: figures.trend(small_panel, design, ax=ax),
        "index": lambda ax=None: figures.trend(panel, design, measure="index", ax=ax),
        "count": lambda ax=None: figures.trend(panel, design, measure="count", ax=ax),
        "shares": lambda ax=None: figures.shares_by_wave(shares, survey_design, ax=ax),
        "placebo": lambda ax=None: figures.placebo(placebo_areas(panel, design), design, ax=ax),
        "changes": lambda ax=None: figures.changes(area_changes(panel, design), design, ax=ax),
        "intervals": lambda ax=None: figures.intervals(
            [estimate(0.6, 0.4, 0.9)], ["Indbrud"], ax=ax
        ),
        "points": lambda ax=None: figures.intervals(
            [estimate(-4.0, -9.0, 1.0, "percentage points")], ["Utryghed"], ax=ax
        ),
    }


def test_every_figure_draws_on_the_axes_it_is_given_and_returns_them(every):
    for name, draw in every.items():
        ax = PlainFigure().subplots()
        assert draw(ax) is ax, name


def test_every_figure_shows_itself_with_its_alternative_text(every):
    for name, draw in every.items():
        bundle = draw()._repr_mimebundle_()
        alt = re.search(r'alt="([^"]+)"', bundle["text/html"])[1]
        assert len(alt) > 40, name
        assert alt.replace("&#34;", '"') in bundle["text/plain"], name


def test_a_figure_sent_to_another_process_shows_the_same_there(every):
    for name, draw in every.items():
        figure = Figure(draw())
        sent = pickle.loads(pickle.dumps(figure))
        assert not hasattr(sent, "figure")  # what was drawn, not what drew it
        assert (sent.html(), sent.text()) == (figure.html(), figure.text()), name


def test_every_figure_is_the_same_bytes_twice(every):
    for name, draw in every.items():
        assert svg_of(draw().figure) == svg_of(draw().figure), name


def test_a_figure_carries_no_date_program_or_comment(every):
    for draw in every.values():
        drawn = svg_of(draw().figure)
        assert not re.search(r"<!--|<metadata|matplotlib v|\d{4}-\d\d-\d\dT", drawn)


def test_no_figure_changes_the_callers_frame(panel, shares, design, survey_design):
    for frame, draw in (
        (panel, lambda f: figures.trend(f, design, measure="index")),
        (panel, lambda f: figures.small_multiples(f, design)),
        (shares, lambda f: figures.shares_by_wave(f, survey_design)),
    ):
        before = frame.copy(deep=True)
        draw(frame)
        pd.testing.assert_frame_equal(frame, before)


def test_a_figure_leaves_the_machines_settings_alone(panel, design):
    import matplotlib

    before = dict(matplotlib.rcParams)
    figures.trend(panel, design)._repr_mimebundle_()
    assert dict(matplotlib.rcParams) == before


def test_the_machines_settings_leave_a_figure_alone(panel, design):
    import matplotlib

    plain = svg_of(figures.trend(panel, design).figure)
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 30, "svg.fonttype": "path"}):
        assert svg_of(figures.trend(panel, design).figure) == plain


def test_a_small_count_is_hidden_and_breaks_the_line(small_panel, design):
    own = series(small_panel, design).of("Tingbjerg")
    counts = small_panel.query("area == 'Tingbjerg'").sort_values("quarter")["count"].to_numpy()
    small = counts < 5
    assert small.any()
    assert own["hidden"].to_numpy()[small].all()
    assert own.loc[own["hidden"], ["value", "lower", "upper"]].isna().all(axis=None)


def test_nothing_drawn_tells_two_hidden_counts_apart(small_panel, design):
    """Changing a hidden count into another small one changes not one byte."""
    hidden = (small_panel["count"] < 5) & (small_panel["area"] == "Tingbjerg")
    other = small_panel.copy()
    other.loc[hidden, "count"] = (other.loc[hidden, "count"] + 2) % 5
    assert not other.equals(small_panel)
    drawn = [figures.trend(frame, design) for frame in (small_panel, other)]
    assert svg_of(drawn[0].figure) == svg_of(drawn[1].figure)
    assert Figure(drawn[0]).html() == Figure(drawn[1]).html()


def test_hidden_marks_are_hatched_and_of_one_height(small_panel, design):
    ax = figures.trend(small_panel, design)
    heights = {bar.get_height() for bar in ax.patches if bar.get_hatch()}
    assert heights == {style.HIDDEN_HEIGHT}
    assert wording.current()("hidden.marker") in Figure(ax).text()


def test_a_protected_table_is_drawn_as_it_is(panel, design):
    from tingbjerg_eval.disclosure.tables import protect

    frame = protect(panel, dims=("area", "quarter"))
    rates = frame["value"].astype("Float64") * 1000 / panel["population"].to_numpy()
    frame = frame.assign(rate=rates.round(1))
    exact, rounded = series(panel, design), series(frame, design)
    np.testing.assert_allclose(rounded.points["value"], exact.points["value"].round(1), rtol=1e-9)


def test_the_mean_of_the_comparison_areas_is_not_made_from_part_of_them(panel, design):
    frame = panel.rename(columns={"count": "value"}).assign(status="shown")
    gap = (frame["area"] == "Folehaven") & (frame["quarter"] == "2010K1")
    frame["value"] = frame["value"].astype("Int64").mask(gap)
    frame["status"] = frame["status"].mask(gap, "hidden-secondary")
    mean = comparison_mean(series(frame, design), design)
    assert mean.loc[mean["time"] == "2010K1", "value"].isna().all()
    assert mean["value"].isna().sum() == 1


def test_the_alternative_text_says_what_is_drawn(panel, design):
    ax = figures.trend(panel, design, goal=4.0, title="Indbrud")
    own = series(panel, design).of("Tingbjerg")
    words = wording.current()
    alt = Figure(ax).alt
    for value in (own["value"].iloc[0], own["value"].iloc[-1], 4.0):
        assert words.number(value, decimals=1) in alt
    assert "1. kvartal 2008" in alt
    assert "4. kvartal 2012" in alt


def test_figures_speak_the_language_they_are_given(panel, design):
    ax = figures.trend(panel, design, words=wording.Words("en"))
    drawn = svg_of(ax.figure)
    assert "Recorded offences per 1,000 residents" in drawn
    assert "Baseline" in drawn
    assert Figure(ax).alt.startswith("The line for Tingbjerg goes from")


def test_the_interval_of_a_count_is_garwoods():
    lower, upper = count_interval(np.array([0.0, 10.0]))
    np.testing.assert_allclose(lower, [0.0, 4.795389], atol=1e-5)
    np.testing.assert_allclose(upper, [3.688879, 18.390356], atol=1e-5)


def test_ratios_and_points_are_not_drawn_in_one_figure(estimate):
    with pytest.raises(ValueError, match="draw one each"):
        figures.intervals([estimate(0.6, 0.4, 0.9), estimate(-4.0, -9.0, 1.0, "percentage points")])
    with pytest.raises(ValueError, match="2 labels for 1 estimates"):
        figures.intervals([estimate(0.6, 0.4, 0.9)], ["a", "b"])


def test_labels_are_moved_apart_and_kept_in_order():
    for places in ([0.5, 0.5, 0.5], [0.1, 0.12, 0.9], [0.0, 0.5, 1.0]):
        moved = spread(places, [0.06, 0.06, 0.06])
        assert all(b - a >= 0.06 - 1e-6 for a, b in pairwise(moved))


def test_a_label_of_two_lines_gets_room_for_two():
    moved = spread([0.5, 0.5], [0.06, 0.12])
    assert moved[1] - moved[0] == pytest.approx(0.09)


def test_a_point_between_hidden_ones_keeps_its_interval(panel, design):
    frame = panel.rename(columns={"count": "value"}).assign(status="shown")
    beside = (frame["area"] == "Tingbjerg") & frame["quarter"].isin(["2010K1", "2010K3"])
    frame["value"] = frame["value"].astype("Int64").mask(beside)
    frame["status"] = frame["status"].mask(beside, "hidden")
    ax = figures.trend(frame, design)
    alone = series(frame, design).of("Tingbjerg").query("time == '2010K2'").iloc[0]
    drawn = [
        segment.tolist()
        for lines in ax.collections
        if hasattr(lines, "get_segments")
        for segment in lines.get_segments()
    ]
    assert drawn == [[[alone["x"], alone["lower"]], [alone["x"], alone["upper"]]]]


def test_long_names_are_wrapped_and_given_room():
    names = ["Fælles tavlemøder mellem politi, kommune og boligorganisationer"]
    assert wrapped(names[0]).count("\n") == 2
    assert names_width(["kort"]) < names_width(names) < 0.45


def test_no_change_is_always_among_the_ticks_of_a_ratio():
    for low, high in ((0.2, 1.1), (0.9, 1.1), (0.05, 20), (0.95, 6)):
        assert 1.0 in ratio_ticks(low, high)


def test_treated_and_comparison_are_told_apart_in_grey():
    def grey(colour):
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert grey(style.PALE) - grey(style.ACCENT) > 0.4
    assert grey(style.COMPARISON) - grey(style.ACCENT) > 0.2


def test_a_sign_that_the_font_lacks_is_kept_as_text_and_no_cause_for_warning(panel, design):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        axes = figures.trend(panel, design)
        axes.set_title("日本語")
        assert "日本語" in svg_of(axes.figure)
