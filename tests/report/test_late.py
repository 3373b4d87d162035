"""Late registration as reports tell it: rounded, beside the figures, and never in their place."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tingbjerg_eval.evaluation.opening import open_study
from tingbjerg_eval.report.report import open_report
from tingbjerg_eval.report.sections.late_figures import (
    completed,
    expected,
    growth,
    safe_growth,
    young_quarters,
)
from tingbjerg_eval.stats.did import difference_in_differences


@pytest.fixture(scope="module")
def final(demo_study):
    return open_report(demo_study, "end_of_period")


@pytest.fixture(scope="module")
def alone(demo_study):
    """The same study without an earlier extract."""
    incidents = demo_study.settings.data.incidents.model_copy(update={"previous": None})
    data = demo_study.settings.data.model_copy(update={"incidents": incidents})
    tables = replace(demo_study.tables, revisions=None, late_registration=None)
    settings = demo_study.settings.model_copy(update={"data": data})
    return open_report(replace(demo_study, settings=settings, tables=tables), "end_of_period")


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(before=st.integers(1, 5000), share=st.floats(0, 0.3), threshold=st.integers(3, 10))
def test_no_told_change_narrows_the_reports_added_to_fewer_than_the_threshold(
    before, share, threshold
):
    """Counted out: every later total that gives the same told change, fallen ones left out."""
    after = before + round(before * share)
    told = safe_growth(before, after, threshold=threshold)
    later = range(before, 2 * before + 1)
    same = [one for one in later if safe_growth(before, one, threshold=threshold) == told]
    if told == told:
        assert len(same) >= threshold
    else:
        assert before * 0.1 < 2 * threshold
        assert pd.isna(safe_growth(before, 2 * before, threshold=threshold))


def test_a_change_is_told_in_the_finest_step_that_is_safe():
    told = [safe_growth(n, round(1.034 * n), threshold=5) for n in (1000, 500, 200, 100, 99)]
    assert told[:4] == [0.03, 0.04, 0.05, 0.0]
    assert pd.isna(told[4])


def test_the_demo_tells_how_its_quarters_grew(demo_study):
    told = growth(demo_study).set_index("quarter")["growth"]
    assert told["2012K2"] > told["2012K1"] > told["2010K4"] == 0
    assert set(expected(demo_study)) == {"2012K3", "2012K4"} == set(young_quarters(demo_study))
    # 2012K4 is as old now as 2012K2 was, and will then be as old as 2011K4 was.
    assert expected(demo_study)["2012K4"] == pytest.approx(
        (1 + told["2012K2"]) * (1 + told["2011K4"])
    )


def test_a_report_knows_nothing_of_quarters_after_it(demo_study):
    before = demo_study.as_of("2011K4")
    assert growth(before)["quarter"].max() == "2011K4"
    assert young_quarters(before) == ()
    assert expected(before) == {}
    said = open_report(demo_study, "baseline").data_notes().text()
    assert "Ingen tal i rapporten er ændret" in said
    assert "2012" not in said.partition("Rettelser")[2].replace("15. august 2012", "")


def test_the_data_section_shows_changes_and_what_is_expected_beside_what_is_registered(final):
    said = final.data_notes().text()
    assert "Udtrækket fra 15. februar 2013 er holdt op mod det forrige fra 15. august 2012" in said
    assert "4. kvartal 2012: der ventes i sidste ende 5 % flere" in said.replace("\xa0", " ")
    assert "Heller ikke det seneste udtræk er endeligt" in said
    table = next(one for one in final.data_notes().tables() if one["name"] == "expected")
    for row in table["rows"]:
        registered, raised = row[3:]
        assert (registered == "skjult") == (raised == "skjult")
        assert registered == "skjult" or raised >= registered


def test_what_the_reports_hide_has_no_expectation_either(final):
    shown = final.publication.quarters("robbery").set_index("quarter")["value"]
    assert pd.isna(shown["2012K4"])
    table = next(one for one in final.data_notes().tables() if one["name"] == "expected")
    hidden = [row[:3] for row in table["rows"] if row[3] == "skjult"]
    assert ["Anmeldte røverier", "Tingbjerg", "4. kvartal 2012"] in hidden


def test_counts_and_verdicts_are_the_same_with_and_without_an_earlier_extract(final, alone):
    assert [one.verdict for one in final.results] == [one.verdict for one in alone.results]
    assert final.publication.published() == alone.publication.published()


def test_without_an_earlier_extract_young_quarters_are_marked_all_the_same(alone):
    said = alone.data_notes().text()
    assert "Tallene for 3. kvartal 2012 og 4. kvartal 2012 er foreløbige" in said
    assert "holdt op mod" not in said
    html = str(alone.action_areas().html())
    assert "Hule mærker er foreløbige tal" in html
    assert expected(alone.study) == {}


def test_a_report_without_young_quarters_has_no_hollow_marks(demo_study):
    html = str(open_report(demo_study, "quarterly", quarter="2011K2").activity_offences().html())
    assert "Hule mærker" not in html


def test_the_robustness_table_asks_with_the_preliminary_quarters_raised(final):
    table = next(one for one in final.robustness().tables() if one["name"].startswith("tests-"))
    rows = {row[0]: row[1:] for row in table["rows"]}
    assert "Med de foreløbige kvartaler regnet op til det ventede" in rows
    alone = "Området alene, før og efter, med de foreløbige kvartaler regnet op til det ventede"
    assert alone in rows


def test_the_same_lag_in_every_area_hardly_moves_the_comparison(demo_study):
    panel, design = demo_study.panel("burglary"), demo_study.design
    plain = difference_in_differences(panel, design)
    raised = difference_in_differences(completed(panel, {"2012K4": 1.5}), design)
    assert raised.value == pytest.approx(plain.value, rel=0.03)
    every = dict.fromkeys(design.period_times, 1.25)
    whole = difference_in_differences(completed(panel, every), design)
    assert whole.value == pytest.approx(plain.value, rel=1e-6)


def test_completing_changes_exposure_only_and_leaves_the_callers_panel(demo_study):
    panel = demo_study.panel("burglary")
    before = panel.copy()
    raised = completed(panel, {"2012K4": 1.25})
    pd.testing.assert_frame_equal(panel, before)
    assert raised["count"].equals(panel["count"])
    late = panel["quarter"] == "2012K4"
    assert (raised.loc[late, "population"] == 0.8 * panel.loc[late, "population"]).all()
    assert (raised.loc[~late, "population"] == panel.loc[~late, "population"]).all()


def test_equal_extracts_leave_nothing_to_tell(demo_folder, tmp_path):
    shutil.copytree(demo_folder, tmp_path / "demo")
    data = tmp_path / "demo" / "data"
    rows = (data / "politi_anmeldelser.csv").read_text("utf-8").split("\n")
    known = [row for row in rows if not row.endswith("2012") and "-2012;" not in row]
    (data / "politi_anmeldelser_2012.csv").write_text("\n".join(known), "utf-8")
    study = open_study(tmp_path / "demo")
    assert study.tables.revisions.query("quarter < '2012K1'").empty
    assert (growth(study)["growth"] == 0).all()
