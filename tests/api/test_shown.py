"""What a table writes to a file, and how a block looks where a person works."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

import tingbjerg_eval as te
from tingbjerg_eval.exploring import formatters
from tingbjerg_eval.inputs.errors import WrongArgument


def test_a_table_is_written_as_it_is_shown(demo_study, tmp_path):
    te.explore(demo_study)
    rows = demo_study.panel("robbery").head(3)[["area", "count"]]
    block = te.Table(
        rows.assign(
            status=["shown", "hidden", "hidden-secondary"],
            count=pd.array([12, None, None], "Int64"),
        ),
        "Counts",
    )
    head, first, *hidden = block.to_csv(tmp_path / "c.csv").read_text("utf-8-sig").splitlines()
    assert "imuler" in head
    assert ";12;" in first
    assert [one.split(";")[1] for one in hidden] == ["under 5", "skjult"]


def test_a_workbook_of_raw_counts_says_that_it_stays_in_the_house(demo_study, tmp_path):
    te.explore(demo_study)
    block = te.show(demo_study.panel("robbery").head(30))
    sheets = openpyxl.load_workbook(block.to_excel(tmp_path / "raw.xlsx"))
    cells = {str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row}
    assert any(said in cells for said in block.sayings())
    assert any("under 5" in one for one in cells)
    assert any("simulerede" in one for one in cells)


def test_several_tables_go_into_a_workbook(demo_study, tmp_path):
    table = te.show(demo_study.targets)
    with pytest.raises(WrongArgument, match="2 tables; write to_excel"):
        te.Group((table, table)).to_csv(tmp_path / "two.csv")


@pytest.mark.parametrize("thing", ["study", "study.design", "study.verdict('vold-10')"])
def test_a_person_sees_the_colours_of_the_notebook_and_a_batch_does_not(
    demo_study, monkeypatch, thing
):
    found = eval(thing, {"study": demo_study})
    (maker,) = [
        made
        for path, made in formatters.SHOWN_BY.items()
        if path.endswith(f".{type(found).__name__}")
    ]
    plain = formatters._bundle(maker, found)["text/html"]
    assert "<style>" not in plain
    monkeypatch.setattr(formatters, "has_frontend", lambda: True)
    assert "var(--jp-content-font-color1" in formatters._bundle(maker, found)["text/html"]


def test_the_comparison_areas_are_boxes_to_tick(demo_study):
    from tingbjerg_eval.exploring.controls import LiveExplorer

    look = te.explore(demo_study, controls=True)
    assert isinstance(look, LiveExplorer)
    boxes = look.controls().inputs["comparison"]
    first, *others = demo_study.design.comparison
    boxes.boxes[first].value = False
    assert look.choice.comparison == tuple(others)
    look.choose(comparison=demo_study.design.comparison)
    assert boxes.boxes[first].value


def test_one_screen_says_what_areas_baseline_and_dates_change(demo_study):
    look = te.explore(demo_study, indicator="burglary", comparison=demo_study.design.comparison[1:])
    said = look.choices().text()
    assert all(one in said for one in ("Som valgt", "Alle sammenligningsområder", "Udgangspunkt"))
    chosen = demo_study.ask(te.difference_in_differences, demo_study.panel("burglary"), look.design)
    assert f"{round(100 * (1 - chosen.value))}" in said


def test_a_figure_is_saved_with_what_stands_under_it(demo_study, tmp_path):
    path = te.explore(demo_study, indicator="burglary").trend().save(tmp_path / "trend.svg")
    assert "imulere" in path.read_text("utf-8")
